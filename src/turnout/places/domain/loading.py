"""Loading a city, district or street from the public list: one COPY, and the same again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from turnout.core import audit, clock, statistics
from turnout.core.actors import Actor
from turnout.core.ids import new_id
from turnout.places import codes, public, refusals, states
from turnout.places.models import Area

CENSUS_DAY = date(2020, 11, 1)

_COLUMNS = (
    "id", "code", "area_key", "key_end", "level", "kind", "name", "parent_id", "opened_at", "residents", "households",
    "counts_source", "counts_as_of", "counts_synthetic", "lon", "lat", "point_system", "point_source",
    "point_synthetic",
)  # fmt: skip
ONE_AT_A_TIME = 7_105_115
"""Advisory lock of loads and imports: two of one city would both find nothing there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: areas that are new, and areas that were here before and were left as they are."""

    new: int
    same: int


@transaction.atomic
def load_public(*, code: str, by: Actor, seed: int = 0) -> Loaded:
    """Load an area of the public list with everything above and below it, down to communities.

    Residents and households come from the census of 2020; below district level they and the points are made up by the
    seeded rules of `turnout.places.public`, and marked so. Areas that are here already are not touched.
    """
    try:
        top = public.area(code)
    except public.UnknownCode:
        raise refusals.NOT_LISTED.refuse(code=code if code.isascii() else "") from None
    by.require("area.edit", codes.key(top.code))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        low, high = codes.key_range(top.code)
        above = _above(top)
        here = dict(Area.objects.filter(area_key__gte=low, area_key__lt=high).values_list("code", "id"))
        here |= dict(Area.objects.filter(code__in=[one.code for one in above]).values_list("code", "id"))
        wanted = [*(_official(one) for one in (*above, *_tree(top.code))), *_communities(top.code, seed)]
        rows = [row for row in wanted if row["code"] not in here]
        _copy(cursor, rows, here)
    if rows:
        statistics.renew("places_area", rows=len(rows))
        details = {"code": top.code, "seed": seed, "new": len(rows), "same": len(wanted) - len(rows)}
        audit.record("area.load_public", by=by, area_key=low, details=details)
    return Loaded(len(rows), len(wanted) - len(rows))


def _copy(cursor: Any, rows: list[dict[str, Any]], here: dict[str, UUID]) -> None:
    moment = clock.now()
    ids = here | {row["code"]: new_id() for row in rows}
    with cursor.copy(f"COPY {Area._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            low, end = codes.key_range(row["code"])
            row |= {"id": ids[row["code"]], "area_key": low, "key_end": end, "opened_at": moment}
            row["parent_id"] = ids[row["parent"]] if row["parent"] else None
            copy.write_row([row[column] for column in _COLUMNS])


def _above(top: public.Division) -> list[public.Division]:
    above = []
    parent = top.parent
    while parent:
        one = public.area(parent)
        above.append(one)
        parent = one.parent
    return above


def _tree(code: str) -> Iterator[public.Division]:
    """The area of a code and everything below it down to streets."""
    one = public.area(code)
    if one.level == "community":
        return
    yield one
    for child in public.children(code):
        if child.level == "street":
            yield child
        elif child.level != "community":
            yield from _tree(child.code)


def _official(one: public.Division) -> dict[str, Any]:
    """Columns of an area above community: published counts for whole districts and cities, none for streets."""
    row = _row(one.code, one.level, one.kind, one.name, one.parent)
    if one.level in ("province", "city", "district"):
        figures = public.census(one.code)
        if figures.basis != "none":
            source = states.CENSUS if figures.basis == "census" else states.CENSUS_CITY_MEAN
            row |= _counts(figures.residents, figures.households, source)
    return row


def _communities(code: str, seed: int) -> Iterator[dict[str, Any]]:
    for one in public.communities(code, seed=seed):
        source = states.CENSUS_CITY_MEAN if "census_city_mean" in one.labels else states.CENSUS_SPLIT
        point_source = states.PLACED_IN_DISC if "outline_disc" in one.labels else states.PLACED
        yield (
            _row(one.code, "community", one.kind, one.name, one.street_code)
            | _counts(one.residents, one.households, source)
            | {"lon": one.lon, "lat": one.lat, "point_source": point_source, "point_synthetic": True}
        )


def _row(code: str, level: str, kind: str, name: str, parent: str | None) -> dict[str, Any]:
    return {
        "code": code, "level": level, "kind": kind, "name": name, "parent": parent,
        "residents": None, "households": None, "counts_source": "", "counts_as_of": None, "counts_synthetic": False,
        "lon": None, "lat": None, "point_system": "wgs84", "point_source": "", "point_synthetic": False,
    }  # fmt: skip


def _counts(residents: int, households: int, source: str) -> dict[str, Any]:
    return {
        "residents": residents,
        "households": households,
        "counts_source": source,
        "counts_as_of": CENSUS_DAY,
        "counts_synthetic": source != states.CENSUS,
    }
