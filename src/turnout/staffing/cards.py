"""What a team reads before it goes: the card that prints on one page, and who calls whom.

Phones are not in here: `domain.teams.reveal_phones` gives them, on the record, to whoever may see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import KeyRange, street_of
from turnout.incidents.models import Incident
from turnout.incidents.playbook import Playbook
from turnout.staffing.domain.teams import desk_line, require_at
from turnout.staffing.models import CallOut, Post, Team, Wave
from turnout.staffing.states import LIVE

CALLS = 5
"""How many people one person calls; a team of 30 is reached in three steps."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a card. `called_by` is the member who calls them, None for the leader, whom the desk calls."""

    callout_id: UUID
    person_id: UUID
    name: str
    category: str
    state: str
    last4: str
    called_by: UUID | None
    post: Post


@dataclass(frozen=True, slots=True)
class Duty:
    """What a team does on one kind of post, how many of it, from when to when and where they report."""

    duties: str
    category: str
    people: int
    starts_at: datetime
    ends_at: datetime
    meet_at: str


@dataclass(frozen=True, slots=True)
class Card:
    team: Team
    arrive_by: datetime | None
    desk_phone: str
    desk_is_street: bool
    leader: Member | None
    deputy: Member | None
    members: list[Member]
    duties: list[Duty]
    bring: list[str]
    not_bring: str


def card(team_id: UUID, by: Actor, language: str = "zh") -> Card:
    """Return the card of a team, for who sees people at its community or of its unit. Three queries."""
    team = Team.objects.select_related("unit", "incident__playbook").filter(pk=team_id).first()
    if team is None:
        raise NOT_FOUND.refuse()
    require_at(team, by, "person.view")
    return _card(team, language)


def card_of(callout: CallOut, language: str = "zh") -> Card | None:
    """Return the card of the team of a call-out in the present scope, for the person called; None without a team."""
    if callout.team_id is None:
        return None
    team = Team.objects.select_related("unit", "incident__playbook").get(pk=callout.team_id)
    return _card(team, language)


def teams(incident: Incident, by: Actor, *permissions: str) -> QuerySet[Team]:
    """Return the teams of an incident that have anybody called and of which somebody sees the people, with counts.

    With permissions named, those over which somebody holds any of them: at the community, the unit, or its area.
    """
    near = Q() if by.all_permissions else Q(pk__in=[])
    held = {one for permission in permissions or ("person.view",) for one in by.permissions.get(permission, ())}
    for low, high in sorted(held):
        near |= Q(area_key__gte=low, area_key__lt=high) | Q(unit__scope_key__gte=low, unit__scope_key__lt=high)
        near |= Q(unit__area_key__gte=low, unit__area_key__lt=high)
    found = Team.objects.filter(near, incident=incident, leader_id__isnull=False).select_related("unit")
    return found.annotate(
        called=Count("callouts", filter=Q(callouts__state__in=LIVE)),
        on_post=Count("callouts", filter=Q(callouts__state="on_post")),
    ).order_by("area_key", "unit__code")


def of_wave(found: QuerySet[Team], wave: Wave) -> QuerySet[Team]:
    """Return those of these teams that have anybody called in a wave."""
    return found.filter(Exists(CallOut.objects.filter(team=OuterRef("pk"), wave=wave, state__in=LIVE)))


def teams_within(incident: Incident, within: KeyRange, by: Actor) -> list[Team]:
    """Return the teams of an area that have anybody called, for who sees people there; by community and unit."""
    by.require("person.view", within[0])
    low, high = within
    found = Team.objects.filter(incident=incident, area_key__gte=low, area_key__lt=high, leader_id__isnull=False)
    return list(found.select_related("unit").order_by("area_key", "unit__code"))


def teams_of_unit(incident: Incident, unit_key: int, by: Actor) -> list[Team]:
    """Return the teams of one unit that have anybody called, for its liaison and for its area."""
    found = Team.objects.filter(incident=incident, unit__scope_key=unit_key, leader_id__isnull=False)
    teams = list(found.select_related("unit").order_by("area_key"))
    for team in teams[:1]:
        require_at(team, by, "person.view")
    return teams


def callers(people: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """Return who calls whom: the first is called by the desk, each calls the next five in the order of the list."""
    return {person: people[(place - 1) // CALLS] if place else None for place, person in enumerate(people)}


def bring(playbook: Playbook, standards: Sequence[str], language: str) -> list[str]:
    """Return what is to be brought to posts of these standards, each thing once, in the playbook's order."""
    things = [thing[language] for standard in standards for thing in playbook.bring_to(standard)]
    return list(dict.fromkeys(things))


def _card(team: Team, language: str) -> Card:
    found = CallOut.objects.filter(team=team, state__in=LIVE).select_related("person", "post", "wave")
    order = {team.leader_id: 0, team.deputy_id: 1}
    rows = sorted(found, key=lambda row: (order.get(row.person_id, 2), row.person.sort_key, row.person_id))
    called_by = callers([row.person_id for row in rows])
    members = [
        Member(
            row.pk, row.person_id, row.person.name, row.category, row.state, row.person.phone_last4,
            called_by[row.person_id], row.post,
        )
        for row in rows
    ]  # fmt: skip
    by_id = {member.person_id: member for member in members}
    playbook = team.incident.playbook.playbook
    desk = desk_line(team.area_key)
    return Card(
        team=team,
        arrive_by=min((row.wave.arrive_by for row in rows), default=None),
        desk_phone=desk.phone if desk else "",
        desk_is_street=desk is not None and desk.area_key == street_of(desk.area_key),
        leader=by_id.get(team.leader_id) if team.leader_id else None,
        deputy=by_id.get(team.deputy_id) if team.deputy_id else None,
        members=members,
        duties=_duties(rows),
        bring=bring(playbook, sorted({row.post.standard for row in rows}), language),
        not_bring=playbook.not_bring[language] if playbook.not_bring else "",
    )


def _duties(rows: Sequence[CallOut]) -> list[Duty]:
    counts: dict[UUID, int] = {}
    for row in rows:
        counts[row.post_id] = counts.get(row.post_id, 0) + 1
    posts = {row.post_id: row.post for row in rows}
    return [
        Duty(post.duties, post.category, counts[key], post.starts_at, post.ends_at, post.meet_at)
        for key, post in sorted(posts.items(), key=lambda pair: (pair[1].starts_at, pair[1].category, pair[0]))
    ]
