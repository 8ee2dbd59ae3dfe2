"""Playbooks as versions that never change, incidents that fix one, and dated marks of level on areas."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.incidents import states
from turnout.incidents.playbook import Playbook, read


class PlaybookVersion(models.Model):
    """One version of a hazard's rules, word for word. Published once; a change is a new version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.TextField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.TextField(unique=True)
    published_at = models.DateTimeField()
    published_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="playbook_version_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="playbook_version_positive"),
        ]
        triggers = [pgtrigger.Protect(name="playbook_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)]
        verbose_name = _("playbook")

    @property
    def playbook(self) -> Playbook:
        return read(self.content)


@pghistory.track()
class Incident(models.Model):
    """A declared emergency over an area. It switches powers on; at stand-down they are off."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(_("title"), max_length=80)
    area_code = models.CharField(max_length=12)
    area_key = models.BigIntegerField()
    hazard = models.TextField()
    playbook = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="incidents")
    drill = models.BooleanField(_("drill"), default=False)
    status = models.TextField(default=states.ACTIVE)
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField(null=True)
    stood_down_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area_key", "status"], name="incident_area_status")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=list(states.INCIDENT)), name="incident_status_known"),
            models.CheckConstraint(
                condition=Q(status=states.ACTIVE, stood_down_at__isnull=True)
                | Q(status=states.STOOD_DOWN, stood_down_at__isnull=False, stood_down_at__gte=F("opened_at")),
                name="incident_stood_down_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="incident_has_a_title"),
            models.UniqueConstraint(
                fields=["area_key", "hazard", "drill"],
                condition=Q(status=states.ACTIVE),
                name="incident_one_active_per_area",
            ),
        ]
        verbose_name = _("incident")


class PlaybookSwitch(models.Model):
    """A recorded change of rules in the middle of an incident: from which version to which, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="switches")
    before = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    switched_at = models.DateTimeField()
    switched_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="switch_changes_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="switch_says_why"),
        ]
        verbose_name = _("change of playbook")


class _Lifetime(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@pghistory.track()
class LevelMark(models.Model):
    """A level on an area from a moment until another, within an incident; open-ended while `ends_at` is empty.

    It stands in for a control order until those exist: it makes posts, and forbids nothing to anybody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="marks")
    area_key = models.BigIntegerField()
    level = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    marked_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="mark_ends_after_start"
            ),
            ExclusionConstraint(
                name="mark_one_level_at_a_time",
                expressions=[
                    ("incident", RangeOperators.EQUAL),
                    ("area_key", RangeOperators.EQUAL),
                    (_Lifetime("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        verbose_name = _("level of an area")


class Certificate(models.Model):
    """The proof that an incident's personal data is deleted: how many rows of which table, and the figures that stay.

    `signature` is a keyed hash over everything else under the key file: whoever changes a figure cannot renew it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="certificate")
    made_at = models.DateTimeField()
    rows = models.JSONField()
    figures = models.JSONField()
    signature = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="certificate_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)]
        verbose_name = _("certificate of deletion")
