"""The list of staff as offices send it: its headings, how each cell is read, and what can be wrong with a row.

An empty cell leaves what is known; the word 无 (or "none") clears it. A list with three columns changes three things.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from turnout.core.refusals import Refusal
from turnout.people.domain import words
from turnout.people.states import CATEGORIES, TIERS, WORK_LIMITS
from turnout.sheets import Choice, Code, Column, Day, Kind, Layout, Listing, Moment, Sentence, Text
from turnout.sheets.characters import narrow
from turnout.sheets.faults import BadCell

_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_MASKED = re.compile(r"\*{3,}[0-9]{4}")
NONE = frozenset({"无", "none", "没有"})


class Clear:
    """What a cell that says 无 is read as."""


CLEAR = Clear()

CATEGORY_WORDS: Mapping[str, str] = {code: code for code in CATEGORIES} | {
    "区直干部": "district_cadre", "市直干部": "district_cadre", "机关干部": "district_cadre", "干部": "district_cadre",
    "街镇干部": "street_cadre", "街道干部": "street_cadre", "乡镇干部": "street_cadre",
    "卫生人员": "health", "医务人员": "health", "医护": "health", "医生": "health", "护士": "health",
    "社工": "community_worker", "社区工作者": "community_worker", "志愿者": "volunteer",
    "民警": "police", "警察": "police", "公安": "police", "物业": "property", "物业人员": "property",
    "其他": "general", "其他人员": "general", "一般人员": "general",
}  # fmt: skip
LIMIT_WORDS: Mapping[str, str] = {code: code for code in WORK_LIMITS} | {
    "不能夜班": "no_night", "不上夜班": "no_night", "不能穿防护服": "no_suit", "不穿防护服": "no_suit",
    "不能爬楼": "no_stairs", "不爬楼": "no_stairs", "轻体力": "light", "只做轻活": "light",
    "不进封控区": "no_closed", "不进封闭区": "no_closed",
}  # fmt: skip
TIER_WORDS: Mapping[str, str] = {code: code for code in TIERS} | {
    "在岗": "on_duty", "一梯队": "on_duty", "第一梯队": "on_duty", "待命": "standby", "备勤": "standby",
    "二梯队": "standby", "第二梯队": "standby", "不可用": "off", "休息": "off", "不参加": "off",
}  # fmt: skip


@dataclass(frozen=True)
class Clearable:
    """A cell that may also say 无: then CLEAR."""

    of: Kind

    def read(self, cell: object) -> object:
        """The value, or CLEAR."""
        if isinstance(cell, str) and narrow(cell).lower() in NONE:
            return CLEAR
        return self.of.read(cell)


@dataclass(frozen=True)
class Written:
    """A cell brought into the form in which people keeps it: a name, a phone number, an employee number."""

    form: Any
    code: str
    digits: bool = False
    example: str = "110102001001"

    def read(self, cell: object) -> str:
        """The kept form."""
        number = not isinstance(cell, str) or _SCIENTIFIC.fullmatch(narrow(cell))
        text = Code(example=self.example).read(cell) if self.digits and number else Text().read(cell)
        try:
            return str(self.form(text))
        except Refusal as refusal:
            raise BadCell(self.code, value=text[:60], **refusal.details) from None


@dataclass(frozen=True)
class Phone(Written):
    """A phone number. One that an export masked says nothing, so it leaves what is known."""

    form: Any = words.phone
    code: str = "phone_bad"
    digits: bool = True
    example: str = "13912345678"

    def read(self, cell: object) -> str:
        """The number in E.164, '' for a masked one."""
        return "" if isinstance(cell, str) and _MASKED.fullmatch(narrow(cell)) else super().read(cell)


@dataclass(frozen=True)
class SkillWord:
    """A skill, with its last day behind an @ when it runs out: 驾驶@2027-06-30. Read as (name, last day or None)."""

    _day: Day = field(default_factory=Day)

    def read(self, cell: object) -> tuple[str, dt.date | None]:
        """Name and last day."""
        name, _, day = Text(limit=60).read(cell).replace("＠", "@").partition("@")
        name = words.clean(name)
        if not 1 <= len(name) <= 40:
            raise BadCell("skill_bad", value=name[:60])
        return name, self._day.read(day) if day.strip() else None


def layout(zone: ZoneInfo) -> Layout:
    """Return what a staff list looks like; times without an offset are wall clock of `zone`."""
    return Layout(
        "staff",
        (
            Column("number", Written(words.number, "number_bad", digits=True, example="100234"),
                   ("工号", "人员编号", "员工编号", "职工编号", "编号", "staff_id", "employee number")),
            Column("name", Written(words.name, "name_bad"), ("姓名", "名字", "人员姓名"), required=True),
            Column("phone", Phone(),
                   ("手机号", "手机", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "移动电话", "mobile")),
            Column("unit", Text(limit=100),
                   ("单位编号", "单位代码", "单位编码", "单位", "单位名称", "派出单位", "所在单位", "unit_code")),
            Column("categories", Listing(Choice(CATEGORY_WORDS)), ("人员类别", "类别", "身份", "人员类型", "category")),
            Column("skills", Clearable(Listing(SkillWord())), ("技能", "资质", "证照", "技能资质", "skill")),
            Column("home", Clearable(Written(words.clean, "home_unknown", digits=True)),
                   ("居住地社区", "居住社区", "居住地", "居住地社区编码", "居住地社区代码", "home_community")),
            Column("work_limits", Clearable(Listing(Choice(LIMIT_WORDS))), ("工作限制", "限制", "不能做的工作")),
            Column("tier", Choice(TIER_WORDS), ("后备梯队", "梯队", "reserve tier")),
            Column("tier_until", Clearable(Day()), ("梯队有效期至", "梯队截止", "tier until")),
            Column("not_ready_until", Clearable(Day()), ("暂不能派至", "暂不能派到", "not ready until")),
            Column("available_from", Clearable(Moment(zone)), ("可派起", "可派开始", "可用开始", "available from")),
            Column("available_until", Clearable(Moment(zone)), ("可派止", "可派结束", "可用结束", "available until")),
        ),
        ("人员", "人员名单", "名单", "花名册", "人员花名册", "people", "persons"),
    )  # fmt: skip


ASSUMED = {"干部": "区直干部", "机关干部": "区直干部"}
"""Category words that could mean two things, and which one they are read as: the sender is told."""

FIELDS = (
    "unit", "number", "name", "phone", "categories", "work_limits", "home", "tier", "tier_until",
    "not_ready_until", "skills", "availability", "state",
)  # fmt: skip
"""What of a person a list can change, in the order in which a difference is shown."""

SENTENCES: dict[str, Sentence] = {
    "category_assumed": Sentence(
        "{count} 行的人员类别写“{value}”，按“{read}”登记", "如果是街镇干部，请改写“街镇干部”再发一次",
        "{count} rows say “{value}” for the category; it is read as “{read}” (district cadre)",
        "write 街镇干部 (street_cadre) and send the list again if that is meant",
    ),
    "name_bad": Sentence(
        "姓名“{value}”不能用", "姓名为 1 到 {most} 个字", "the name “{value}” cannot be used", "1 to {most} characters"
    ),
    "number_bad": Sentence(
        "工号“{value}”不能用", "工号最多 40 个字符，不含空格；没有就空着",
        "the employee number “{value}” cannot be used", "at most 40 characters, no spaces; empty if there is none",
    ),
    "phone_bad": Sentence(
        "“{value}”不是电话号码", "请写全，例如 11 位手机号；国外号码以 + 开头",
        "“{value}” is not a phone number", "all digits, for example 11 of a mobile phone; other countries begin with +",
    ),
    "skill_bad": Sentence(
        "技能“{value}”不能用", "技能名为 1 到 40 个字，有效期写在 @ 后面，例如 驾驶@2027-06-30",
        "the skill “{value}” cannot be used", "1 to 40 characters, its last day behind @, e.g. driver@2027-06-30",
    ),
    "no_identity": Sentence(
        "工号和手机号都没有", "至少填一项，才能认出是同一个人",
        "neither an employee number nor a phone number", "one of the two, to know the person again",
    ),
    "unit_missing": Sentence(
        "没有写单位", "请填单位编号", "no unit is given", "fill in the unit code",
    ),
    "unit_unknown": Sentence(
        "没有单位“{value}”{near}", "请填单位编号，或先登记这个单位",
        "there is no unit “{value}”{near}", "fill in the unit code, or register the unit first",
    ),
    "unit_twice": Sentence(
        "有 {count} 个单位叫“{value}”", "请填单位编号", "{count} units are called “{value}”", "fill in the unit code",
    ),
    "unit_not_yours": Sentence(
        "单位“{value}”不归你管", "只报本单位的人；其他单位请对方上报",
        "the unit “{value}” is not yours", "list your own people; ask the other unit to send theirs",
    ),
    "unit_taken": Sentence(
        "单位编号“{value}”已被别处使用", "请换一个编号", "the unit code “{value}” is taken", "choose another code",
    ),
    "unit_closed": Sentence(
        "单位“{value}”已撤销", "请填现在的单位", "the unit “{value}” is closed", "fill in the present unit",
    ),
    "home_unknown": Sentence(
        "没有社区“{value}”{near}", "请填 12 位社区编码，或与区划一致的社区名称",
        "there is no community “{value}”{near}", "the 12-digit code, or the name as in the list of areas",
    ),
    "home_twice": Sentence(
        "有 {count} 个社区叫“{value}”", "请填 12 位社区编码",
        "{count} communities are called “{value}”", "fill in the 12-digit code",
    ),
    "home_closed": Sentence(
        "社区“{value}”已撤并", "请改填 {successor}", "the community “{value}” was closed", "fill in {successor}",
    ),
    "category_missing": Sentence(
        "新登记的人没有写人员类别", "请填人员类别，例如 区直干部",
        "a new person without a staff category", "fill it in, e.g. district_cadre",
    ),
    "period_backwards": Sentence(
        "可派止早于可派起", "请核对这两个时间", "the period ends before it starts", "check the two times",
    ),
    "skill_twice": Sentence(
        "同一技能写了两次：{value}", "每项技能只留一次，保留有效期较晚的",
        "the same skill twice: {value}", "keep one, with the later date",
    ),
    "row_twice": Sentence(
        "与第 {rows} 行是同一{what_zh}，内容不同", "只留正确的一行",
        "the same {what_en} as in row {rows}, with other content", "keep the row that is right",
    ),
    "two_people": Sentence(
        "工号和手机号分别属于两个人", "请核对工号和手机号",
        "the employee number and the phone number belong to two people", "check both numbers",
    ),
    "number_of_other": Sentence(
        "工号 {value} 已登记给另一个人（姓名和手机号都不同）", "请核对工号；若确是同一人，先在人员页改姓名",
        "the employee number {value} is registered to somebody else (name and phone differ)",
        "check it; if it is the same person, change the name on the person's page first",
    ),
    "phone_of_other": Sentence(
        "这个手机号已登记给另一个人（姓名和工号都不同）", "请核对手机号",
        "the phone number is registered to somebody else (name and employee number differ)", "check the number",
    ),
    "merged_record": Sentence(
        "这条登记已并入另一条", "请用并入后的工号和手机号",
        "this record was merged into another", "use the numbers of the record that was kept",
    ),
    "booked_leaving": Sentence(
        "已派出到 {until}，不能改单位", "先撤岗，再改单位",
        "posted until {until}, so the unit cannot change", "release the person first",
    ),
}  # fmt: skip
