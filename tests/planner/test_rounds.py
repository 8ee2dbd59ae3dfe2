"""How many flows a plan takes: counts of rounds, which no load of the machine changes."""

from __future__ import annotations

from tests.planner.small import problem

from turnout.planner.placement.effort import Effort
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.solve import solve

SIDE, MIDDLE, EACH = 20, range(8, 12), 4
PEOPLE = SIDE * SIDE * EACH + 32


def crowded() -> Problem:
    """A square city: one lives in each community and all others in the middle; four are needed everywhere."""
    at = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    place = {
        (x, y): {
            "id": f"C{x:02d}{y:02d}", "street": f"S{x // 4}{y // 4}", "lon": 116 + x * 0.02, "lat": 39.9 + y * 0.016,
        }
        for x, y in at
    }  # fmt: skip
    middle = [(x, y) for x, y in at if x in MIDDLE and y in MIDDLE]
    homes = [place[here] for here in at + [middle[k % len(middle)] for k in range(PEOPLE - len(at))]]
    return problem(
        communities=list(place.values()),
        units=[{"id": f"U{k:02d}", "pairing": [f"S{k % 5}{k // 5 % 5}"]} for k in range(40)],
        people=[
            {"id": f"P{k:04d}", "unit": f"U{k % 40:02d}", "home": home["id"], "lon": home["lon"], "lat": home["lat"]}
            for k, home in enumerate(homes)
        ],
        posts=[
            {"id": f"{one['id']}-{k}", "community": one["id"], "category": "general", "places": 1, "places_min": 1}
            for one in place.values()
            for k in range(EACH)
        ],
    )


def test_people_who_live_in_one_place_reach_posts_where_few_live_in_few_flows() -> None:
    result = solve(crowded(), effort=Effort(teams=False, proof_gap=0))
    assert (result.proof_gap, result.score.missing_min) == (0, 0)
    # 14 when only what is near is listed at first, and 4 with people drawn by lot for every place
    assert result.counts["rounds"] <= 6
