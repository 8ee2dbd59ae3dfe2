"""What is needed, and the waves in which people are sent for it."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.incidents.models import Incident
from turnout.incidents.playbook import CATEGORIES, WORK_LIMITS
from turnout.people.models import BULK, Unit
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
