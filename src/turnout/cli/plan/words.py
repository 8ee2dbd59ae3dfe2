"""Reason codes, fixes and ends in words, Chinese and English. The codes are stable; the words may get better."""

from __future__ import annotations

import re
from collections.abc import Mapping

from turnout.cli.plan.layouts import CATEGORIES

Words = Mapping[str, tuple[str, str]]

PLACEMENTS: Words = {
    "frozen": ("按名单固定在原岗位", "kept there by hand"),
    "kept": ("留在现岗位", "stays on the present post"),
    "home": ("派往居住地社区", "the own home community"),
    "team": ("与同单位的人在一起", "together with people of the same unit"),
    "paired_street": ("派往本单位的结对街道", "a street paired with the unit"),
    "nearest": ("合适的岗位里最近的一个", "the nearest post that fits"),
    "next_nearest": ("更近的岗位由更合适的人承担", "nearer posts go to people who fit better"),
}
GAPS: Words = {
    "none_in_category": ("名单里没有这一类人员", "nobody of this category is on the list"),
    "skill_missing": (
        "这一类人员都没有所需技能，或到期太早",
        "nobody of the category has the skills to the end of the post",
    ),
    "work_limit": (
        "有技能的人都有不适合此岗的工作限制",
        "whoever has the skills has a work limit that rules the post out",
    ),
    "not_available": ("其余的人在岗位时间内不能到岗", "the others are not available for the whole period"),
    "quota_used": ("其余的人所在单位名额已用完", "the units of the others have used their quota"),
    "travel_cap": ("其余的人行程都超过上限", "the others live beyond the travel cap"),
    "dearer_than_gap": ("派最合适的人也比空着代价更大", "even the best person costs more than the empty place"),
    "needed_more_elsewhere": ("合适的人更需要在别处", "the people who fit are needed more elsewhere"),
}
LEFT_OUT: Words = {
    "frozen_home": ("按名单固定不派", "kept at home by hand"),
    "no_post_for_category": ("没有适合其类别的岗位", "no post asks for the person's category"),
    "skill_missing": ("没有岗位所需的技能，或到期太早", "lacks the skills of every post, or they end too early"),
    "work_limit": ("工作限制不适合余下的岗位", "the work limits rule out the posts that are left"),
    "not_available": ("岗位时间内不能到岗", "not available for the whole period of any post"),
    "quota_used": ("所在单位名额已用完", "the unit has used its quota"),
    "travel_cap": ("余下的岗位行程都超过上限", "the posts that are left lie beyond the travel cap"),
    "dearer_than_gap": ("派出的代价大于空着的岗位", "would cost more than the place left empty"),
    "posts_full": ("合适的岗位已满", "the posts that fit are full"),
}
RULES: Words = {
    "category": ("人员类别不符", "the category does not fit"),
    "skill_missing": ("没有所需技能，或到期太早", "a skill is missing or ends too early"),
    "work_limit": ("工作限制不适合", "a work limit rules the post out"),
    "not_available": ("不能全程到岗", "not available for the whole period"),
    "quota_used": ("所在单位名额已用完", "the unit has used its quota"),
    "travel_cap": ("行程超过上限", "the way is beyond the travel cap"),
}
PARTS: Words = {
    "travel": ("路程", "travel"),
    "street": ("非结对街道", "street"),
    "home": ("居住地社区减免", "own community"),
    "other_category": ("占用专业人员", "other category"),
    "moving": ("换岗", "moving"),
}
FIXES: Words = {
    "add_skill": ("{id} 取得或延长所需技能", "{id} gains or renews the skill"),
    "lift_limit": ("{id} 放宽工作限制", "lift a work limit of {id}"),
    "extend_availability": ("与 {id} 商量到岗时间", "ask {id} for other dates"),
    "raise_quota": ("给单位 {id} 增加名额", "raise the quota of unit {id}"),
    "raise_cap": ("提高行程上限，让 {id} 能去", "raise the travel cap so that {id} can come"),
}
STAGES: Words = {
    "reading": ("读取名单", "reading"),
    "starting": ("准备", "starting"),
    "placing": ("排人", "placing"),
    "teams": ("成队", "teams"),
    "rosters": ("排班", "rosters"),
}
STOPPED: Words = {
    "proof": ("已证明最优", "the optimum is proven"),
    "proof_gap": ("差距已小于要求", "the gap asked for is reached"),
    "budget": ("计划的步数已做完", "the planned steps are done"),
    "time_limit": ("到了时间限制", "the time limit was reached"),
    "interrupted": ("被中断，写出当时最好的方案", "interrupted; the best plan so far is written"),
}


def text(words: Words, code: str, lang: str) -> str:
    """The words for a code, the code itself if it has none."""
    found = words.get(code)
    return code if found is None else found[0 if lang == "zh" else 1]


def fix(nearest: str, lang: str) -> str:
    """A `nearest_fix` (ACTION:ID:MINUTES, for call_more ACTION:CATEGORY:PEOPLE) as a sentence, '' for none."""
    action, _, rest = nearest.partition(":")
    subject, _, amount = rest.rpartition(":")
    if not subject:
        return ""
    if action == "call_more":
        chinese = CATEGORIES.get(subject, subject)
        return (
            f"最近的办法：再召集 {amount} 名{chinese}" if lang == "zh" else f"nearest fix: call {amount} more {subject}"
        )
    done = text(FIXES, action, lang)
    done = done.format(id=subject) if action in FIXES else f"{action} {subject}"
    return f"最近的办法：{done}（{amount} 分钟）" if lang == "zh" else f"nearest fix: {done} ({amount} min)"


def no_fix(reason: str, sentence: str, lang: str) -> str:
    """Why a gap has no nearest fix. The planner says it in English; what differs from gap to gap is one number."""
    if lang != "zh" or not sentence:
        return sentence
    minutes = re.search(r"\d+(\.\d+)?", sentence)
    if reason == "dearer_than_gap" and minutes:
        return f"最合适的人也要 {minutes[0]} 分钟的代价"
    return "这一类人员每人都不止一条不符"
