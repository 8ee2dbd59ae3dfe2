"""What is said of a night, by responders and by communities, and the answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected
from turnout.incidents.models import Incident
from turnout.staffing import states
from turnout.staffing.models.needs import Post


@protected
class Feedback(models.Model):
    """One side's word about a post when it is over: the caller on the response, a responder on the call.

    About the matter, never about a person: there is no column for whom it would be. `voice` keeps one word per
    responder apart without saying whose it is: a keyed hash of their call-out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="feedback")
    area_key = models.BigIntegerField()
    side = models.TextField()
    mark = models.TextField()
    words = models.CharField(_("in a few words"), max_length=200, default="", blank=True)
    voice = models.BinaryField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "side", "voice"], name="feedback_once"),
            models.CheckConstraint(condition=Q(side__in=list(states.SIDES)), name="feedback_side_known"),
            models.CheckConstraint(condition=Q(mark__in=list(states.MARKS)), name="feedback_mark_known"),
        ]
        verbose_name = _("feedback")


@protected
class Remark(models.Model):
    """What a community, or somebody who was called, wants to be heard, in plain words, and the answer to it.

    A community's remark names the community. A responder's names the street only, and nobody: `voice` is a keyed hash
    of their call-out, by which they alone find the answer again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="remarks")
    area_key = models.BigIntegerField()
    side = models.TextField()
    kind = models.TextField()
    words = models.CharField(_("in plain words"), max_length=500)
    voice = models.BinaryField(null=True)
    sent_at = models.DateTimeField()
    answer = models.CharField(_("answer"), max_length=500, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["incident", "answered_at", "sent_at"], name="remark_incident_open")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(states.REMARKS)), name="remark_kind_known"),
            models.CheckConstraint(condition=Q(words__regex=r"\S"), name="remark_says_something"),
            models.CheckConstraint(
                condition=Q(side="community", voice__isnull=True) | Q(side="responder", voice__isnull=False),
                name="remark_has_a_side",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False) & Q(answer__regex=r"\S"),
                name="remark_answered_in_words",
            ),
        ]
        verbose_name = _("complaint or suggestion")
