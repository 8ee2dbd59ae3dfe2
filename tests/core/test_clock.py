"""The clock of a demo stands in its night; no other installation heeds the setting."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta


def _now_of(name):
    env = os.environ | {"TURNOUT_NAME": name, "TURNOUT_DEMO_CLOCK_BEHIND": "86400"}
    code = "from turnout.core import clock; print(clock.now().isoformat())"
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return datetime.now(UTC) - datetime.fromisoformat(told.stdout.strip())


def test_a_demo_stands_in_its_own_night():
    assert _now_of("demo-110102") > timedelta(hours=23)


def test_a_real_installation_never_runs_on_another_clock():
    assert _now_of("main") < timedelta(hours=1)
