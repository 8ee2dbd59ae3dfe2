"""Finding people among 74,000, at four scopes: what a clerk types, timed through the real read, row security on.

Each timing is one page of 50 with everything it asks the database for, inside one request's scope. Communities are
the public list of Beijing; people, units and phone numbers are made up from a fixed seed.
"""

from __future__ import annotations

import random
import time
from statistics import quantiles
from typing import Any

from benchmarks import database
from benchmarks.table import machine, markdown

TITLE = "Search"

PEOPLE, UNITS, SEED = 74_000, 1_500, 7
REPEATS = 5
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶单解仇区查盖"
)
WEIGHTS = [7.2, 7.2, 6.8, 5.4, 4.5, 3.1, 2.1, 2.1, 1.9, 1.8] + [1.2] * 20 + [0.4] * (len(SURNAMES) - 30)
GIVEN = "芳伟敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰文建国红梅春志海波鹏飞宇浩然子轩思雨欣怡佳琪晓东丹云龙凤婷雪"
CATEGORIES = ("district_cadre", "street_cadre", "health", "community_worker", "volunteer", "police", "property")
SHARES = (30, 20, 15, 15, 15, 1, 4)

TEXTS = (
    "王芳", "李", "王", "张伟", "明", "芳", "建国", "欧阳", "单", "曾",
    "wf", "lxd", "zjg", "w", "z", "sxx", "dmy", "wang",
    "zhangw", "4567", "0001", "13900000001", "13912345678", "P01234", "P0", "qqq", "阿", "晓东", "yy", "x",
)  # fmt: skip
"""What is typed: names and parts of them, initials down to one letter, pinyin, four digits, whole phones, numbers."""


def run(people: int = PEOPLE) -> str:
    """Fill a database, search it at each scope and return the table."""
    with database.fresh():
        unit = _fill(people)
        rows = [(name, *_measure(actor, unit).values()) for name, actor in _actors(unit).items()]
    head = (
        "scope",
        "people in it",
        "searches",
        "p50 ms",
        "p95 ms",
        "most statements",
        "slowest ms",
        "which was",
    )
    return f"{machine()}\n\n{people} people, {UNITS} units, 7,535 communities.\n\n{markdown(head, rows)}"


def _actors(unit: Any) -> dict[str, Any]:
    from turnout.core.actors import Actor
    from turnout.core.area_keys import range_of

    scopes = {
        "city": (range_of("11"),),
        "district": (range_of("110105"),),
        "two_areas": (range_of("110101001"), range_of("110106")),
        "street": (range_of("110105011"),),
        "liaison": ((unit.scope_key, unit.scope_key + 1),),
    }
    return {name: Actor(kind="user", scope=scope) for name, scope in scopes.items()}


def _measure(actor: Any, unit: Any) -> dict[str, Any]:
    """Time every text alone, some with filters, and the plain list with its second page; milliseconds."""
    from turnout.access.scope import acting_as
    from turnout.core.area_keys import range_of
    from turnout.people.queries import total
    from turnout.people.search import Criteria, search

    criteria = [Criteria(text) for text in TEXTS] + [
        Criteria(),
        Criteria(category="police"),
        Criteria("w", category="police"),
        Criteria("王", category="health"),
        Criteria(skill="护士"),
        Criteria("l", skill="驾驶"),
        Criteria(unit_id=unit.pk),
        Criteria("z", unit_id=unit.pk),
        Criteria(area=range_of("110102007")),
        Criteria("li", area=range_of("110102007")),
        Criteria("z", area=range_of("110108")),
    ]
    times: list[tuple[float, Criteria]] = []
    for _ in range(REPEATS):
        for wanted in criteria:
            with acting_as(actor):
                start = time.perf_counter()
                page = search(wanted)
                times.append(((time.perf_counter() - start) * 1000, wanted))
                if page.next and not wanted.text:
                    start = time.perf_counter()
                    search(wanted, after=page.next)
                    times.append(((time.perf_counter() - start) * 1000, wanted))
    taken = [spent for spent, _ in times]
    slowest = max(times, key=lambda row: row[0])
    with acting_as(actor):
        people = total()
    return {
        "people": people,
        "searches": len(taken),
        "p50_ms": round(quantiles(taken, n=20)[9], 1),
        "p95_ms": round(quantiles(taken, n=20)[18], 1),
        "statements": max(_statements(actor, wanted) for wanted in criteria),
        "max_ms": round(slowest[0], 1),
        "slowest": f"{slowest[1].text} {slowest[1].category} {slowest[1].skill}".strip() or "the list",
    }


def _statements(actor: Any, wanted: Any) -> int:
    """How many statements one search sends, its scope not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from turnout.access.scope import acting_as
    from turnout.people.search import search

    with acting_as(actor), CaptureQueriesContext(connection) as sent:
        search(wanted)
    return len(sent)


def _fill(people: int) -> Any:
    """Write made-up units and people as a list would bring them, and return a unit of middling size."""
    from django.db import connection

    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.actors import SYSTEM
    from turnout.core.area_keys import key_of
    from turnout.core.database import connect_as
    from turnout.core.ids import new_id
    from turnout.people.domain import reach, terms, words
    from turnout.people.models import Person, Skill, Unit
    from turnout.places.public.divisions import children

    chance, now = random.Random(SEED), clock.now()
    homes = [key_of(c.code) for d in children("1101") for street in children(d.code) for c in children(street.code)]
    areas = sorted({home // 10**12 * 10**12 for home in homes}) + sorted({home // 10**9 * 10**9 for home in homes})
    with acting_as(SYSTEM):
        units = Unit.objects.bulk_create(
            Unit(code=f"U{i:04}", name=f"单位 {i}", area_key=chance.choice(areas), opened_at=now) for i in range(UNITS)
        )
        rows = []
        for i in range(people):
            name = _name(chance)
            phone = f"+861390{i * 7919 % 10**7:07}"
            rows.append(
                Person(
                    id=new_id(), unit=units[int(chance.random() ** 1.5 * UNITS)], number=f"P{i:05}",
                    name=name, sort_key=terms.sort_key(name),
                    phone=b"made up", phone_hash=words.phone_hash(phone), phone_last4=phone[-4:],
                    categories=chance.choices(CATEGORIES, SHARES), home_key=chance.choice(homes), added_at=now,
                )
            )  # fmt: skip
        reach.write([reach.Standing(p.pk, p.unit.area_key, p.unit.scope_key, p.home_key) for p in rows])
        Person.objects.bulk_create(rows, batch_size=5_000)
        terms.write([person.pk for person in rows])
        skilled = [(chance.choice(rows), "护士") for _ in range(people // 100)]
        skilled += [(person, "驾驶") for person in rows[::8]]
        Skill.objects.bulk_create((Skill(person=p, name=n) for p, n in skilled), ignore_conflicts=True)
    connection.close()
    with connect_as("owner") as owner:  # what autovacuum does within a minute
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE")
    return units[UNITS // 2]


def _name(chance: random.Random) -> str:
    return chance.choices(SURNAMES, WEIGHTS)[0] + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))


if __name__ == "__main__":
    print(run())
