"""The `params` sheet: cost terms, the start of the plan and its horizon."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass
from decimal import Decimal

from turnout.cli.plan.layouts import ZONE
from turnout.planner.placement.params import MOST_TENTHS, WHOLE, Params
from turnout.sheets import Decimal as Number
from turnout.sheets import Fault, Moment, Table
from turnout.sheets.faults import BadCell
from turnout.sheets.kinds import plain

PLAN_START, HORIZON = "plan_start", "horizon_days"
_MOST_DAYS = 3650


@dataclass(frozen=True)
class Settings:
    """Cost terms; when posts without a start begin (None: not said); how many days posts without an end last."""

    params: Params
    plan_start: dt.datetime | None = None
    horizon_days: int = 14

    def shown(self) -> dict[str, float | int | str | None]:
        """Every setting by its name in the sheet, in the sheet's units."""
        start = self.plan_start.isoformat() if self.plan_start else None
        return {**self.params.minutes(), PLAN_START: start, HORIZON: self.horizon_days}


def read_settings(table: Table | None, faults: list[Fault]) -> Settings:
    """The settings of the sheet, defaults where it says nothing; what is wrong is added to `faults`."""
    if table is None:
        return Settings(Params())
    reader = _Reader(table, faults)
    for index, (name, value) in enumerate(zip(table.columns["name"], table.columns["value"], strict=True)):
        if name is not None and value is not None:
            reader.take(index, str(name).lower(), value)
    return reader.settings()


class _Reader:
    def __init__(self, table: Table, faults: list[Fault]) -> None:
        self.table, self.faults = table, faults
        self.seen: dict[str, int] = {}
        self.terms: dict[str, Decimal] = {}
        self.start: dt.datetime | None = None
        self.days = 14

    def take(self, index: int, name: str, value: object) -> None:
        if name in self.seen:
            self._refuse(index, "name", "param_twice", name=name)
            return
        self.seen[name] = index
        if name == PLAN_START:
            self._start(index, value)
        elif name == HORIZON:
            self._days(index, value)
        elif name in Params.names():
            self._term(index, name, value)
        else:
            known = [*Params.names(), PLAN_START, HORIZON]
            close = difflib.get_close_matches(name, known, 1, 0.6)
            near = f" ({close[0]}?)" if close else ""
            self._refuse(index, "name", "param_unknown", name=name, known=", ".join(known), near=near)

    def settings(self) -> Settings:
        least, more = (float(self.terms.get(n, Params().minutes()[n] or 0)) for n in ("missing_min", "missing_more"))
        if more > least:
            row = max(self.seen.get("missing_min", 0), self.seen.get("missing_more", 0))
            self._refuse(row, "value", "param_order", more=plain(more), least=plain(least))
            return Settings(Params())
        most, fewest = (self.terms.get(name, Decimal(0)) for name in ("team_most", "team_least"))
        if most and fewest > most:
            row = max(self.seen["team_most"], self.seen["team_least"])
            self._refuse(row, "value", "param_team_sizes", most=plain(float(most)), least=plain(float(fewest)))
            return Settings(Params())
        return Settings(Params.of(**self.terms), self.start, self.days)

    def _term(self, index: int, name: str, value: object) -> None:
        try:
            number = Decimal(repr(Number(0, MOST_TENTHS / 10).read(value)))
        except BadCell:
            number = None
        if number is None or number * 10 != int(number * 10):
            self._refuse(index, "value", "param_number", name=name, value=plain(value), most=MOST_TENTHS // 10)
        elif name in WHOLE and number != int(number):
            self._refuse(index, "value", "param_whole", name=name, value=plain(value))
        elif name == "experienced_share" and number > 100:
            self._refuse(index, "value", "param_share", name=name, value=plain(value))
        else:
            self.terms[name] = number

    def _start(self, index: int, value: object) -> None:
        try:
            self.start = Moment(ZONE).read(value)
        except BadCell:
            self._refuse(index, "value", "param_moment", name=PLAN_START, value=plain(value))

    def _days(self, index: int, value: object) -> None:
        try:
            number = Number(1, _MOST_DAYS).read(value)
        except BadCell:
            number = 0.5
        if number != int(number):
            self._refuse(index, "value", "param_days", name=HORIZON, value=plain(value))
        else:
            self.days = int(number)

    def _refuse(self, index: int, column: str, code: str, **params: object) -> None:
        self.faults.append(self.table.fault(index, column, code, **params))
