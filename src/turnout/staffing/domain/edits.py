"""Editing a draft by hand: put somebody on a post, or take somebody out; the checker says at once what it costs.

A rule that is broken does not stop the hand: it is named, and the dispatcher answers for it. What stops it is a post
that has no place left. A plan that is out is not edited: make a new version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.db import transaction

from turnout.core import audit
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import contains, range_of_key
from turnout.incidents.domain.incidents import require_active
from turnout.people.models import Person
from turnout.staffing import planning, refusals
from turnout.staffing.models import Gap, LeftOut, Placement, Plan, Post

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a draft costs and which hard rules it breaks, as (rule, id, detail); `more` minutes than before the edit."""

    objective_minutes: float
    more: float
    parts: dict[str, float]
    broken: tuple[tuple[str, str, str], ...]


@transaction.atomic
def place(*, plan: Plan, person: Person, post: Post, by: Actor) -> Verdict:
    """Put somebody on a post of a draft: added, or moved from where the draft had them."""
    plan = _draft(plan, by)
    person = Person.objects.select_related("unit").filter(pk=person.pk, state="active").first() or _missing()
    post = Post.objects.filter(pk=post.pk, incident_id=plan.incident_id).first() or _missing()
    if not contains((range_of_key(plan.area_key),), range_of_key(post.area_key)):
        raise refusals.PLAN_NOT_THERE.refuse(number=plan.number)
    if post.state != "open":
        raise refusals.POST_OVER.refuse()
    before = Placement.objects.filter(plan=plan, person=person).first()
    if before is not None and before.post_id == post.pk:
        return verdict(plan=plan, by=by)
    if Placement.objects.filter(plan=plan, post=post).count() >= post.places:
        raise refusals.POST_NO_PLACE.refuse()
    if before is not None:
        before.delete()
    LeftOut.objects.filter(plan=plan, person=person).delete()
    Placement.objects.create(
        plan=plan, person=person, post=post, area_key=post.area_key, unit_key=person.unit.scope_key,
        sender_key=person.unit.area_key, travel_minutes=0, cost_minutes=0, reason=BY_HAND, by_hand=True,
    )  # fmt: skip
    _count_gaps(plan, {post.pk} | ({before.post_id} if before else set()))
    said = _keep(plan, by, about=person.pk)
    audit.record("plan.place", by=by, of=plan, area_key=post.area_key, details={"person": person.pk, "post": post.pk})
    return said


@transaction.atomic
def take_out(*, plan: Plan, person: Person, by: Actor) -> Verdict:
    """Take somebody out of a draft; their place stays empty until somebody is put there."""
    plan = _draft(plan, by)
    placed = Placement.objects.select_related("person__unit").filter(plan=plan, person=person).first() or _missing()
    unit = placed.person.unit
    LeftOut.objects.create(
        plan=plan, person=placed.person, unit_key=unit.scope_key, sender_key=unit.area_key, reason=BY_HAND
    )
    placed.delete()
    _count_gaps(plan, {placed.post_id})
    said = _keep(plan, by)
    audit.record("plan.take_out", by=by, of=plan, area_key=placed.area_key, details={"person": person.pk})
    return said


def verdict(*, plan: Plan, by: Actor) -> Verdict:
    """Say what a plan costs and which rules it breaks, as the night stands now; changes nothing."""
    by.require("plan.make", plan.area_key)
    said = _scored(plan)
    return Verdict(said.objective_minutes, said.objective_minutes - plan.objective_minutes, said.parts, said.broken)


def _keep(plan: Plan, by: Actor, about: UUID | None = None) -> Verdict:
    """Write what the checker says onto the plan, so that its figures are those of the plan as it is now."""
    said = _scored(plan, about)
    before, plan.objective_minutes = plan.objective_minutes, said.objective_minutes
    plan.placed = Placement.objects.filter(plan=plan).count()
    if plan.bound_minutes:
        plan.proof_gap = max(0.0, (said.objective_minutes - plan.bound_minutes) / plan.bound_minutes)
    plan.save(update_fields=["objective_minutes", "placed", "proof_gap"])
    if about is not None and (minutes := said.minutes.get(str(about))):
        Placement.objects.filter(plan=plan, person_id=about).update(travel_minutes=minutes[0], cost_minutes=minutes[1])
    return Verdict(said.objective_minutes, said.objective_minutes - before, said.parts, said.broken)


def _scored(plan: Plan, about: UUID | None = None) -> planning.Scored:
    found = planning.read(plan.incident, plan.area_key, tier="reserve")
    rows = Placement.objects.filter(plan=plan).values_list("person_id", "post_id")
    placed = {str(person): str(post) for person, post in rows}
    return planning.scored(found, placed, [str(about)] if about else [])


def _count_gaps(plan: Plan, post_ids: set[UUID]) -> None:
    """Bring the gaps of these posts to what is placed there now; one that the hand made says so."""
    for post in Post.objects.filter(pk__in=post_ids):
        placed = Placement.objects.filter(plan=plan, post=post).count()
        missing = post.places - placed
        if missing <= 0:
            Gap.objects.filter(plan=plan, post=post).delete()
            continue
        counts = {"missing": missing, "missing_min": max(0, post.places_min - placed)}
        new = {"area_key": post.area_key, "reason": BY_HAND, "nearest_fix": ""}
        Gap.objects.update_or_create(plan=plan, post=post, defaults=counts, create_defaults=counts | new)


def _draft(plan: Plan, by: Actor) -> Plan:
    found = Plan.objects.select_for_update(of=("self",)).select_related("incident__playbook").filter(pk=plan.pk)
    fresh = found.first() or _missing()
    by.require("plan.make", fresh.area_key)
    require_active(fresh.incident)
    if fresh.state != "draft":
        raise refusals.PLAN_NOT_DRAFT.refuse(number=fresh.number)
    return fresh


def _missing() -> NoReturn:
    raise NOT_FOUND.refuse()
