"""What each kind of column takes, and what it says of what it does not take."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from turnout.sheets import Choice, Code, Day, Decimal, Integer, Kind, Listing, Moment, Text, YesNo
from turnout.sheets.faults import BadCell

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEVEN = dt.datetime(2026, 11, 20, 7, 0, tzinfo=SHANGHAI)
MIDNIGHT = dt.datetime(2026, 11, 20, 0, 0, tzinfo=SHANGHAI)


def refusal(kind: Kind, cell: object) -> str:
    with pytest.raises(BadCell) as caught:
        kind.read(cell)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("110102001001", "110102001001"),
        ("  110102001001\u3000", "110102001001"),
        ("１１０１０２００１００１", "110102001001"),
        ("Ｐ－１", "P-1"),
        ("'0012", "0012"),
        ("110102\u200b001001\ufeff", "110102001001"),
        (110102001001.0, "110102001001"),
        (110102001001, "110102001001"),
        (13800000000.0, "13800000000"),
        ("1.10102001001E+11", "110102001001"),
        ("1E5", "1E5"),
        ("12E34", "12E34"),
        ("P1E5", "P1E5"),
        (0.0, "0"),
    ],
)
def test_codes_survive_width_spaces_and_being_stored_as_numbers(cell: object, code: str) -> None:
    assert Code().read(cell) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.10102E+11", "code_lost_digits"),
        ("1.1E+11", "code_lost_digits"),
        ("1E+11", "code_lost_digits"),
        (1.23456789012345678e17, "code_lost_digits"),
        (12.5, "code_not_whole"),
        (dt.datetime.fromisoformat("2026-01-02"), "code_is_date"),
        ("P 1", "code_characters"),
        ("P1;P2", "code_characters"),
    ],
)
def test_codes_that_lost_something_are_refused(cell: object, code: str) -> None:
    assert refusal(Code(), cell) == code


def test_a_code_of_fixed_length_says_how_many_digits_it_has() -> None:
    assert Code(digits=12).read(110102001001.0) == "110102001001"
    with pytest.raises(BadCell) as caught:
        Code(digits=12).read("11010200100")
    assert (caught.value.code, caught.value.params) == (
        "code_digits",
        {"value": "11010200100", "have": "11", "want": "12"},
    )


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (12.5, 12.5),
        ("12.5", 12.5),
        ("１２．５", 12.5),
        (" 1,234.5 ", 1234.5),
        ("'39.9", 39.9),
        ("-3", -3.0),
        (7, 7.0),
        ("1e3", 1000.0),
    ],
)
def test_numbers_are_read_from_text_full_width_digits_and_grouped_thousands(cell: object, number: float) -> None:
    assert Decimal().read(cell) == number


@pytest.mark.parametrize("cell", ["12人", "", "nan", "inf", "1,23", True, dt.date(2026, 1, 1), float("nan"), "1e999"])
def test_what_is_not_a_number_is_refused(cell: object) -> None:
    assert refusal(Decimal(), cell) == "not_number"


def test_whole_numbers_say_what_is_wrong_with_others() -> None:
    kind = Integer(1, 3)
    assert kind.read(2.0) == 2
    assert kind.read("３") == 3
    assert [refusal(kind, cell) for cell in (1.5, 0, 4, "x")] == ["not_whole", "too_small", "too_large", "not_number"]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (dt.datetime.fromisoformat("2026-11-20T07:00"), SEVEN),
        (dt.datetime.fromisoformat("2026-11-20T06:59:59.994"), SEVEN),
        (46346.291666666664, SEVEN),
        ("46346.2916667", SEVEN),
        ("2026-11-20 07:00", SEVEN),
        ("2026/11/20 7:00", SEVEN),
        ("2026/11/20 7:00:00", SEVEN),
        ("2026年11月20日 7时", SEVEN),
        ("2026年11月20日7点00分", SEVEN),
        ("２０２６－１１－２０　０７：００", SEVEN),
        ("2026-11-19T23:00:00Z", SEVEN),
        ("2026-11-20T07:00+08:00", SEVEN),
        ("2026-11-20T07:00:00.000+0800", SEVEN),
        (dt.date(2026, 11, 20), MIDNIGHT),
        (46346.0, MIDNIGHT),
        ("2026-11-20", MIDNIGHT),
        ("2026.11.20", MIDNIGHT),
        ("2026年11月20日", MIDNIGHT),
        ("20261120", MIDNIGHT),
        (20261120.0, MIDNIGHT),
        ("2026-11-19 24:00", MIDNIGHT),
    ],
)
def test_moments_are_read_in_every_form_offices_use(cell: object, moment: dt.datetime) -> None:
    read = Moment(SHANGHAI).read(cell)
    assert read == moment
    assert read.tzinfo is not None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "11/20/2026",
        "20.11.2026",
        "明天",
        "2026-11-20 25:00",
        "2026-11-20 7",
        12.0,
        20261340.0,
        True,
        dt.time(7),
        "2026-11-20T07:00+99:99",
    ],
)
def test_dates_that_do_not_exist_or_can_be_read_two_ways_are_refused(cell: object) -> None:
    assert refusal(Moment(SHANGHAI), cell) == "not_moment"


def test_a_day_takes_no_time_of_day() -> None:
    assert Day().read("2026/1/2") == dt.date(2026, 1, 2)
    assert refusal(Day(), "2026/1/2 7:00") == "not_date"


def test_a_choice_takes_its_other_words_and_suggests_the_nearest() -> None:
    kind = Choice({"no_night": "no_night", "不上夜班": "no_night", "light": "light"})
    assert [kind.read(cell) for cell in ("no_night", " No Night ", "不上夜班", "LIGHT")] == [
        "no_night",
        "no_night",
        "no_night",
        "light",
    ]
    with pytest.raises(BadCell) as caught:
        kind.read("ligt")
    assert caught.value.params == {
        "value": "ligt",
        "choices": "no_night, light",
        "choices_zh": "不上夜班、light",
        "near": " (light?)",
        "near_zh": "（是不是“light”？）",
    }


def test_yes_and_no_in_the_ways_people_say_it() -> None:
    assert [YesNo().read(cell) for cell in ("yes", "是", "√", 1.0, True)] == [True] * 5
    assert [YesNo().read(cell) for cell in ("No", "否", 0.0, False)] == [False] * 4
    assert refusal(YesNo(), "maybe") == "not_choice"


def test_a_list_takes_any_of_the_usual_marks_and_keeps_each_once() -> None:
    kind = Listing(Code())
    assert kind.read("S1;S2；S3、S4,S1，S5\nS6; ") == ("S1", "S2", "S3", "S4", "S5", "S6")
    assert kind.read(110102001.0) == ("110102001",)
    assert kind.read(" ; ") == ()


def test_text_keeps_full_width_marks_and_mends_odd_spaces() -> None:
    assert Text().read("张\u3000三（组长）\u200b") == "张 三（组长）"
    assert Text().read(44.0) == "44"
    assert refusal(Text(3), "abcd") == "too_long"
