"""The command post: incidents with their levels, rules, posts and waves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from turnout.console.forms.incidents import GenerateForm, MarkForm, OpenForm, SwitchForm, WaveForm
from turnout.console.presenters import command as presenters
from turnout.console.presenters.night import visible_range
from turnout.console.views.common import active_incidents, form_page, incident_of
from turnout.core import clock
from turnout.core.actors import NOT_FOUND
from turnout.incidents import queries as reads
from turnout.incidents.domain import incidents
from turnout.incidents.models import Incident
from turnout.incidents.states import ACTIVE
from turnout.staffing import jobs, queries
from turnout.staffing.domain import posts, waves
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    request.actor.require_anywhere("plan.make")
    over = reads.touching(request.actor).exclude(status=ACTIVE).select_related("playbook")[:20]
    context = {
        "rows": presenters.listed(active_incidents(request)),
        "over": presenters.listed([one for one in over if visible_range(one, request.actor)]),
        "may_open": request.actor.can_anywhere("incident.manage"),
    }
    return render(request, "console/night/command.html", context)


def open_(request: Request) -> HttpResponse:
    """Open an incident; what each playbook brings with it stands beside the form."""
    request.actor.require_anywhere("incident.manage")
    form = OpenForm(request.POST or None)
    made: list[Incident] = []
    if form.done(lambda: made.append(_open(request, form))):
        return redirect("incident", made[0].pk)
    playbooks = presenters.playbooks(list(form.fields["playbook"].queryset))  # type: ignore[attr-defined]
    context = {"form": form, "playbooks": playbooks}
    return render(request, "console/night/incident_open.html", context, status=422 if form.errors else 200)


def detail(request: Request, incident_id: UUID) -> HttpResponse:
    """An incident; while a plan is drafted, htmx asks for the page's changing part."""
    incident = _planned(request, incident_id)
    template = "console/night/incident.html" + ("#plans" if request.htmx else "")
    return render(request, template, presenters.incident_page(incident, request.actor))


def mark(request: Request, incident_id: UUID) -> HttpResponse:
    incident = _managed(request, incident_id)
    form = MarkForm(request.POST or None, incident=incident)
    if form.done(lambda: _mark(request, incident, form)):
        return redirect("incident", incident.pk)
    return _form(request, incident, form, _("Mark a level"), _("Mark"))


