"""A playbook: the hazard's rules as data. Reading one, refusing what is wrong in it, and telling two versions apart.

No Django here. Every figure a city may want to change stands in the file; a key that is not known is refused, so that
a misspelt rule is never silently ignored.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

SHIPPED = Path(__file__).parent / "playbooks"


class BadPlaybook(ValueError):
    """The file is no playbook; the message names the place and what would be right."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A control level: what an area may be marked with, and the planner's risk (1 to 3) there."""

    code: str
    risk: int
    title: Words


class Standard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule that makes posts: per community, per so many residents, per compound or per site of a kind.

    `places` 0 means "as many as `per` gives"; `levels` empty means everywhere.
    """

    code: str
    per: str
    category: str
    places_min: int
    places: int
    round_the_clock: bool
    excludes: tuple[str, ...]
    duties: Words
    residents: int = 0
    site: str = ""
    levels: tuple[str, ...] = ()
    bring: tuple[Words, ...] = ()

    def places_for(self, residents: int) -> int:
        """Return how many places the rule asks for at a place with so many residents."""
        if self.per == "residents":
            return max(self.places_min, math.ceil(residents / self.residents))
        return self.places

    def applies(self, level: str) -> bool:
        return not self.levels or level in self.levels


class Shifts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hours: int
    overlap_minutes: int
    rest_hours: int
    per_week: int
    nights_in_a_row: int
    heavy_hours: int
    forced_rest_hours: int
    absence: float

    def people_per_post(self, hours: int | None = None) -> int:
        """Return how many people keep one post round the clock: shifts a week / shifts a person / (1 - absence).

        With 8-hour shifts, 5 a week and one in ten absent: 21 / 5 = 4.2, so 5.
        """
        return self.people_for(7 * 24 / (hours or self.hours))

    def people_for(self, shifts_a_week: float) -> int:
        """Return how many people work so many shifts a week, some of them absent."""
        return math.ceil(shifts_a_week / self.per_week / (1 - self.absence) - 1e-9)


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    deadline_minutes: int
    whistle_minutes: int


class Triage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    street_minutes: int
    district_minutes: int
    city_minutes: int


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    wait_minutes: int
    title: Words


class Posting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: int
    longest_days: int


class Welfare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`silent_hours`: without a sign from somebody on post for longer, an alarm is raised; 0 = no alarm."""

    silent_hours: float = 0


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether units are asked before their people are: silence for so many minutes is consent; 0 = nobody is asked."""

    minutes: int = 0


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`days` after stand-down, who was where and what they answered is deleted for good."""

    days: int = 90


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whistles per community and week: below `low` the mechanism is dead, above `high` routine work is broken."""

    low: float
    high: float


class Costs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes that the planner counts. The `street` ones are of a unit's people in its first paired street, in another
    paired one, elsewhere, and of a unit without one: how much farther somebody may come to serve where their unit does.
    """

    team: float
    moving: float
    missing_min: float
    missing_more: float
    street_first: float = 0.0
    street_other: float = 4.0
    street_elsewhere: float = 8.0
    street_unpaired: float = 4.0


class Playbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a hazard's rules."""

    name: str
    version: int
    valid_from: date
    source: str
    title: Words
    levels: tuple[Level, ...]
    standards: tuple[Standard, ...]
    shifts: Shifts
    arrival: Arrival
    triage: Triage
    tiers: tuple[Tier, ...]
    posting: Posting
    costs: Costs
    bring: tuple[Words, ...] = ()
    not_bring: Words | None = None
    welfare: Welfare = Welfare()
    retention: Retention = Retention()
    consent: Consent = Consent()
    whistle_rate: Rate | None = None

    def bring_to(self, standard: str) -> tuple[Words, ...]:
        """Return what somebody brings to a post of a standard; "" is a post that a whistle asked for."""
        own = next((one.bring for one in self.standards if one.code == standard), ())
        return (*self.bring, *own)

    def level(self, code: str) -> Level | None:
        return next((level for level in self.levels if level.code == code), None)

    def risk_of(self, code: str) -> int:
        """Return the planner's risk of a level; 1 where nothing is marked."""
        found = self.level(code)
        return found.risk if found else 1


TIERS = ("paired", "district", "reserve")
"""Units paired with streets that miss people; all units of the incident; also who lives there, whatever the unit."""
PER = ("community", "residents", "compound", "site")
CATEGORIES = (
    "district_cadre",
    "street_cadre",
    "health",
    "community_worker",
    "volunteer",
    "police",
    "property",
    "general",
)
WORK_LIMITS = ("no_night", "no_suit", "no_stairs", "light", "no_closed")


