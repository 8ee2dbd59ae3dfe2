"""Example lists: real communities with simple posts, and units and people that do not exist.

Posts follow the cover that Beijing kept in 2020: every community gets a district cadre, a street cadre and a health
professional, and general places by residents (5 to 10, half of them the minimum). Shares of limits, skills and dates
are invented so that an example shows every kind of row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnout.places import public
from turnout.places.public import Community, Division
from turnout.places.public.noise import noise, unit_floats
from turnout.sheets import Out

# Fixed, so that the same call gives the same lists on any day.
PLAN_START = "2026-12-01T08:00:00+08:00"
_UNIT_SIZE = 37
"""People per unit: 74,000 staff of 2,000 units."""
# More people than places in each category but health, where a few places stay empty and get a reason.
_SUPPLY = {"district_cadre": 1.1, "street_cadre": 1.05, "health": 0.97, "general": 1.08}
_SKILL = {"zh": "采样", "en": "sampling"}
_JITTER = 0.004
"""Homes lie within about 400 m of their community's point, in degrees."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Lists:
    """The sheets to write and one sentence about them."""

    sheets: list[Out]
    told: str


class Post(NamedTuple):
    """A row of `posts`."""

    post_id: str
    community_code: str
    category: str
    places_min: int
    places: int
    skills: str
    excludes: str


class Unit(NamedTuple):
    """A row of `units`, and what its people are."""

    code: str
    name: str
    paired: str
    size: int
    category: str
    quota: int | None


def lists(area: Division, *, staff: int | None, seed: int, lang: str) -> Lists:
    """Lists over the communities of an area, with `staff` people or a few more than the places."""
    places = public.communities(area.code, seed=seed)
    posts = _posts(places, seed, lang)
    units = _units(places, _wanted(posts, staff), seed, lang)
    people = _people(places, units, seed, lang)
    risk = _risk(places, seed)
    sheets = [
        _about(area, places, seed, lang, len(people), len(units), len(posts)),
        Out(
            "communities",
            ("community_code", "name", "street_code", "district_code", "lon", "lat", "residents", "households", "risk"),
            [
                (c.code, c.name, c.street_code, c.district_code, c.lon, c.lat, c.residents, c.households, int(r))
                for c, r in zip(places, risk, strict=True)
            ],
            widths={"community_code": 16, "name": 24, "street_code": 16, "district_code": 16},
        ),
        Out(
            "units",
            ("unit_code", "name", "paired_streets", "quota"),
            [(u.code, u.name, u.paired, u.quota) for u in units],
            widths={"name": 40, "paired_streets": 30},
        ),
        Out(
            "staff", _STAFF, people, widths={"categories": 24, "home_community": 16, "skills": 18, "available_from": 27}
        ),
        Out("posts", Post._fields, posts, widths={"post_id": 30, "community_code": 16, "category": 16}),
        Out("params", ("name", "value"), [("plan_start", PLAN_START), ("horizon_days", 14)], widths={"value": 28}),
    ]
    told = (
        f"{area.name}：{len(places)} 个真实社区，{len(posts)} 个岗位共 {sum(p.places for p in posts)} 人，"
        f"虚构人员 {len(people)} 名、虚构单位 {len(units)} 个（随机种子 {seed}）"
        if lang == "zh"
        else f"{area.name}: {len(places)} real communities, {len(posts)} posts, {sum(p.places for p in posts)} places, "
        f"{len(people)} made-up people of {len(units)} made-up units (seed {seed})"
    )
    return Lists(sheets, told)


def _chance(seed: int, what: str, count: int) -> Numbers:
    return unit_floats(noise(seed, what, np.arange(count, dtype=np.uint64)))


def _of(seed: int, what: str, places: Sequence[Community]) -> Numbers:
    return unit_floats(noise(seed, what, np.array([int(c.code) for c in places], dtype=np.uint64)))


