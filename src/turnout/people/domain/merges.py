"""Making one record of two, and taking that back so that both are exactly as they were.

The kept record is seen where it was seen before; the other one stays as a signpost that is seen from the same places,
so that old links lead on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Field

from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.people import refusals
from turnout.people.domain import reach, terms
from turnout.people.domain.breaks import broken
from turnout.people.models import Availability, Booking, Merge, MergeProposal, Person, Reach, Skill
from turnout.people.permissions import locked_person, require_change
from turnout.people.registries import FOLLOWERS
from turnout.people.states import CATEGORIES, WORK_LIMITS

Change = list[str | None]
"""A column before and after, in the written form of its field."""


@transaction.atomic
def merge(*, keep: Person, gone: Person, by: Actor) -> Merge:
    """Make one person of two records. The kept one wins; what it lacks comes from the other.

    Categories and work limits are joined, the later end of "not ready" counts. Skills and bookings move over;
    a skill that both have, and periods of availability when both have some, stay behind with the other record.
    """
    if keep.pk == gone.pk:
        raise refusals.MERGE_SAME.refuse()
    first, second = (locked_person(person) for person in sorted((keep, gone), key=lambda person: person.pk))
    keep, gone = (first, second) if first.pk == keep.pk else (second, first)
    for person in (keep, gone):
        require_change(by, "person.merge", person)
    moment = clock.now()
    gains = _gains(keep, gone)
    with acting_as(SYSTEM):
        loses: dict[str, Any] = {"state": "merged", "merged_into": keep, "left_at": None}
        if "phone" in gains:
            loses |= {"phone": None, "phone_hash": None, "phone_last4": ""}
        if "user" in gains:
            loses["user"] = None
        snapshot = {
            "gone": _change(gone, loses),
            "kept": _change(keep, gains),
            "moved": _move_all(gone.pk, keep.pk),
        }
        reach.write([_standing(keep)])
        terms.write([keep.pk, gone.pk])
        made = Merge.objects.create(kept=keep, gone=gone, snapshot=snapshot, merged_at=moment)
        _pair(keep, gone).update(state="merged", decided_at=moment)
    audit.record("person.merge", by=by, of=keep, area_key=keep.unit.area_key, details={"gone": gone.pk})
    return made


@transaction.atomic
def undo(*, merge: Merge, by: Actor) -> Merge:
    """Separate two records again, exactly as they were. Refused when what the merge set has been changed since."""
    done = Merge.objects.select_for_update().filter(pk=merge.pk).first()
    if done is None:
        raise NOT_FOUND.refuse()
    people = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=[done.kept_id, done.gone_id])}
    keep, gone = people[done.kept_id], people[done.gone_id]
    for person in (keep, gone):
        require_change(by, "person.merge", person)
    if done.undone_at:
        raise refusals.MERGE_OVER.refuse()
    moment = clock.now()
    with acting_as(SYSTEM):
        for person, changes in ((keep, done.snapshot["kept"]), (gone, done.snapshot["gone"])):
            _refuse_changed(person, changes)
        _restore(keep, done.snapshot["kept"])
        _restore(gone, done.snapshot["gone"])
        for name, ids in done.snapshot["moved"].items():
            if len(_movers()[name](keep.pk, gone.pk, ids)) != len(ids):
                raise refusals.MERGE_CHANGED.refuse()
        reach.write([_standing(keep), _standing(gone)])
        terms.write([keep.pk, gone.pk])
        done.undone_at = moment
        done.save(update_fields=["undone_at"])
        _pair(keep, gone).update(state="undone", decided_at=moment)
    audit.record("person.separate", by=by, of=keep, area_key=keep.unit.area_key, details={"gone": gone.pk})
    return done


def _gains(keep: Person, gone: Person) -> dict[str, Any]:
    """Return the columns of the kept record that the merge changes."""
    categories = [code for code in CATEGORIES if code in {*keep.categories, *gone.categories}]
    limits = [code for code in WORK_LIMITS if code in {*keep.work_limits, *gone.work_limits}]
    ready = max(keep.not_ready_until or date.min, gone.not_ready_until or date.min)
    gains: dict[str, Any] = {
        "categories": categories,
        "work_limits": limits,
        "not_ready_until": None if ready == date.min else ready,
        "home_key": gone.home_key if keep.home_key is None else keep.home_key,
    }
    if keep.phone is None and gone.phone is not None:
        place = {"table": "people_person", "column": "phone"}
        number = keys.decrypt(bytes(gone.phone), row_id=gone.pk, **place)
        gains["phone"] = keys.encrypt(number, row_id=keep.pk, **place)
        gains |= {"phone_hash": gone.phone_hash, "phone_last4": gone.phone_last4}
    if keep.user_id is None and gone.user_id is not None:
        gains["user"] = gone.user
    return {name: value for name, value in gains.items() if getattr(keep, name) != value}


def _change(person: Person, values: dict[str, Any]) -> dict[str, Change]:
    """Write columns of a person and return what they were and are."""
    before = {name: _written(person, name) for name in values}
    for name, value in values.items():
        setattr(person, name, value)
    person.save(update_fields=list(values))
    return {name: [before[name], _written(person, name)] for name in values}


def _restore(person: Person, changes: dict[str, Change]) -> None:
    for name, (before, _) in changes.items():
        column = _column(name)
        setattr(person, column.attname, None if before is None else column.to_python(before))
    person.save(update_fields=list(changes))


def _refuse_changed(person: Person, changes: dict[str, Change]) -> None:
    if any(_written(person, name) != after for name, (_, after) in changes.items()):
        raise refusals.MERGE_CHANGED.refuse()


def _written(person: Person, name: str) -> str | None:
    column = _column(name)
    return None if column.value_from_object(person) is None else column.value_to_string(person)


def _column(name: str) -> Field[Any, Any]:
    column = Person._meta.get_field(name)
    assert isinstance(column, Field)
    return column


def _move_all(gone: UUID, keep: UUID) -> dict[str, list[str]]:
    try:
        return {name: move(gone, keep, None) for name, move in _movers().items()}
    except IntegrityError as error:
        if broken(error) != "booking_once_at_a_time":
            raise
        raise refusals.MERGE_BOOKED.refuse() from None


def _move_skills(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    rows = Skill.objects.filter(person_id=source)
    held = Skill.objects.filter(person_id=target).values_list("name", flat=True)
    rows = rows.exclude(name__in=list(held)) if only is None else rows.filter(pk__in=only)
    return _moved(rows, target)


def _move_availability(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    rows = Availability.objects.filter(person_id=source)
    if only is None and Availability.objects.filter(person_id=target).exists():
        return []
    return _moved(rows if only is None else rows.filter(pk__in=only), target)


def _move_bookings(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    rows = Booking.objects.filter(person_id=source)
    return _moved(rows if only is None else rows.filter(pk__in=only), target)


def _move_placements(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    rows = Reach.objects.filter(person_id=source, basis="placement")
    return _moved(rows if only is None else rows.filter(pk__in=only), target)


def _moved(rows: Any, target: UUID) -> list[str]:
    ids = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    rows.update(person_id=target)
    return ids


def _movers() -> dict[str, Any]:
    own = {
        "skills": _move_skills,
        "availability": _move_availability,
        "bookings": _move_bookings,
        "placements": _move_placements,
    }
    return own | {name: FOLLOWERS.get(name) for name in FOLLOWERS.names()}


def _standing(person: Person) -> reach.Standing:
    return reach.Standing(person.pk, person.unit.area_key, person.unit.scope_key, person.home_key)


def _pair(keep: Person, gone: Person) -> Any:
    first, second = sorted((keep.pk, gone.pk))
    return MergeProposal.objects.filter(person_id=first, other_id=second)
