"""What the soft rules cost, in points, as a city may set it in the `rules` sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prices:
    """Points. A missing place below the minimum outweighs everything else that one shift can cost."""

    missing_min: int = 1000
    missing_more: int = 100
    surplus: int = 5
    wish: int = 10
    """Per unit of a wish's weight."""
    unfair: int = 1
    """Per half-hour of load away from the fair share; three times that beyond one day shift."""
    handover: int = 300
    """Per relief without a shift worked together."""
