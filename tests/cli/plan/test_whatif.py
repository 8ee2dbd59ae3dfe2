"""`turnout whatif` mends a plan after a change and tells the difference; `plan --present` plans over an earlier one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.plan.test_plan import plan, rows

from turnout.cli.main import main


@pytest.fixture(scope="module")
def made(city_1000: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "plan"
    assert plan(city_1000, made, "--no-teams", "--proof-gap", "0") == 0
    return made


def test_a_unit_taken_away_leaves_places_that_others_fill(city_1000: Path, made: Path, tmp_path: Path) -> None:
    unit = rows(made, "placements")[0]["unit_code"]
    left = sum(row["unit_code"] == unit for row in rows(made, "placements"))
    told, after = tmp_path / "told.json", tmp_path / "after"
    asked = ["--without-unit", unit, "--curve", "--json", str(told), "-o", str(after)]
    assert main(["whatif", str(city_1000), str(made), *asked]) == 0
    answer = json.loads(told.read_text())
    assert (answer["vacated"], answer["after_minutes"] > answer["before_minutes"]) == (left, True)
    assert sum(answer["by_part_minutes"].values()) == pytest.approx(answer["after_minutes"] - answer["before_minutes"])
    placed = rows(after, "placements")
    assert unit not in {row["unit_code"] for row in placed}
    assert len(placed) == len(rows(made, "placements")) - left + answer["newly_placed"] - answer["left_out_now"]
    moved = [point["people_moved"] for point in answer["curve"]]
    assert moved == sorted(moved, reverse=True)


@pytest.mark.parametrize(
    ("option", "code"), [("--without-unit", "U?"), ("--close-street", "S?"), ("--risk", "C?:2"), ("--add", "pilot:3")]
)
def test_a_code_nobody_knows_is_refused(city_1000: Path, made: Path, option: str, code: str) -> None:
    assert main(["whatif", str(city_1000), str(made), option, code]) == 2


def test_a_street_kept_from_an_earlier_plan_is_frozen_in_the_next(city_1000: Path, made: Path, tmp_path: Path) -> None:
    communities = rows(city_1000, "communities")
    street = communities[0]["street_code"]
    inside = {row["community_code"] for row in communities if row["street_code"] == street}
    options = ["--no-teams", "--present", str(made), "--keep-street", street]
    assert plan(city_1000, tmp_path / "next", *options) == 0
    kept = [row for row in rows(made, "placements") if row["community_code"] in inside]
    now = {row["staff_id"]: row for row in rows(tmp_path / "next", "placements")}
    assert [now[row["staff_id"]]["post_id"] for row in kept] == [row["post_id"] for row in kept]
    assert {now[row["staff_id"]]["reason"] for row in kept} == {"frozen"}
    assert [row["cap_minutes"] for row in rows(tmp_path / "next", "ladder")] == ["90", "60", "45", "30"]
