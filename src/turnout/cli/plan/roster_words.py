"""What a roster says in words, Chinese and English: broken rules, empty places and their fixes."""

from __future__ import annotations

from turnout.cli.plan.layouts import CATEGORIES
from turnout.cli.plan.words import Words, text
from turnout.planner.rostering.change import ONE_A_DAY
from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.result import AT_LEAST, AT_MOST, Broken, Uncovered

BROKEN: Words = {
    "category": ("按{0}在岗，与本人类别或社区需要不符", "stands as {0}, which the person or the place does not allow"),
    "work_limit": ("本人的工作限制不适合 {0} 班", "a work limit rules out {0}"),
    "presence": ("这一天不在岗位所在地", "is not there on this day"),
    "fixed_off": ("这一天是固定休息日", "works on a fixed day off"),
    "rest": ("距上一班结束 {0} 小时，{1} {2} 小时", "{0} h after the last shift, {1} {2} h"),
    "heavy_rest": ("穿防护服长班结束后 {0} 小时又上班，{1} {2} 小时", "{0} h after long heavy duty, {1} {2} h"),
    "succession": ("{1} 班之后第二天不能上 {0} 班", "{0} right after {1}"),
    "rolling_hours": ("任意连续 {1} 小时内工作 {0} 小时，{2} {3} 小时", "{0} h within {1} h, {2} {3} h"),
    "shifts_in_a_row": ("连续上班 {0} 天，{1} {2} 天", "{0} days in a row, {1} {2}"),
    "nights_in_a_row": ("连续夜班 {0} 个，{1} {2} 个", "{0} nights in a row, {1} {2}"),
    "days_off_in_a_row": ("连续休息 {0} 天，{1} {2} 天", "{0} days off in a row, {1} {2}"),
    "relief_days": ("连续 {0} 天内的轮休日不够，{1} {2} 天", "too few relief days in {0} days, {1} {2}"),
    "closed_loop": ("闭环驻守第 {0} 天，{1} {2} 天", "day {0} of a stay, {1} {2}"),
    "night_pairs": ("{0} 班只有 {1} 人，{2} {3} 人", "{1} on {0}, {2} {3}"),
    "weekends": ("{0} 个周末上班，{1} {2} 个", "{0} weekends, {1} {2}"),
    "shift_count": ("{0} 班 {1} 个，{2} {3} 个", "{1} x {0}, {2} {3}"),
    "minutes": ("共工作 {0} 分钟，应为 {1} 至 {2} 分钟", "{0} minutes, wanted {1} to {2}"),
    ONE_A_DAY: ("这一天本人已有一班", "has a shift of the own on that day"),
}
_LIMITS: Words = {AT_MOST: ("最多", "at most"), AT_LEAST: ("至少", "at least")}
EMPTY: Words = {
    "none_in_category": ("这里没有这一类人员", "nobody of this category is here"),
    "work_limit": ("这一类人员都有不适合此班的工作限制", "work limits rule out everybody of the category"),
    "absent": ("合适的人这一天不在", "those who fit are away on this day"),
    "fixed_off": ("其余的人这一天是固定休息日", "the others have a fixed day off"),
    "on_another_shift": ("其余的人这一天已有班", "the others work another shift on this day"),
    "category": ("其余的人类别不符", "the category rules out the others"),
    "presence": ("其余的人这一天不在", "the others are away"),
    "rest": ("其余的人两班之间休息不够", "the others would have too little rest between shifts"),
    "heavy_rest": ("其余的人防护服长班后休息不够", "the others would have too little rest after heavy duty"),
    "succession": ("其余的人前后班次不能相连", "the others work shifts that may not follow one another"),
    "rolling_hours": ("其余的人工时已满", "the hours of the others are full"),
    "shifts_in_a_row": ("其余的人连续上班天数已满", "the others would work too many days in a row"),
    "nights_in_a_row": ("其余的人连续夜班已满", "the others would work too many nights in a row"),
    "days_off_in_a_row": ("其余的人连续休息会不够", "the others would have too few days off in a row"),
    "relief_days": ("其余的人会没有轮休日", "the others would lose their relief days"),
    "closed_loop": ("其余的人闭环驻守已到期", "the stay of the others would be too long"),
    "night_pairs": ("夜班凑不够人，不能让一个人单独值夜", "nobody may be alone at night"),
    "weekends": ("其余的人周末班已满", "the others would work too many weekends"),
    "shift_count": ("其余的人此班次数已满", "the others would work too many of this shift"),
    "minutes": ("其余的人工时已满", "the working time of the others is full"),
    "dearer_than_gap": ("排上最合适的人，代价也比空着大", "even the best person costs more than the empty place"),
    "not_reached": ("提前停止，还没有排到这里", "stopped before this place had its turn"),
}
_FIXES: Words = {
    "call_more": ("再召集 {0} 名{1}", "call {0} more {1}"),
    "lift_limit": ("请 {0} 放宽工作限制", "lift a work limit of {0}"),
    "ask_day_off": ("与 {0} 商量调休", "ask {0} for the day off"),
    "place": ("可排 {0}，分值增加 {1}", "place {0} for {1} points"),
}


def broken(one: Broken, lang: str) -> str:
    """The facts of a broken rule as a sentence."""
    facts = [_fact(fact, lang) for fact in one.facts]
    return text(BROKEN, one.rule, lang).format(*facts) if one.rule in BROKEN else " ".join(facts)


def _fact(fact: str | float, lang: str) -> str:
    if not isinstance(fact, str):
        return f"{fact:g}"
    if fact in _LIMITS:
        return text(_LIMITS, fact, lang)
    return CATEGORIES.get(fact, fact) if lang == "zh" else fact


def empty(problem: Problem, one: Uncovered, lang: str) -> str:
    """Why a place stays empty, and what to do first."""
    said, fix = text(EMPTY, one.reason, lang), _FIXES.get(one.fix)
    if fix is None:
        return said
    who = problem.people.ids[one.person] if one.person >= 0 else ""
    category = problem.categories[one.category]
    named = CATEGORIES.get(category, category) if lang == "zh" else category
    facts = (one.missing, named) if one.fix == "call_more" else (who, one.points)
    done = fix[0 if lang == "zh" else 1].format(*facts)
    return f"{said}；最近的办法：{done}" if lang == "zh" else f"{said}; nearest fix: {done}"
