"""`turnout plan` from file to file: what it writes, what it answers, and that it says the same again."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from tests.cli.plan.small import Sheets, good, workbook

from turnout.cli.main import main
from turnout.cli.plan.outputs import HEADINGS

Rows = list[dict[str, str]]


def plan(given: Path, output: Path, *options: str) -> int:
    return main(["plan", str(given), "-o", str(output), *options])


def rows(folder: Path, sheet: str) -> Rows:
    with (folder / f"{sheet}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def summary(folder: Path) -> dict[str, str]:
    return {row["name"]: row["value"] for row in rows(folder, "summary")}


def content(folder: Path) -> dict[str, Rows]:
    """Everything in a plan but how long it took."""
    found = {path.stem: rows(folder, path.stem) for path in sorted(folder.iterdir())}
    spent = ("seconds_", "peak_mb")
    found["summary"] = [row for row in found["summary"] if not row["name"].startswith(spent)]
    return found


def test_the_city_of_a_thousand_is_planned_to_its_known_optimum(city_1000: Path, tmp_path: Path) -> None:
    assert plan(city_1000, tmp_path / "plan", "--no-teams", "--proof-gap", "0") == 0
    told = summary(tmp_path / "plan")
    assert told["objective_minutes"] == "16564.0"
    assert told["bound_minutes"] == "16564.0"
    assert (told["bound_scope"], told["bound_teams"], told["proof_gap"]) == ("all-pairs", "no", "0.0")
    assert told["stopped_by"] == "proof"
    assert len(rows(tmp_path / "plan", "placements")) == int(told["placed"])
    assert int(told["placed"]) + int(told["left_out"]) == int(told["staff"]) == 1000
    assert sum(int(row["missing"]) for row in rows(tmp_path / "plan", "gaps")) == int(told["missing"])
    assert int(told["placed"]) + int(told["missing"]) == int(told["places"])


def test_with_teams_a_plan_is_never_dearer_than_the_plan_that_is_blind_to_them(street: Path, tmp_path: Path) -> None:
    assert plan(street, tmp_path / "with") == 0
    assert plan(street, tmp_path / "without", "--no-teams") == 0
    lone = content(tmp_path / "without")
    pairs = {(row["unit_code"], row["community_code"]) for row in lone["placements"]}
    blind = float(summary(tmp_path / "without")["objective_minutes"]) + 12 * len(pairs)
    assert float(summary(tmp_path / "with")["objective_minutes"]) <= blind


def test_costs_of_people_and_gaps_add_up_to_the_objective(city_1000: Path, tmp_path: Path) -> None:
    plan(city_1000, tmp_path / "plan", "--no-teams")
    told = summary(tmp_path / "plan")
    people = sum(round(float(row["cost_minutes"]) * 10) for row in rows(tmp_path / "plan", "placements"))
    gaps = round(float(told["missing_min_minutes"]) * 10) + round(float(told["missing_more_minutes"]) * 10)
    assert people + gaps == round(float(told["objective_minutes"]) * 10)


def test_neither_row_order_nor_workers_nor_kind_of_file_change_a_plan(street: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned"
    shutil.copytree(street, turned)
    for path in turned.iterdir():
        head, *lines = path.read_text("utf-8-sig").splitlines()
        path.write_text("\n".join([head, *reversed(lines)]))
    book: Sheets = {path.stem: list(csv.reader(path.read_text("utf-8-sig").splitlines())) for path in street.iterdir()}
    given = [(street, "1"), (turned, "2"), (workbook(tmp_path / "street.xlsx", book), "2")]
    for index, (path, workers) in enumerate(given):
        assert plan(path, tmp_path / str(index), "--workers", workers) == 0
    assert content(tmp_path / "0") == content(tmp_path / "1") == content(tmp_path / "2")


@pytest.mark.parametrize("kind", [[], ["--no-teams"]])
def test_the_same_lists_seed_and_one_worker_write_the_same_bytes(street: Path, tmp_path: Path, kind: list[str]) -> None:
    for name in ("one", "two"):
        assert plan(street, tmp_path / name, "--seed", "3", "--workers", "1", *kind) == 0
    written = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two")]
    measured = [sheets.pop("summary.csv").decode("utf-8-sig").splitlines() for sheets in written]
    assert written[0] == written[1]
    assert {"placements.csv", "gaps.csv", "prices.csv"} <= written[0].keys()
    # only what was measured may differ
    told = [[row for row in lines if not row.startswith(("seconds_", "peak_mb"))] for lines in measured]
    assert told[0] == told[1]


def test_small_lists_are_planned_with_reasons(lists: Path, tmp_path: Path) -> None:
    assert plan(lists, tmp_path / "plan") == 0
    placed = {row["staff_id"]: (row["post_id"], row["reason"]) for row in rows(tmp_path / "plan", "placements")}
    assert placed["P2"] == ("Q2", "home")
    assert placed["P3"][0] == "Q3"
    assert [row["post_id"] for row in rows(tmp_path / "plan", "gaps")] == ["Q1"]
    assert all(row["reason_text"] for row in rows(tmp_path / "plan", "gaps"))


def test_a_workbook_opens_on_a_page_for_people_and_its_headings_stay(lists: Path, tmp_path: Path) -> None:
    assert plan(lists, tmp_path / "plan.xlsx") == 0
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames == ["说明", "placements", "gaps", "left_out", "teams", "ladder", "prices", "summary"]
    assert book["说明"]["A1"].value == "派遣方案"
    for name in book.sheetnames[1:]:
        assert tuple(cell.value for cell in book[name][1]) == HEADINGS[name]
        assert book[name].freeze_panes == "A2"
    assert book["placements"]["E1"].comment.text == "单程（分钟）"


def test_the_words_can_be_english(lists: Path, tmp_path: Path) -> None:
    assert plan(lists, tmp_path / "plan.xlsx", "--lang", "en") == 0
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book["about"]["A1"].value == "Plan"


def test_present_posts_give_a_sheet_of_changes(tmp_path: Path) -> None:
    sheets = good()
    sheets["staff"][0].append("current_post")
    for row, post in zip(sheets["staff"][1:], ("Q4", "Q2", "", ""), strict=True):
        row.append(post)
    assert plan(workbook(tmp_path / "lists.xlsx", sheets), tmp_path / "plan") == 0
    moved = {row["staff_id"]: row["from"] for row in rows(tmp_path / "plan", "changes") if row["from"]}
    kept = {row["staff_id"] for row in rows(tmp_path / "plan", "placements") if row["reason"] == "kept"}
    assert moved == {"P1": "Q4"}
    assert kept == {"P2"}


def test_frozen_people_stay_and_a_freeze_that_breaks_a_rule_is_refused(tmp_path: Path) -> None:
    sheets = good()
    sheets["staff"][0] += ["current_post", "frozen"]
    for row, (post, frozen) in zip(sheets["staff"][1:], (("Q1", "是"), ("", "yes"), ("", ""), ("", "")), strict=True):
        row += [post, frozen]
    assert plan(workbook(tmp_path / "lists.xlsx", sheets), tmp_path / "plan") == 0
    assert {row["staff_id"]: row["reason"] for row in rows(tmp_path / "plan", "placements")}["P1"] == "frozen"
    assert {row["staff_id"]: row["reason"] for row in rows(tmp_path / "plan", "left_out")}["P2"] == "frozen_home"
    sheets["staff"][2][-2] = "Q4"  # P2 works no nights
    assert plan(workbook(tmp_path / "lists.xlsx", sheets), tmp_path / "bad") == 2
    assert [row["code"] for row in errors(tmp_path / "lists-errors.xlsx")] == ["frozen_broken"]
    assert not (tmp_path / "bad").exists()


def errors(path: Path) -> Rows:
    listed = list(openpyxl.load_workbook(path)["问题清单"].values)
    names = ("sheet", "row", "column", "code", "wrong", "right")
    return [dict(zip(names, map(str, line), strict=True)) for line in listed[1:]]


def test_bad_lists_are_refused_with_every_bad_row_beside_the_plan_and_nothing_is_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = good()
    sheets["staff"][1][1] = "U9"
    sheets["posts"][2][3] = 5
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    given = workbook(tmp_path / "in" / "lists.xlsx", sheets)
    assert plan(given, tmp_path / "out" / "plan.xlsx") == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["lists-errors.xlsx"]
    assert [(row["sheet"], row["row"], row["code"]) for row in errors(tmp_path / "out" / "lists-errors.xlsx")] == [
        ("staff", "2", "unknown_unit"),
        ("posts", "3", "min_above_places"),
    ]
    told = capsys.readouterr().err
    assert "staff 第 2 行 unit_code（B 列）：units 表里没有单位 U9" in told
    assert "名单有 2 处不对，什么也没有做。" in told


def test_bad_folders_get_a_folder_of_errors(lists: Path, city_1000: Path, tmp_path: Path) -> None:
    folder = tmp_path / "坏 名单"
    shutil.copytree(city_1000, folder)
    text = (folder / "staff.csv").read_text().replace("P000001,U0000", "P000001,U9999", 1)
    (folder / "staff.csv").write_text(text)
    assert plan(folder, tmp_path / "plan.xlsx", "--lang", "en") == 2
    with (tmp_path / "坏 名单-errors" / "problems.csv").open(encoding="utf-8-sig") as stream:
        assert [row["code"] for row in csv.DictReader(stream)] == ["unknown_unit"]
    assert not (tmp_path / "plan.xlsx").exists()


def test_a_plan_takes_the_place_of_an_older_one_but_never_of_somebodys_lists(
    lists: Path, city_1000: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        assert plan(lists, tmp_path / "plan", "--json", str(tmp_path / "plan.json")) == 0
    shutil.copytree(city_1000, tmp_path / "mine")
    assert plan(lists, tmp_path / "mine") == 2
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == sorted(
        path.name for path in city_1000.iterdir()
    )


def test_json_holds_the_same_sheets(lists: Path, tmp_path: Path) -> None:
    assert plan(lists, tmp_path / "plan", "--json", str(tmp_path / "plan.json")) == 0
    told = json.loads((tmp_path / "plan.json").read_text())
    assert set(told) == {"placements", "gaps", "left_out", "teams", "ladder", "prices", "summary"}
    assert [row["staff_id"] for row in told["placements"]] == [
        row["staff_id"] for row in rows(tmp_path / "plan", "placements")
    ]
    assert told["summary"]["objective_minutes"] == float(summary(tmp_path / "plan")["objective_minutes"])


def test_a_travel_table_replaces_the_formula(lists: Path, tmp_path: Path) -> None:
    table = tmp_path / "minutes.csv"
    table.write_text("from_community,community_code,minutes\n110102001002,110102001002,44.4\n")
    plan(lists, tmp_path / "plan", "--travel", str(table))
    assert {row["staff_id"]: row["travel_minutes"] for row in rows(tmp_path / "plan", "placements")}["P2"] == "44.4"


def test_remarks_stand_in_the_summary(tmp_path: Path) -> None:
    sheets = good()
    sheets["staff"][1][6] = "990000000001"
    plan(workbook(tmp_path / "lists.xlsx", sheets), tmp_path / "plan")
    assert "990000000001" in summary(tmp_path / "plan")["remark_1"]


@pytest.mark.parametrize(
    "options", [["--time-limit", "0"], ["--workers", "0"], ["--proof-gap", "2"], ["--seed", "x"], ["--lang", "fr"]]
)
def test_a_wrong_call_ends_with_status_2(lists: Path, tmp_path: Path, options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        plan(lists, tmp_path / "plan", *options)
    assert caught.value.code == 2
