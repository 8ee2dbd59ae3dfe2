"""A small staff list in the forms offices send it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from turnout.sheets import Choice, Code, Column, Day, Decimal, Integer, Layout, Listing, Moment, Reading, Text
from turnout.sheets import open_book as open_
from turnout.sheets import read as read_

SHANGHAI = ZoneInfo("Asia/Shanghai")
STAFF = Layout(
    "staff",
    (
        Column("staff_id", Code(), ("编号", "工号", "人员编号"), required=True),
        Column("name", Text(), ("姓名",)),
        Column("unit_code", Code(), ("单位编码",), required=True),
        Column("lon", Decimal(-180, 180), ("经度", "坐标经度"), required=True),
        Column("lat", Decimal(-90, 90), ("纬度", "坐标纬度"), required=True),
        Column("places", Integer(0, 100), ("名额",)),
        Column(
            "limits", Listing(Choice({"no_night": "no_night", "不上夜班": "no_night", "light": "light"})), ("工作限制",)
        ),
        Column("from", Moment(SHANGHAI), ("可用起",)),
        Column("expiry", Day(), ("有效期",)),
    ),
    ("人员", "人员名单"),
)

Cells = Sequence[Sequence[object]]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write rows to a sheet of a new workbook, with ranges to merge, and return its path."""

    def write(rows: Cells, *, sheet: str = "staff", merge: Sequence[str] = (), name: str = "lists.xlsx") -> Path:
        book = openpyxl.Workbook()
        page = book.active
        page.title = sheet
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row, start=1):
                if cell is not None:
                    page.cell(at, column).value = cell
        for cells in merge:
            page.merge_cells(cells)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a CSV file named after the sheet into a folder of its own and return the folder."""

    def write(content: str | bytes, name: str = "staff.csv") -> Path:
        folder = tmp_path / "lists"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


def read(path: Path) -> Reading:
    """Read the staff list of a path."""
    return read_(open_(path), [STAFF])


def faults(reading: Reading) -> list[tuple[int, str, str]]:
    """Row, column and code of every fault."""
    return [(fault.row, fault.column, fault.code) for fault in reading.faults]


def notes(reading: Reading) -> list[str]:
    """The codes of all notes."""
    return [note.code for note in reading.notes]
