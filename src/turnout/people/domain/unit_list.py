"""The list of units: read, compared with what is known, and carried out by the verbs of units.

A city has hundreds of units, not tens of thousands, so each row is its own verb with its own audit row; all of them lie
in one transaction.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from turnout.core.actors import Actor
from turnout.core.area_keys import pad
from turnout.people.domain import units, words
from turnout.people.domain.staff_list import CLEAR, Clearable, Written
from turnout.people.models import MOST_STREETS, Unit
from turnout.places.models import Area
from turnout.sheets import Code, Column, Fault, Integer, Layout, Listing, Sentence, Table

PERMISSION = "unit.edit"
FIELDS = ("name", "area_key", "paired_streets", "quota")

LAYOUT = Layout(
    "units",
    (
        Column("code", Code(), ("单位编号", "单位代码", "单位编码", "编号", "编码", "unit_code"), required=True),
        Column("name", Written(lambda text: words.name(text, units.LONGEST_NAME), "name_bad"),
               ("单位名称", "名称", "单位", "派出单位"), required=True),
        Column("area", Written(words.clean, "area_unknown", digits=True),
               ("所属区域", "区域", "区划代码", "区域编码", "所属区划", "area_code")),
        Column("paired_streets", Clearable(Listing(Written(words.clean, "street_unknown", digits=True))),
               ("结对街道", "结对街镇", "结对")),
        Column("quota", Clearable(Integer()), ("可派人数", "名额", "派出名额")),
    ),
    ("单位", "单位名单", "派出单位"),
)  # fmt: skip

SENTENCES: dict[str, Sentence] = {
    "new_without_area": Sentence(
        "新单位没有写所属区域", "请填区划代码，例如 110102000000",
        "a new unit without an area", "fill in the area's code, e.g. 110102000000",
    ),
    "area_unknown": Sentence(
        "没有区域“{value}”", "请填 12 位区划代码", "there is no area “{value}”", "fill in the 12-digit code",
    ),
    "area_twice": Sentence(
        "有 {count} 个区域叫“{value}”", "请填 12 位区划代码",
        "{count} areas are called “{value}”", "fill in the 12-digit code",
    ),
    "area_not_yours": Sentence(
        "区域“{value}”不归你管", "请对方管理员登记", "the area “{value}” is not yours", "ask its administrator",
    ),
    "street_unknown": Sentence(
        "“{value}”不是街道或乡镇", "请填 9 位或 12 位街道代码", "“{value}” is not a street or town", "fill in its code",
    ),
    "street_own": Sentence(
        "单位不能与自己所在的街道结对", "请填别的街道", "a unit cannot be paired with its own street",
        "fill in another street",
    ),
    "streets_many": Sentence(
        "结对街道超过 {most} 个", "只留真正服务的街道", "more than {most} streets", "keep those it really serves",
    ),
    "code_twice": Sentence(
        "与第 {rows} 行是同一单位编号，内容不同", "只留正确的一行",
        "the same unit code as in row {rows}, with other content", "keep the row that is right",
    ),
}  # fmt: skip


@dataclass
class UnitPlan:
    """What a list of units comes to: per good row the unit as it is (None = new) and the values it would have."""

    steps: list[tuple[int, str, Unit | None, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repeated: int = 0

    @property
    def counts(self) -> dict[str, int]:
        acts = [self.act(unit, wanted) for _, _, unit, wanted in self.steps]
        return {act: acts.count(act) for act in ("new", "changed", "same")}

    @staticmethod
    def act(unit: Unit | None, wanted: Mapping[str, Any]) -> str:
        if unit is None:
            return "new"
        return "changed" if any(getattr(unit, name) != value for name, value in wanted.items()) else "same"

    @property
    def fingerprint(self) -> str:
        """A digest of every row with the unit as it stands: another one means that something changed in between."""
        lines = [
            (code, sorted(wanted.items(), key=str), unit and [getattr(unit, name) for name in FIELDS])
            for _, code, unit, wanted in self.steps
        ]
        return hashlib.sha256(repr(lines).encode()).hexdigest()

    def samples(self, most: int) -> dict[str, list[dict[str, Any]]]:
        """The first few of each kind; areas by name."""
        keys = {key for _, _, unit, wanted in self.steps[: most * 10] for key in _keys(unit, wanted)}
        areas = dict(Area.objects.filter(area_key__in=keys, level__in=("city", "district", "street")).values_list(
            "area_key", "name"
        ))  # fmt: skip
        found: dict[str, list[dict[str, Any]]] = {"new": [], "changed": []}
        for row, code, unit, wanted in self.steps:
            act = self.act(unit, wanted)
            if act in found and len(found[act]) < most:
                shown = {"row": row, "name": wanted.get("name", ""), "number": code, "last4": "", "unit": ""}
                shown["differences"] = _differences(unit, wanted, areas) if unit else []
                found[act].append(shown)
        return found


def compare(table: Table, known_bad: Iterable[Fault], by: Actor, *, lock: bool) -> UnitPlan:
    """Compare every row that reads well with the units of today; `lock` keeps those from changing until the end."""
    plan = UnitPlan()
    bad = {fault.row for fault in known_bad}
    column = table.columns
    codes = [str(code) for code in column["code"] if code]
    present = Unit.objects.filter(code__in=codes).order_by("pk")
    known = {unit.code: unit for unit in (present.select_for_update(no_key=True) if lock else present)}
    areas = _Areas(column)
    seen: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for index, row in enumerate(table.rows):
        if row in bad:
            continue
        values = {name: cells[index] for name, cells in column.items()}
        unit = known.get(str(values["code"]))
        faults = [table.fault(index, where, code, **params) for where, code, params in _faults(values, unit, areas, by)]
        plan.faults += faults
        if not faults:
            seen[str(values["code"])].append((index, _wanted(values, areas)))
    for code, twins in seen.items():
        _settle(plan, table, code, known.get(code), twins)
    plan.steps.sort(key=lambda step: step[0])
    return plan


def carry_out(plan: UnitPlan, by: Actor) -> None:
    """Make and change the units of a plan by their verbs."""
    for _, code, unit, wanted in plan.steps:
        if unit is None:
            units.create(code=code, by=by, **wanted)
        else:
            _change(unit, {name: value for name, value in wanted.items() if getattr(unit, name) != value}, by)


def _change(unit: Unit, changes: dict[str, Any], by: Actor) -> None:
    if "name" in changes or "area_key" in changes:
        name, area = changes.get("name", unit.name), changes.get("area_key", unit.area_key)
        unit = units.edit(unit=unit, code=unit.code, name=name, area_key=area, by=by)
    if "paired_streets" in changes:
        unit = units.pair(unit=unit, streets=changes["paired_streets"], by=by)
    if "quota" in changes:
        units.set_quota(unit=unit, quota=changes["quota"], by=by)


def _settle(
    plan: UnitPlan, table: Table, code: str, unit: Unit | None, twins: list[tuple[int, dict[str, Any]]]
) -> None:
    if len({repr(wanted) for _, wanted in twins}) == 1:
        plan.steps.append((table.rows[twins[0][0]], code, unit, twins[0][1]))
        plan.repeated += len(twins) - 1
        return
    for index, _ in twins:
        others = "、".join(str(table.rows[other]) for other, _ in twins if other != index)
        plan.faults.append(table.fault(index, "code", "code_twice", rows=others))


Complaint = tuple[str, str, dict[str, object]]


def _faults(values: dict[str, Any], unit: Unit | None, areas: _Areas, by: Actor) -> Iterable[Complaint]:
    if unit is not None and not by.can(PERMISSION, unit.area_key):
        yield "code", "unit_not_yours" if by.sees(unit.area_key) else "unit_taken", {"value": unit.code}
        return
    if unit is not None and unit.closed_at:
        yield "code", "unit_closed", {"value": unit.code}
    given = values["area"]
    if given is None and unit is None:
        yield "area", "new_without_area", {}
    if given is not None:
        found = areas.found(given)
        if len(found) != 1:
            yield "area", "area_twice" if found else "area_unknown", {"value": given, "count": len(found)}
        elif not by.can(PERMISSION, found[0].area_key):
            yield "area", "area_not_yours", {"value": given}
    yield from _street_faults(values, unit, areas)


def _street_faults(values: dict[str, Any], unit: Unit | None, areas: _Areas) -> Iterable[Complaint]:
    streets = values["paired_streets"]
    if not isinstance(streets, tuple):
        return
    if len(streets) > MOST_STREETS:
        yield "paired_streets", "streets_many", {"most": MOST_STREETS}
    own = areas.found(values["area"]) if values["area"] else []
    own_key = own[0].area_key if len(own) == 1 else (unit.area_key if unit else None)
    for street in streets:
        found = [area for area in areas.found(street) if area.level == "street"]
        if len(found) != 1:
            yield "paired_streets", "street_unknown", {"value": street}
        elif found[0].area_key == own_key:
            yield "paired_streets", "street_own", {}


def _wanted(values: dict[str, Any], areas: _Areas) -> dict[str, Any]:
    """The values a row gives; what it leaves empty is not in it."""
    wanted: dict[str, Any] = {"name": values["name"]}
    if values["area"] is not None:
        wanted["area_key"] = areas.found(values["area"])[0].area_key
    streets = values["paired_streets"]
    if streets is not None:
        found = [] if streets is CLEAR else [areas.found(s) for s in streets]
        keys = [next(area.area_key for area in some if area.level == "street") for some in found]
        wanted["paired_streets"] = list(dict.fromkeys(keys))
    if values["quota"] is not None:
        wanted["quota"] = None if values["quota"] is CLEAR else values["quota"]
    return wanted


class _Areas:
    """The areas a list names, by code of any length or by name; one query for the whole list."""

    def __init__(self, column: Mapping[str, list[object]]) -> None:
        given = {str(cell) for cell in column["area"] if cell}
        given |= {street for cell in column["paired_streets"] if isinstance(cell, tuple) for street in cell}
        self._codes = {text: code for text in given if (code := _code(text))}
        areas = Area.objects.filter(closed_at=None, level__in=("city", "district", "street"))
        names = given - self._codes.keys()
        self._found: dict[str, list[Area]] = defaultdict(list)
        for area in areas.filter(Q(code__in=self._codes.values()) | Q(name__in=names)):
            self._found[area.code].append(area)
            self._found[area.name].append(area)

    def found(self, given: object) -> list[Area]:
        return self._found.get(self._codes.get(str(given), str(given)), [])


def _code(text: str) -> str:
    try:
        return pad(text)
    except ValueError:
        return ""


def _keys(unit: Unit | None, wanted: Mapping[str, Any]) -> Iterable[int]:
    for source in (wanted, vars(unit) if unit else {}):
        yield from source.get("paired_streets", ())
        if source.get("area_key"):
            yield source["area_key"]


def _differences(unit: Unit, wanted: Mapping[str, Any], areas: Mapping[int, str]) -> list[dict[str, Any]]:
    def shown(name: str, value: Any) -> Any:
        if name == "area_key":
            return areas.get(value, str(value))
        return [areas.get(key, str(key)) for key in value] if name == "paired_streets" else value

    return [
        {"field": name, "before": shown(name, getattr(unit, name)), "after": shown(name, value)}
        for name, value in wanted.items()
        if getattr(unit, name) != value
    ]
