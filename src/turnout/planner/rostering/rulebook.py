"""The rules a city's rosters obey, made from named settings; every name stands in the `rules` sheet."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from turnout.planner.rostering.prices import Prices
from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.category import Category
from turnout.planner.rostering.rules.closed_loop import ClosedLoop
from turnout.planner.rostering.rules.cover import Cover
from turnout.planner.rostering.rules.days_off_in_a_row import DaysOffInARow
from turnout.planner.rostering.rules.fairness import Fairness
from turnout.planner.rostering.rules.fixed_off import FixedOff
from turnout.planner.rostering.rules.handover import Handover
from turnout.planner.rostering.rules.heavy_rest import HeavyRest
from turnout.planner.rostering.rules.minutes import Minutes
from turnout.planner.rostering.rules.night_pairs import NightPairs
from turnout.planner.rostering.rules.nights_in_a_row import NightsInARow
from turnout.planner.rostering.rules.presence import Presence
from turnout.planner.rostering.rules.relief_days import ReliefDays
from turnout.planner.rostering.rules.rest import Rest
from turnout.planner.rostering.rules.rolling_hours import RollingHours
from turnout.planner.rostering.rules.rule import Rule
from turnout.planner.rostering.rules.shift_count import ShiftCount
from turnout.planner.rostering.rules.shifts_in_a_row import ShiftsInARow
from turnout.planner.rostering.rules.succession import Succession
from turnout.planner.rostering.rules.weekends import Weekends
from turnout.planner.rostering.rules.wishes import Wishes
from turnout.planner.rostering.rules.work_limit import WorkLimit

HARD = (
    "category",
    "work_limit",
    "presence",
    "fixed_off",
    "rest",
    "succession",
    "heavy_rest",
    "rolling_hours",
    "shifts_in_a_row",
    "days_off_in_a_row",
    "nights_in_a_row",
    "relief_days",
    "closed_loop",
    "night_pairs",
    "weekends",
    "shift_count",
    "minutes",
)
"""In the order in which they are asked why a place stays empty."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a city may set. Hours in hours; `night_weight` in tenths: 15 means that a night counts one and a half."""

    rest_hours: int = 11
    hours_in_24: int = 12
    hours_in_7_days: int = 40
    shifts_in_a_row: int = 6
    nights_in_a_row: int = 3
    heavy_hours: int = 8
    heavy_rest_hours: int = 24
    relief_days: int = 1
    relief_every: int = 7
    closed_stay: int = 14
    closed_away: int = 7
    night_least: int = 2
    night_weight: int = 15
    handover_days: int = 2
    prices: Prices = field(default_factory=Prices)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The settings a sheet may name, prices excepted."""
        return tuple(own.name for own in fields(cls) if own.name != "prices")

    def rules(self) -> tuple[Rule, ...]:
        """Hard rules first, in the order of HARD."""
        return (
            Category(),
            WorkLimit(),
            Presence(),
            FixedOff(),
            Rest(self.rest_hours * 60),
            HeavyRest(self.heavy_hours * 60, self.heavy_rest_hours * 60),
            RollingHours(((24 * 60, self.hours_in_24 * 60), (7 * 24 * 60, self.hours_in_7_days * 60))),
            ShiftsInARow(self.shifts_in_a_row),
            NightsInARow(self.nights_in_a_row),
            ReliefDays(self.relief_days, self.relief_every),
            ClosedLoop(self.closed_stay, self.closed_away),
            NightPairs(self.night_least),
            Cover(),
            Wishes(self.prices.wish),
            Fairness(self.prices.unfair, self.night_weight),
            Handover(self.handover_days, self.prices.handover),
        )


def contract_rules() -> tuple[Rule, ...]:
    """The rules of the public shift-scheduling instances of Curtois and Qu."""
    return (
        Category(),
        FixedOff(),
        Succession(),
        ShiftsInARow(),
        DaysOffInARow(),
        Weekends(),
        ShiftCount(),
        Minutes(),
        Cover(),
        Wishes(1),
    )


_CONTRACT = frozenset(rule.name for rule in contract_rules())


def under_contract(problem: Problem) -> bool:
    """Whether this is a problem of one site and one category under contract rules alone."""
    held = {rule.name for rule in problem.rules}
    single = len(problem.sites.ids) == 1 and len(problem.categories) == 1 and problem.past_days == 0
    return single and held <= _CONTRACT and "minutes" in held
