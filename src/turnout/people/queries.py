"""Reads of people. Row security shows only who is in reach; these narrow, order and count."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from turnout.core.actors import NOT_FOUND, Actor
from turnout.people.models import MergeProposal, Person, Unit


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
