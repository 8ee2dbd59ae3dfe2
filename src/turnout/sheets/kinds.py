"""How the cells of a column are read: codes, text, numbers, dates, choices and lists, each saying what it cannot read.

A cell arrives as a workbook gives it (str, float, int, bool, date, datetime, time, timedelta) or as the text of a CSV
file. `read` gets cells that are not blank and returns the value, or raises BadCell.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from turnout.sheets.characters import narrow, tidy
from turnout.sheets.dates import moment
from turnout.sheets.faults import BadCell

# A double holds every whole number up to here; Excel itself keeps 15 digits of what is typed.
_EXACT = 10**15
_SCIENTIFIC = re.compile(r"([+-]?)(\d+)(?:\.(\d*))?[eE](\+?)(\d{1,3})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


class Kind(Protocol):
    """How a column's cells are read."""

    def read(self, cell: object) -> object:
        """The value of a cell that is not blank; BadCell if it cannot be one."""


@dataclass(frozen=True)
class Text:
    """Words: kept as typed but for odd spaces. At most `limit` characters."""

    limit: int = 500

    def read(self, cell: object) -> str:
        """The words; a number as a person would write it."""
        text = tidy(cell) if isinstance(cell, str) else plain(cell)
        if len(text) > self.limit:
            raise BadCell("too_long", limit=self.limit)
        return text


@dataclass(frozen=True)
class Code:
    """A code: text to which width and spaces mean nothing. A whole number is taken if no digit of it can be lost.

    `example`: one of its kind in full, for whoever is told that theirs has lost digits."""

    digits: int | None = None
    characters: re.Pattern[str] = re.compile(r"[^\s;,；，、@]+")
    example: str = "110102001001"

    def read(self, cell: object) -> str:
        """The code as text."""
        if isinstance(cell, str):
            code = self._typed(cell)
        elif isinstance(cell, float | int) and not isinstance(cell, bool):
            code = self._number(cell)
        elif isinstance(cell, bool):
            code = str(cell).upper()
        else:
            raise BadCell("code_is_date", value=plain(cell))
        if self.digits is not None and not (len(code) == self.digits and code.isdigit()):
            raise BadCell("code_digits", value=code, have=len(code), want=self.digits)
        if self.characters.fullmatch(code) is None:
            raise BadCell("code_characters", value=code)
        return code

    def _typed(self, cell: str) -> str:
        # A lone apostrophe in front is how people force text in Excel; some programs keep it in the cell.
        code = narrow(cell).removeprefix("'")
        found = _SCIENTIFIC.fullmatch(code)
        if found is None or (found[3] is None and not found[4]):
            return code
        # 1E5 may well be a code. 1.10102E+11 in a CSV file has lost six digits for good, 1.10102001001E+11 none.
        sign, whole, fraction, exponent = found[1], found[2], found[3] or "", int(found[5])
        if sign or len(whole) != 1 or len(fraction) != exponent:
            raise BadCell("code_lost_digits", value=code, example=self.example)
        return whole + fraction

    def _number(self, cell: float) -> str:
        if not math.isfinite(cell) or abs(cell) >= _EXACT:
            raise BadCell("code_lost_digits", value=f"{cell:G}", example=self.example)
        if cell != int(cell):
            raise BadCell("code_not_whole", value=repr(cell))
        return str(int(cell))


def _as_number(cell: object, example: str) -> float:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str):
        text = narrow(cell).removeprefix("'").replace(" ", "")
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if _PLAIN.fullmatch(text):
            return float(text)
    raise BadCell("not_number", value=plain(cell), example=example)


@dataclass(frozen=True)
class Decimal:
    """A number, as a float; also typed as text, with full-width digits or with commas between thousands."""

    low: float = -math.inf
    high: float = math.inf
    example: str = "12.5"

    def read(self, cell: object) -> float:
        """The number, within [low, high]."""
        number = cell if type(cell) is float else _as_number(cell, self.example)
        # Not-a-number fails every comparison, so ask for what is right, not for what is wrong.
        if self.low <= number <= self.high and math.isfinite(number):
            return number
        if math.isnan(number) or math.isinf(number):
            raise BadCell("not_number", value=str(number), example=self.example)
        if number < self.low:
            raise BadCell("too_small", value=plain(number), limit=plain(self.low))
        raise BadCell("too_large", value=plain(number), limit=plain(self.high))


