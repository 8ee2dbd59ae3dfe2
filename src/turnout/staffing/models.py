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
from turnout.people.models import BULK, Person, Unit
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


@pghistory.track(level=BULK)
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
    """One call for people: who is asked until when, and when they have to be there.

    `tier` is the widest tier of the playbook from which people are drawn so far, since `tier_at`; `filled_at` the
    moment at which everybody needed had accepted, after which nobody else is drawn in. `channel` and `address` (where
    people's pages begin) are those of the first asking: whoever is drawn in later is asked the same way.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveIntegerField()
    state = models.TextField(default="draft")
    arrive_by = models.DateTimeField(_("arrive by"))
    lock_at = models.DateTimeField(_("answers lock at"))
    closes_at = models.DateTimeField(_("closes at"))
    tier = models.TextField(default="", blank=True)
    tier_at = models.DateTimeField(null=True)
    filled_at = models.DateTimeField(null=True)
    channel = models.TextField(default="", blank=True)
    address = models.TextField(default="", blank=True)
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
            models.CheckConstraint(
                condition=Q(tier="", tier_at__isnull=True) | ~Q(tier="") & Q(tier_at__isnull=False),
                name="wave_tier_has_a_time",
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


class Consent(models.Model):
    """A unit's word before its people of a wave are asked; silence until `due_at` is consent.

    Whom the unit cannot spare, its liaison marks on the list one by one, as at any other time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="consents")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.TextField(default="asked")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="consent_due", condition=Q(state="asked"))]
        constraints = [
            models.UniqueConstraint(fields=["wave", "unit"], name="consent_once"),
            models.CheckConstraint(condition=Q(state__in=list(states.CONSENT)), name="consent_state_known"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="consent_waits_or_is_decided",
            ),
        ]
        verbose_name = _("consent of a unit")


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


@protected
class PlanNight(models.Model):
    """What a plan was made with, as the bridge packs it: people with home and limits, posts, units, cost terms.

    `apart` are the people who stay against a rule and whom the planner was not told of. Goes with the plan's people.
    """

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, primary_key=True, related_name="night")
    area_key = models.BigIntegerField()
    apart = ArrayField(models.UUIDField(), default=list)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("night of a plan")


class PlanPart(models.Model):
    """An area for which a version of the plan was published: a street, or the whole of it.

    The version in force at a place is that of the latest part around it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="parts")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="+")
    area_key = models.BigIntegerField()
    key_end = models.BigIntegerField()
    published_at = models.DateTimeField()
    published_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "area_key"], name="plan_part_once"),
            models.CheckConstraint(condition=Q(area_key__lt=F("key_end")), name="plan_part_covers_something"),
        ]
        verbose_name = _("part of a plan")


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


from turnout.staffing.remarks_models import Remark  # noqa: E402, F401  Django finds models through this file
