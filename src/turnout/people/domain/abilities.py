"""What people can do and when: skills, availability, reserve tier, readiness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction

from turnout.core import audit
from turnout.core.actors import Actor
from turnout.people import refusals
from turnout.people.domain import words
from turnout.people.models import Availability, Person, Skill
from turnout.people.permissions import changeable_person
from turnout.people.states import TIERS

Period = tuple[datetime | None, datetime | None]
"""Half-open; None is an open end."""

LONGEST_SKILL = 40


@transaction.atomic
def set_skills(*, person: Person, skills: Mapping[str, date | None], by: Actor) -> Person:
    """Replace the skills: name -> last valid day, None for one that does not run out. What is the same stays."""
    person = changeable_person(person, by)
    wanted = _skills(skills)
    held = {skill.name: skill for skill in Skill.objects.filter(person=person)}
    Skill.objects.filter(pk__in=[skill.pk for name, skill in held.items() if name not in wanted]).delete()
    for name, valid_through in wanted.items():
        skill = held.get(name) or Skill(person=person, name=name)
        if name not in held or skill.valid_through != valid_through:
            skill.valid_through = valid_through
            skill.save()
    audit.record("person.set_skills", by=by, of=person, area_key=person.unit.area_key)
    return person


@transaction.atomic
def set_availability(*, person: Person, periods: Iterable[Period], by: Actor) -> Person:
    """Replace the periods in which the person can be posted; none at all means always."""
    person = changeable_person(person, by)
    wanted = sorted(set(periods), key=lambda period: (period[0] is not None, period[0]))
    _refuse_crossed(wanted)
    held = {(row.starts_at, row.ends_at): row.pk for row in Availability.objects.filter(person=person)}
    Availability.objects.filter(pk__in=[pk for period, pk in held.items() if period not in wanted]).delete()
    Availability.objects.bulk_create(
        Availability(person=person, starts_at=start, ends_at=end) for start, end in wanted if (start, end) not in held
    )
    audit.record("person.set_availability", by=by, of=person, area_key=person.unit.area_key)
    return person


@transaction.atomic
def set_ready(*, person: Person, not_until: date | None, by: Actor) -> Person:
    """Say that somebody cannot be posted through a day, or (None) that they can. There is no place for a reason."""
    person = changeable_person(person, by)
    person.not_ready_until = not_until
    person.save(update_fields=["not_ready_until"])
    audit.record("person.set_ready", by=by, of=person, area_key=person.unit.area_key)
    return person


@transaction.atomic
def set_tier(*, person: Person, tier: str, by: Actor, until: date | None = None) -> Person:
    """Set the reserve tier, with its last day if it has one; after that day it counts as standby."""
    person = changeable_person(person, by)
    if tier not in TIERS:
        raise refusals.TIER_UNKNOWN.refuse(tier=tier)
    person.tier, person.tier_until = tier, until
    person.save(update_fields=["tier", "tier_until"])
    audit.record("person.set_tier", by=by, of=person, area_key=person.unit.area_key)
    return person


def _skills(skills: Mapping[str, date | None]) -> dict[str, date | None]:
    wanted: dict[str, date | None] = {}
    for given, valid_through in skills.items():
        name = words.clean(given)
        if not 1 <= len(name) <= LONGEST_SKILL or name in wanted:
            raise refusals.SKILL_BAD.refuse()
        wanted[name] = valid_through
    return wanted


def _refuse_crossed(periods: list[Period]) -> None:
    """Refuse a period that ends before it starts, and two that overlap. Periods come in order of their start."""
    for start, end in periods:
        if start is not None and end is not None and start >= end:
            raise refusals.PERIOD_BACKWARDS.refuse()
    for (_, end), (start, _) in pairwise(periods):
        if end is None or start is None or start < end:
            raise refusals.PERIODS_OVERLAP.refuse()
