"""Teams: who leads, where they meet, and the phone numbers that are seen on the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from turnout.access.scope import acting_as
from turnout.core import audit, keys
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import LOCAL, street_of
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.states import ACTIVE
from turnout.people.models import Person
from turnout.places.models import Area
from turnout.staffing import refusals
from turnout.staffing.models import CallOut, Desk, Team
from turnout.staffing.states import LIVE

_MAY_SET = ("plan.make", "post.edit", "callout.answer")
"""The district, the community and the unit's own liaison: whoever can speak for a team sets it up."""


@transaction.atomic
def set_leader(*, team: Team, person_id: UUID, by: Actor) -> Team:
    """Let somebody of the team lead it. A deputy who leads is followed by the leader so far."""
    team = _locked(team, by)
    _require_member(team, person_id)
    if team.deputy_id == person_id:
        team.deputy_id = team.leader_id
    team.leader_id = person_id
    team.save(update_fields=["leader_id", "deputy_id"])
    audit.record("team.set_leader", by=by, of=team, area_key=team.area_key, details={"person": person_id})
    return team


@transaction.atomic
def set_deputy(*, team: Team, person_id: UUID, by: Actor) -> Team:
    """Let somebody of the team stand in for the leader. A leader who becomes the deputy is followed by the deputy."""
    team = _locked(team, by)
    _require_member(team, person_id)
    if team.leader_id == person_id:
        if team.deputy_id is None:
            raise refusals.TEAM_NEEDS_A_LEADER.refuse()
        team.leader_id = team.deputy_id
    team.deputy_id = person_id
    team.save(update_fields=["leader_id", "deputy_id"])
    audit.record("team.set_deputy", by=by, of=team, area_key=team.area_key, details={"person": person_id})
    return team


@transaction.atomic
def set_meeting(*, teams: Iterable[Team], meet_at: str, meet_time: datetime | None, by: Actor) -> int:
    """Say where and when these teams assemble before they go; an empty point takes it back. Returns how many.

    All of them or none; asked for nobody's teams it does nothing.
    """
    if meet_time is not None and not meet_at.strip():
        raise refusals.TEAM_MEETS_NOWHERE.refuse()
    ids = {team.pk for team in teams}
    found = Team.objects.select_for_update(of=("self",)).select_related("unit", "incident")
    locked = list(found.filter(pk__in=ids).order_by("pk"))
    if len(locked) != len(ids):
        raise NOT_FOUND.refuse()
    for team in locked:
        require_at(team, by, *_MAY_SET)
        require_active(team.incident)
    for team in locked:
        team.meet_at, team.meet_time = meet_at.strip(), meet_time
    Team.objects.bulk_update(locked, ["meet_at", "meet_time"])
    audit.record_all("team.set_meeting", [("staffing.team", team.pk, team.area_key) for team in locked], by=by)
    return len(locked)


@transaction.atomic
def mark_party_branch(*, team: Team, is_branch: bool, by: Actor) -> Team:
    """Mark a team as a temporary party branch (临时党支部), or take the mark off."""
    team = _locked(team, by)
    team.party_branch = is_branch
    team.save(update_fields=["party_branch"])
    audit.record("team.party_branch", by=by, of=team, area_key=team.area_key, details={"on": is_branch})
    return team


@transaction.atomic
def set_heads_by_desk(*, team: Team, by_desk: bool, by: Actor) -> Team:
    """Let the desk's line stand in place of the leader's and the deputy's own numbers, or give these again."""
    team = _locked(team, by)
    if by_desk and not desk_line(team.area_key):
        raise refusals.TEAM_NO_DESK_LINE.refuse()
    team.heads_by_desk = by_desk
    team.save(update_fields=["heads_by_desk"])
    audit.record("team.by_desk", by=by, of=team, area_key=team.area_key, details={"on": by_desk})
    return team