@require_POST
def unmark(request: Request, incident_id: UUID, mark_id: UUID) -> HttpResponse:
    incident = _managed(request, incident_id)
    found = reads.live_marks(incident).filter(pk=mark_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    incidents.unmark(mark=found, by=request.actor)
    return redirect("incident", incident.pk)


def switch(request: Request, incident_id: UUID) -> HttpResponse:
    """Other rules from now on, and posts brought to them; what would change stands below the form."""
    incident = _managed(request, incident_id)
    form = SwitchForm(request.POST or None, incident=incident)
    if form.done(lambda: _switch(request, incident, form)):
        return redirect("incident", incident.pk)
    versions = form.fields["playbook"].queryset  # type: ignore[attr-defined]
    others = presenters.switch_page(incident, versions, request.actor)
    context = {"form": form, "incident": incident, "others": others}
    return render(request, "console/night/switch.html", context, status=422 if form.errors else 200)


@require_POST
def stand_down(request: Request, incident_id: UUID) -> HttpResponse:
    incident = incidents.stand_down(incident=_managed(request, incident_id), by=request.actor)
    return redirect("incident", incident.pk)


def generate(request: Request, incident_id: UUID) -> HttpResponse:
    """Make the playbook's posts; the arithmetic of cover stands above the form before anything is made."""
    incident = _planned(request, incident_id)
    hours = request.GET.get("hours", "")
    shift = int(hours) if hours in ("6", "8", "12") else incident.playbook.playbook.shifts.hours
    together = request.GET.get("neighbours", "")
    neighbours = int(together) if together in ("1", "2", "3") else 1
    form = GenerateForm(request.POST or None, initial=presenters.usual_posts(incident, shift, neighbours))
    if form.done(lambda: _generate(request, incident, form)):
        return redirect("incident", incident.pk)
    context = {"form": form, "incident": incident, "hours": shift, "neighbours": neighbours}
    context |= presenters.cover(incident, shift, neighbours)
    return render(request, "console/night/posts.html", context, status=422 if form.errors else 200)


def add_wave(request: Request, incident_id: UUID) -> HttpResponse:
    incident = _planned(request, incident_id)
    form = WaveForm(request.POST or None, initial=presenters.usual_times(incident))
    if form.done(lambda: waves.create(incident=incident, by=request.actor, **form.cleaned_data)):
        return redirect("incident", incident.pk)
    return _form(request, incident, form, _("Add a wave"), _("Add"))


@require_POST
def advance(request: Request, wave_id: UUID) -> HttpResponse:
    """Open, lock or close a wave."""
    wave = queries.wave(wave_id, request.actor)
    waves.advance(wave=wave, to=request.POST.get("to", ""), by=request.actor)
    return redirect("wave", wave.pk)


@require_POST
def ask(request: Request, wave_id: UUID) -> HttpResponse:
    """Queue the messages to everybody of a wave who was not asked yet; a drill writes files only."""
    wave = queries.wave(wave_id, request.actor)
    request.actor.require("plan.make", wave.incident.area_key)
    address = request.build_absolute_uri("/c/")
    channel = "file" if wave.incident.drill else "sms"
    jobs.ask_wave.defer(wave_id=str(wave.pk), actor_id=str(request.actor.id), address=address, channel=channel)
    messages.success(request, _("The messages are being written; answers appear here."))
    return redirect("wave", wave.pk)


def _open(request: Request, form: OpenForm) -> Incident:
    typed = form.cleaned_data
    return incidents.open_(
        title=typed["title"], area_code=typed["area"].code, playbook=typed["playbook"], drill=typed["drill"],
        by=request.actor,
    )  # fmt: skip


def _mark(request: Request, incident: Incident, form: MarkForm) -> None:
    typed = form.cleaned_data
    incidents.mark(
        incident=incident, area_key=typed["area"].area_key, level=typed["level"], ends_at=typed["ends_at"],
        by=request.actor,
    )  # fmt: skip


def _generate(request: Request, incident: Incident, form: GenerateForm) -> None:
    typed = form.cleaned_data
    made = posts.generate(
        incident=incident, starts_at=typed["starts_at"], by=request.actor, round_the_clock=typed["round_the_clock"],
        shift_hours=typed["hours"], neighbours=typed["neighbours"],
    )  # fmt: skip
    _say_made(request, made)


def _switch(request: Request, incident: Incident, form: SwitchForm) -> None:
    typed = form.cleaned_data
    _change, made = posts.switch_playbook(
        incident=incident, version=typed["playbook"], reason=typed["reason"], starts_at=clock.now(), by=request.actor
    )
    _say_made(request, made)


def _say_made(request: Request, made: posts.Made) -> None:
    words = ngettext("%(n)d post added", "%(n)d posts added", made.added) % {"n": made.added}
    rest = _("{changed} changed, {cancelled} cancelled").format(changed=made.changed, cancelled=made.cancelled)
    messages.success(request, f"{words} · {rest}")


def _form(request: Request, incident: Incident, form: MarkForm | WaveForm, title: str, submit: str) -> HttpResponse:
    back = reverse("incident", args=[incident.pk])
    return form_page(request, form, title=title, lead=incident.title, submit=submit, back=back, incident=incident)


def _managed(request: Request, incident_id: UUID) -> Incident:
    incident = incident_of(request, incident_id)
    request.actor.require("incident.manage", incident.area_key)
    return incident


def _planned(request: Request, incident_id: UUID) -> Incident:
    incident = incident_of(request, incident_id)
    request.actor.require("plan.make", incident.area_key)
    return incident
