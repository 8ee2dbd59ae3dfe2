"""Units, the people they answer for, who may see whom, and what people are booked for.

Every table with a person in it is under forced row security through `Reach`: a row is visible where the person has a
reach row in the present scope. Units name no person and are readable by whoever is signed in; `queries` narrows them.
A new person's reach rows are written before the person (the foreign key is checked at commit), because nobody can
write what they cannot see.
"""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from turnout.access.models import User
from turnout.core.area_keys import LOCAL, UNIT_BASE
from turnout.core.ids import new_id
from turnout.core.row_security import protected
from turnout.people.states import (
    BASES,
    BOOKING_STATES,
    CATEGORIES,
    LAYERS,
    MERGE_REASONS,
    MERGE_STATES,
    OUTSIDE_POSTING,
    STATES,
    TIERS,
    WORK_LIMITS,
)

BULK = pghistory.Statement
"""History by statement, for tables that lists fill: row by row, 74,000 people lock the one context row 74,000 times,
each time in a subtransaction, and the time grows with the square."""

MOST_STREETS = 20
"""Streets that one unit can be paired with. The largest offices of a city serve a handful."""


class NextScopeKey(Func):
    """The next unit's own key, above every official code (core.area_keys.UNIT_BASE)."""

    template = "(900000000000000000 + nextval('people_unit_scope'))"
    output_field = models.BigIntegerField()


class Period(Func):
    """The half-open range of two columns."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class AreDistinctStreets(Func):
    """Whether an array of area keys names streets only, each once (function of migration 0001)."""

    function = "people_are_distinct_streets"
    output_field = models.BooleanField()


class NotAmong(Func):
    """Whether a value is missing from an array."""

    template = "(NOT %(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


@pghistory.track()
class Unit(models.Model):
    """A sending unit: an office, company or organisation that answers for its people.

    `scope_key` is the unit's own key: a liaison's grant covers it and nothing else. `paired_streets` are area keys of
    streets, the first is best. `quota` is the most people it releases at once; None where nobody has said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("unit code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    area_key = models.BigIntegerField()
    scope_key = models.BigIntegerField(db_default=NextScopeKey(), editable=False)
    paired_streets = ArrayField(models.BigIntegerField(), default=list, blank=True)
    quota = models.PositiveIntegerField(_("quota"), null=True)
    liaison = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="liaison_of")
    liaison_grant_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area_key", "code"], name="unit_area_code")]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="unit_code_once"),
            models.UniqueConstraint(fields=["scope_key"], name="unit_scope_once"),
            models.CheckConstraint(condition=Q(code__regex=r"^\S{1,40}$"), name="unit_code_plain"),
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="unit_name_given"),
            models.CheckConstraint(condition=Q(area_key__gte=0, area_key__lt=UNIT_BASE), name="unit_area_is_an_area"),
            models.CheckConstraint(condition=Q(scope_key__gt=UNIT_BASE), name="unit_scope_above_areas"),
            models.CheckConstraint(
                condition=Q(AreDistinctStreets(F("paired_streets"))), name="unit_pairs_are_distinct_streets"
            ),
            models.CheckConstraint(
                condition=Q(NotAmong(F("area_key"), F("paired_streets"))), name="unit_not_paired_with_itself"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="unit_closed_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(liaison__isnull=False) | Q(liaison_grant_id__isnull=True), name="unit_grant_has_liaison"
            ),
        ]
        verbose_name = _("unit")


