"""From raw grids to typed columns: every sheet found, every cell read by its column's kind, every bad one collected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from turnout.sheets import headings
from turnout.sheets.book import Book, Grid, Row
from turnout.sheets.characters import letter, narrow
from turnout.sheets.faults import BadCell, Fault
from turnout.sheets.kinds import Kind, plain
from turnout.sheets.layout import Column, Layout, fold

# What offices write under a table; such a row is skipped when the columns that every row must have are empty.
_FOOTER = re.compile(r"(合计|总计|小计|共计|填表|制表|审核|审批|联系人|备注|说明|注|total|sum|note)", re.IGNORECASE)
# A total that stands where a name should: these words alone, or with a number of people behind them.
_TOTAL = re.compile(r"(合计|总计|小计|共计|共|总人数|total|subtotal|sum)[:：]?(\d+)?[人名位户个条家]?", re.IGNORECASE)


@dataclass
class Table:
    """A sheet read: `columns` by our names, all of one length, None where blank or bad; `rows` as the office counts;
    `headings` in the office's own words, one for each column of the grid."""

    layout: Layout
    rows: list[int]
    columns: dict[str, list[object]]
    letters: dict[str, str]
    grid: Grid
    start: int
    headings: list[str]
    places: dict[str, int]

    def __len__(self) -> int:
        return len(self.rows)

    def fault(self, index: int, column: str, code: str, /, **params: object) -> Fault:
        """A fault of one cell (or of the whole row, with column '') by its place in this table."""
        filled = {name: str(value) for name, value in params.items()}
        where = self.letters.get(column, "")
        return Fault(self.layout.name, self.rows[index], column, code, filled, where, self.heading(column))

    def heading(self, column: str) -> str:
        """What the office wrote over a column of ours; '' for a column that is not there."""
        found = self.places.get(column)
        return "" if found is None else self.headings[found]


@dataclass
class Reading:
    """All sheets read. With any fault nothing may be used; notes are things to mention."""

    tables: dict[str, Table]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    book: Book | None = None


def read(book: Book, layouts: Sequence[Layout]) -> Reading:
    """Read every expected sheet of a book; nothing is raised, every fault of every sheet is in the answer."""
    reading = Reading({}, book=book)
    for layout, grid in _matched(book, layouts, reading):
        table = _table(grid, layout, reading)
        if table is not None:
            reading.tables[layout.name] = table
    return reading


def _matched(book: Book, layouts: Sequence[Layout], reading: Reading) -> list[tuple[Layout, Grid]]:
    pairs, missing = [], []
    unused = [grid for grid in book.grids if grid.rows]
    for layout in layouts:
        found = [grid for grid in book.grids if fold(grid.name) in layout.names]
        unused = [grid for grid in unused if grid not in found]
        if len(found) > 1:
            params = {"sheet": layout.name, "first": found[0].name, "second": found[1].name}
            reading.faults.append(Fault(layout.name, 0, "", "sheet_twice", params))
        elif found:
            pairs.append((layout, found[0]))
        else:
            missing.append(layout)
    meant = {layout.name: _meant(layout, unused) for layout in missing}
    for layout in missing:
        if layout.required:
            near = f" ({meant[layout.name]}?)" if meant[layout.name] else ""
            params = {"sheet": layout.name, "found": "、".join(grid.name for grid in book.grids), "near": near}
            reading.faults.append(Fault(layout.name, 0, "", "sheet_missing", params))
    for grid in unused:
        near = next((f"{sheet}?" for sheet, name in meant.items() if name == grid.name), "")
        reading.notes.append(Fault(grid.name, 0, "", "sheet_unknown", {"sheet": grid.name, "near": near}))
    return pairs


def _meant(layout: Layout, unused: Sequence[Grid]) -> str:
    """The unused sheet that was most likely meant: one whose headings fit, else one whose name is close. Never read as
    such: the office names it."""
    for grid in unused:
        found, faults, _ = headings.find(grid, layout)
        if found is not None and not faults:
            return grid.name
    close = difflib.get_close_matches(layout.name, [fold(grid.name) for grid in unused], 1, 0.6)
    return next((grid.name for grid in unused if close and fold(grid.name) == close[0]), "")


