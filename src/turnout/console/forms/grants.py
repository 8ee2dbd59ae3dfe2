"""Forms of accounts and roles."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from turnout.access.roles import ROLES
from turnout.console.fields import AccountField, AreaField, DayField, UnitField, offer
from turnout.core import clock
from turnout.web.forms import OurForm

REFUSALS = {
    "access.username_taken": "username",
    "access.username_bad": "username",
    "access.grant_ends": "until",
    "access.grant_twice": "role",
    "access.role_needs_unit": "role",
    "access.area_unknown": "area",
}


class GrantForm(OurForm):
    """A role over an area, or over a unit for its liaison, until a day."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(name, role.label) for name, role in ROLES.items()], widget=forms.RadioSelect
    )
    area = AreaField(label=_("Area"), required=False, help_text=_("For every role but the unit liaison."))
    unit = UnitField(label=_("Unit"), required=False, help_text=_("For a unit liaison only."))
    until = DayField(label=_("Until"), help_text=_("The last day; at most 400 days from now."))
    places_of_refusals = REFUSALS

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        self.initial.setdefault("until", (clock.now() + timedelta(days=180)).date())

    def ends_at(self) -> datetime:
        return end_of(self.cleaned_data["until"])


class AccountForm(GrantForm):
    """A new account with its first role."""

    name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.CharField(
        label=_("Sign-in name"), max_length=60, help_text=_("For example the work number; no spaces.")
    )
    field_order = ["name", "username", "role", "area", "unit", "until"]


class GrantToForm(GrantForm):
    """A role for somebody who has an account."""

    user = AccountField(label=_("Account"))
    field_order = ["user", "role", "area", "unit", "until"]

    def __init__(self, *args: Any, users: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "user", users)


def end_of(day: Any) -> datetime:
    """The moment a day ends, in the city's own time."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
