"""What the core keeps: the audit log, its seals, and the data keys of personal columns."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected


@protected
class AuditRow(models.Model):
    """One act. Append-only by grant and by trigger; holds ids, codes and areas, never a name or a phone.

    `leaf` is what the Merkle tree takes: it stays when a purge empties `details` and `salt`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    verb = models.TextField()
    object_kind = models.TextField(default="")
    object_id = models.UUIDField(null=True)
    area_key = models.BigIntegerField(default=0)
    details = models.TextField(null=True)  # noqa: DJ001  null after a purge, which differs from empty
    salt = models.BinaryField(null=True)
    leaf = models.BinaryField()
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["area_key", "at"], name="audit_area_at"),
            models.Index(fields=["object_id", "at"], name="audit_object_at"),
            models.Index(fields=["actor_id", "at"], name="audit_actor_at"),
            models.Index(fields=["id"], name="audit_unsealed", condition=Q(batch__isnull=True)),
            models.Index(fields=["batch"], name="audit_batch"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(verb__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="audit_verb_dotted")
        ]
        verbose_name = _("audit row")


class Seal(models.Model):
    """One sealed batch: root_n = sha256(root_{n-1} || merkle_n). The day's last root is its anchor outside."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    merkle = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rows__gt=0), name="seal_not_empty"),
            models.CheckConstraint(condition=Q(number__gt=0), name="seal_number_positive"),
        ]
        verbose_name = _("seal")


class Forgotten(models.Model):
    """An object that was deleted for good: the sealer empties what the log says about it, then takes this row away.

    Asked for by the purge's transaction, because the product itself may not change a row of the log.
    """

    object_id = models.UUIDField(primary_key=True)

    class Meta:
        verbose_name = _("object to be emptied in the log")


class DataKey(models.Model):
    """A key for one retention class, wrapped by the key file. Destroying it makes what it wrote unreadable for good."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    retention = models.TextField()
    incident_id = models.UUIDField(null=True)
    wrapped = models.BinaryField(null=True)
    wrapped_by = models.TextField()
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["retention", "incident_id"],
                nulls_distinct=False,
                condition=Q(destroyed_at__isnull=True),
                name="datakey_one_live",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True, wrapped__isnull=False)
                | Q(destroyed_at__isnull=False, wrapped__isnull=True),
                name="datakey_destroyed_is_empty",
            ),
        ]
        verbose_name = _("data key")


class KeyFile(models.Model):
    """Which key file this database belongs to: a fingerprint of its look-up key, so that a wrong one is refused."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    fingerprint = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="keyfile_single_row")]
        verbose_name = _("key file")
