"""docs/files.md names every sheet, column, reason, rule and summary row that the files have."""

from __future__ import annotations

import re
from pathlib import Path

from turnout.cli.plan import words
from turnout.cli.plan.layouts import INPUT, TRAVEL
from turnout.cli.plan.outputs import HEADINGS
from turnout.planner.placement.params import Params
from turnout.planner.placement.result import GAP_REASONS, LEFT_OUT_REASONS, PLACEMENT_REASONS, RULES, Score

DOCS = (Path(__file__).parents[3] / "docs" / "files.md").read_text()
NAMED = set(re.findall(r"`([^`\s]+)`", DOCS))


def test_every_sheet_and_column_is_named() -> None:
    names = {layout.name for layout in INPUT} | {
        column.name for layout in (*INPUT, TRAVEL) for column in layout.columns
    }
    names |= set(HEADINGS) | {column for columns in HEADINGS.values() for column in columns}
    assert names - NAMED == set()


def test_every_reason_and_rule_is_named_and_has_words() -> None:
    assert {*PLACEMENT_REASONS, *GAP_REASONS, *LEFT_OUT_REASONS, *RULES} - NAMED == set()
    assert (set(words.PLACEMENTS), set(words.GAPS), set(words.LEFT_OUT)) == (
        set(PLACEMENT_REASONS),
        set(GAP_REASONS),
        set(LEFT_OUT_REASONS),
    )


def test_every_param_and_part_of_the_cost_is_named() -> None:
    parts = {f"{part}_minutes" for part in Score(*[0] * 8).parts()}
    assert ({*Params.names(), "plan_start", "horizon_days"} | parts) - NAMED == set()


def test_other_headings_named_there_are_understood() -> None:
    for layout in INPUT:
        section = DOCS.split(f"### `{layout.name}`")[1].split("###")[0]
        for line in re.findall(r"^\| (`[^|]*) \| ([^|]+) \|", section, re.MULTILINE):
            columns, others = re.findall(r"`(\w+)`", line[0]), line[1].split("、")
            assert {layout.heading(word) for word in others} <= set(columns), line