@dataclass(frozen=True)
class Integer:
    """A whole number within [low, high]."""

    low: int = 0
    high: int = 10**9
    example: str = "2"

    def read(self, cell: object) -> int:
        """The number; 12.0 is 12."""
        number = _as_number(cell, self.example)
        if not math.isfinite(number):
            raise BadCell("not_number", value=str(number), example=self.example)
        if number != int(number):
            raise BadCell("not_whole", value=plain(number), example=self.example)
        if number < self.low:
            raise BadCell("too_small", value=plain(number), limit=self.low)
        if number > self.high:
            raise BadCell("too_large", value=plain(number), limit=self.high)
        return int(number)


@dataclass(frozen=True)
class Moment:
    """A date or a time: a date cell, a serial number, 2026-11-20, 2026/11/20 7:00, 2026年11月20日, 20261120, ISO 8601.

    A date alone is the start of that day. Without an offset it is the wall clock of `zone`."""

    zone: ZoneInfo
    _known: dict[object, dt.datetime] = field(default_factory=dict, compare=False, repr=False)

    def read(self, cell: object) -> dt.datetime:
        """The moment, aware."""
        # Thousands of posts start at the same few moments.
        key = (cell.__class__, cell)
        found = self._known.get(key)
        if found is None:
            found = moment(cell)
            if found is None:
                raise BadCell("not_moment", value=plain(cell))
            found = found if found.tzinfo else found.replace(tzinfo=self.zone)
            self._known[key] = found
        return found


@dataclass(frozen=True)
class Day:
    """A date, in the same forms as a moment; a time of day is refused."""

    def read(self, cell: object) -> dt.date:
        """The date."""
        found = moment(cell)
        if found is None or found.time() != dt.time() or found.tzinfo:
            raise BadCell("not_date", value=plain(cell))
        return found.date()


@dataclass(frozen=True)
class Choice:
    """One of a few words; `words` maps each accepted word to the word that counts. `open_` lets other codes pass."""

    words: Mapping[str, str]
    open_: bool = False

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {_fold(word): chosen for word, chosen in self.words.items()}

    def read(self, cell: object) -> str:
        """The word that counts."""
        word = narrow(cell) if isinstance(cell, str) else plain(cell)
        found = self._folded.get(_fold(word))
        if found is not None:
            return found
        if self.open_:
            return str(Code().read(cell))
        raise BadCell("not_choice", value=word, **self._offer(word))

    def _offer(self, word: str) -> dict[str, str]:
        """The words to choose from and the one probably meant, in the two languages of a sentence."""
        chinese = {code: code for code in self.words.values()}
        for said, code in self.words.items():
            if chinese[code] == code and not said.isascii():
                chinese[code] = said
        close = difflib.get_close_matches(_fold(word), list(self._folded), 1, 0.75)
        meant = self._folded[close[0]] if close else ""
        return {
            "choices": ", ".join(chinese),
            "choices_zh": "、".join(chinese.values()),
            "near": f" ({meant}?)" if meant else "",
            "near_zh": f"（是不是“{chinese[meant]}”？）" if meant else "",
        }


def _fold(word: str) -> str:
    return word.lower().replace(" ", "").replace("_", "").replace("-", "")


class YesNo:
    """Yes or no, in the ways people say it."""

    _WORDS = Choice(
        {
            **dict.fromkeys(("yes", "y", "true", "1", "是", "对", "√", "✓", "有"), "yes"),
            **dict.fromkeys(("no", "n", "false", "0", "否", "不", "×", "无"), "no"),
        }
    )

    def read(self, cell: object) -> bool:
        """True for yes."""
        return self._WORDS.read(cell) == "yes"


_SEPARATORS = re.compile(r"[;；、,，\n]+")


@dataclass(frozen=True)
class Listing:
    """Several values in one cell, separated by `;` `；` `、` `,` or a line break; each once, in the order given."""

    of: Kind
    _known: dict[object, tuple[object, ...]] = field(default_factory=dict, compare=False, repr=False)

    def read(self, cell: object) -> tuple[object, ...]:
        """The values."""
        known = self._known.get((cell.__class__, cell))
        if known is None:
            parts: list[object] = (
                [part for part in _SEPARATORS.split(cell) if part.strip()] if isinstance(cell, str) else [cell]
            )
            known = tuple(dict.fromkeys(self.of.read(part) for part in parts))
            self._known[(cell.__class__, cell)] = known
        return known


_SHOWN: dict[type, Callable[..., str]] = {
    float: lambda number: (
        str(int(number)) if math.isfinite(number) and number == int(number) and abs(number) < _EXACT else repr(number)
    ),
    bool: lambda truth: "TRUE" if truth else "FALSE",
    dt.datetime: lambda moment: moment.isoformat(" ", "minutes"),
}


def plain(cell: object) -> str:
    """A cell as a person would write it, at most 60 characters, for a sentence about it."""
    text = _SHOWN.get(type(cell), str)(cell)
    return text if len(text) <= 60 else text[:57] + "..."
