"""What stands between a request and its view: the language, the person's settings, and the scope."""

from __future__ import annotations

from asyncio import iscoroutinefunction
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import audit
from turnout.core.actors import NOBODY, Actor
from turnout.core.refusals import Refusal
from turnout.web.display import of_account, of_cookies
from turnout.web.refused import refused

Next = Callable[[HttpRequest], HttpResponse]

# Pages load nothing from anywhere else, run no inline script and carry no inline style.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# Its form leads to the provider's own site, over however many addresses: a browser would stop it there.
_LEADS_ELSEWHERE = "openid_connect_login"


class LanguageMiddleware:
    """Visitors: the looks and the language of their cookies, else Chinese. An office shares its browsers, so what the
    browser asks for does not count."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.display = of_cookies(request)  # type: ignore[attr-defined]
        with translation.override(request.display.language):  # type: ignore[attr-defined]
            response = self.get_response(request)
        policy = CONTENT_SECURITY_POLICY
        if request.resolver_match and request.resolver_match.url_name == _LEADS_ELSEWHERE:
            policy = policy.replace("form-action 'self'", "form-action *")
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class PersonSettingsMiddleware:
    """Who acts, and in which looks and language: read once a request, from the account."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            request.actor = NOBODY  # type: ignore[attr-defined]
            return self.get_response(request)
        request.actor = actor_of(user)  # type: ignore[attr-defined]
        request.display = of_account(user)  # type: ignore[attr-defined]
        with translation.override(user.language):
            return self.get_response(request)


class SessionListMiddleware:
    """The list of one's own sessions, kept by pages that somebody opens; a page that asks again by itself is no sign of
    life, and a hundred boards on walls would write twenty times a second.

    One statement instead of allauth's five; nobody listens here to its signal that a session moved to another address.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks_again = request.headers.get("HX-Request") and request.method == "GET"
        if not asks_again and request.session.session_key and request.user.is_authenticated:
            _note_session(request)
        return self.get_response(request)


_SEEN = """
INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)
VALUES (%(user)s, %(now)s, %(ip)s, %(now)s, %(key)s, %(agent)s, '{}')
    ON CONFLICT (session_key) DO UPDATE
   SET user_id = excluded.user_id, ip = excluded.ip, user_agent = excluded.user_agent,
       last_seen_at = excluded.last_seen_at
"""
_LONGEST_AGENT = 200


def _note_session(request: HttpRequest) -> None:
    seen = {
        "user": request.user.pk,
        "now": timezone.now(),
        "ip": str(get_adapter().get_client_ip(request)),
        "key": request.session.session_key,
        "agent": request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, seen)


class ScopeMiddleware:
    """Runs the view inside `acting_as`, renders lazily rendered responses there, rolls back from 400 on.

    Not ATOMIC_REQUESTS: that block ends before a TemplateResponse renders, and keeps what a view wrote before it
    answered 409. Whoever has not signed in is sent to do so, unless the view is marked otherwise (`web.marks`).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(view, "unscoped", False) or iscoroutinefunction(view) or _foreign(view):
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor is NOBODY and not getattr(view, "for_visitors", False):
            return redirect_to_login(request.get_full_path())
        try:
            with acting_as(actor):
                response: HttpResponse = view(request, *args, **kwargs)
                if callable(getattr(response, "render", None)):
                    response = response.render()  # type: ignore[attr-defined]
                if response.status_code >= 400:
                    transaction.set_rollback(True)
        except Refusal as refusal:
            _log(refusal, actor)
            return refused(request, refusal)
        return response


def _foreign(view: Any) -> bool:
    """Views of django-allauth touch no protected table, and answer by an exception that only its middleware reads."""
    return str(getattr(view, "__module__", "")).startswith(("allauth.", "django."))


def _log(refusal: Refusal, actor: Actor) -> None:
    """Write what was refused after the rollback, when somebody reached for what is not theirs."""
    if refusal.status not in (403, 404) or actor is NOBODY:
        return
    with acting_as(actor):
        audit.record("access.refused", by=actor, details={"code": refusal.code, "status": refusal.status})
