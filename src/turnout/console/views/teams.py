"""Teams: who leads, where they meet, who calls whom, and the card that is carried. Phones are shown by a post only."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console.forms.teams import MeetForm, TeamForm
from turnout.console.presenters import teams as presenters
from turnout.console.views.common import chosen_area, chosen_unit, form_page, page_of
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import contains, range_of_key
from turnout.incidents.models import Incident
from turnout.staffing import cards
from turnout.staffing.cards import Card
from turnout.staffing.domain import teams
from turnout.staffing.models import Team, Wave
from turnout.web.request import Request


def index(request: Request, incident_id: UUID) -> HttpResponse:
    """The teams of an incident that somebody sees, narrowed to an area; only who sees people there sees them."""
    incident = _incident(request, incident_id)
    found = cards.teams(incident, request.actor)
    if not (found.exists() or _near(incident, request.actor)):
        raise NOT_FOUND.refuse()
    may_meet = cards.teams(incident, request.actor, *presenters.MAY_SET).exists()
    area = chosen_area(request)
    if area:
        found = found.filter(area_key__gte=area.area_key, area_key__lt=area.key_end)
    page = page_of(request, found)
    context = {"incident": incident, "page": page, "rows": presenters.rows(page), "area": area}
    context["may_meet"] = may_meet
    return render(request, "console/teams/list.html", context)


MOST_AT_ONCE = 200


def meet(request: Request, incident_id: UUID) -> HttpResponse:
    """One assembly point for several teams: of a wave, an area, a unit, each ticked or not."""
    incident = _incident(request, incident_id)
    area, unit, wave = chosen_area(request), chosen_unit(request), _wave(request, incident)
    found = cards.teams(incident, request.actor, *presenters.MAY_SET)
    if not found.exists():
        raise NOT_FOUND.refuse()
    if area:
        found = found.filter(area_key__gte=area.area_key, area_key__lt=area.key_end)
    found = found.filter(unit=unit) if unit else found
    found = cards.of_wave(found, wave) if wave else found
    offered = list(found[: MOST_AT_ONCE + 1])
    form = MeetForm(request.POST or None, offered=presenters.offered(offered[:MOST_AT_ONCE]))
    done: list[int] = []
    if form.done(lambda: done.append(_meet(offered, form, request.actor))):
        words = ngettext("%(n)d team assembles like this.", "%(n)d teams assemble like this.", done[0])
        messages.success(request, words % {"n": done[0]})
        return redirect("teams", incident.pk)
    context = {
        "incident": incident, "form": form, "area": area, "unit": unit, "wave": wave, "any": bool(offered),
        "waves": list(incident.waves.exclude(state="closed").order_by("number")), "more": len(offered) > MOST_AT_ONCE,
        "most": MOST_AT_ONCE,
    }  # fmt: skip
    return render(request, "console/teams/meet.html", context, status=422 if form.errors else 200)


def _meet(offered: list[Team], form: MeetForm, by: Actor) -> int:
    typed = form.cleaned_data
    chosen = [team for team in offered if team.pk in typed["teams"]]
    return teams.set_meeting(teams=chosen, meet_at=typed["meet_at"], meet_time=typed["meet_time"], by=by)


def _wave(request: Request, incident: Incident) -> Wave | None:
    """The wave the list is narrowed to by its address, or none."""
    number = request.GET.get("wave", "")
    return incident.waves.filter(number=int(number)).first() if number.isascii() and number.isdigit() else None


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
        "party_branch": team.party_branch, "heads_by_desk": team.heads_by_desk,
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


def _incident(request: Request, incident_id: UUID) -> Incident:
    """The incident an address names, for who sees people anywhere; whose teams it has, the list says."""
    request.actor.require_anywhere("person.view")
    found = Incident.objects.filter(pk=incident_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


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
    if typed["heads_by_desk"] != team.heads_by_desk:
        teams.set_heads_by_desk(team=team, by_desk=typed["heads_by_desk"], by=by)
    if typed["party_branch"] != team.party_branch:
        teams.mark_party_branch(team=team, is_branch=typed["party_branch"], by=by)
