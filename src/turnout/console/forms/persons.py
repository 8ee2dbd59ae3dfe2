"""Forms of people."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import AccountField, AreaField, DayField, UnitField, offer
from turnout.people.states import CATEGORIES, REVEAL_PURPOSES, TIERS, WORK_LIMITS
from turnout.web.forms import OurForm, choices

REFUSALS = {
    "people.name_bad": "name",
    "people.number_bad": "number",
    "people.number_taken": "number",
    "people.phone_bad": "phone",
    "people.phone_known_here": "phone",
    "people.phone_known_elsewhere": "phone",
    "people.category_unknown": "categories",
    "people.home_bad": "home",
    "people.unit_closed": "unit",
    "people.skill_bad": "skills",
    "people.period_backwards": "periods",
    "people.periods_overlap": "periods",
    "people.account_taken": "user",
}


class PersonForm(OurForm):
    """Who somebody is and where they live."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As it stands on the work card."))
    unit = UnitField(label=_("Unit"))
    number = forms.CharField(label=_("Employee number"), max_length=40, required=False)
    phone = forms.CharField(
        label=_("Phone"), required=False, help_text=_("Kept encrypted; lists show the last digits.")
    )
    categories = forms.MultipleChoiceField(
        label=_("Staff category"),
        choices=choices(CATEGORIES),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choice--cols"}),
    )
    home = AreaField(
        label=_("Home community"),
        levels=["community"],
        required=False,
        help_text=_("Where they live; for short ways and for their own community to know them."),
    )
    work_limits = forms.MultipleChoiceField(
        label=_("Work limits"),
        choices=choices(WORK_LIMITS),
        required=False,
        help_text=_("What they cannot do. Never ask why."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choice--cols"}),
    )
    places_of_refusals = REFUSALS

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)

    def home_key(self) -> int | None:
        home = self.cleaned_data["home"]
        return home.area_key if home else None


class EditPersonForm(PersonForm):
    """The same for somebody who is entered; the phone is shown masked and left alone unless it is typed anew."""

    phone = forms.CharField(label=_("New phone"), required=False, help_text=_("Empty leaves the present one as it is."))
    no_phone = forms.BooleanField(label=_("Remove the phone number"), required=False)
    field_order = ["name", "unit", "number", "phone", "no_phone", "categories", "home", "work_limits"]

    def new_phone(self) -> str | None:
        """What `persons.edit` takes: None leaves the number, '' removes it."""
        return "" if self.cleaned_data["no_phone"] else self.cleaned_data["phone"] or None


class AbilityForm(OurForm):
    """What somebody can do and when."""

    tier = forms.ChoiceField(label=_("Reserve tier"), choices=choices(TIERS), widget=forms.RadioSelect)
    tier_until = DayField(label=_("Tier until"), required=False, help_text=_("The last day; then standby again."))
    not_ready_until = DayField(
        label=_("Not available until"), required=False, help_text=_("The last day. There is no place for a reason.")
    )
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line; a last valid day behind it if it has one: driving licence 2027-06-30"),
    )
    periods = forms.CharField(
        label=_("Available only"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One period a line: 2026-11-21 08:00 to 2026-11-28 20:00. Empty means always."),
    )
    places_of_refusals = REFUSALS

    def clean_skills(self) -> dict[str, date | None]:
        return dict(_skill(line) for line in self.cleaned_data["skills"].splitlines() if line.strip())

    def clean_periods(self) -> list[tuple[datetime, datetime]]:
        return [_period(line) for line in self.cleaned_data["periods"].splitlines() if line.strip()]


class MoveForm(OurForm):
    """To which unit somebody moves."""

    unit = UnitField(label=_("New unit"))
    number = forms.CharField(label=_("Employee number there"), max_length=40, required=False)
    places_of_refusals = REFUSALS

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class AccountLinkForm(OurForm):
    """Whose account is this person's own."""

    user = AccountField(label=_("Account"), required=False, empty_label=_("none"))
    places_of_refusals = REFUSALS

    def __init__(self, *args: Any, users: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "user", users)


class RevealForm(OurForm):
    """What a whole phone number is needed for."""

    purpose = forms.ChoiceField(label=_("What for"), choices=choices(REVEAL_PURPOSES, _("choose")))


class ExportForm(OurForm):
    """How much of the phone numbers leaves with a list."""

    whole = forms.BooleanField(
        label=_("With whole phone numbers"),
        required=False,
        help_text=_("Each is one look in the log, as if opened one by one; at most 2,000 people."),
    )
    purpose = forms.ChoiceField(
        label=_("What for"), required=False, choices=choices(REVEAL_PURPOSES, _("choose")),
        help_text=_("Needed for whole phone numbers."),
    )  # fmt: skip
    places_of_refusals = {"people.purpose_unknown": "purpose"}


_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_MOMENT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2})?")


def _skill(line: str) -> tuple[str, date | None]:
    found = _DAY.search(line)
    if found is None:
        return line.strip(), None
    return line[: found.start()].strip(" ，,至到"), _parsed(found[0], "%Y-%m-%d", line).date()


def _period(line: str) -> tuple[datetime, datetime]:
    found = _MOMENT.findall(line)
    if len(found) != 2:
        raise ValidationError(_("A period has a beginning and an end: %(line)s"), params={"line": line})
    start, end = (
        _parsed(text.replace("T", " "), "%Y-%m-%d %H:%M" if ":" in text else "%Y-%m-%d", line) for text in found
    )
    return timezone.make_aware(start), timezone.make_aware(end)


def _parsed(text: str, form: str, line: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007  made aware by the caller
    except ValueError:
        raise ValidationError(_("This is not a date: %(line)s"), params={"line": line}) from None
