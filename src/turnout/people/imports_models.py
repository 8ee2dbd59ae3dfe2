"""Lists that go in and out: the runs that carry them, and their files, encrypted and gone after seven days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected

RUN_KINDS = ("import.people", "import.units", "import.places", "export.people")
RUN_STATES = ("checking", "checked", "committing", "exporting", "done", "refused", "failed", "discarded")
FILE_ROLES = ("source", "findings", "bad_rows", "export")


@protected
class ListRun(models.Model):
    """One list going in or out, started by somebody, worked on by a job, to be left and found again.

    `step`, `done` and `total` are written by the job in short transactions of its own, so that they are seen while the
    work itself is not committed. `counts` and `settings` hold numbers, ids and codes, never a name or a phone; what is
    personal lies in the run's files. Seen by its starter only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.TextField()
    starter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.TextField()
    settings = models.JSONField(default=dict)
    step = models.TextField(default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    fingerprint = models.TextField(default="")
    fault = models.TextField(default="")
    fault_details = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["starter", "-started_at"], name="listrun_starter")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RUN_KINDS), name="listrun_kind_known"),
            models.CheckConstraint(condition=Q(state__in=RUN_STATES), name="listrun_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "failed"]) | Q(fault=""), name="listrun_fault_only_when_stopped"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="listrun_ends_after_start"
            ),
        ]
        verbose_name = _("list run")


@protected
class Upload(models.Model):
    """One encrypted file of a run: the list as it was sent, what was found in it, its bad rows, or an export.

    Seen by its uploader only. The file's name is encrypted too: offices write names into names of files.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ListRun, on_delete=models.CASCADE, related_name="files")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.TextField()
    name = models.BinaryField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "people_upload"
        indexes = [models.Index(fields=["ends_at"], name="upload_ends")]
        constraints = [
            models.UniqueConstraint(fields=["run", "role"], name="upload_one_per_role"),
            models.CheckConstraint(condition=Q(role__in=FILE_ROLES), name="upload_role_known"),
            models.CheckConstraint(condition=Q(made_at__lt=F("ends_at")), name="upload_ends_after_making"),
        ]
        verbose_name = _("uploaded list")
