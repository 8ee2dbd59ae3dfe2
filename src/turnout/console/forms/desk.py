"""Forms of the community desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import offer_choices
from turnout.staffing.models import CallOut
from turnout.web.forms import OurForm


class PostForm(OurForm):
    """What is to be done at a post, where people report, and how many places it has."""

    duties = forms.CharField(label=_("Duties"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    meet_at = forms.CharField(label=_("Where to report"), max_length=120, required=False)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=5000)
    places_of_refusals = {"post.bad": "places", "post.too_many": "places"}


class ReleaseForm(OurForm):
    """What somebody leaving passes on, and to whom; empty where there is nothing to pass on."""

    note = forms.CharField(
        label=_("What is passed on"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Keys, devices, what is still to be done. No names or doors of residents."),
    )
    successor = forms.ChoiceField(label=_("To whom"), required=False)
    places_of_refusals = {"hand_over.to_nobody": "successor", "hand_over.empty": "note"}

    def __init__(self, *args: Any, successors: list[CallOut], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.successors = successors
        names = [(str(one.pk), one.person.name) for one in successors]
        offer_choices(self, "successor", [("", "—"), *names])
