"""How django-allauth is held to our rules: nobody signs up by themselves, secrets lie under our keys."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from turnout.core import keys


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by somebody who may give roles, never by a visitor."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A sign-in from outside must be connected to an account that exists."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds are encrypted under the key of accounts."""

    def encrypt(self, text: str) -> str:
        sealed = keys.encrypt(text, table="mfa", column="secret", row_id="", retention=keys.ACCOUNTS)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys.decrypt(base64.b64decode(encrypted_text), table="mfa", column="secret", row_id="")
