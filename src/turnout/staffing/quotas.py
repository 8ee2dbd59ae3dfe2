"""Reads of a wave's quotas: what units are asked to give to which district, and how much of it is used."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value

from turnout.core.actors import Actor
from turnout.core.area_keys import LOCAL, KeyRange, range_of_key
from turnout.incidents.models import Incident
from turnout.people import queries as people
from turnout.people.models import Unit
from turnout.places.models import Area
from turnout.staffing.models import CallOut, Quota, Wave
from turnout.staffing.states import LIVE

DISTRICT = 10**6 * LOCAL
"""Keys in one district; a key cut to a multiple of it is the district's own."""

Cell = tuple[int, int]
"""A unit's own key and a district's key: one field of the matrix."""


def district_of(key: int) -> int:
    return key // DISTRICT * DISTRICT


def districts(incident: Incident) -> list[Area]:
    """Return the districts that an incident touches: those inside it, or the one it lies in."""
    low, high = range_of_key(incident.area_key)
    inside = Q(level="district", area_key__gte=low, area_key__lt=high, closed_at=None)
    return list(Area.objects.filter(inside | Q(area_key=district_of(low), level="district")).order_by("area_key"))


def units(incident: Incident, by: Actor) -> QuerySet[Unit]:
    """Return the open units that may be asked: those of the incident's area that somebody sees, by code."""
    low, high = range_of_key(incident.area_key)
    return people.units_within(by).filter(closed_at=None, area_key__gte=low, area_key__lt=high)


def matrix(wave: Wave, unit_keys: list[int]) -> dict[Cell, int]:
    """Return the places asked of these units, by unit and district."""
    found = Quota.objects.filter(wave=wave, unit__scope_key__in=unit_keys)
    return {(unit, district): places for unit, district, places in found.values_list(
        "unit__scope_key", "district_key", "places")}  # fmt: skip


def used(wave: Wave, unit_keys: list[int]) -> dict[Cell, int]:
    """Return the people of these units who are called in a wave, by unit and district."""
    live = CallOut.objects.filter(wave=wave, unit_key__in=unit_keys, state__in=LIVE).order_by()
    cut = live.annotate(district=F("area_key") / Value(DISTRICT, BigIntegerField())).values_list("unit_key", "district")
    return {(unit, district * DISTRICT): count for unit, district, count in cut.annotate(count=Count("id"))}


def asked_of(incident: Incident) -> dict[UUID, int]:
    """Return the places asked for by quota in each wave of an incident; a wave without any is missing."""
    found = Quota.objects.filter(wave__incident=incident).order_by().values_list("wave")
    return dict(found.annotate(sum=Sum("places")))


def totals(wave: Wave, within: KeyRange) -> tuple[int, int]:
    """Return (places asked for, people called) of a wave for an area, over all units."""
    low, high = within
    asked = Quota.objects.filter(wave=wave, district_key__gte=district_of(low), district_key__lt=high)
    called = CallOut.objects.filter(wave=wave, state__in=LIVE, area_key__gte=low, area_key__lt=high)
    return asked.aggregate(sum=Sum("places"))["sum"] or 0, called.count()
