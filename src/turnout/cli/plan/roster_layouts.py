"""The sheets of `turnout roster`: stable English names, and the other names offices give them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from turnout.cli.plan.layouts import POSTS, STAFF, AsIs
from turnout.sheets import Code, Column, Day, Integer, Layout, Listing, YesNo
from turnout.sheets.characters import narrow
from turnout.sheets.faults import BadCell
from turnout.sheets.kinds import plain

_CLOCK = re.compile(r"(\d{1,2})[:点时](\d{2})?(?::00)?分?")
_WISH = re.compile(r"(?:(-?)([^\s@*]+)@)?([^@*]+)(?:\*(\d{1,3}))?")
_DAY = Day()


class Clock:
    """A time of day: 07:00, 7:00, 24:00, a time cell or the part of a day that Excel stores."""

    def read(self, cell: object) -> int:
        """Minutes since midnight, 0 to 1440."""
        minutes = self._minutes(cell)
        if minutes is None or not 0 <= minutes <= 1440:
            raise BadCell("not_clock", value=plain(cell))
        return minutes

    @staticmethod
    def _minutes(cell: object) -> int | None:
        if isinstance(cell, dt.datetime):
            return cell.hour * 60 + cell.minute
        if isinstance(cell, dt.time):
            return cell.hour * 60 + cell.minute
        if isinstance(cell, dt.timedelta):
            return round(cell.total_seconds() / 60)
        if isinstance(cell, float) and 0 <= cell <= 1:
            return round(cell * 1440)
        found = _CLOCK.fullmatch(narrow(cell)) if isinstance(cell, str) else None
        return int(found[1]) * 60 + int(found[2] or 0) if found else None


@dataclass(frozen=True, slots=True)
class Wish:
    """`2026-11-26` to be off, `E@2026-11-26` for a shift, `-N@2026-11-26` against one; `*3` after it: three times as
    dear."""

    day: dt.date
    shift: str = ""
    against: bool = False
    weight: int = 1


class Wishing:
    """A wish in a cell."""

    def read(self, cell: object) -> Wish:
        """The wish."""
        found = _WISH.fullmatch(narrow(cell)) if isinstance(cell, str) else None
        if found is None:
            if isinstance(cell, str):
                raise BadCell("not_wish", value=cell)
            return Wish(_DAY.read(cell))
        return Wish(_DAY.read(found[3].strip()), found[2] or "", found[1] == "-", int(found[4] or 1))


class Worked:
    """A shift that was worked: `N@2026-11-22`."""

    def read(self, cell: object) -> tuple[str, dt.date]:
        """Shift and day."""
        shift, mark, day = narrow(cell).partition("@") if isinstance(cell, str) else ("", "", "")
        if not mark:
            raise BadCell("not_worked", value=plain(cell))
        return str(Code().read(shift)), _DAY.read(day)


_code = Code()

SHIFTS = Layout(
    "shifts",
    (
        Column("shift_id", _code, ("班次编号", "班次", "班次代码"), required=True),
        Column("starts", Clock(), ("开始", "开始时间", "上班时间"), required=True),
        Column("ends", Clock(), ("结束", "结束时间", "下班时间"), required=True),
        Column("night", YesNo(), ("夜班", "是否夜班")),
        Column("heavy", YesNo(), ("重体力", "穿防护服", "防护服")),
    ),
    ("班次", "班次表", "shift"),
)
COVER = Layout(
    "cover",
    (
        Column("community_code", _code, ("社区编码", "社区代码", "社区编号", "所在社区编码"), required=True),
        Column("category", POSTS.column("category").kind, ("人员类别", "类别", "categories"), required=True),
        Column("shift_id", _code, ("班次编号", "班次", "班次代码"), required=True),
        Column("date", _DAY, ("日期", "哪天")),
        Column("min", Integer(0, 10_000, "1"), ("最少人数", "最低人数", "至少人数", "保底人数"), required=True),
        Column("want", Integer(0, 10_000, "2"), ("人数", "需要人数", "希望人数")),
    ),
    ("在岗要求", "值班要求", "需求", "岗位要求"),
)
ASSIGNMENTS = Layout(
    "assignments",
    (
        Column("staff_id", _code, ("人员编号", "编号", "工号", "人员编码", "人员代码"), required=True),
        Column("date", _DAY, ("日期", "哪天"), required=True),
        Column("shift_id", _code, ("班次编号", "班次", "班次代码"), required=True),
        Column("category", POSTS.column("category").kind, ("人员类别", "类别"), required=True),
    ),
    ("排班", "班表"),
)
PEOPLE = Layout(
    "people",
    (
        Column("staff_id", _code, ("人员编号", "编号", "工号", "人员编码", "人员代码"), required=True),
        Column("community_code", _code, ("社区编码", "社区代码", "社区编号", "所在社区编码"), required=True),
        Column("categories", STAFF.column("categories").kind, ("人员类别", "类别", "category"), required=True),
        Column("work_limits", STAFF.column("work_limits").kind, ("工作限制", "限制")),
        Column("fixed_off", Listing(_DAY), ("固定休息", "固定休息日", "休息日")),
        Column("wishes", Listing(Wishing()), ("愿望", "希望", "排班意愿")),
        Column("load_before", Integer(0, 10**6, "96"), ("已承担", "已有工作量")),
        Column("past", Listing(Worked()), ("已上班次", "此前班次")),
        Column("arrives", _DAY, ("到达日", "到岗日", "进驻日")),
        Column("leaves", _DAY, ("离开日", "撤离日")),
    ),
    ("人员", "人员名单", "人员表", "staff", "persons"),
)
RULES = Layout(
    "rules",
    (
        Column("name", _code, ("规则", "名称"), required=True),
        Column("value", AsIs(), ("值", "取值", "数值"), required=True),
    ),
    ("规则", "规则表", "设置", "params"),
    required=False,
)
INPUT = (SHIFTS, COVER, PEOPLE, RULES)
