"""Finding the row of headings: under title rows, over two rows, merged, in whatever words the office uses."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from turnout.sheets.book import Grid, Row
from turnout.sheets.characters import letter, narrow
from turnout.sheets.faults import Fault
from turnout.sheets.layout import Layout, fold

# Titles, dates, "filled in by" and instructions stand above the headings, seldom more than ten rows of them.
_SEARCHED = 30


@dataclass
class Headings:
    """Where the data starts (a row index), which column of the grid holds which of ours (index, not letter), and what
    is written over each column of the grid."""

    start: int
    columns: dict[str, int]
    written: list[str]


def find(grid: Grid, layout: Layout) -> tuple[Headings | None, list[Fault], list[Fault]]:
    """The headings of a grid, what is wrong with them, and notes on columns that are not used."""
    lines = _lines(grid)
    best, best_at, rows_taken = 0, 0, 1
    for at in range(len(lines)):
        # One row wins over two when both say the same, so that data below is never taken for a heading.
        for taken in (1, 2):
            score = len({name for name in _names(lines, at, taken, layout) if name})
            if score > best:
                best, best_at, rows_taken = score, at, taken
    if best == 0 or (best == 1 and len(layout.columns) > 1):
        needed = [column for column in layout.columns if column.required]
        params = {
            "rows": str(min(_SEARCHED, len(grid.rows))),
            "example": ", ".join(column.name for column in needed),
            "titles": "、".join(column.title for column in needed),
        }
        return None, [Fault(layout.name, 0, "", "no_heading", params)], []
    names = _names(lines, best_at, rows_taken, layout)
    start = best_at + rows_taken
    # A template may repeat the headings in the other language in the next row.
    while start < len(lines) and len({name for name in _names(lines, start, 1, layout) if name}) > max(1, best // 2):
        start += 1
    texts = [_text(lines, best_at, rows_taken, column, layout) for column in range(len(names))]
    return _settle(grid, layout, start, names, texts)


def _settle(
    grid: Grid, layout: Layout, start: int, names: list[str | None], texts: list[str]
) -> tuple[Headings, list[Fault], list[Fault]]:
    faults, notes = [], []
    columns: dict[str, int] = {}
    unknown = []
    for index, name in enumerate(names):
        if name is None:
            if texts[index] and _holds_data(grid, start, index):
                unknown.append(index)
        elif name not in columns:
            columns[name] = index
        elif not _holds_data(grid, start, index):
            continue
        elif not _holds_data(grid, start, columns[name]):
            columns[name] = index
        else:
            places = {"first": letter(columns[name]), "second": letter(index)}
            params = {"column": name, "title": texts[index] or name, **places}
            faults.append(Fault(layout.name, start, name, "column_twice", params, letter(index), texts[index]))
    missing = [column for column in layout.columns if column.name not in columns]
    for column in missing:
        if column.required:
            near = _near([texts[index] for index in unknown], (column.name, *column.aliases))
            params = {
                "column": column.name, "title": column.title, "near": near,
                "names": " / ".join((*column.aliases[:3], column.name)),
            }  # fmt: skip
            faults.append(Fault(layout.name, start, column.name, "column_missing", params, heading=column.title))
    for index in unknown:
        near = _near([name for column in missing for name in (column.name, *column.aliases)], (texts[index],))
        notes.append(
            Fault(layout.name, start, "", "column_unknown", {"heading": texts[index], "near": near}, letter(index))
        )
    return Headings(start, columns, texts), faults, notes


def _near(found: Sequence[str], wanted: Sequence[str]) -> str:
    for name in wanted:
        close = difflib.get_close_matches(fold(name), [fold(text) for text in found], 1, 0.6)
        if close:
            return f" ({next(text for text in found if fold(text) == close[0])}?)"
    return ""


def _holds_data(grid: Grid, start: int, column: int) -> bool:
    return any(column < len(row) and row[column] not in ("", None) for row in grid.rows[start:])


def _lines(grid: Grid) -> list[Row]:
    """The first rows, with every merged heading standing in each column that it spans."""
    lines: list[list[object]] = [list(row) for row in grid.rows[:_SEARCHED]]
    for (top, left), (_, right) in grid.merged:
        if top < len(lines) and left < len(lines[top]):
            for column in range(left + 1, min(right + 1, len(lines[top]))):
                lines[top][column] = lines[top][left]
    return list(lines)


def _cell(lines: Sequence[Row], at: int, column: int) -> str:
    cell = lines[at][column] if at < len(lines) and column < len(lines[at]) else ""
    return narrow(cell) if isinstance(cell, str) else ""


def _text(lines: Sequence[Row], at: int, taken: int, column: int, layout: Layout) -> str:
    """What is written over a column, in words by which it would be known again if they stood in one row."""
    upper, lower = _cell(lines, at, column), _cell(lines, at + 1, column) if taken == 2 else ""
    if lower and not layout.heading(lower) and layout.heading(upper + lower):
        return upper + lower
    return lower or upper


def _names(lines: Sequence[Row], at: int, taken: int, layout: Layout) -> list[str | None]:
    """Which of our columns each column of the grid is: by the lower heading, both together, or the upper one alone."""
    upper = [_cell(lines, at, column) for column in range(len(lines[at]))]
    if taken == 1:
        return [layout.heading(text) for text in upper]
    if at + 1 >= len(lines):
        return []
    names: list[str | None] = []
    for column in range(max(len(upper), len(lines[at + 1]))):
        top, low = upper[column] if column < len(upper) else "", _cell(lines, at + 1, column)
        if low:
            names.append(layout.heading(low) or layout.heading(top + low))
        else:
            raw = lines[at + 1][column] if column < len(lines[at + 1]) else ""
            names.append(layout.heading(top) if raw in ("", None) else None)
    return names
