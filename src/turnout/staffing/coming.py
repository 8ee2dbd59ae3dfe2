"""Who comes to an area and why, as the version of the plan that is in force there says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery

from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident
from turnout.staffing.models import CallOut, Placement, PlanPart
from turnout.staffing.states import LIVE


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who is called to a post, with the plan's reason and minutes; empty for who came by another way."""

    callout: CallOut
    reason: str
    minutes: int | None


def coming(incident: Incident, within: KeyRange) -> list[Coming]:
    """Return who is called to an area and was not let go, by community, category and name. One query.

    The reason is that of the version in force where they stand: of the latest part published around it.
    """
    low, high = within
    why = Placement.objects.filter(
        person_id=OuterRef("person_id"), post_id=OuterRef("post_id"), plan__incident=incident,
        plan__parts__area_key__lte=F("area_key"), plan__parts__key_end__gt=F("area_key"),
    ).order_by("-plan__parts__published_at", "-plan__parts__id")  # fmt: skip
    found = CallOut.objects.filter(incident=incident, area_key__gte=low, area_key__lt=high, state__in=LIVE)
    found = found.select_related("person__unit", "post").annotate(
        why=Subquery(why.values("reason")[:1]), minutes=Subquery(why.values("travel_minutes")[:1])
    )
    return [
        Coming(row, row.why or "", None if row.minutes is None else round(row.minutes))
        for row in found.order_by("area_key", "category", "person__sort_key", "id")
    ]


def in_force(incident: Incident, within: KeyRange) -> PlanPart | None:
    """Return the part last published around the whole of an area, with its version of the plan."""
    parts = PlanPart.objects.filter(plan__incident=incident, area_key__lte=within[0], key_end__gte=within[1])
    return parts.select_related("plan").order_by("-published_at", "-id").first()
