"""How hard to search: budgets in iterations, never in seconds."""

from __future__ import annotations

from dataclasses import dataclass

BOXES = ((120.0, 40), (100.0, 40), (80.0, 50), (60.0, 60), (40.0, 70), (40.0, 80))
"""Margins fall because prices move less and less; steps grow because the last ones are short and cheap."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What the engine may spend; the defaults suit a city of 74,000 people."""

    teams: bool = True
    """Count and improve the team term; False plans people one by one."""
    proof_gap: float = 0.001
    """Good enough: stop listing pairs once the proven gap (without teams) is at most this; 0 goes for the optimum."""
    costly: int = 1_000_000
    """Listed pairs from which `proof_gap` ends the search; with fewer, the way to the proof takes seconds anyway."""
    rounds: int = 60
    """Most rounds of column generation."""
    new_pairs: int = 15
    """Most pairs listed anew per person and round."""
    team_rounds: tuple[tuple[float, int], ...] = BOXES
    """Boxes of the team prices: margin in tenths, steps."""
    moves: int = 20_000_000
    """Proposals of the annealer, besides `moves_each` for every person, at most `moves_most` for every person."""
    moves_each: int = 1_500
    moves_most: int = 10_000

    def moves_for(self, people: int) -> int:
        return min(self.moves + self.moves_each * people, self.moves_most * people)
