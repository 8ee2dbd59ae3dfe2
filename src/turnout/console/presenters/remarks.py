"""How complaints and suggestions read: where they come from, since when, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from turnout.console import queries
from turnout.places.models import Area
from turnout.staffing.models import Remark
from turnout.staffing.states import REMARKS


@dataclass(frozen=True, slots=True)
class Line:
    remark: Remark
    kind: str
    area: Area | None
    sender: str


def lines(found: Iterable[Remark]) -> list[Line]:
    """Return remarks with where they come from; a responder's names the street. One query."""
    remarks = list(found)
    areas = queries.areas_by_key(one.area_key for one in remarks)
    senders = {"community": _("the community"), "responder": _("somebody who was called")}
    return [Line(one, str(REMARKS[one.kind]), areas.get(one.area_key), senders[one.side]) for one in remarks]
