"""People: who they are, what they can do, when, and who looked at them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.access import queries as access
from turnout.console.forms.persons import (
    AbilityForm,
    AccountLinkForm,
    EditPersonForm,
    ExportForm,
    MoveForm,
    PersonForm,
    RevealForm,
)
from turnout.console.presenters import people as presenters
from turnout.console.views.common import chosen_area, chosen_unit, form_page
from turnout.people import queries as people
from turnout.people import search as finding
from turnout.people.domain import abilities, exports, persons
from turnout.people.imports_models import ListRun
from turnout.people.models import Person, Unit
from turnout.people.permissions import require_change, require_sight
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    """Lists never ask for more than one page, and show no whole phone number."""
    request.actor.require_anywhere("person.view")
    area, text = chosen_area(request), request.GET.get("q", "").strip()
    category, state = request.GET.get("category", ""), request.GET.get("state", "active")
    unit = chosen_unit(request)
    category = category if category in CATEGORIES else ""
    state = state if state in ("active", "left") else "active"
    skill = request.GET.get("skill", "").strip()
    criteria = finding.Criteria(
        text=text,
        unit_id=unit.pk if unit else None,
        area=(area.area_key, area.key_end) if area else None,
        category=category,
        skill=skill,
        state=state,
    )
    page = finding.search(criteria, after=request.GET.get("after", ""))
    filtered = bool(area or text or unit or category or skill or state != "active")
    context = {
        "page": page,
        "rows": presenters.persons(page.persons),
        "area": area,
        "text": text,
        "unit": unit,
        "category": category,
        "categories": CATEGORIES.items(),
        "state": state,
        "skill": skill,
        "filtered": filtered,
        "total": None if filtered else people.total(),
        "may_add": request.actor.can_anywhere("person.edit"),
        "may_export": request.actor.can_anywhere("person.export"),
    }
    return render(request, "console/persons/list.html", context)


def detail(request: Request, person_id: UUID) -> HttpResponse:
    person = _seen(request, person_id)
    if person.pk != person_id:
        return redirect("person", person.pk)
    context = presenters.person_page(person, by=request.actor) | {"reveal_form": RevealForm()}
    return render(request, "console/persons/detail.html", context)


@require_POST
def reveal(request: Request, person_id: UUID) -> HttpResponse:
    """The whole phone number, once, for a purpose that is logged; a fragment for the person's page."""
    person = _seen(request, person_id)
    form = RevealForm(request.POST)
    shown: list[str] = []
    form.done(
        lambda: shown.append(
            persons.reveal_phone(person=person, purpose=form.cleaned_data["purpose"], by=request.actor)
        )
    )
    template = "console/persons/reveal.html" if request.htmx else "console/persons/reveal_page.html"
    context = {"person": person, "row": {"phone": presenters.masked(person)}, "reveal_form": form}
    context |= {"phone": presenters.spaced(shown[0]) if shown else ""}
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response


def add(request: Request) -> HttpResponse:
    request.actor.require_anywhere("person.edit")
    units = people.units_within(request.actor, "person.edit").filter(closed_at=None)
    form = PersonForm(request.POST or None, units=units, initial={"unit": request.GET.get("unit")})
    made: list[Person] = []
    if form.done(lambda: made.append(_add(request, form))):
        messages.success(request, _("Added: {name}.").format(name=made[0].name))
        return redirect("person", made[0].pk)
    return form_page(request, form, title=_("Enter a person"), submit=_("Enter"), back=reverse("persons"))


def export(request: Request) -> HttpResponse:
    """Start an export of a unit, an area or everything that may be exported; the file is found under Lists."""
    request.actor.require_anywhere("person.export")
    unit, area = chosen_unit(request), chosen_area(request)
    form = ExportForm(request.POST or None)
    made: list[ListRun] = []
    if form.done(lambda: made.append(_export(request, unit, area, form))):
        return redirect("import", made[0].pk)
    lead = unit.name if unit else area.name if area else _("Everybody you may export")
    return form_page(
        request, form, title=_("Export people"), lead=lead, submit=_("Write the file"), back=reverse("persons")
    )


def edit(request: Request, person_id: UUID) -> HttpResponse:
    person = _changeable(request, person_id)
    units = people.units_within(request.actor, "person.edit")
    form = EditPersonForm(request.POST or None, units=units, initial=presenters.person_initial(person))
    form.fields["unit"].disabled = True
    if form.done(lambda: _change(request, person, form)):
        messages.success(request, _("Saved: {name}.").format(name=form.cleaned_data["name"]))
        return redirect("person", person.pk)
    back = reverse("person", args=[person.pk])
    return form_page(request, form, title=_("Change a person"), lead=person.name, submit=_("Save"), back=back)


