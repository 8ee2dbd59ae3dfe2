"""Signing in with the account of an organisation. All we take from its provider is the identifier of who it is."""

from __future__ import annotations

from typing import Any

import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse


class Provider(OpenIDConnectProvider):
    """Asks for no profile and keeps none: names, addresses and phone numbers stay where they are."""

    @classmethod
    def get_package(cls) -> str:
        """Where allauth finds the addresses of this provider."""
        return OpenIDConnectProvider.__module__.rpartition(".")[0]

    def get_default_scope(self) -> list[str]:
        return ["openid"]

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Any) -> list[EmailAddress]:
        return []

    def redirect(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send the browser to the provider; one that cannot be reached is said on a page."""
        try:
            answer: HttpResponse = super().redirect(request, *args, **kwargs)
        except requests.RequestException as error:
            answer = render_authentication_error(request, self, exception=error)
        return answer
