"""Sending units: making and closing them, whom they serve, how many they release, who speaks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from turnout.access.domain import grants
from turnout.access.models import Grant, User
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import LOCAL, UNIT_BASE
from turnout.people import refusals
from turnout.people.domain import reach, words
from turnout.people.domain.breaks import refusing
from turnout.people.models import MOST_STREETS, Person, Unit
from turnout.people.permissions import require_at_unit

LONGEST_NAME = 100
_CODE = {"unit_code_once": refusals.UNIT_CODE_TAKEN}


@transaction.atomic
def create(
    *,
    code: str,
    name: str,
    area_key: int,
    by: Actor,
    paired_streets: Sequence[int] = (),
    quota: int | None = None,
) -> Unit:
    """Open a unit in an area. `paired_streets` are area keys of streets, the first is best."""
    by.require("unit.edit", area_key)
    unit = Unit(
        code=_code(code),
        name=words.name(name, LONGEST_NAME),
        area_key=_area(area_key),
        paired_streets=_streets(paired_streets, area_key),
        quota=_quota(quota),
        opened_at=clock.now(),
    )
    with refusing(_CODE, code=unit.code):
        unit.save(force_insert=True)
    audit.record("unit.create", by=by, of=unit, area_key=area_key)
    return unit


@transaction.atomic
def edit(*, unit: Unit, code: str, name: str, area_key: int, by: Actor) -> Unit:
    """Change code, name or area. In a new area its people are seen from there, and the liaison's role with them."""
    unit = _locked(unit, by)
    by.require("unit.edit", area_key)
    moved = unit.area_key != area_key
    unit.code, unit.name, unit.area_key = _code(code), words.name(name, LONGEST_NAME), _area(area_key)
    unit.paired_streets = _streets(unit.paired_streets, area_key)
    with refusing(_CODE, code=unit.code):
        unit.save(update_fields=["code", "name", "area_key"])
    if moved:
        reach.follow_units([unit.pk])
        grants.follow_unit(unit=_scope(unit))
    audit.record("unit.edit", by=by, of=unit, area_key=area_key, details={"moved": moved})
    return unit


@transaction.atomic
def close(*, unit: Unit, by: Actor) -> Unit:
    """Close a unit that has no active people left; its liaison's role ends with it. Closing twice changes nothing."""
    unit = _locked(unit, by, closed_too=True)
    if unit.closed_at:
        return unit
    left = Person.objects.filter(unit=unit, state="active").count()
    if left:
        raise refusals.UNIT_HAS_PEOPLE.refuse(count=left)
    _end_liaison(unit, by)
    unit.closed_at = clock.now()
    unit.save(update_fields=["closed_at", "liaison", "liaison_grant_id"])
    audit.record("unit.close", by=by, of=unit, area_key=unit.area_key)
    return unit


@transaction.atomic
def pair(*, unit: Unit, streets: Sequence[int], by: Actor) -> Unit:
    """Pair a unit with streets (area keys), the first is best; replaces the list as a whole."""
    unit = _locked(unit, by)
    unit.paired_streets = _streets(streets, unit.area_key)
    unit.save(update_fields=["paired_streets"])
    audit.record("unit.pair", by=by, of=unit, area_key=unit.area_key, details={"streets": unit.paired_streets})
    return unit


@transaction.atomic
def set_quota(*, unit: Unit, quota: int | None, by: Actor) -> Unit:
    """Set the most people this unit releases at once; None when nobody has said."""
    unit = _locked(unit, by)
    unit.quota = _quota(quota)
    unit.save(update_fields=["quota"])
    audit.record("unit.set_quota", by=by, of=unit, area_key=unit.area_key, details={"quota": quota})
    return unit


@transaction.atomic
def set_liaison(*, unit: Unit, user: User | None, by: Actor, ends_at: datetime | None = None) -> Unit:
    """Let an account speak for the unit until a stated moment, or nobody. The earlier liaison's role ends now."""
    unit = _locked(unit, by)
    _end_liaison(unit, by)
    if user is not None:
        grant = grants.give(
            user=user, role="liaison", unit=_scope(unit), ends_at=ends_at or clock.now() + grants.LONGEST, by=by
        )
        unit.liaison, unit.liaison_grant_id = user, grant.pk
    unit.save(update_fields=["liaison", "liaison_grant_id"])
    audit.record(
        "unit.set_liaison", by=by, of=unit, area_key=unit.area_key, details={"user": user.pk if user else None}
    )
    return unit


def _end_liaison(unit: Unit, by: Actor) -> None:
    live = Grant.objects.filter(revoked_at=None, ends_at__gt=clock.now())
    grant = unit.liaison_grant_id and live.filter(pk=unit.liaison_grant_id).first()
    if grant:
        grants.revoke(grant=grant, by=by)
    unit.liaison = unit.liaison_grant_id = None


def _locked(unit: Unit, by: Actor, *, closed_too: bool = False) -> Unit:
    fresh = Unit.objects.select_for_update().filter(pk=unit.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    require_at_unit(by, "unit.edit", fresh)
    if fresh.closed_at and not closed_too:
        raise refusals.UNIT_CLOSED.refuse()
    return fresh


def _scope(unit: Unit) -> grants.UnitScope:
    return grants.UnitScope(id=unit.pk, key=unit.scope_key, area_key=unit.area_key)


def _code(text: str) -> str:
    code = words.clean(text)
    if not 1 <= len(code) <= 40 or " " in code:
        raise refusals.UNIT_CODE_BAD.refuse()
    return code


def _area(key: int) -> int:
    if not 0 < key < UNIT_BASE:
        raise refusals.AREA_BAD.refuse()
    return key


def _quota(quota: int | None) -> int | None:
    if quota is not None and not 0 <= quota < 2**31:
        raise refusals.QUOTA_BAD.refuse()
    return quota


def _streets(keys: Sequence[int], own: int) -> list[int]:
    if len(keys) > MOST_STREETS:
        raise refusals.PAIR_TOO_MANY.refuse(most=MOST_STREETS)
    if own in keys:
        raise refusals.PAIR_SELF.refuse()
    if not all(map(_is_street, keys)):
        raise refusals.PAIR_NOT_STREET.refuse()
    if len(set(keys)) < len(keys):
        raise refusals.PAIR_TWICE.refuse()
    return list(keys)


def _is_street(key: int) -> bool:
    return key < UNIT_BASE and key % (LOCAL * 10**3) == 0 and key % (LOCAL * 10**6) != 0
