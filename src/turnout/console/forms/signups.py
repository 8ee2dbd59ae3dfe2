"""Forms of sign-up links, and the one that people fill in themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from turnout.console.fields import AreaField, DayField
from turnout.people.states import CATEGORIES
from turnout.web.forms import OurForm, choices


class LinkForm(OurForm):
    """A link by which people of a unit register themselves."""

    label = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=60,
        help_text=_("What it is for, as those who sign up will read it: night volunteers."),
    )
    category = forms.ChoiceField(label=_("Staff category"), choices=choices(CATEGORIES), initial="volunteer")
    quota = forms.IntegerField(label=_("Places"), min_value=1, help_text=_("How many may sign up through it."))
    until = DayField(label=_("Until"), help_text=_("The last day; at most 60 days from now."))
    places_of_refusals = {
        "signup.places_bad": "quota",
        "signup.ends": "until",
        "people.name_bad": "label",
        "people.category_unknown": "category",
    }


class SignUpForm(OurForm):
    """What somebody who signs up says about themselves: no more than is needed to call them."""

    name = forms.CharField(label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Your phone"),
        help_text=_("You are called on it. It is kept encrypted and shown to nobody without a purpose."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    home = AreaField(
        label=_("The community you live in"),
        levels=["community"],
        required=False,
        help_text=_("So that you are sent somewhere near."),
        address="signup-areas",
    )
    places_of_refusals = {"people.name_bad": "name", "people.phone_bad": "phone"}

    def home_key(self) -> int | None:
        home = self.cleaned_data["home"]
        return home.area_key if home else None
