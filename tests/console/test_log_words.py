"""Every act that can stand in the log has words for those who read it."""

import json
import re
from pathlib import Path

from django.utils import translation

from turnout.console.log_words import DETAILS, VERBS
from turnout.console.presenters.access import _details

KEY = 110102 * 10**12
SOURCE = Path(__file__).resolve().parents[2] / "src/turnout"
CALL = re.compile(r'(?:audit\.record|_log)\(\s*"([a-z_]+\.[a-z_]+)"')


def test_every_verb_that_is_written_has_words():
    written = {verb for path in SOURCE.rglob("*.py") for verb in CALL.findall(path.read_text())}
    assert len(written) > 60
    assert sorted(written - set(VERBS)) == []


def test_every_detail_that_is_written_has_words():
    literal = re.compile(r"(?:details ?\|?= ?(?:dict\([^)]*\) \| )?|_log\([^{\n]*)\{([^}]*)\}")
    written = {
        name
        for path in SOURCE.rglob("*.py")
        if {"access", "places", "people"} & set(path.parts) and "domain" in path.parts
        for body in literal.findall(path.read_text())
        for name in re.findall(r'"([a-z_]+)":', body)
    }
    assert len(written) > 25
    assert sorted(written - set(DETAILS)) == []


def test_details_read_in_words():
    told = {"new": 3, "elsewhere": 0, "left_booked": 1, "only_good": True, "repeated": 0, "scope": [KEY, KEY + 10**12]}
    with translation.override("zh-hans"):
        assert (
            _details(json.dumps(told)) == "新增 3 · 名单里没有，但有安排 1 · 只录入没有问题的行 是 · 范围 110102000000"
        )
