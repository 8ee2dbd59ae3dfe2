"""How the board reads: figures, filters, and the planner's codes in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from turnout.core.actors import Actor
from turnout.core.area_keys import KeyRange, contains, range_of_key
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import board as boards
from turnout.staffing.models import Post
from turnout.staffing.states import FIXES, GAP_REASONS


def board_page(incident: Incident, area: Area, by: Actor, category: str, all_rows: bool) -> dict[str, Any]:
    """Everything the board's template reads."""
    category = category if category in CATEGORIES else ""
    found = boards.board(incident, (area.area_key, area.key_end), by, category)
    return {
        "incident": incident,
        "area": area,
        "board": found,
        "streets": [_street(street, all_rows) for street in found.streets],
        "category": category,
        "categories": _categories(incident, category),
        "all_rows": all_rows,
    }


def visible_range(incident: Incident, by: Actor) -> list[KeyRange]:
    """Return the parts of an incident that somebody may look at: the incident itself, or the own areas inside it."""
    whole = range_of_key(incident.area_key)
    held = by.permissions.get("area.view", ())
    if by.all_permissions or contains(tuple(held), whole):
        return [whole]
    return [(low, high) for low, high in held if contains((whole,), (low, high))]


def _street(street: boards.Street, all_rows: bool) -> dict[str, Any]:
    rows = [row for row in street.rows if all_rows or row.gap]
    return {
        "code": street.code,
        "name": street.name,
        "sum": street.sum,
        "note": _("{short} of {places} communities short").format(
            short=street.sum.places_short, places=street.sum.places
        )
        if street.sum.places_short
        else "",
        "rows": [{"row": row, "why": _why(row), "fix": fix_words(row.fix)} for row in rows],
    }


def _why(row: boards.Row) -> str:
    """Return the planner's reason; where enough people are planned, what is missing is their answer."""
    if row.gap and row.planned >= row.needed:
        return _("waiting for answers")
    return str(GAP_REASONS.get(row.reason, ""))


def fix_words(code: str) -> str:
    action, _subject, amount = [*code.split(":"), "", ""][:3]
    if action not in FIXES:
        return ""
    words = str(FIXES[action])
    if action == "call_more":
        return f"{words} +{amount}"
    return _("{what}, {minutes} min").format(what=words, minutes=amount) if amount else words


def _categories(incident: Incident, chosen: str) -> list[dict[str, Any]]:
    """Return the filter: all categories, and each that the incident has posts for."""
    used = set(Post.objects.filter(incident=incident, state="open").values_list("category", flat=True).distinct())
    entries = [{"code": "", "label": _("All categories"), "here": not chosen}]
    return entries + [
        {"code": code, "label": label, "here": code == chosen} for code, label in CATEGORIES.items() if code in used
    ]
