"""Which rows are data, and what merged cells and formulas in them mean."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.styles import PatternFill
from tests.sheets.conftest import faults, notes, read

HEAD = ["编号", "姓名", "单位编码", "经度", "纬度", "名额"]


def test_a_cell_merged_over_several_rows_counts_for_each_of_them(workbook: Callable[..., Path]) -> None:
    rows = [
        HEAD,
        ["P1", "甲", "U1", 1, 2],
        ["P2", "乙", None, 1, 2],
        ["P3", "丙", None, 1, 2],
        ["P4", "丁", "U2", 1, 2],
    ]
    reading = read(workbook(rows, merge=["C2:C4"]))
    assert reading.tables["staff"].columns["unit_code"] == ["U1", "U1", "U1", "U2"]
    assert notes(reading) == ["filled_down"]


def test_trailing_empty_and_merely_coloured_rows_are_no_data(workbook: Callable[..., Path], tmp_path: Path) -> None:
    path = workbook([HEAD, ["P1", "甲", "U1", 1, 2]])
    book = openpyxl.load_workbook(path)
    book.active["A3"] = "   "
    book.active["A90000"].fill = PatternFill("solid", "FFFF0000")
    book.save(path)
    reading = read(path)
    assert reading.tables["staff"].rows == [2]
    assert faults(reading) == []


def test_an_empty_row_in_the_middle_is_skipped_and_later_rows_keep_their_numbers(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([HEAD, ["P1", "甲", "U1", 1, 2], [], ["P2", "乙", "U1", 1, 2]]))
    assert reading.tables["staff"].rows == [2, 4]


def test_a_total_and_a_signature_under_the_table_are_skipped_and_said(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([HEAD, ["P1", "甲", "U1", 1, 2, 3], ["合计", None, None, None, None, 3], ["填表人：张三"]]))
    assert reading.tables["staff"].rows == [2]
    assert notes(reading) == ["footer_skipped", "footer_skipped"]


def test_a_person_whose_code_begins_like_a_footer_is_kept(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([HEAD, ["note1", "甲", "U1", 1, 2]]))
    assert reading.tables["staff"].columns["staff_id"] == ["note1"]


def test_a_row_with_only_its_code_is_bad_not_skipped(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([HEAD, ["P1"]]))
    assert faults(reading) == [(2, "unit_code", "blank"), (2, "lon", "blank"), (2, "lat", "blank")]


def test_formulas_give_the_results_saved_with_them(tmp_path: Path) -> None:
    path = tmp_path / "lists.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("staff")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ["P1", "甲", "U1", 116.4, 39.9])
        page.write_formula(1, 5, "=1+1", None, 2)
        page.write_formula(1, 1, '="甲"&"乙"', None, "甲乙")
    reading = read(path)
    assert reading.tables["staff"].columns["places"] == [2]
    assert reading.tables["staff"].columns["name"] == ["甲乙"]


def test_a_formula_without_a_result_or_with_an_error_is_refused_even_where_a_blank_would_do(tmp_path: Path) -> None:
    path = tmp_path / "lists.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    page.title = "staff"
    page.append(HEAD)
    page.append(["P1", "甲", "U1", 1, 2, "=1+1"])
    page.append(["P2", "乙", "U1", 1, 2, "#N/A"])
    book.save(path)
    reading = read(path)
    assert faults(reading) == [(2, "places", "formula_unsaved"), (3, "places", "formula_error")]
    assert reading.faults[1].params["value"] == "#N/A"


def test_a_formula_that_gives_an_empty_text_is_a_blank(tmp_path: Path) -> None:
    path = tmp_path / "lists.xlsx"
    with xlsxwriter.Workbook(str(tmp_path / "made.xlsx")) as book:
        page = book.add_worksheet("staff")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ["P1", "甲", "U1", 116.4, 39.9])
        page.write_formula(1, 5, '=IF(A1="","",1)', None, "x")
    # Excel saves an empty result as a text of no characters, which no library here writes.
    with zipfile.ZipFile(tmp_path / "made.xlsx") as made, zipfile.ZipFile(path, "w") as saved:
        for entry in made.namelist():
            saved.writestr(entry, made.read(entry).replace(b"<v>x</v>", b"<v></v>"))
    reading = read(path)
    assert faults(reading) == []
    assert reading.tables["staff"].columns["places"] == [None]


def test_one_bad_cell_in_a_hundred_thousand_rows_is_found_and_nothing_else(table: Callable[..., Path]) -> None:
    lines = [f"P{number},甲,U1,116.4,39.9,1" for number in range(100_000)]
    lines[77_777] = "P77777,甲,U1,116.4,3９.9x,1"
    reading = read(table("\n".join([",".join(HEAD), *lines])))
    assert faults(reading) == [(77_779, "lat", "not_number")]
    assert len(reading.tables["staff"]) == 100_000


def test_every_bad_cell_is_collected_not_only_the_first(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([HEAD, ["P1", "甲", "U1", "东", "北", 1.5], ["P2", "甲", None, 1, 95, -1]]))
    assert faults(reading) == [
        (3, "unit_code", "blank"),
        (2, "lon", "not_number"),
        (2, "lat", "not_number"),
        (3, "lat", "too_large"),
        (2, "places", "not_whole"),
        (3, "places", "too_small"),
    ]


def test_a_total_with_figures_under_several_columns_is_a_footer(workbook: Callable[..., Path]) -> None:
    rows = [["编号", "姓名", "单位编码", "经度", "纬度"], ["P1", "张三", "U1", 1, 2], ["合  计", None, 1, None, 3]]
    reading = read(workbook(rows))
    assert reading.tables["staff"].rows == [2]
    assert (faults(reading), notes(reading)) == ([], ["footer_skipped"])
