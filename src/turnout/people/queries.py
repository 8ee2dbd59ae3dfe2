"""Reads of people. Row security shows only who is in reach; these narrow, order and count."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.models import AuditRow
from turnout.people.models import MergeProposal, Person, Reach, Unit


def units_within(by: Actor, permission: str = "unit.view") -> QuerySet[Unit]:
    """Return the units whose area, or whose own key, lies where the actor holds the permission; by code."""
    units = Unit.objects.order_by("code")
    if by.all_permissions:
        return units
    inside = Q(pk__in=[])
    for low, high in by.permissions.get(permission, ()):
        inside |= Q(area_key__gte=low, area_key__lt=high) | Q(scope_key__gte=low, scope_key__lt=high)
    return units.filter(inside)


def unit(unit_id: UUID, by: Actor) -> Unit:
    """Return one unit, or refuse with 404."""
    found = units_within(by).filter(pk=unit_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def person(person_id: UUID) -> Person:
    """Return one person of the present scope; the id of a merged record leads to the one that was kept."""
    found = Person.objects.select_related("unit").filter(pk=person_id).first()
    while found is not None and found.merged_into_id:
        found = Person.objects.select_related("unit").filter(pk=found.merged_into_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def proposals() -> QuerySet[MergeProposal]:
    """Return the open proposals of which the present scope sees both sides, oldest first."""
    rows = MergeProposal.objects.filter(state="open", person__state="active")
    rows = rows.filter(Q(other__isnull=True) | Q(other__state="active"))
    return rows.select_related("person__unit", "other__unit", "claim_unit").order_by("proposed_at", "id")


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw a whole phone number: who, when, and the purpose they gave (a word of states.REVEAL_PURPOSES)."""

    at: datetime
    actor_id: UUID | None
    actor_name: str
    purpose: str


def who_looked_at(user: User) -> list[Look]:
    """Return who saw the phone number of the person behind an account, newest first.

    Runs as the product itself, because whoever looked may be out of the reader's sight; it can only ask about the
    account's own person and the records merged into it.
    """
    with acting_as(SYSTEM):
        own = list(Person.objects.filter(Q(user=user) | Q(merged_into__user=user)).values_list("pk", flat=True))
        rows = list(AuditRow.objects.filter(verb="person.reveal", object_id__in=own).order_by("-id"))
    names: dict[UUID | None, str] = dict(
        User.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name")
    )
    return [Look(row.at, row.actor_id, names.get(row.actor_id, ""), _purpose(row.details)) for row in rows]


def _purpose(details: str | None) -> str:
    return str(json.loads(details or "{}").get("purpose", ""))


def headcounts(basis: str, *, digits: int = 12) -> dict[str, int]:
    """Return active people by area, counted by one basis of states.BASES: 12-digit code -> people.

    `digits` (6 district, 9 street, 12 community) says which level; an area larger than that level counts under its own
    code. Somebody with two live placements in one area counts once there.
    """
    step = 10 ** (18 - digits)
    sql = """
SELECT area_key / %s * (%s / 1000000), count(DISTINCT person_id) FROM people_reach
 WHERE active AND basis = %s GROUP BY 1 ORDER BY 1"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [step, step, basis])
        return {f"{code:012d}": count for code, count in cursor.fetchall()}


def headcounts_of_units(unit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return active people of each unit that the present scope sees; a unit without any is missing."""
    people = Person.objects.filter(unit__in=list(unit_ids), state="active").order_by()
    return dict(people.values_list("unit_id").annotate(count=Count("id")))


def total() -> int:
    """Return how many active people are in reach of the present scope, each once, whatever the basis."""
    return Reach.objects.filter(active=True).aggregate(people=Count("person_id", distinct=True))["people"] or 0