def desk_line(area_key: int) -> Desk | None:
    """Return the office line that reaches a community: its own, else its street's."""
    keys_ = [area_key // LOCAL * LOCAL, street_of(area_key)]
    return Desk.objects.filter(area_key__in=keys_).order_by("-area_key").first()


@transaction.atomic
def set_desk_phone(*, area_key: int, phone: str, by: Actor) -> Desk:
    """Write down the office line of a community or a street, which stands on the teams' cards; "" takes it off.

    It stays while teams are called through it.
    """
    by.require("post.edit", area_key)
    area = Area.objects.filter(area_key=area_key, level__in=("street", "community"), closed_at=None).first()
    if area is None:
        raise NOT_FOUND.refuse()
    if not phone.strip():
        in_use = Team.objects.filter(heads_by_desk=True, area_key__gte=area_key, area_key__lt=area.key_end)
        if in_use.filter(incident__status=ACTIVE).exists():
            raise refusals.DESK_PHONE_USED.refuse()
        Desk.objects.filter(area_key=area_key).delete()
        desk = Desk(area_key=area_key, phone="")
    else:
        desk = Desk(area_key=area_key, phone=phone.strip())
        if any(letter not in "+0123456789 -" for letter in desk.phone) or not 3 <= len(desk.phone) <= 20:
            raise refusals.DESK_PHONE_BAD.refuse()
        Desk.objects.update_or_create(area_key=area_key, defaults={"phone": desk.phone})
    audit.record("desk.set_phone", by=by, area_key=area_key)
    return desk


@transaction.atomic
def reveal_phones(*, team: Team, by: Actor) -> dict[UUID, str]:
    """Return the whole numbers of everybody called in a team, by person; each look is one row of the log."""
    fresh = Team.objects.select_related("unit").filter(pk=team.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    require_at(fresh, by, "person.reveal")
    people = Person.objects.filter(callouts__team=fresh, callouts__state__in=LIVE, phone__isnull=False).distinct()
    return _revealed(list(people), fresh.area_key, by)


@transaction.atomic
def reveal_leader(*, callout: CallOut, by: Actor) -> dict[UUID, str]:
    """Return the numbers of who leads a team and who stands in, for a member behind a link that is bound."""
    if by.kind != "link" or callout.bound_hash is None:
        raise NOT_ALLOWED.refuse(permission="person.reveal")
    if callout.team_id is None or callout.state not in LIVE:
        raise refusals.CALLOUT_OVER.refuse()
    team = Team.objects.get(pk=callout.team_id)
    if team.heads_by_desk:
        return {}
    with acting_as(SYSTEM):
        heads = [one for one in (team.leader_id, team.deputy_id) if one is not None]
        people = list(Person.objects.filter(pk__in=heads, phone__isnull=False))
    return _revealed(people, team.area_key, by)


def require_at(team: Team, by: Actor, *permissions: str) -> None:
    """Refuse who holds none of these permissions at the team's area, its unit or the unit's area."""
    keys_ = (team.area_key, team.unit.scope_key, team.unit.area_key)
    if not any(by.can(permission, key) for permission in permissions for key in keys_):
        raise (NOT_ALLOWED if any(map(by.sees, keys_)) else NOT_FOUND).refuse(permission=permissions[0])


def _revealed(people: list[Person], area_key: int, by: Actor) -> dict[UUID, str]:
    logged = [("people.person", person.pk, area_key) for person in people]
    audit.record_all("person.reveal", logged, by=by, details={"purpose": "call_out"})
    return {
        person.pk: keys.decrypt(bytes(person.phone or b""), table="people_person", column="phone", row_id=person.pk)
        for person in people
    }


def _require_member(team: Team, person_id: UUID) -> None:
    if not CallOut.objects.filter(team=team, person_id=person_id, state__in=LIVE).exists():
        raise refusals.TEAM_NO_MEMBER.refuse()


def _locked(team: Team, by: Actor) -> Team:
    fresh = Team.objects.select_for_update(of=("self",)).select_related("unit", "incident").filter(pk=team.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    require_at(fresh, by, *_MAY_SET)
    require_active(fresh.incident)
    return fresh
