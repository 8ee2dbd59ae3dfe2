"""How teams read: the list, one team with who calls whom, and the card that is carried on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.html import strip_tags
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console import queries
from turnout.console.presenters.access import qr
from turnout.console.presenters.desk import MARKS
from turnout.console.words import ending, in_chinese, place
from turnout.core.actors import Actor
from turnout.core.area_keys import LOCAL
from turnout.people.models import Person
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing.cards import Card, Member
from turnout.staffing.models import Team
from turnout.staffing.states import CALLED

STREET = 10**3 * LOCAL
"""Keys in one street."""
ROOMY, DENSE = 10, 18
"""How many people a card holds in rows with room to write, and in narrow rows; more stand in columns of names."""
MAY_SET = ("plan.make", "post.edit", "callout.answer")


@dataclass(frozen=True, slots=True)
class Line:
    member: Member
    category: str
    state: str
    mark: str
    role: str
    caller: str
    phone: str


@dataclass(slots=True)
class Branch:
    """Somebody in the tree of calls, with those they call."""

    line: Line
    calls: list[Branch] = field(default_factory=list)


def offered(teams: Iterable[Team]) -> list[tuple[UUID, str]]:
    """Return teams to choose from: where, whose, how many, and where they assemble so far. One query."""
    found = list(teams)
    areas = queries.areas_by_key(team.area_key for team in found)
    return [(team.pk, _offer(team, areas.get(team.area_key))) for team in found]


def _offer(team: Team, area: Area | None) -> str:
    people = ngettext("%(n)d person", "%(n)d people", team.called) % {"n": team.called}  # type: ignore[attr-defined]  # counted by `cards.teams`
    words = [place(area) if area else "", team.unit.name, people]
    if team.meet_at:
        at = f"{localtime(team.meet_time):%H:%M} " if team.meet_time else ""
        words.append(_("so far: {where}").format(where=f"{at}{team.meet_at}"))
    return " · ".join(word for word in map(strip_tags, words) if word)


def rows(teams: Iterable[Team]) -> list[dict[str, Any]]:
    """Return teams as a list shows them. Two queries, however many."""
    found = list(teams)
    areas = queries.areas_by_key(team.area_key for team in found)
    names = _names(found)
    return [
        {
            "team": team,
            "area": areas.get(team.area_key),
            "leader": names.get(team.leader_id, ""),
            "deputy": names.get(team.deputy_id, ""),
        }
        for team in found
    ]


def page(card: Card, by: Actor, phones: Mapping[UUID, str] | None = None) -> dict[str, Any]:
    """Everything a team's page and its card show. `phones` are whole numbers, looked up on the record; else endings."""
    team = card.team
    street = team.area_key // STREET * STREET
    areas = queries.areas_by_key([team.area_key, street])
    lines = _lines(card, phones or {})
    return {
        "card": card,
        "team": team,
        "incident": team.incident,
        "area": areas.get(team.area_key),
        "street": areas.get(street) if street != team.area_key else None,
        "lines": lines,
        "leader": next((line for line in lines if line.member is card.leader), None),
        "deputy": next((line for line in lines if line.member is card.deputy), None),
        "tree": tree(lines),
        "duties": [(duty, str(CATEGORIES[duty.category])) for duty in card.duties],
        "report_to": next((duty.meet_at for duty in card.duties if duty.meet_at), ""),
        "ends_at": max((duty.ends_at for duty in card.duties), default=None),
        "shown": bool(phones),
        "may_reveal": _may(team, by, "person.reveal"),
        "may_set": team.incident.status == "active" and any(_may(team, by, name) for name in MAY_SET),
    }


def paper(card: Card, by: Actor, address: str, phones: Mapping[UUID, str]) -> dict[str, Any]:
    """Everything the printed card shows; how close its rows stand follows from how many people there are."""
    heads = {head.person_id for head in (card.leader, card.deputy) if head and card.team.heads_by_desk}
    shown = page(card, by, {person: phone for person, phone in phones.items() if person not in heads})
    many = len(card.members)
    shifts = card.team.incident.playbook.playbook.shifts
    return shown | {
        "qr": qr(address),
        "density": "roomy" if many <= ROOMY else "dense" if many <= DENSE else "names",
        "number": str(card.team.pk)[-6:].upper(),
        "rest": shifts.rest_hours,
        "heavy": shifts.heavy_hours,
    }


def tree(lines: list[Line]) -> list[Branch]:
    """Return who calls whom, from the leader down."""
    branches = {line.member.person_id: Branch(line) for line in lines}
    top: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.line.member.called_by) if branch.line.member.called_by else None
        (above.calls if above else top).append(branch)
    return top


def _lines(card: Card, phones: Mapping[UUID, str]) -> list[Line]:
    names = {member.person_id: member.name for member in card.members}
    return [
        Line(
            member=member,
            category=str(CATEGORIES[member.category]),
            state=str(CALLED[member.state]),
            mark=MARKS.get(member.state, "wait"),
            role=_("leader") if member is card.leader else _("deputy") if member is card.deputy else "",
            caller=names.get(member.called_by, "") if member.called_by else "",
            phone=_spaced(phones[member.person_id]) if member.person_id in phones else ending(member.last4),
        )
        for member in card.members
    ]


def _spaced(phone: str) -> str:
    """A mobile number as people read it out: 138 0000 0103."""
    local = phone.removeprefix("+86")
    return f"{local[:3]} {local[3:7]} {local[7:]}" if len(local) == 11 and local.isdigit() else phone


def _names(teams: list[Team]) -> dict[UUID | None, str]:
    heads = {one for team in teams for one in (team.leader_id, team.deputy_id) if one is not None}
    return dict(Person.objects.filter(pk__in=heads).values_list("pk", "name"))


def _may(team: Team, by: Actor, permission: str) -> bool:
    return any(by.can(permission, key) for key in (team.area_key, team.unit.scope_key, team.unit.area_key))


def language() -> str:
    return "zh" if in_chinese() else "en"
