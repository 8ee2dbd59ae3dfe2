"""Putting one name down for a post without the planner: signing up, standing in for somebody.

The rules are the planner's, asked for one person: the first that speaks against it is the refusal.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.people.models import Availability, Person, Skill
from turnout.staffing import refusals
from turnout.staffing.domain import holds
from turnout.staffing.models import CallOut, Post, Wave


def require_fit(person: Person, post: Post) -> None:
    """Refuse somebody whom a rule keeps from a post: category, skill, work limit, availability, readiness."""
    with acting_as(SYSTEM):
        reason = _unfit(person, post)
    if reason:
        raise refusals.PERSON_UNFIT.refuse(reason=str(refusals.UNFIT[reason]), code=reason)


def put_down(person: Person, post: Post, wave: Wave, *, state: str, **fields: Any) -> CallOut:
    """Make the call-out of one person with everything it holds; refused if their time is taken."""
    now = clock.now()
    if state == "yes":
        fields |= {"answered_at": now}
    try:
        with acting_as(SYSTEM), transaction.atomic():
            callout = CallOut.objects.create(
                incident_id=post.incident_id, wave=wave, person=person, post=post, category=post.category,
                area_key=post.area_key, unit_key=person.unit.scope_key, sender_key=person.unit.area_key, state=state,
                named_at=now, **fields,
            )  # fmt: skip
            holds.take([(callout.pk, person.pk, callout.area_key)])
    except IntegrityError:
        raise refusals.PERSON_BUSY.refuse() from None
    return callout


def _unfit(person: Person, post: Post) -> str:
    day = localdate(post.starts_at)
    if post.category != "general" and post.category not in person.categories:
        return "category"
    held = Skill.objects.filter(person=person, name__in=post.skills)
    valid = held.filter(Q(valid_through=None) | Q(valid_through__gte=localdate(post.ends_at))).count()
    if valid < len(set(post.skills)):
        return "skill_missing"
    if set(person.work_limits) & set(post.excludes):
        return "work_limit"
    periods = Availability.objects.filter(person=person)
    covering = periods.filter(Q(starts_at=None) | Q(starts_at__lte=post.starts_at))
    if periods.exists() and not covering.filter(Q(ends_at=None) | Q(ends_at__gte=post.ends_at)).exists():
        return "not_available"
    off = person.tier == "off" and (person.tier_until is None or person.tier_until >= day)
    if person.state != "active" or off or (person.not_ready_until and person.not_ready_until >= day):
        return "not_available"
    return ""
