"""How a unit's list reads: who is called where, what they said, what is asked of the unit, where its people are now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from turnout.console import queries
from turnout.console.presenters.desk import MARKS
from turnout.core import clock
from turnout.core.area_keys import LOCAL
from turnout.core.refusals import Refusal
from turnout.incidents.models import Incident
from turnout.people.models import Unit
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import liaison
from turnout.staffing.domain.callouts import ANSWERS
from turnout.staffing.models import CallOut, Wave
from turnout.staffing.states import ACCEPTED, CALLED, DECLINE_REASONS, LIVE

GROUPS = (
    (_("No answer yet"), liaison.UNANSWERED),
    (_("Coming"), ("yes",)),
    (_("On post"), ("on_post",)),
    (_("Cannot come"), ("no",)),
    (_("Gone home"), ("released",)),
)
OPEN = ("waiting", "asked", "yes", "no", "later")
"""States in which an answer can still be given, while the wave takes any."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a liaison sent for one person, from which answer they started, and what was refused."""

    answer: str = ""
    was: str = ""
    reason: str = ""
    wrong: Refusal | None = None

    @property
    def given(self) -> str:
        """The reason that counts: only who cannot come has one."""
        return self.reason if self.answer == "no" else ""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the list. `answer` is the one marked in the form, `was` the one that stands."""

    callout: CallOut
    area: Area | None
    category: str
    state: str
    mark: str
    open: bool
    answer: str
    was: str
    reason: str
    wrong: Refusal | None


@dataclass(slots=True)
class Here:
    """A community where people of the unit are called to."""

    area: Area | None
    called: int = 0
    coming: int = 0
    on_post: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: list[Line] = field(default_factory=list)


def page(incident: Incident, unit: Unit, typed: Mapping[UUID, Typed] | None = None) -> dict[str, Any]:
    """Everything the page of a unit's list shows; `typed` puts back what was sent."""
    rows, quotas = liaison.called(incident, unit), liaison.quotas(incident, unit)
    keys = [community(row.area_key) for row in rows]
    areas = queries.areas_by_key([incident.area_key, *keys, *(use.district_key for use in quotas)])
    lines = [_line(row, areas.get(community(row.area_key)), (typed or {}).get(row.pk)) for row in rows]
    waiting = Counter(row.wave_id for row in rows if row.state == "waiting")
    lock = min((row.wave.lock_at for row in rows if takes_answers(row.wave)), default=None)
    return {
        "incident": incident,
        "unit": unit,
        "area": areas.get(incident.area_key),
        "lines": lines,
        "groups": _groups(lines),
        "figures": _figures(rows),
        "consents": [(one, waiting[one.wave_id]) for one in liaison.consents(incident, unit) if waiting[one.wave_id]],
        "quotas": [(use, areas.get(use.district_key)) for use in quotas],
        "places": _places(rows, areas),
        "reasons": DECLINE_REASONS,
        "lock": lock,
        "minutes": int((lock - clock.now()).total_seconds() // 60) if lock else None,
        "open_lines": sum(line.open for line in lines),
        "unmarked": sum(line.open and not line.was for line in lines),
        "wrong": [line for line in lines if line.wrong],
        "to_take_back": sum(row.state in LIVE and row.state != "on_post" for row in rows),
        "to_return": sum(row.state == "released" and row.returned_at is None for row in rows),
    }


def community(key: int) -> int:
    """Return the key of the community in which a post lies."""
    return key // LOCAL * LOCAL


def takes_answers(wave: Wave) -> bool:
    return wave.state in ("draft", "open") and clock.now() < min(wave.lock_at, wave.closes_at)


def standing(callout: CallOut) -> str:
    """Return the answer that stands; "" where nobody has said anything."""
    return callout.state if callout.state in ANSWERS else ""


def _line(row: CallOut, area: Area | None, typed: Typed | None) -> Line:
    was = standing(row)
    return Line(
        callout=row,
        area=area,
        category=str(CATEGORIES[row.category]),
        state=str(CALLED[row.state]),
        mark="no" if row.state in ("no", "released") else MARKS.get(row.state, "wait"),
        open=row.state in OPEN and takes_answers(row.wave),
        answer=(typed.answer if typed else "") or was,
        was=was,
        reason=typed.reason if typed and typed.wrong else row.decline_reason,
        wrong=typed.wrong if typed else None,
    )


def _groups(lines: list[Line]) -> list[Group]:
    groups = [Group(str(title), [line for line in lines if line.callout.state in states]) for title, states in GROUPS]
    return [group for group in groups if group.lines]


def _figures(rows: list[CallOut]) -> dict[str, int]:
    states = [row.state for row in rows]
    return {
        "called": len(states),
        "coming": sum(state in ACCEPTED for state in states),
        "on_post": states.count("on_post"),
        "cannot": states.count("no"),
        "unanswered": sum(state in liaison.UNANSWERED for state in states),
    }


def _places(rows: list[CallOut], areas: Mapping[int, Area]) -> list[Here]:
    places: dict[int, Here] = {}
    for row in rows:
        if row.state in ("no", "released"):
            continue
        key = community(row.area_key)
        here = places.setdefault(key, Here(areas.get(key)))
        here.called += 1
        here.coming += row.state in ACCEPTED
        here.on_post += row.state == "on_post"
    return [places[key] for key in sorted(places)]
