"""What is written reads back, text stays text, and a reader never sees half a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from tests.sheets.conftest import STAFF, faults, read

from turnout.sheets import Out, error_copy, open_book, save
from turnout.sheets.writing import Taken

ROWS = [
    ["P1", "=1+1", "U1", 116.4, 39.9],
    ["P2", "+86", "U1", -1.5, 2],
    ["P3", "@x", "U1", 1, 2],
    ["P4", "-甲", "U1", 1, 2],
]
HEAD = ["staff_id", "name", "unit_code", "lon", "lat"]


@pytest.mark.parametrize("name", ["out.xlsx", "out"])
def test_what_is_written_reads_back_the_same(tmp_path: Path, name: str) -> None:
    save(tmp_path / name, [Out("staff", HEAD, ROWS)])
    staff = read(tmp_path / name).tables["staff"]
    assert staff.columns["staff_id"] == ["P1", "P2", "P3", "P4"]
    assert staff.columns["lon"] == [116.4, -1.5, 1.0, 1.0]


def test_text_that_looks_like_a_formula_is_text_in_a_workbook(tmp_path: Path) -> None:
    save(tmp_path / "out.xlsx", [Out("staff", HEAD, ROWS)])
    cells = [openpyxl.load_workbook(tmp_path / "out.xlsx")["staff"].cell(row, 2) for row in (2, 3, 4, 5)]
    assert [(cell.data_type, cell.value, cell.quotePrefix) for cell in cells] == [
        ("s", "=1+1", True),
        ("s", "+86", True),
        ("s", "@x", True),
        ("s", "-甲", True),
    ]


def test_text_that_looks_like_a_formula_is_quoted_in_a_csv_file(tmp_path: Path) -> None:
    save(tmp_path / "out", [Out("staff", HEAD, ROWS)])
    with (tmp_path / "out" / "staff.csv").open(encoding="utf-8-sig") as stream:
        assert [row[1] for row in csv.reader(stream)] == ["name", "'=1+1", "'+86", "'@x", "'-甲"]


def test_a_long_code_is_written_as_text(tmp_path: Path) -> None:
    save(tmp_path / "out.xlsx", [Out("staff", HEAD, [["110102001001", "甲", "U1", 1, 2]])])
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["staff"]["A2"].value == "110102001001"


@pytest.mark.parametrize("name", ["out.xlsx", "out"])
def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, name: str) -> None:
    save(tmp_path / name, [Out("staff", HEAD, ROWS[:1])])

    def breaks() -> Iterator[Sequence[object]]:
        yield from ROWS * 100
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        save(tmp_path / name, [Out("staff", HEAD, breaks())])
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert read(tmp_path / name).tables["staff"].columns["staff_id"] == ["P1"]


def test_a_folder_that_holds_other_things_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    with pytest.raises(FileExistsError):
        save(tmp_path / "out", [Out("staff", HEAD, ROWS)])
    assert (tmp_path / "out" / "thesis.docx").read_text() == "years of work"


def test_a_folder_of_tables_is_replaced_whole(tmp_path: Path) -> None:
    save(tmp_path / "out", [Out("staff", HEAD, ROWS), Out("old", ["a"], [["1"]])])
    with pytest.raises(Taken) as caught:
        save(tmp_path / "out", [Out("staff", HEAD, ROWS[:1])])
    assert (caught.value.code, caught.value.detail) == ("other_things", "old.csv")
    save(tmp_path / "out", [Out("staff", HEAD, ROWS[:1])], also=["old"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["staff.csv"]


def test_headings_stay_in_sight_and_explain_themselves(tmp_path: Path) -> None:
    save(tmp_path / "out.xlsx", [Out("staff", HEAD, ROWS, titles={"staff_id": "人员编号"})])
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["staff"]
    assert page.freeze_panes == "A2"
    assert page["A1"].comment.text == "人员编号"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bad_rows_come_back_with_what_is_wrong_and_read_again_when_mended(
    workbook: Callable[..., Path], tmp_path: Path, lang: str
) -> None:
    rows = [
        ["名单"],
        ["编号", "姓名", "单位编码", "经度", "纬度"],
        [110102001001, "甲", "U1", "东", None],
        ["P2", "乙", "U1", 1, 2],
    ]
    reading = read(workbook(rows))
    copies = error_copy(reading, reading.faults, lang)
    assert [copy.name for copy in copies] == [{"zh": "问题清单", "en": "problems"}[lang], "staff"]
    save(tmp_path / "errors.xlsx", copies)
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    listed = list(book.worksheets[0].values)
    assert [line[:4] for line in listed[1:]] == [
        ("staff", 3, {"zh": "经度（D 列）", "en": "经度 (column D)"}[lang], "not_number"),
        ("staff", 3, {"zh": "纬度（E 列）", "en": "纬度 (column E)"}[lang], "blank"),
    ]
    page = book["staff"]
    assert [cell.value for cell in page[1]][2:] == ["编号", "姓名", "单位编码", "经度", "纬度"]
    assert [cell.value for cell in page[2]][2:5] == ["110102001001", "甲", "U1"]
    page["F2"], page["G2"] = 116.4, 39.9
    book.save(tmp_path / "mended.xlsx")
    again = read(tmp_path / "mended.xlsx")
    assert faults(again) == []
    assert again.tables["staff"].columns["staff_id"] == ["110102001001"]


def test_every_code_has_both_languages_and_its_blanks_filled() -> None:
    from turnout.sheets.faults import NOTES, SENTENCES

    assert all(all(sentence) for sentence in SENTENCES.values())
    assert all(sentence.wrong_zh and sentence.wrong_en for sentence in NOTES.values())


def test_a_sheet_to_read_is_no_table(tmp_path: Path) -> None:
    prose = Out("说明", (), [("title", "派遣方案"), ("fact", "在岗", 12)], prose=True)
    save(tmp_path / "out.xlsx", [prose, Out("staff", HEAD, ROWS)])
    save(tmp_path / "out", [prose, Out("staff", HEAD, ROWS)])
    assert [grid.name for grid in open_book(tmp_path / "out.xlsx").grids] == ["说明", "staff"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["staff.csv"]
    assert STAFF.name == "staff"


def test_a_copy_of_bad_rows_under_headings_over_two_rows_is_read_again(
    workbook: Callable[..., Path], tmp_path: Path
) -> None:
    rows = [["编号", "姓名", "单位", "坐标", None], [None, None, "编码", "经度", "纬度"], ["P1", "甲", "U1", "东", 2]]
    reading = read(workbook(rows, merge=["A1:A2", "B1:B2", "D1:E1"], sheet="人员名单"))
    save(tmp_path / "errors.xlsx", error_copy(reading, reading.faults, "zh"))
    page = openpyxl.load_workbook(tmp_path / "errors.xlsx")["人员名单"]
    assert [cell.value for cell in page[1]][2:] == ["编号", "姓名", "单位编码", "经度", "纬度"]
    again = read(tmp_path / "errors.xlsx")
    assert [(fault.row, fault.column, fault.heading) for fault in again.faults] == [(2, "lon", "经度")]
