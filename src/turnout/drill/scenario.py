"""A scenario: one operation as it really happened, as data. Reading one, and refusing what is wrong in it.

Like a playbook it is a TOML file with words in both languages; a key that is not known is refused. Times are "D HH:MM":
days after the first, on the city's clock.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from turnout.incidents import playbook as playbooks
from turnout.incidents.playbook import CATEGORIES, WORK_LIMITS, Playbook, Words

SHIPPED = Path(__file__).parent / "scenarios"
_MOMENT = re.compile(r"(-?[0-9]{1,3}) ([0-9]{2}):([0-9]{2})")


class BadScenario(ValueError):
    """The file is no scenario; the message names the place."""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Made-up people of some units. `whole` keeps its number at every scale.

    `paired`: "streets" pairs units with the streets of the area, as many with each as its communities ask for, "none"
    with no street, "largest" all with the street that has the most communities. `home`: where they live: "area" over
    all communities by residents, "paired" in the paired street. `per`: what the number follows when the scenario is
    played over another area, "communities" or "residents". `limited` is the share with one of `limits`; `away` people
    can come only from `away_until`.
    """

    code: str
    title: Words
    people: int
    unit_size: int
    categories: tuple[str, ...]
    skills: tuple[str, ...] = ()
    paired: str = "streets"
    home: str = "area"
    whole: bool = False
    per: str = "communities"
    limited: float = 0.0
    limits: tuple[str, ...] = ("no_night", "no_suit", "no_stairs", "light", "no_closed")
    away: int = 0
    away_until: str = ""
    tier: str = ""


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people say, as shares of those asked; whoever is left says nothing. Delays are minutes after the message.

    Half have answered after `half_minutes`, nineteen in twenty after `most_minutes`. `by_phone` is the share that
    answers to somebody who types it in; the others use their link. Where the playbook has units asked before their
    people, `units_say` is the share of units whose liaison lets them go, half of those within `units_half_minutes`.
    """

    yes: float
    no: float
    half_minutes: float
    most_minutes: float
    by_phone: float = 0.1
    units_say: float = 0.0
    units_half_minutes: float = 10.0


class Arrivals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of those who said yes: the share that comes, and how many minutes before the hour half of them are there.

    `late` is the share that comes after the hour; nobody comes earlier than `first_minutes` before it.
    """

    show: float
    half_before_minutes: float
    first_minutes: float
    late: float = 0.0


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that somebody does at a moment: the name of an act, and what it needs."""

    at: str
    do: str
    title: Words
    args: dict[str, Any] = {}


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure that the scenario must show, with its bar. `scaled` bars shrink with the scale of a small run."""

    figure: str
    title: Words
    least: float | None = None
    most: float | None = None
    scaled: bool = False
    args: dict[str, Any] = {}


class NotYet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the operation needed that the product cannot do yet, by name."""

    name: str
    title: Words


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: Words
    source: str
    area: str
    communities: int
    playbook: str
    first_day: date
    starts: str
    ends: str
    groups: tuple[Group, ...]
    answers: Answers
    arrivals: Arrivals
    steps: tuple[Step, ...]
    expected: tuple[Expected, ...]
    not_yet: tuple[NotYet, ...] = ()

    def moment(self, text: str, zone: ZoneInfo) -> datetime:
        """Return the aware moment of "D HH:MM" on the scenario's calendar."""
        days, hours, minutes = (int(part) for part in _parts(text))
        day = self.first_day + timedelta(days=days)
        return datetime.combine(day, time(hours, minutes), zone)

    def playbook_text(self) -> str:
        shipped = playbooks.shipped()
        return shipped.get(self.playbook) or (SHIPPED / f"{self.playbook}.playbook.toml").read_text()

    def parsed(self) -> Playbook:
        return playbooks.read(self.playbook_text())


def shipped() -> dict[str, Scenario]:
    """Return the scenarios that ship with Turnout, by name."""
    files = (path for path in sorted(SHIPPED.glob("*.toml")) if not path.name.endswith(".playbook.toml"))
    return {path.stem: read(path.read_text()) for path in files}


def read(text: str) -> Scenario:
    """Read a scenario from its TOML text, or raise BadScenario."""
    try:
        scenario = msgspec.convert(tomllib.loads(text), Scenario)
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"This is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise BadScenario(str(error)) from None
    problem = next(_problems(scenario), None)
    if problem:
        raise BadScenario(problem)
    return scenario


def _problems(scenario: Scenario) -> Iterator[str]:
    for text in (scenario.starts, scenario.ends, *(step.at for step in scenario.steps)):
        if not _MOMENT.fullmatch(text):
            yield f'{text} is no moment; it looks like "0 21:00".'
    for figure in scenario.expected:
        if figure.least is None and figure.most is None:
            yield f"The figure {figure.figure} has no bar: give least or most."
    for group in scenario.groups:
        for word in {*group.categories} - {*CATEGORIES}:
            yield f"Group {group.code}: there is no category {word}."
        for word in {*group.limits} - {*WORK_LIMITS}:
            yield f"Group {group.code}: there is no work limit {word}."
    if scenario.answers.yes + scenario.answers.no > 1:
        yield "answers.yes and answers.no are shares of the same people."
    yield from _playbook_problem(scenario)


def _playbook_problem(scenario: Scenario) -> Iterator[str]:
    try:
        scenario.parsed()
    except (OSError, playbooks.BadPlaybook) as error:
        yield f"The playbook {scenario.playbook}: {error}"


def _parts(text: str) -> tuple[str, str, str]:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise BadScenario(f'{text} is no moment; it looks like "0 21:00".')
    days, hours, minutes = found.groups()
    return days, hours, minutes
