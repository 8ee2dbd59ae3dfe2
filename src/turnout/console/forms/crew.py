"""Forms of places that people sign up for, and of feedback."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import MomentField, offer, offer_choices
from turnout.console.words import ending
from turnout.people.models import Person
from turnout.staffing.models import Post
from turnout.staffing.states import MARKS
from turnout.web.forms import OurForm, choices


class FeedbackForm(OurForm):
    """How the response was, in one of three words; about the matter, never about a person."""

    mark = forms.ChoiceField(label=_("How was the response"), choices=choices(MARKS), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In a few words"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("About the matter. No names."),
    )  # fmt: skip


class OpeningForm(OurForm):
    """How many places of a post are kept for people who come by themselves, in which wave and until when."""

    wave = forms.TypedChoiceField(label=_("Wave"), coerce=int)
    places = forms.IntegerField(label=_("Places kept for sign-ups"), min_value=1, max_value=5000)
    closes_at = MomentField(label=_("Sign-up ends"))
    places_of_refusals = {"opening.bad": "places", "opening.times": "closes_at", "wave.not_open": "wave"}

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waves = {wave.number: wave for wave in post.incident.waves.filter(state__in=["draft", "open"])}
        names = [(number, str(_("Wave {n}")).format(n=number)) for number in sorted(self.waves, reverse=True)]
        offer_choices(self, "wave", names)


class _PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name} {ending(obj.phone_last4)}".strip()


class InsteadForm(OurForm):
    """Who of the same unit comes instead."""

    person = _PersonChoice(label=_("Who comes instead"), queryset=Person.objects.none(), empty_label="—")
    places_of_refusals = {"callout.unfit": "person", "callout.busy": "person"}

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", people)


class PhoneForm(OurForm):
    """The number by which somebody is known."""

    phone = forms.CharField(
        label=_("Your mobile number"), max_length=20,
        help_text=_("The one your unit knows. You are asked on it, and answer there."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
