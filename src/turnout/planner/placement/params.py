"""The cost terms a city may set, kept as integers so that a sum never depends on its order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation

NO_CAP = -1
"""`Params.travel_cap` when nobody's travel is capped."""

MOST_TENTHS = 10**9
"""Largest value of one term (100 million minutes): a city's total still fits 64 bits inside the flow solver."""


TOGETHER = ("team_most", "team_least", "night_pair", "experienced", "local", "night_mixed")
"""Rules about the people of one community taken together; `together` says what each asks."""
OFF = {"team_most": "team_most", "team_least": "team_least", "experienced": "experienced_share"}
"""Rules with a limit, which is 0 where the rule is not asked; the others are not asked where their price is 0."""
WHOLE = ("team_most", "team_least", "experienced_share")


class ParamRefused(ValueError):
    """A cost term that cannot be used. `name` is the term, `expected` says what would be right."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name} = {value!r}: {expected}")
        self.name, self.value, self.expected = name, value, expected


@dataclass(frozen=True, slots=True)
class Params:
    """Cost terms, every field in tenths of its unit: minutes, minutes per km, km, or a plain factor (`risk_*`).

    The field names are those of the `params` sheet; `Params.of` takes the values as the sheet writes them. The last
    ones are limits (people, percent) and prices of rules about people taken together.
    """

    walk_min_per_km: int = 130
    walk_km: int = 12
    ride_min_per_km: int = 32
    street_first: int = 0
    street_other: int = 40
    street_elsewhere: int = 80
    street_unpaired: int = 40
    home_bonus: int = 30
    other_category: int = 200
    moving: int = 100
    team: int = 120
    missing_min: int = 20_000
    missing_more: int = 3_000
    risk_1: int = 10
    risk_2: int = 15
    risk_3: int = 25
    travel_cap: int = NO_CAP
    team_most: int = 0
    team_least: int = 0
    experienced_share: int = 0
    team_most_price: int = 600
    team_least_price: int = 600
    night_pair_price: int = 0
    experienced_price: int = 600
    local_price: int = 0
    night_mixed_price: int = 0

    @classmethod
    def of(cls, **values: str | int | float | Decimal) -> Params:
        """Params from values in minutes (or km, or factors), each with at most one decimal; others keep their default.

        Raises ParamRefused for an unknown name, a value that is no number, is negative, too large or has more than
        one decimal, and where a further place would be dearer than one below the minimum (the cost of a gap would
        no longer be convex, and the first people would fill the wrong places).
        """
        known = cls.names()
        for name, value in values.items():
            if name not in known:
                raise ParamRefused(name, value, "no such parameter; known: " + ", ".join(known))
        return cls(**{name: _tenths(name, value) for name, value in values.items()}).validated()

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    def validated(self) -> Params:
        for name in self.names():
            value = getattr(self, name)
            if name == "travel_cap" and value == NO_CAP:
                continue
            if not 0 <= value <= MOST_TENTHS:
                raise ParamRefused(name, value / 10, f"a number from 0 to {MOST_TENTHS // 10}")
        if self.missing_more > self.missing_min:
            raise ParamRefused("missing_more", self.missing_more / 10, "at most missing_min")
        for name in WHOLE:
            if getattr(self, name) % 10:
                raise ParamRefused(name, getattr(self, name) / 10, "a whole number")
        if self.experienced_share > 1000:
            raise ParamRefused("experienced_share", self.experienced_share / 10, "a share of at most 100 percent")
        if self.team_most and self.team_least > self.team_most:
            raise ParamRefused("team_least", self.team_least / 10, "at most team_most")
        return self

    def rules(self) -> dict[str, int]:
        """Rules about people taken together that are asked, with their prices in tenths."""
        asked = (name for name in TOGETHER if name not in OFF or getattr(self, OFF[name]))
        prices = {name: int(getattr(self, f"{name}_price")) for name in asked}
        return {name: price for name, price in prices.items() if price}

    def with_rules(self, names: Iterable[str]) -> Params:
        """These terms with only the named ones of `rules`."""
        others = set(TOGETHER) - set(names)
        return replace(self, **{OFF.get(name, f"{name}_price"): 0 for name in others})

    def minutes(self) -> dict[str, float | None]:
        """Every term as the sheet writes it; `travel_cap` is None when there is none. Of the rules only those asked."""
        asked = self.rules()
        rules = {OFF[name]: name for name in OFF} | {f"{name}_price": name for name in TOGETHER}
        return {
            n: None if n == "travel_cap" and self.travel_cap == NO_CAP else getattr(self, n) / 10
            for n in self.names()
            if n not in rules or rules[n] in asked
        }

    def without_teams(self) -> Params:
        return replace(self, team=0)


def _tenths(name: str, value: str | int | float | Decimal) -> int:
    try:
        tenths = Decimal(str(value)) * 10
    except InvalidOperation:
        raise ParamRefused(name, value, "a number with at most one decimal") from None
    if not tenths.is_finite() or tenths != tenths.to_integral_value():
        raise ParamRefused(name, value, "a number with at most one decimal")
    return int(tenths)
