"""The row of headings is found under whatever the office puts above it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.sheets.conftest import faults, notes, read

from turnout.sheets import say

ROW = ["P1", "张三", "U1", 116.4, 39.9]


def test_headings_in_english_in_the_first_row(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([["staff_id", "name", "unit_code", "lon", "lat"], ROW]))
    staff = reading.tables["staff"]
    assert faults(reading) == []
    assert staff.rows == [2]
    assert staff.columns["staff_id"] == ["P1"]
    assert staff.columns["name"] == ["张三"]
    assert staff.columns["lon"] == [116.4]
    assert staff.columns["limits"] == [None]


def test_headings_in_chinese_with_asterisks_spaces_and_remarks_in_brackets(workbook: Callable[..., Path]) -> None:
    reading = read(
        workbook([["＊编 号", "姓名:", "单位编码（必填）", "经度(WGS84)", " 纬 度*"], ROW], sheet="人员名单")
    )
    assert faults(reading) == []
    assert reading.tables["staff"].columns["unit_code"] == ["U1"]


def test_title_rows_above_the_headings_are_skipped_and_rows_keep_their_numbers(workbook: Callable[..., Path]) -> None:
    rows = [
        ["2026年区直单位人员名单"],
        ["填表单位：城建局", None, None, "2026-11-20"],
        [],
        ["编号", "姓名", "单位编码", "经度", "纬度"],
        ROW,
    ]
    reading = read(workbook(rows, merge=["A1:E1"]))
    assert reading.tables["staff"].rows == [5]
    assert faults(reading) == []


def test_headings_over_two_rows_with_merged_cells(workbook: Callable[..., Path]) -> None:
    rows = [["编号", "姓名", "单位编码", "坐标", None], [None, None, None, "经度", "纬度"], ROW]
    reading = read(workbook(rows, merge=["A1:A2", "B1:B2", "C1:C2", "D1:E1"]))
    assert faults(reading) == []
    assert reading.tables["staff"].rows == [3]
    assert reading.tables["staff"].columns["lat"] == [39.9]


def test_the_lower_heading_may_need_the_upper_one_to_be_understood(workbook: Callable[..., Path]) -> None:
    rows = [["编号", "姓名", "单位", "坐标", None], [None, None, "编码", "经度", "纬度"], ROW]
    reading = read(workbook(rows, merge=["D1:E1"]))
    assert reading.tables["staff"].columns["unit_code"] == ["U1"]
    assert faults(reading) == []


def test_a_second_row_of_headings_in_the_other_language_is_no_data(workbook: Callable[..., Path]) -> None:
    rows = [["staff_id", "name", "unit_code", "lon", "lat"], ["编号", "姓名", "单位编码", "经度", "纬度"], ROW]
    reading = read(workbook(rows))
    assert reading.tables["staff"].rows == [3]


def test_a_vertically_merged_single_heading_leaves_an_empty_row_that_is_no_data(workbook: Callable[..., Path]) -> None:
    rows = [["编号", "姓名", "单位编码", "经度", "纬度"], [], ROW]
    reading = read(workbook(rows, merge=["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2"]))
    assert reading.tables["staff"].rows == [3]
    assert faults(reading) == []


def test_a_table_that_does_not_start_in_the_first_column(workbook: Callable[..., Path]) -> None:
    rows = [[], [None, "编号", "姓名", "单位编码", "经度", "纬度"], [None, *ROW]]
    reading = read(workbook(rows))
    assert reading.tables["staff"].columns["staff_id"] == ["P1"]
    assert reading.tables["staff"].letters["staff_id"] == "B"


def test_a_missing_column_is_named_with_what_it_may_be_called(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([["编号", "姓名", "单位编号", "经度", "纬度"], ROW]))
    assert faults(reading) == [(1, "unit_code", "column_missing")]
    assert reading.faults[0].params["names"] == "单位编码 / unit_code"
    assert reading.faults[0].params["near"] == " (单位编号?)"


def test_a_misspelt_optional_column_is_noted_with_the_name_it_resembles(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([["staff_id", "unit_code", "lon", "lat", "limts"], ["P1", "U1", 1, 2, "light"]]))
    assert faults(reading) == []
    assert [(note.code, note.letter, note.params["near"]) for note in reading.notes] == [
        ("column_unknown", "E", " (limits?)")
    ]


def test_the_same_column_twice_is_refused_unless_one_is_empty(workbook: Callable[..., Path]) -> None:
    headings = ["编号", "工号", "姓名", "单位编码", "经度", "纬度"]
    both = read(workbook([headings, ["P1", "P2", "张三", "U1", 1, 2]]))
    assert faults(both) == [(1, "staff_id", "column_twice")]
    assert both.faults[0].params == {"column": "staff_id", "title": "工号", "first": "A", "second": "B"}
    one = read(workbook([headings, [None, "P2", "张三", "U1", 1, 2]]))
    assert faults(one) == []
    assert one.tables["staff"].columns["staff_id"] == ["P2"]


def test_a_sheet_without_headings_is_refused(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([ROW, ROW]))
    assert faults(reading) == [(0, "", "no_heading")]
    assert "例如：编号、" in say(reading.faults[0], "zh")[1]
    assert "for example: staff_id, " in say(reading.faults[0], "en")[1]


def test_a_missing_sheet_is_named_with_the_sheets_that_are_there(workbook: Callable[..., Path]) -> None:
    reading = read(workbook([["编号"], ["P1"]], sheet="stuff"))
    assert faults(reading) == [(0, "", "sheet_missing")]
    assert reading.faults[0].params == {"sheet": "staff", "found": "stuff", "near": " (stuff?)"}
    assert notes(reading) == ["sheet_unknown"]


def test_a_sheet_under_a_name_of_its_own_is_suggested_by_its_headings_but_not_read(
    workbook: Callable[..., Path],
) -> None:
    reading = read(workbook([["编号", "姓名", "单位编码", "经度", "纬度"], ROW], sheet="Sheet3"))
    assert faults(reading) == [(0, "", "sheet_missing")]
    assert reading.faults[0].params["near"] == " (Sheet3?)"
    assert [note.params["near"] for note in reading.notes] == ["staff?"]


def test_two_sheets_for_one_are_refused(table: Callable[..., Path]) -> None:
    table("编号,单位编码,经度,纬度\nP1,U1,1,2\n", "人员.csv")
    reading = read(table("编号,单位编码,经度,纬度\nP1,U1,1,2\n", "staff.csv"))
    assert faults(reading) == [(0, "", "sheet_twice")]


def test_an_empty_sheet_is_refused(workbook: Callable[..., Path]) -> None:
    assert faults(read(workbook([]))) == [(0, "", "sheet_empty")]
