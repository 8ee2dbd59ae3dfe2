from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering import small
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.check import check
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rules.category import Category

HEALTH = small.CATEGORIES.index("health")


def test_only_health_professionals_stand_as_health_but_everybody_as_general() -> None:
    made = problem(2, 1, rules=(Category(),), categories=np.array([0b010, 0b100]))
    assert found(made, "E", "E") == []
    as_health = Plan(np.full((2, 1), small.EARLY * 3 + HEALTH))
    assert [one.subject for one in check(made, as_health).broken] == ["P00"]


def test_nobody_stands_where_the_site_asks_for_nobody() -> None:
    made = problem(1, 1, rules=(Category(),))
    closed = replace(made, cover=replace(made.cover, open=np.zeros_like(made.cover.open)))
    assert found(closed, "E") == [("category", "P00", 0)]
    assert best(wishing(closed, "E")) == ["."]
