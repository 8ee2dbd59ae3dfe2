"""Versions of a plan: who is placed where, what stays empty, who is left out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from turnout.core.ids import new_id
from turnout.core.row_security import protected
from turnout.incidents.models import Incident
from turnout.people.models import Person
from turnout.staffing import states
from turnout.staffing.models.about import AboutPerson
from turnout.staffing.models.needs import Post, Wave


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
