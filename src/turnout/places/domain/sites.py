"""Sites: gates, sampling points, isolation hotels, checkpoints, premises and supply points inside an area."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.places import refusals
from turnout.places.domain.locking import lock, require_open
from turnout.places.given import LARGEST_COUNT, NO_POINT, Point, clean_name
from turnout.places.models import Area, Site
from turnout.places.states import SITE_KINDS


@transaction.atomic
def add(
    *,
    area: Area,
    kind: str,
    name: str,
    by: Actor,
    address: str = "",
    capacity: int | None = None,
    point: Point | None = None,
) -> Site:
    """Add a site to an area of any level. One of the same kind and name that is open there is refused."""
    (area,) = lock([area])
    by.require("area.edit", area.area_key)
    require_open(area)
    if kind not in SITE_KINDS:
        raise refusals.SITE_KIND_BAD.refuse(kind=kind)
    site = Site(area=area, area_key=area.area_key, kind=kind, opened_at=clock.now())
    for column, value in _columns(name, address, capacity, point).items():
        setattr(site, column, value)
    _save(site, force_insert=True)
    audit.record("site.add", by=by, of=site, area_key=site.area_key, details={"kind": kind, "area": area.code})
    return site


@transaction.atomic
def change(
    *, site: Site, name: str, by: Actor, address: str = "", capacity: int | None = None, point: Point | None = None
) -> Site:
    """Set everything about a site but its kind and its area; the old state stays in its history."""
    site = _open_to(site, by)
    columns = _columns(name, address, capacity, point)
    changed = [column for column, value in columns.items() if getattr(site, column) != value]
    if changed:
        for column in changed:
            setattr(site, column, columns[column])
        _save(site, update_fields=changed)
        audit.record("site.change", by=by, of=site, area_key=site.area_key, details={"columns": changed})
    return site


@transaction.atomic
def close(*, site: Site, by: Actor) -> Site:
    """Close a site. Asking again returns the first answer."""
    site = _locked(site, by)
    if site.closed_at:
        return site
    site.closed_at = clock.now()
    site.save(update_fields=["closed_at"])
    audit.record("site.close", by=by, of=site, area_key=site.area_key)
    return site


def _locked(site: Site, by: Actor) -> Site:
    found = Site.objects.select_for_update().filter(pk=site.pk).first()
    if found is None:
        raise NOT_FOUND.refuse()
    by.require("area.edit", found.area_key)
    return found


def _open_to(site: Site, by: Actor) -> Site:
    site = _locked(site, by)
    if site.closed_at:
        raise refusals.SITE_CLOSED.refuse()
    return site


def _columns(name: str, address: str, capacity: int | None, point: Point | None) -> dict[str, Any]:
    if capacity is not None and not 0 <= capacity <= LARGEST_COUNT:
        raise refusals.VALUE_BAD.refuse(field="capacity", value=capacity)
    if len(address) > 200:
        raise refusals.VALUE_BAD.refuse(field="address", value="…")
    return {
        "name": clean_name(name),
        "address": address.strip(),
        "capacity": capacity,
        **(point.columns() if point else NO_POINT),
    }


def _save(site: Site, **how: Any) -> None:
    try:
        with transaction.atomic():
            site.save(**how)
    except IntegrityError as error:
        if "site_once_in_area" not in str(error):
            raise
        raise refusals.NAME_TAKEN.refuse() from None
