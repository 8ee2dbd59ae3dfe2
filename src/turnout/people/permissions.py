"""Who may change what in people.

A person is changed by whoever answers for the unit: its area, or the unit itself. Whoever sees the person only by home
or placement may look and, with the permission, see the phone number, but not change the record.
"""

from __future__ import annotations

from uuid import UUID

from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, Actor
from turnout.people import refusals
from turnout.people.models import Person, Reach, Unit


def require_at_unit(by: Actor, permission: str, unit: Unit) -> None:
    """Refuse with 404 who does not see the unit, with 403 who may not do this to it."""
    keys = (unit.area_key, unit.scope_key)
    if any(by.can(permission, key) for key in keys):
        return
    raise (NOT_ALLOWED if any(by.sees(key) for key in keys) else NOT_FOUND).refuse(permission=permission)


def require_change(by: Actor, permission: str, person: Person) -> None:
    """Refuse who does not answer for the person's unit."""
    if any(by.can(permission, key) for key in (person.unit.area_key, person.unit.scope_key)):
        return
    raise (NOT_ALLOWED if any(map(by.sees, reach_keys(person.pk))) else NOT_FOUND).refuse(permission=permission)


def require_sight(by: Actor, permission: str, person: Person) -> None:
    """Refuse who holds the permission nowhere that the person can be seen from."""
    keys = reach_keys(person.pk)
    if any(by.can(permission, key) for key in keys):
        return
    raise (NOT_ALLOWED if any(map(by.sees, keys)) else NOT_FOUND).refuse(permission=permission)


def reach_keys(person_id: UUID) -> list[int]:
    return list(Reach.objects.filter(person_id=person_id).values_list("area_key", flat=True))


def changeable_person(person: Person, by: Actor, *, left_too: bool = False) -> Person:
    """Return the person as they stand now, locked for this transaction; refuse who may not change them."""
    fresh = locked_person(person)
    require_change(by, "person.edit", fresh)
    if fresh.state == "left" and not left_too:
        raise refusals.PERSON_LEFT.refuse()
    return fresh


def locked_person(person: Person) -> Person:
    """Return the person as it stands now, locked for this transaction; 404 for who cannot see it."""
    fresh = Person.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=person.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    if fresh.state == "merged":
        raise refusals.PERSON_MERGED.refuse()
    return fresh
