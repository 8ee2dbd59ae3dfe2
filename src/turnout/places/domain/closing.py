"""Closing an area in favour of its successor, and merging several into one.

Everything that points to the old area follows in the same transaction: sites, compounds and buildings here; reach,
grants and whatever else carries its key through the registry `AREA_MOVED`, once for every key that moves, the
innermost first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from turnout.core import audit, clock
from turnout.core.actors import Actor
from turnout.core.registries import AREA_MOVED
from turnout.places import codes, refusals
from turnout.places.domain.locking import lock, require_open
from turnout.places.domain.numbering import Numbers
from turnout.places.given import NO_COUNTS
from turnout.places.models import Area, Site

Moves = list[tuple[int, int]]


@transaction.atomic
def close(*, area: Area, successor: Area, by: Actor) -> Area:
    """Close an area; whatever pointed to it points to the successor, an open area of its level.

    A compound or building may also be closed in favour of what it stands in. Compounds and buildings of a closed
    community move to the successor under new codes. Asking again with the same successor returns the first answer.
    """
    area, heir = lock([area, successor])
    by.require("area.edit", area.area_key)
    by.require("area.edit", heir.area_key)
    if area.closed_at and area.successor_id == heir.pk:
        return area
    moves = close_locked(area, heir, clock.now())
    details = {"code": area.code, "successor": heir.code, "moved": len(moves)}
    audit.record("area.close", by=by, of=area, area_key=area.area_key, details=details)
    return area


@transaction.atomic
def merge(*, areas: Sequence[Area], into: Area, by: Actor) -> Area:
    """Close several areas in favour of one of their level, and add their counts to its.

    Where one of them has no figure the sum is not known and becomes empty. Areas merged before are left out.
    """
    *parts, heir = lock([*areas, into])
    for one in (*parts, heir):
        by.require("area.edit", one.area_key)
    parts = [one for one in parts if not (one.closed_at and one.successor_id == heir.pk)]
    if not parts:
        return heir
    if any(one.level != heir.level for one in parts):
        raise refusals.SUCCESSOR_BAD.refuse(code=parts[0].code, successor=heir.code)
    moment = clock.now()
    moves = [move for one in parts for move in close_locked(one, heir, moment)]
    columns = _sum_of_counts([heir, *parts])
    for name, value in columns.items():
        setattr(heir, name, value)
    heir.save(update_fields=list(columns))
    details = {"into": heir.code, "areas": [one.code for one in parts], "moved": len(moves)}
    audit.record("area.merge", by=by, of=heir, area_key=heir.area_key, details=details)
    return heir


def close_locked(area: Area, heir: Area, moment: datetime) -> Moves:
    """Close a locked area in favour of a locked heir, for verbs of this app; they ask permission and write the log."""
    require_open(area)
    _require_heir(area, heir)
    _require_no_official_children(area)
    moves = _move_local_areas(area, heir)
    area.closed_at, area.successor = moment, heir
    area.save(update_fields=["closed_at", "successor"])
    moves.append((area.area_key, heir.area_key))
    _move_sites(area, heir)
    for old, new in moves:
        for follow in AREA_MOVED:
            follow(old, new)
    return moves


def _require_heir(area: Area, heir: Area) -> None:
    # a home is a community and a pairing is with streets: an official area can only be followed by one of its level
    above = area.level not in codes.OFFICIAL and heir.area_key <= area.area_key < heir.key_end
    fits = heir.level == area.level or (above and heir.level in ("compound", "community"))
    if heir.closed_at or heir.pk == area.pk or not fits:
        raise refusals.SUCCESSOR_BAD.refuse(code=area.code, successor=heir.code)


def _require_no_official_children(area: Area) -> None:
    count = Area.objects.filter(parent=area, closed_at=None, level__in=codes.OFFICIAL).count()
    if count:
        raise refusals.CHILDREN_OPEN.refuse(code=area.code, count=count)


def _move_local_areas(area: Area, heir: Area) -> Moves:
    """Hang the open compounds and buildings of an area under its heir, with new numbers; innermost first."""
    below = Area.objects.select_for_update().filter(parent=area, closed_at=None).order_by("area_key")
    moves: Moves = []
    for child in below:
        moves += _rehang(child, heir, area.name)
    return moves


def _move_sites(area: Area, heir: Area) -> None:
    taken = set(Site.objects.filter(area=heir, closed_at=None).values_list("kind", "name"))
    for site in Site.objects.select_for_update().filter(area=area, closed_at=None):
        site.area, site.area_key = heir, heir.area_key
        if (site.kind, site.name) in taken:
            site.name = _marked(site.name, area.name)
        site.save(update_fields=["area", "area_key", "name"])


def _rehang(child: Area, heir: Area, once_in: str) -> Moves:
    buildings = list(Area.objects.select_for_update().filter(parent=child, closed_at=None).order_by("area_key"))
    old = child.area_key
    child.code = Numbers({heir.code[:12]}).next(heir, child.level)
    child.area_key, child.key_end = codes.key_range(child.code)
    child.parent = heir
    child.name = _free_name(child.name, heir, once_in)
    child.save(update_fields=["code", "area_key", "key_end", "parent", "name"])
    Site.objects.filter(area=child).update(area_key=child.area_key)
    moves = [move for building in buildings for move in _rehang(building, child, "")]
    return [*moves, (old, child.area_key)]


def _free_name(name: str, heir: Area, once_in: str) -> str:
    """The name, or where the heir has one of that name already, the name with where it was before."""
    if once_in and Area.objects.filter(parent=heir, name=name, closed_at=None).exists():
        return _marked(name, once_in)
    return name


def _marked(name: str, once_in: str) -> str:
    mark = f"（{once_in}）"
    return name[: 100 - len(mark)] + mark


def _sum_of_counts(areas: Sequence[Area]) -> dict[str, object]:
    residents = [area.residents for area in areas]
    households = [area.households for area in areas]
    all_residents = None if None in residents else sum(filter(None, residents))
    all_households = None if None in households else sum(filter(None, households))
    if all_residents is None and all_households is None:
        return NO_COUNTS
    sources = {area.counts_source for area in areas}
    return {
        "residents": all_residents,
        "households": all_households,
        "counts_source": sources.pop() if len(sources) == 1 else "; ".join(sorted(filter(None, sources))),
        "counts_as_of": min(area.counts_as_of for area in areas if area.counts_as_of),
        "counts_synthetic": any(area.counts_synthetic for area in areas),
    }
