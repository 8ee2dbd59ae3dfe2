"""Adding and changing areas. Closing and merging are in `closing`, the public list is loaded in `loading`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from turnout.core import audit, clock
from turnout.core.actors import Actor
from turnout.places import codes, refusals
from turnout.places.domain.closing import close, merge
from turnout.places.domain.loading import Loaded, load_public
from turnout.places.domain.locking import lock, require_open
from turnout.places.given import Counts, Point, clean_name
from turnout.places.models import Area
from turnout.places.public import UnknownCode, kind_of
from turnout.places.public.divisions import full_code

__all__ = ["Loaded", "add", "close", "count", "load_public", "merge", "move_point", "rename"]


@transaction.atomic
def add(*, code: str, name: str, by: Actor, counts: Counts | None = None, point: Point | None = None) -> Area:
    """Add an area by its official code (2, 4, 6, 9 or 12 digits) under the one it belongs to, which must be here."""
    code = _official(code)
    by.require("area.edit", codes.key(code))
    parent = _parent_of(code)
    name = clean_name(name)
    area = Area(
        code=code, name=name, parent=parent, level=codes.level(code), kind=kind_of(code), opened_at=clock.now(),
        **(counts or Counts()).columns(), **(point.columns() if point else {}),
    )  # fmt: skip
    area.area_key, area.key_end = codes.key_range(code)
    try:
        with transaction.atomic():
            area.save(force_insert=True)
    except IntegrityError as error:
        if "area_code_once" not in str(error):
            raise
        raise refusals.CODE_TAKEN.refuse(code=code) from None
    audit.record("area.add", by=by, of=area, area_key=area.area_key, details={"code": code, "level": area.level})
    return area


@transaction.atomic
def rename(*, area: Area, name: str, by: Actor) -> Area:
    """Give an area another name; the old one stays in its history. The same name again changes nothing."""
    (area,) = lock([area])
    by.require("area.edit", area.area_key)
    require_open(area)
    name = clean_name(name)
    if name == area.name:
        return area
    area.name = name
    try:
        with transaction.atomic():
            area.save(update_fields=["name"])
    except IntegrityError as error:
        if "area_local_name_once" not in str(error):
            raise
        raise refusals.NAME_TAKEN.refuse() from None
    audit.record("area.rename", by=by, of=area, area_key=area.area_key, details={"code": area.code})
    return area


@transaction.atomic
def count(*, area: Area, counts: Counts, by: Actor) -> Area:
    """Set residents and households of an area, with their source and date."""
    return _set(area, counts.columns(), "area.count", by)


@transaction.atomic
def move_point(*, area: Area, point: Point, by: Actor) -> Area:
    """Put an area's point somewhere else; what was made up before is then a given point."""
    return _set(area, point.columns(), "area.move_point", by)


def _set(area: Area, columns: dict[str, object], verb: str, by: Actor) -> Area:
    (area,) = lock([area])
    by.require("area.edit", area.area_key)
    require_open(area)
    changed = [name for name, value in columns.items() if getattr(area, name) != value]
    if not changed:
        return area
    for name in changed:
        setattr(area, name, columns[name])
    area.save(update_fields=changed)
    audit.record(verb, by=by, of=area, area_key=area.area_key, details={"code": area.code, "columns": changed})
    return area


def _official(code: str) -> str:
    """The 12 digits of an official code, whether or not the public list has it; refuses anything else."""
    try:
        full = full_code(code)
    except UnknownCode:
        raise refusals.CODE_BAD.refuse(code=code if code.isascii() else "") from None
    if not full.strip("0"):
        raise refusals.CODE_BAD.refuse(code=code)
    return full


def _parent_of(code: str) -> Area | None:
    """The open area that a code belongs under, locked; None for a province or municipality."""
    above = codes.ancestors(code)
    found = _nearest(above)
    if found is None and not above:
        return None
    if found is None or found.closed_at or found.level not in codes.PARENTS[codes.level(code)]:
        raise refusals.PARENT_MISSING.refuse(code=code)
    return found


def _nearest(above: Iterable[str]) -> Area | None:
    """The first of some codes that is an area here, locked."""
    above = list(above)
    found = {area.code: area for area in Area.objects.select_for_update().filter(code__in=above)}
    return next((found[code] for code in above if code in found), None)