@protected
@pghistory.track(exclude=["sort_key"], level=BULK)
class Person(models.Model):
    """One of the staff: the unit that answers for them, the community they live in, what they can do and when.

    `phone` is encrypted E.164, found by its keyed hash. `sort_key` is the name in pinyin, the order of lists. A merged
    record points to the one that was kept.
    `not_ready_until` is the last day on which somebody cannot be posted; there is no field for why.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="persons")
    number = models.CharField(_("employee number"), max_length=40, blank=True, default="")
    name = models.CharField(_("name"), max_length=60)
    sort_key = models.TextField(db_collation="C", default="", db_default="")
    phone = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    phone_last4 = models.CharField(max_length=4, blank=True, default="")
    categories = ArrayField(models.TextField(), default=list)
    work_limits = ArrayField(models.TextField(), default=list, blank=True)
    home_key = models.BigIntegerField(null=True)
    tier = models.TextField(_("reserve tier"), default="standby")
    tier_until = models.DateField(null=True)
    not_ready_until = models.DateField(null=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="person")
    state = models.TextField(default="active")
    left_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "sort_key", "id"], name="person_unit"),
            models.Index(fields=["sort_key", "id"], name="person_sort"),
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["phone_hash"], name="person_phone_once"),
            models.UniqueConstraint(fields=["unit", "number"], condition=~Q(number=""), name="person_number_once"),
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="person_name_given"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_hash__isnull=True, phone_last4="")
                | Q(phone__isnull=False, phone_hash__isnull=False, phone_last4__regex=r"^[0-9]{4}$"),
                name="person_phone_whole",
            ),
            models.CheckConstraint(
                condition=Q(categories__contained_by=list(CATEGORIES)), name="person_categories_known"
            ),
            models.CheckConstraint(condition=~Q(categories=[]), name="person_has_a_category"),
            models.CheckConstraint(
                condition=Q(work_limits__contained_by=list(WORK_LIMITS)), name="person_work_limits_known"
            ),
            models.CheckConstraint(condition=Q(tier__in=list(TIERS)), name="person_tier_known"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="person_state_known"),
            models.CheckConstraint(
                condition=~Q(state="left") ^ Q(left_at__isnull=False), name="person_left_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") ^ Q(merged_into__isnull=False), name="person_merged_has_a_target"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(home_key__isnull=True)
                | Q(home_key__gt=0, home_key__lt=UNIT_BASE)
                & Q(Exact(Mod("home_key", LOCAL), 0))
                & ~Q(Exact(Mod("home_key", LOCAL * 1000), 0)),
                name="person_home_is_a_community",
            ),
        ]
        verbose_name = _("person")


@protected
class Reach(models.Model):
    """Where a person can be seen from, and why: rows are written by `domain.reach` and by nothing else.

    Bases: `unit` the area of the unit, `home` the home community, `placement` the area of one live placement (whose
    id is `source_id`), `roll` the unit's own key. `active` repeats the person's state (a trigger keeps it), so
    that headcounts read this table alone.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reach", db_index=False)
    area_key = models.BigIntegerField()
    basis = models.TextField()
    source_id = models.UUIDField(null=True)
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        indexes = [
            models.Index(fields=["area_key", "person"], name="reach_area_person"),
            models.Index(fields=["person", "area_key"], name="reach_person_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "basis", "source_id"], nulls_distinct=False, name="reach_once_per_basis"
            ),
            models.CheckConstraint(condition=Q(basis__in=list(BASES)), name="reach_basis_known"),
            models.CheckConstraint(
                condition=~Q(basis="placement") ^ Q(source_id__isnull=False), name="reach_placement_has_a_source"
            ),
            models.CheckConstraint(condition=~Q(basis="roll") ^ Q(area_key__gt=UNIT_BASE), name="reach_roll_is_a_unit"),
        ]
        verbose_name = _("reach")


@protected
class Term(models.Model):
    """What a person is found by (domain.terms): a query matches the beginning of a term.

    Kept as rows, because under row security only `^@` and comparisons use an index: measured at 74,000 persons, a
    trigram index on a name is never used there, and one row per term and area plans badly.
    """

    pk = models.CompositePrimaryKey("person_id", "term")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="terms", db_index=False)
    term = models.TextField(db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["term", "person"], name="term_person")]
        constraints = [models.CheckConstraint(condition=~Q(term=""), name="term_not_empty")]
        verbose_name = _("search term")


