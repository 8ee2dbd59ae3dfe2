"""The shipped cities as problems, read without the sheets so that the planner can be measured alone."""

from __future__ import annotations

import csv
import io
import tarfile
from pathlib import Path

import numpy as np

from turnout.planner.placement import problem as shape
from turnout.planner.placement.params import Params

INSTANCES = Path(__file__).parent.parent / "instances"
CITIES = ("city-1000", "city-10000", "city-74000")


def load(name: str, params: Params | None = None) -> shape.Problem:
    """A city of `instances/`, validated. These files use only the columns that are read here."""
    with tarfile.open(INSTANCES / f"{name}.tar.xz") as archive:
        tables = {
            Path(member.name).stem: list(csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig")))
            for member in archive.getmembers()
            if member.isfile() and (stream := archive.extractfile(member)) is not None
        }
    return from_rows(tables["communities"], tables["units"], tables["staff"], tables["posts"], params or Params())


def from_rows(
    communities: list[dict[str, str]],
    units: list[dict[str, str]],
    staff: list[dict[str, str]],
    posts: list[dict[str, str]],
    params: Params,
) -> shape.Problem:
    communities = sorted(communities, key=lambda row: row["community_code"])
    units = sorted(units, key=lambda row: row["unit_code"])
    staff = sorted(staff, key=lambda row: row["staff_id"])
    posts = sorted(posts, key=lambda row: row["post_id"])
    pairing = [_words(row["paired_streets"]) for row in units]
    streets = tuple(sorted({row["street_code"] for row in communities} | {s for row in pairing for s in row}))
    own = [_words(row["categories"]) for row in staff]
    categories = tuple(sorted({w for row in own for w in row} | {row["category"] for row in posts}))
    limits = tuple(
        sorted({w for r in staff for w in _words(r["work_limits"])} | {w for r in posts for w in _words(r["excludes"])})
    )
    street_at, unit_at, category_at, limit_at = (
        {word: k for k, word in enumerate(words)}
        for words in (streets, [row["unit_code"] for row in units], categories, limits)
    )
    community_at = {row["community_code"]: k for k, row in enumerate(communities)}
    n, m = len(staff), len(posts)
    return shape.Problem(
        categories=categories,
        skills=(),
        limits=limits,
        streets=streets,
        communities=shape.Communities(
            ids=tuple(row["community_code"] for row in communities),
            lon=np.array([float(row["lon"]) for row in communities]),
            lat=np.array([float(row["lat"]) for row in communities]),
            street=np.array([street_at[row["street_code"]] for row in communities]),
            risk=np.array([int(row["risk"]) for row in communities]),
        ),
        units=shape.Units(
            ids=tuple(row["unit_code"] for row in units),
            pairing_start=np.cumsum([0, *(len(row) for row in pairing)]),
            pairing=np.array([street_at[s] for row in pairing for s in row], dtype=np.int64),
            quota=np.full(len(units), shape.NO_QUOTA),
        ),
        people=shape.People(
            ids=tuple(row["staff_id"] for row in staff),
            unit=np.array([unit_at[row["unit_code"]] for row in staff]),
            lon=np.array([float(row["lon"]) for row in staff]),
            lat=np.array([float(row["lat"]) for row in staff]),
            home=np.array([community_at.get(row["home_community"], shape.NONE) for row in staff]),
            categories=np.array([sum(1 << category_at[w] for w in row) for row in own]),
            limits=np.array([sum(1 << limit_at[w] for w in _words(row["work_limits"])) for row in staff]),
            skill_start=np.zeros(n + 1, dtype=np.int64),
            skill=np.zeros(0, dtype=np.int64),
            skill_until=np.zeros(0, dtype=np.int64),
            available_from=np.full(n, shape.ALWAYS_FROM),
            available_until=np.full(n, shape.ALWAYS_UNTIL),
            current_post=np.full(n, shape.NONE),
            frozen=np.zeros(n, dtype=np.bool_),
        ),
        posts=shape.Posts(
            ids=tuple(row["post_id"] for row in posts),
            community=np.array([community_at[row["community_code"]] for row in posts]),
            category=np.array([category_at[row["category"]] for row in posts]),
            places_min=np.array([int(row["places_min"]) for row in posts]),
            places=np.array([int(row["places"]) for row in posts]),
            required=np.zeros(m, dtype=np.int64),
            excludes=np.array([sum(1 << limit_at[w] for w in _words(row["excludes"])) for row in posts]),
            starts=np.full(m, shape.ALWAYS_FROM),
            ends=np.full(m, shape.ALWAYS_UNTIL),
        ),
        params=params,
    ).validated()


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]
