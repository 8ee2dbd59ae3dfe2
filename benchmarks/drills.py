"""Drills at full size: each operation of 2020-2022 end to end by `turnout drill`, in a process of its own.

`BENCH_DRILLS="fuzhou-2022 beijing-2020:0.5"` runs these, a scale after the colon; rows of others stay as they stand.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.table import markdown, replace_section, rows, section

TITLE = "Drills"
ALL = "fuzhou-2022 beijing-2020 hohhot-2022 chaoyang-2022 wuhan-2020"
LONGEST = 3 * 3600
HEADS = (
    "drill", "scale", "people", "messages", "answers", "arrivals", "figures met", "not met", "slowest plan s", "wall s",
    "processor s", "peak MB", "measured",
)  # fmt: skip
ABOUT = (
    "Python and database on the same machine. `processor` is of the drill's own process, the database's apart; "
    "`measured` is the day and the load of the machine at the start: wall time says little where others work beside it."
)


def run() -> str:
    """Run the drills asked for and return the table of all."""
    for asked in os.environ.get("BENCH_DRILLS", ALL).split():
        name, _, scale = asked.partition(":")
        fresh = [str(cell) for cell in drill(name, float(scale or 1))]
        kept = [row for row in rows(section(TITLE), len(HEADS)) if row[0] != name]
        replace_section(TITLE, _text([*kept, fresh]))
    return _text(rows(section(TITLE), len(HEADS)))


def _text(lines: list[Any]) -> str:
    return f"{ABOUT}\n\n{markdown(HEADS, sorted(lines, key=lambda line: ALL.index(line[0])))}"


def drill(name: str, scale: float = 1.0) -> tuple[Any, ...]:
    """Run one drill and return its row."""
    measured = f"{datetime.now(UTC).date()}, load {os.getloadavg()[0]:.1f}"
    before = _processor()
    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as scratch:
        kept = Path(scratch) / "drill.json"
        command = [sys.executable, "-m", "turnout.cli.main", "drill", name, "--scale", str(scale)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TURNOUT_")}
        subprocess.run([*command, "--json", str(kept)], env=environment, timeout=LONGEST, check=False)
        told = json.loads(kept.read_text())
    counts, figures = told["counts"], told["figures"]
    missed = [f"{one['title']}: {one['reached']}" for one in figures if not one["met"]]
    return (
        name, scale, f"{told['people']:,}", f"{counts['messages']:,}",
        f"{counts['said yes'] + counts['said no']:,}", f"{counts['arrived']:,}",
        f"{len(figures) - len(missed)} of {len(figures)}", "; ".join(missed) or "-", told["slowest_plan"],
        round(told["seconds"]), round(_processor() - before), told["peak_mb"], measured,
    )  # fmt: skip


def _processor() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
