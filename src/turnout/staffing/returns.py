"""Reads of what people leaving a post passed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident
from turnout.people.models import Person
from turnout.staffing.models import CallOut, HandOver


@dataclass(frozen=True, slots=True)
class Passed:
    """What was passed on. Names are empty of those who are no business of this place any more, once released."""

    note: str
    made_at: datetime
    left: str
    taken_over_by: str


def latest(incident: Incident, within: KeyRange, most: int) -> list[Passed]:
    """Return what was passed on in an area, the latest first. Two queries."""
    low, high = within
    found = HandOver.objects.filter(callout__incident=incident, area_key__gte=low, area_key__lt=high)
    rows = list(found.select_related("callout", "successor").order_by("-made_at", "-id")[:most])
    people = {one.person_id for row in rows for one in (row.callout, row.successor) if one}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        Passed(
            row.note, row.made_at, names.get(row.callout.person_id, ""),
            names.get(row.successor.person_id, "") if row.successor else "",
        )
        for row in rows
    ]  # fmt: skip


def successors(callout: CallOut) -> list[CallOut]:
    """Return who could take over from somebody: who is on post or coming at the same community, by name."""
    key = callout.area_key // 10**6 * 10**6
    found = CallOut.objects.filter(
        incident_id=callout.incident_id, state__in=["yes", "on_post"], area_key__gte=key, area_key__lt=key + 10**6
    ).exclude(pk=callout.pk)
    return list(found.select_related("person").order_by("person__sort_key", "id"))
