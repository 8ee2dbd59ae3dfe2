"""Lists of places as offices send them: sheets `areas`, `compounds`, `buildings`, `sites`, and what can be wrong there.

A cell left empty says nothing and changes nothing. Residents and households stand together: a row that gives one of
them sets both, with `counts_source` (default "list") and `counts_as_of` (default today). Points are in WGS-84 unless
`coordinate_system` says gcj02 or bd09. A source of `states` that marks made-up figures marks them here too, so that an
export that comes back does not turn them into facts.
"""

from __future__ import annotations

import re

from turnout.places.public import SYSTEMS
from turnout.places.states import MANAGEMENT, SITE_KINDS
from turnout.sheets import (
    Book,
    Choice,
    Code,
    Column,
    Day,
    Decimal,
    Integer,
    Layout,
    Reading,
    Sentence,
    Text,
    YesNo,
    read,
)

_ANY_CODE = Code(characters=re.compile(r"[0-9-]+"))
_NAME = Text(100)

MANAGEMENT_WORDS = {
    "company": ("物业公司", "有物业", "物业"),
    "unit": ("单位自管", "单位管理"),
    "community": ("社区代管", "社区管理", "社区"),
    "street": ("街道聘用", "街道代管", "街道"),
    "residents": ("居民自管", "自管", "无物业"),
    "": ("未填", "不详"),
}
SITE_WORDS = {
    "gate": ("卡口", "小区卡口", "大门", "门"),
    "sampling_point": ("采样点", "核酸采样点"),
    "isolation_hotel": ("隔离酒店", "隔离点"),
    "checkpoint": ("交通卡口", "检查站"),
    "premises": ("商户楼宇", "楼宇", "商户"),
    "supply_point": ("保供点", "物资点"),
}
SYSTEM_WORDS = {
    "wgs84": ("GPS", "大地坐标", "WGS-84"),
    "gcj02": ("高德", "腾讯", "火星坐标", "GCJ-02"),
    "bd09": ("百度", "BD-09"),
}


def _words(known: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: name for name, others in known.items() for word in (name, *others) if word}


assert set(MANAGEMENT_WORDS) == set(MANAGEMENT)
assert set(SITE_WORDS) == set(SITE_KINDS)
assert set(SYSTEM_WORDS) == set(SYSTEMS)

_COUNTS = (
    Column("residents", Integer(0, 100_000_000), ("人口", "人口数", "常住人口", "居民数")),
    Column("households", Integer(0, 100_000_000), ("户数", "家庭户数", "总户数")),
    Column("counts_source", Text(100), ("数据来源", "来源")),
    Column("counts_as_of", Day(), ("数据日期", "统计日期", "截至日期")),
)
# both run to 180, so that a swapped pair is recognised as one
_POINT = (
    Column("lon", Decimal(-180, 180, "116.397"), ("经度", "longitude", "lng", "x")),
    Column("lat", Decimal(-180, 180, "39.909"), ("纬度", "latitude", "y")),
    Column("coordinate_system", Choice(_words(SYSTEM_WORDS)), ("坐标系", "坐标系统")),
    Column("point_source", Text(100), ("位置来源",)),
)
_MADE_UP = Column("made_up", Text(500), ("合成说明",))  # written by exports, said by the two sources, not read
_COMMUNITY = Column("community_code", Code(12), ("社区编码", "社区代码", "村社区代码", "所属社区编码"), required=True)
_COMPOUND = Column("compound", _NAME, ("小区", "小区名称", "所属小区"))

AREAS = Layout(
    "areas",
    (
        Column(
            "code",
            _ANY_CODE,
            ("区域编码", "区域代码", "编码", "代码", "区划代码", "社区编码", "社区代码"),
            required=True,
        ),
        Column("name", _NAME, ("区域名称", "名称", "社区名称"), required=True),
        *_COUNTS,
        *_POINT,
        _MADE_UP,
        Column("closed", YesNo(), ("已撤销", "撤销", "是否撤销")),
        Column("successor_code", _ANY_CODE, ("并入编码", "并入", "承接区域编码", "撤并至")),
    ),
    ("区域", "社区", "村社区", "区划", "area", "communities"),
    required=False,
)
COMPOUNDS = Layout(
    "compounds",
    (
        _COMMUNITY,
        Column("name", _NAME, ("小区名称", "小区", "名称"), required=True),
        Column("management", Choice(_words(MANAGEMENT_WORDS)), ("管理方式", "物业情况")),
        Column("fenced", YesNo(), ("有围墙", "围墙", "是否封闭")),
        Column("guarded", YesNo(), ("有门卫", "门卫", "保安")),
        Column("gates", Integer(0, 999), ("出入口数", "大门数", "门数")),
        *_COUNTS,
        *_POINT,
    ),
    ("小区", "compound", "小区名单"),
    required=False,
)
BUILDINGS = Layout(
    "buildings",
    (
        _COMMUNITY,
        _COMPOUND,
        Column("name", _NAME, ("楼栋", "楼栋名称", "楼号", "名称"), required=True),
        Column("floors", Integer(1, 200), ("层数", "楼层数")),
        Column("entrances", Integer(1, 99), ("单元数", "单元")),
        Column("lift", YesNo(), ("有电梯", "电梯")),
        *_COUNTS,
        *_POINT,
    ),
    ("楼栋", "楼", "building"),
    required=False,
)
SITES = Layout(
    "sites",
    (
        Column("area_code", _ANY_CODE, ("所在区域编码", "区域编码", "社区编码", "社区代码"), required=True),
        Column("kind", Choice(_words(SITE_WORDS)), ("类型", "点位类型", "种类"), required=True),
        Column("name", _NAME, ("点位名称", "点位", "名称"), required=True),
        Column("address", Text(200), ("地址", "详细地址")),
        Column("capacity", Integer(0, 1_000_000), ("容量", "房间数", "台数")),
        *_POINT,
    ),
    ("点位", "site", "点位名单"),
    required=False,
)
LAYOUTS = (AREAS, COMPOUNDS, BUILDINGS, SITES)

