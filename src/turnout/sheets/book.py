"""A file or a folder as raw grids of cells, before anybody knows what they mean."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, repeat
from pathlib import Path

import python_calamine as calamine

from turnout.sheets import formulas
from turnout.sheets.faults import Fault, Refused

Row = Sequence[object]
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
TEXTS = frozenset({".csv", ".tsv", ".txt"})
# A city of 74,000 staff unpacks to some 60 MB; this is for files made to fill the memory.
_LARGEST_MB = 2_000
_DELIMITERS = ",\t;|"


@dataclass(eq=False)
class Grid:
    """One sheet as it stands: rows of cells from A1 on, merged ranges ((top, left), (bottom, right)) counted from 0,
    and cells whose formula left nothing usable, as (row, column) -> (code, value)."""

    name: str
    rows: list[Row]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    broken: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


@dataclass
class Book:
    """All sheets of one input, in their order."""

    path: Path
    grids: list[Grid]


def open_book(path: Path) -> Book:
    """Read a workbook, one CSV file, or a folder of CSV files; raises Refused if nothing can be read from it."""
    if not path.exists():
        raise _refused(path, "file_missing")
    if path.is_dir():
        # Names that start with a dot or a tilde are what Excel, WPS and macOS leave behind.
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in TEXTS and p.name[0] not in ".~")
        if not files:
            raise _refused(path, "file_kind")
        return Book(path, [_text(file, _content(file)) for file in files])
    return _open(path, _content)


def open_bytes(name: str, content: bytes) -> Book:
    """Read a workbook or CSV file that is in memory and stays there; raises Refused like `open_book`."""
    return _open(Path(name), lambda _: content)


def _open(path: Path, content: Callable[[Path], bytes]) -> Book:
    kind = path.suffix.lower()
    if kind in TEXTS:
        return Book(path, [_text(path, content(path))])
    if kind not in WORKBOOKS:
        raise _refused(path, "file_kind")
    return Book(path, _workbook(path, content(path)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, "file_unreadable", why=error.strerror) from error


def _refused(path: Path, code: str, **params: object) -> Refused:
    filled = {"path": path.name, **{name: str(value) for name, value in params.items()}}
    return Refused([Fault(path.name, 0, "", code, filled)])


def _workbook(path: Path, content: bytes) -> list[Grid]:
    if content[:512].lstrip()[:1] == b"<":
        raise _refused(path, "file_is_html")
    packed = content.startswith(b"PK")
    try:
        if packed and _unpacked_mb(content) > _LARGEST_MB:
            raise _refused(path, "file_too_large", limit=_LARGEST_MB)
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = [_sheet(book, index, name) for index, name in enumerate(book.sheet_names)]
        if packed:
            for name, broken in formulas.broken_cells(content).items():
                next(grid for grid in grids if grid.name == name).broken = broken
    except calamine.PasswordError as error:
        raise _refused(path, "file_locked") from error
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        why = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise _refused(path, "file_unreadable", why=why) from error
    return grids


def _unpacked_mb(content: bytes) -> float:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return sum(entry.file_size for entry in packed.infolist()) / 1e6


def _sheet(book: calamine.CalamineWorkbook, index: int, name: str) -> Grid:
    if book.sheets_metadata[index].typ != calamine.SheetTypeEnum.WorkSheet:
        return Grid(name, [])
    sheet = book.get_sheet_by_index(index)
    rows: list[Row] = list(sheet.to_python(skip_empty_area=False))
    while rows and not any(_filled(cell) for cell in rows[-1]):
        rows.pop()
    return Grid(name, rows, list(sheet.merged_cell_ranges or []))


def _filled(cell: object) -> bool:
    return cell != "" and not (isinstance(cell, str) and not cell.strip())


def _text(path: Path, content: bytes) -> Grid:
    text = _decoded(content, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for row in reader:
            rows.append(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refused(path, "csv_quote", line=line) from error
    while rows and not any(cell.strip() for cell in rows[-1] if isinstance(cell, str)):
        rows.pop()
    return Grid(path.stem, rows)


def _decoded(content: bytes, path: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with one (Excel's "Unicode text"), else GB18030, which holds GBK too."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as first:
        if encoding == "utf-16":
            raise _refused(path, "csv_encoding", line=1) from first
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            line = content[: max(first.start, error.start)].count(b"\n") + 1
            raise _refused(path, "csv_encoding", line=line) from error


def _delimiter(text: str) -> str:
    """The mark that gives most columns in the usual row, one that stands in every row if there is such a mark: lists in
    cells are made with semicolons too, sometimes many, but the headings have none."""
    sample = text[:20_000].splitlines()[:30]
    if len(text) > 20_000 and len(sample) > 1:
        sample.pop()
    lines = [line for line in sample if line.strip()]
    # A title above the headings has hardly any mark and tells nothing.
    table = list(dropwhile(lambda line: sum(map(line.count, _DELIMITERS)) < 2, lines)) or lines

    def columns(mark: str) -> tuple[bool, int]:
        widths = sorted(map(str.count, table, repeat(mark)))
        return (widths[0] > 0, widths[len(widths) // 2]) if widths else (False, 0)

    return max(_DELIMITERS, key=columns)
