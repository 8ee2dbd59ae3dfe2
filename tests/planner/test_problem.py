from dataclasses import replace

import numpy as np
import pytest
from tests.planner.small import problem

from turnout.planner.placement.params import ParamRefused, Params
from turnout.planner.placement.problem import ProblemRefused

ROWS = {
    "communities": [{"id": "C2"}, {"id": "C1"}],
    "units": [{"id": "U1", "pairing": ["S", "T"]}],
    "people": [{"id": "P1", "unit": "U1"}],
    "posts": [{"id": "Q1", "community": "C2", "category": "general"}],
}


def test_rows_are_sorted_by_id_whatever_their_order() -> None:
    built = problem(**ROWS)  # type: ignore[arg-type]
    assert built.communities.ids == ("C1", "C2")
    assert built.posts.community.tolist() == [1]


def test_every_broken_invariant_is_named() -> None:
    built = problem(**ROWS)  # type: ignore[arg-type]
    wrong = replace(
        built,
        posts=replace(built.posts, places_min=np.array([5]), places=np.array([2])),
        people=replace(built.people, unit=np.array([7]), lon=np.array([float("nan")])),
    )
    with pytest.raises(ProblemRefused) as refused:
        wrong.validated()
    assert refused.value.faults == (
        "people.unit: outside 0 to 0",
        "people.lon: outside -180 to 180",
        "posts: places_min above places",
    )


def test_a_table_of_the_wrong_length_is_named_before_its_values_are_read() -> None:
    built = problem(**ROWS)  # type: ignore[arg-type]
    wrong = replace(built, units=replace(built.units, pairing_start=np.array([0])))
    with pytest.raises(ProblemRefused) as refused:
        wrong.validated()
    assert refused.value.faults == ("units.pairing_start: 1 entries for 1 rows, wanted one more than rows",)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"team": "12.34"}, "team = '12.34': a number with at most one decimal"),
        ({"team": "many"}, "team = 'many': a number with at most one decimal"),
        ({"team": "nan"}, "team = 'nan': a number with at most one decimal"),
        ({"moving": -1}, "moving = -1.0: a number from 0 to 100000000"),
        ({"missing_more": 3000}, "missing_more = 3000.0: at most missing_min"),
    ],
)
def test_a_param_that_cannot_be_used_is_refused_and_says_what_would_be_right(values: dict[str, str], said: str) -> None:
    with pytest.raises(ParamRefused, match=f"^{said}$".replace("(", r"\(")):
        Params.of(**values)


def test_params_are_given_in_minutes_and_kept_in_tenths() -> None:
    given = Params.of(ride_min_per_km="3.2", risk_2=1.5, travel_cap="60")
    assert (given.ride_min_per_km, given.risk_2, given.travel_cap) == (32, 15, 600)
    assert given.minutes()["ride_min_per_km"] == 3.2
    assert Params().minutes()["travel_cap"] is None


def test_an_unknown_param_is_refused_with_the_known_names() -> None:
    with pytest.raises(ParamRefused, match="no such parameter; known: walk_min_per_km, walk_km, "):
        Params.of(speed=3)