SENTENCES: dict[str, Sentence] = {
    "no_list": Sentence(
        "文件里没有区域、小区、楼栋或点位的表",
        "请按模板的表名和表头填写",
        "the file has no sheet of areas, compounds, buildings or sites",
        "use the sheet names and headings of the template",
    ),
    "area_code": Sentence(
        "{value} 不是区域编码",
        "请填写 12 位区划代码，例如 110102001004",
        "{value} is not the code of an area",
        "give the official 12 digits, e.g. 110102001004",
    ),
    "not_yours": Sentence(
        "{value} 不在您负责的区域内",
        "请交给该区域的管理员录入",
        "{value} is outside your area",
        "pass this row on to the administrator of that area",
    ),
    "parent_missing": Sentence(
        "{value} 的上级区域不存在或已撤销",
        "请先录入上级街道或区县",
        "the area above {value} is not here or is closed",
        "add the street or district above it first",
    ),
    "area_missing": Sentence(
        "没有编码为 {value} 的区域，或已撤销",
        "请核对编码，或在 areas 表里先录入",
        "there is no open area with the code {value}",
        "check the code, or list it in the sheet areas",
    ),
    "compound_missing": Sentence(
        "{community} 没有叫“{value}”的小区",
        "请核对名称，或在 compounds 表里先录入",
        "{community} has no compound named {value}",
        "check the name, or list it in the sheet compounds",
    ),
    "listed_twice": Sentence(
        "与第 {first} 行是同一个，但内容不同",
        "请只保留正确的一行",
        "the same place as row {first}, with other content",
        "keep the right row only",
    ),
    "point_half": Sentence(
        "经度和纬度只填了一个",
        "请两个都填，或都不填",
        "only one of longitude and latitude is given",
        "give both or neither",
    ),
    "refused": Sentence("{wrong_zh}", "{right_zh}", "{wrong_en}", "{right_en}"),
    "listed_again": Sentence(
        "与第 {first} 行完全相同，只算一次",
        "可以删去",
        "the same as row {first}, counted once",
        "it can be deleted",
    ),
    "local_by_name": Sentence(
        "{value} 是小区或楼栋的编码",
        "小区和楼栋请在 compounds、buildings 表里按名称填写",
        "{value} is the code of a compound or building",
        "list these by name in the sheets compounds and buildings",
    ),
    "closed_without_successor": Sentence(
        "撤销的区域没有填并入哪个区域",
        "请填写 successor_code（并入编码）",
        "a closed area names no successor",
        "fill in successor_code",
    ),
    "outside_district": Sentence(
        "位置在 {district} 边界外约 {metres} 米",
        "请核对坐标系（wgs84、gcj02、bd09）和经纬度",
        "the point lies about {metres} m outside {district}",
        "check the coordinate system (wgs84, gcj02, bd09) and the pair",
    ),
}
"""What our checks find, beside what `turnout.sheets` finds in a cell."""


def read_lists(book: Book) -> Reading:
    """Read a workbook or CSV with any of the four sheets; a lone sheet of another name is known by its headings.

    Everything that is wrong is in the answer.
    """
    if len(book.grids) == 1:
        _name_by_headings(book)
    return read(book, LAYOUTS)


def _name_by_headings(book: Book) -> None:
    (grid,) = book.grids
    names = {name for layout in LAYOUTS for name in layout.names}
    if grid.name.strip().lower() in names:
        return
    cells = {cell for row in grid.rows[:20] for cell in row}

    def score(layout: Layout) -> tuple[bool, int]:
        found = {layout.heading(cell) for cell in cells} - {None}
        return {column.name for column in layout.columns if column.required} <= found, len(found)

    best = max(LAYOUTS, key=score)
    if score(best)[0]:
        grid.name = best.aliases[0]