def _table(grid: Grid, layout: Layout, reading: Reading) -> Table | None:
    if not grid.rows:
        if layout.required:
            reading.faults.append(Fault(layout.name, 0, "", "sheet_empty"))
        return None
    found, faults, notes = headings.find(grid, layout)
    reading.faults += faults
    reading.notes += notes
    if found is None:
        return None
    filled = _fill_down(grid, found.start, set(found.columns.values()))
    if filled:
        reading.notes.append(Fault(layout.name, 0, "", "filled_down", {"count": str(filled)}))
    keep = _kept(grid, layout, found, reading)
    letters = {name: letter(index) for name, index in found.columns.items()}
    table = Table(layout, [index + 1 for index in keep], {}, letters, grid, found.start, found.written, found.columns)
    for column in layout.columns:
        index = found.columns.get(column.name)
        if index is None:
            table.columns[column.name] = [None] * len(keep)
        else:
            cells = [row[index] if index < len(row) else "" for row in map(grid.rows.__getitem__, keep)]
            table.columns[column.name] = _typed(table, column, index, cells, reading.faults)
    return table


def _fill_down(grid: Grid, start: int, used: set[int]) -> int:
    """Write a cell merged over several rows into each of them: that is what the office means by it."""
    count = 0
    for (top, left), (bottom, right) in grid.merged:
        if top < start or bottom == top or left != right or left not in used:
            continue
        count += 1
        for at in range(top + 1, min(bottom + 1, len(grid.rows))):
            row = list(grid.rows[at])
            row[left] = grid.rows[top][left]
            grid.rows[at] = row
    return count


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _kept(grid: Grid, layout: Layout, found: headings.Headings, reading: Reading) -> list[int]:
    """The rows that hold data: not the empty ones, not a total or a signature under the table."""
    must = [found.columns[column.name] for column in layout.columns if column.required and column.name in found.columns]
    keep = []
    for at in range(found.start, len(grid.rows)):
        row = grid.rows[at]
        given = sum(not _at_blank(row, index) for index in must)
        filled = [cell for cell in row if not _blank(cell)]
        if not filled and not _broken_row(grid, at):
            continue
        if _is_footer(filled, given, len(must)):
            text = narrow(str(filled[0]))[:20]
            reading.notes.append(Fault(layout.name, at + 1, "", "footer_skipped", {"row": str(at + 1), "text": text}))
            continue
        keep.append(at)
    return keep


def _is_footer(filled: list[object], given: int, must: int) -> bool:
    """A total or a signature: told by its first words, and by what every row of data would have and it has not."""
    first = narrow(filled[0]).replace(" ", "") if filled and isinstance(filled[0], str) else ""
    if _TOTAL.fullmatch(first):
        return given < must or must == 1
    return given <= (must > 1) and _FOOTER.match(first) is not None


def _at_blank(row: Row, index: int) -> bool:
    return index >= len(row) or _blank(row[index])


def _broken_row(grid: Grid, at: int) -> bool:
    return bool(grid.broken) and any(row == at for row, _ in grid.broken)


def _typed(table: Table, column: Column, index: int, cells: list[object], faults: list[Fault]) -> list[object]:
    kind: Kind = column.kind
    read_cell = kind.read
    values: list[object] = []
    append = values.append
    broken = {row: why for (row, at), why in table.grid.broken.items() if at == index} if table.grid.broken else {}
    for place, cell in enumerate(cells):
        value = None
        if cell == "" or cell is None or (isinstance(cell, str) and not narrow(cell)):
            if broken and table.rows[place] - 1 in broken:
                code, shown = broken[table.rows[place] - 1]
                faults.append(table.fault(place, column.name, code, value=shown))
            elif column.required:
                faults.append(table.fault(place, column.name, "blank"))
        else:
            try:
                value = read_cell(cell)
            except BadCell as bad:
                params = {"value": plain(cell), **bad.params}
                faults.append(table.fault(place, column.name, bad.code, **params))
        append(value)
    return values
