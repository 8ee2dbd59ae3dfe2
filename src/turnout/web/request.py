"""A request as our views see it, after the middleware."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from turnout.access.models import User
from turnout.core.actors import Actor
from turnout.web.display import Display


class Request(HttpRequest):
    """For types only: what `turnout.web.middleware` and django-htmx have put on the request."""

    actor: Actor
    display: Display
    htmx: HtmxDetails
    user: User  # pages without sign-in take a plain HttpRequest
