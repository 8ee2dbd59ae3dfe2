"""Messages: one row each, claimed before the call and closed after it, so that a crash loses and doubles none."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected
from turnout.notices import states
from turnout.people.models import Person


@protected
class Message(models.Model):
    """One message to one person, or to a group's robot (then `person` is empty).

    `body` is encrypted, because it can carry a personal link, and is emptied once sent, or once somebody has seen to a
    message that did not arrive (`settled_at`, `settlement`). The address is looked up when it is sent and never stored
    here. `id` is the idempotency key that goes along with the call. `follows` is the message that this one repeats on
    another channel.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="messages")
    area_key = models.BigIntegerField(default=0)
    channel = models.TextField()
    about_kind = models.TextField(default="", blank=True)
    about_id = models.UUIDField(null=True)
    body = models.BinaryField(null=True)
    urgent = models.BooleanField(default=False)
    drill = models.BooleanField(default=False)
    state = models.TextField(default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    settlement = models.TextField(default="", blank=True, db_default="")
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["channel", "due_at"], name="message_due", condition=Q(state="queued")),
            models.Index(fields=["claimed_at"], name="message_sending", condition=Q(state="sending")),
            models.Index(fields=["about_id"], name="message_about"),
            models.Index(fields=["channel", "claimed_at"], name="message_rate"),
            models.Index(
                fields=["made_at"],
                name="message_to_follow_up",
                condition=Q(state__in=states.NOT_ARRIVED, settled_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=list(states.CHANNELS)), name="message_channel_known"),
            models.CheckConstraint(condition=Q(state__in=list(states.MESSAGE)), name="message_state_known"),
            models.CheckConstraint(
                condition=Q(drill=False) | Q(channel__in=states.FOR_DRILLS), name="message_drill_stays_inside"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "cancelled"]) | Q(claimed_at__isnull=False),
                name="message_claimed_before_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"], finished_at__isnull=True)
                | ~Q(state__in=["queued", "sending"]) & Q(finished_at__isnull=False),
                name="message_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settlement="")
                | Q(settled_at__isnull=False, settlement__in=list(states.SETTLEMENTS), state__in=states.NOT_ARRIVED),
                name="message_settled_did_not_arrive",
            ),
            models.CheckConstraint(condition=~Q(follows=F("id")), name="message_follows_another"),
        ]
        verbose_name = _("message")


@protected
class Address(models.Model):
    """Where a person is reached on one kind of channel besides the phone, encrypted. Seen where the person is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    kind = models.TextField()
    value = models.BinaryField()
    put_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="address_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=list(states.ADDRESSES)), name="address_kind_known"),
        ]
        verbose_name = _("address")
