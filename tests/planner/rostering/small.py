"""Small roster problems: one site, three eight-hour shifts, to be changed by tests; random ones with every rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import LIMITS, OFF, Cover, People, Problem, Shifts, Sites
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rulebook import Settings
from turnout.planner.rostering.rules.wishes import Wishes

MONDAY = date(2026, 11, 23)
EARLY, LATE, NIGHT = 0, 1, 2
CATEGORIES = ("community_worker", "general", "health")


def shifts(**changed: object) -> Shifts:
    plain = Shifts(
        ids=("E", "L", "N"),
        starts=np.array([480, 960, 0]),
        minutes=np.array([480, 480, 480]),
        night=np.array([False, False, True]),
        heavy=np.zeros(3, np.bool_),
        cannot_follow=np.zeros((3, 3), np.bool_),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def late_nights() -> Shifts:
    """The night starts at 22:00 and runs into the morning."""
    return shifts(starts=np.array([360, 840, 1320]))


def cover(sites: int, categories: int, count: int, days: int, *, least: int = 0, want: int = 0) -> Cover:
    whole = (sites, categories, count, days)
    return Cover(
        least=np.full(whole, least),
        want=np.full(whole, want),
        below_least=np.full(whole, 1000),
        below_want=np.full(whole, 100),
        above=np.full(whole, 5),
        open=np.ones(whole, np.bool_),
    )


def problem(
    people: int = 1, days: int = 7, *, sites: int = 1, rules: tuple[object, ...] = (), **changed: object
) -> Problem:
    """People of category `general` at site 0, no cover asked, no rules but those given."""
    ids = tuple(f"P{index:02}" for index in range(people))
    zeros = np.zeros(people, np.int64)
    table = People.plain(ids, site=zeros, categories=zeros + 2, days=days, shifts=3)
    own = {name: changed.pop(name) for name in list(changed) if name in People.__slots__}
    made = Problem(
        first_day=MONDAY,
        days=days,
        shifts=shifts(),
        sites=Sites(tuple(f"S{s}" for s in range(sites)), np.zeros(sites, np.bool_), np.arange(sites)),
        categories=CATEGORIES,
        people=replace(table, **own),  # type: ignore[arg-type]
        cover=cover(sites, 3, 3, days),
        rules=rules,  # type: ignore[arg-type]
    )
    return replace(made, **changed).validated()  # type: ignore[arg-type]


def plan(*rows: str) -> Plan:
    """Plans as people write them: a letter per day of a person, `.` for off; everybody stands as `general`."""
    letters = {".": OFF, "E": EARLY * 3 + 1, "L": LATE * 3 + 1, "N": NIGHT * 3 + 1}
    return Plan(np.array([[letters[letter] for letter in row] for row in rows]))


def past(*rows: str) -> np.ndarray:
    letters = {".": OFF, "E": EARLY, "L": LATE, "N": NIGHT}
    return np.array([[letters[letter] for letter in row] for row in rows])


def random_problem(seed: int, *, people: int = 4, days: int = 5, sites: int = 2) -> Problem:
    """Every rule of the book at work: limits, days off, wishes, a past, waves, closed sites, shared nights."""
    draw = np.random.default_rng(seed)
    people, days, sites = draw.integers(0, people + 1), draw.integers(1, days + 1), draw.integers(1, sites + 1)
    table = _random_people(draw, int(people), int(days), int(sites))
    whole = (sites, len(CATEGORIES), 3, days)
    least = draw.integers(0, 2, whole) * (draw.random(whole) < 0.4)
    want = least + draw.integers(0, 2, whole) * (draw.random(whole) < 0.4)
    groups = np.array([0 if site == 1 and draw.random() < 0.5 else site for site in range(sites)])
    starts = np.array([[480, 960, 0], [360, 840, 1320], [420, 600, 1200]][draw.integers(3)])
    minutes = np.array([[480, 480, 480], [540, 540, 720], [720, 480, 720]][draw.integers(3)])
    settings = Settings(
        rest_hours=int(draw.integers(8, 17)),
        hours_in_24=int(draw.integers(8, 16)),
        hours_in_7_days=int(draw.integers(16, 45)),
        shifts_in_a_row=int(draw.integers(1, 5)),
        nights_in_a_row=int(draw.integers(1, 3)),
        heavy_rest_hours=int(draw.integers(12, 49)),
        relief_days=1,
        relief_every=int(draw.integers(2, 5)),
        closed_stay=int(draw.integers(1, 4)),
        closed_away=int(draw.integers(1, 4)),
        night_least=int(draw.integers(1, 3)),
        handover_days=int(draw.integers(1, 4)),
    )
    return Problem(
        first_day=MONDAY,
        days=int(days),
        shifts=shifts(starts=starts, minutes=minutes, heavy=draw.random(3) < 0.3),
        sites=Sites(tuple(f"S{s}" for s in range(sites)), draw.random(sites) < 0.3, groups),
        categories=CATEGORIES,
        people=table,
        cover=replace(cover(int(sites), 3, 3, int(days)), least=least, want=want, open=(want > 0) | (least > 0)),
        rules=settings.rules(),
    ).validated()


def _random_people(draw: np.random.Generator, people: int, days: int, sites: int) -> People:
    ids = tuple(f"P{index:02}" for index in range(people))
    table = People.plain(
        ids, site=draw.integers(0, sites, people), categories=draw.integers(1, 8, people), days=days, shifts=3
    )
    bits = sum((draw.random(people) < 0.15).astype(np.int64) << bit for bit in range(len(LIMITS)))
    known = int(draw.integers(0, 5))
    return replace(
        table,
        limits=bits + np.zeros(people, np.int64),
        off=draw.random((people, days)) < 0.1,
        arrives=np.where(draw.random(people) < 0.2, draw.integers(0, days + 1, people), 0),
        leaves=np.where(draw.random(people) < 0.2, draw.integers(0, days + 1, people), days),
        wish_on=draw.integers(0, 3, (people, days, 3)) * (draw.random((people, days, 3)) < 0.1),
        wish_off=draw.integers(0, 3, (people, days, 3)) * (draw.random((people, days, 3)) < 0.1),
        load_before=draw.integers(0, 40, people),
        past=np.where(draw.random((people, known)) < 0.5, draw.integers(0, 3, (people, known)), OFF),
    )


def found(made: Problem, *rows: str) -> list[tuple[str, str, int]]:
    """(rule, subject, day) of everything the checker finds broken."""
    return [(one.rule, one.subject, one.day) for one in check(made, plan(*rows)).broken]


def cost(made: Problem, *rows: str) -> dict[str, int]:
    return check(made, plan(*rows)).parts


def best(made: Problem) -> list[str]:
    """What the solver makes of it, as people write plans (whatever the category)."""
    duty = Model(made).solve(seed=0, effort=5).plan.duty
    return ["".join("." if cell == OFF else "ELN"[cell // 3] for cell in row) for row in duty]


def wishing(made: Problem, *rows: str) -> Problem:
    """The same problem with people who dearly wish for exactly these shifts, as `general`."""
    wish = np.zeros_like(made.people.wish_on)
    for person, row in enumerate(rows):
        for day, letter in enumerate(row):
            if letter != ".":
                wish[person, day, "ELN".index(letter)] = 100
    free = replace(made.cover, above=made.cover.above * 0)
    return replace(made, people=replace(made.people, wish_on=wish), cover=free, rules=(*made.rules, Wishes()))
