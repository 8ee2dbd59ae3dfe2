"""Locking areas in one order, and looking at what was locked."""

from __future__ import annotations

from collections.abc import Sequence

from turnout.places import refusals
from turnout.places.models import Area


def lock(areas: Sequence[Area]) -> list[Area]:
    """The same areas as the database has them now, locked, in the order given.

    Rows are locked in the order of their keys, so that two verbs over the same areas wait for each other and never
    both.
    """
    wanted = {area.pk for area in areas}
    found = {area.pk: area for area in Area.objects.select_for_update().filter(pk__in=wanted).order_by("area_key")}
    return [found[area.pk] for area in areas]


def require_open(area: Area) -> None:
    """Refuse a closed area, naming its successor."""
    if area.closed_at:
        successor = area.successor.code if area.successor else ""
        raise refusals.CLOSED.refuse(code=area.code, successor=successor)
