"""How incidents and plans read: the arithmetic of cover, the proof, gaps with reason and fix, what changes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from turnout.console import queries
from turnout.console.words import in_chinese
from turnout.core.actors import Actor
from turnout.incidents import queries as incidents
from turnout.incidents.models import Incident
from turnout.incidents.playbook import differences
from turnout.people.states import CATEGORIES
from turnout.staffing import queries as staffing
from turnout.staffing.cover import Way
from turnout.staffing.cover import cover as arithmetic
from turnout.staffing.domain import posts
from turnout.staffing.states import PLAN, WAVE


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
