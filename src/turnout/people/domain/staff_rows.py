"""From the cells of a staff list to rows that can be compared: units and communities found, every doubt a fault.

Nothing here reads or writes a person. A row with a fault goes no further; the others come out in the form in which they
are staged: None leaves what is known, and each field has a value of its own that clears it.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from django.db.models import Q

from turnout.core.actors import Actor
from turnout.people.domain import words
from turnout.people.domain.staff_list import CLEAR
from turnout.people.models import Unit
from turnout.people.states import CATEGORIES, WORK_LIMITS
from turnout.places import queries as places
from turnout.places.models import Area
from turnout.sheets import Fault, Table

NO_HOME = -1
NO_DAY = date.min
PERMISSION = "person.import"


@dataclass(slots=True)
class Row:
    """One good row of the list. `phone` is E.164; `skills` are name@day; `periods` are epoch/epoch, open ends empty."""

    row: int
    unit_id: UUID
    number: str | None
    name: str
    phone: str | None
    phone_hash: bytes | None
    categories: list[str] | None
    work_limits: list[str] | None
    home_key: int | None
    tier: str | None
    tier_until: date | None
    not_ready_until: date | None
    skills: list[str] | None
    periods: list[str] | None


CONTENT = attrgetter(*(f.name for f in fields(Row) if f.name != "row"))


@dataclass
class Rows:
    """What a table comes to: good rows, faults, and how many rows only repeat another one word for word."""

    good: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repeated: int = 0


def prepare(
    table: Table, known_bad: Iterable[Fault], units: Units, done: Callable[[int], None] = lambda count: None
) -> Rows:
    """Check every row of a table that has no fault yet; `done` is told how far it is."""
    found = Rows()
    bad = {fault.row for fault in known_bad}
    column = table.columns
    homes = Homes(text for text in column["home"] if isinstance(text, str))
    good: list[tuple[int, Row]] = []
    for index, row in enumerate(table.rows):
        if index % 1000 == 0:
            done(index)
        if row in bad:
            continue
        values = {name: cells[index] for name, cells in column.items()}
        faults = [table.fault(index, where, code, **params) for where, code, params in _faults(values, units, homes)]
        if faults:
            found.faults += faults
        else:
            good.append((index, _row(row, values, units, homes)))
    _part_twins(table, good, found)
    return found


Complaint = tuple[str, str, dict[str, object]]


def _faults(values: dict[str, object], units: Units, homes: Homes) -> Iterable[Complaint]:
    yield from units.complaint(values["unit"])
    yield from homes.complaint(values["home"])
    if not values["number"] and not values["phone"]:
        yield "", "no_identity", {}
    start, end = values["available_from"], values["available_until"]
    if isinstance(start, datetime) and isinstance(end, datetime) and start >= end:
        yield "available_until", "period_backwards", {}
    skills = values["skills"]
    if isinstance(skills, tuple):
        names = [name for name, _ in skills]
        for name in {name for name in names if names.count(name) > 1}:
            yield "skills", "skill_twice", {"value": name}


def _row(row: int, values: dict[str, object], units: Units, homes: Homes) -> Row:
    phone = str(values["phone"]) if values["phone"] else None
    return Row(
        row=row,
        unit_id=units.of(values["unit"]),
        number=str(values["number"]) if values["number"] else None,
        name=str(values["name"]),
        phone=phone,
        phone_hash=words.phone_hash(phone) if phone else None,
        categories=_chosen(values["categories"], CATEGORIES) or None,
        work_limits=_chosen(values["work_limits"], WORK_LIMITS),
        home_key=homes.of(values["home"]),
        tier=str(values["tier"]) if values["tier"] else None,
        tier_until=_day(values["tier_until"]),
        not_ready_until=_day(values["not_ready_until"]),
        skills=_skills(values["skills"]),
        periods=_periods(values["available_from"], values["available_until"]),
    )


def _part_twins(table: Table, rows: list[tuple[int, Row]], found: Rows) -> None:
    """Rows that stand for the same person: word for word the same count once, others are all at fault."""
    same: dict[tuple[object, ...], list[tuple[int, Row]]] = defaultdict(list)
    for index, row in rows:
        if row.number:
            same["number", row.unit_id, row.number].append((index, row))
        if row.phone_hash:
            same["phone", row.phone_hash].append((index, row))
    dropped: set[int] = set()
    wrong: dict[int, Fault] = {}
    for key, twins in same.items():
        if len(twins) == 1:
            continue
        if len({repr(CONTENT(row)) for _, row in twins}) == 1:
            dropped |= {row.row for _, row in twins[1:]}
            continue
        for index, row in twins:
            others = [str(twin.row) for _, twin in twins if twin is not row]
            what_zh, what_en = {"number": ("工号", "employee number"), "phone": ("手机号", "phone number")}[str(key[0])]
            same_as = {"rows": "、".join(others[:5]), "what_zh": what_zh, "what_en": what_en}
            fault = table.fault(index, str(key[0]), "row_twice", **same_as)
            wrong.setdefault(row.row, fault)
    found.faults += wrong.values()
    found.repeated = len(dropped - wrong.keys())
    found.good = [row for _, row in rows if row.row not in wrong and row.row not in dropped]


class Units:
    """The units a list may name, by code or by name, as far as this actor may import into them."""

    def __init__(self, by: Actor, default: UUID | None = None) -> None:
        self.default = default
        self.by_id: dict[UUID, Unit] = {}
        self._named: dict[str, list[Unit]] = defaultdict(list)
        self._yours: set[UUID] = set()
        for unit in Unit.objects.order_by("code"):
            keys = (unit.area_key, unit.scope_key)
            if any(by.can(PERMISSION, key) for key in keys):
                self._yours.add(unit.pk)
            elif not any(map(by.sees, keys)):
                continue
            self.by_id[unit.pk] = unit
            self._named[words.clean(unit.code).casefold()].append(unit)
        for unit in self.by_id.values():
            name = words.clean(unit.name).casefold()
            if unit not in self._named.get(name, ()):
                self._named[name].append(unit)
        self._memory: dict[str, list[Unit]] = {}

    @property
    def yours(self) -> list[UUID]:
        """Ids of the units that the actor may import into."""
        return list(self._yours)

    def complaint(self, given: object) -> Iterable[Complaint]:
        if given is None and self.default:
            return
        if given is None:
            yield "unit", "unit_missing", {}
            return
        found = self._find(str(given))
        if not found:
            yield "unit", "unit_unknown", {"value": given, "near": _near(str(given), self._named)}
        elif len(found) > 1:
            yield "unit", "unit_twice", {"value": given, "count": len(found)}
        elif found[0].pk not in self._yours or (self.default and found[0].pk != self.default):
            yield "unit", "unit_not_yours", {"value": given}
        elif found[0].closed_at:
            yield "unit", "unit_closed", {"value": given}

    def of(self, given: object) -> UUID:
        return self.default if given is None and self.default else self._find(str(given))[0].pk

    def _find(self, given: str) -> list[Unit]:
        if given not in self._memory:
            self._memory[given] = self._named.get(words.clean(given).casefold(), [])
        return self._memory[given]


class Homes:
    """The home communities a list names, by 12-digit code or by name; one query for the whole list."""

    def __init__(self, given: Iterable[str]) -> None:
        texts = {text: words.clean(text) for text in set(given)}
        plain = set(texts.values())
        areas = Area.objects.filter(Q(code__in=plain) | Q(name__in=plain), level="community")
        named: dict[str, list[Area]] = defaultdict(list)
        for area in areas:
            named[area.code].append(area)
            named[area.name].append(area)
        self._found = {text: _open_first(named.get(clean, [])) for text, clean in texts.items()}

    def complaint(self, given: object) -> Iterable[Complaint]:
        if not isinstance(given, str):
            return
        found = self._found[given]
        if not found:
            yield "home", "home_unknown", {"value": given, "near": _near_community(given)}
        elif len(found) > 1:
            yield "home", "home_twice", {"value": given, "count": len(found)}
        elif found[0].closed_at:
            successor = places.successor_of(found[0])
            yield "home", "home_closed", {"value": given, "successor": f"{successor.code} {successor.name}"}

    def of(self, given: object) -> int | None:
        if given is CLEAR:
            return NO_HOME
        return self._found[given][0].area_key if isinstance(given, str) else None


def _open_first(areas: list[Area]) -> list[Area]:
    """A closed community counts only where no open one has the name."""
    return [area for area in areas if not area.closed_at] or areas


def _near(given: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(words.clean(given).casefold(), list(names), 1, 0.6)
    return f" ({close[0]}?)" if close else ""


def _near_community(given: str) -> str:
    near = Area.objects.filter(level="community", closed_at=None, name__startswith=words.clean(given)[:3])[:50]
    close = difflib.get_close_matches(words.clean(given), [area.name for area in near], 1, 0.6)
    return f" ({close[0]}?)" if close else ""


def _chosen(given: object, order: Iterable[str]) -> list[str] | None:
    if given is CLEAR:
        return []
    return [code for code in order if code in given] if isinstance(given, tuple) else None


def _day(given: object) -> date | None:
    if given is CLEAR:
        return NO_DAY
    return given if isinstance(given, date) else None


def _skills(given: object) -> list[str] | None:
    if given is CLEAR:
        return []
    return sorted(f"{name}@{day or ''}" for name, day in given) if isinstance(given, tuple) else None


def _periods(start: object, end: object) -> list[str] | None:
    if start is None and end is None:
        return None
    ends = [str(int(end.timestamp())) if isinstance(end, datetime) else "" for end in (start, end)]
    return ["/".join(ends)] if any(ends) else []
