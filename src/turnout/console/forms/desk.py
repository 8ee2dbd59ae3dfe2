"""Forms of the community desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from turnout.web.forms import OurForm


class PostForm(OurForm):
    """What is to be done at a post, where people report, and how many places it has."""

    duties = forms.CharField(label=_("Duties"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    meet_at = forms.CharField(label=_("Where to report"), max_length=120, required=False)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=5000)
    places_of_refusals = {"post.bad": "places", "post.too_many": "places"}
