"""People: entering and changing them, moving, leaving and coming back, seeing a phone number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from turnout.access.models import User
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import LOCAL, UNIT_BASE
from turnout.core.ids import new_id
from turnout.people import refusals
from turnout.people.domain import known, reach, terms, words
from turnout.people.domain.breaks import refusing
from turnout.people.models import Booking, Person, Unit
from turnout.people.permissions import changeable_person, require_at_unit, require_sight
from turnout.people.states import CATEGORIES, REVEAL_PURPOSES, WORK_LIMITS

_UNIQUE = {
    "person_number_once": refusals.NUMBER_TAKEN,
    "person_phone_once": refusals.PHONE_KNOWN_ELSEWHERE,
}


@transaction.atomic
def add(
    *,
    unit: Unit,
    name: str,
    categories: Iterable[str],
    by: Actor,
    number: str = "",
    phone: str = "",
    home_key: int | None = None,
    work_limits: Iterable[str] = (),
) -> Person:
    """Enter a person in a unit.

    A phone number known elsewhere is refused without a word about whose it is; `merges.claim` asks the district.
    """
    unit = _open_unit(unit, by)
    person = Person(
        id=new_id(),
        unit=unit,
        name=words.name(name),
        number=words.number(number),
        categories=_categories(categories),
        work_limits=_limits(work_limits),
        home_key=_home(home_key),
        added_at=clock.now(),
    )
    person.sort_key = terms.sort_key(person.name)
    put_phone(person, phone)
    known.refuse_known_phone(person)
    reach.write([_standing(person)])
    with refusing(_UNIQUE, number=person.number):
        person.save(force_insert=True)
    terms.enter(person)
    _log("person.add", person, by, {"unit": unit.pk})
    return person


@transaction.atomic
def edit(
    *,
    person: Person,
    name: str,
    number: str,
    categories: Iterable[str],
    home_key: int | None,
    by: Actor,
    phone: str | None = None,
) -> Person:
    """Change who a person is and where they live. `phone`: None leaves it, '' removes it."""
    person = changeable_person(person, by)
    person.name, person.number = words.name(name), words.number(number)
    person.categories, person.home_key = _categories(categories), _home(home_key)
    person.sort_key = terms.sort_key(person.name)
    before = _bytes(person.phone_hash)
    if phone is not None:
        put_phone(person, phone)
    if _bytes(person.phone_hash) != before:
        known.refuse_known_phone(person)
    with refusing(_UNIQUE, number=person.number):
        person.save()
    terms.write([person.pk])
    reach.write([_standing(person)])
    _log("person.edit", person, by)
    return person


@transaction.atomic
def set_limits(*, person: Person, limits: Iterable[str], by: Actor) -> Person:
    """Replace the work limits. Nobody is asked why."""
    person = changeable_person(person, by)
    person.work_limits = _limits(limits)
    person.save(update_fields=["work_limits"])
    _log("person.set_limits", person, by)
    return person


@transaction.atomic
def move_unit(*, person: Person, unit: Unit, by: Actor, number: str = "") -> Person:
    """Move a person to another unit: whoever does it answers for both."""
    person = changeable_person(person, by)
    unit = _open_unit(unit, by)
    before = person.unit_id
    person.unit, person.number = unit, words.number(number)
    with refusing(_UNIQUE, number=person.number):
        person.save(update_fields=["unit", "number"])
    terms.write([person.pk])
    reach.write([_standing(person)])
    _log("person.move_unit", person, by, {"from": before, "to": unit.pk})
    return person


@transaction.atomic
def leave(*, person: Person, by: Actor) -> Person:
    """Mark a person as left. Refused while they are booked; leaving twice changes nothing."""
    person = changeable_person(person, by, left_too=True)
    if person.state == "left":
        return person
    last = Booking.objects.filter(person=person, state="live", ends_at__gt=clock.now()).order_by("-ends_at").first()
    if last:
        raise refusals.PERSON_BOOKED.refuse(until=last.ends_at)
    person.state, person.left_at = "left", clock.now()
    person.save(update_fields=["state", "left_at"])
    _log("person.leave", person, by)
    return person


@transaction.atomic
def return_(*, person: Person, by: Actor) -> Person:
    """Take a person back who had left. Asking for somebody active changes nothing."""
    person = changeable_person(person, by, left_too=True)
    if person.state == "active":
        return person
    if person.unit.closed_at:
        raise refusals.UNIT_CLOSED.refuse()
    person.state, person.left_at = "active", None
    person.save(update_fields=["state", "left_at"])
    _log("person.return", person, by)
    return person


@transaction.atomic
def link_account(*, person: Person, user: User | None, by: Actor) -> Person:
    """Say which account is this person's own, so that they see who looked at them; None separates the two."""
    person = changeable_person(person, by)
    person.user = user
    with refusing({"people_person_user_id_key": refusals.ACCOUNT_TAKEN}):
        person.save(update_fields=["user"])
    _log("person.link_account", person, by, {"user": user.pk if user else None})
    return person


