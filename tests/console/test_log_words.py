"""Every act that can stand in the log has words for those who read it."""

import re
from pathlib import Path

from turnout.console.log_words import VERBS

SOURCE = Path(__file__).resolve().parents[2] / "src/turnout"
CALL = re.compile(r'(?:audit\.record|_log)\(\s*"([a-z_]+\.[a-z_]+)"')


def test_every_verb_that_is_written_has_words():
    written = {verb for path in SOURCE.rglob("*.py") for verb in CALL.findall(path.read_text())}
    assert len(written) > 60
    assert sorted(written - set(VERBS)) == []
