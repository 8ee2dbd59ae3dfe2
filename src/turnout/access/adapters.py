"""How django-allauth is held to our rules: nobody signs up by themselves, secrets lie under our keys."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from turnout.core import keys


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off. Ask whoever gave you your role."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your present password."),
        "username_password_mismatch": _("Sign-in name or password is not right."),
        "too_many_login_attempts": _("Too many tries that failed. Wait five minutes and try again."),
        "rate_limited": _("Too many tries in a short time. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by somebody who may give roles, never by a visitor."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A sign-in from outside must be connected to an account that exists."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds are encrypted under the key of accounts."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("These digits are not right. They change every 30 seconds; check the clock of the phone."),
    }

    def encrypt(self, text: str) -> str:
        sealed = keys.encrypt(text, table="mfa", column="secret", row_id="", retention=keys.ACCOUNTS)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys.decrypt(base64.b64decode(encrypted_text), table="mfa", column="secret", row_id="")
