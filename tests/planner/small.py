"""Small problems for tests, built by hand: only what a test is about is named, the rest is plain."""

from __future__ import annotations

from typing import Any

import numpy as np

from turnout.planner.placement import problem as shape
from turnout.planner.placement.params import Params


def ints(values: Any) -> shape.Ints:
    return np.array(list(values), dtype=np.int64)


def floats(values: Any) -> shape.Floats:
    return np.array(list(values), dtype=np.float64)


def ragged(rows: Any) -> tuple[shape.Ints, shape.Ints]:
    rows = [list(row) for row in rows]
    return ints(np.cumsum([0, *(len(row) for row in rows)])), ints(v for row in rows for v in row)


def bits(words: Any, known: tuple[str, ...]) -> int:
    return sum(1 << known.index(word) for word in set(words))


def problem(
    *,
    communities: list[dict[str, Any]],
    units: list[dict[str, Any]],
    people: list[dict[str, Any]],
    posts: list[dict[str, Any]],
    params: Params | None = None,
    travel: dict[tuple[str, str], int] | None = None,
) -> shape.Problem:
    """A problem from rows in any order; every row needs an `id`, what it points to is named by id."""
    c, u, p, q = (sorted(rows, key=lambda row: row["id"]) for rows in (communities, units, people, posts))
    words = sorted({*(w for r in p for w in r.get("categories", ["general"])), *(r["category"] for r in q), "general"})
    skills = tuple(sorted({w for r in q for w in r.get("skills", [])}))
    limits = tuple(sorted({w for r in (*p, *q) for w in (*r.get("limits", []), *r.get("excludes", []))}))
    streets = tuple(sorted({*(r.get("street", "S") for r in c), *(s for r in u for s in r.get("pairing", []))}))
    at_c, at_u, at_q = ({r["id"]: i for i, r in enumerate(rows)} for rows in (c, u, q))
    pairing_start, pairing = ragged([streets.index(s) for s in r.get("pairing", [])] for r in u)
    own = [{w: t for w, t in r.get("skills", {}).items() if w in skills} for r in p]
    skill_start, skill = ragged([skills.index(w) for w in sorted(row)] for row in own)
    table = None
    if travel is not None:
        start, community = ragged(sorted(at_c[b] for a, b in travel if a == r["id"]) for r in c)
        tenths = ints(travel[r["id"], c[k]["id"]] for h, r in enumerate(c) for k in community[start[h] : start[h + 1]])
        table = shape.TravelTable(start=start, community=community, tenths=tenths)
    return shape.Problem(
        categories=tuple(words),
        skills=skills,
        limits=limits,
        streets=streets,
        communities=shape.Communities(
            ids=tuple(r["id"] for r in c),
            lon=floats(r.get("lon", 116.4) for r in c),
            lat=floats(r.get("lat", 39.9) for r in c),
            street=ints(streets.index(r.get("street", "S")) for r in c),
            risk=ints(r.get("risk", 1) for r in c),
        ),
        units=shape.Units(
            ids=tuple(r["id"] for r in u),
            pairing_start=pairing_start,
            pairing=pairing,
            quota=ints(r.get("quota", shape.NO_QUOTA) for r in u),
        ),
        people=shape.People(
            ids=tuple(r["id"] for r in p),
            unit=ints(at_u[r["unit"]] for r in p),
            lon=floats(r.get("lon", 116.4) for r in p),
            lat=floats(r.get("lat", 39.9) for r in p),
            home=ints(at_c.get(r.get("home"), shape.NONE) for r in p),
            categories=ints(bits(r.get("categories", ["general"]), tuple(words)) for r in p),
            limits=ints(bits(r.get("limits", []), limits) for r in p),
            skill_start=skill_start,
            skill=skill,
            skill_until=ints(row[w] for row in own for w in sorted(row)),
            available_from=ints(r.get("from", shape.ALWAYS_FROM) for r in p),
            available_until=ints(r.get("until", shape.ALWAYS_UNTIL) for r in p),
            current_post=ints(at_q.get(r.get("current"), shape.NONE) for r in p),
            frozen=np.array([bool(r.get("frozen", False)) for r in p], dtype=np.bool_),
            traits=ints(bits(r.get("traits", []), shape.TRAITS) for r in p),
        ),
        posts=shape.Posts(
            ids=tuple(r["id"] for r in q),
            community=ints(at_c[r["community"]] for r in q),
            category=ints(words.index(r["category"]) for r in q),
            places_min=ints(r.get("min", 0) for r in q),
            places=ints(r.get("places", 1) for r in q),
            required=ints(bits(r.get("skills", []), skills) for r in q),
            excludes=ints(bits(r.get("excludes", []), limits) for r in q),
            starts=ints(r.get("starts", shape.ALWAYS_FROM) for r in q),
            ends=ints(r.get("ends", shape.ALWAYS_UNTIL) for r in q),
        ),
        params=params or Params(),
        travel=table,
    ).validated()
