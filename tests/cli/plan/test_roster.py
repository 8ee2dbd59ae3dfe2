"""`turnout roster`: lists in, a checked roster out; bad lists come back with every bad row."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.planner.rostering import small

from turnout.cli.main import main
from turnout.cli.plan import roster_words
from turnout.planner.rostering.check import check
from turnout.planner.rostering.result import UNCOVERED_REASONS
from turnout.planner.rostering.rulebook import HARD, Settings

INSTANCES = Path(__file__).parents[3] / "instances" / "rosters"
GOOD = {
    "shifts": ["shift_id,starts,ends,night", "E,07:00,15:00,", "N,23:00,07:00,yes"],
    "cover": ["community_code,category,shift_id,date,min,want", "C1,general,E,,1,1", "C1,general,N,2026-11-24,2,2"],
    "people": [
        "staff_id,community_code,categories,work_limits,fixed_off,wishes,load_before,past,arrives,leaves",
        "P1,C1,street_cadre,,2026-11-23,E@2026-11-25,8,E@2026-11-22,,",
        "P2,C1,general,no_night,,-E@2026-11-25*3,,,,",
        "P3,C1,general,,,,,,2026-11-24,",
    ],
    "rules": ["name,value", "plan_start,2026-11-23", "horizon_days,4"],
}


def folder(path: Path, **changed: list[str]) -> Path:
    path.mkdir()
    for name, lines in {**GOOD, **changed}.items():
        (path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_roster_is_written_with_what_stays_empty_and_why(tmp_path: Path) -> None:
    out = tmp_path / "roster"
    assert main(["roster", str(folder(tmp_path / "lists")), "-o", str(out), "--workers", "1"]) == 0
    first = [row for row in rows(out / "assignments.csv") if row["date"] == "2026-11-23"]
    assert first == [
        {
            "staff_id": "P2",
            "date": "2026-11-23",
            "shift_id": "E",
            "community_code": "C1",
            "category": "general",
        }
    ]
    nights = [row["staff_id"] for row in rows(out / "assignments.csv") if row["shift_id"] == "N"]
    assert nights == ["P1", "P3"]
    assert rows(out / "broken.csv") == []
    assert rows(out / "uncovered.csv") == []
    told = {row["name"]: row["value"] for row in rows(out / "summary.csv")}
    assert (told["broken"], told["missing"], told["stopped_by"]) == ("0", "0", "proof")


def test_an_empty_place_says_which_rule_emptied_it(tmp_path: Path) -> None:
    only_p2 = [GOOD["people"][0], GOOD["people"][2]]
    out = tmp_path / "roster"
    assert main(["roster", str(folder(tmp_path / "lists", people=only_p2)), "-o", str(out), "--workers", "1"]) == 0
    empty = [(row["shift_id"], row["date"], row["missing_min"], row["reason"]) for row in rows(out / "uncovered.csv")]
    assert empty == [("N", "2026-11-24", "2", "work_limit")]


def test_the_same_lists_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    lists = folder(tmp_path / "lists")
    for name in ("one", "two"):
        assert main(["roster", str(lists), "-o", str(tmp_path / name), "--seed", "3", "--workers", "1"]) == 0
    for sheet in ("assignments.csv", "uncovered.csv", "broken.csv"):
        assert (tmp_path / "one" / sheet).read_bytes() == (tmp_path / "two" / sheet).read_bytes()


def test_bad_lists_come_back_with_every_bad_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = folder(
        tmp_path / "lists",
        cover=[GOOD["cover"][0], "C1,general,X,,1,1", "C1,general,E,2027-01-01,1,1", "C1,general,N,,3,2"],
        rules=["name,value", "plan_start,2026-11-23", "horizon_days,4", "rest_hour,11", "shared_nights,C1;C9"],
    )
    assert main(["roster", str(lists), "-o", str(tmp_path / "roster"), "--lang", "en"]) == 2
    assert not (tmp_path / "roster").exists()
    found = rows(tmp_path / "lists-errors" / "problems.csv")
    assert [(row["sheet"], row["row"], row["code"]) for row in found] == [
        ("cover", "2", "unknown_shift"),
        ("cover", "3", "outside_horizon"),
        ("cover", "4", "min_above_want"),
        ("rules", "", "share_unknown"),
        ("rules", "4", "rule_unknown"),
    ]
    assert "rest_hours?" in capsys.readouterr().err


def test_a_public_instance_runs_from_its_own_text_format(tmp_path: Path) -> None:
    told = tmp_path / "roster.json"
    given = INSTANCES / "Instance1.txt"
    assert main(["roster", str(given), "-o", str(tmp_path / "r.xlsx"), "--json", str(told), "--workers", "1"]) == 0
    summary = json.loads(told.read_text(encoding="utf-8"))["summary"]
    assert (summary["objective_points"], summary["broken"], summary["bound_points"]) == (607, 0, 607)


def test_a_line_of_an_instance_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("SECTION_HORIZON\n14\nSECTION_SHIFTS\nD,long,\nSECTION_STAFF\n", encoding="utf-8")
    assert main(["roster", str(bad), "-o", str(tmp_path / "roster"), "--lang", "en"]) == 2
    assert "line 1 cannot be read: section STAFF is missing or empty" in capsys.readouterr().err
    assert not (tmp_path / "roster").exists()


def test_every_rule_and_every_reason_has_words_in_both_languages() -> None:
    assert set(HARD) <= set(roster_words.BROKEN)
    assert {*HARD, *UNCOVERED_REASONS} <= set(roster_words.EMPTY)
    for table in (roster_words.BROKEN, roster_words.EMPTY):
        for chinese, english in table.values():
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
            assert english.isascii()


def test_broken_rules_are_said_with_their_facts_in_the_reader_s_language() -> None:
    made = small.problem(2, 4, rules=Settings().rules(), shifts=small.late_nights())
    broken = {one.rule: one for one in check(made, small.plan("LE..", ".N..")).broken}
    said = {rule: (roster_words.broken(one, "zh"), roster_words.broken(one, "en")) for rule, one in broken.items()}
    assert said == {
        "rest": ("距上一班结束 8 小时，至少 11 小时", "8 h after the last shift, at least 11 h"),
        "rolling_hours": ("任意连续 24 小时内工作 16 小时，最多 12 小时", "16 h within 24 h, at most 12 h"),
        "night_pairs": ("N 班只有 1 人，至少 2 人", "1 on N, at least 2"),
    }
