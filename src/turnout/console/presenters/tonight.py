"""The nights under way, as lines of somebody's first page: what waits for them, and the page they work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console.presenters.board import draft_todo, whistles_todo
from turnout.console.presenters.night import said_of, visible_range
from turnout.console.todo import Todo
from turnout.core.actors import Actor
from turnout.incidents import queries as incidents
from turnout.incidents.models import Incident
from turnout.people import queries as people
from turnout.people.models import Unit
from turnout.staffing import liaison
from turnout.staffing.models import Consent
from turnout.staffing.watch import watch

MOST = 3
"""Nights, and units, that the first page looks into; more are found in the lists."""


def things(by: Actor) -> list[Todo]:
    """Return the lines, those that wait for a decision first."""
    found = [line for incident in incidents.active(by)[:MOST] for line in _of(incident, by)] + list(_of_units(by))
    return sorted(found, key=lambda thing: ("crit", "short", "wait").index(thing.kind))


def _of(incident: Incident, by: Actor) -> Iterator[Todo]:
    ranges = visible_range(incident, by)
    if not ranges:
        return
    seen = watch(incident, ranges[0])
    if by.can_anywhere("whistle.decide"):
        yield from whistles_todo(incident, seen)
    yield from draft_todo(seen, by, incident)
    why = _("Under way since {time}.").format(time=f"{localtime(incident.opened_at):%m-%d %H:%M}")
    if by.can_anywhere("whistle.raise") and not by.can_anywhere("whistle.decide"):
        yield Todo("wait", said_of(incident, incident.title), why, reverse("desks"), _("To my desk"))
    else:
        yield Todo(
            "wait", said_of(incident, incident.title), why, reverse("board", args=[incident.pk]), _("To the board")
        )


def _of_units(by: Actor) -> Iterable[Todo]:
    """For a liaison: how far the own people have answered. Whoever runs the night has the board for that."""
    if not by.can_anywhere(liaison.PERMISSION) or by.can_anywhere("area.view"):
        return
    for unit in people.units_within(by, liaison.PERMISSION).filter(closed_at=None)[:MOST]:
        for incident in liaison.incidents_of(unit)[:MOST]:
            yield from (_consent(incident, unit, one) for one in liaison.consents(incident, unit))
            yield _answers(incident, unit)


def _consent(incident: Incident, unit: Unit, consent: Consent) -> Todo:
    what = _("{unit} is asked to let its people go").format(unit=unit.name)
    why = _("Without a word until {time} they are asked all the same.").format(
        time=f"{localtime(consent.due_at):%m-%d %H:%M}"
    )
    return Todo("crit", what, why, reverse("unit-list", args=[incident.pk, unit.pk]), _("See the list"))


def _answers(incident: Incident, unit: Unit) -> Todo:
    numbers = liaison.answers(incident, [unit.scope_key]).get(unit.scope_key)
    called, open_ = (numbers.called, numbers.unanswered) if numbers else (0, 0)
    what = ngettext("%(n)d person of {unit} is called", "%(n)d people of {unit} are called", called) % {"n": called}
    if open_:
        why = ngettext("%(n)d has not answered yet.", "%(n)d have not answered yet.", open_) % {"n": open_}
    else:
        why = said_of(incident, incident.title)
    url = reverse("unit-list", args=[incident.pk, unit.pk])
    return Todo("short" if open_ else "wait", what.format(unit=unit.name), why, url, _("See the list"))
