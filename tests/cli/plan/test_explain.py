"""`turnout explain` answers from the lists and the plan's own prices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.plan.test_plan import plan, rows

from turnout.cli.main import main


def test_a_person_a_post_and_a_gap_are_explained_with_the_ids_of_the_lists(city_1000: Path, tmp_path: Path) -> None:
    made, answers = tmp_path / "plan", tmp_path / "why.json"
    assert plan(city_1000, made, "--no-teams", "--proof-gap", "0") == 0
    placed, gap = rows(made, "placements")[0], rows(made, "gaps")[0]
    asked = ["--person", placed["staff_id"], "--post", placed["post_id"], "--gap", gap["post_id"]]
    assert main(["explain", str(city_1000), str(made), *asked, "--json", str(answers)]) == 0
    person, post, lacking = json.loads(answers.read_text())
    assert (person["post"], person["minutes"]["total"]) == (placed["post_id"], float(placed["cost_minutes"]))
    assert len(person["alternatives"]) == 3
    assert min(other["city_minutes"] for other in person["alternatives"]) >= 0
    assert placed["staff_id"] in post["people"]
    assert (lacking["missing"], lacking["reason"]) == (int(gap["missing"]), gap["reason"])
    assert lacking["fill"]["city_minutes"] >= 0
    assert lacking["fill"]["moves"][0]["to"] == gap["post_id"]


@pytest.mark.parametrize(("lang", "words"), [("zh", ("代价", "分钟内合适的人")), ("en", ("cost", "within 30 min"))])
def test_answers_are_sentences_in_both_languages(
    lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, words: tuple[str, str]
) -> None:
    made = tmp_path / "plan"
    plan(lists, made)
    placed = rows(made, "placements")[0]
    asked = ["--person", placed["staff_id"], "--post", placed["post_id"], "--lang", lang]
    assert main(["explain", str(lists), str(made), *asked]) == 0
    told = capsys.readouterr().out
    assert all(word in told for word in (placed["staff_id"], placed["post_id"], *words))


def test_a_code_that_is_not_in_the_lists_is_refused(
    lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(lists, tmp_path / "plan")
    assert main(["explain", str(lists), str(tmp_path / "plan"), "--person", "nobody", "--lang", "en"]) == 2
    assert "nobody is not in the lists" in capsys.readouterr().err
