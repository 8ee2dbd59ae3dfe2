"""Reads of places. Reads take `by` and answers only inside what the actor may see; elsewhere it is 404.

Names and codes of official areas are public facts: breadcrumbs and pickers (`ancestors`, `find_anywhere`) show them
without a permission. Counts, compounds, buildings and sites need `area.view` where they lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from turnout.core.actors import NOT_FOUND, Actor
from turnout.places import codes
from turnout.places.models import Area, Site

PERMISSION = "area.view"


def get(code: str, *, by: Actor) -> Area:
    """The area of a whole code, open or closed; 404 for what is not there or not to be known."""
    return _one(Area.objects.filter(code=code), by)


def get_by_id(area_id: UUID, *, by: Actor) -> Area:
    """The area of an id, open or closed; 404 for what is not there or not to be known."""
    return _one(Area.objects.filter(pk=area_id), by)


def roots(*, by: Actor) -> QuerySet[Area]:
    """Where the actor starts: the highest open areas inside each range of their permission."""
    areas = Area.objects.filter(closed_at=None).order_by("area_key")
    if by.all_permissions:
        return areas.filter(parent=None)
    highest = Q(pk__in=[])
    for low, high in by.permissions.get(PERMISSION, ()):
        highest |= Q(area_key__gte=low, area_key__lt=high) & (Q(parent=None) | Q(parent__area_key__lt=low))
    return areas.filter(highest)


def ancestors(area: Area) -> list[Area]:
    """The areas above an area, the city first. Names and codes only are for everybody."""
    return list(Area.objects.filter(code__in=codes.ancestors(area.code)).order_by("area_key", "-key_end"))


def children(area: Area, *, by: Actor) -> QuerySet[Area]:
    """The open areas directly below, by code, each with `communities` and `below`: how many open ones lie inside it.

    Residents and households are the area's own figures with their source, and beside them the sums over its open
    communities, `residents_below` and `households_below` (None = no figure). One query.
    """
    _require(area, by)
    inside = Area.objects.filter(area_key__gt=OuterRef("area_key"), area_key__lt=OuterRef("key_end"), closed_at=None)
    communities = inside.filter(level="community")
    return (
        Area.objects.filter(parent=area, closed_at=None)
        .annotate(
            communities=_count(communities),
            below=_count(inside),
            residents_below=_sum(communities, "residents"),
            households_below=_sum(communities, "households"),
        )
        .order_by("area_key")
    )


def subtree(area: Area, *, by: Actor, levels: Iterable[str] = codes.LEVELS, closed: bool = False) -> QuerySet[Area]:
    """The area and everything below it, by key; closed ones too if wanted."""
    _require(area, by)
    found = Area.objects.filter(area_key__gte=area.area_key, area_key__lt=area.key_end, level__in=list(levels))
    return (found if closed else found.filter(closed_at=None)).order_by("area_key")


def search(text: str, *, by: Actor, levels: Iterable[str] = codes.LEVELS) -> QuerySet[Area]:
    """Open areas the actor may see whose name contains the text or whose code starts with it, larger areas first."""
    return find_anywhere(text, levels=levels).filter(within(by))


def find_anywhere(text: str, *, levels: Iterable[str] = codes.OFFICIAL) -> QuerySet[Area]:
    """Open official areas by part of the name or start of the code, wherever they are: for pickers, such as a home."""
    text = text.strip()
    like = Q(code__startswith=text) if text.isascii() and text[:1].isdigit() else Q(name__icontains=text)
    if not text:
        like = Q(pk__in=[])
    return Area.objects.filter(like, closed_at=None, level__in=list(levels)).order_by(
        F("area_key") - F("key_end"), "area_key"
    )


def successor_of(area: Area) -> Area:
    """The open area that stands for a closed one today, through every later closing; an open area itself."""
    area = Area.objects.get(pk=area.pk)
    while area.successor_id:
        area = Area.objects.get(pk=area.successor_id)
    return area


def sites(area: Area, *, by: Actor, kind: str = "", closed: bool = False) -> QuerySet[Site]:
    """Sites at or below an area, by kind and name, each with its area."""
    _require(area, by)
    found = Site.objects.filter(area_key__gte=area.area_key, area_key__lt=area.key_end).select_related("area")
    if kind:
        found = found.filter(kind=kind)
    return (found if closed else found.filter(closed_at=None)).order_by("kind", "name", "area_key")


def get_site(site_id: UUID, *, by: Actor) -> Site:
    """The site of an id; 404 for what is not there or not to be known."""
    site = Site.objects.select_related("area").filter(pk=site_id).first()
    if site is None:
        raise NOT_FOUND.refuse()
    by.require(PERMISSION, site.area_key)
    return site


def history(area: Area, *, by: Actor) -> QuerySet[Any]:
    """Every state an area had, newest first: its columns with `pgh_label` (insert, update), when and by whom.

    `pgh_created_at` is the moment of the change, `pgh_context.metadata["actor"]` the id of who changed it.
    """
    _require(area, by)
    events: QuerySet[Any] = apps.get_model("places", "AreaEvent").objects.all()
    return events.filter(pgh_obj=area).select_related("pgh_context").order_by("-pgh_id")


def closed_since(area: Area, moment: datetime, *, by: Actor) -> QuerySet[Area]:
    """Areas at or below one that were closed from a moment on, each with its successor, newest first."""
    return (
        subtree(area, by=by, closed=True)
        .filter(closed_at__gte=moment)
        .select_related("successor")
        .order_by("-closed_at")
    )


def within(by: Actor) -> Q:
    """The condition that an area lies where the actor may see areas."""
    if by.all_permissions:
        return Q()
    inside = Q(pk__in=[])
    for low, high in by.permissions.get(PERMISSION, ()):
        inside |= Q(area_key__gte=low, area_key__lt=high)
    return inside


def _one(found: QuerySet[Area], by: Actor) -> Area:
    area = found.select_related("parent", "successor").first()
    if area is None:
        raise NOT_FOUND.refuse()
    _require(area, by)
    return area


def _require(area: Area, by: Actor) -> None:
    by.require(PERMISSION, area.area_key)


def _count(found: QuerySet[Area]) -> Coalesce:
    return Coalesce(_aggregate(found, Count("*")), 0)


def _sum(found: QuerySet[Area], column: str) -> Subquery:
    return _aggregate(found, Sum(column))


def _aggregate(found: QuerySet[Area], figure: Count | Sum) -> Subquery:
    # grouped by a column that is the same for every row, so that the subquery is one row or none
    rows = found.order_by().values("closed_at").annotate(figure=figure).values("figure")
    return Subquery(rows, output_field=IntegerField())
