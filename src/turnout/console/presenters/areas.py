"""How areas read on a page: figures with their sources, crumbs, histories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from turnout.console import queries, words
from turnout.core.actors import Actor
from turnout.places import codes, maps, public
from turnout.places import queries as places
from turnout.places.models import Area, Site
from turnout.places.states import MANAGEMENT

ADD_TITLES = {
    "official": _("Add an area"),
    "compound": _("Add a compound"),
    "building": _("Add a building"),
}
YES_NO: dict[bool | None, Any] = {True: _("yes"), False: _("no")}


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of a table: its own figures, or where it has none the sums of its communities."""

    area: Any
    households: int | None
    residents: int | None
    synthetic: bool
    source: str


@dataclass(frozen=True, slots=True)
class Fact:
    label: Any
    words: Any


def area_page(area: Area, *, by: Actor) -> dict[str, Any]:
    """Everything the page of an open area shows."""
    rows = [_area_row(child) for child in places.children(area, by=by)]
    on_map = area.level in codes.OFFICIAL
    return {
        "area": area,
        "above": crumbs(area, by),
        "rows": rows,
        "figures": _figures(area, rows),
        "facts": _facts(area),
        "labels": _labels(area, rows),
        "sites": list(places.sites(area, by=by)[:200]),
        "show_communities": area.level in ("province", "city", "district"),
        "on_map": on_map,
        "outside": len(maps.points_outside(area, by=by)) if area.level in ("street", "community") else 0,
        "source": _in_language(public.SOURCES["outlines"]),
        "may_edit": by.can("area.edit", area.area_key),
        "adds": _adds(area),
    }


def closed_area(area: Area) -> dict[str, Any]:
    return {"area": area, "above": [], "successor": places.successor_of(area)}


def crumbs(area: Area, by: Actor) -> list[dict[str, Any]]:
    """The areas above; those outside the person's reach are names only."""
    return [{"area": one, "open": by.can("area.view", one.area_key)} for one in places.ancestors(area)]


def suggestions(found: Iterable[Area]) -> list[dict[str, str]]:
    """Rows of a picker: what is chosen, its name, and where it lies."""
    areas = list(found)
    above = {area.pk: codes.ancestors(area.code) for area in areas}
    names = dict(
        Area.objects.filter(code__in={code for row in above.values() for code in row}).values_list("code", "name")
    )
    return [
        {
            "value": area.code,
            "label": area.name,
            "note": " ".join(filter(None, (names.get(code, "") for code in reversed(above[area.pk][:2])))) or area.code,
        }
        for area in areas
    ]


def area_initial(area: Area) -> dict[str, Any]:
    """What the form of an area starts from. Its point is WGS-84, whatever it was given in."""
    initial: dict[str, Any] = {
        name: getattr(area, name)
        for name in ("name", "households", "residents", "counts_source", "counts_as_of", "lon", "lat")
    }
    facts = {"compound": "compound", "building": "building"}.get(area.level)
    if facts:
        record = getattr(area, facts)
        names = ("management", "fenced", "guarded", "gates") if facts == "compound" else ("floors", "entrances", "lift")
        initial |= {name: getattr(record, name) for name in names}
    return initial


def next_code(parent: Area) -> dict[str, Any]:
    """The digits that an official code below the parent begins with."""
    return {"code": parent.code.rstrip("0")} if parent.level in codes.OFFICIAL else {}


def site_initial(site: Site) -> dict[str, Any]:
    return {name: getattr(site, name) for name in ("kind", "name", "address", "capacity", "lon", "lat")}


@dataclass(frozen=True, slots=True)
class Change:
    label: Any
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Moment:
    """One state in a history: when it began, by whom, and what differs from the state before."""

    at: datetime
    who: str
    changes: list[Change]


_WATCHED = {
    "name": _("name"),
    "code": _("code"),
    "households": _("households"),
    "residents": _("residents"),
    "counts_source": _("source of the figures"),
    "lon": _("longitude"),
    "lat": _("latitude"),
    "closed_at": _("closed"),
}


