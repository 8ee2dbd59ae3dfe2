"""The curve of a night: who accepted and who was on post, hour by hour, and the hours that matter below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from turnout.core import clock
from turnout.staffing.board import Curve, Sum
from turnout.staffing.watch import Watch

LEFT, RIGHT, TOP, BASE = 40.0, 540.0, 18.0, 134.0
ROWS = (152.0, 167.0)
PER_CHARACTER = 6.4  # of an ordinary latin letter; a Chinese one takes two
FLAG = 40.0
Named = Sequence[tuple[datetime | None, str]]
"""Hours that matter, in the order in which they get room."""


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour below the curve: where it stands, its words, the line it is written on, and whether it matters."""

    x: float
    row: float
    words: str
    anchor: str
    strong: bool


def curve(found: Curve, total: Sum, watch: Watch) -> dict[str, Any]:
    """The night: what is still to come is dotted, everybody who accepted, on post in time."""
    named = [
        (watch.arrive_by, _("on post")),
        (watch.whistled_at, _("whistle")),
        (watch.published_at, _("plan")),
        (watch.called_at, _("call-out")),
    ]
    ahead = watch.arrive_by is not None and watch.arrive_by > clock.now()
    words = (_("Needed"), _("Accepted"), _("On post"))
    return _picture(found, (total.needed, total.accepted, total.on_post), words, named, ahead)


def answers_curve(found: Curve, called: int, answered: int, yes: int) -> dict[str, Any]:
    """A call-out: who answered and who said yes, against everybody called."""
    named = [(found.starts_at, _("call-out")), (found.ends_at, _("answers lock"))]
    words = (_("Called"), _("Answered"), _("Coming"))
    return _picture(found, (called, answered, yes), words, named, ahead=False)


def _picture(
    found: Curve, figures: tuple[int, int, int], words: tuple[str, str, str], named: Named, ahead: bool
) -> dict[str, Any]:
    """Everything the picture needs: a whole as a dotted line, and two running counts below it up to now."""
    whole, first, second = figures
    now, top, ends_at = clock.now(), max(*figures, 1), found.ends_at

    def x(moment: datetime) -> float:
        share = (moment - found.starts_at) / max(ends_at - found.starts_at, timedelta(seconds=1))
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share)), 1)

    def y(people: int) -> float:
        return round(BASE - (BASE - TOP) * people / top, 1)

    x_now = x(now)
    return {
        "whole": whole,
        "words": words,
        "accepted": _line(found, found.accepted, first, x, y),
        "on_post": _line(found, found.on_post, second, x, y),
        "ahead": f"{x_now},{y(second)} {x(ends_at)},{y(first)}" if ahead else "",
        "x_end": x(ends_at),
        "y_end": y(first),
        "x_now": x_now,
        "flag": round(min(max(x_now, FLAG / 2), 560 - FLAG / 2) - FLAG / 2, 1),
        "flag_middle": round(min(max(x_now, FLAG / 2), 560 - FLAG / 2), 1),
        "now": now,
        "y_needed": y(whole),
        "y_accepted_word": round(y(first) + 16, 1),
        "y_on_post_word": round(y(second) + (16 if y(second) < BASE - 24 else -6), 1),
        "x_word": round(LEFT + (x_now - LEFT) * 0.55, 1),
        "show_first": x_now - LEFT > 90 and first - second > top * 0.2,
        "show_second": x_now - LEFT > 90 and second > 0,
        "ticks": _ticks(found, named, x, x_now),
        "says": ", ".join(f"{word} {people:,}" for word, people in zip(words, figures, strict=True)),
    }


def _line(found: Curve, counts: list[int], last: int, x: Any, y: Any) -> str:
    """The area under a running count up to now, as the points of a polygon."""
    now = clock.now()
    points = [(x(found.starts_at), y(0))]
    for step, people in enumerate(counts):
        if found.at(step) >= now:
            break
        points += [(x(found.at(step)), y(people))]
    points += [(x(now), y(last)), (x(now), BASE)]
    return " ".join(f"{a},{b}" for a, b in _bends(points))


def _bends(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out what lies inside a level stretch. Both its ends stay, or a count that stood still seems to climb."""
    inside = {
        number
        for number in range(1, len(points) - 1)
        if points[number - 1][1] == points[number][1] == points[number + 1][1]
    }
    return [point for number, point in enumerate(points) if number not in inside]


def _ticks(found: Curve, named: Named, x: Any, x_now: float) -> list[Tick]:
    """Hours that matter first; full hours where there is room. A word that would touch another is left out."""
    wanted = [(moment, f"{_clock(moment)} {words}", True) for moment, words in named if moment]
    wanted += [(hour, _clock(hour), False) for hour in _hours(found.starts_at, found.ends_at)]
    taken: list[tuple[float, float, float]] = [(ROWS[0], x_now - FLAG / 2, x_now + FLAG / 2)]
    ticks = []
    for moment, words, strong in wanted:
        if not found.starts_at - timedelta(minutes=1) <= moment <= found.ends_at:
            continue
        tick = _placed(x(moment), words, strong, taken)
        if tick:
            ticks.append(tick)
    return ticks


def _placed(at: float, words: str, strong: bool, taken: list[tuple[float, float, float]]) -> Tick | None:
    width = sum(PER_CHARACTER * (2 if ord(letter) > 0x2E7F else 1) for letter in words) + 6
    anchor, left = "middle", at - width / 2
    if left < 0:
        anchor, left = "start", at - 2
    elif left + width > 560:
        anchor, left = "end", at + 2 - width
    for row in ROWS if strong else ROWS[:1]:
        if all(row != other or left + width < start or left > end for other, start, end in taken):
            taken.append((row, left, left + width))
            return Tick(at, row, words, anchor, strong)
    return None


def _hours(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    span = (ends_at - starts_at) / timedelta(hours=1)
    every = 1 if span <= 6 else 2 if span <= 14 else 6 if span <= 60 else 24
    hour = timezone.localtime(starts_at).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    hours: list[datetime] = []
    while hour <= ends_at and len(hours) < 24:
        if hour.hour % every == 0:
            hours.append(hour)
        hour += timedelta(hours=1)
    return hours


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"
