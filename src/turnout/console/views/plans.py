"""Plans: drafted by a job, looked at with their proof, published or thrown away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout import sheets
from turnout.console import queries as queries_of_pages
from turnout.console.forms.incidents import PlaceForm, PublishForm
from turnout.console.presenters import coming as coming_presenters
from turnout.console.presenters import review as presenters
from turnout.console.presenters import why as why_presenters
from turnout.console.presenters.night import said_of
from turnout.console.views.common import form_page, incident_of, page_of, workbook
from turnout.core.actors import NOT_FOUND
from turnout.core.area_keys import contains, range_of_key
from turnout.people import queries as people
from turnout.places import queries as places
from turnout.staffing import queries, review
from turnout.staffing.domain import drafts, edits, handing_out, plans
from turnout.staffing.domain.plans import Published
from turnout.staffing.models import Placement, Plan
from turnout.web.request import Request


@require_POST
def draft(request: Request, incident_id: UUID) -> HttpResponse:
    """Queue a draft; the page of the incident says how it stands, also to whoever comes back later."""
    incident = incident_of(request, incident_id)
    drafts.order(incident=incident, by=request.actor)
    return redirect("incident", incident.pk)


def detail(request: Request, plan_id: UUID) -> HttpResponse:
    """A version of the plan, for whoever decides on it; one person's reasons beside the changes."""
    asked = {name: request.GET.get(name, "") for name in ("places", "changes", "person")}
    page = presenters.plan_page(_plan(request, plan_id), request.actor, asked)
    return render(request, "console/night/plan.html", page)


def who_comes(request: Request, incident_id: UUID, code: str) -> HttpResponse:
    """The published plan in one street or community: who comes and why. Nothing of any other."""
    incident = incident_of(request, incident_id)
    area = places.get(code, by=request.actor)
    request.actor.require("person.view", area.area_key)
    if not contains((range_of_key(incident.area_key),), (area.area_key, area.key_end)):
        raise NOT_FOUND.refuse()
    if area.level not in ("street", "community"):
        return redirect(f"{reverse('board', args=[incident.pk])}?area={area.code}")
    return render(request, "console/night/coming.html", coming_presenters.page(incident, area, request.actor))


def publish(request: Request, plan_id: UUID) -> HttpResponse:
    """Publish a draft, whole or one street of it. It says first whom it calls; refused, nobody is called."""
    plan = _plan(request, plan_id)
    streets = list(queries_of_pages.areas_by_key(review.streets_of(plan)).values())
    form = PublishForm(
        request.POST or None, incident=plan.incident, streets=streets, initial={"within": request.GET.get("within", "")}
    )
    done: list[Published] = []
    if form.done(lambda: done.append(plans.publish(plan=plan, by=request.actor, **form.call()))):
        words = _("Published: {called} people to call, {kept} stay, {off} called off.")
        counts = {"called": done[0].called, "kept": done[0].kept, "off": done[0].called_off}
        messages.success(request, words.format(**counts))
        return redirect("incident", plan.incident_id)
    title = _("Publish version {n}").format(n=plan.number)
    lead = _("{placed} of {needed} places are filled.").format(placed=plan.placed, needed=plan.needed)
    return form_page(
        request, form, title=title, lead=lead, submit=title, back=reverse("plan", args=[plan.pk]), danger=False,
        incident=plan.incident,
    )  # fmt: skip


@require_POST
def sheet(request: Request, plan_id: UUID) -> HttpResponse:
    """A version as a workbook, on the record. By a POST: it writes a row of the log."""
    plan = _plan(request, plan_id)
    rows = handing_out.hand_out(plan=plan, by=request.actor)
    name = said_of(plan.incident, _("Plan {incident} version {n}")).format(incident=plan.incident.title, n=plan.number)
    return workbook(name, sheets.to_bytes(presenters.sheets_of(plan, rows), author=request.user.name))


def place(request: Request, plan_id: UUID, person_id: UUID) -> HttpResponse:
    """Put somebody of a draft on another post of the street; the checker's verdict is said at once."""
    plan = _plan(request, plan_id)
    placement = _placement(plan, person_id)
    form = PlaceForm(request.POST or None, posts=presenters.post_choices(plan, placement))
    said: list[edits.Verdict] = []

    def act() -> None:
        post = queries.post(UUID(form.cleaned_data["post"]), request.actor)
        said.append(edits.place(plan=plan, person=placement.person, post=post, by=request.actor))

    if form.done(act):
        messages.info(request, presenters.verdict_words(said[0]))
        return redirect(_person_of(plan, person_id))
    title = _("Another place for {name}").format(name=placement.person.name)
    back = _person_of(plan, person_id)
    return form_page(request, form, title=title, submit=_("Put there"), back=back, incident=plan.incident)


@require_POST
def take_out(request: Request, plan_id: UUID, person_id: UUID) -> HttpResponse:
    """Take somebody out of a draft."""
    plan = _plan(request, plan_id)
    said = edits.take_out(plan=plan, person=_placement(plan, person_id).person, by=request.actor)
    messages.info(request, presenters.verdict_words(said))
    return redirect("plan", plan.pk)


def why(request: Request, plan_id: UUID, person_id: UUID) -> HttpResponse:
    """Why somebody is where the plan has them, and what the alternatives would cost the city."""
    plan = _plan(request, plan_id)
    reason = review.reason_of(plan, person_id)
    if reason is None:
        raise NOT_FOUND.refuse()
    page = why_presenters.person_page(plan, person_id, people.person(person_id), reason, request.actor)
    return render(request, "console/night/why.html", page)


def why_post(request: Request, plan_id: UUID, post_id: UUID) -> HttpResponse:
    """Who stands on a post, who could, and how a missing place could be filled."""
    plan = _plan(request, plan_id)
    post = queries.post(post_id, request.actor)
    if post.incident_id != plan.incident_id:
        raise NOT_FOUND.refuse()
    return render(request, "console/night/why_post.html", why_presenters.post_page(plan, post, request.actor))


def left_out(request: Request, plan_id: UUID) -> HttpResponse:
    """Whom the plan leaves at home, each with the reason."""
    plan = _plan(request, plan_id)
    page = page_of(request, review.left_out(plan, request.GET.get("reason", "")))
    context = {"plan": plan, "incident": plan.incident, "page": page, "rows": why_presenters.left_out_rows(page)}
    return render(request, "console/night/left_out.html", context)


@require_POST
def adopt(request: Request, plan_id: UUID) -> HttpResponse:
    """Carry out the moves that an explanation named, and say what the checker says of them."""
    plan = _plan(request, plan_id)
    try:
        steps = why_presenters.steps_of(request.POST.getlist("step"))
    except ValueError:
        raise NOT_FOUND.refuse() from None
    messages.info(request, presenters.verdict_words(edits.adopt(plan=plan, steps=steps, by=request.actor)))
    return redirect("plan", plan.pk)


@require_POST
def discard(request: Request, plan_id: UUID) -> HttpResponse:
    plan = plans.discard(plan=_plan(request, plan_id), by=request.actor)
    return redirect("incident", plan.incident_id)


def _plan(request: Request, plan_id: UUID) -> Plan:
    plan = queries.plan(plan_id, request.actor)
    request.actor.require("plan.make", plan.area_key)
    return plan


def _placement(plan: Plan, person_id: UUID) -> Placement:
    found = review.facts(plan, person_id)
    if found is None:
        raise NOT_FOUND.refuse()
    return found.placement


def _person_of(plan: Plan, person_id: UUID) -> str:
    return f"{reverse('plan', args=[plan.pk])}?person={person_id}#p-who"
