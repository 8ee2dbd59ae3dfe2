"""The leader of a team may be called through the desk, so that the own number is not given."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staffing", "0011_behind_a_link"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="team",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="team",
            name="update_update",
        ),
        migrations.AddField(
            model_name="team",
            name="heads_by_desk",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="leader and deputy are called through the desk"
            ),
        ),
        migrations.AddField(
            model_name="teamevent",
            name="heads_by_desk",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="leader and deputy are called through the desk"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "staffing_teamevent" ("area_key", "deputy_id", "heads_by_desk", "id", "incident_id", "leader_id", "made_at", "meet_at", "meet_time", "party_branch", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit_id") SELECT new_values."area_key", new_values."deputy_id", new_values."heads_by_desk", new_values."id", new_values."incident_id", new_values."leader_id", new_values."made_at", new_values."meet_at", new_values."meet_time", new_values."party_branch", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."unit_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="09c2d66b6f214883cc9c53ad025e58f9c3d6e37d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ab248",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="staffing_team",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="team",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "staffing_teamevent" ("area_key", "deputy_id", "heads_by_desk", "id", "incident_id", "leader_id", "made_at", "meet_at", "meet_time", "party_branch", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit_id") SELECT new_values."area_key", new_values."deputy_id", new_values."heads_by_desk", new_values."id", new_values."incident_id", new_values."leader_id", new_values."made_at", new_values."meet_at", new_values."meet_time", new_values."party_branch", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."unit_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="aea0e9eb788093d9a6ee9cd12c28c38428332aab",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cbbd8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="staffing_team",
                    when="AFTER",
                ),
            ),
        ),
    ]
