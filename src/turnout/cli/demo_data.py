"""What the demo is filled with, through the same verbs that pages and lists use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnout.places import public

if TYPE_CHECKING:
    from turnout.cli.demo import Persona
    from turnout.core.actors import Actor
    from turnout.sheets import Out

_PREFIXES = ("38", "39", "58", "59", "77", "86")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "单解仇区查盖"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌鹏辉玲慧宇浩然欣怡子轩梓涵一诺晓东海"
    "燕雪梅春生庆云飞振宁永康佳琪思远"
)
_PEOPLE = ("工号", "姓名", "手机号", "单位编号", "人员类别", "居住地社区", "工作限制")


@dataclass(frozen=True)
class Made:
    """The example lists: units as (code, name, paired streets, quota), people as rows under `_PEOPLE`."""

    units: list[tuple[str, str, list[str], int | None]]
    people: list[tuple[Any, ...]]


def lists(code: str, seed: int) -> Made:
    """Return the units and people of `turnout sample`, with made-up names and phone numbers added."""
    from turnout.cli.plan import made_up

    made = {sheet.name: sheet for sheet in made_up.lists(public.area(code), staff=None, seed=seed, lang="zh").sheets}
    units = [
        (unit, name, [street for street in str(paired or "").split(";") if street], quota)
        for unit, name, paired, quota in _rows(made["units"])
    ]
    staff = _rows(made["staff"])
    at = {name: index for index, name in enumerate(made["staff"].headings)}
    chance = random.Random(seed)
    people = [
        (
            row[at["staff_id"]],
            _name(chance),
            f"1{chance.choice(_PREFIXES)}{number:08d}",
            row[at["unit_code"]],
            row[at["categories"]],
            row[at["home_community"]],
            row[at["work_limits"]],
        )
        for number, row in enumerate(staff, start=10_000_000)
    ]
    return Made(units, people)


def _rows(sheet: Out) -> list[Any]:
    return list(sheet.rows)


def _name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))


def load_areas(code: str, seed: int) -> None:
    from turnout.access.scope import acting_as
    from turnout.core.actors import SYSTEM
    from turnout.places.domain import loading

    with acting_as(SYSTEM):
        loading.load_public(code=code, by=SYSTEM, seed=seed)


def make_accounts(code: str, personas: Sequence[Persona], password: str) -> None:
    """Make accounts and set their passwords the way a person would, through a one-time link."""
    from turnout.access.domain import accounts, grants
    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.actors import NOBODY, SYSTEM
    from turnout.people.domain import units
    from turnout.people.models import Unit

    ends_at = clock.now() + timedelta(days=365)
    for persona in personas:
        with acting_as(SYSTEM):
            user = accounts.create(username=persona.username, name=persona.name, by=SYSTEM)
            token = accounts.issue_link(user=user, by=SYSTEM)
            accounts.set_password(token=token, password=password, by=NOBODY)
            if persona.over == "unit":
                units.set_liaison(unit=Unit.objects.earliest("code"), user=user, ends_at=ends_at, by=SYSTEM)
            else:
                area = _area_of(code, persona.over)
                grants.give(user=user, role=persona.role, area_code=area, ends_at=ends_at, by=SYSTEM)


def _area_of(code: str, over: str) -> str:
    first = public.communities(code)[0]
    return {"area": public.area(code).code, "street": first.street_code, "community": first.code}[over]


def enter_units(made: Made, username: str) -> None:
    """Enter the units, each in the district of its first paired street, or in the demo's first district."""
    from turnout.access.scope import acting_as
    from turnout.core.area_keys import key_of
    from turnout.people.domain import units

    by = actor_named(username)
    somewhere = next(paired[0][:6] for _, _, paired, _ in made.units if paired)
    for unit, name, paired, quota in made.units:
        streets = [key_of(street) for street in paired]
        district = key_of(paired[0][:6] if paired else somewhere)
        with acting_as(by):
            units.create(code=unit, name=name, area_key=district, paired_streets=streets, quota=quota, by=by)


def import_people(made: Made, username: str) -> str:
    """Import the list of people: dry run, then commit, as the worker does it. Returns what was done, in words."""
    from turnout.access.scope import acting_as
    from turnout.people.domain import imports, runs
    from turnout.people.domain.uploads import File
    from turnout.sheets import Out, to_bytes

    by = actor_named(username)
    content = to_bytes([Out("人员", _PEOPLE, made.people)])
    with acting_as(by):
        run = imports.begin(file=File("人员.xlsx", content), by=by)
    with runs.working(run_id=run.pk, by=by) as work:
        imports.check(work)
    with acting_as(by):
        run = runs.own(run_id=run.pk, by=by)
        imports.commit(run=run, by=by, only_good=bool(run.counts.get("bad")))
    with runs.working(run_id=run.pk, by=by) as work:
        imports.carry_out(work)
    with acting_as(by):
        counts = runs.own(run_id=run.pk, by=by).counts
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if isinstance(count, int))


def plan(code: str, seed: int, folder: Path) -> Path:
    """Write the example lists and their plan as workbooks, by the commands themselves; returns the plan."""
    from turnout.cli.main import main

    folder.mkdir(parents=True, exist_ok=True)
    written, planned = folder / "lists.xlsx", folder / "plan.xlsx"
    main(["sample", "--area", code, "--seed", str(seed), "-o", str(written)])
    main(["plan", str(written), "-o", str(planned), "--time-limit", "30"])
    return planned


def actor_named(username: str) -> Actor:
    """Return a persona as an actor, with the roles of this moment."""
    from turnout.access.models import User
    from turnout.access.queries import actor_of

    return actor_of(User.objects.get(username=username))
