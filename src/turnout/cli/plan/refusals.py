"""What the lists of a plan can be refused for, and what is only worth a warning, beyond what single cells say."""

from __future__ import annotations

from turnout.sheets import Sentence

REFUSALS: dict[str, Sentence] = {
    "id_differs": Sentence(
        "{code} 在第 {first} 行已经有了，内容不一样",
        "只留一行，或改正编号",
        "{code} stands in row {first} already, with other content",
        "keep one of the rows or correct the code",
    ),
    "swapped": Sentence(
        "经度 {lon}、纬度 {lat} 像是写反了",
        "经度 {lat}，纬度 {lon}",
        "lon {lon} and lat {lat} seem to be swapped",
        "lon {lat}, lat {lon}",
    ),
    "outside": Sentence(
        "经度 {lon}、纬度 {lat} 不是地球上的点",
        "经度在 -180 到 180 之间，纬度在 -90 到 90 之间",
        "lon {lon}, lat {lat} is no point on earth",
        "lon from -180 to 180, lat from -90 to 90",
    ),
    "zero_point": Sentence(
        "经度、纬度都是 0",
        "请填写住址或社区的经纬度",
        "lon and lat are both 0",
        "give the coordinates of the home or the community",
    ),
    "unknown_unit": Sentence(
        "units 表里没有单位 {code}",
        "请在 units 表加上这个单位，或改正编码{near}",
        "there is no unit {code} in sheet units",
        "add it to sheet units or correct the code{near}",
    ),
    "unknown_community": Sentence(
        "communities 表里没有社区 {code}",
        "请在 communities 表加上这个社区，或改正编码{near}",
        "there is no community {code} in sheet communities",
        "add it to sheet communities or correct the code{near}",
    ),
    "pairs_itself": Sentence(
        "单位 {code} 与自己结对",
        "结对的应是街道编码",
        "unit {code} is paired with itself",
        "paired_streets holds codes of streets",
    ),
    "min_above_places": Sentence(
        "最少人数 {least} 多于人数 {places}",
        "places_min 不大于 places",
        "places_min {least} is above places {places}",
        "places_min must not be above places",
    ),
    "ends_before_start": Sentence(
        "结束时间 {ends} 不在开始时间 {starts} 之后",
        "结束时间应晚于开始时间",
        "the end {ends} is not after the start {starts}",
        "the end must be later than the start",
    ),
    "frozen_broken": Sentence(
        "{person} 固定在岗位 {post}，但{why_zh}",
        "请改正名单，或去掉“固定”",
        "{person} is frozen on post {post}, but {why_en}",
        "correct the lists or do not freeze the person",
    ),
    "frozen_places": Sentence(
        "岗位 {post} 固定的人多于名额（{why}）",
        "请增加名额，或少固定几人",
        "more people are frozen on post {post} than it has places ({why})",
        "more places, or fewer frozen people",
    ),
    "frozen_quota": Sentence(
        "单位 {unit} 固定的人多于名额（{why}）",
        "请提高名额，或少固定几人",
        "more people of unit {unit} are frozen on posts than it may release ({why})",
        "a higher quota, or fewer frozen people",
    ),
    "param_unknown": Sentence(
        "没有参数 {name}", "可用的参数：{known}{near}", "there is no parameter {name}", "known: {known}{near}"
    ),
    "param_twice": Sentence("参数 {name} 写了两次", "只留一行", "the parameter {name} stands twice", "keep one row"),
    "param_number": Sentence(
        "参数 {name} 的值 {value} 不能用",
        "请填 0 到 {most} 的数，最多一位小数",
        "the value {value} of {name} cannot be used",
        "a number from 0 to {most} with at most one decimal",
    ),
    "param_days": Sentence(
        "参数 {name} 的值 {value} 不能用",
        "请填 1 到 3650 的整数天数",
        "the value {value} of {name} cannot be used",
        "a whole number of days from 1 to 3650",
    ),
    "param_moment": Sentence(
        "参数 {name} 的值 {value} 不是时间",
        "例如 2026-11-20 07:00",
        "the value {value} of {name} is not a time",
        "for example 2026-11-20 07:00",
    ),
    "param_order": Sentence(
        "missing_more（{more}）大于 missing_min（{least}）",
        "缺一个保底名额应比缺其他名额更贵",
        "missing_more ({more}) is above missing_min ({least})",
        "a place below the minimum must cost at least as much",
    ),
    "param_whole": Sentence(
        "参数 {name} 的值 {value} 不是整数",
        "请填整数，0 表示不要求",
        "the value {value} of {name} is no whole number",
        "a whole number; 0 asks nothing",
    ),
    "param_share": Sentence(
        "参数 {name} 的值 {value} 超过 100",
        "请填 0 到 100 的百分数",
        "the value {value} of {name} is above 100",
        "a share from 0 to 100 percent",
    ),
    "param_team_sizes": Sentence(
        "team_least（{least}）大于 team_most（{most}）",
        "同一单位在一个社区的最少人数不能多于最多人数",
        "team_least ({least}) is above team_most ({most})",
        "the least people of a unit in a community cannot be more than the most",
    ),
    "too_many_words": Sentence(
        "{what}有 {count} 种不同的词，最多 62 种",
        "请统一写法",
        "there are {count} different words in {what}, at most 62 can be used",
        "write the same thing in the same words",
    ),
    "no_rows": Sentence("表里一行也没有", "请填写内容", "the sheet has no rows", "fill in rows"),
    "travel_twice": Sentence(
        "{origin} 到 {target} 写了两次，用时不同",
        "只留一行",
        "{origin} to {target} stands twice with different minutes",
        "keep one row",
    ),
}

WARNINGS: dict[str, Sentence] = {
    "id_repeated": Sentence(
        "{code} 与第 {first} 行完全相同，只算一次", "", "{code} repeats row {first} word for word and counts once", ""
    ),
    "unknown_home": Sentence(
        "{count} 人的居住地社区不在 communities 表里，按没有居住地社区计算（例如 {code}）",
        "",
        "the home community of {count} people is not in sheet communities and counts as none (for example {code})",
        "",
    ),
    "unknown_street": Sentence(
        "{count} 处结对街道不属于任何社区（例如 {code}）",
        "",
        "{count} paired streets belong to no community (for example {code})",
        "",
    ),
    "unknown_post": Sentence(
        "{count} 人的现岗位不在 posts 表里，按没有现岗位计算（例如 {code}）",
        "",
        "the current post of {count} people is not in sheet posts and counts as none (for example {code})",
        "",
    ),
    "no_period": Sentence(
        "{count} 个岗位没有时间，参数 plan_start 也没有填：可用时间或技能有期限的 {people} 人可能派不出去",
        "",
        "{count} posts name no time and there is no plan_start: {people} people with dates may not fit any of them",
        "",
    ),
    "far_away": Sentence(
        "{count} 人离所有社区都超过 {km} 公里，请核对坐标（例如 {code}）",
        "",
        "{count} people are more than {km} km from every community; check their coordinates (for example {code})",
        "",
    ),
    "unused_category": Sentence(
        "没有岗位需要人员类别“{word}”{near}", "", "no post asks for the category “{word}”{near}", ""
    ),
    "unknown_pair": Sentence(
        "{count} 行行程用时的社区不在 communities 表里，没有用到（例如 {code}）",
        "",
        "{count} rows of the travel table name a community that is not in sheet communities (for example {code})",
        "",
    ),
}
