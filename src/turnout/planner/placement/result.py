"""What a planner hands back: the plan, what it costs, the proof, and why each thing is as it is.

All amounts are tenths of a minute. Reason codes are stable words; sheets, screens and tests use the same ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PLACEMENT_REASONS = ("frozen", "kept", "home", "team", "paired_street", "nearest", "next_nearest")
GAP_REASONS = (
    "none_in_category",
    "skill_missing",
    "work_limit",
    "not_available",
    "quota_used",
    "travel_cap",
    "dearer_than_gap",
    "needed_more_elsewhere",
)
LEFT_OUT_REASONS = (
    "frozen_home",
    "no_post_for_category",
    "skill_missing",
    "work_limit",
    "not_available",
    "quota_used",
    "travel_cap",
    "dearer_than_gap",
    "posts_full",
)
RULES = (
    "unknown_post",
    "category",
    "skill_missing",
    "work_limit",
    "not_available",
    "travel_cap",
    "places",
    "quota",
    "frozen",
)
"""Hard rules a checker may find broken, in the order in which one placement is tested."""

Scope = Literal["all-pairs", "listed-pairs"]
StoppedBy = Literal["proof", "proof_gap", "budget", "time_limit", "interrupted"]
"""Why the search ended: optimum proven; wanted gap reached; planned iterations done; the caller's limit; Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Plan:
    post: Ints
    """(people,): index of the post of each person, -1 for nobody's."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken hard rule: a code of RULES, the id it is about, and the facts in words."""

    rule: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Score:
    """Cost of a plan by part; `home` is the bonus really granted and is negative or 0."""

    travel: int
    street: int
    home: int
    other_category: int
    moving: int
    team: int
    missing_min: int
    missing_more: int
    broken: tuple[Broken, ...] = ()
    rules: int = 0
    """What is paid for broken rules about people taken together."""

    @property
    def objective(self) -> int:
        return self.without_rules + self.rules

    @property
    def without_rules(self) -> int:
        return self.without_team + self.team

    @property
    def without_team(self) -> int:
        people = self.travel + self.street + self.home + self.other_category + self.moving
        return people + self.missing_min + self.missing_more

    def parts(self) -> dict[str, int]:
        """By name; `rules` only where something is paid for them."""
        return {
            "travel": self.travel,
            "street": self.street,
            "home": self.home,
            "other_category": self.other_category,
            "moving": self.moving,
            "team": self.team,
            "missing_min": self.missing_min,
            "missing_more": self.missing_more,
            **({"rules": self.rules} if self.rules else {}),
        }


@dataclass(frozen=True, slots=True)
class Prices:
    """Dual prices: what one more place at a post, one more person of a unit, one more person is worth to the city.

    Multiples of 0.001 tenths, so that a sheet with four decimals of a minute carries them exactly.
    """

    post: Floats
    unit: Floats
    person: Floats


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan costs less than `tenths`; `teams` says whether team cost is counted in it."""

    tenths: float
    scope: Scope = "all-pairs"
    teams: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A post with missing places: why, and the cheapest thing that would fill one."""

    post: int
    missing_min: int
    missing: int
    reason: str
    nearest_fix: str
    """`ACTION:ID:MINUTES`, or empty, then `sentence` says why there is none."""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """People of one unit in one community; leader and deputy are members, members are sorted."""

    unit: int
    community: int
    leader: int
    deputy: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A person whose post is not the present one any more; -1 is "at home"."""

    person: int
    before: int
    after: int
    why: str


@dataclass(frozen=True, slots=True)
class Reasons:
    people: tuple[str, ...]
    """One code per person: of PLACEMENT_REASONS if placed, else of LEFT_OUT_REASONS."""
    gaps: tuple[Gap, ...]
    teams: tuple[Team, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """What a cap on travel would do to a plan."""

    cap: int
    over: int
    """People of the plan who travel farther."""
    lost: int
    """Places that would stay empty besides those that are, at most."""
    lost_min: int
    """Of them, places of a minimum."""
    longest: int
    """Longest travel in the plan mended under the cap; who is frozen keeps hers."""


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What one rule about people taken together asks of a plan."""

    rule: str
    broken: int
    """How often the plan breaks it."""
    broken_without: int
    """How often the plan made without any such rule breaks it."""
    costs: int
    """By how much a plan made for this rule alone is dearer, what is paid for breaking it not counted."""
    broken_alone: int
    """How often that plan breaks it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checker without a solver says about a plan and, given prices, about its distance to the optimum."""

    score: Score
    bound: Bound | None
    proof_gap: float | None
    unmet: tuple[Broken, ...] = ()
    """Rules with a price that the plan breaks: no hard rule, and paid for."""


@dataclass(frozen=True, slots=True)
class Result:
    plan: Plan
    score: Score
    prices: Prices
    bound: Bound
    proof_gap: float
    """(objective - bound) / bound; 0 if they are equal, infinite if the bound is 0 and the objective is not."""
    reasons: Reasons
    stopped_by: StoppedBy
    seed: int
    ladder: tuple[Rung, ...] = ()
    """What caps on travel would cost in places, from high to low; rungs may be missing if the search was stopped."""
    rules: tuple[RulePrice, ...] = ()
    """The rules about people taken together that were asked."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by stage. Not part of what is the same from run to run."""
    counts: Counter[str] = field(default_factory=Counter)
    """Rounds, arcs, pairs priced: what the engine did, for tables and tests."""


def proof_gap(objective: float, bound: float) -> float:
    if objective <= bound:
        return 0.0
    return (objective - bound) / bound if bound > 0 else float("inf")
