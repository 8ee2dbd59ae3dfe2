"""How incidents and plans read: the arithmetic of cover, the proof, gaps with reason and fix, what changes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from turnout.console import queries
from turnout.console.presenters.night import fix_words
from turnout.console.words import in_chinese
from turnout.core.actors import Actor
from turnout.incidents import queries as incidents
from turnout.incidents.models import Incident
from turnout.incidents.playbook import differences
from turnout.people.states import CATEGORIES
from turnout.staffing import queries as staffing
from turnout.staffing import versions
from turnout.staffing.cover import Way
from turnout.staffing.cover import cover as arithmetic
from turnout.staffing.domain import posts
from turnout.staffing.models import Plan
from turnout.staffing.states import GAP_REASONS, PLAN, WAVE

MOST_GAPS = 50


def incident_page(incident: Incident, by: Actor) -> dict[str, Any]:
    """Everything the command post shows of an incident."""
    language = "zh" if in_chinese() else "en"
    marks = list(incidents.live_marks(incident))
    areas = queries.areas_by_key([incident.area_key, *(mark.area_key for mark in marks)])
    levels = {level.code: level.title[language] for level in incident.playbook.playbook.levels}
    return {
        "incident": incident,
        "area": areas.get(incident.area_key),
        "playbook": incident.playbook.playbook.title[language],
        "marks": [(mark, areas.get(mark.area_key), levels.get(mark.level, mark.level)) for mark in marks],
        "waves": [(wave, str(WAVE[wave.state])) for wave in incident.waves.order_by("-number")],
        "plans": [(plan, str(PLAN[plan.state])) for plan in incident.plans.order_by("-number")[:20]],
        "switches": list(incident.switches.select_related("before", "after").order_by("-switched_at")),
        "needed": staffing.needed(incident),
        "drafting": staffing.drafting(incident),
        "may_manage": incident.status == "active" and by.can("incident.manage", incident.area_key),
        "may_plan": incident.status == "active" and by.can("plan.make", incident.area_key),
    }


def switch_page(incident: Incident, versions: Any, by: Actor) -> list[dict[str, Any]]:
    """Return for each other version what would change: rules as place, before, after; posts by rule, if any."""
    now = incident.playbook.playbook
    made = staffing.made_from_rules(incident)
    return [
        {
            "version": one.version,
            "changes": differences(now, one.playbook),
            "posts": posts.preview(incident=incident, by=by, version=one) if made else None,
        }
        for one in versions
    ]


def cover(incident: Incident, hours: int | None, neighbours: int = 1) -> dict[str, Any]:
    """Return the arithmetic of round-the-clock cover, short categories first, each with its ways out in words."""
    found = arithmetic(incident, hours, neighbours)
    rows = sorted(found.categories, key=lambda row: -row.missing)
    return {
        "rows": [(row, str(CATEGORIES[row.category])) for row in rows],
        "ways": [(str(CATEGORIES[row.category]), way, way_words(way)) for row in rows for way in row.ways],
    }


def way_words(way: Way) -> str:
    """Say a way out: what is done, and what it asks of everybody."""
    how = way.how
    if how.first_shift:
        return _("man the first shift only; the next ones are a wave of their own")
    words = _("shifts of {n} hours, {week} hours a week each").format(n=how.hours, week=how.hours_a_week)
    if how.neighbours == 1:
        return words
    return words + " · " + _("{n} neighbouring communities share each night").format(n=how.neighbours)


def plan_page(plan: Plan, by: Actor) -> dict[str, Any]:
    """Everything the page of a plan shows; people only as counts."""
    gaps = list(plan.gaps.select_related("post").order_by("-missing_min", "-missing", "id")[:MOST_GAPS])
    areas = queries.areas_by_key(gap.area_key for gap in gaps)
    saving = None if plan.bound_minutes is None else max(0.0, plan.objective_minutes - plan.bound_minutes)
    standing = versions.in_force(plan)
    return {
        "plan": plan,
        "incident": plan.incident,
        "state": str(PLAN[plan.state]),
        "empty": plan.needed - plan.placed,
        "objective": round(plan.objective_minutes),
        "bound": None if plan.bound_minutes is None else round(plan.bound_minutes),
        "saving": None if saving is None else round(saving),
        "percent": None if plan.proof_gap is None else f"{100 * plan.proof_gap:.2f}%",
        "why_empty": [(_reason(code), places) for code, places in staffing.gaps_by_reason(plan)],
        "gaps": [(gap, areas.get(gap.area_key), _reason(gap.reason), fix_words(gap.nearest_fix)) for gap in gaps],
        "categories": CATEGORIES,
        "left_out": [(_left_out(code), people) for code, people in staffing.left_out_by_reason(plan)],
        "changes": versions.count(standing, plan, by) if standing else None,
        "may_publish": plan.state == "draft" and by.can("plan.make", plan.area_key),
    }


def _reason(code: str) -> str:
    return str(GAP_REASONS.get(code, code))


def _left_out(code: str) -> str:
    words = {
        "frozen_home": _("kept at home by hand"),
        "no_post_for_category": _("no post for this category"),
        "posts_full": _("every post in reach is filled"),
    }
    return words.get(code) or _reason(code)
