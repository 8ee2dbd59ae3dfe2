"""`turnout change`: swaps, stand-ins and drop-outs asked of the checker; the grid as it is printed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.cli.plan.test_roster import folder, rows

from turnout.cli.main import main

LISTS = {
    "shifts": ["shift_id,starts,ends", "E,07:00,15:00", "N,23:00,07:00"],
    "cover": [
        "community_code,category,shift_id,date,min,want",
        "C1,general,E,,1,1",
        "C1,health,E,2026-11-24,1,1",
        "C2,general,E,2026-11-24,1,1",
    ],
    "people": [
        "staff_id,community_code,categories,work_limits,fixed_off",
        "P1,C1,general,,",
        "P2,C1,general,,2026-11-24",
        "P3,C1,general,no_night,2026-11-23;2026-11-24;2026-11-25;2026-11-26",
        "P4,C2,general,,2026-11-24",
    ],
}
ASSIGNED = [
    "staff_id,date,shift_id,community_code,category",
    "P1,2026-11-23,E,C1,general",
    "P1,2026-11-24,E,C1,general",
    "P2,2026-11-25,E,C1,general",
    "P2,2026-11-26,E,C1,general",
]


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    return folder(tmp_path / "lists", **LISTS)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    (made / "assignments.csv").write_text("\n".join(ASSIGNED), encoding="utf-8")
    return made


def test_a_swap_is_allowed_or_names_the_rule(lists: Path, roster: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["change", str(lists), str(roster), "--lang", "en", "--swap"]
    assert main([*asked, "P1@2026-11-23", "P2@2026-11-25"]) == 0
    assert capsys.readouterr().out == "they may swap; no rule stands against it (+0 points)\n"
    assert main([*asked, "P1@2026-11-24", "P2@2026-11-26"]) == 1
    assert capsys.readouterr().out == ("they may not swap:\n  fixed_off: P2, 2026-11-24, works on a fixed day off\n")


def test_stand_ins_come_with_what_speaks_against_them(
    lists: Path, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["change", str(lists), str(roster), "--lang", "en", "--stand-in"]
    assert main([*asked, "P2@2026-11-25"]) == 0
    assert [line.split("(")[0] for line in capsys.readouterr().out.splitlines()] == [
        "P1 can stand in ",
        "P3 cannot: fixed_off",
    ]
    assert main([*asked, "P1@2026-11-24"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "P2 cannot: fixed_off",
        "P3 cannot: fixed_off",
        "nobody can take this shift",
    ]


def test_a_drop_out_writes_the_roster_that_changes_least(
    lists: Path, roster: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    asked = ["change", str(lists), str(roster), "--lang", "en", "--drop-out", "P2@2026-11-25", "-o", str(new)]
    assert main(asked) == 0
    assert "2 days of 1 other people change; empty places 2, now 2" in capsys.readouterr().out
    shown = [(row["staff_id"], row["date"]) for row in rows(new / "assignments.csv")]
    assert shown == [("P1", f"2026-11-{day}") for day in (23, 24, 25, 26)]
    assert rows(new / "broken.csv") == []


def test_what_does_not_fit_the_lists_is_refused(lists: Path, roster: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["change", str(lists), str(roster), "--lang", "en", "--stand-in"]
    for word, said in (
        ("P9@2026-11-25", "P9 is not in the lists"),
        ("P1@2026-12-25", "no date within the roster"),
        ("P1", "no date within the roster"),
        ("P1@2026-11-26", "has no shift on 2026-11-26"),
    ):
        assert main([*asked, word]) == 2
        assert said in capsys.readouterr().err
    (roster / "assignments.csv").write_text("\n".join([*ASSIGNED, ASSIGNED[1]]), encoding="utf-8")
    assert main([*asked, "P1@2026-11-23"]) == 2
    assert "stands twice" in capsys.readouterr().err


def test_the_grid_hangs_on_the_wall_a_page_for_each_community(lists: Path, tmp_path: Path) -> None:
    out = tmp_path / "roster.xlsx"
    assert main(["roster", str(lists), "-o", str(out), "--lang", "en", "--workers", "1"]) == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["grid", "assignments", "broken", "uncovered", "arithmetic", "summary"]
    page = book["grid"]
    shown = [[cell.value for cell in row] for row in page.iter_rows()]
    assert shown[0] == [
        *("community_code", "staff_id", "11-23 Mo", "11-24 Tu", "11-25 We", "11-26 Th"),
        *("shifts", "nights", "hours"),
    ]
    assert [row[1] for row in shown[1:]] == ["P1", "P2", "P3", "empty E", "P4", "empty E"]
    assert shown[3][2:] == ["off", "off", "off", "off", 0, 0, 0]
    assert shown[4][3] == 1
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$1:$1")
    assert [at.id for at in page.row_breaks.brk] == [5]


def test_an_empty_place_names_its_nearest_fix(lists: Path, tmp_path: Path) -> None:
    out = tmp_path / "roster"
    assert main(["roster", str(lists), "-o", str(out), "--workers", "1"]) == 0
    empty = [(row["community_code"], row["reason"], row["nearest_fix"]) for row in rows(out / "uncovered.csv")]
    assert empty == [("C1", "none_in_category", "call_more:health:1"), ("C2", "fixed_off", "ask_day_off:P4")]


def test_the_arithmetic_is_said_before_anything_is_solved(
    lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roster", str(lists), "-o", str(tmp_path / "r"), "--lang", "en", "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert "6 shifts are asked; one person bears at most 4 in 4 days" in said.out + said.err
    told = {
        row["community_code"]: (row["shifts_asked"], row["people_needed"])
        for row in rows(tmp_path / "r" / "arithmetic.csv")
    }
    assert told == {"C1": ("5", "2"), "C2": ("1", "1")}
