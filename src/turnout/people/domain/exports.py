"""Exporting people to a workbook: its own permission, on the record, with the maker's name in the file.

The file has the columns of an import, so that a list can go out, be mended and come back. A phone number is masked,
which an import reads as "unchanged"; whole numbers need a purpose and are for a call list, never for a city.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from turnout.access.models import User
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_ALLOWED, Actor
from turnout.core.area_keys import KeyRange, range_of_key
from turnout.people import list_refusals as refusals
from turnout.people.domain import runs, uploads
from turnout.people.domain.runs import Work
from turnout.people.domain.staff_list import CATEGORY_WORDS, LIMIT_WORDS, TIER_WORDS, layout
from turnout.people.domain.uploads import File
from turnout.people.imports_models import ListRun
from turnout.people.models import Availability, Person, Skill, Unit
from turnout.people.permissions import require_at_unit
from turnout.people.refusals import PURPOSE_UNKNOWN
from turnout.people.states import REVEAL_PURPOSES
from turnout.places.models import Area
from turnout.sheets import Out, to_bytes

PERMISSION = "person.export"
MOST_WHOLE = 2_000
"""People whose whole numbers leave in one file: two waves of a large call-out; each is one reveal in the log."""
_TITLES = {
    "zh": (
        "人员", "说明", "导出人", "导出时间", "人数", "范围", "电话用途", "用后请删除，不要转发",
        "已打码，原样导回不会改动",
    ),
    "en": (
        "people", "about", "made by", "made at", "people", "scope", "purpose of phones",
        "delete after use, do not pass on", "masked; imported again they change nothing",
    ),
}  # fmt: skip


@transaction.atomic
def begin(
    *, by: Actor, unit: Unit | None = None, area_key: int | None = None, whole_phones: bool = False, purpose: str = ""
) -> ListRun:
    """Start an export of the active people of a unit, of the units in an area, or of all that may be exported.

    `whole_phones` needs the permission to reveal and a purpose (a word of `states.REVEAL_PURPOSES`).
    """
    ranges = _ranges(by, PERMISSION, unit, area_key)
    if whole_phones:
        if purpose not in REVEAL_PURPOSES:
            raise PURPOSE_UNKNOWN.refuse()
        _ranges(by, "person.reveal", unit, area_key)
        count = _people(ranges, unit).count()
        if count > MOST_WHOLE:
            raise refusals.TOO_MANY_WHOLE.refuse(count=count, most=MOST_WHOLE)
    chosen = {
        "unit": str(unit.pk) if unit else None,
        "area_key": area_key,
        "whole_phones": whole_phones,
        "purpose": purpose if whole_phones else "",
    }
    run = runs.start(kind="export.people", state="exporting", chosen=chosen, by=by)
    runs.enqueue(run, "people.write_export")
    return run


def write(work: Work) -> None:
    """Write the workbook of an export. Part of a job; what may be exported is asked anew."""
    if work.run.state != "exporting":
        return
    chosen = work.run.settings
    unit = Unit.objects.get(pk=UUID(chosen["unit"])) if chosen["unit"] else None
    ranges = _ranges(work.by, PERMISSION, unit, chosen["area_key"])
    whole = bool(chosen["whole_phones"]) and bool(_ranges(work.by, "person.reveal", unit, chosen["area_key"]))
    work.step("reading")
    people = list(_people(ranges, unit).select_related("unit"))
    if whole and len(people) > MOST_WHOLE:
        raise refusals.TOO_MANY_WHOLE.refuse(count=len(people), most=MOST_WHOLE)
    work.step("writing", len(people))
    user = work.run.starter
    language = "en" if user.language == "en" else "zh"
    content = to_bytes(
        [_sheet(work, people, whole, language), _about(work, user, _scope(unit, chosen), len(people), language)],
        author=user.name,
    )
    name = f"{_TITLES[language][0]} {clock.now().astimezone(_zone()):%Y-%m-%d %H%M}.xlsx"
    uploads.keep(run=work.run, role="export", file=File(name, content), by=work.by)
    _log(work, people, whole)
    runs.finish(work, state="done", counts={"people": len(people)})


def _ranges(by: Actor, permission: str, unit: Unit | None, area_key: int | None) -> tuple[KeyRange, ...]:
    """Return the key ranges to export from, or refuse whoever may not."""
    if unit is not None:
        require_at_unit(by, permission, unit)
        return ((unit.scope_key, unit.scope_key + 1),)
    if area_key is not None:
        by.require(permission, area_key)
        inner = range_of_key(area_key)
        if not by.can_over(permission, inner):
            raise NOT_ALLOWED.refuse(permission=permission)
        return (inner,)
    by.require_anywhere(permission)
    return by.scope if by.all_permissions else by.permissions[permission]


def _people(ranges: tuple[KeyRange, ...], unit: Unit | None) -> QuerySet[Person]:
    """Active people by unit: of one unit, or of the units that lie in the ranges."""
    people = Person.objects.filter(state="active").order_by("unit__code", "sort_key", "id")
    if unit is not None:
        return people.filter(unit=unit)
    inside = Q(pk__in=[])
    for low, high in ranges:
        inside |= Q(unit__area_key__gte=low, unit__area_key__lt=high)
        inside |= Q(unit__scope_key__gte=low, unit__scope_key__lt=high)
    return people.filter(inside)


def _sheet(work: Work, people: list[Person], whole: bool, language: str) -> Out:
    columns = layout(_zone()).columns
    headings = [column.aliases[0] if language == "zh" else column.name for column in columns]
    ids = [person.pk for person in people]
    skills: dict[UUID, list[str]] = defaultdict(list)
    for skill in Skill.objects.filter(person__in=ids).order_by("name"):
        skills[skill.person_id].append(f"{skill.name}@{skill.valid_through}" if skill.valid_through else skill.name)
    periods: dict[UUID, list[Availability]] = defaultdict(list)
    for period in Availability.objects.filter(person__in=ids).order_by("starts_at"):
        periods[period.person_id].append(period)
    homes = dict(Area.objects.filter(level="community").values_list("area_key", "code"))
    words = _Words(language)

    def rows() -> Iterator[list[Any]]:
        for done, person in enumerate(people):
            work.done(done)
            # A list carries one period; somebody with several keeps them, since an empty cell leaves what is known.
            period = periods[person.pk][0] if len(periods[person.pk]) == 1 else None
            yield [
                person.number, person.name, _phone(person, whole), person.unit.code,
                words.of("category", person.categories), "；".join(skills[person.pk]),
                homes.get(person.home_key or 0, ""), words.of("limit", person.work_limits),
                words.of("tier", [person.tier]), person.tier_until, person.not_ready_until,
                _moment(period and period.starts_at), _moment(period and period.ends_at),
            ]  # fmt: skip

    return Out(_TITLES[language][0], headings, rows())


class _Words:
    """Codes as the words that an import reads again: the first Chinese word of each, or the code itself."""

    def __init__(self, language: str) -> None:
        self._words: dict[str, dict[str, str]] = {}
        for kind, known in (("category", CATEGORY_WORDS), ("limit", LIMIT_WORDS), ("tier", TIER_WORDS)):
            chosen: dict[str, str] = {}
            for word, code in known.items():
                if language == "en" or word != code:
                    chosen.setdefault(code, code if language == "en" else word)
            self._words[kind] = chosen

    def of(self, kind: str, codes: list[str]) -> str:
        return "；".join(self._words[kind][code] for code in codes)


def _phone(person: Person, whole: bool) -> str:
    if person.phone is None:
        return ""
    if not whole:
        return f"*******{person.phone_last4}"
    return keys.decrypt(bytes(person.phone), table="people_person", column="phone", row_id=person.pk)


def _moment(moment: Any) -> str:
    return f"{moment.astimezone(_zone()):%Y-%m-%d %H:%M}" if moment else ""


def _scope(unit: Unit | None, chosen: dict[str, Any]) -> str:
    if unit is not None:
        return f"{unit.code} {unit.name}"
    area = Area.objects.filter(area_key=chosen["area_key"]).first() if chosen["area_key"] else None
    return f"{area.code} {area.name}" if area else "—"


def _about(work: Work, user: User, where: str, count: int, language: str) -> Out:
    """The page that says who made the file, when and what for."""
    _, title, made_by, made_at, people, scope, purpose, care, masked = _TITLES[language]
    chosen = work.run.settings["purpose"]
    at = f"{clock.now().astimezone(_zone()):%Y-%m-%d %H:%M}"
    facts: list[tuple[Any, ...]] = [
        ("title", f"Turnout 到岗 {title}"),
        ("fact", made_by, user.name),
        ("fact", made_at, at),
        ("fact", people, count),
        ("fact", scope, where),
        ("fact", purpose, str(REVEAL_PURPOSES[chosen]) if chosen else masked),
        ("text", care),
    ]
    return Out(title, (), facts, prose=True)


def _log(work: Work, people: list[Person], whole: bool) -> None:
    """One row for the file; for whole numbers one more for each person, who may ask who looked."""
    where = runs.common_area(person.unit.area_key for person in people)
    details = {"people": len(people), "whole_phones": whole, "unit": work.run.settings["unit"]}
    audit.record("person.export", by=work.by, of=work.run, area_key=where, details=details)
    for person in people if whole else ():
        purpose = work.run.settings["purpose"]
        audit.record(
            "person.reveal", by=work.by, of=person, area_key=person.unit.area_key,
            details={"purpose": purpose, "export": work.run.pk},
        )  # fmt: skip


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
