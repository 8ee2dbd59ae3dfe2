"""What the pages of a night share: who may look at which part of it, and the planner's fixes in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from turnout.core.actors import Actor
from turnout.core.area_keys import KeyRange, contains, range_of_key
from turnout.incidents.models import Incident
from turnout.staffing.states import FIXES


def visible_range(incident: Incident, by: Actor) -> list[KeyRange]:
    """Return the parts of an incident that somebody may look at: the incident itself, or the own areas inside it."""
    whole = range_of_key(incident.area_key)
    held = by.permissions.get("area.view", ())
    if by.all_permissions or contains(tuple(held), whole):
        return [whole]
    return [(low, high) for low, high in held if contains((whole,), (low, high))]


def said_of(incident: Incident, words: str) -> str:
    """Return words about an incident where no banner stands beside them: a drill says first that it is one."""
    return _("[Drill] {text}").format(text=words) if incident.drill else words


def sheet_title(incident: Incident, words: str) -> str:
    """Return the name of a sheet of a workbook, which may not hold every sign."""
    return f"{_('Drill')} {words}" if incident.drill else words


def fix_words(code: str) -> str:
    action, _subject, amount = [*code.split(":"), "", ""][:3]
    if action not in FIXES:
        return ""
    words = str(FIXES[action])
    if action == "call_more":
        return f"{words} +{amount}"
    return _("{what}, {minutes} min").format(what=words, minutes=amount) if amount else words
