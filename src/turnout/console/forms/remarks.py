"""Forms of complaints and suggestions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from turnout.staffing.domain.remarks import LONGEST
from turnout.staffing.states import REMARKS
from turnout.web.forms import OurForm, choices


class RemarkForm(OurForm):
    """What is wrong or could be better, in plain words."""

    kind = forms.ChoiceField(label=_("What is it"), choices=choices(REMARKS), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In plain words"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("About the matter. No names or doors of residents."),
    )  # fmt: skip
    places_of_refusals = {"remark.bad": "words", "remark.too_many": "words"}


class RemarkAnswerForm(OurForm):
    """What the command post says to it."""

    words = forms.CharField(
        label=_("Reply"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who sent it reads this on their own page."),
    )  # fmt: skip
    places_of_refusals = {"remark.bad": "words"}
