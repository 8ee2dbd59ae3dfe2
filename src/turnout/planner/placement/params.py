"""The cost terms a city may set, kept as integers so that a sum never depends on its order."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation

NO_CAP = -1
"""`Params.travel_cap` when nobody's travel is capped."""

MOST_TENTHS = 10**9
"""Largest value of one term (100 million minutes): a city's total still fits 64 bits inside the flow solver."""


class ParamRefused(ValueError):
    """A cost term that cannot be used. `name` is the term, `expected` says what would be right."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name} = {value!r}: {expected}")
        self.name, self.value, self.expected = name, value, expected


@dataclass(frozen=True, slots=True)
class Params:
    """Cost terms, every field in tenths of its unit: minutes, minutes per km, km, or a plain factor (`risk_*`).

    The field names are those of the `params` sheet; `Params.of` takes the values as the sheet writes them.
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
        return self

    def minutes(self) -> dict[str, float | None]:
        """Every term as the sheet writes it; `travel_cap` is None when there is none."""
        return {
            n: None if n == "travel_cap" and self.travel_cap == NO_CAP else getattr(self, n) / 10 for n in self.names()
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
