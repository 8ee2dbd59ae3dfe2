"""Giving and taking roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from turnout.access import refusals
from turnout.access.models import Grant, User
from turnout.access.roles import ROLES
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import KeyRange, pad, range_of

LONGEST = timedelta(days=400)
"""A role that outlives a posting is forgotten; a year and a month, then somebody decides again."""


@dataclass(frozen=True, slots=True)
class UnitScope:
    """A unit as something to be granted over: its id, its own key, and the area that answers for it."""

    id: UUID
    key: int
    area_key: int


@transaction.atomic
def give(
    *,
    user: User,
    role: str,
    ends_at: datetime,
    by: Actor,
    area_code: str = "",
    unit: UnitScope | None = None,
    starts_at: datetime | None = None,
    incident_id: UUID | None = None,
) -> Grant:
    """Give a role over an area, or over a unit, until a stated moment."""
    User.objects.select_for_update().get(pk=user.pk)
    scope = _scope_of(role, area_code, unit)
    starts_at = starts_at or clock.now()
    if not (starts_at < ends_at <= clock.now() + LONGEST):
        raise refusals.GRANT_ENDS.refuse(days=LONGEST.days)
    if by.id == user.pk:
        raise refusals.GRANT_OWN.refuse()
    _require_power(by, role, scope, unit)
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                user=user,
                role=role,
                area_code=pad(area_code) if area_code else "",
                unit_id=unit.id if unit else None,
                scope_lo=scope[0],
                scope_hi=scope[1],
                area_key=unit.area_key if unit else scope[0],
                starts_at=starts_at,
                ends_at=ends_at,
                incident_id=incident_id,
                granted_by_id=by.id if by.kind == "user" else None,
            )
    except IntegrityError as error:
        if "grant_once_at_a_time" not in str(error):
            raise
        raise refusals.GRANT_TWICE.refuse() from None
    audit.record(
        "grant.give", by=by, of=grant, area_key=grant.area_key,
        details={"user": user.pk, "role": role, "scope": scope, "ends": ends_at},
    )  # fmt: skip
    return grant


@transaction.atomic
def revoke(*, grant: Grant, by: Actor) -> Grant:
    """End a role now. Asking twice is refused: the first answer stands in the log."""
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if not may_administer(by, grant):
        raise NOT_FOUND.refuse()
    moment = clock.now()
    if grant.revoked_at or grant.ends_at <= moment:
        raise refusals.GRANT_OVER.refuse()
    grant.revoked_at = max(moment, grant.starts_at)
    grant.revoked_by_id = by.id if by.kind == "user" else None
    grant.save(update_fields=["revoked_at", "revoked_by"])
    audit.record("grant.revoke", by=by, of=grant, area_key=grant.area_key, details={"user": grant.user_id})
    return grant


@transaction.atomic
def follow_unit(*, unit: UnitScope) -> int:
    """Let the area that now answers for a unit administer the live grants over it; return how many."""
    return Grant.objects.filter(unit_id=unit.id, revoked_at=None).update(area_key=unit.area_key)


def may_administer(by: Actor, grant: Grant) -> bool:
    if grant.unit_id:
        return by.can("grant.give", grant.area_key)
    return by.can_over("grant.give", (grant.scope_lo, grant.scope_hi))


def _scope_of(role: str, area_code: str, unit: UnitScope | None) -> KeyRange:
    if role not in ROLES:
        raise refusals.ROLE_UNKNOWN.refuse(role=role)
    if ROLES[role].over_unit != (unit is not None) or bool(area_code) == (unit is not None):
        raise refusals.ROLE_NEEDS_UNIT.refuse()
    if unit:
        return unit.key, unit.key + 1
    try:
        return range_of(area_code)
    except ValueError:
        raise refusals.AREA_UNKNOWN.refuse(code=area_code) from None


def _require_power(by: Actor, role: str, scope: KeyRange, unit: UnitScope | None) -> None:
    """Nobody gives more than they hold; a role over a unit is given where the unit belongs."""
    if unit:
        held = all(by.can(permission, unit.area_key) for permission in ROLES[role].permissions | {"grant.give"})
    else:
        held = all(by.can_over(permission, scope) for permission in ROLES[role].permissions | {"grant.give"})
    if not held:
        raise refusals.GRANT_TOO_WIDE.refuse(role=role)