def _risk(places: Sequence[Community], seed: int) -> NDArray[np.int64]:
    chance = _of(seed, "risk", places)
    return 1 + (chance > 0.7).astype(np.int64) + (chance > 0.92)


def _posts(places: Sequence[Community], seed: int, lang: str) -> list[Post]:
    sampling, night = _of(seed, "sampling", places) < 0.25, _of(seed, "night", places) < 0.3
    posts = []
    for index, community in enumerate(places):
        code = community.code
        general = min(10, max(5, 4 + round(community.residents / 1000)))
        skill = _SKILL[lang] if sampling[index] else ""
        posts += [
            Post(f"{code}-district", code, "district_cadre", 1, 1, "", ""),
            Post(f"{code}-street", code, "street_cadre", 1, 1 + (community.residents > 4000), "", ""),
            Post(f"{code}-health", code, "health", 1, 1, skill, "no_suit"),
            Post(
                f"{code}-general", code, "general", (general + 1) // 2, general, "", "no_night" if night[index] else ""
            ),
        ]
    return posts


def _wanted(posts: Sequence[Post], staff: int | None) -> dict[str, int]:
    """People of each category: by the places and the supply, or `staff` split in the same proportions."""
    wanted = {
        word: max(1, round(sum(p.places for p in posts if p.category == word) * more)) for word, more in _SUPPLY.items()
    }
    if staff is None:
        return wanted
    whole = sum(wanted.values())
    shares = {word: staff * count // whole for word, count in wanted.items()}
    shares["general"] += staff - sum(shares.values())
    return shares


def _units(places: Sequence[Community], wanted: dict[str, int], seed: int, lang: str) -> list[Unit]:
    """Street offices with their cadres; hospitals, bureaus and other units, each paired with one or two streets."""
    streets = sorted({c.street_code for c in places})
    sizes: list[tuple[str, int, str]] = []
    weights = np.array([sum(c.street_code == street for c in places) for street in streets], np.float64)
    for street, size in zip(streets, _shared(wanted["street_cadre"], weights), strict=True):
        sizes.append(("street_cadre", size, street))
    for word in ("health", "district_cadre", "general"):
        count = max(1, round(wanted[word] / _UNIT_SIZE))
        sizes += [(word, size, "") for size in _shared(wanted[word], 0.5 + _chance(seed, f"size {word}", count))]
    chance, second, capped = (_chance(seed, what, len(sizes)) for what in ("street", "second", "quota"))
    by_communities = np.cumsum(weights) / weights.sum()
    units = []
    for index, (word, size, own) in enumerate(sizes):
        if not size:
            continue
        code = f"U{index + 1:04d}"
        paired = [own or streets[int(np.searchsorted(by_communities, chance[index]))]]
        other = streets[int(second[index] * len(streets))]
        if not own and second[index] < 0.5 and other not in paired:
            paired.append(other)
        # No pairing at all happens too: a unit of the city sends people anywhere.
        shown = "" if not own and chance[index] < 0.05 else ";".join(paired)
        quota = max(1, round(size * 0.8)) if not own and capped[index] < 0.12 else None
        units.append(Unit(code, _name(word, index, own, lang), shown, size, word, quota))
    return units


_NAMES = {
    "zh": {"street_cadre": "街镇机关", "health": "医院", "district_cadre": "区直单位", "general": "单位"},
    "en": {
        "street_cadre": "street office",
        "health": "hospital",
        "district_cadre": "district bureau",
        "general": "office",
    },
}


def _name(word: str, index: int, street: str, lang: str) -> str:
    if lang == "zh":
        return f"{public.area(street).name}机关（虚构）" if street else f"示例{_NAMES[lang][word]}{index + 1}（虚构）"
    return f"made-up {_NAMES[lang][word]} {street or index + 1}"


def _shared(total: int, weights: Numbers) -> list[int]:
    """`total` in whole shares by weight, largest remainders first."""
    exact = total * weights / weights.sum()
    shares = np.floor(exact).astype(int)
    for index in np.argsort(shares - exact, kind="stable")[: total - int(shares.sum())]:
        shares[index] += 1
    return [int(share) for share in shares]


_STAFF = (
    "staff_id",
    "unit_code",
    "categories",
    "lon",
    "lat",
    "skills",
    "home_community",
    "work_limits",
    "available_from",
    "available_until",
)
_LIMITS = ("no_night", "no_suit", "no_stairs", "light", "no_closed")


def _people(places: Sequence[Community], units: Sequence[Unit], seed: int, lang: str) -> list[tuple[object, ...]]:
    count = sum(unit.size for unit in units)
    weights = np.cumsum([max(1, c.residents) for c in places])
    homes = np.searchsorted(weights, _chance(seed, "home", count) * weights[-1], side="right")
    east, north = ((_chance(seed, way, count) * 2 - 1) * _JITTER for way in ("east", "north"))
    limit, dates, skill = (_chance(seed, what, count) for what in ("limit", "dates", "skill"))
    owners = [unit for unit in units for _ in range(unit.size)]
    return [
        (
            f"P{index + 1:06d}",
            unit.code,
            unit.category if unit.category == "general" else f"{unit.category};general",
            round(places[home].lon + east[index], 6),
            round(places[home].lat + north[index], 6),
            _skill(unit.category, float(skill[index]), lang),
            places[home].code,
            _LIMITS[int(limit[index] * 50)] if limit[index] < 0.1 else "",
            "2026-12-06T08:00:00+08:00" if dates[index] < 0.02 else "",
            "2026-12-10T08:00:00+08:00" if dates[index] > 0.98 else "",
        )
        for index, (unit, home) in enumerate(zip(owners, homes, strict=True))
    ]


def _skill(category: str, chance: float, lang: str) -> str:
    """Two thirds of the health professionals may sample, a few of them with a certificate that ends too early."""
    if category != "health" or chance > 0.66:
        return ""
    return f"{_SKILL[lang]}@{'2026-12-05' if chance < 0.05 else '2027-06-30'}"


def _about(
    area: Division, places: Sequence[Community], seed: int, lang: str, people: int, units: int, posts: int
) -> Out:
    column = 0 if lang == "zh" else 1
    labels = sorted({label for community in places for label in community.labels})
    made_up = [("fact", public.LABELS[label][column]) for label in labels]
    sources = [("fact", text[column]) for text in public.SOURCES.values()]
    if lang == "zh":
        rows: list[tuple[object, ...]] = [
            ("title", f"{area.name}示例名单"),
            ("fact", "这是示例。单位和人员都是虚构的，不对应任何真实单位和个人；社区名称和编码是真实的。"),
            ("fact", "社区", len(places)),
            ("fact", "岗位", posts),
            ("fact", "单位（虚构）", units),
            ("fact", "人员（虚构）", people),
            ("fact", "随机种子", seed),
            ("section", "哪些是合成数据"),
            *made_up,
            ("section", "数据来源"),
            *sources,
            ("section", "怎么用"),
            (
                "fact",
                "把各表换成本单位的真实名单，列名不变，或用中文列名，例如“人员编号、单位编码、人员类别、经度、纬度”。",
            ),
            ("fact", "然后运行：turnout plan 名单.xlsx -o 方案.xlsx"),
        ]
        return Out("说明", (), rows, prose=True)
    rows = [
        ("title", f"Example lists for {area.name}"),
        ("fact", "An example. Units and people are made up; names and codes of communities are real."),
        ("fact", "communities", len(places)),
        ("fact", "posts", posts),
        ("fact", "units (made up)", units),
        ("fact", "people (made up)", people),
        ("fact", "seed", seed),
        ("section", "What is synthetic"),
        *made_up,
        ("section", "Sources"),
        *sources,
        ("section", "How to use it"),
        (
            "fact",
            "Put your own lists into the sheets and keep the headings, then run: turnout plan lists.xlsx -o plan.xlsx",
        ),
    ]
    return Out("about", (), rows, prose=True)
