"""What needs doing: at most a handful of things that wait for this person, most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.access import queries as access
from turnout.console import queries
from turnout.core import clock
from turnout.people import queries as people
from turnout.web.request import Request

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing: how pressing (a state mark), what, why, and where to do it."""

    kind: str
    what: str
    why: str
    url: str
    act: str


def things(request: Request) -> list[Todo]:
    """Each source looks only where the person may act."""
    found = [
        *_lists(request),
        *_duplicates(request),
        *_units_without_liaison(request),
        *_roles_ending(request),
        *_second_step(request),
    ]
    return sorted(found, key=lambda thing: ("crit", "short", "wait").index(thing.kind))


def _lists(request: Request) -> list[Todo]:
    count = queries.runs_waiting(request.user)
    what = ngettext("%(n)d list waits for your decision", "%(n)d lists wait for your decision", count) % {"n": count}
    why = _("It was checked; nothing of it is taken in yet.")
    return [Todo("crit", what, why, reverse("imports"), _("See lists"))] if count else []


def _duplicates(request: Request) -> list[Todo]:
    if not request.actor.can_anywhere("person.merge"):
        return []
    count = people.proposals().count()
    what = ngettext("%(n)d possible duplicate", "%(n)d possible duplicates", count) % {"n": count}
    why = _("Two records that may be one person, or a unit that claims somebody.")
    return [Todo("short", what, why, reverse("duplicates"), _("Decide"))] if count else []


def _units_without_liaison(request: Request) -> list[Todo]:
    if not (request.actor.can_anywhere("unit.edit") and request.actor.can_anywhere("grant.give")):
        return []
    count = people.units_within(request.actor, "unit.edit").filter(closed_at=None, liaison=None).count()
    what = ngettext("%(n)d unit has no liaison", "%(n)d units have no liaison", count) % {"n": count}
    why = _("Nobody there can keep its people up to date or hand out sign-up links.")
    return [Todo("short", what, why, reverse("units"), _("See units"))] if count else []


def _roles_ending(request: Request) -> list[Todo]:
    if not request.actor.can_anywhere("grant.give"):
        return []
    now = clock.now()
    live = queries.grants_matching(access.grants_within(request.actor), "live", now)
    count = live.filter(ends_at__lte=now + SOON).count()
    what = ngettext("%(n)d role ends within two weeks", "%(n)d roles end within two weeks", count) % {"n": count}
    why = _("Give it again before it ends, or let it end.")
    return [Todo("short", what, why, reverse("grants"), _("See roles"))] if count else []


def _second_step(request: Request) -> list[Todo]:
    if is_mfa_enabled(request.user):
        return []
    why = _("Whoever learns your password can get in.")
    return [Todo("wait", _("Your second step of sign-in is off"), why, reverse("mfa_index"), _("Switch on"))]


def figures(request: Request) -> list[dict[str, Any]]:
    """A few counts of the person's own reach, each with where it is listed."""
    by, rows = request.actor, []
    if by.can_anywhere("area.view"):
        rows.append({"label": _("Communities"), "count": queries.communities_seen(by), "url": reverse("areas")})
    if by.can_anywhere("unit.view"):
        count = people.units_within(by).filter(closed_at=None).count()
        rows.append({"label": _("Units"), "count": count, "url": reverse("units")})
    if by.can_anywhere("person.view"):
        active, ready = queries.people_counts()
        rows.append({"label": _("People, active"), "count": active, "url": reverse("persons")})
        rows.append({"label": _("of them ready today"), "count": ready, "url": ""})
    return rows
