"""`turnout check` scores any plan, a person's own too, and believes nothing that it cannot recompute."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from tests.cli.plan.small import good, workbook
from tests.cli.plan.test_plan import plan, rows

from turnout.cli.main import main


def check(given: Path, made: Path, *options: str) -> int:
    return main(["check", str(given), str(made), *options])


def checked(given: Path, made: Path, tmp_path: Path) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
    status = check(given, made, "--json", str(tmp_path / "check.json"))
    told = json.loads((tmp_path / "check.json").read_text())
    return status, told, [(one["rule"], one["subject"]) for one in told["broken"]]


def rewrite(folder: Path, sheet: str, lines: list[dict[str, str]]) -> None:
    with (folder / f"{sheet}.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, lines[0])
        writer.writeheader()
        writer.writerows(lines)


@pytest.fixture
def made(lists: Path, tmp_path: Path) -> Path:
    """A plan of the small lists as a folder."""
    assert plan(lists, tmp_path / "made") == 0
    return tmp_path / "made"


def test_the_planners_own_plan_breaks_no_rule_and_its_proof_holds(city_1000: Path, tmp_path: Path) -> None:
    plan(city_1000, tmp_path / "plan.xlsx", "--no-teams", "--proof-gap", "0")
    status, told, broken = checked(city_1000, tmp_path / "plan.xlsx", tmp_path)
    assert (status, broken) == (0, [])
    assert told["objective_minutes"] == 16564.0
    assert told["bound_minutes"] == 16564.0
    assert told["proof_gap"] == 0.0


def test_a_bound_that_carries_teams_is_recomputed_from_the_prices_alone(street: Path, tmp_path: Path) -> None:
    plan(street, tmp_path / "plan.xlsx", "--json", str(tmp_path / "plan.json"))
    claimed = json.loads((tmp_path / "plan.json").read_text())["summary"]
    status, told, broken = checked(street, tmp_path / "plan.xlsx", tmp_path)
    assert (status, broken) == (0, [])
    assert claimed["bound_teams"] == "yes"
    same = ("objective_minutes", "bound_minutes", "bound_scope", "bound_teams", "proof_gap")
    assert {name: told[name] for name in same} == {name: claimed[name] for name in same}


def test_the_rows_go_to_the_screen(lists: Path, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert check(lists, made) == 0
    out = capsys.readouterr().out
    assert out.startswith("rule\tsubject\tdetail\n\nobjective_minutes\t")
    assert out.endswith("没有违反硬性规定\n")


def test_a_persons_own_plan_needs_two_columns_and_has_no_bound(lists: Path, tmp_path: Path) -> None:
    book = workbook(tmp_path / "own.xlsx", {"派遣名单": [["人员编号", "岗位编号"], ["P1", "Q1"], ["P2", "Q2"]]})
    status, told, broken = checked(lists, book, tmp_path)
    assert (status, broken) == (0, [])
    assert told["bound_minutes"] is None
    assert told["missing_min_minutes"] == 2000.0


@pytest.mark.parametrize(
    ("own", "broken"),
    [
        ([["P2", "Q3"]], [("category", "P2")]),
        ([["P2", "Q4"]], [("work_limit", "P2")]),
        ([["P9", "Q1"]], [("unknown_person", "P9")]),
        ([["P1", "Q9"]], [("unknown_post", "P1")]),
        ([["P1", "Q1"], ["P1", "Q4"]], [("twice", "P1")]),
        ([["P1", "Q4"], ["P4", "Q4"]], [("places", "Q4")]),
    ],
)
def test_each_broken_rule_is_named_with_whom_it_is_about(
    lists: Path, tmp_path: Path, own: list[list[object]], broken: list[tuple[str, str]]
) -> None:
    book = workbook(tmp_path / "own.xlsx", {"placements": [["staff_id", "post_id"], *own]})
    status, _, found = checked(lists, book, tmp_path)
    assert (status, found) == (1, broken)


def test_skills_that_end_too_early_dates_and_quotas_are_rules(tmp_path: Path) -> None:
    sheets = good()
    sheets["staff"][3][5] = "采样@2026-12-14"  # the post ends on the 15th at 08:00
    sheets["staff"][4][8] = "2026-12-01 09:00"
    sheets["units"][2][3] = 1
    given = workbook(tmp_path / "lists.xlsx", sheets)
    own = workbook(tmp_path / "own.xlsx", {"placements": [["staff_id", "post_id"], ["P3", "Q3"], ["P4", "Q4"]]})
    status, _, broken = checked(given, own, tmp_path)
    assert status == 1
    assert sorted(broken) == [("not_available", "P4"), ("quota", "U2"), ("skill_missing", "P3")]


def test_a_claimed_objective_that_is_not_the_plans_is_a_broken_claim(lists: Path, made: Path, tmp_path: Path) -> None:
    told = rows(made, "summary")
    rewrite(made, "summary", [{**row, "value": "1.0"} if row["name"] == "objective_minutes" else row for row in told])
    assert checked(lists, made, tmp_path)[::2] == (1, [("claim", "objective_minutes")])


def test_a_claimed_bound_above_what_the_prices_prove_is_a_broken_claim(lists: Path, made: Path, tmp_path: Path) -> None:
    told = rows(made, "summary")
    rewrite(made, "summary", [{**row, "value": "99999"} if row["name"] == "bound_minutes" else row for row in told])
    assert checked(lists, made, tmp_path)[::2] == (1, [("claim", "bound_minutes")])


def test_prices_that_were_touched_cannot_prove_more_than_is_true(city_1000: Path, tmp_path: Path) -> None:
    plan(city_1000, tmp_path / "plan", "--no-teams", "--proof-gap", "0")
    prices = rows(tmp_path / "plan", "prices")
    touched = [
        [{**row, "price_minutes": str(float(row["price_minutes"]) * 10)} for row in prices],
        [{**row, "price_minutes": str(-float(row["price_minutes"]))} for row in prices],
        [{**row, "price_minutes": str(float(row["price_minutes"]) + 5)} for row in prices],
        [*prices, *({"kind": "unit", "code": f"U{unit:04d}", "price_minutes": "50"} for unit in range(27))],
        [*prices, *({"kind": "unit", "code": f"U{unit:04d}", "price_minutes": "-50"} for unit in range(27))],
    ]
    for rows_now in touched:
        rewrite(tmp_path / "plan", "prices", rows_now)
        bound = checked(city_1000, tmp_path / "plan", tmp_path)[1]["bound_minutes"]
        assert isinstance(bound, float)
        assert bound <= 16564.0


def test_a_plan_of_other_lists_is_remarked_on(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheets = good()
    sheets["communities"][1][6] = 4000
    check(workbook(tmp_path / "lists.xlsx", sheets), made)
    assert "这个方案是用另一份名单做的" in capsys.readouterr().err


def test_what_is_no_plan_is_refused(lists: Path, tmp_path: Path) -> None:
    assert check(lists, lists) == 2
    assert check(lists, tmp_path / "nothing.xlsx") == 2
    shutil.copy(lists, tmp_path / "old.xlsx")
    assert check(tmp_path / "nothing.xlsx", tmp_path / "old.xlsx") == 2


def test_rules_with_a_price_are_priced_in_the_summary_and_listed_by_check(tmp_path: Path) -> None:
    sheets = good()
    sheets["params"] = [["name", "value"], ["local_price", 45]]
    lists = workbook(tmp_path / "lists.xlsx", sheets)
    assert plan(lists, tmp_path / "made") == 0
    told = {row["name"]: row["value"] for row in rows(tmp_path / "made", "summary")}
    assert [name for name in told if name.startswith("rule_")] == [
        "rule_local_broken",
        "rule_local_broken_without",
        "rule_local_broken_alone",
        "rule_local_costs_minutes",
    ]
    status, found, broken = checked(lists, tmp_path / "made", tmp_path)
    assert (status, broken) == (0, [])
    assert found["objective_minutes"] == float(told["objective_minutes"])
    own = workbook(tmp_path / "own.xlsx", {"placements": [["staff_id", "post_id"], ["P3", "Q3"]]})
    status, found, broken = checked(lists, own, tmp_path)
    assert (status, broken) == (0, [])
    assert found["rules_minutes"] == 45.0
    assert found["unmet"] == [{"rule": "local", "subject": "110102002001", "detail": "1 x 45.0 min"}]
