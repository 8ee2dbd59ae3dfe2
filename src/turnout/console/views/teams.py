"""Teams: who leads, where they meet, who calls whom, and the card that is carried. Phones are shown by a post only."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from turnout.console.forms.teams import TeamForm
from turnout.console.presenters import teams as presenters
from turnout.console.views.common import chosen_area, form_page, page_of
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import contains, range_of_key
from turnout.incidents.models import Incident
from turnout.staffing import cards
from turnout.staffing.cards import Card
from turnout.staffing.domain import teams
from turnout.web.request import Request


def index(request: Request, incident_id: UUID) -> HttpResponse:
    """The teams of an incident that somebody sees, narrowed to an area; only who sees people there sees them."""
    request.actor.require_anywhere("person.view")
    incident = Incident.objects.filter(pk=incident_id).first()
    found = cards.teams(incident, request.actor) if incident else None
    if incident is None or found is None or not (found.exists() or _near(incident, request.actor)):
        raise NOT_FOUND.refuse()
    area = chosen_area(request)
    if area:
        found = found.filter(area_key__gte=area.area_key, area_key__lt=area.key_end)
    page = page_of(request, found)
    context = {"incident": incident, "page": page, "rows": presenters.rows(page), "area": area}
    return render(request, "console/teams/list.html", context)


def detail(request: Request, team_id: UUID) -> HttpResponse:
    """A team; by a post, with whole phone numbers, each look on the record."""
    card = _card(request, team_id)
    phones = teams.reveal_phones(team=card.team, by=request.actor) if request.method == "POST" else None
    return render(request, "console/teams/detail.html", presenters.page(card, request.actor, phones))


def edit(request: Request, team_id: UUID) -> HttpResponse:
    card = _card(request, team_id)
    teams.require_at(card.team, request.actor, *presenters.MAY_SET)
    team = card.team
    begun = {
        "leader": team.leader_id, "deputy": team.deputy_id, "meet_at": team.meet_at, "meet_time": team.meet_time,
        "party_branch": team.party_branch,
    }  # fmt: skip
    form = TeamForm(request.POST or None, initial=begun, card=card)
    if form.done(lambda: _change(card, form, request.actor)):
        messages.success(request, _("The team is set up like this."))
        return redirect("team", team.pk)
    back = reverse("team", args=[team.pk])
    return form_page(
        request, form, title=_("Set up a team"), lead=team.unit.name, submit=_("Save"), back=back,
        incident=team.incident,
    )  # fmt: skip


def card(request: Request, team_id: UUID) -> HttpResponse:
    """The card on A5; by a post, with whole phone numbers, each look on the record."""
    found = _card(request, team_id)
    phones = teams.reveal_phones(team=found.team, by=request.actor) if request.method == "POST" else {}
    address = request.build_absolute_uri(reverse("team", args=[found.team.pk]))
    return render(request, "console/teams/card.html", presenters.paper(found, request.actor, address, phones))


def _card(request: Request, team_id: UUID) -> Card:
    return cards.card(team_id, request.actor, presenters.language())


def _near(incident: Incident, by: Actor) -> bool:
    """Whether somebody sees people inside the incident, so that an empty list is an answer."""
    held, whole = tuple(by.permissions.get("person.view", ())), range_of_key(incident.area_key)
    return by.all_permissions or contains(held, whole) or any(contains((whole,), one) for one in held)


def _change(card: Card, form: TeamForm, by: Actor) -> None:
    team, typed = card.team, form.cleaned_data
    if typed["leader"] != team.leader_id:
        team = teams.set_leader(team=team, person_id=typed["leader"], by=by)
    if typed["deputy"] and typed["deputy"] != team.deputy_id:
        team = teams.set_deputy(team=team, person_id=typed["deputy"], by=by)
    if (typed["meet_at"], typed["meet_time"]) != (team.meet_at, team.meet_time):
        teams.set_meeting(teams=[team], meet_at=typed["meet_at"], meet_time=typed["meet_time"], by=by)
    if typed["party_branch"] != team.party_branch:
        teams.mark_party_branch(team=team, is_branch=typed["party_branch"], by=by)