def ability(request: Request, person_id: UUID) -> HttpResponse:
    person = _changeable(request, person_id)
    form = AbilityForm(request.POST or None, initial=presenters.ability_initial(person))
    if form.done(lambda: _set_ability(request, person, form)):
        messages.success(request, _("Saved: {name}.").format(name=person.name))
        return redirect("person", person.pk)
    back = reverse("person", args=[person.pk])
    return form_page(request, form, title=_("Skills and availability"), lead=person.name, submit=_("Save"), back=back)


def move(request: Request, person_id: UUID) -> HttpResponse:
    person = _changeable(request, person_id)
    units = people.units_within(request.actor, "person.edit").filter(closed_at=None).exclude(pk=person.unit_id)
    form = MoveForm(request.POST or None, units=units)
    if form.done(
        lambda: persons.move_unit(
            person=person, unit=form.cleaned_data["unit"], number=form.cleaned_data["number"], by=request.actor
        )
    ):
        messages.success(request, _("{name} has moved.").format(name=person.name))
        return redirect("person", person.pk)
    back = reverse("person", args=[person.pk])
    return form_page(request, form, title=_("Move to another unit"), lead=person.name, submit=_("Move"), back=back)


def account(request: Request, person_id: UUID) -> HttpResponse:
    person = _changeable(request, person_id)
    request.actor.require_anywhere("grant.give")
    users = access.users_within(request.actor)
    form = AccountLinkForm(request.POST or None, users=users, initial={"user": person.user_id})
    if form.done(lambda: persons.link_account(person=person, user=form.cleaned_data["user"], by=request.actor)):
        messages.success(request, _("Saved: {name}.").format(name=person.name))
        return redirect("person", person.pk)
    return form_page(
        request,
        form,
        title=_("This person's own account"),
        lead=_("{name} then sees on their own page who looked at them.").format(name=person.name),
        submit=_("Save"),
        back=reverse("person", args=[person.pk]),
    )


@require_POST
def leave(request: Request, person_id: UUID) -> HttpResponse:
    person = _changeable(request, person_id)
    persons.leave(person=person, by=request.actor)
    messages.success(request, _("{name} is marked as left.").format(name=person.name))
    return redirect("person", person.pk)


@require_POST
def come_back(request: Request, person_id: UUID) -> HttpResponse:
    person = _changeable(request, person_id)
    persons.return_(person=person, by=request.actor)
    messages.success(request, _("{name} is back.").format(name=person.name))
    return redirect("person", person.pk)


def _seen(request: Request, person_id: UUID) -> Person:
    person = people.person(person_id)
    require_sight(request.actor, "person.view", person)
    return person


def _changeable(request: Request, person_id: UUID) -> Person:
    person = people.person(person_id)
    require_change(request.actor, "person.edit", person)
    return person


def _add(request: Request, form: PersonForm) -> Person:
    typed = form.cleaned_data
    return persons.add(
        unit=typed["unit"],
        name=typed["name"],
        number=typed["number"],
        phone=typed["phone"],
        categories=typed["categories"],
        work_limits=typed["work_limits"],
        home_key=form.home_key(),
        by=request.actor,
    )


def _export(request: Request, unit: Unit | None, area: Area | None, form: ExportForm) -> ListRun:
    return exports.begin(
        unit=unit,
        area_key=area.area_key if area else None,
        whole_phones=form.cleaned_data["whole"],
        purpose=form.cleaned_data["purpose"],
        by=request.actor,
    )


def _change(request: Request, person: Person, form: EditPersonForm) -> None:
    typed = form.cleaned_data
    persons.edit(
        person=person,
        name=typed["name"],
        number=typed["number"],
        categories=typed["categories"],
        home_key=form.home_key(),
        phone=form.new_phone(),
        by=request.actor,
    )
    if set(typed["work_limits"]) != set(person.work_limits):
        persons.set_limits(person=person, limits=typed["work_limits"], by=request.actor)


def _set_ability(request: Request, person: Person, form: AbilityForm) -> None:
    """Only what was changed: each act is a row in the log."""
    typed, by, changed = form.cleaned_data, request.actor, set(form.changed_data)
    if changed & {"tier", "tier_until"}:
        abilities.set_tier(person=person, tier=typed["tier"], until=typed["tier_until"], by=by)
    if "not_ready_until" in changed:
        abilities.set_ready(person=person, not_until=typed["not_ready_until"], by=by)
    if "skills" in changed:
        abilities.set_skills(person=person, skills=typed["skills"], by=by)
    if "periods" in changed:
        abilities.set_availability(person=person, periods=typed["periods"], by=by)
