"""Whistles, posts, waves with quotas, plans, and the people called out by them.

Rows about a person carry three keys: `area_key` (where the post is), `unit_key` (the unit's own key) and `sender_key`
(the area of the unit). Whoever sees one of the three sees the row: the community that waits for the person, the
liaison, and the district that sends.
"""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected
from turnout.incidents.models import Incident
from turnout.incidents.playbook import CATEGORIES, WORK_LIMITS
from turnout.people.models import Person, Unit
from turnout.staffing import states


@pghistory.track()
class Whistle(models.Model):
    """A community's call for people: for what, how many, from when, by when, and what happens otherwise.

    `level` says who has to answer now and `answer_by` until when; then it passes up by itself. Whoever raised it is a
    plain id: a whistle stays when an account goes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="whistles")
    area_key = models.BigIntegerField()
    ground = models.TextField(_("ground"))
    kind = models.TextField(_("kind"))
    category = models.TextField(_("staff category"))
    skills = ArrayField(models.TextField(), default=list, blank=True)
    people = models.PositiveIntegerField(_("people"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    arrive_by = models.DateTimeField(_("arrive by"))
    task = models.CharField(_("task"), max_length=200)
    otherwise = models.CharField(_("what happens otherwise"), max_length=200)
    state = models.TextField(default="waiting")
    level = models.TextField(default="street")
    answer_by = models.DateTimeField(null=True)
    raised_at = models.DateTimeField()
    raised_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=200, default="", blank=True)
    into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")

    class Meta:
        indexes = [
            models.Index(fields=["incident", "state", "area_key"], name="whistle_incident_state"),
            models.Index(fields=["answer_by"], name="whistle_answer_by", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=list(states.GROUNDS)), name="whistle_ground_known"),
            models.CheckConstraint(condition=Q(kind__in=list(states.KINDS)), name="whistle_kind_known"),
            models.CheckConstraint(condition=Q(category__in=CATEGORIES), name="whistle_category_known"),
            models.CheckConstraint(condition=Q(state__in=list(states.WHISTLE)), name="whistle_state_known"),
            models.CheckConstraint(condition=Q(level__in=list(states.LEVELS)), name="whistle_level_known"),
            models.CheckConstraint(condition=Q(people__range=(1, 2000)), name="whistle_people_sensible"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="whistle_ends_after_start"),
            models.CheckConstraint(condition=Q(arrive_by__lt=F("ends_at")), name="whistle_arrive_before_end"),
            models.CheckConstraint(
                condition=Q(task__regex=r"\S", otherwise__regex=r"\S"), name="whistle_says_what_and_otherwise"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answer_by__isnull=False, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(answer_by__isnull=True, decided_at__isnull=False),
                name="whistle_waits_or_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["merged"], into__isnull=False) | ~Q(state="merged"),
                name="whistle_merged_into_one",
            ),
            models.CheckConstraint(condition=~Q(into=F("id")), name="whistle_not_into_itself"),
        ]
        verbose_name = _("whistle")


@pghistory.track()
class Post(models.Model):
    """Places for one category at one community (or site) over one period.

    `seats` are people there at one time, `places` people to be posted: a seat kept round the clock takes several.
    `standard` is the playbook's rule that made it, empty for what a whistle or the community asked for. `duties` says
    in words what is to be done; the community fixes post and duty (定岗定责) by `fixed_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="posts")
    area_key = models.BigIntegerField()
    standard = models.TextField(default="", blank=True)
    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, null=True, related_name="posts")
    site_id = models.UUIDField(null=True)
    category = models.TextField(_("staff category"))
    skills = ArrayField(models.TextField(), default=list, blank=True)
    excludes = ArrayField(models.TextField(), default=list, blank=True)
    seats = models.PositiveIntegerField(_("at one time"))
    places_min = models.PositiveIntegerField(_("at least"))
    places = models.PositiveIntegerField(_("places"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    round_the_clock = models.BooleanField(_("round the clock"), default=False)
    duties = models.CharField(_("duties"), max_length=200, default="", blank=True)
    meet_at = models.CharField(_("where to report"), max_length=120, default="", blank=True)
    state = models.TextField(default="open")
    fixed_at = models.DateTimeField(null=True)
    fixed_by_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["incident", "area_key"], name="post_incident_area")]
        constraints = [
            models.CheckConstraint(condition=Q(category__in=CATEGORIES), name="post_category_known"),
            models.CheckConstraint(condition=Q(excludes__contained_by=list(WORK_LIMITS)), name="post_excludes_known"),
            models.CheckConstraint(condition=Q(places_min__lte=F("places")), name="post_min_within_places"),
            models.CheckConstraint(condition=Q(places__range=(1, 5000)), name="post_has_places"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=F("places")), name="post_seats_within_places"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="post_ends_after_start"),
            models.CheckConstraint(condition=Q(state__in=list(states.POST)), name="post_state_known"),
            models.UniqueConstraint(
                fields=["incident", "area_key", "standard", "site_id"],
                condition=~Q(standard="") & Q(state="open"),
                nulls_distinct=False,
                name="post_once_per_standard",
            ),
        ]
        verbose_name = _("post")


@pghistory.track()
class Wave(models.Model):
    """One call for people: who is asked until when, and when they have to be there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveIntegerField()
    state = models.TextField(default="draft")
    arrive_by = models.DateTimeField(_("arrive by"))
    lock_at = models.DateTimeField(_("answers lock at"))
    closes_at = models.DateTimeField(_("closes at"))
    opened_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="wave_number_once"),
            models.CheckConstraint(condition=Q(state__in=list(states.WAVE)), name="wave_state_known"),
            models.CheckConstraint(
                condition=Q(lock_at__lte=F("closes_at")) & Q(lock_at__lte=F("arrive_by")), name="wave_locks_in_time"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opened_at__isnull=False), name="wave_opened_has_a_time"
            ),
        ]
        verbose_name = _("wave")


class Quota(models.Model):
    """How many people one unit gives to one district in one wave."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="quotas")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    district_key = models.BigIntegerField()
    places = models.PositiveIntegerField(_("places"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "unit", "district_key"], name="quota_once")]
        verbose_name = _("quota")


class Plan(models.Model):
    """One version of who goes where, with its cost, its proven bound, and the prices that prove it.

    Minutes as the planner counts them. `prices` is what explanations and the check are computed from.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    area_key = models.BigIntegerField()
    state = models.TextField(default="draft")
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    seconds = models.FloatField()
    objective_minutes = models.FloatField()
    bound_minutes = models.FloatField(null=True)
    proof_gap = models.FloatField(null=True)
    bound_teams = models.BooleanField(default=False)
    needed = models.PositiveIntegerField()
    placed = models.PositiveIntegerField()
    input_hash = models.TextField()
    stopped_by = models.TextField()
    prices = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="plan_number_once"),
            models.UniqueConstraint(
                fields=["incident", "area_key"], condition=Q(state="published"), name="plan_one_published"
            ),
            models.CheckConstraint(condition=Q(state__in=list(states.PLAN)), name="plan_state_known"),
            models.CheckConstraint(condition=Q(placed__lte=F("needed")), name="plan_places_no_more_than_needed"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"]) | Q(published_at__isnull=False),
                name="plan_published_has_a_time",
            ),
        ]
        verbose_name = _("plan")


class AboutPerson(models.Model):
    """The keys from which a row about a person is visible."""

    area_key = models.BigIntegerField()
    unit_key = models.BigIntegerField()
    sender_key = models.BigIntegerField()

    class Meta:
        abstract = True


@protected
class Placement(AboutPerson):
    """One person on one post in one version of the plan, with the reason the planner gives."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="placements", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="placements")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="placements")
    travel_minutes = models.FloatField()
    cost_minutes = models.FloatField()
    reason = models.TextField()
    by_hand = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["plan", "area_key"], name="placement_plan_area")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="placement_once_per_plan"),
            models.CheckConstraint(condition=Q(travel_minutes__gte=0), name="placement_travel_not_negative"),
        ]
        verbose_name = _("placement")


class Gap(models.Model):
    """Places of a post that a plan leaves empty, with one reason and the nearest fix."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="gaps", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="gaps")
    area_key = models.BigIntegerField()
    missing_min = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    reason = models.TextField()
    nearest_fix = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "area_key"], name="gap_plan_area")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "post"], name="gap_once_per_post"),
            models.CheckConstraint(condition=Q(missing__gt=0), name="gap_misses_somebody"),
            models.CheckConstraint(condition=Q(missing_min__lte=F("missing")), name="gap_min_within_missing"),
        ]
        verbose_name = _("gap")


@protected
class LeftOut(models.Model):
    """A person whom a plan leaves at home, with one reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="left_out", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit_key = models.BigIntegerField()
    sender_key = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["plan", "unit_key"], name="left_out_plan_unit")]
        constraints = [models.UniqueConstraint(fields=["plan", "person"], name="left_out_once_per_plan")]
        verbose_name = _("left out")


@pghistory.track()
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

    `token_hash` is all that is kept of the link; `bound_hash` is the first browser that answered by it.
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
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

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
        ]
        verbose_name = _("call-out")
