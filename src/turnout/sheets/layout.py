"""What a caller expects to find: sheets and columns by a stable name, with the other names offices give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from turnout.sheets.characters import narrow
from turnout.sheets.kinds import Kind

_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_NOISE = re.compile(r"[\s*_\-:：、.。'\"“”]+")


@dataclass(frozen=True)
class Column:
    """A column: its stable name, how its cells are read, other headings it goes by, whether every row must have it."""

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    required: bool = False

    @property
    def title(self) -> str:
        """What the column is called in Chinese: the first of its other headings."""
        return self.aliases[0] if self.aliases else self.name


@dataclass(frozen=True)
class Layout:
    """A sheet: its stable name, its columns, other names it goes by, whether it must be there."""

    name: str
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    required: bool = True

    @cached_property
    def by_heading(self) -> dict[str, str]:
        """Every accepted heading, folded, with the column's name."""
        return {fold(heading): column.name for column in self.columns for heading in (column.name, *column.aliases)}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every accepted name of the sheet, folded."""
        return frozenset(fold(name) for name in (self.name, *self.aliases))

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def heading(self, cell: object) -> str | None:
        """The name of the column this heading stands for: as written, else without what stands in brackets."""
        if not isinstance(cell, str) or not cell:
            return None
        known = self.by_heading
        return known.get(fold(cell)) or known.get(fold(_BRACKETS.sub("", narrow(cell))))


def fold(heading: str) -> str:
    """A heading without what does not tell it apart: width, case, spaces, asterisks, underscores, colons."""
    return _NOISE.sub("", narrow(heading)).lower()
