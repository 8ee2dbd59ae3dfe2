"""django-allauth's forms for signing in, in our words: no placeholders, one sentence where it has four."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as SecondStepAgain
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _say(form: forms.BaseForm, **words: tuple[Any, Any]) -> None:
    """Give fields our label and help, and take the placeholders away: they vanish as soon as somebody types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""
    for name, (label, help_text) in words.items():
        form.fields[name].label, form.fields[name].help_text = label, help_text


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login=(_("Sign-in name"), ""))


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            oldpassword=(_("Present password"), _("Forgotten? Ask whoever gave you your role for a one-time link.")),
            password1=(_("New password"), _("At least 10 characters; a short sentence is easy to remember.")),
            password2=(_("The same once more"), ""),
        )


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=(_("Present password"), ""))


class _CodeForm(BaseAuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=(_("Six digits"), _("From the authenticator app; or one of your recovery codes.")))


class SecondStepForm(_CodeForm, AuthenticateForm):
    pass


class SecondStepAgainForm(_CodeForm, SecondStepAgain):
    pass


class SwitchOnForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=(_("Six digits"), _("As the app shows them now.")))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
