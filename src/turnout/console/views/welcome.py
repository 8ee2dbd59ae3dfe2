"""The page behind a one-time link: whoever opens it chooses the password of the account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from turnout.access.domain import accounts
from turnout.core.actors import Actor
from turnout.web.forms import OurForm
from turnout.web.marks import for_visitors


class NewPassword(OurForm):
    places_of_refusals = {"access.password_weak": "password"}

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 10 characters; a short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=gettext_lazy("The same once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "again" in typed and typed.get("password") != typed["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return typed


@for_visitors
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a password, then send the person to sign in with it; opening the page alone uses nothing up."""
    link = accounts.open_link(token)
    form = NewPassword(request.POST or None)
    if form.done(lambda: _set_password(token, form.cleaned_data["password"], link.user_id)):
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("account_login")
    return render(request, "console/welcome.html", {"form": form, "account": link.user})


def _set_password(token: str, password: str, user_id: UUID) -> None:
    accounts.set_password(token=token, password=password, by=Actor(kind="user", id=user_id))
