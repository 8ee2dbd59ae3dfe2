"""The sheets of `turnout plan` and `turnout check`: stable English names, and the other names offices give them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from turnout.planner.placement.problem import TRAITS
from turnout.sheets import Choice, Code, Column, Day, Decimal, Integer, Layout, Listing, Moment, Text, YesNo
from turnout.sheets.characters import narrow
from turnout.sheets.faults import BadCell

ZONE_NAME = "Asia/Shanghai"
"""The city's zone: what a time without an offset means."""
ZONE = ZoneInfo(ZONE_NAME)

LIMITS = {
    "no_night": "不上夜班",
    "no_suit": "不穿防护服",
    "no_stairs": "不爬楼梯",
    "light": "只做轻体力工作",
    "no_closed": "不进封闭区域",
}
CATEGORIES = {
    "district_cadre": "区直干部",
    "street_cadre": "街镇干部",
    "health": "卫生人员",
    "community_worker": "社工",
    "volunteer": "志愿者",
    "police": "民警",
    "property": "物业",
    "general": "一般人员",
}
_LIMIT_WORDS = {
    **{word: word for word in LIMITS},
    **{chinese: word for word, chinese in LIMITS.items()},
    "不值夜班": "no_night",
    "不能上夜班": "no_night",
    "不爬楼": "no_stairs",
    "轻体力": "light",
    "轻便": "light",
    "不进封控区": "no_closed",
    "不入封闭区域": "no_closed",
}
_CATEGORY_WORDS = {
    **{word: word for word in CATEGORIES},
    **{chinese: word for word, chinese in CATEGORIES.items()},
    "区干部": "district_cadre",
    "街道干部": "street_cadre",
    "乡镇干部": "street_cadre",
    "医务人员": "health",
    "医护人员": "health",
    "卫生": "health",
    "普通": "general",
    "一般": "general",
    "不限": "general",
}


class Word:
    """A word of the city's own, such as the name of a skill: spaces inside are kept, one at most."""

    def read(self, cell: object) -> str:
        """The word."""
        word = " ".join(narrow(cell).split()) if isinstance(cell, str) else Text().read(cell)
        if not word or len(word) > 60:
            raise BadCell("too_long", limit=60)
        return word


@dataclass(frozen=True)
class Skill:
    """A skill that somebody has: its name, or `name@2026-12-31`, valid through that day."""

    def read(self, cell: object) -> tuple[str, dt.date | None]:
        """Name and last valid day."""
        if not isinstance(cell, str):
            return Word().read(cell), None
        name, mark, day = narrow(cell).partition("@")
        return Word().read(name), Day().read(day) if mark else None


class AsIs:
    """The cell itself: the values of `params` are of several kinds, told by their names."""

    def read(self, cell: object) -> object:
        """The cell."""
        return cell


_TRAIT_WORDS = {
    **{word: word for word in TRAITS},
    "有经验": "experienced",
    "有防疫经验": "experienced",
    "熟悉本街道": "local",
    "熟悉当地": "local",
    "女": "woman",
    "女性": "woman",
    "男": "man",
    "男性": "man",
}
_limits = Listing(Choice(_LIMIT_WORDS))
_moment = Moment(ZONE)
_code = Code()

