"""Tables in Markdown, and BENCHMARKS.md as a file of sections that do not disturb each other."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).parent.parent / "BENCHMARKS.md"
HEAD = "# Benchmarks\n\nEach section is written by `python -m benchmarks NAME`; `make bench` runs them all.\n"


def markdown(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; None is shown as a dash."""
    lines = [heads, ["---"] * len(heads), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    return "-" if value is None else str(value)


def machine() -> str:
    """Where and when: cores, load at the start, versions; never a host name."""
    load = os.getloadavg()[0]
    today = datetime.now(UTC).date().isoformat()
    return f"{today}, {os.cpu_count()} cores, load {load:.1f} at the start, Python {platform.python_version()}."


def section(title: str, file: Path = FILE) -> str:
    """What stands in a section, '' if there is none."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = (part.partition("\n") for part in text.split("\n## ")[1:])
    return next((body.strip() for head, _, body in found if head.strip() == title), "")


def rows(text: str, width: int) -> list[list[str | None]]:
    """The rows of the table in a text whose rows have that many cells; a dash is None again."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [[None if cell == "-" else cell for cell in row] for row in cells[2:] if len(row) == width]


def replace_section(title: str, body: str, file: Path = FILE) -> None:
    """Put the section in place of the one of the same title, or at the end; other sections stay as they are."""
    text = file.read_text(encoding="utf-8") if file.exists() else HEAD
    head, *sections = text.split("\n## ")
    fresh = f"{title}\n\n{body.strip()}\n"
    kept = [fresh if old.split("\n", 1)[0].strip() == title else old for old in sections]
    if fresh not in kept:
        kept.append(fresh)
    file.write_text(
        "\n## ".join([head.rstrip("\n") + "\n", *(part.rstrip("\n") + "\n" for part in kept)]), encoding="utf-8"
    )
