"""Compounds and buildings inside a community: added under the next free number, described as far as anybody knows."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from turnout.core import audit, clock
from turnout.core.actors import Actor
from turnout.places import codes, refusals
from turnout.places.domain.locking import lock, require_open
from turnout.places.domain.numbering import Numbers
from turnout.places.given import Counts, Point, clean_name
from turnout.places.models import Area, Building, Compound
from turnout.places.states import MANAGEMENT

FLOORS, ENTRANCES, GATES = range(1, 201), range(1, 100), range(1000)

Facts = TypeVar("Facts", Compound, Building)


@transaction.atomic
def add_compound(
    *,
    community: Area,
    name: str,
    by: Actor,
    management: str = "",
    fenced: bool | None = None,
    guarded: bool | None = None,
    gates: int | None = None,
    counts: Counts | None = None,
    point: Point | None = None,
) -> Area:
    """Add a compound to a community."""
    facts = _compound_facts(management, fenced, guarded, gates)
    area = _add(community, "compound", name, by, counts, point)
    Compound.objects.create(area=area, **facts)
    return area


@transaction.atomic
def add_building(
    *,
    within: Area,
    name: str,
    by: Actor,
    floors: int | None = None,
    entrances: int | None = None,
    lift: bool | None = None,
    counts: Counts | None = None,
    point: Point | None = None,
) -> Area:
    """Add a building to a compound, or to a community where it stands in no compound."""
    facts = _building_facts(floors, entrances, lift)
    area = _add(within, "building", name, by, counts, point)
    Building.objects.create(area=area, **facts)
    return area


@transaction.atomic
def describe_compound(
    *,
    area: Area,
    by: Actor,
    management: str = "",
    fenced: bool | None = None,
    guarded: bool | None = None,
    gates: int | None = None,
) -> Compound:
    """Set what is known of a compound; None and '' = not known."""
    facts = _compound_facts(management, fenced, guarded, gates)
    area = _open_to(area, by)
    return _describe(Compound.objects.select_for_update().get(area=area), area, facts, by)


@transaction.atomic
def describe_building(
    *, area: Area, by: Actor, floors: int | None = None, entrances: int | None = None, lift: bool | None = None
) -> Building:
    """Set what is known of a building; None = not known."""
    facts = _building_facts(floors, entrances, lift)
    area = _open_to(area, by)
    return _describe(Building.objects.select_for_update().get(area=area), area, facts, by)


def _add(parent: Area, level: str, name: str, by: Actor, counts: Counts | None, point: Point | None) -> Area:
    parent = _open_to(parent, by)
    if parent.level not in codes.PARENTS[level]:
        raise refusals.PARENT_MISSING.refuse(code=parent.code)
    code = Numbers({parent.code[:12]}).next(parent, level)
    low, end = codes.key_range(code)
    try:
        with transaction.atomic():
            area = Area.objects.create(
                code=code, area_key=low, key_end=end, level=level, name=clean_name(name), parent=parent,
                opened_at=clock.now(), **(counts or Counts()).columns(), **(point.columns() if point else {}),
            )  # fmt: skip
    except IntegrityError as error:
        if "area_local_name_once" not in str(error):
            raise
        raise refusals.NAME_TAKEN.refuse() from None
    audit.record("area.add", by=by, of=area, area_key=low, details={"code": code, "level": level})
    return area


def _open_to(area: Area, by: Actor) -> Area:
    (area,) = lock([area])
    by.require("area.edit", area.area_key)
    require_open(area)
    return area


def _describe(record: Facts, area: Area, facts: dict[str, Any], by: Actor) -> Facts:
    changed = [name for name, value in facts.items() if getattr(record, name) != value]
    if changed:
        for name in changed:
            setattr(record, name, facts[name])
        record.save(update_fields=changed)
        details = {"code": area.code, "columns": changed}
        audit.record("area.describe", by=by, of=area, area_key=area.area_key, details=details)
    return record


def _compound_facts(management: str, fenced: bool | None, guarded: bool | None, gates: int | None) -> dict[str, Any]:
    if management not in MANAGEMENT:
        raise refusals.VALUE_BAD.refuse(field="management", value=management)
    return {"management": management, "fenced": fenced, "guarded": guarded, "gates": _within("gates", gates, GATES)}


def _building_facts(floors: int | None, entrances: int | None, lift: bool | None) -> dict[str, Any]:
    return {
        "floors": _within("floors", floors, FLOORS),
        "entrances": _within("entrances", entrances, ENTRANCES),
        "lift": lift,
    }


def _within(field: str, value: int | None, allowed: range) -> int | None:
    if value is not None and value not in allowed:
        raise refusals.VALUE_BAD.refuse(field=field, value=value)
    return value
