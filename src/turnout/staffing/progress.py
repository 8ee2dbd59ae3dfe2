"""Reads of a call-out under way: who was asked, who answered what, by tier and unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max

from turnout.core import clock
from turnout.staffing.board import CURVE_STEPS, Curve, running
from turnout.staffing.models import CallOut, Wave

STATES = ("waiting", "asked", "yes", "later", "no", "silent", "on_post")

_COUNTS = """
SELECT c.tier, u.name, count(*)::int,
       count(*) FILTER (WHERE c.state = 'waiting')::int, count(*) FILTER (WHERE c.state = 'asked')::int,
       count(*) FILTER (WHERE c.state IN ('yes', 'on_post', 'released'))::int,
       count(*) FILTER (WHERE c.state = 'later')::int, count(*) FILTER (WHERE c.state = 'no')::int,
       count(*) FILTER (WHERE c.state = 'silent')::int
  FROM staffing_callout c JOIN people_person p ON p.id = c.person_id JOIN people_unit u ON u.id = p.unit_id
 WHERE c.wave_id = %(wave)s AND c.state <> 'withdrawn'
 GROUP BY GROUPING SETS ((), (c.tier), (u.id, u.name))
 ORDER BY GROUPING(c.tier) DESC, 5 DESC, 9 DESC, u.name
"""
_STEPS = """
SELECT width_bucket(extract(epoch FROM answered_at), %(from)s, %(until)s, %(steps)s), count(*)::int,
       count(*) FILTER (WHERE state IN ('yes', 'on_post', 'released'))::int
  FROM staffing_callout WHERE wave_id = %(wave)s AND answered_at IS NOT NULL AND state <> 'withdrawn' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """How many were called, and where they stand; `yes` counts those on post too."""

    called: int = 0
    waiting: int = 0
    asked: int = 0
    yes: int = 0
    later: int = 0
    no: int = 0
    silent: int = 0

    @property
    def answered(self) -> int:
        return self.yes + self.later + self.no


@dataclass(frozen=True, slots=True)
class Progress:
    """A wave in figures: all of it, by tier, by unit (most without an answer first), and over time."""

    total: Answered
    tiers: list[tuple[str, Answered]]
    units: list[tuple[str, Answered]]
    curve: Curve
    """`accepted` holds everybody who answered, `on_post` those who said yes."""


def progress(wave: Wave) -> Progress:
    """Return how far a wave is, of the rows of the present scope. Two queries."""
    total, tiers, units = Answered(), [], []
    for tier, unit, *figures in _rows(_COUNTS, {"wave": wave.pk}):
        counted = Answered(*figures)
        if unit is not None:
            units.append((unit, counted))
        elif tier is not None:
            tiers.append((tier, counted))
        else:
            total = counted
    return Progress(total, tiers, units, _curve(wave))


def _curve(wave: Wave) -> Curve:
    starts_at = wave.opened_at or wave.made_at
    ends_at = max(wave.lock_at, starts_at)
    params: dict[str, Any] = {
        "wave": wave.pk, "from": starts_at.timestamp(), "steps": CURVE_STEPS,
        "until": max(ends_at.timestamp(), starts_at.timestamp() + 1),
    }  # fmt: skip
    rows = _rows(_STEPS, params)
    answered, yes = ({str(row[0]): row[place] for row in rows} for place in (1, 2))
    return Curve(
        starts_at, max(ends_at, clock.now()) if wave.state == "open" else ends_at, running(answered), running(yes)
    )


@dataclass(frozen=True, slots=True)
class WaitedFor:
    """Units that have not let their people go yet, and when the last one's silence becomes consent."""

    units: int
    last: datetime | None


def waited_for(wave: Wave) -> WaitedFor:
    return WaitedFor(**wave.consents.filter(state="asked").aggregate(units=Count("id"), last=Max("due_at")))


def unanswered(wave: Wave, most: int) -> list[CallOut]:
    """Return who was asked and has not answered, those asked first on top, for whoever calls them up."""
    found = CallOut.objects.filter(wave=wave, state__in=["asked", "later"]).select_related("person__unit", "post")
    return list(found.order_by("asked_at", "person__sort_key", "id")[:most])


def _rows(sql: str, params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
