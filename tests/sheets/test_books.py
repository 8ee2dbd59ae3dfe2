"""Files of many kinds and encodings, and files that are not what their name says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.sheets.conftest import faults, read

from turnout.sheets import Out, Refused, open_book, open_bytes, say, to_bytes

CSV = "编号,姓名,单位编码,经度,纬度\nP1,欧阳𠮷,U1,116.4,39.9\n"


def refused(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        open_book(path)
    for lang in ("zh", "en"):
        assert all(say(caught.value.faults[0], lang))
    return caught.value.faults[0].code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_in_any_usual_encoding(table: Callable[..., Path], encoding: str) -> None:
    reading = read(table(CSV.encode(encoding)))
    assert faults(reading) == []
    assert reading.tables["staff"].columns["name"] == ["欧阳𠮷"]


def test_a_csv_file_in_gbk(table: Callable[..., Path]) -> None:
    reading = read(table(CSV.replace("𠮷", "吉").encode("gbk")))
    assert reading.tables["staff"].columns["name"] == ["欧阳吉"]


@pytest.mark.parametrize("title", ["", "人员名单, 2026\n"])
def test_long_lists_in_cells_do_not_pass_for_columns(tmp_path: Path, title: str) -> None:
    days = ";".join(f"2026-11-{day}" for day in range(10, 24))
    file = tmp_path / "people.csv"
    file.write_text(f"{title}staff_id,categories,fixed_off\nP1,general,{days}\nP2,general,{days}\n", encoding="utf-8")
    rows = open_book(file).grids[0].rows
    assert rows[-1] == ["P2", "general", days]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised_even_with_lists_in_cells(table: Callable[..., Path], mark: str) -> None:
    rows = ["编号,姓名,单位编码,经度,纬度,工作限制", 'P1,甲,U1,1,2,"no_night;light"', 'P2,乙,U1,1,2,"no_night;light"']
    text = "\n".join(rows).replace(",", mark)
    reading = read(table(text))
    assert faults(reading) == []
    assert reading.tables["staff"].columns["limits"] == [("no_night", "light")] * 2


def test_a_cell_with_a_line_break_does_not_shift_the_row_numbers(table: Callable[..., Path]) -> None:
    reading = read(table('编号,姓名,单位编码,经度,纬度\r\nP1,"甲\r\n乙",U1,1,2\r\nP2,丙,U1,1,x\r\n'))
    assert faults(reading) == [(3, "lat", "not_number")]
    assert reading.tables["staff"].columns["name"] == ["甲 乙", "丙"]


def test_a_quote_that_is_never_closed_is_named_by_its_line(table: Callable[..., Path]) -> None:
    assert refused(table('编号,姓名\nP1,甲\nP2,"乙\nP3,丙\n')) == "csv_quote"


def test_bytes_that_are_no_text_are_refused(table: Callable[..., Path]) -> None:
    assert refused(table(b"\x81\xff\x00\xff\xff\n")) == "csv_encoding"


def test_a_path_with_spaces_and_chinese(workbook: Callable[..., Path]) -> None:
    reading = read(
        workbook([["编号", "单位编码", "经度", "纬度"], ["P1", "U1", 1, 2]], name="区直 单位（11月）名单.xlsx")
    )
    assert reading.tables["staff"].columns["staff_id"] == ["P1"]


def test_files_that_are_not_what_their_name_says(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "b.xls").write_text("<html><table><tr><td>1</td></tr></table></html>")
    (tmp_path / "c.xlsx").write_bytes(b"")
    (tmp_path / "d.pdf").write_bytes(b"%PDF")
    (tmp_path / "e").mkdir()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "x")
    (tmp_path / "f.xlsx").write_bytes(packed.getvalue())
    (tmp_path / "g.xlsx").write_bytes(packed.getvalue()[:40])
    codes = {path.name: refused(path) for path in sorted(tmp_path.iterdir())}
    assert codes == {
        "a.xlsx": "file_unreadable",
        "b.xls": "file_is_html",
        "c.xlsx": "file_unreadable",
        "d.pdf": "file_kind",
        "e": "file_kind",
        "f.xlsx": "file_unreadable",
        "g.xlsx": "file_unreadable",
    }
    assert refused(tmp_path / "nothing.xlsx") == "file_missing"


def test_what_excel_leaves_beside_a_csv_folder_is_not_read(table: Callable[..., Path]) -> None:
    table("x", "~$staff.csv")
    table("x", ".staff.csv")
    assert [grid.name for grid in open_book(table(CSV)).grids] == ["staff"]


def test_a_workbook_in_memory_reads_like_one_on_disk():
    content = to_bytes([Out("staff", ["name", "phone"], [["王芳", "=1+1"], ["李明", "+8613800138000"]])])
    assert open_bytes("花名册.xlsx", content).grids[0].rows == [
        ["name", "phone"],
        ["王芳", "=1+1"],
        ["李明", "+8613800138000"],
    ]


def test_an_open_document_sheet_with_repeated_and_dated_cells(tmp_path: Path) -> None:
    def text(words: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'

    def number(value: float) -> str:
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    day = '<table:table-cell office:value-type="date" office:date-value="2026-11-20"/>'
    head = "".join(map(text, ("编号", "单位编码", "经度", "纬度", "可用起")))
    row = number(110102001001) + text("U1") + number(116.4) + text("39.9") + day
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<office:document-content{names}><office:body><office:spreadsheet><table:table table:name="人员">'
        f"<table:table-row>{head}</table:table-row><table:table-row>{row}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "lists.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    reading = read(path)
    assert faults(reading) == []
    assert reading.tables["staff"].columns["staff_id"] == ["110102001001"]
    assert str(reading.tables["staff"].columns["from"][0]) == "2026-11-20 00:00:00+08:00"
