"""A drill of 40,000 people end to end: `turnout drill fuzhou-2022`, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TITLE = "A drill of 40,000 people"
LONGEST = 3 * 3600


def main(scale: float = 1.0) -> dict[str, Any]:
    """Run the drill and return wall time, peak memory and whether it showed its figures."""
    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as scratch:
        kept = Path(scratch) / "drill.json"
        command = [sys.executable, "-m", "turnout.cli.main", "drill", "fuzhou-2022", "--scale", str(scale)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TURNOUT_")}
        subprocess.run([*command, "--json", str(kept)], env=environment, timeout=LONGEST, check=False)
        told = json.loads(kept.read_text())
    counts = told["counts"]
    return {
        "scale": told["scale"],
        "messages": counts["messages"],
        "answers": counts["said yes"] + counts["said no"],
        "arrivals": counts["arrived"],
        "wall seconds": told["seconds"],
        "peak megabytes": told["peak_mb"],
        "figures met": f"{sum(figure['met'] for figure in told['figures'])} of {len(told['figures'])}",
        **{f"not met: {figure['title']}": figure["reached"] for figure in told["figures"] if not figure["met"]},
    }
