"""A plan mended after something changed: place by place, person by person, each by the cheapest chain of moves.

From a plan and its prices, each chain is one step of the successive shortest path method: after a step the plan is a
cheapest one for who is there by then, if it was before. A whole city is mended in the time of its changes.
"""

from __future__ import annotations

import numpy as np

from turnout.planner.placement import chains, standing
from turnout.planner.placement.arcs import Arcs, tenths_of
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.costs import FORBIDDEN
from turnout.planner.placement.state import Board
from turnout.planner.placement.stop import Stop, never

CLOSE = 1e-6


def board(city: City, listed: Arcs, plan: Array, price: Array) -> Board:
    """A board over a list whose costs are those of the city now; pairs that are forbidden now are dropped."""
    network = chains.network(costed(city, listed), len(city.posts))
    released = np.bincount(city.people["unit"][plan >= 0], minlength=len(city.quota))
    return Board(city, standing.at(city, plan), network, price.copy(), released)


def costed(city: City, listed: Arcs) -> Arcs:
    """The list at the city's costs, without what is forbidden there."""
    person = listed.person
    tenths = tenths_of(city, person, listed.post)
    allowed = tenths != FORBIDDEN
    start = np.concatenate([[0], np.cumsum(np.bincount(person[allowed], minlength=len(city.people)))])
    return Arcs(start, listed.post[allowed], tenths[allowed].astype(np.int32))


def mend(board: Board, idle: Array, *, stop: Stop = never) -> None:
    """Fill the places that the prices do not know to be empty, dearest first, then seat the `idle`."""
    city, filled = board.city, board.standing.filled
    lacking = np.flatnonzero(filled < city.posts["places"])
    worth = np.array([board.worth(int(q)) for q in lacking], dtype=np.int64)
    for q in lacking[np.argsort(-worth, kind="stable")].tolist():
        while board.price[q] < board.worth(q) - CLOSE and stop() is None:
            moves, _ = board.fill(q, learn=True)
            if not moves:
                break
    for p in idle.tolist():
        if stop() is not None:
            break
        if board.standing.plan[p] < 0 and not city.people["frozen"][p]:
            row = slice(board.network.start[p], board.network.start[p + 1])
            board.seat(p, board.network.post[row].astype(np.int64), board.network.tenths[row], learn=True)
