"""Writing workbooks and folders of CSV files, whole or not at all.

Text stays text: a cell that starts with = + - @ is never a formula, in whatever program the file is opened.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

# What a spreadsheet program may take for a formula when it opens a CSV file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Numbers that Excel would round: beyond 15 digits they are written as text.
_EXACT = 10**15
_WIDTHS = (8, 60)


@dataclass
class Out:
    """A sheet to write. `rows` may be any iterable, gone through once. `titles` are headings for people, shown as a
    comment on the heading cell; `marked` headings stand out in red; `prose` is a page to read, not a table: it is
    written without headings and left out of CSV folders. `printed_by` names a column: printed, the sheet lies across,
    its headings stand on every page, and each value of that column begins a page of its own."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    titles: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    prose: bool = False
    printed_by: str = ""


def save(path: Path, sheets: Sequence[Out], *, author: str = "Turnout", also: Collection[str] = ()) -> None:
    """Write `path`: a workbook if its name ends in .xlsx, else a folder of CSV files named after the sheets.

    Readers see the old content or the new, never half of it. A folder that is there is replaced if it holds nothing but
    CSV files of these names or of `also` (sheets an older one may have had). Raises OSError when the disk is full or
    not writable, Taken when something else stands there."""
    refuse_foreign(path, {sheet.name for sheet in sheets} | set(also))
    if path.suffix.lower() == ".xlsx":
        with replaced(path) as beside:
            # constant_memory keeps one row at a time: half the memory for the same time at 74,000 rows.
            _workbook(str(beside), sheets, author, {"constant_memory": True, "tmpdir": str(beside.parent)})
    else:
        with replaced(path) as beside:
            beside.mkdir()
            for sheet in sheets:
                if not sheet.prose:
                    _csv(beside / f"{sheet.name}.csv", sheet)


def to_bytes(sheets: Sequence[Out], *, author: str = "Turnout") -> bytes:
    """Return a workbook that never lies on a disk; 74,000 rows take some 230 MB while it is made."""
    stream = io.BytesIO()
    _workbook(stream, sheets, author, {"in_memory": True})
    return stream.getvalue()


class Taken(FileExistsError):
    """What stands at a path is not ours to replace. `code`: folder_there, file_there, or other_things, then `detail`
    names one of them."""

    def __init__(self, path: Path, code: str, detail: str = "") -> None:
        super().__init__(17, code, str(path))
        self.code, self.detail = code, detail


def refuse_foreign(path: Path, names: Collection[str]) -> None:
    """Raise Taken if `save` would not take the place of what is there: a file, or a folder with other things than CSV
    files of these names."""
    if path.suffix.lower() == ".xlsx":
        if path.is_dir():
            raise Taken(path, "folder_there")
        return
    if path.exists() and not path.is_dir():
        raise Taken(path, "file_there")
    if path.is_dir():
        foreign = sorted(p.name for p in path.iterdir() if p.suffix != ".csv" or p.stem not in names or p.is_dir())
        if foreign:
            raise Taken(path, "other_things", foreign[0])


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; it takes the place of `path` only when everything is on the disk."""
    home = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}-", dir=path.parent))
    try:
        beside = home / path.name
        yield beside
        _sync(beside)
        if path.is_dir():
            os.rename(path, home / "before")
        elif path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _sync(path: Path) -> None:
    for part in [*path.iterdir(), path] if path.is_dir() else [path]:
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _workbook(target: str | io.BytesIO, sheets: Sequence[Out], author: str, where: Mapping[str, object]) -> None:
    options = {
        **where,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(target, options)
    try:
        book.set_properties({"author": author})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF0", "valign": "top"}),
            "text": book.add_format({"num_format": "@"}),
            "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
            "bad": book.add_format(
                {"bg_color": "#F6D5D0", "font_color": "#8C1D11", "text_wrap": True, "valign": "top"}
            ),
            "title": book.add_format({"bold": True, "font_size": 15}),
            "section": book.add_format({"bold": True, "font_size": 12, "bottom": 1}),
            "prose": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for sheet in sheets:
            (_prose if sheet.prose else _sheet)(book.add_worksheet(sheet.name), sheet, formats)
        book.close()
    except XlsxWriterException as error:
        raise OSError(str(error)) from error


_A4, _A4_WIDE, _MOST_BREAKS = 9, 125, 1023
"""Paper, how many characters fit across it lying, and page breaks of a sheet at most."""
Formats = Mapping[str, xlsxwriter.format.Format]


def _sheet(page: xlsxwriter.worksheet.Worksheet, sheet: Out, formats: Formats) -> None:
    page.freeze_panes(1, 0)
    for column, heading in enumerate(sheet.headings):
        wide = sheet.widths.get(heading) or min(max(len(heading) + 3, _WIDTHS[0]), _WIDTHS[1])
        page.set_column(column, column, wide)
        page.write_string(0, column, heading, formats["bad" if heading in sheet.marked else "head"])
        if heading in sheet.titles:
            page.write_comment(0, column, sheet.titles[heading], {"x_scale": 1.2, "y_scale": 0.5})
    last = 0
    by = list(sheet.headings).index(sheet.printed_by) if sheet.printed_by else 0
    pages: list[int] = []
    before: object = None
    bad = [heading in sheet.marked for heading in sheet.headings]
    text, quoted, red = formats["text"], formats["quoted"], formats["bad"]
    for last, row in enumerate(sheet.rows, start=1):
        if sheet.printed_by and row[by] != before:
            pages += [last] if last > 1 else []
            before = row[by]
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, bool):
                page.write_boolean(last, column, cell)
            elif isinstance(cell, int | float) and abs(cell) < _EXACT:
                page.write_number(last, column, cell)
            else:
                words = str(cell)[:32_767]
                style = red if column < len(bad) and bad[column] else quoted if words.startswith(_FORMULA) else text
                page.write_string(last, column, words, style)
    if sheet.printed_by:
        _printed(page, sheet, pages)
    if sheet.headings and last:
        page.autofilter(0, 0, last, len(sheet.headings) - 1)


def _printed(page: xlsxwriter.worksheet.Worksheet, sheet: Out, pages: list[int]) -> None:
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.repeat_rows(0)
    page.set_footer("&L&A&C&P / &N&R&D")
    page.hide_gridlines(0)
    page.set_print_scale(max(min(100, _A4_WIDE * 100 // max(sum(sheet.widths.values()), 1)), 25))
    # A sheet holds no more breaks than these; what follows is cut where pages end.
    page.set_h_pagebreaks(pages[:_MOST_BREAKS])


def _prose(page: xlsxwriter.worksheet.Worksheet, sheet: Out, formats: Formats) -> None:
    """A page for people. Rows: ('title', text), ('section', text), ('text', text) or ('fact', name, value, ...)."""
    page.hide_gridlines(2)
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 90)
    for at, (style, *cells) in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                page.write_number(at, column, cell, formats["prose"])
            else:
                page.write_string(
                    at, column, str(cell), formats.get(str(style), formats["prose"]) if style != "text" else None
                )


def _csv(path: Path, sheet: Out) -> None:
    # The mark tells Excel and WPS that this is UTF-8; without it Chinese comes out as rubbish there.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(sheet.headings)
        writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)


def _safe(cell: object) -> object:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return "" if cell is None else cell
