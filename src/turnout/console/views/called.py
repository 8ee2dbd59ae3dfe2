"""The page behind a call-out link. Opening it changes nothing, since chat apps and scanners open links by themselves.

The pages send `strict-origin` and not `no-referrer`: under the latter browsers send `Origin: null` with a form, which
the forgery check refuses; either way the token is in no header that leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.access.scope import acting_as
from turnout.console.presenters import called as presenters
from turnout.core.refusals import Refusal
from turnout.staffing import refusals
from turnout.staffing.domain import callouts, remarks, teams
from turnout.staffing.domain import feedback as rating
from turnout.staffing.models import CallOut
from turnout.web.marks import unscoped
from turnout.web.refused import refused

COOKIE = "turnout_called"
COOKIE_SECONDS = 60 * 86400  # longer than the longest posting of a playbook, so that the page keeps opening


@unscoped
def called(request: HttpRequest, token: str) -> HttpResponse:
    """Whose link this is, masked; and for the browser that said so: where, when, with whom."""
    return _answering(request, lambda: _page(request, token))


@unscoped
@require_POST
def me(request: HttpRequest, token: str) -> HttpResponse:
    """ "This is me": the first browser is bound, another gives the last four digits."""
    browser = request.COOKIES.get(COOKIE) or callouts.browser_token()
    last4 = request.POST.get("last4", "").strip()
    return _answering(request, lambda: _acted(request, token, browser, last4, _bind))


@unscoped
@require_POST
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Yes, no or later, from a browser that is known."""
    browser = request.COOKIES.get(COOKIE) or callouts.browser_token()
    return _answering(request, lambda: _acted(request, token, browser, "", _answer))


@unscoped
@require_POST
def leader(request: HttpRequest, token: str) -> HttpResponse:
    """The leader's number, for a browser that is known: each look is a row of the log, therefore not by opening."""
    return _answering(request, lambda: _page(request, token, reveal=True))


@unscoped
@require_POST
def feedback(request: HttpRequest, token: str) -> HttpResponse:
    """How the call was, from somebody who came."""
    browser = request.COOKIES.get(COOKIE) or callouts.browser_token()
    return _answering(request, lambda: _acted(request, token, browser, "", _rate))


@unscoped
@require_POST
def remark(request: HttpRequest, token: str) -> HttpResponse:
    """A complaint or a suggestion to the command post, from a browser that is known."""
    browser = request.COOKIES.get(COOKIE) or callouts.browser_token()
    return _answering(request, lambda: _acted(request, token, browser, "", _remark))


def _page(request: HttpRequest, token: str, wrong: Refusal | None = None, reveal: bool = False) -> HttpResponse:
    with acting_as(callouts.scope_of_link(token)) as by:
        opened = callouts.open_link(token=token, browser=request.COOKIES.get(COOKIE, ""))
        phones = teams.reveal_leader(callout=opened.callout, by=by) if reveal and opened.known else None
        context = presenters.page(opened, phones) | {"token": token, "wrong": wrong}
        return render(request, "console/night/called.html", context, status=wrong.status if wrong else 200)


Act = Callable[[HttpRequest, str, str, str], Any]


def _acted(request: HttpRequest, token: str, browser: str, last4: str, act: Act) -> HttpResponse:
    """Do one act, which opens the link's scope. A wrong guess is counted after the refusal has rolled the act back."""
    callouts.admit_from(str(get_adapter().get_client_ip(request)))
    try:
        act(request, token, browser, last4)
    except Refusal as refusal:
        if refusal.code != refusals.LINK_OTHER_BROWSER.code:
            raise
        return _page(request, token, wrong=_counted(token, refusal) if last4 else refusal)
    response = redirect("called", token)
    response.set_cookie(
        COOKIE, browser, max_age=COOKIE_SECONDS, path="/c/", httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def _counted(token: str, refusal: Refusal) -> Refusal:
    """Count a wrong guess, and say how many are left after it."""
    callouts.count_try(token=token)
    left = refusal.details["left"] - 1
    return refusals.LINK_OTHER_BROWSER.refuse(left=left) if left else refusals.LINK_LOCKED.refuse()


def _bind(request: HttpRequest, token: str, browser: str, last4: str) -> None:
    with acting_as(callouts.scope_of_link(token)) as by:
        callouts.bind(token=token, browser=browser, last4=last4, by=by)


def _answer(request: HttpRequest, token: str, browser: str, last4: str) -> None:
    said = {name: request.POST.get(name, "") for name in ("answer", "reason")}
    callouts.answer_by_link(token=token, browser=browser, **said)


def _rate(request: HttpRequest, token: str, browser: str, last4: str) -> None:
    with acting_as(callouts.scope_of_link(token)) as by:
        words = request.POST.get("words", "")
        mine = _known(token, browser)
        rating.give_as_responder(callout=mine, mark=request.POST.get("mark", ""), words=words, by=by)
    messages.success(request, _("Thank you. It is kept without your name."))


def _remark(request: HttpRequest, token: str, browser: str, last4: str) -> None:
    with acting_as(callouts.scope_of_link(token)) as by:
        words = request.POST.get("remark", "")
        mine = _known(token, browser)
        remarks.send_as_responder(callout=mine, kind=request.POST.get("kind", ""), words=words, by=by)
    messages.success(request, _("It is with the command post, without your name. The answer will stand here."))


def _known(token: str, browser: str) -> CallOut:
    """Return the call-out of a link to the browser that said whose it is, and to no other."""
    opened = callouts.open_link(token=token, browser=browser)
    if not opened.known:
        raise refusals.LINK_OTHER_BROWSER.refuse(left=callouts.TRIES - opened.callout.tries)
    return opened.callout


def _answering(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """A refusal reads like any other; nothing of these pages is kept by caches or sent on as a referrer."""
    try:
        response = act()
    except Refusal as refusal:
        response = refused(request, refusal)
    response["Referrer-Policy"] = "strict-origin"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
