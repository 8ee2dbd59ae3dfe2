"""cover: people on duty by site, category, shift and day; each missing or surplus one is priced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model, Term


class Cover(Rule):
    """Parts `missing_min`, `missing_more`, `surplus`."""

    __slots__ = ()
    name = "cover"

    def parts(self, roster: Roster) -> dict[str, int]:
        asked, there = roster.problem.asked, roster.counts
        full = np.maximum(asked.want, asked.least)
        below = np.maximum(asked.least - there, 0)
        short = np.maximum(full - there, 0)
        over = np.maximum(there - full, 0)
        return {
            "missing_min": int((asked.below_least * below).sum()),
            "missing_more": int((asked.below_want * (short - below)).sum()),
            "surplus": int((asked.above * over).sum()),
        }

    def state(self, model: Model) -> None:
        problem, asked = model.problem, model.problem.asked
        categories = len(problem.categories)
        standing: dict[tuple[int, ...], list[Term]] = {}
        for (person, day, duty), choice in model.duties.items():
            shift, category = divmod(duty, categories)
            site = int(problem.counted_at[person, shift])
            standing.setdefault((site, category, shift, day), []).append(choice)
        needed: Iterable[tuple[int, ...]] = map(tuple, np.argwhere((asked.want > 0) | (asked.least > 0)).tolist())
        for cell in sorted({*needed, *standing}):
            self._cell(model, cell, standing.get(cell, []))

    def _cell(self, model: Model, cell: tuple[int, ...], terms: list[Term]) -> None:
        asked = model.problem.asked
        least, want = int(asked.least[cell]), max(int(asked.want[cell]), int(asked.least[cell]))
        below, more = model.count(least), model.count(want - least)
        over = model.count(max(len(terms) - want, 0))
        model.cp.add(sum(terms) + below + more - over == want)
        model.price(below, int(asked.below_least[cell]))
        model.price(more, int(asked.below_want[cell]))
        model.price(over, int(asked.above[cell]))