COMMUNITIES = Layout(
    "communities",
    (
        Column("community_code", _code, ("社区编码", "社区代码", "社区编号", "编码", "代码"), required=True),
        Column("name", Text(), ("社区名称", "社区", "名称"), required=True),
        Column("street_code", _code, ("街道编码", "街道代码", "街镇编码", "街道编号", "街镇代码"), required=True),
        Column("district_code", _code, ("区县编码", "区县代码", "区编码", "区代码", "区县编号"), required=True),
        Column("lon", Decimal(example="116.366794"), ("经度", "longitude", "lng", "坐标经度"), required=True),
        Column("lat", Decimal(example="39.915309"), ("纬度", "latitude", "坐标纬度"), required=True),
        Column("residents", Integer(0, 10**7, "3200"), ("人口", "人口数", "常住人口")),
        Column("households", Integer(0, 10**7, "1200"), ("户数", "家庭户")),
        Column("risk", Integer(1, 3, "1"), ("风险", "风险等级", "风险级别")),
    ),
    ("社区", "社区名单", "社区表", "社区清单", "community"),
)
UNITS = Layout(
    "units",
    (
        Column("unit_code", _code, ("单位编码", "单位代码", "单位编号", "编码", "代码"), required=True),
        Column("name", Text(), ("单位名称", "单位", "名称", "派出单位"), required=True),
        Column("paired_streets", Listing(_code), ("结对街道", "结对街镇", "对口街道", "包联街道", "结对街道编码")),
        Column("quota", Integer(0, 10**6, "20"), ("名额", "最多派出", "派出上限", "可派人数")),
    ),
    ("单位", "派出单位", "单位名单", "单位表", "unit"),
)
STAFF = Layout(
    "staff",
    (
        Column("staff_id", _code, ("人员编号", "编号", "工号", "人员编码", "人员代码"), required=True),
        Column("unit_code", _code, ("单位编码", "单位代码", "单位编号", "派出单位编码", "所在单位编码"), required=True),
        Column(
            "categories", Listing(Choice(_CATEGORY_WORDS, open_=True)), ("人员类别", "类别", "category"), required=True
        ),
        Column(
            "lon", Decimal(example="116.366794"), ("经度", "longitude", "lng", "住址经度", "坐标经度"), required=True
        ),
        Column("lat", Decimal(example="39.915309"), ("纬度", "latitude", "住址纬度", "坐标纬度"), required=True),
        Column("skills", Listing(Skill()), ("技能", "资质", "技能资质", "资格")),
        Column("home_community", _code, ("居住地社区", "居住社区", "居住地社区编码", "居住社区编码", "家庭社区")),
        Column("work_limits", _limits, ("工作限制", "限制")),
        Column("available_from", _moment, ("可用起", "可派起", "可到岗时间", "何时起可用")),
        Column("available_until", _moment, ("可用止", "可派止", "何时止可用")),
        Column("current_post", _code, ("现岗位", "当前岗位", "现任岗位", "目前岗位")),
        Column("frozen", YesNo(), ("固定", "不动", "锁定")),
        Column("traits", Listing(Choice(_TRAIT_WORDS)), ("特征", "人员特征")),
    ),
    ("人员", "人员名单", "人员表", "人员清单", "people", "persons"),
)
POSTS = Layout(
    "posts",
    (
        Column("post_id", _code, ("岗位编号", "岗位编码", "岗位代码", "编号"), required=True),
        Column("community_code", _code, ("社区编码", "社区代码", "社区编号", "所在社区编码"), required=True),
        Column("category", Choice(_CATEGORY_WORDS, open_=True), ("人员类别", "类别", "categories"), required=True),
        Column("places_min", Integer(0, 100_000, "1"), ("最少人数", "最低人数", "至少人数", "保底人数"), required=True),
        Column("places", Integer(0, 100_000, "2"), ("人数", "需要人数", "岗位人数", "名额"), required=True),
        Column("skills", Listing(Word()), ("技能", "所需技能", "技能要求", "资质要求")),
        Column("excludes", _limits, ("不适合", "排除", "排除限制", "不适合的工作限制")),
        Column("starts", _moment, ("开始", "开始时间", "起", "上岗时间")),
        Column("ends", _moment, ("结束", "结束时间", "止", "撤岗时间")),
    ),
    ("岗位", "岗位表", "岗位清单", "定岗定责", "post"),
)
PARAMS = Layout(
    "params",
    (
        Column("name", _code, ("参数", "名称"), required=True),
        Column("value", AsIs(), ("值", "取值", "数值"), required=True),
    ),
    ("参数", "设置", "参数表", "settings"),
    required=False,
)
INPUT = (COMMUNITIES, UNITS, STAFF, POSTS, PARAMS)

TRAVEL = Layout(
    "travel",
    (
        Column("from_community", _code, ("出发社区", "出发社区编码", "居住地社区"), required=True),
        Column("community_code", _code, ("社区编码", "到达社区", "到达社区编码"), required=True),
        Column("minutes", Decimal(0, 10_000, "25"), ("分钟", "用时", "用时分钟"), required=True),
    ),
)

PLACEMENTS = Layout(
    "placements",
    (
        Column("staff_id", _code, ("人员编号", "编号", "工号"), required=True),
        Column("post_id", _code, ("岗位编号", "岗位编码"), required=True),
    ),
    ("派遣", "派遣方案", "派遣名单"),
)
PRICES = Layout(
    "prices",
    (
        Column("kind", Choice({word: word for word in ("post", "unit", "person")}), required=True),
        Column("code", _code, required=True),
        Column("price_minutes", Decimal(-1e9, 1e9), required=True),
    ),
    required=False,
)
SUMMARY = Layout("summary", (Column("name", Text(), required=True), Column("value", AsIs())), required=False)
PLAN = (PLACEMENTS, PRICES, SUMMARY)
