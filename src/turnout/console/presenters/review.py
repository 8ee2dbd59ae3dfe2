"""How a plan reads before it is published: proof, gaps with reason and fix, what changes, why somebody stands there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console import queries
from turnout.console.presenters.night import fix_words, sheet_title
from turnout.console.words import in_chinese, listed, place
from turnout.core.actors import Actor
from turnout.core.area_keys import code_of, street_of
from turnout.people.states import CATEGORIES, WORK_LIMITS
from turnout.places.models import Area
from turnout.sheets import Out
from turnout.staffing import queries as staffing
from turnout.staffing import review, versions
from turnout.staffing.domain.edits import Verdict
from turnout.staffing.models import Placement, Plan, Post
from turnout.staffing.review import Facts, GapGroup, GapPlace
from turnout.staffing.states import CALLED, FIXES, GAP_REASONS, LEFT_OUT_REASONS, PLACEMENT_REASONS, PLAN
from turnout.staffing.versions import Change, Changes

MOST_PLACES, MOST_CHANGES = 9, 6
ALL = 500
URGENT_SHARE = 0.25  # of the empty places: from here on a reason is marked as the one to act on
KINDS = {"added": "+", "off": "−", "moved": "→"}


def plan_page(plan: Plan, by: Actor, asked: dict[str, str]) -> dict[str, Any]:
    """Everything the page of a plan shows. `asked`: every (all communities, all changes) and person."""
    places, place_count = review.gap_places(plan, ALL if asked.get("places") else MOST_PLACES)
    changes = _changes(plan, by, ALL if asked.get("changes") else MOST_CHANGES)
    chosen = _chosen(plan, asked.get("person", ""), changes)
    keys = [place.area_key for place in places] + _keys_of(changes, chosen)
    areas = queries.areas_by_key([*keys, *(street_of(key) for key in keys)])
    groups = review.gap_groups(plan)
    mean, longest = review.way_there(plan)
    return {
        "plan": plan,
        "incident": plan.incident,
        "state": str(PLAN[plan.state]),
        "empty": plan.needed - plan.placed,
        "placed_share": f"{100 * plan.placed / max(plan.needed, 1):.1f}%",
        "mean": round(mean),
        "longest": round(longest),
        "proof": _proof(plan),
        "gauge": _gauge(plan, changes),
        "groups": [_group(group, groups) for group in groups],
        "places": [_place(place, areas) for place in places],
        "place_count": place_count,
        "left_out": [
            (str(LEFT_OUT_REASONS.get(code, code)), people, code) for code, people in staffing.left_out_by_reason(plan)
        ],
        "changes": changes,
        "change_rows": _change_rows(plan, changes, areas) if changes else [],
        "chosen": _facts(chosen, areas) if chosen else None,
        "may_publish": plan.state in ("draft", "partly") and by.can("plan.make", plan.area_key),
        "may_discard": plan.state == "draft" and by.can("plan.make", plan.area_key),
    }


@dataclass(frozen=True, slots=True)
class Changed:
    """A version against the one in force: which that is, in counts, and the first people by place."""

    against: Plan
    counts: Changes
    listed: list[Change]

    @property
    def total(self) -> int:
        return self.counts.added + self.counts.moved + self.counts.off


def _changes(plan: Plan, by: Actor, most: int) -> Changed | None:
    """The comparison with what is in force, or for a version that is itself in force with the one before it."""
    old = versions.in_force(plan) or _before(plan)
    if old is None:
        return None
    return Changed(old, versions.count(old, plan, by), versions.listed(old, plan, by, limit=most))


def _before(plan: Plan) -> Plan | None:
    published = plan.incident.plans.filter(area_key=plan.area_key, number__lt=plan.number, published_at__isnull=False)
    return published.order_by("-number").first()


def _keys_of(changes: Changed | None, chosen: Facts | None) -> list[int]:
    found = changes.listed if changes else []
    keys = [key // 10**6 * 10**6 for change in found for key in (change.old_key, change.new_key) if key]
    if chosen:
        keys.append(chosen.placement.post.area_key // 10**6 * 10**6)
        keys += [chosen.placement.person.home_key] if chosen.placement.person.home_key else []
    return keys


def _proof(plan: Plan) -> dict[str, Any]:
    objective = round(plan.objective_minutes)
    if plan.bound_minutes is None:
        return {"objective": objective, "bound": None, "saving": None, "percent": ""}
    bound = round(plan.bound_minutes)
    percent = "" if plan.proof_gap is None else f"{100 * plan.proof_gap:.2f}%"
    return {"objective": objective, "bound": bound, "saving": max(0, objective - bound), "percent": percent}


GAUGE_WIDTH, BOUND_AT, REACH = 520, 120.0, 300.0


def _gauge(plan: Plan, changes: Changed | None) -> dict[str, Any] | None:
    """Where bound, this version and the one in force lie on one line, true to scale from the bound on."""
    if plan.bound_minutes is None:
        return None
    marks = [plan.objective_minutes] + ([changes.against.objective_minutes] if changes else [])
    reach = max(*(mark - plan.bound_minutes for mark in marks), plan.bound_minutes * 0.005, 1.0)

    def x(minutes: float) -> float:
        return round(BOUND_AT + REACH * max(0.0, minutes - plan.bound_minutes) / reach, 1)  # type: ignore[operator]

    own = x(plan.objective_minutes)
    old = x(changes.against.objective_minutes) if changes else None
    return {
        "bound": BOUND_AT,
        "own": own,
        "between": round(own - BOUND_AT, 1),
        "middle": round((own + BOUND_AT) / 2, 1),
        "wide": own - BOUND_AT > 56,
        "own_words": max(own, BOUND_AT + 64),
        "old": old if old is None or (abs(old - own) > 70 and old - BOUND_AT > 70) else None,
        "old_minutes": round(changes.against.objective_minutes) if changes else None,
        "old_number": changes.against.number if changes else None,
    }


def _group(group: GapGroup, groups: list[GapGroup]) -> dict[str, Any]:
    total = sum(one.missing for one in groups)
    return {
        "mark": "crit" if group.missing >= URGENT_SHARE * total else "short",
        "words": joined(str(CATEGORIES[group.category]), str(GAP_REASONS.get(group.reason, group.reason))),
        "missing": group.missing,
        "width": round(100 * group.missing / max(total, 1), 1),
        "places": group.places,
        "fix": str(FIXES.get(group.fix, "")),
        "fixable": group.fixable,
        "minutes": group.minutes,
    }


def joined(who: str, why: str) -> str:
    return f"{who}{why}" if in_chinese() else f"{who}: {why}"


def _place(place: GapPlace, areas: dict[int, Area]) -> dict[str, Any]:
    parts = [joined(f"{CATEGORIES[category]} {missing} ", str(GAP_REASONS.get(reason, reason)))
             for category, missing, reason, _fix, _post in place.reasons[:2]]  # fmt: skip
    return {
        "area": areas.get(place.area_key),
        "street": areas.get(street_of(place.area_key)),
        "missing": place.missing,
        "why": ("，" if in_chinese() else ", ").join(parts),
        "fix": fix_words(place.reasons[0][3]) if place.reasons else "",
        "post": place.reasons[0][4] if place.reasons else None,
    }


def _change_rows(plan: Plan, changes: Changed, areas: dict[int, Area]) -> list[dict[str, Any]]:
    found = changes.listed
    posts = {
        post.pk: post
        for post in Post.objects.filter(pk__in={one for row in found for one in (row.old_post, row.new_post)})
    }
    said = review.why_changed(plan, [row.person_id for row in found])
    words = {"added": _("added"), "off": _("taken off"), "moved": _("moved")}
    return [
        {
            "change": row,
            "sign": KINDS[row.what],
            "kind": words[row.what],
            "before": areas.get((row.old_key or 0) // 10**6 * 10**6),
            "before_post": posts.get(row.old_post) if row.old_post else None,
            "after": areas.get((row.new_key or 0) // 10**6 * 10**6),
            "after_post": posts.get(row.new_post) if row.new_post else None,
            "why": _why_changed(row.what, *said.get(row.person_id, ("", ""))),
        }
        for row in found
    ]


def _why_changed(what: str, reason: str, answer: str) -> str:
    if what == "off":
        said = str(CALLED[answer]) if answer in ("no", "silent") else ""
        return said or str(LEFT_OUT_REASONS.get(reason, "")) or _("not available any more")
    return str(PLACEMENT_REASONS.get(reason, reason))


def _chosen(plan: Plan, person: str, changes: Changed | None) -> Facts | None:
    """The person asked for, else the first one whom this version adds or moves, else who has the longest way."""
    if person:
        try:
            return review.facts(plan, UUID(person))
        except ValueError:
            return None
    moved = [row.person_id for row in (changes.listed if changes else []) if row.what != "off"]
    first = moved or list(plan.placements.order_by("-travel_minutes", "id").values_list("person_id", flat=True)[:1])
    return review.facts(plan, first[0]) if first else None


def _facts(facts: Facts, areas: dict[int, Area]) -> dict[str, Any]:
    placement, person, post = facts.placement, facts.placement.person, facts.placement.post
    return {
        "facts": facts,
        "person": person,
        "post": post,
        "home": areas.get(person.home_key or 0),
        "area": areas.get(post.area_key // 10**6 * 10**6),
        "category": listed(str(CATEGORIES[name]) for name in person.categories if name in CATEGORIES),
        "reason": str(PLACEMENT_REASONS.get(placement.reason, placement.reason)),
        "why": list(_why(facts)),
    }


def _why(facts: Facts) -> Iterable[tuple[str, str, str]]:
    """Each fact as (what, more words, value); the way first, as the planner counts it."""
    minutes = round(facts.placement.travel_minutes)
    beside = ""
    if facts.average_minutes is not None:
        beyond = minutes - round(facts.average_minutes)
        beside = (
            _("{n} min less than the average of this category").format(n=-beyond)
            if beyond < 0
            else _("{n} min more than the average of this category").format(n=beyond)
            if beyond
            else _("as the average of this category")
        )
    yield _("the way there"), beside, _("{m} min").format(m=minutes)
    if facts.lives_here:
        yield _("home community"), _("lives in this community"), _("yes")
    if facts.paired:
        yield _("paired unit"), _("the unit is paired with this street"), _("yes")
    if facts.mates:
        words = ngettext("%(n)d other of the unit stands here", "%(n)d others of the unit stand here", facts.mates)
        yield _("the unit together"), words % {"n": facts.mates}, _("not split")
    if facts.skills:
        yield _("skills"), listed(facts.skills), _("held")
    limits = listed(str(WORK_LIMITS[limit]) for limit in facts.limits if limit in WORK_LIMITS)
    yield _("work limits"), limits or _("none given"), _("no conflict")
    if facts.rested_since:
        days = max(0, (facts.placement.post.starts_at - facts.rested_since).days)
        at = timezone.localtime(facts.rested_since)
        rested = ngettext("%(n)d day of rest", "%(n)d days of rest", days) % {"n": days}
        yield _("rest"), _("last posting ended {at}").format(at=f"{at:%m-%d %H:%M}"), rested


def sheets_of(plan: Plan, rows: Iterable[tuple[Any, ...]]) -> list[Out]:
    """A version of the plan as sheets: who goes where, and what stays empty. No phone numbers."""
    titles = [_("Community"), _("Code"), _("Duties"), _("Staff category"), _("From"), _("Until"), _("Name"), _("Unit")]
    titles += [_("minutes on the way"), _("Reason")]
    people = (
        [
            area, code_of(key), duties, str(CATEGORIES[category]), _local(starts), _local(ends), name, unit,
            round(minutes), str(PLACEMENT_REASONS.get(reason, reason)),
        ]
        for area, key, duties, category, starts, ends, name, unit, minutes, reason in rows
    )  # fmt: skip
    gaps, _count = review.gap_places(plan, 100_000)
    areas = queries.areas_by_key(place.area_key for place in gaps)
    shown = [_place(place, areas) for place in gaps]
    empty = [[one["area"].name if one["area"] else "", one["missing"], one["why"], one["fix"]] for one in shown]
    headings = [_("Community"), _("Empty posts"), _("Reason"), _("Nearest fix")]
    return [
        Out(sheet_title(plan.incident, _("Plan")), titles, people),
        Out(sheet_title(plan.incident, _("Empty posts")), headings, empty),
    ]


def _local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def verdict_words(verdict: Verdict) -> str:
    """What an edit by hand did, as the checker counts it: minutes more or less, and the rules it breaks."""
    more = round(verdict.more)
    words = (
        _("Done by hand: {n} minutes more.").format(n=f"{more:,}")
        if more >= 0
        else _("Done by hand: {n} minutes less.").format(n=f"{-more:,}")
    )
    if verdict.broken:
        rules = listed(dict.fromkeys(str(GAP_REASONS.get(rule, rule)) for rule, _subject, _detail in verdict.broken))
        words += _(" The checker names broken rules: {rules}.").format(rules=rules)
    return words


def post_choices(plan: Plan, placement: Placement) -> list[tuple[str, str]]:
    """Posts of the same street and category that have a place left, as a list to choose from."""
    free = review.free_posts(plan, placement, ALL)
    areas = queries.areas_by_key(post.area_key // 10**6 * 10**6 for post, _places in free)
    choices = []
    for post, places in free:
        area = areas.get(post.area_key // 10**6 * 10**6)
        words = ngettext("%(n)d place", "%(n)d places", places) % {"n": places}
        choices.append((str(post.pk), " · ".join(filter(None, [str(place(area)) if area else "", post.duties, words]))))
    return choices
