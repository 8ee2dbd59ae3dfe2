"""How units and people read on a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import phonenumbers
from django.utils import timezone

from turnout.console import queries, words
from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people import queries as people_queries
from turnout.people.models import MergeProposal, Person, Unit
from turnout.people.permissions import reach_keys, require_at_unit
from turnout.people.signups_models import SignupLink
from turnout.people.states import BASES, CATEGORIES, LAYERS, MERGE_REASONS, REVEAL_PURPOSES, TIERS, WORK_LIMITS


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with the names behind its keys, and how many of its active people are seen from here."""

    unit: Unit
    area: str
    streets: list[str]
    people: int
    liaison: str


def units(found: Iterable[Unit]) -> list[UnitRow]:
    """Three queries more, however many units."""
    rows = list(found)
    areas = queries.areas_by_key(key for row in rows for key in (row.area_key, *row.paired_streets))
    people = people_queries.headcounts_of_units(row.pk for row in rows)
    names = queries.names_of_accounts(row.liaison_id for row in rows)
    return [
        UnitRow(
            unit=row,
            area=words.place(areas[row.area_key]) if row.area_key in areas else "",
            streets=[words.place(areas[key]) for key in row.paired_streets if key in areas],
            people=people.get(row.pk, 0),
            liaison=names.get(row.liaison_id, "") if row.liaison_id else "",
        )
        for row in rows
    ]


def unit_page(unit: Unit, *, by: Actor) -> dict[str, Any]:
    """Everything the page of a unit shows."""
    (row,) = units([unit])
    return {
        "unit": unit,
        "row": row,
        "may_edit": may_at_unit(by, "unit.edit", unit),
        "may_give": may_at_unit(by, "grant.give", unit),
        "may_sign_up": may_at_unit(by, "signup.manage", unit),
        "links": [(one, CATEGORIES[one.category], _link_state(one)) for one in queries.signup_links(unit)],
        "may_see_people": may_at_unit(by, "person.view", unit),
        "may_add_person": may_at_unit(by, "person.edit", unit),
    }


def _link_state(link: SignupLink) -> str:
    if link.revoked_at:
        return "revoked"
    if link.ends_at <= clock.now():
        return "over"
    return "full" if link.used >= link.quota else "open"


def unit_initial(unit: Unit) -> dict[str, Any]:
    areas = queries.areas_by_key([unit.area_key, *unit.paired_streets])
    streets = [f"{areas[key].name} {areas[key].code}" for key in unit.paired_streets if key in areas]
    return {
        "name": unit.name,
        "code": unit.code,
        "area": areas[unit.area_key].code if unit.area_key in areas else "",
        "streets": "\n".join(streets),
        "quota": unit.quota,
    }


def may_at_unit(by: Actor, permission: str, unit: Unit) -> bool:
    """Whether an act is offered at all; the verb asks again."""
    try:
        require_at_unit(by, permission, unit)
    except Refusal:
        return False
    return True


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list: words for codes, the phone masked, readiness as a state without a reason."""

    person: Person
    categories: str
    limits: str
    home: str
    phone: str
    tier: str
    ready: bool


def persons(found: Iterable[Person]) -> list[PersonRow]:
    """One query more, however many people."""
    rows = list(found)
    areas = queries.areas_by_key(row.home_key for row in rows)
    today = timezone.localdate(clock.now())
    return [
        PersonRow(
            person=row,
            categories=_words(row.categories, CATEGORIES),
            limits=_words(row.work_limits, WORK_LIMITS),
            home=words.place(areas[row.home_key]) if row.home_key in areas else "",
            phone=masked(row),
            tier=str(TIERS[_tier(row, today)]),
            ready=row.not_ready_until is None or row.not_ready_until < today,
        )
        for row in rows
    ]


def person_page(person: Person, *, by: Actor) -> dict[str, Any]:
    """Everything the page of a person shows."""
    (row,) = persons([person])
    looks = queries.looks_at(person)
    reach = queries.reach_of(person)
    areas = queries.areas_by_key(one.area_key for one in reach)
    names = queries.names_of_accounts([*(look.actor_id for look in looks), person.user_id])
    today = timezone.localdate(clock.now())
    return {
        "person": person,
        "row": row,
        "skills": [
            (skill, skill.valid_through is None or skill.valid_through >= today) for skill in queries.skills_of(person)
        ],
        "availability": queries.availability_of(person),
        "bookings": [(booking, LAYERS[booking.layer]) for booking in queries.bookings_of(person)],
        "reach": [(BASES[one.basis], words.place(areas[one.area_key])) for one in reach if one.area_key in areas],
        "looks": [(look, _who(names, look), purpose_of(look)) for look in looks],
        "account": names.get(person.user_id) if person.user_id else None,
        "may_see_unit": may_at_unit(by, "unit.view", person.unit),
        "may_edit": may_at_unit(by, "person.edit", person.unit),
        "may_reveal": any(by.can("person.reveal", key) for key in reach_keys(person.pk)),
        "may_link": by.can_anywhere("grant.give"),
    }


def person_initial(person: Person) -> dict[str, Any]:
    areas = queries.areas_by_key([person.home_key])
    return {
        "name": person.name,
        "unit": person.unit_id,
        "number": person.number,
        "categories": person.categories,
        "work_limits": person.work_limits,
        "home": areas[person.home_key].code if person.home_key in areas else "",
    }


def ability_initial(person: Person) -> dict[str, Any]:
    skills = [f"{one.name} {one.valid_through or ''}".strip() for one in queries.skills_of(person)]
    periods = [f"{_moment(one.starts_at)} – {_moment(one.ends_at)}" for one in queries.availability_of(person)]
    return {
        "tier": person.tier,
        "tier_until": person.tier_until,
        "not_ready_until": person.not_ready_until,
        "skills": "\n".join(skills),
        "periods": "\n".join(periods),
    }


def masked(person: Person) -> str:
    """The last four digits; a whole number is shown by `reveal` only."""
    return words.ending(person.phone_last4)


def spaced(e164: str) -> str:
    """A number as people read it out: 138 0000 0103."""
    number = phonenumbers.parse(e164)
    own = number.country_code == 86
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, kind))


def purpose_of(row: AuditRow) -> str:
    code = json.loads(row.details or "{}").get("purpose", "")
    return str(REVEAL_PURPOSES.get(code, code))


def _who(names: dict[UUID, str], look: AuditRow) -> str:
    return names.get(look.actor_id, "") if look.actor_id else ""


def _words(codes: Iterable[str], catalogue: dict[str, Any]) -> str:
    return words.listed(str(catalogue[code]) for code in codes)


def _tier(person: Person, today: date) -> str:
    return "standby" if person.tier_until and person.tier_until < today else person.tier


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal with both people as they stand in lists, or the unit that claims the one."""

    proposal: MergeProposal
    reason: Any
    rows: list[PersonRow]


def pairs(found: Iterable[MergeProposal]) -> list[Pair]:
    """One query more, however many proposals."""
    proposals = list(found)
    people = [person for one in proposals for person in (one.person, one.other) if person]
    rows = {row.person.pk: row for row in persons(people)}
    return [
        Pair(one, MERGE_REASONS[one.reason], [rows[person.pk] for person in (one.person, one.other) if person])
        for one in proposals
    ]
