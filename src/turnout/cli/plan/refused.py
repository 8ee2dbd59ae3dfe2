"""Giving refused lists back: a few lines on the screen, every bad row in a file beside the plan that was not made."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from turnout.cli.plan.console import REFUSED
from turnout.cli.plan.layouts import INPUT, PLAN, TRAVEL
from turnout.cli.plan.lists import ListsRefused
from turnout.cli.plan.refusals import REFUSALS, WARNINGS
from turnout.sheets import Fault, Sentence, error_copy, save, say
from turnout.sheets.book import WORKBOOKS
from turnout.sheets.copies import LISTED, column_words

_SHOWN = 20
_LAYOUTS = (*INPUT, TRAVEL, *PLAN)
_SHEETS = [
    *(name for layout in _LAYOUTS for name in (layout.name, *layout.aliases)),
    *(name for name, _ in LISTED.values()),
]


def give_back(refused: ListsRefused, given: Path, output: Path, lang: str) -> int:
    """Write INPUT-errors beside PLAN (a workbook for a workbook, a folder for a folder) and say what is wrong."""
    target: Path | None = errors_path(given, output)
    faults = refused.faults
    for fault in faults[:_SHOWN]:
        print(line(fault, lang), file=sys.stderr)
    try:
        assert target is not None
        save(target, error_copy(refused.reading, faults, lang, REFUSALS), also=_SHEETS)
    except OSError as error:
        print(f"{target}: {error.strerror or error}", file=sys.stderr)
        target = None
    print(_end(len(faults), target, lang), file=sys.stderr)
    return REFUSED


def errors_path(given: Path, output: Path) -> Path:
    """Where the bad rows of INPUT go: lists-errors.xlsx for lists.xlsx, a folder lists-errors for a folder."""
    whole = given.resolve()
    book = whole.suffix.lower() in WORKBOOKS and not whole.is_dir()
    return output.absolute().parent / (f"{whole.stem}-errors.xlsx" if book else f"{whole.name}-errors")


def _end(count: int, target: Path | None, lang: str) -> str:
    more = count - _SHOWN
    if lang == "zh":
        told = f"名单有 {count} 处不对，什么也没有做。" + (f"上面是前 {_SHOWN} 处。" if more > 0 else "")
        return told + (f"全部问题和原行在 {target}" if target else "")
    told = f"{count} things are wrong with the lists; nothing was done." + (
        f" Above are the first {_SHOWN}." if more > 0 else ""
    )
    return told + (f" All of them, with the rows, are in {target}" if target else "")


def line(fault: Fault, lang: str, more: Mapping[str, Sentence] | None = None) -> str:
    """One fault as one line: where, what is wrong, what would be right; `more` adds another command's codes."""
    wrong, right = say(fault, lang, {**REFUSALS, **WARNINGS, **(more or {})})
    row = (f" 第 {fault.row} 行" if lang == "zh" else f" row {fault.row}") if fault.row else ""
    column = f" {column_words(fault, lang)}" if fault.column else ""
    mark, arrow = ("：", "；") if lang == "zh" else (": ", "; ")
    return f"{fault.sheet}{row}{column}{mark}{wrong}" + (f"{arrow}{right}" if right else "")


def remarks_of(notes: Sequence[Fault], lang: str) -> list[str]:
    """Notes as lines, of each kind the first few and how many more there are."""
    told: list[str] = []
    counts: dict[tuple[str, str], int] = {}
    for note in notes:
        key = (note.sheet, note.code)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= 3:
            told.append(line(note, lang))
    more = sum(count - 3 for count in counts.values() if count > 3)
    if more:
        told.append(f"另有 {more} 条同类提醒" if lang == "zh" else f"{more} more remarks of the same kinds")
    return told
