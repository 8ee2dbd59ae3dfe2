"""The community desk: posts and duties, who is coming, who is there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from turnout.console.forms.desk import PostForm, ReleaseForm
from turnout.console.forms.teams import DeskPhoneForm
from turnout.console.presenters import desk as presenters
from turnout.console.presenters import whistles as whistling
from turnout.console.views.common import active_incidents, form_page, incident_of
from turnout.console.words import place
from turnout.core.actors import NOT_FOUND
from turnout.core.area_keys import code_of
from turnout.places import queries as places
from turnout.staffing import queries, returns
from turnout.staffing.domain import callouts, posts, teams
from turnout.staffing.domain import returns as handing
from turnout.staffing.models import CallOut, Post
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    """Go to the desk of the own community; whoever has many chooses one on the board."""
    request.actor.require_anywhere("arrival.mark")
    active = active_incidents(request)
    home = whistling.own_place(active[0], request.actor) if len(active) == 1 else None
    if home:
        return redirect("desk", active[0].pk, home.code)
    context = {"incidents": active, "to": "board", "title": _("Community desk")}
    return render(request, "console/night/incidents.html", context)


def desk(request: Request, incident_id: UUID, code: str) -> HttpResponse:
    incident = incident_of(request, incident_id)
    area = places.get(code, by=request.actor)
    request.actor.require("person.view", area.area_key)
    if area.level != "community":
        return redirect(f"{reverse('board', args=[incident.pk])}?area={area.code}")
    return render(request, "console/night/desk.html", presenters.page(incident, area, request.actor))


def phone(request: Request, code: str) -> HttpResponse:
    """The office number of a community or a street, which its teams' cards and the pages of people called show."""
    area = places.get(code, by=request.actor)
    request.actor.require("post.edit", area.area_key)
    if area.level not in ("community", "street"):
        raise NOT_FOUND.refuse()
    standing = queries.desk_phone(area.area_key)
    form = DeskPhoneForm(request.POST or None, initial={"phone": standing})
    if form.done(
        lambda: teams.set_desk_phone(area_key=area.area_key, phone=form.cleaned_data["phone"], by=request.actor)
    ):
        messages.success(request, _("The office number is kept."))
        return redirect("desk-phone", area.code)
    title = _("Office phone of {place}").format(place=place(area))
    return form_page(request, form, title=title, submit=_("Save"), back=reverse("desks"))


def fix(request: Request, post_id: UUID) -> HttpResponse:
    """Fix a post and its duty (定岗定责)."""
    post = _post(request, post_id)
    begun = {"duties": post.duties, "meet_at": post.meet_at, "places": post.places}
    form = PostForm(request.POST or None, initial=begun)
    if form.done(lambda: posts.fix(post=post, by=request.actor, **form.cleaned_data)):
        messages.success(request, _("The post is fixed. A later change of the rules leaves it as it is."))
        return redirect(_desk_of(post))
    return form_page(
        request, form, title=_("Fix a post"), lead=post.duties, submit=_("Fix"), back=_desk_of(post),
        incident=post.incident,
    )  # fmt: skip


@require_POST
def cancel(request: Request, post_id: UUID) -> HttpResponse:
    post = posts.cancel(post=_post(request, post_id), by=request.actor)
    return redirect(_desk_of(post))


@require_POST
def arrive(request: Request, callout_id: UUID) -> HttpResponse:
    """One tick: somebody is on post."""
    callout = callouts.arrive(callout=queries.callout(callout_id), by=request.actor)
    return redirect(f"{_desk_of(callout)}#c-{callout.pk}")


@require_POST
def arrive_list(request: Request, incident_id: UUID, code: str) -> HttpResponse:
    """Several ticks at once. Each row stands alone: who cannot be marked is named with why, the rest is kept."""
    incident = incident_of(request, incident_id)
    area = places.get(code, by=request.actor)
    request.actor.require("arrival.mark", area.area_key)
    there = {str(one.pk): one for one in queries.expected(incident, (area.area_key, area.key_end))}
    ticked = [there[one].pk for one in request.POST.getlist("who") if one in there]
    done = callouts.arrive_list(callout_ids=ticked, by=request.actor)
    if kept := len(done.kept):
        words = ngettext("%(n)d person is on post.", "%(n)d people are on post.", kept) % {"n": kept}
        messages.success(request, words)
    for callout_id, refusal in done.refused:
        messages.warning(request, f"{there[str(callout_id)].person.name}: {refusal.sentence}")
    return redirect("desk", incident.pk, area.code)


@require_POST
def seen(request: Request, callout_id: UUID) -> HttpResponse:
    """Note that somebody on post was seen: the worry about their silence begins anew."""
    callout = callouts.seen(callout=queries.callout(callout_id), by=request.actor)
    return redirect(_desk_of(callout))


def release(request: Request, callout_id: UUID) -> HttpResponse:
    """Let somebody go home: what they pass on, and to whom, is written down first."""
    callout = queries.callout(callout_id)
    request.actor.require("arrival.mark", callout.area_key)
    form = ReleaseForm(request.POST or None, successors=returns.successors(callout))
    if form.done(lambda: _release(request, callout, form)):
        return redirect(_desk_of(callout))
    title = _("{name} goes home").format(name=callout.person.name)
    lead = _("Their time is free again, and they are thanked.")
    return form_page(
        request, form, title=title, lead=lead, submit=_("Release"), back=_desk_of(callout), danger=True,
        incident=callout.incident,
    )  # fmt: skip


def _release(request: Request, callout: CallOut, form: ReleaseForm) -> None:
    if form.cleaned_data["note"].strip():
        successor = next((one for one in form.successors if str(one.pk) == form.cleaned_data["successor"]), None)
        handing.hand_over(callout=callout, note=form.cleaned_data["note"], successor=successor, by=request.actor)
    callouts.release(callouts=[callout], by=request.actor)


def _post(request: Request, post_id: UUID) -> Post:
    post = queries.post(post_id, request.actor)
    request.actor.require("post.edit", post.area_key)
    return post


def _desk_of(row: Post | CallOut) -> str:
    return reverse("desk", args=[row.incident_id, code_of(row.area_key)])
