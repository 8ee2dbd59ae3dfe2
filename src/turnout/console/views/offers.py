"""Places that people sign up for by themselves: opened at a desk, taken behind a link by one's phone number."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.access.scope import acting_as
from turnout.console import queries as names
from turnout.console.forms.crew import OpeningForm, PhoneForm
from turnout.console.presenters.access import qr
from turnout.console.views.common import form_page
from turnout.core.actors import NOBODY
from turnout.core.area_keys import LOCAL, code_of
from turnout.core.refusals import Refusal
from turnout.people.domain import signups
from turnout.staffing import queries
from turnout.staffing.domain import openings
from turnout.staffing.models import Opening
from turnout.web.marks import unscoped
from turnout.web.refused import refused
from turnout.web.request import Request


def open_(request: Request, post_id: UUID) -> HttpResponse:
    """Keep places of a post for sign-ups; the link is shown this once."""
    post = queries.post(post_id, request.actor)
    request.actor.require("post.edit", post.area_key)
    form = OpeningForm(request.POST or None, post=post)
    made: list[tuple[Opening, str]] = []
    back = reverse("desk", args=[post.incident_id, code_of(post.area_key)])
    if form.done(lambda: made.append(_open(request, post_id, form))):
        opening, token = made[0]
        address = request.build_absolute_uri(reverse("place-signup", args=[token]))
        context = {"opening": opening, "post": post, "address": address, "qr": qr(address), "back": back}
        context |= {"incident": post.incident}
        return render(request, "console/places/link.html", context)
    return form_page(
        request, form, title=_("Let people sign up"), lead=post.duties, submit=_("Open for sign-up"), back=back,
        incident=post.incident,
    )  # fmt: skip


@require_POST
def close(request: Request, opening_id: UUID) -> HttpResponse:
    """Take no more sign-ups; the empty places go back to the planner."""
    opening = openings.close(opening=queries.opening(opening_id, request.actor), by=request.actor)
    messages.success(request, _("Nobody signs up any more. Who has a place keeps it."))
    return redirect("desk", opening.post.incident_id, code_of(opening.area_key))


@unscoped
def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """The public page: what, where and when, and one field. It says the same whatever is known of a number."""
    try:
        response = _sign_up(request, token)
    except Refusal as refusal:
        response = refused(request, refusal)
    response["Referrer-Policy"] = "strict-origin"
    response["Cache-Control"] = "no-store"
    return response


def _sign_up(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        signups.admit_from(str(get_adapter().get_client_ip(request)))
    with acting_as(NOBODY) as by:
        opening = openings.behind(token)
        area = names.areas_by_key([opening.area_key // LOCAL * LOCAL]).get(opening.area_key // LOCAL * LOCAL)
        form = PhoneForm(request.POST or None)
        done = form.done(
            lambda: openings.sign_up_by_phone(token=token, phone=form.cleaned_data["phone"], by=by)
        )  # fmt: skip
        context = {"opening": opening, "post": opening.post, "area": area, "form": form, "done": done}
        context |= {"drill": opening.post.incident.drill}
        return render(request, "console/places/sign_up.html", context, status=422 if form.errors else 200)


def _open(request: Request, post_id: UUID, form: OpeningForm) -> tuple[Opening, str]:
    typed = form.cleaned_data
    return openings.open_(
        post=queries.post(post_id, request.actor), wave=form.waves[typed["wave"]], places=typed["places"],
        closes_at=typed["closes_at"], by=request.actor,
    )  # fmt: skip
