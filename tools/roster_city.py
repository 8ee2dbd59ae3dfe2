"""Make a city's roster lists from its placement lists: who is posted where, by a plan or nearest to home, and a cover
that each community's people can just about carry. Everything about single people is made up from a seed.

    python tools/roster_city.py CITY -o LISTS [--plan PLAN] [--seed 0] [--plain]

CITY is a folder of CSV lists as `turnout plan` reads them. `--plan` is the folder that it wrote; without it everybody
with the right category goes to a post of the home community, then to any post left. `--plain` leaves days off, wishes
and load out, so that many communities have one shape.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

DAYS = 14
FIRST = "2026-11-23"
SHIFTS = [("E", "07:00", "15:00", ""), ("L", "15:00", "23:00", ""), ("N", "23:00", "07:00", "yes")]
_SMALL = 9
"""Communities with fewer people cannot keep two awake every night and share their nights with a neighbour."""
_BEARABLE = 9
"""Shifts in 14 days that the cover counts on per person; ten are allowed."""

Row = dict[str, str]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--communities", type=int, help="only the first so many, by code")
    args = parser.parse_args(argv)
    communities = sorted(_read(args.city / "communities.csv"), key=lambda row: row["community_code"])
    communities = communities[: args.communities]
    staff, posts = _read(args.city / "staff.csv"), _read(args.city / "posts.csv")
    posted = _planned(args.plan, posts) if args.plan else _by_home(staff, posts)
    people: dict[str, list[tuple[Row, str]]] = {row["community_code"]: [] for row in communities}
    for person in sorted(staff, key=lambda row: row["staff_id"]):
        community, category = posted.get(person["staff_id"], ("", ""))
        if community in people:
            people[community].append((person, category))
    draw = np.random.default_rng(args.seed)
    shared = _pairs(communities, {code: len(team) for code, team in people.items()})
    args.output.mkdir(parents=True, exist_ok=True)
    _write(args.output / "shifts.csv", ("shift_id", "starts", "ends", "night"), SHIFTS)
    heads = ("community_code", "category", "shift_id", "date", "min", "want")
    alone = set(people) - {code for pair in shared for code in pair}
    _write(
        args.output / "cover.csv", heads, (row for code in people for row in _cover(code, people[code], code in alone))
    )
    heads = ("staff_id", "community_code", "categories", "work_limits", "fixed_off", "wishes", "load_before")
    team = ((code, *member) for code, members in people.items() for member in members)
    _write(args.output / "people.csv", heads, (_person(*member, draw, args.plain) for member in team))
    rules = [
        ("plan_start", FIRST),
        ("horizon_days", str(DAYS)),
        *(("shared_nights", ";".join(pair)) for pair in shared),
    ]
    _write(args.output / "rules.csv", ("name", "value"), rules)


def _cover(code: str, team: list[tuple[Row, str]], own_nights: bool) -> list[tuple[object, ...]]:
    """Early, late and two at night; a health professional early; the rest of what people can bear as further wants."""
    health = sum(category == "health" for _, category in team)
    night = 2 if own_nights else 1
    early, late = 1, 1
    further = max((len(team) * _BEARABLE - DAYS * (early + late + night + (health > 1))) // DAYS, 0)
    rows: list[tuple[object, ...]] = [
        (code, "general", "E", "", early, early + (further + 1) // 2),
        (code, "general", "L", "", late, late + further // 2),
        (code, "general", "N", "", 2, 2),
    ]
    return rows + ([(code, "health", "E", "", 1, 1)] if health > 1 else [])


def _person(code: str, person: Row, category: str, draw: np.random.Generator, plain: bool) -> tuple[str, ...]:
    held = ";".join(dict.fromkeys([category, "general"]))
    limits = person.get("work_limits", "").replace("light", "no_night") if draw.random() < 0.5 else ""
    off, wishes, before = [], [], ""
    if not plain:
        off = [_date(day) for day in sorted(draw.choice(DAYS, draw.integers(1, 3), replace=False))]
        off = off if draw.random() < 0.1 else []
        for day in sorted(draw.choice(DAYS, 2, replace=False))[: int(draw.integers(0, 3))]:
            kind = draw.choice(["", "E@", "-N@"])
            wishes.append(f"{kind}{_date(day)}")
        wishes = wishes if draw.random() < 0.3 else []
        before = str(int(draw.integers(0, 11)) * 4)
    return person["staff_id"], code, held, limits, ";".join(off), ";".join(wishes), before


def _date(day: int) -> str:
    return f"2026-11-{23 + day}" if day < 8 else f"2026-12-{day - 7:02}"


def _planned(plan: Path, posts: list[Row]) -> dict[str, tuple[str, str]]:
    where = {row["post_id"]: (row["community_code"], row["category"]) for row in posts}
    return {row["staff_id"]: where[row["post_id"]] for row in _read(plan / "placements.csv")}


def _by_home(staff: list[Row], posts: list[Row]) -> dict[str, tuple[str, str]]:
    left: dict[tuple[str, str], int] = {}
    for post in posts:
        left[post["community_code"], post["category"]] = int(post["places"])
    posted: dict[str, tuple[str, str]] = {}
    for person in staff:
        for category in person["categories"].split(";"):
            place = person["home_community"], category
            if left.get(place, 0) > 0:
                left[place] -= 1
                posted[person["staff_id"]] = place
                break
    anywhere: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for place, count in sorted(left.items(), reverse=True):
        anywhere[place[1]] += [place] * count
    for person in staff:
        for category in person["categories"].split(";"):
            if person["staff_id"] not in posted and anywhere[category]:
                posted[person["staff_id"]] = anywhere[category].pop()
    return posted


def _pairs(communities: list[Row], size: dict[str, int]) -> list[tuple[str, str]]:
    """Small communities of a street, each with the nearest small one not yet taken."""
    by_street: dict[str, list[Row]] = defaultdict(list)
    for row in communities:
        if size[row["community_code"]] < _SMALL:
            by_street[row["street_code"]].append(row)
    pairs = []
    for _, rows in sorted(by_street.items()):
        while len(rows) > 1:
            first = rows.pop(0)
            other = min(rows, key=lambda row: (_km(first, row), row["community_code"]))
            rows.remove(other)
            pairs.append((first["community_code"], other["community_code"]))
    return pairs


def _km(a: Row, b: Row) -> float:
    wide = math.cos(math.radians(float(a["lat"])))
    return 111.2 * math.hypot(float(a["lat"]) - float(b["lat"]), wide * (float(a["lon"]) - float(b["lon"])))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
