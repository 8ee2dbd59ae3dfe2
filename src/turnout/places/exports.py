"""Areas, compounds, buildings and sites written as the sheets that an import reads, so that a list can come back.

What is made up is said in words beside it, and again in the sources of figures and points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import get_language

from turnout.core.actors import Actor
from turnout.places import lists, public, queries
from turnout.places.models import Area, Building, Compound
from turnout.sheets import Layout, Out

_WIDTHS = {"code": 20, "area_code": 20, "community_code": 16, "name": 28, "address": 30, "made_up": 40}


def sheets(area: Area, *, by: Actor) -> list[Out]:
    """The four sheets of an area and everything open below it."""
    local = queries.subtree(area, by=by, levels=["compound", "building"])
    compounds = Compound.objects.filter(area__in=local).select_related("area__parent").order_by("area__area_key")
    buildings = Building.objects.filter(area__in=local).select_related("area__parent").order_by("area__area_key")
    official = queries.subtree(area, by=by, levels=["province", "city", "district", "street", "community"])
    return [
        _out(lists.AREAS, (_area(one) for one in official.iterator())),
        _out(lists.COMPOUNDS, map(_compound, compounds)),
        _out(lists.BUILDINGS, map(_building, buildings)),
        _out(lists.SITES, map(_site, queries.sites(area, by=by))),
    ]


def template() -> list[Out]:
    """The four sheets, empty, with every heading an import knows."""
    return [_out(layout, []) for layout in lists.LAYOUTS]


def _out(layout: Layout, rows: Iterable[dict[str, Any]]) -> Out:
    headings = [column.name for column in layout.columns]

    def lines() -> Iterator[list[Any]]:
        for row in rows:
            yield [row.get(heading) for heading in headings]

    titles = {column.name: column.aliases[0] for column in layout.columns if column.aliases}
    return Out(layout.name, headings, lines(), titles=titles, widths=_WIDTHS)


def _area(area: Area) -> dict[str, Any]:
    return {"code": area.code, "name": area.name, "made_up": _made_up(area)} | _counts(area) | _point(area)


def _compound(compound: Compound) -> dict[str, Any]:
    area = compound.area
    return {
        "community_code": area.code[:12],
        "name": area.name,
        "management": compound.management or None,
        "fenced": _yes_no(compound.fenced),
        "guarded": _yes_no(compound.guarded),
        "gates": compound.gates,
    } | _counts(area) | _point(area)  # fmt: skip


def _building(building: Building) -> dict[str, Any]:
    area = building.area
    inside = area.parent if area.parent and area.parent.level == "compound" else None
    return {
        "community_code": area.code[:12],
        "compound": inside.name if inside else None,
        "name": area.name,
        "floors": building.floors,
        "entrances": building.entrances,
        "lift": _yes_no(building.lift),
    } | _counts(area) | _point(area)  # fmt: skip


def _site(site: Any) -> dict[str, Any]:
    return {
        "area_code": site.area.code,
        "kind": site.kind,
        "name": site.name,
        "address": site.address or None,
        "capacity": site.capacity,
    } | _point(site)  # fmt: skip


def _counts(area: Area) -> dict[str, Any]:
    return {
        "residents": area.residents,
        "households": area.households,
        "counts_source": area.counts_source or None,
        "counts_as_of": area.counts_as_of.isoformat() if area.counts_as_of else None,
    }


def _point(place: Any) -> dict[str, Any]:
    if place.lon is None:
        return {}
    return {"lon": place.lon, "lat": place.lat, "coordinate_system": "wgs84", "point_source": place.point_source}


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("yes" if value else "no")


def _made_up(area: Area) -> str | None:
    language = 0 if (get_language() or "").startswith("zh") else 1
    return "; ".join(public.LABELS[label][language] for label in area.labels) or None