@protected
@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), level=BULK)
class Skill(models.Model):
    """A skill or licence of a person. `valid_through` is its last day; None = it does not run out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills", db_index=False)
    name = models.CharField(_("skill"), max_length=40)
    valid_through = models.DateField(_("valid through"), null=True)

    class Meta:
        indexes = [models.Index(fields=["name", "person"], name="skill_name_person")]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="skill_once"),
            models.CheckConstraint(condition=Q(name__regex=r"^\S(.*\S)?$"), name="skill_name_trimmed"),
        ]
        verbose_name = _("skill")


@protected
@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), level=BULK)
class Availability(models.Model):
    """A half-open period in which a person can be posted; an open end is None. Somebody without a row always can."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="availability")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                name="availability_ends_after_start",
            ),
            ExclusionConstraint(
                name="availability_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Period("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        verbose_name = _("availability")


@protected
@pghistory.track(level=BULK)
class Booking(models.Model):
    """Time of a person that is taken, in one of two layers. No app books anybody past this table.

    A live shift lies inside a live posting, or `outside` says why it does not. `source_kind` and `source_id` name what
    booked it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bookings")
    layer = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.TextField(default="live")
    posting = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="shifts")
    outside = models.TextField(default="", blank=True)
    source_kind = models.TextField(default="", blank=True)
    source_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source_id"], name="booking_source", condition=Q(source_id__isnull=False))]
        constraints = [
            models.CheckConstraint(condition=Q(layer__in=list(LAYERS)), name="booking_layer_known"),
            models.CheckConstraint(condition=Q(state__in=list(BOOKING_STATES)), name="booking_state_known"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="booking_ends_after_start"),
            models.CheckConstraint(
                condition=Q(layer="posting", posting__isnull=True, outside="")
                | Q(layer="shift", posting__isnull=False, outside="")
                | Q(layer="shift", posting__isnull=True, outside__in=list(OUTSIDE_POSTING)),
                name="booking_shift_in_posting_or_why",
            ),
            ExclusionConstraint(
                name="booking_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("layer", RangeOperators.EQUAL),
                    (Period("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="live"),
            ),
        ]
        verbose_name = _("booking")


@protected
class MergeProposal(models.Model):
    """Two records that may be one person, or a unit that claims a person registered elsewhere.

    With `other` it proposes a merge; with `claim_unit` a move to that unit. Visible only to who sees both sides.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="proposals")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="counter_proposals")
    claim_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="claims")
    claim_key = models.BigIntegerField(null=True)
    reason = models.TextField()
    state = models.TextField(default="open")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=list(MERGE_REASONS)), name="proposal_reason_known"),
            models.CheckConstraint(condition=Q(state__in=list(MERGE_STATES)), name="proposal_state_known"),
            models.CheckConstraint(
                condition=Q(other__isnull=False, claim_unit__isnull=True, claim_key__isnull=True)
                | Q(other__isnull=True, claim_unit__isnull=False, claim_key__isnull=False),
                name="proposal_other_or_claim",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | Q(person__lt=F("other")), name="proposal_pair_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") ^ Q(decided_at__isnull=True), name="proposal_decided_has_a_time"
            ),
            models.UniqueConstraint(
                fields=["person", "other", "claim_unit"], nulls_distinct=False, name="proposal_once"
            ),
        ]
        verbose_name = _("merge proposal")


@protected
class Merge(models.Model):
    """What a merge did, so that undoing it restores both records exactly.

    `snapshot` holds the columns of both as they were, and the ids of everything that was moved or dropped.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_by")
    snapshot = models.JSONField()
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("merged_at")), name="merge_undone_after"
            ),
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_one_standing"),
        ]
        verbose_name = _("merge")


def _history(model: type[models.Model]) -> Any:
    return globals()[f"{model.__name__}Event"]


HISTORY: dict[type[models.Model], type[models.Model]] = {
    model: protected(_history(model)) for model in (Person, Skill, Availability, Booking)
}
"""Each model about a person, and the table of its history."""

from turnout.people.imports_models import ListRun, Upload  # noqa: E402, F401  Django finds models through this file
from turnout.people.signups_models import Signup, SignupLink  # noqa: E402, F401
