"""Forms of lists that come in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import UnitField, offer
from turnout.web.forms import OurForm

KINDS = [
    ("import.people", _("people")),
    ("import.units", _("units")),
    ("import.places", _("areas, compounds, buildings, sites")),
]


class UploadForm(OurForm):
    """A list of people, of units or of places, to check: whichever of them this person may send."""

    kind = forms.ChoiceField(
        label=_("List of"),
        choices=KINDS,
        initial="import.people",
        widget=forms.RadioSelect,
    )
    list = forms.FileField(
        label=_("List"),
        help_text=_(
            "Excel, WPS or CSV as the office has it, at most 40 MB. Nothing is taken in before you have seen it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.et,.ods,.csv,.txt"}),
    )
    unit = UnitField(
        label=_("Unit"),
        required=False,
        help_text=_("Only for lists without a column for it: the unit of everybody in it."),
    )
    complete = forms.BooleanField(
        label=_("The list is complete"),
        required=False,
        help_text=_("Whoever is in none of its rows but belongs to its units is marked as left."),
    )
    places_of_refusals = {"lists.file_too_large": "list", "people.unit_closed": "unit"}

    def __init__(self, *args: Any, units: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        self.fields["kind"].choices = [(kind, word) for kind, word in KINDS if kind in kinds]  # type: ignore[attr-defined]
