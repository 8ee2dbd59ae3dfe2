"""Running a scenario from beginning to end, and judging it by its own figures."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.drill import population, refusals
from turnout.drill.cast import Cast
from turnout.drill.figures import FIGURES
from turnout.drill.runner import Drill, Line
from turnout.drill.scenario import BadScenario, Expected, Scenario
from turnout.drill.steps import STEPS
from turnout.people.models import Person


@dataclass(frozen=True, slots=True)
class Reached:
    """One figure of the table: what was expected, what was reached, and whether that is enough."""

    expected: Expected
    least: float | None
    most: float | None
    value: float

    @property
    def met(self) -> bool:
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


@dataclass(frozen=True, slots=True)
class Outcome:
    drill: Drill
    figures: list[Reached]
    seconds: float
    peak_mb: int

    @property
    def met(self) -> bool:
        return all(figure.met for figure in self.figures)


def play(
    scenario: Scenario,
    *,
    scale: float = 1.0,
    seed: int = 0,
    say: Callable[[Line], None] = lambda line: None,
    until: str = "",
    cast: Cast | None = None,
    among_real_people: bool = False,
) -> Outcome:
    """Play a scenario in the present database and judge it. Refused where people are that no drill has made."""
    check_names(scenario)
    _refuse_real_people(among_real_people)
    started = time.monotonic()
    drill = made(scenario, scale=scale, seed=seed, say=say, cast=cast)
    drill.play(drill.moment(until) if until else None)
    end = drill.moment(until or scenario.ends)
    figures = [] if until else _judge(drill, end)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Outcome(drill, figures, time.monotonic() - started, peak)


def made(
    scenario: Scenario,
    *,
    scale: float = 1.0,
    seed: int = 0,
    say: Callable[[Line], None] = lambda line: None,
    cast: Cast | None = None,
) -> Drill:
    """Return a scenario ready to be played."""
    zone = ZoneInfo(settings.TIME_ZONE)
    places = population.places(scenario, scale, seed)
    return Drill(scenario, scale, seed, zone, mailbox(), cast or Cast(), places, say)


def check_names(scenario: Scenario) -> None:
    """Raise BadScenario for a step that nobody can do or a figure that nobody counts."""
    for step in scenario.steps:
        if step.do not in STEPS:
            raise BadScenario(f"Nobody can do {step.do}; known: {', '.join(sorted(STEPS))}.")
    for expected in scenario.expected:
        if expected.figure not in FIGURES:
            raise BadScenario(f"There is no figure {expected.figure}; known: {', '.join(sorted(FIGURES))}.")


def mailbox() -> Path:
    """Return where the file channel writes; a drill without one would have nobody who can answer."""
    file = settings.TURNOUT_CHANNELS.get("file")
    if file is None:
        raise refusals.NO_FILE_CHANNEL.refuse()
    return Path(file["directory"])


def _refuse_real_people(said: bool) -> None:
    with acting_as(SYSTEM):
        there = Person.objects.count()
    if there and not said:
        raise refusals.REAL_PEOPLE.refuse(people=there)


def _judge(drill: Drill, end: datetime) -> list[Reached]:
    with clock.at(end):
        return [_reached(drill, expected) for expected in drill.scenario.expected]


def _reached(drill: Drill, expected: Expected) -> Reached:
    shrink = drill.scale if expected.scaled else 1.0
    least, most = (None if bar is None else bar * shrink for bar in (expected.least, expected.most))
    value = FIGURES[expected.figure](drill, **expected.args)
    return Reached(expected, least and int(least) if expected.scaled and least else least, most, round(value, 4))
