"""Why a plan has somebody where they are, why a place is empty, and what anything else would cost the city, in words.

The planner counts over everybody. Of what it names, people are shown to whom the present scope shows them; the others
are "somebody of another area", and moves that need them are not offered as a button.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from turnout.console import queries
from turnout.console.words import place
from turnout.core.actors import Actor
from turnout.people.models import Person
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import explaining
from turnout.staffing.explaining import AboutPerson, AboutPost, Way
from turnout.staffing.models import Gap, Plan, Post
from turnout.staffing.states import GAP_REASONS, LEFT_OUT_REASONS, PLACEMENT_REASONS

PARTS = {
    "travel": gettext_lazy("the way there, weighed by risk"),
    "street": gettext_lazy("a street the unit is not paired with"),
    "home": gettext_lazy("less: lives in this community"),
    "other_category": gettext_lazy("a specialist on a general post"),
    "moving": gettext_lazy("moves from the present post"),
}
RULES = {
    "category": gettext_lazy("asks for another staff category"),
    "skill_missing": gettext_lazy("a skill is missing or ends too early"),
    "work_limit": gettext_lazy("a work limit stands against it"),
    "not_available": gettext_lazy("not available for the whole time"),
    "quota_used": gettext_lazy("the quota of the unit is used up"),
    "travel_cap": gettext_lazy("the way is longer than allowed"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the present scope may read of an answer. Three queries, however many are named."""

    people: dict[UUID, Person]
    posts: dict[UUID, Post]
    areas: dict[int, Area]

    def person(self, who: UUID) -> str:
        return self.people[who].name if who in self.people else _("somebody of another area")

    def post(self, which: UUID | None) -> str:
        if which is None:
            return _("at home")
        post = self.posts.get(which)
        area = self.areas.get(post.area_key // 10**6 * 10**6) if post else None
        if post is None or area is None:
            return _("a post of another area")
        return " · ".join(filter(None, [str(place(area)), post.duties or str(CATEGORIES[post.category])]))


def person_page(plan: Plan, who: UUID, person: Person, reason: tuple[str, str], by: Actor) -> dict[str, Any]:
    """Everything the page about one person of a plan shows. `who` is the id in the plan, `person` the record today."""
    told = explaining.person(plan, who)
    kind, code = reason
    words = PLACEMENT_REASONS if kind == "placed" else LEFT_OUT_REASONS
    page = _page(plan) | {"person": person, "reason": str(words.get(code, code)), "told": told}
    if told is None:
        return page
    names = _names(_of_person(told), [one.way for one in told.alternatives])
    return page | {
        "at": names.post(told.post),
        "at_post": told.post,
        "parts": list(_parts(told.parts)),
        "total": round(sum(told.parts.values()), 1),
        "alternatives": [
            {
                "post": other.post,
                "where": names.post(other.post),
                "own": round(sum(other.parts.values()), 1),
                "way": _way(plan, other.way, names, by),
            }
            for other in told.alternatives
        ],
        "barred": [
            {"rule": str(RULES[one.rule]), "nearest": names.post(one.nearest), "one": one} for one in told.barred
        ],
        "open_to": told.open_to,
    }


def post_page(plan: Plan, post: Post, by: Actor) -> dict[str, Any]:
    """Everything the page about one post of a plan shows."""
    told = explaining.post(plan, post.pk)
    gap = Gap.objects.filter(plan=plan, post=post).first()
    ways = [one for one in (told.few, told.fill) if one] if told else []
    names = _names({post.pk}, ways, [one.nearest for one in told.barred] if told else [])
    page = _page(plan) | {"post": post, "where": names.post(post.pk), "category": str(CATEGORIES[post.category])}
    page |= {"gap": gap, "reason": str(GAP_REASONS.get(gap.reason, gap.reason)) if gap else "", "told": told}
    if told is None:
        return page
    communities = {area.code: area for area in _communities(told)}
    return page | {
        "parts": list(_parts(told.parts)),
        "total": round(sum(told.parts.values()), 1),
        "within": [
            {
                "band": band,
                "where": [(communities[code], people) for code, people in band.where if code in communities],
            }
            for band in told.within
        ],
        "barred": [
            {"rule": str(RULES[one.rule]), "nearest": names.person(one.nearest), "one": one} for one in told.barred
        ],
        "ways": [_way(plan, way, names, by) for way in _different(ways)],
    }


def _page(plan: Plan) -> dict[str, Any]:
    return {"plan": plan, "incident": plan.incident}


def _parts(parts: dict[str, float]) -> Iterable[tuple[str, float]]:
    return ((str(PARTS[name]), round(minutes, 1)) for name, minutes in parts.items() if minutes)


def _way(plan: Plan, way: Way, names: Names, by: Actor) -> dict[str, Any]:
    """Moves in words, and as fields of a form where the reader sees everybody who moves and the plan is a draft."""
    steps = [(names.person(one.person), names.post(one.before), names.post(one.after)) for one in way.steps]
    seen = all(one.person in names.people for one in way.steps)
    may = plan.state == "draft" and by.can("plan.make", plan.area_key)
    return {
        "city": round(way.city, 1),
        "more": way.city >= 0,
        "amount": round(abs(way.city), 1),
        "moving": ngettext("%(n)d person moves", "%(n)d people move", len(steps)) % {"n": len(steps)},
        "steps": steps,
        "fields": [":".join(map(_field, (one.person, one.before, one.after))) for one in way.steps]
        if may and seen
        else [],
        "hidden": may and not seen,
    }


def _field(one: UUID | None) -> str:
    return str(one) if one else ""


def steps_of(fields: Sequence[str]) -> list[explaining.Step]:
    """Read the moves of a form back; ValueError if it is not one of ours."""
    steps = []
    for field in fields:
        person, before, after = field.split(":")
        steps.append(explaining.Step(UUID(person), UUID(before) if before else None, UUID(after) if after else None))
    return steps


def _different(ways: list[Way]) -> list[Way]:
    return ways[:1] if len(ways) == 2 and ways[0].steps == ways[1].steps else ways


def _of_person(told: AboutPerson) -> set[UUID]:
    named = {told.post, *(one.nearest for one in told.barred), *(one.post for one in told.alternatives)}
    return {one for one in named if one}


def _names(posts: set[UUID], ways: Iterable[Way], people: Iterable[UUID] = ()) -> Names:
    steps = [step for way in ways for step in way.steps]
    posts = posts | {one for step in steps for one in (step.before, step.after) if one}
    found = {post.pk: post for post in Post.objects.filter(pk__in=posts)}
    seen = Person.objects.filter(pk__in={step.person for step in steps} | set(people))
    areas = queries.areas_by_key(post.area_key // 10**6 * 10**6 for post in found.values())
    return Names({one.pk: one for one in seen}, found, areas)


def _communities(told: AboutPost) -> Iterable[Area]:
    codes = {code for band in told.within for code, _people in band.where}
    return Area.objects.filter(code__in=codes)


def left_out_rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """People whom a plan leaves at home, with the plan's reason in words."""
    return [
        {"person": one.person, "unit": one.person.unit, "reason": str(LEFT_OUT_REASONS.get(one.reason, one.reason))}
        for one in rows
    ]