def history(area: Area, *, by: Actor) -> list[Moment]:
    """Every state of an area, newest first."""
    events = list(places.history(area, by=by)[:200])
    names = people_behind({_actor(event) for event in events})
    pairs = zip(events, [*events[1:], None], strict=True)
    return [Moment(event.pgh_created_at, names.get(_actor(event), ""), _changes(event, old)) for event, old in pairs]


def people_behind(ids: set[str]) -> dict[str, str]:
    """Names of the accounts behind the ids of a history; the product itself by a word."""
    known = queries.names_of_accounts(UUID(one) for one in ids if len(one) == 36)
    return {str(pk): name for pk, name in known.items()} | {"system": str(_("the system"))}


def _actor(event: Any) -> str:
    context = getattr(event, "pgh_context", None)
    return str((context.metadata or {}).get("actor", "")) if context else ""


def _changes(event: Any, before: Any) -> list[Change]:
    return [
        Change(label, "" if before is None else getattr(before, name), getattr(event, name))
        for name, label in _WATCHED.items()
        if getattr(event, name) != (None if before is None else getattr(before, name))
    ]


def _area_row(area: Any) -> AreaRow:
    own = area.households is not None or area.residents is not None
    return AreaRow(
        area=area,
        households=area.households if own else area.households_below,
        residents=area.residents if own else area.residents_below,
        synthetic=area.counts_synthetic or (not own and area.residents_below is not None),
        source="" if area.counts_source == "census_2020" else area.counts_source,
    )


def _figures(area: Area, rows: list[AreaRow]) -> dict[str, int | None]:
    households = area.households if area.households is not None else _sum(row.households for row in rows)
    residents = area.residents if area.residents is not None else _sum(row.residents for row in rows)
    communities = sum(row.area.communities or (row.area.level == "community") for row in rows)
    return {"households": households, "residents": residents, "communities": communities}


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _labels(area: Area, rows: list[AreaRow]) -> list[str]:
    keys = dict.fromkeys([*area.labels, *(label for row in rows for label in row.area.labels)])
    if not keys and any(row.synthetic for row in rows):
        keys = {"residents_split": None}
    return [_in_language(public.LABELS[key]) for key in keys]


def _facts(area: Area) -> list[Fact]:
    if area.level == "compound":
        one = area.compound
        rows = [
            (_("Managed by"), MANAGEMENT[one.management]),
            (_("Fenced"), YES_NO.get(one.fenced)),
            (_("Guarded"), YES_NO.get(one.guarded)),
            (_("Gates"), one.gates),
        ]
    elif area.level == "building":
        of = area.building
        rows = [(_("Floors"), of.floors), (_("Entrances"), of.entrances), (_("Lift"), YES_NO.get(of.lift))]
    else:
        rows = []
    return [Fact(label, value) for label, value in rows if value is not None]


def _adds(area: Area) -> list[dict[str, Any]]:
    below = [level for level, parents in codes.PARENTS.items() if area.level in parents]
    kinds = dict.fromkeys("official" if level in codes.OFFICIAL else level for level in below)
    return [{"level": kind, "label": ADD_TITLES[kind]} for kind in kinds]


def _in_language(pair: tuple[str, ...]) -> str:
    return pair[0 if words.in_chinese() else 1]


SHEET_WORDS = {
    "areas": _("Areas"),
    "compounds": _("Compounds"),
    "buildings": _("Buildings"),
    "sites": _("Sites"),
}
PLACE_WORDS = _WATCHED | {
    "counts_as_of": _("Figures as of"),
    "counts_synthetic": _("figures made up"),
    "point_source": _("source of the point"),
    "point_synthetic": _("point made up"),
    "management": _("Managed by"),
    "fenced": _("Fenced"),
    "guarded": _("Guarded"),
    "gates": _("Gates"),
    "floors": _("Floors"),
    "entrances": _("Entrances"),
    "lift": _("Lift"),
    "address": _("Address"),
    "capacity": _("Capacity"),
}
"""Columns of places that a list can change."""
