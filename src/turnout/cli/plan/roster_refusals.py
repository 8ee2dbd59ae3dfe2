"""What the lists of a roster can be refused for, and what is only worth a warning, beyond what the plan's lists can."""

from __future__ import annotations

from turnout.sheets import Sentence

REFUSALS: dict[str, Sentence] = {
    "not_clock": Sentence(
        "“{value}”不是钟点", "例如 07:00 或 24:00", "“{value}” is no time of day", "for example 07:00 or 24:00"
    ),
    "not_wish": Sentence(
        "看不懂愿望“{value}”",
        "想休息写 2026-11-26，想上某班写 E@2026-11-26，不想上写 -N@2026-11-26",
        "the wish “{value}” cannot be read",
        "2026-11-26 to be off, E@2026-11-26 for a shift, -N@2026-11-26 against one",
    ),
    "not_worked": Sentence(
        "看不懂已上班次“{value}”",
        "例如 N@2026-11-22",
        "the worked shift “{value}” cannot be read",
        "for example N@2026-11-22",
    ),
    "unknown_shift": Sentence(
        "shifts 表里没有班次 {code}",
        "请在 shifts 表加上这个班次，或改正编号",
        "there is no shift {code} in sheet shifts",
        "add it to sheet shifts or correct it",
    ),
    "outside_horizon": Sentence(
        "{date} 不在排班期 {first} 到 {last} 内",
        "请改正日期，或在 rules 表改 plan_start、horizon_days",
        "{date} lies outside the roster, {first} to {last}",
        "correct the date, or plan_start and horizon_days in sheet rules",
    ),
    "not_of_these_lists": Sentence(
        "{id} {date} 的班与名单对不上，或同一天写了两次",
        "请用排出这份班表的名单，一人一天只留一行",
        "the shift of {id} on {date} does not belong to these lists, or stands twice",
        "give the lists this roster was made from, one row per person and day",
    ),
    "unknown_here": Sentence("名单里没有 {id}", "请核对编号", "{id} is not in the lists", "check the id"),
    "outside_roster": Sentence(
        "{date} 不是排班期 {first} 到 {last} 内的日期",
        "写成 编号@2026-11-24",
        "{date} is no date within the roster, {first} to {last}",
        "write PERSON@2026-11-24",
    ),
    "no_shift_then": Sentence("{id} 在 {date} 没有班", "请核对日期", "{id} has no shift on {date}", "check the date"),
    "no_start": Sentence(
        "不知道排班从哪天开始",
        "请在 rules 表写 plan_start，或在 cover 表写日期",
        "nothing says on which day the roster begins",
        "give plan_start in sheet rules, or dates in sheet cover",
    ),
    "cover_twice": Sentence(
        "同一社区、类别、班次、日期写了两次",
        "只留一行；写了日期的行优先于不写日期的行",
        "the same community, category, shift and date stand twice",
        "keep one row; a row with a date goes before one without",
    ),
    "min_above_want": Sentence(
        "最少人数 {least} 多于人数 {want}",
        "min 不大于 want",
        "min {least} is above want {want}",
        "min must not be above want",
    ),
    "leaves_first": Sentence(
        "离开日 {leaves} 不在到达日 {arrives} 之后",
        "离开日应晚于到达日",
        "the day of leaving {leaves} is not after the day of arriving {arrives}",
        "who leaves must have arrived before",
    ),
    "rule_twice": Sentence("规则 {name} 写了两次", "只留一行", "the rule {name} stands twice", "keep one row"),
    "rule_unknown": Sentence(
        "没有规则 {name}", "可用的规则：{known}{near}", "there is no rule {name}", "known: {known}{near}"
    ),
    "share_twice": Sentence(
        "社区 {code} 出现在两组共用夜班里",
        "一个社区只能在一组",
        "community {code} stands in two groups that share their nights",
        "a community belongs to one group",
    ),
    "share_unknown": Sentence(
        "{name} 里的社区 {code} 没有要求也没有人员",
        "请改正编码",
        "community {code} of {name} has neither cover nor people",
        "correct the code",
    ),
    "text_format": Sentence(
        "第 {line} 行读不懂：{what}",
        "请核对公开排班算例的文本格式",
        "line {line} cannot be read: {what}",
        "see the public shift-scheduling text format",
    ),
}

WARNINGS: dict[str, Sentence] = {
    "wish_outside": Sentence(
        "{count} 个愿望或休息日不在排班期内，没有用到",
        "",
        "{count} wishes or days off lie outside the roster and are not used",
        "",
    ),
    "no_cover": Sentence(
        "{count} 个社区有人员但没有在岗要求（例如 {code}）",
        "",
        "{count} communities have people but no cover (for example {code})",
        "",
    ),
    "past_outside": Sentence(
        "{count} 个已上班次不在排班期之前的 {days} 天内，没有用到",
        "",
        "{count} worked shifts do not lie within the {days} days before the roster and are not used",
        "",
    ),
}