def read(text: str) -> Playbook:
    """Read a playbook from its TOML text, or raise BadPlaybook."""
    try:
        playbook = msgspec.convert(tomllib.loads(text), Playbook)
    except tomllib.TOMLDecodeError as error:
        raise BadPlaybook(f"This is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise BadPlaybook(str(error)) from None
    problem = next(_problems(playbook), None)
    if problem:
        raise BadPlaybook(problem)
    return playbook


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def shipped() -> dict[str, str]:
    """Return the texts of the playbooks that ship with Turnout, by name."""
    return {path.stem: path.read_text() for path in sorted(SHIPPED.glob("*.toml"))}


def _problems(playbook: Playbook) -> Iterator[str]:
    known = {level.code for level in playbook.levels}
    for kind, codes in (
        ("level", [level.code for level in playbook.levels]),
        ("standard", [standard.code for standard in playbook.standards]),
        ("tier", [tier.code for tier in playbook.tiers]),
    ):
        if not codes:
            yield f"There is no {kind}; a playbook has at least one."
        for code in {code for code in codes if codes.count(code) > 1}:
            yield f"The {kind} {code} stands twice."
    for level in playbook.levels:
        if level.risk not in (1, 2, 3):
            yield f"Level {level.code}: risk is 1, 2 or 3, not {level.risk}."
    for standard in playbook.standards:
        yield from _problems_of(standard, known)
    for tier in playbook.tiers:
        if tier.code not in TIERS or tier.wait_minutes < 1:
            yield f"Tier {tier.code}: code is one of {', '.join(TIERS)}, wait_minutes at least 1."
    ranks = [TIERS.index(tier.code) for tier in playbook.tiers if tier.code in TIERS]
    if ranks != sorted(ranks):
        yield f"Tiers widen in the order {', '.join(TIERS)}."
    if playbook.welfare.silent_hours < 0:
        yield "welfare.silent_hours is 0 or more."
    if playbook.consent.minutes < 0:
        yield "consent.minutes is 0 or more."
    for name, minutes in msgspec.structs.asdict(playbook.costs).items():
        if minutes < 0 or round(minutes, 1) != minutes:
            yield f"costs.{name} is 0 or more, with at most one decimal."
    if playbook.costs.missing_more > playbook.costs.missing_min:
        yield "costs.missing_more is at most costs.missing_min."
    if playbook.retention.days < 1:
        yield "retention.days is at least 1."
    rate = playbook.whistle_rate
    if rate and not 0 <= rate.low < rate.high:
        yield "whistle_rate: 0 <= low < high."
    if not 0 <= playbook.shifts.absence < 1:
        yield "shifts.absence is a share of people, from 0 to below 1."
    if not 1 <= playbook.shifts.hours <= 24 or playbook.shifts.per_week < 1:
        yield "shifts.hours is 1 to 24 and shifts.per_week at least 1."
    if not 0 < playbook.posting.days <= playbook.posting.longest_days:
        yield "posting.days is at least 1 and at most posting.longest_days."


def _problems_of(standard: Standard, levels: set[str]) -> Iterator[str]:
    where = f"Standard {standard.code}"
    if standard.per not in PER:
        yield f"{where}: per is one of {', '.join(PER)}, not {standard.per}."
    if (standard.per == "residents") != (standard.residents > 0):
        yield f'{where}: `residents` belongs to per = "residents", and there it is above 0.'
    if (standard.per == "site") != bool(standard.site):
        yield f'{where}: `site` belongs to per = "site".'
    if standard.category not in CATEGORIES:
        yield f"{where}: category is one of {', '.join(CATEGORIES)}, not {standard.category}."
    if standard.places_min < 0 or (standard.per != "residents" and not standard.places_min <= standard.places):
        yield f"{where}: 0 <= places_min <= places."
    for word in set(standard.excludes) - set(WORK_LIMITS):
        yield f"{where}: excludes takes {', '.join(WORK_LIMITS)}, not {word}."
    for code in set(standard.levels) - levels:
        yield f"{where}: there is no level {code}."


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: where, what it was, what it is."""

    place: str
    before: Any
    after: Any


def differences(old: Playbook, new: Playbook) -> list[Change]:
    """Return what differs between two versions, place by place; lists of coded entries are matched by code."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    places = list(dict.fromkeys([*before, *after]))
    skipped = {"version", "valid_from", "source"}
    return [
        Change(place, before.get(place), after.get(place))
        for place in places
        if place not in skipped and before.get(place) != after.get(place)
    ]


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, tuple) and value and isinstance(value[0], Words):
        yield place, [entry.zh for entry in value]
    elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
        for entry in value:
            yield from _leaves(entry, f"{place}[{entry.code}]")
    else:
        yield place, list(value) if isinstance(value, tuple) else value
