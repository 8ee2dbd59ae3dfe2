"""Dates and times in the forms offices write them.

A date cell, a serial number (46346.29), 2026-11-20, 2026/11/20 7:00, 2026年11月20日, 20261120, ISO 8601 with an offset.
Forms in which day and month could be taken for each other (11/12/2026) are not read at all.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence

from turnout.sheets.characters import narrow

# Serial dates of Excel between 1954 and 2119; eight-digit dates (20261120) lie far above, so nothing is both.
_SERIAL = range(20_000, 80_000)
_SERIAL_ZERO = dt.datetime.combine(dt.date(1899, 12, 30), dt.time())
_NUMBER = re.compile(r"\d+(\.\d+)?")
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?)")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(
    r"(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?|[时点](?:(\d{1,2})分?)?)\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)


def moment(cell: object) -> dt.datetime | None:
    """The moment a cell stands for, naive unless it carries an offset; None if it is no date in a form we know, or one
    before 1900, which is a slip."""
    found = _moment(cell)
    return found if found is not None and found.year >= 1900 else None


def _moment(cell: object) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        # A serial cut off after five digits is 06:59:59.994 for 07:00.
        late = cell.microsecond >= 500_000 and cell.year < dt.MAXYEAR
        return (cell + dt.timedelta(seconds=late)).replace(microsecond=0)
    if isinstance(cell, dt.date):
        return _midnight(cell)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _from_number(float(cell))
    return _from_text(narrow(cell).removeprefix("'")) if isinstance(cell, str) else None


def _from_number(number: float) -> dt.datetime | None:
    if math.isfinite(number) and math.floor(number) in _SERIAL:
        # To the second: a serial's last bits are noise, 0.2916666 of a day is 07:00.
        return _SERIAL_ZERO + dt.timedelta(seconds=round(number * 86_400))
    eight = _EIGHT.fullmatch(str(int(number))) if math.isfinite(number) and number == int(number) else None
    return _build(eight.groups(), None) if eight else None


def _from_text(text: str) -> dt.datetime | None:
    eight = _EIGHT.fullmatch(text)
    if eight:
        return _build(eight.groups(), None)
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    day = _DATE.match(text)
    if day is None:
        return None
    rest = text[day.end() :].removeprefix("T").removeprefix("t").strip()
    clock = _TIME.fullmatch(rest) if rest else None
    if rest and clock is None:
        return None
    return _build([part for part in day.groups() if part is not None], clock)


def _build(day: Sequence[str], clock: re.Match[str] | None) -> dt.datetime | None:
    year, month, date = (int(part) for part in day)
    try:
        start = _midnight(dt.date(year, month, date))
        if clock is None:
            return start
        hour, minute, second = int(clock[1]), int(clock[2] or clock[5] or 0), int(clock[3] or 0)
        if (hour, minute, second) == (24, 0, 0):
            start, hour = start + dt.timedelta(days=1), 0
        micro = int((clock[4] or "0").ljust(6, "0"))
        return start.replace(hour=hour, minute=minute, second=second, microsecond=micro, tzinfo=_offset(clock[6]))
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text in "Zz":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if minutes > 59:
        raise ValueError(text)
    return dt.timezone((1 if text[0] == "+" else -1) * dt.timedelta(hours=hours, minutes=minutes))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
