"""Editing a draft by hand: put somebody on a post, or take somebody out; the checker says at once what it costs.

A rule that is broken does not stop the hand: it is named, and the dispatcher answers for it. What stops it is a post
that has no place left. A plan that is out is not edited: make a new version.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from turnout.staffing.explaining import Step
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
    if not _put(plan, person, post, by):
        return verdict(plan=plan, by=by)
    return _keep(plan, by, about=[person.pk])


def _put(plan: Plan, person: Person, post: Post, by: Actor) -> bool:
    """Put somebody there and write it down; returns whether that changed anything."""
    person = Person.objects.select_related("unit").filter(pk=person.pk, state="active").first() or _missing()
    post = Post.objects.filter(pk=post.pk, incident_id=plan.incident_id).first() or _missing()
    if not contains((range_of_key(plan.area_key),), range_of_key(post.area_key)):
        raise refusals.PLAN_NOT_THERE.refuse(number=plan.number)
    if post.state != "open":
        raise refusals.POST_OVER.refuse()
    before = Placement.objects.filter(plan=plan, person=person).first()
    if before is not None and before.post_id == post.pk:
        return False
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
    audit.record("plan.place", by=by, of=plan, area_key=post.area_key, details={"person": person.pk, "post": post.pk})
    return True


@transaction.atomic
def take_out(*, plan: Plan, person: Person, by: Actor) -> Verdict:
    """Take somebody out of a draft; their place stays empty until somebody is put there."""
    plan = _draft(plan, by)
    _take(plan, person, by)
    return _keep(plan, by)


def _take(plan: Plan, person: Person, by: Actor) -> None:
    placed = Placement.objects.select_related("person__unit").filter(plan=plan, person=person).first() or _missing()
    unit = placed.person.unit
    LeftOut.objects.create(
        plan=plan, person=placed.person, unit_key=unit.scope_key, sender_key=unit.area_key, reason=BY_HAND
    )
    placed.delete()
    _count_gaps(plan, {placed.post_id})
    audit.record("plan.take_out", by=by, of=plan, area_key=placed.area_key, details={"person": person.pk})


@transaction.atomic
def adopt(*, plan: Plan, steps: Sequence[Step], by: Actor) -> Verdict:
    """Carry out a chain of moves that an explanation named, all or none; refused if the draft is no longer the same."""
    plan = _draft(plan, by)
    stands = dict(
        Placement.objects.filter(plan=plan, person__in=[one.person for one in steps]).values_list(
            "person_id", "post_id"
        )
    )
    if not steps or any(stands.get(one.person) != one.before for one in steps):
        raise refusals.PLAN_MOVED_ON.refuse(number=plan.number)
    for one in steps:
        if one.after is None:
            _take(plan, Person(pk=one.person), by)
    # Everybody steps off first: moves may form a circle, in which nobody finds a free place.
    going = [one for one in steps if one.after is not None]
    Placement.objects.filter(plan=plan, person__in=[one.person for one in going]).delete()
    for one in going:
        _put(plan, Person(pk=one.person), Post(pk=one.after), by)
    _count_gaps(plan, {one.before for one in steps if one.before})
    return _keep(plan, by, about=[one.person for one in steps if one.after])


def verdict(*, plan: Plan, by: Actor) -> Verdict:
    """Say what a plan costs and which rules it breaks, as the night stands now; changes nothing."""
    by.require("plan.make", plan.area_key)
    said = _scored(plan)
    return Verdict(said.objective_minutes, said.objective_minutes - plan.objective_minutes, said.parts, said.broken)


def _keep(plan: Plan, by: Actor, about: Sequence[UUID] = ()) -> Verdict:
    """Write what the checker says onto the plan, so that its figures are those of the plan as it is now."""
    said = _scored(plan, about)
    before, plan.objective_minutes = plan.objective_minutes, said.objective_minutes
    plan.placed = Placement.objects.filter(plan=plan).count()
    if plan.bound_minutes:
        plan.proof_gap = max(0.0, (said.objective_minutes - plan.bound_minutes) / plan.bound_minutes)
    plan.save(update_fields=["objective_minutes", "placed", "proof_gap"])
    for person in about:
        if minutes := said.minutes.get(str(person)):
            placed = Placement.objects.filter(plan=plan, person_id=person)
            placed.update(travel_minutes=minutes[0], cost_minutes=minutes[1])
    return Verdict(said.objective_minutes, said.objective_minutes - before, said.parts, said.broken)


def _scored(plan: Plan, about: Sequence[UUID] = ()) -> planning.Scored:
    found = planning.read(plan.incident, plan.area_key, tier="reserve")
    rows = Placement.objects.filter(plan=plan).values_list("person_id", "post_id")
    placed = {str(person): str(post) for person, post in rows}
    return planning.scored(found, placed, [str(person) for person in about])


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
