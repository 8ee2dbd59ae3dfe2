"""Sign-up links: issued by a unit, shown once with a QR code, revoked; and the public page behind each."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.access.scope import acting_as
from turnout.console import queries
from turnout.console.forms.grants import end_of
from turnout.console.forms.signups import LinkForm, SignUpForm
from turnout.console.presenters import areas as presenters
from turnout.console.views.areas import SUGGESTIONS
from turnout.console.views.common import form_page
from turnout.core.actors import NOT_FOUND
from turnout.core.refusals import Refusal
from turnout.people import queries as people
from turnout.people.domain import signups
from turnout.people.domain.signups import Receipt
from turnout.people.models import Unit
from turnout.people.permissions import require_at_unit
from turnout.people.signups_models import SignupLink
from turnout.places import queries as places
from turnout.web.marks import unscoped
from turnout.web.refused import refused
from turnout.web.request import Request


def issue(request: Request, unit_id: UUID) -> HttpResponse:
    """Make a link and show it, once: only its hash is kept."""
    unit = people.unit(unit_id, request.actor)
    require_at_unit(request.actor, signups.PERMISSION, unit)
    form = LinkForm(request.POST or None)
    made: list[tuple[SignupLink, str]] = []
    if form.done(lambda: made.append(_issue(request, unit, form))):
        link, token = made[0]
        address = request.build_absolute_uri(reverse("signup", args=[token]))
        context = {"link": link, "unit": unit, "address": address, "qr": signups.qr(address)}
        response = render(request, "console/signups/link.html", context)
        response["Cache-Control"] = "no-store"
        return response
    back = reverse("unit", args=[unit.pk])
    return form_page(request, form, title=_("Issue a sign-up link"), lead=unit.name, submit=_("Issue"), back=back)


@require_POST
def revoke(request: Request, link_id: UUID) -> HttpResponse:
    link = queries.signup_link(link_id)
    if link is None:
        raise NOT_FOUND.refuse()
    signups.revoke(link=link, by=request.actor)
    messages.success(request, _("The link “{label}” has ended. Who signed up stays.").format(label=link.label))
    return redirect("unit", link.unit_id)


@unscoped
def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """The public page. It opens the scope of the link's own unit, and says the same whatever is known of a number."""
    try:
        return _sign_up(request, token)
    except Refusal as refusal:
        return refused(request, refusal)


@unscoped
def areas(request: HttpRequest) -> JsonResponse:
    """Communities for the public page: names and codes of official areas are public."""
    found = places.find_anywhere(request.GET.get("q", ""), levels=["community"])[:SUGGESTIONS]
    return JsonResponse({"rows": presenters.suggestions(found), "none": _("No area is called that")})


def _sign_up(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        signups.admit_from(str(get_adapter().get_client_ip(request)))
    link = signups.find(token)
    form = SignUpForm(request.POST or None)
    made: list[Receipt] = []
    with acting_as(signups.visitor(link)) as by:
        form.done(
            lambda: made.append(
                signups.sign_up(
                    link=link,
                    name=form.cleaned_data["name"],
                    phone=form.cleaned_data["phone"],
                    home_key=form.home_key(),
                    by=by,
                )
            )
        )
    if made:
        return render(request, "console/signups/received.html", {"receipt": made[0]})
    context = {"form": form, "link": link, "left": link.quota - link.used}
    return render(request, "console/signups/sign_up.html", context, status=422 if form.errors else 200)


def _issue(request: Request, unit: Unit, form: LinkForm) -> tuple[SignupLink, str]:
    typed = form.cleaned_data
    return signups.issue(
        unit=unit,
        label=typed["label"],
        category=typed["category"],
        quota=typed["quota"],
        ends_at=end_of(typed["until"]),
        by=request.actor,
    )
