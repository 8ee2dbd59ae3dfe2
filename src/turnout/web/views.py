"""Pages and acts that belong to no noun: display switches, error pages, the style guide."""

import sys

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from turnout.access.domain import accounts
from turnout.core import lost
from turnout.web.display import COOKIES, wanted
from turnout.web.forms import OurForm
from turnout.web.marks import unscoped
from turnout.web.request import Request

A_YEAR = 365 * 24 * 3600


@unscoped
@require_POST
def set_display(request: Request) -> HttpResponse:
    """Keep language, theme or type size: in the account of a signed-in person and, for the sign-in page, in cookies."""
    chosen = wanted(request.POST)
    if request.user.is_authenticated and chosen:
        accounts.set_appearance(user=request.user, by=request.actor, **chosen)
    response = redirect(_safe_next(request))
    for name, value in chosen.items():
        response.set_cookie(
            COOKIES[name], value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


def error(request: HttpRequest, status: int, **more: object) -> HttpResponse:
    """What happened, why, and what to do now."""
    return render(request, f"web/errors/{status}.html", more, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error(request, 403)


def too_many(request: HttpRequest) -> HttpResponse:
    return error(request, 429)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something of ours, or the database: full, or gone for a moment and about to be started again."""
    why = lost.why(sys.exc_info()[1])
    return error(request, 500 if why is None else 503, lost=why)


class _Sample(OurForm):
    """Every kind of control once."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands on the work card."))
    phone = forms.CharField(label=_("Phone"), required=False)
    category = forms.ChoiceField(
        label=_("Staff category"),
        choices=[("cadre", _("district cadre")), ("health", _("health professional"))],
    )
    limits = forms.MultipleChoiceField(
        label=_("Work limits"),
        required=False,
        choices=[("night", _("no night shifts")), ("stairs", _("no stairs"))],
        widget=forms.CheckboxSelectMultiple,
    )
    tier = forms.ChoiceField(
        label=_("Reserve tier"), choices=[("1", _("first")), ("2", _("second"))], widget=forms.RadioSelect
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    list_file = forms.FileField(label=_("List"), required=False, help_text=_("Excel, WPS or CSV, at most 50 MB."))
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label=_("The list is complete"), help_text=_("People missing from it have left."))


@unscoped
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only while developing."""
    page = Paginator(range(1, 264), 50).get_page(request.GET.get("page"))
    typed = {"wrong-phone": "138 0000", "wrong-category": "cadre", "wrong-until": "30 Feb", "wrong-tier": "1"}
    wrong = _Sample(typed, prefix="wrong")
    return render(request, "web/styleguide.html", {"page": page, "plain_form": _Sample(), "wrong_form": wrong})
