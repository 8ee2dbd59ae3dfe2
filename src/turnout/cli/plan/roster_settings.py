"""The `rules` sheet: what every rule is set to, the first day and the horizon, closed sites, nights that are shared."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field, fields, replace
from typing import Any

from turnout.planner.rostering.prices import Prices
from turnout.planner.rostering.rulebook import Settings
from turnout.sheets import Code, Day, Fault, Integer, Listing, Table
from turnout.sheets.faults import BadCell
from turnout.sheets.kinds import plain

PLAN_START, HORIZON, CLOSED, SHARED = "plan_start", "horizon_days", "closed_loop", "shared_nights"
_PRICES = tuple(own.name for own in fields(Prices))
_MOST_DAYS = 400
_MOST = 10_000_000
_CODES = Listing(Code())


@dataclass(frozen=True)
class RosterSettings:
    """Settings of the rules; None as the first day: the earliest date of the cover."""

    rules: Settings = field(default_factory=Settings)
    plan_start: dt.date | None = None
    days: int = 14
    closed: tuple[str, ...] = ()
    shared: tuple[tuple[str, ...], ...] = ()

    def shown(self) -> dict[str, object]:
        """Every setting by its name in the sheet."""
        named = {name: getattr(self.rules, name) for name in Settings.names()}
        priced = {name: getattr(self.rules.prices, name) for name in _PRICES}
        start = self.plan_start.isoformat() if self.plan_start else None
        lists = {CLOSED: list(self.closed), SHARED: [list(group) for group in self.shared]}
        return {PLAN_START: start, HORIZON: self.days, **named, **priced, **lists}


def read_rules(table: Table | None, faults: list[Fault]) -> RosterSettings:
    """The settings of the sheet, defaults where it says nothing; what is wrong is added to `faults`."""
    settings = RosterSettings()
    seen: set[str] = set()
    rows = zip(table.columns["name"], table.columns["value"], strict=True) if table is not None else ()
    for index, (name, value) in enumerate(rows):
        if name is None or value is None:
            continue
        word = str(name).lower()
        assert table is not None
        if word in seen and word != SHARED:
            faults.append(table.fault(index, "name", "rule_twice", name=word))
            continue
        seen.add(word)
        try:
            settings = _with(settings, word, value)
        except KeyError:
            known = [*Settings.names(), *_PRICES, PLAN_START, HORIZON, CLOSED, SHARED]
            close = difflib.get_close_matches(word, known, 1, 0.6)
            near = f" ({close[0]}?)" if close else ""
            faults.append(table.fault(index, "name", "rule_unknown", name=word, known=", ".join(known), near=near))
        except BadCell as bad:
            faults.append(table.fault(index, "value", bad.code, **{"value": plain(value), **bad.params}))
    prices = settings.rules.prices
    if prices.missing_more > prices.missing_min and table is not None:
        index = max(i for i, name in enumerate(table.columns["name"]) if str(name).lower().startswith("missing"))
        params = {"more": str(prices.missing_more), "least": str(prices.missing_min)}
        faults.append(table.fault(index, "value", "param_order", **params))
    return settings


def _with(settings: RosterSettings, name: str, value: object) -> RosterSettings:
    if name == PLAN_START:
        return replace(settings, plan_start=Day().read(value))
    if name == HORIZON:
        return replace(settings, days=Integer(1, _MOST_DAYS, "14").read(value))
    if name == CLOSED:
        return replace(settings, closed=tuple(str(code) for code in _CODES.read(value)))
    if name == SHARED:
        return replace(settings, shared=(*settings.shared, tuple(str(code) for code in _CODES.read(value))))
    number: Any = Integer(0, _MOST, "10").read(value)
    rules = settings.rules
    if name in _PRICES:
        return replace(settings, rules=replace(rules, prices=replace(rules.prices, **{name: number})))
    if name in Settings.names():
        return replace(settings, rules=replace(rules, **{name: number}))
    raise KeyError(name)
