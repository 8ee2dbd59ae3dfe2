"""Whatever stands in a cell, lists are read or refused with sentences in both languages; nothing ends in a crash."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from tests.cli.plan.small import Sheets, good, workbook

from turnout.cli.plan.lists import ListsRefused, read_lists
from turnout.cli.plan.refusals import REFUSALS, WARNINGS
from turnout.sheets import error_copy, save, say

JUNK: list[object] = [
    *(
        "",
        None,
        " ",
        "x",
        "１２",
        "1.10102E+11",
        1e300,
        -1,
        0,
        1,
        2.5,
        True,
        False,
        1e17,
        "1e400",
        2958465,
        "nan",
        "inf",
    ),
    *(dt.date(2026, 1, 1), dt.date(9999, 12, 31), dt.time(7), "2026-02-30", "99999-01-01", "0001-01-01", "9999-12-31"),
    *(
        "2026-11-20T07:00+23:59",
        "0000-00-00",
        "1900-01-01",
        "采样@9999-12-31",
        "采样@",
        "@2026-01-01",
        "@",
        ";",
        "；；",
        "—",
    ),
    *("a" * 600, "=1+1", "'", "\n", "合计", "#N/A", "😀", "\u200b", "general", "U1", "P1", "Q1", 110102001001),
]


def spoiled(chance: random.Random) -> Sheets:
    sheets = good()
    sheets["params"] = [["name", "value"], ["team", 12], ["plan_start", "2026-12-01"], ["horizon_days", 14]]
    for _ in range(chance.randint(1, 4)):
        rows = sheets[chance.choice(sorted(sheets))]
        act = chance.random()
        if act < 0.75:
            row = chance.choice(rows)
            if row:
                row[chance.randrange(len(row))] = chance.choice(JUNK)
        elif act < 0.85:
            rows.insert(chance.randrange(len(rows) + 1), [chance.choice(JUNK) for _ in range(chance.randint(0, 10))])
        elif act < 0.95:
            rows.append(list(chance.choice(rows)))
        else:
            chance.shuffle(rows)
    return sheets


@pytest.mark.parametrize("seed", range(8))
def test_junk_is_read_or_refused_in_words(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    answers = {"read": 0, "refused": 0}
    for _ in range(25):
        given = workbook(tmp_path / "lists.xlsx", spoiled(chance))
        try:
            lists = read_lists(given, teams=True)
            answers["read"] += 1
            told = [say(note, lang, WARNINGS)[0] for note in lists.notes for lang in ("zh", "en")]
        except ListsRefused as refused:
            answers["refused"] += 1
            told = [say(fault, lang, REFUSALS)[0] for fault in refused.faults for lang in ("zh", "en")]
            save(tmp_path / "errors.xlsx", error_copy(refused.reading, refused.faults, "zh", REFUSALS))
            assert told
        assert all(told)
    assert min(answers.values()) > 0
