"""How hard to search: budgets in iterations, never in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """What the engine may spend; the defaults suit a city of 74,000 people."""

    teams: bool = True
    """Count and improve the team term; False plans people one by one."""
    proof_gap: float = 0.001
    """Good enough: stop adding arcs once the proven gap (without teams) is at most this; 0 goes for the optimum."""
    rounds: int = 40
    """Most rounds of column generation."""