@transaction.atomic
def reveal_phone(*, person: Person, purpose: str, by: Actor) -> str:
    """Return the whole phone number in E.164, for a purpose that stands in the log. Every look is one row."""
    found = Person.objects.filter(pk=person.pk).first()
    if found is None:
        raise NOT_FOUND.refuse()
    require_sight(by, "person.reveal", found)
    if purpose not in REVEAL_PURPOSES:
        raise refusals.PURPOSE_UNKNOWN.refuse()
    if found.phone is None:
        raise refusals.PHONE_MISSING.refuse()
    _log("person.reveal", found, by, {"purpose": purpose})
    return keys.decrypt(bytes(found.phone), table="people_person", column="phone", row_id=found.pk)


def put_phone(person: Person, text: str) -> None:
    """Put a phone number on a person that is not saved yet; the same number again changes nothing."""
    if not text:
        person.phone, person.phone_hash, person.phone_last4 = None, None, ""
        return
    e164 = words.phone(text)
    hashed = words.phone_hash(e164)
    if _bytes(person.phone_hash) != hashed:
        person.phone = keys.encrypt(e164, table="people_person", column="phone", row_id=person.pk)
        person.phone_hash, person.phone_last4 = hashed, e164[-4:]


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


def _open_unit(unit: Unit, by: Actor) -> Unit:
    """Return the unit, kept open until this transaction ends. People enter it side by side, hence a shared lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM people_unit WHERE id = %s FOR SHARE", [unit.pk])
    fresh = Unit.objects.filter(pk=unit.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    require_at_unit(by, "person.edit", fresh)
    if fresh.closed_at:
        raise refusals.UNIT_CLOSED.refuse()
    return fresh


def _standing(person: Person) -> reach.Standing:
    return reach.Standing(person.pk, person.unit.area_key, person.unit.scope_key, person.home_key)


def _categories(given: Iterable[str]) -> list[str]:
    chosen = words.codes(given, CATEGORIES, refusals.CATEGORY_UNKNOWN, "category")
    if not chosen:
        raise refusals.CATEGORY_UNKNOWN.refuse(category="")
    return chosen


def _limits(given: Iterable[str]) -> list[str]:
    return words.codes(given, WORK_LIMITS, refusals.LIMIT_UNKNOWN, "limit")


def _home(key: int | None) -> int | None:
    """Return the key of a community; what is larger or smaller than one is no home community."""
    if key is not None and not (0 < key < UNIT_BASE and key % LOCAL == 0 and key // LOCAL % 1000):
        raise refusals.HOME_BAD.refuse()
    return key


def _log(verb: str, person: Person, by: Actor, details: dict[str, Any] | None = None) -> None:
    audit.record(verb, by=by, of=person, area_key=person.unit.area_key, details=details)
