"""People who are called or sign up, their teams, and what they hand over."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected
from turnout.incidents.models import Incident
from turnout.people.models import BULK, Person, Unit
from turnout.staffing import states
from turnout.staffing.models.about import AboutPerson
from turnout.staffing.models.needs import Post, Wave


@pghistory.track(level=BULK)
class Team(models.Model):
    """People of one unit at one community: who leads, where they meet and when they leave."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="teams")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="teams")
    area_key = models.BigIntegerField()
    leader_id = models.UUIDField(null=True)
    deputy_id = models.UUIDField(null=True)
    meet_at = models.CharField(_("assembly point"), max_length=120, default="", blank=True)
    meet_time = models.DateTimeField(null=True)
    party_branch = models.BooleanField(_("temporary party branch"), default=False)
    heads_by_desk = models.BooleanField(
        _("leader and deputy are called through the desk"), default=False, db_default=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "unit", "area_key"], name="team_once"),
            models.CheckConstraint(
                condition=Q(leader_id__isnull=True) | Q(deputy_id__isnull=True) | ~Q(leader_id=F("deputy_id")),
                name="team_deputy_is_another",
            ),
        ]
        verbose_name = _("team")


@protected
class CallOut(AboutPerson):
    """One person asked for one post, until they are released: asked, answered, on post, gone home.

    `token_hash` is all that is kept of the link; `bound_hash` is the first browser that answered by it. `source` says
    what put the name down (states.SOURCES), `named_at` when. `seen_at` is the last sign of somebody on post.
    `returned_at` is when the unit had them back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="callouts")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="callouts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="callouts")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="callouts")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="callouts")
    category = models.TextField()
    tier = models.TextField(default="", blank=True)
    state = models.TextField(default="waiting")
    token_hash = models.BinaryField(null=True, unique=True)
    bound_hash = models.BinaryField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    decline_reason = models.TextField(default="", blank=True)
    answered_by = models.TextField(default="", blank=True)
    source = models.TextField(default="plan", db_default="plan")
    stands_in_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="stand_ins")
    named_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["incident", "area_key", "state"], name="callout_board"),
            models.Index(fields=["wave", "state"], name="callout_wave_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "person"],
                condition=Q(state__in=["waiting", "asked", "yes", "later", "on_post"]),
                name="callout_one_live",
            ),
            models.CheckConstraint(condition=Q(state__in=list(states.CALLED)), name="callout_state_known"),
            models.CheckConstraint(
                condition=Q(decline_reason__in=list(states.DECLINE_REASONS)), name="callout_reason_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["yes", "no", "later"]) | Q(answered_at__isnull=False),
                name="callout_answer_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="on_post") | Q(arrived_at__isnull=False), name="callout_on_post_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="callout_released_has_a_time"
            ),
            models.CheckConstraint(condition=Q(source__in=list(states.SOURCES)), name="callout_source_known"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(state="released"), name="callout_returned_after_release"
            ),
            models.CheckConstraint(condition=~Q(stands_in_for=F("id")), name="callout_not_for_itself"),
        ]
        verbose_name = _("call-out")


class Desk(models.Model):
    """The office line of a community's or a street's desk, as it stands on a team's card. No private number."""

    area_key = models.BigIntegerField(primary_key=True)
    phone = models.CharField(_("office phone"), max_length=20)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(phone__regex=r"^\+?[0-9][0-9 -]{2,18}$"), name="desk_phone_plain")
        ]
        verbose_name = _("desk")


class Opening(models.Model):
    """Places of a post kept for people who come by themselves, until a moment; the planner leaves them alone.

    `token_hash` is all that is kept of the link by which people sign up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="openings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="openings")
    area_key = models.BigIntegerField()
    places = models.PositiveIntegerField(_("places"))
    reserve = models.PositiveIntegerField(_("on the reserve list at most"))
    closes_at = models.DateTimeField(_("closes at"))
    token_hash = models.BinaryField(unique=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(closed_at__isnull=True), name="opening_one_per_post"),
            models.CheckConstraint(condition=Q(places__range=(1, 5000)), name="opening_has_places"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="opening_closes_later"),
        ]
        verbose_name = _("places to sign up for")


@protected
class SignUp(AboutPerson):
    """Somebody who signed up for a reserved place: placed, or on the reserve list in the order of coming."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="signups")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    callout = models.OneToOneField(CallOut, on_delete=models.PROTECT, null=True, related_name="signup")
    state = models.TextField()
    came_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["opening", "state", "id"], name="signup_opening_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "person"], condition=~Q(state="withdrawn"), name="signup_place_once"
            ),
            models.CheckConstraint(condition=Q(state__in=list(states.SIGNED_UP)), name="signup_place_state_known"),
            models.CheckConstraint(
                condition=~Q(state="placed") | Q(callout__isnull=False), name="signup_placed_has_a_callout"
            ),
        ]
        verbose_name = _("sign-up for a place")


@protected
class HandOver(models.Model):
    """What somebody leaving a post passed on, to whom; a recorded act. Seen where the post is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    callout = models.OneToOneField(CallOut, on_delete=models.PROTECT, related_name="handed_over")
    successor = models.ForeignKey(CallOut, on_delete=models.PROTECT, null=True, related_name="taken_over")
    area_key = models.BigIntegerField()
    note = models.CharField(_("what is passed on"), max_length=200)
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(note__regex=r"\S"), name="hand_over_says_what"),
            models.CheckConstraint(condition=~Q(callout=F("successor")), name="hand_over_to_another"),
        ]
        verbose_name = _("hand-over")
