"""How long a night takes, step by step; how often it whistles; who was not seen for too long; what both sides say.

Figures of places and waves, never of people: nothing here can be sorted by person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident
from turnout.staffing.models import CallOut, Wave

WEEK = timedelta(days=7)
FEWEST = 3
"""Words of fewer responders than this are not shown by themselves: it would be clear whose they are."""


@dataclass(frozen=True, slots=True)
class Step:
    """Time from the whistle (or the making of the wave) to a step, over the people who took it; None if nobody has."""

    people: int
    median: timedelta | None
    p95: timedelta | None


@dataclass(frozen=True, slots=True)
class Clock:
    named: Step
    accepted: Step
    on_post: Step


_STEP = """
count({0}),
percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(interval '0', {0} - begun)) FILTER (WHERE {0} IS NOT NULL),
percentile_cont(0.95) WITHIN GROUP (ORDER BY greatest(interval '0', {0} - begun)) FILTER (WHERE {0} IS NOT NULL)"""
# `greatest` passes over NULL: without the filter, who has not taken the step would count as 0 minutes
# A person counts where they have got to: who said yes and then no is not among the accepted.
_CLOCK = f"""
WITH called AS (
  SELECT coalesce(wh.raised_at, wa.made_at) AS begun, c.named_at,
         CASE WHEN c.state IN ('yes', 'on_post', 'released') THEN c.answered_at END AS accepted_at, c.arrived_at
    FROM staffing_callout c JOIN staffing_post po ON po.id = c.post_id JOIN staffing_wave wa ON wa.id = c.wave_id
    LEFT JOIN staffing_whistle wh ON wh.id = po.whistle_id
   WHERE c.incident_id = %(incident)s AND c.area_key >= %(low)s AND c.area_key < %(high)s
     AND (%(wave)s::uuid IS NULL OR c.wave_id = %(wave)s) AND (NOT %(whistled)s OR wh.id IS NOT NULL))
SELECT {_STEP.format("named_at")}, {_STEP.format("accepted_at")}, {_STEP.format("arrived_at")} FROM called
"""


def clock_of(
    incident: Incident, within: KeyRange, by: Actor, *, wave: Wave | None = None, whistled: bool = False
) -> Clock:
    """Return median and 95th percentile of each step in an area, of one wave or of whistles only. One query."""
    by.require("area.view", within[0])
    row = _rows(_CLOCK, incident, within, wave=wave and wave.pk, whistled=whistled)[0]
    return Clock(Step(*row[0:3]), Step(*row[3:6]), Step(*row[6:9]))


@dataclass(frozen=True, slots=True)
class WhistleRate:
    """Whistles a week and community with their reading: "low" the mechanism is dead, "high" routine work is broken,
    "fine", or "" where a day has not passed yet or the playbook says nothing. `often` are communities above `high`,
    as (area key, whistles)."""

    whistles: int
    communities: int
    days: float
    per_week: float
    reading: str
    often: list[tuple[int, int]]


_RATE = """
SELECT a.area_key, count(w.id) FROM places_area a
  LEFT JOIN staffing_whistle w ON w.incident_id = %(incident)s AND w.area_key >= a.area_key AND w.area_key < a.key_end
   AND w.raised_at > %(since)s AND w.state NOT IN ('merged', 'split')
 WHERE a.level = 'community' AND a.closed_at IS NULL AND a.area_key >= %(low)s AND a.area_key < %(high)s
 GROUP BY 1 ORDER BY 2 DESC, 1
"""


def whistle_rate(incident: Incident, within: KeyRange, by: Actor) -> WhistleRate:
    """Return how often an area whistled in the last week of an incident, and how that reads. One query."""
    by.require("area.view", within[0])
    now = clock.now()
    since = max(incident.opened_at, now - WEEK)
    days = (now - since) / timedelta(days=1)
    rows = _rows(_RATE, incident, within, since=since)
    whistles = sum(count for _, count in rows)
    weeks = max(days, 1.0) / 7
    per_week = whistles / len(rows) / weeks if rows else 0.0
    rate = incident.playbook.playbook.whistle_rate
    if rate is None or days < 1:
        return WhistleRate(whistles, len(rows), days, per_week, "", [])
    reading = "low" if per_week < rate.low else "high" if per_week > rate.high else "fine"
    often = [(key, count) for key, count in rows if count / weeks > rate.high]
    return WhistleRate(whistles, len(rows), days, per_week, reading, often)


def unseen(incident: Incident, within: KeyRange, by: Actor) -> list[CallOut]:
    """Return who is on post in an area without a sign for longer than the playbook allows, the longest first."""
    by.require("arrival.mark", within[0])
    hours = incident.playbook.playbook.welfare.silent_hours
    if not hours:
        return []
    low, high = within
    found = CallOut.objects.filter(
        incident=incident, state="on_post", area_key__gte=low, area_key__lt=high,
        seen_at__lt=clock.now() - timedelta(hours=hours),
    )  # fmt: skip
    return list(found.select_related("person__unit", "post").order_by("seen_at", "id"))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What both sides said of one whistle or street: counts by mark, and short words without names.

    `responders` is empty, and its words too, below three voices.
    """

    callers: dict[str, int]
    responders: dict[str, int]
    caller_words: list[str]
    responder_words: list[str]


_FEEDBACK = """
SELECT {group}, f.side, f.mark, f.words FROM staffing_feedback f JOIN staffing_post po ON po.id = f.post_id
 WHERE po.incident_id = %(incident)s AND f.area_key >= %(low)s AND f.area_key < %(high)s {only}
 ORDER BY f.given_at
"""


def feedback_by_street(incident: Incident, within: KeyRange, by: Actor) -> dict[int, Opinion]:
    """Return what both sides said, by the street's area key. One query."""
    by.require("area.view", within[0])
    sql = _FEEDBACK.format(group="f.area_key / 1000000000 * 1000000000", only="")
    return _opinions(_rows(sql, incident, within))


def feedback_by_whistle(incident: Incident, within: KeyRange, by: Actor) -> dict[UUID, Opinion]:
    """Return what both sides said, by whistle. One query."""
    by.require("area.view", within[0])
    return _opinions(
        _rows(_FEEDBACK.format(group="po.whistle_id", only="AND po.whistle_id IS NOT NULL"), incident, within)
    )


def _opinions(rows: list[Any]) -> dict[Any, Opinion]:
    said: dict[Any, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: {"caller": [], "responder": []})
    for group, side, mark, words in rows:
        said[group][side].append((mark, words))
    return {group: _opinion(sides["caller"], sides["responder"]) for group, sides in said.items()}


def _opinion(callers: list[tuple[str, str]], responders: list[tuple[str, str]]) -> Opinion:
    shown = responders if len(responders) >= FEWEST else []
    return Opinion(_counts(callers), _counts(shown), _words(callers), _words(shown))


def _counts(said: list[tuple[str, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for mark, _ in said:
        counts[mark] = counts.get(mark, 0) + 1
    return counts


def _words(said: list[tuple[str, str]]) -> list[str]:
    return [words for _, words in said if words]


def _rows(sql: str, incident: Incident, within: KeyRange, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"incident": incident.pk, "low": within[0], "high": within[1]}
        cursor.execute(sql, params | more)
        return list(cursor.fetchall())
