"""How whistles read: whose turn it is, how long there is left, and what the playbook suggests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console import queries
from turnout.console.words import in_chinese
from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.area_keys import contains, range_of_key
from turnout.incidents import queries as incidents
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import queries as staffing
from turnout.staffing.domain.whistles import answering_range
from turnout.staffing.models import Whistle
from turnout.staffing.states import GROUNDS, KINDS, LEVELS, WHISTLE

PRESSING = 5  # minutes left from which on a whistle is marked as pressing
STATES = {"waiting": "wait", "approved": "ok", "refused": "no", "merged": "no", "split": "no", "withdrawn": "no"}


@dataclass(frozen=True, slots=True)
class Row:
    """A whistle in words. `left` is a state mark and its words, while it waits."""

    whistle: Whistle
    area: Area | None
    category: str
    ground: str
    kind: str
    state: str
    mark: str
    level: str
    left: tuple[str, str] | None
    crew: staffing.Crew | None = None
    decides: bool = False


def shown(found: Iterable[Whistle]) -> list[Row]:
    """One query more, however many whistles."""
    rows = list(found)
    areas = queries.areas_by_key(row.area_key for row in rows)
    return [
        Row(
            whistle=row,
            area=areas.get(row.area_key),
            category=str(CATEGORIES[row.category]),
            ground=str(GROUNDS[row.ground]),
            kind=str(KINDS[row.kind]),
            state=str(WHISTLE[row.state]),
            mark=STATES.get(row.state, "ok"),
            level=str(LEVELS[row.level]),
            left=_left(row),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Lane:
    """Whistles that stand at one step: at a level that has to answer, being staffed, or answered otherwise."""

    code: str
    title: str
    note: str
    rows: list[Row]


def board(incident: Incident, found: Iterable[Whistle], by: Actor) -> dict[str, Any]:
    """The whistles of a page by the step at which they stand, and how many there are of each. Four queries."""
    rows = shown(found)
    crews = staffing.crews(row.whistle.pk for row in rows if row.whistle.state == "approved")
    rows = [
        replace(
            row,
            crew=crews.get(row.whistle.pk),
            decides=row.whistle.state == "waiting" and by.can_over("whistle.decide", answering_range(row.whistle)),
        )
        for row in rows
    ]
    triage = incident.playbook.playbook.triage
    lanes = [
        Lane(
            level,
            _("{level} answers").format(level=words),
            _("within {n} min, then it goes up by itself").format(n=getattr(triage, f"{level}_minutes"))
            if level != "city"
            else _("the last to answer"),
            [row for row in rows if row.whistle.state == "waiting" and row.whistle.level == level],
        )
        for level, words in LEVELS.items()
    ]
    staffed = [row for row in rows if row.whistle.state == "approved"]
    done = [row for row in rows if row.whistle.state not in ("waiting", "approved")]
    lanes.append(Lane("approved", _("Approved: people are coming"), "", staffed))
    lanes.append(Lane("done", _("Answered otherwise, or settled"), "", done))
    return {"lanes": [lane for lane in lanes if lane.rows], "figures": _figures(incident, rows, by)}


def _figures(incident: Incident, rows: list[Row], by: Actor) -> dict[str, int]:
    counts = staffing.whistles_by_state(incident, by)
    waiting, asked = counts.get("waiting", (0, 0))
    approved, granted = counts.get("approved", (0, 0))
    return {
        "waiting": waiting,
        "asked": asked,
        "mine": sum(row.decides for row in rows),
        "overdue": sum(row.left is not None and row.left[0] == "crit" for row in rows),
        "approved": approved,
        "granted": granted,
    }


def page(whistle: Whistle, by: Actor) -> dict[str, Any]:
    """Everything the page of a whistle shows, and what may be done with it."""
    (row,) = shown([whistle])
    waiting = whistle.state == "waiting"
    decides = waiting and by.can("whistle.decide", whistle.area_key)
    return {
        "row": row,
        "whistle": whistle,
        "incident": whistle.incident,
        "posts": list(whistle.posts.filter(state="open")),
        "decides": decides and by.can_over("whistle.decide", answering_range(whistle)),
        "higher_up": decides and not by.can_over("whistle.decide", answering_range(whistle)),
        "merges": whistle.state == "approved" and by.can_over("whistle.decide", answering_range(whistle)),
        "raises": whistle.state in ("waiting", "approved") and by.can("whistle.raise", whistle.area_key),
        "crew": staffing.crews([whistle.pk]).get(whistle.pk) if whistle.state == "approved" else None,
        "who": queries.names_of_accounts([whistle.raised_by_id, whistle.decided_by_id]),
    }


def own_place(incident: Incident, by: Actor) -> Area | None:
    """Return the one community from which somebody whistles, if there is just one."""
    inside = [
        low
        for low, high in by.permissions.get("whistle.raise", ())
        if contains((range_of_key(incident.area_key),), (low, high))
    ]
    return Area.objects.filter(area_key__in=inside, level="community").first() if len(inside) == 1 else None


def templates(incident: Incident, place: Area | None) -> list[dict[str, str]]:
    """Return the playbook's standards that hold at the level of a place, as beginnings of a whistle."""
    playbook = incident.playbook.playbook
    level = incidents.level_at(list(incidents.live_marks(incident)), place.area_key) if place else ""
    return [
        {"code": rule.code, "words": rule.duties["zh" if in_chinese() else "en"]}
        for rule in sorted(playbook.standards, key=lambda rule: not rule.levels)
        if rule.applies(level)
    ]


def beginnings(incident: Incident, template: str) -> dict[str, Any]:
    """Return what the form begins with: the playbook's hours of a shift, and the chosen template's words."""
    playbook = incident.playbook.playbook
    rule = next((rule for rule in playbook.standards if rule.code == template), None)
    begun = {"ground": "emergency", "kind": "emergency", "arrive": "deadline", "hours": playbook.shifts.hours}
    begun |= {"category": "general", "people": 1}
    if rule:
        begun |= {"category": rule.category, "people": max(1, rule.places), "task": rule.duties.zh}
    return begun


def _left(whistle: Whistle) -> tuple[str, str] | None:
    if whistle.answer_by is None:
        return None
    minutes = int((whistle.answer_by - clock.now()).total_seconds() // 60)
    if minutes < 0:
        return "crit", _("{n} min overdue").format(n=-minutes)
    words = ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
    return ("short" if minutes < PRESSING else "wait"), words
