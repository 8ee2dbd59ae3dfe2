"""Reader of the public shift-scheduling text format (schedulingbenchmarks.org, Curtois and Qu 2014).

Sections of comma-separated lines; `#` begins a comment. Everybody stands as one category at one site; shifts have a
length but no clock time, and which may follow which is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from turnout.planner.rostering.problem import Cover, People, Problem, Shifts, Sites
from turnout.planner.rostering.rulebook import contract_rules

_MONDAY = date(2014, 1, 6)
"""The instances begin on a Monday and name no year; this is the first of the year they were published in."""
_SECTIONS = ("HORIZON", "SHIFTS", "STAFF", "DAYS_OFF", "SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS", "COVER")

Lines = list[tuple[int, list[str]]]


class Unreadable(ValueError):
    """A line that does not fit the format."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line, self.what = line, what


def read(text: str) -> Problem:
    """The problem an instance describes; raises Unreadable."""
    sections = _sections(text)
    days = _number(*sections["HORIZON"][0], 0)
    shifts = _shifts(sections["SHIFTS"])
    at = {word: index for index, word in enumerate(shifts.ids)}
    people = _people(sections, days, at)
    return Problem(
        first_day=_MONDAY,
        days=days,
        shifts=shifts,
        sites=Sites(("site",), np.zeros(1, np.bool_), np.zeros(1, np.int64)),
        categories=("general",),
        people=people,
        cover=_cover(sections["COVER"], days, at),
        rules=contract_rules(),
    ).validated()


def _sections(text: str) -> dict[str, Lines]:
    sections: dict[str, Lines] = {name: [] for name in _SECTIONS}
    current: Lines | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            name = line.removeprefix("SECTION_")
            if name not in sections:
                raise Unreadable(number, f"unknown section {name}")
            current = sections[name]
        elif current is None:
            raise Unreadable(number, "nothing may stand before the first section")
        else:
            current.append((number, [field.strip() for field in line.split(",")]))
    for name in ("HORIZON", "SHIFTS", "STAFF"):
        if not sections[name]:
            raise Unreadable(1, f"section {name} is missing or empty")
    return sections


def _number(line: int, fields: list[str], at: int) -> int:
    try:
        return int(fields[at])
    except (IndexError, ValueError):
        raise Unreadable(line, f"a whole number is wanted as field {at + 1}") from None


def _known(line: int, fields: list[str], at: int, words: dict[str, int]) -> int:
    if at >= len(fields) or fields[at] not in words:
        raise Unreadable(line, f"field {at + 1} names nothing that is known")
    return words[fields[at]]


def _shifts(lines: Lines) -> Shifts:
    ids = tuple(fields[0] for _, fields in lines)
    at = {word: index for index, word in enumerate(ids)}
    never = np.zeros((len(ids), len(ids)), np.bool_)
    for line, fields in lines:
        for word in filter(None, fields[2].split("|") if len(fields) > 2 else []):
            never[at[fields[0]], _known(line, [word], 0, at)] = True
    zeros = np.zeros(len(ids), np.int64)
    minutes = np.array([_number(line, fields, 1) for line, fields in lines])
    return Shifts(ids, zeros, minutes, zeros > 0, zeros > 0, never)


def _people(sections: dict[str, Lines], days: int, shift_at: dict[str, int]) -> People:
    lines = sections["STAFF"]
    ids = tuple(fields[0] for _, fields in lines)
    zeros = np.zeros(len(ids), np.int64)
    table = People.plain(ids, site=zeros, categories=zeros + 1, days=days, shifts=len(shift_at))
    most_of = table.most_of_shift.copy()
    for person, (line, fields) in enumerate(lines):
        for pair in filter(None, fields[1].split("|")):
            word, mark, count = pair.partition("=")
            if not mark or not count.isdigit():
                raise Unreadable(line, f"{pair} is no shift with a number")
            most_of[person, _known(line, [word], 0, shift_at)] = int(count)
    contract = np.array([[_number(line, fields, at) for at in range(2, 8)] for line, fields in lines])
    person_at = {word: index for index, word in enumerate(ids)}
    off = table.off.copy()
    for line, fields in sections["DAYS_OFF"]:
        person = _known(line, fields, 0, person_at)
        for at in range(1, len(fields)):
            off[person, _day(line, fields, at, days)] = True
    return replace(
        table,
        most_of_shift=most_of,
        off=off,
        most_minutes=contract[:, 0],
        least_minutes=contract[:, 1],
        most_in_row=contract[:, 2],
        least_in_row=contract[:, 3],
        least_off_in_row=contract[:, 4],
        most_weekends=contract[:, 5],
        wish_on=_wishes(sections["SHIFT_ON_REQUESTS"], table.wish_on, person_at, shift_at),
        wish_off=_wishes(sections["SHIFT_OFF_REQUESTS"], table.wish_off, person_at, shift_at),
    )


def _day(line: int, fields: list[str], at: int, days: int) -> int:
    day = _number(line, fields, at)
    if not 0 <= day < days:
        raise Unreadable(line, f"day {day} lies outside the horizon")
    return day


def _wishes(lines: Lines, table: np.ndarray, person_at: dict[str, int], shift_at: dict[str, int]) -> np.ndarray:
    wishes = table.copy()
    for line, fields in lines:
        person, day = _known(line, fields, 0, person_at), _day(line, fields, 1, table.shape[1])
        wishes[person, day, _known(line, fields, 2, shift_at)] = _number(line, fields, 3)
    return wishes


def _cover(lines: Lines, days: int, shift_at: dict[str, int]) -> Cover:
    whole = (1, 1, len(shift_at), days)
    want, below, above = (np.zeros(whole, np.int64) for _ in range(3))
    for line, fields in lines:
        cell = 0, 0, _known(line, fields, 1, shift_at), _day(line, fields, 0, days)
        want[cell], below[cell], above[cell] = (_number(line, fields, at) for at in (2, 3, 4))
    return Cover(np.zeros(whole, np.int64), want, below, below, above, np.ones(whole, np.bool_))


def lines_of(problem: Problem, duty: np.ndarray) -> Iterator[str]:
    """A roster as the benchmark's own tools read it: per person a line of shift ids, tab-separated, blank for off."""
    for row in duty.tolist():
        yield "\t".join("" if cell < 0 else problem.shifts.ids[cell] for cell in row)
