"""The places and the made-up people of a drill, entered the way an office enters them: units by hand, people by list.

Everything follows from the seed. Communities are real; whoever lives or works there is not.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM, Actor
from turnout.core.area_keys import key_of
from turnout.drill.scenario import Group, Scenario
from turnout.incidents.playbook import Playbook
from turnout.people.domain import imports, runs, units
from turnout.people.domain.uploads import File
from turnout.places import public
from turnout.places.domain import loading
from turnout.places.public import Community
from turnout.sheets import Out, to_bytes

HEADINGS = ("工号", "姓名", "手机号", "单位编号", "人员类别", "技能", "居住地社区", "工作限制", "后备梯队", "可派起")
ONE_LIST = 50_000
"""People in one list: what an office sends at once, and what stays well inside the memory of a worker."""
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌鹏辉玲慧宇浩然欣怡子轩梓涵一诺晓东海"
    "燕雪梅春生庆云飞振宁永康佳琪思远"
)


@dataclass(frozen=True, slots=True)
class Places:
    """The communities of a drill, in the order of codes."""

    communities: tuple[Community, ...]
    whole: bool
    """Whether these are all communities of the area."""
    share: float
    """Of the scenario's communities or of the area's residents, whichever is more: so large is the need."""

    @property
    def largest_street(self) -> str:
        """The street with the most communities."""
        counts = Counter(community.street_code for community in self.communities)
        return min(counts, key=lambda street: (-counts[street], street))

    @property
    def streets(self) -> list[str]:
        return sorted({community.street_code for community in self.communities})


LONGEST = 6.0
"""A plan over more people may take so many times its seconds; with 74,000 people it has its proof well before."""


def elsewhere(scenario: Scenario, area: str, seed: int) -> Scenario:
    """Return the same operation over another area, with as many people as its communities and residents ask for."""
    here, there = (public.communities(code, seed=seed) for code in (scenario.area, area))
    ratio = {
        "communities": len(there) / scenario.communities,
        "residents": sum(one.residents for one in there) / sum(one.residents for one in here),
    }
    groups = tuple(
        group if group.whole else msgspec.structs.replace(group, people=scaled(group.people, ratio[group.per]))
        for group in scenario.groups
    )
    longer = min(LONGEST, max(1.0, sum(group.people for group in groups) / sum(one.people for one in scenario.groups)))
    steps = tuple(
        msgspec.structs.replace(step, args={**step.args, "seconds": step.args["seconds"] * longer})
        if step.do == "plan"
        else step
        for step in scenario.steps
    )
    code = public.area(area).code
    return msgspec.structs.replace(scenario, area=code, communities=len(there), groups=groups, steps=steps)


def scaled(number: int, scale: float) -> int:
    return max(1, round(number * scale))


def places(scenario: Scenario, scale: float, seed: int) -> Places:
    """Return the communities that a drill runs over: whole streets in turn, then part of one, up to the number."""
    streets: dict[str, list[Community]] = {}
    for community in public.communities(scenario.area, seed=seed):
        streets.setdefault(community.street_code, []).append(community)
    order = sorted(streets)
    random.Random(f"{seed}:streets").shuffle(order)  # a small run is a fair sample of the city, not its first district
    listed = [community for street in order for community in streets[street]]
    chosen = listed[: scaled(scenario.communities, scale)]
    return Places(
        tuple(sorted(chosen, key=lambda one: one.code)),
        whole=len(chosen) == len(listed),
        share=_share(scenario, chosen, listed),
    )


def _share(scenario: Scenario, chosen: list[Community], listed: list[Community]) -> float:
    residents = [sum(one.residents for one in some) for some in (chosen, listed)]
    return min(1.0, max(len(chosen) / scenario.communities, residents[0] / residents[1]))


def load(scenario: Scenario, chosen: Places, seed: int) -> None:
    """Load these communities with everything above them from the public list."""
    with acting_as(SYSTEM):
        if chosen.whole:
            loading.load_public(code=scenario.area, by=SYSTEM, seed=seed)
            return
        for street in chosen.streets:
            here = [community.code for community in chosen.communities if community.street_code == street]
            everything = len(here) == len(public.communities(street, seed=seed))
            for code in [street] if everything else here:
                loading.load_public(code=code, by=SYSTEM, seed=seed)


def enter(group: Group, *, chosen: Places, scenario: Scenario, seed: int, by: Actor, zone: ZoneInfo) -> int:
    """Enter the units of a group and import its people by lists; returns how many people."""
    people = group.people if group.whole else scaled(group.people, chosen.share)
    chance = random.Random(f"{seed}:{group.code}")
    sending = _units(group, people, chosen, scenario, by)
    away = scenario.moment(group.away_until, zone) if group.away_until else None
    rows = list(_people(group, scenario.groups.index(group), sending, chosen, chance, away))
    for start in range(0, len(rows), ONE_LIST):
        import_list(HEADINGS, rows[start : start + ONE_LIST], by)
    return len(rows)


def import_list(headings: Sequence[str], rows: Sequence[tuple[Any, ...]], by: Actor) -> dict[str, int]:
    """Import a list of people as the page does it: dry run, then carried out. Returns what was counted."""
    with acting_as(by):
        run = imports.begin(file=File("人员.xlsx", to_bytes([Out("人员", headings, rows)])), by=by)
    with runs.working(run_id=run.pk, by=by) as work:
        imports.check(work)
    with acting_as(by):
        run = runs.own(run_id=run.pk, by=by)
        imports.commit(run=run, by=by, only_good=bool(run.counts.get("bad")))
    with runs.working(run_id=run.pk, by=by) as work:
        imports.carry_out(work)
    with acting_as(by):
        counts = runs.own(run_id=run.pk, by=by).counts
    return {name: count for name, count in counts.items() if isinstance(count, int)}


def made_up_name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))


def _units(group: Group, people: int, chosen: Places, scenario: Scenario, by: Actor) -> list[tuple[str, int, str]]:
    """Make the units; returns (code, people, paired street or "") of each."""
    made = []
    count = max(1, round(people / group.unit_size))
    playbook = scenario.parsed()
    in_need = list(accumulate(_need(playbook, group, community) for community in chosen.communities))
    for number in range(count):
        size = people * (number + 1) // count - people * number // count
        at = bisect(in_need, in_need[-1] * (number + 0.5) / count)
        street = {"none": "", "largest": chosen.largest_street}.get(group.paired, chosen.communities[at].street_code)
        code = f"{group.code}-{number + 1:04d}"
        seat = (street or chosen.communities[0].district_code)[:6]
        with acting_as(by):
            units.create(
                code=code, name=f"{group.title.zh}{number + 1}（虚构）", area_key=key_of(seat),
                paired_streets=[key_of(street)] if street else [], by=by,
            )  # fmt: skip
        made.append((code, size, street))
    return made


def _need(playbook: Playbook, group: Group, community: Community) -> float:
    """Return how many people of a group the playbook asks for at a community at every level; 1 where it asks none."""
    asked = (one for one in playbook.standards if one.category in group.categories and one.applies(""))
    return sum(one.places_for(community.residents) for one in asked) or 1


def _people(
    group: Group,
    block: int,
    sending: list[tuple[str, int, str]],
    chosen: Places,
    chance: random.Random,
    away: datetime | None,
) -> Iterator[tuple[Any, ...]]:
    weights = list(accumulate(max(1, community.residents) for community in chosen.communities))
    in_street: dict[str, list[Community]] = {}
    for community in chosen.communities:
        in_street.setdefault(community.street_code, []).append(community)
    number = 0
    for code, size, street in sending:
        for _ in range(size):
            number += 1
            if group.home == "paired" and street:
                home = chance.choice(in_street[street])
            else:
                home = chance.choices(chosen.communities, cum_weights=weights)[0]
            late = away is not None and number <= group.away
            yield (
                f"{group.code}-{number:06d}",
                made_up_name(chance),
                _phone(block, number),
                code,
                ";".join(group.categories),
                ";".join(group.skills),
                home.code,
                chance.choice(group.limits) if chance.random() < group.limited else "",
                group.tier,
                away.isoformat() if late and away else "",
            )


def _phone(block: int, number: int) -> str:
    """Made-up numbers of 11 digits that no two people of a scenario share: a block of a million for each group."""
    return f"139{block:02d}{number:06d}"
