"""The uploaded rows given back with what is wrong and what would be right, to be mended and sent again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from turnout.sheets.faults import Fault, Sentence, say
from turnout.sheets.kinds import plain
from turnout.sheets.table import Reading, Table
from turnout.sheets.writing import Out

WRONG = {"zh": "哪里不对", "en": "what is wrong"}
RIGHT = {"zh": "怎样才对", "en": "what would be right"}
LISTED = {
    "zh": ("问题清单", ("工作表", "行", "列", "代码", "哪里不对", "怎样才对")),
    "en": ("problems", ("sheet", "row", "column", "code", "what is wrong", "what would be right")),
}


def error_copy(
    reading: Reading, faults: Sequence[Fault], lang: str, more: Mapping[str, Sentence] | None = None
) -> list[Out]:
    """Sheets to save: first every fault as one list, then each sheet's bad rows as they were sent with two columns in
    front saying what is wrong and what would be right."""
    name, headings = LISTED[lang]
    names = {sheet: table.grid.name for sheet, table in reading.tables.items()}
    listed = Out(
        name,
        headings,
        [_line(fault, lang, more, names) for fault in faults],
        widths=dict(zip(headings, (14, 8, 18, 20, 50, 50), strict=True)),
    )
    by_row: dict[str, dict[int, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        if fault.row and fault.sheet in reading.tables:
            by_row[fault.sheet][fault.row].append(fault)
    copies = [_copy(reading.tables[sheet], rows, lang, more) for sheet, rows in by_row.items()]
    return [listed, *copies]


def _line(fault: Fault, lang: str, more: Mapping[str, Sentence] | None, names: Mapping[str, str]) -> tuple[object, ...]:
    wrong, right = say(fault, lang, more)
    return names.get(fault.sheet, fault.sheet), fault.row or "", column_words(fault, lang), fault.code, wrong, right


def column_words(fault: Fault, lang: str) -> str:
    """The column of a fault as the office finds it: its heading and its letter; '' for a whole row."""
    if not fault.letter:
        return fault.place
    return f"{fault.place}（{fault.letter} 列）" if lang == "zh" else f"{fault.place} (column {fault.letter})"


def _copy(table: Table, rows: Mapping[int, Sequence[Fault]], lang: str, more: Mapping[str, Sentence] | None) -> Out:
    width = max((len(table.grid.rows[row - 1]) for row in rows if row <= len(table.grid.rows)), default=0)
    own = [*table.headings, *[""] * width][:width]
    headings = [WRONG[lang], RIGHT[lang], *own]

    def lines() -> Iterator[list[object]]:
        for row in sorted(rows):
            said = [say(fault, lang, more) for fault in rows[row]]
            where = [f"{fault.place}：" if fault.column else "" for fault in rows[row]]
            wrong = "\n".join(place + one for place, (one, _) in zip(where, said, strict=True))
            right = "\n".join(dict.fromkeys(one for _, one in said))
            yield [wrong, right, *map(_shown, table.grid.rows[row - 1])]

    marked = frozenset((WRONG[lang], RIGHT[lang]))
    return Out(table.grid.name, headings, lines(), marked=marked, widths={WRONG[lang]: 40, RIGHT[lang]: 40})


def _shown(cell: object) -> object:
    if isinstance(cell, dt.datetime | dt.date | dt.time | dt.timedelta):
        return cell.isoformat() if not isinstance(cell, dt.timedelta) else plain(cell)
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        # Codes stored as numbers come back as text in full, not as 1.10102E+11.
        return str(int(cell))
    return cell
