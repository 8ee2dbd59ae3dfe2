"""Forms of areas and sites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from turnout.console.fields import SYSTEMS, AreaField, DayField, YesNoField
from turnout.places import codes
from turnout.places.given import Counts, Point
from turnout.places.states import MANAGEMENT, SITE_KINDS
from turnout.web.forms import OurForm, choices


class PointForm(OurForm):
    """Where something is. All three or none."""

    lon = forms.FloatField(label=_("Longitude"), required=False, help_text=_("For example 116.3573."))
    lat = forms.FloatField(label=_("Latitude"), required=False, help_text=_("For example 39.8912."))
    system = forms.ChoiceField(
        label=_("Coordinate system"),
        choices=SYSTEMS,
        initial="wgs84",
        help_text=_("It cannot be recognised from the figures; look where they were copied from."),
    )
    places_of_refusals = {
        "places.point_bad": "lon",
        "places.point_swapped": "lon",
        "places.name_empty": "name",
        "places.name_taken": "name",
        "places.counts_bad": "residents",
        "places.code_bad": "code",
        "places.code_taken": "code",
        "places.parent_missing": "code",
        "places.site_kind_bad": "kind",
    }

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "lon" in typed and "lat" in typed and (typed["lon"] is None) != (typed["lat"] is None):
            self.add_error("lon" if typed["lon"] is None else "lat", _("Give both, or neither."))
        return typed

    def point(self) -> Point | None:
        typed = self.cleaned_data
        return None if typed["lon"] is None else Point(typed["lon"], typed["lat"], typed["system"])


class AreaForm(PointForm):
    """Name, counts and point of an area."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=100)
    households = forms.IntegerField(label=_("Households"), required=False, min_value=0)
    residents = forms.IntegerField(label=_("Residents"), required=False, min_value=0)
    counts_source = forms.CharField(
        label=_("Source of the figures"), required=False, help_text=_("For example: household register of the street.")
    )
    counts_as_of = DayField(label=_("Figures as of"), required=False)
    field_order = ["code", "name", "households", "residents", "counts_source", "counts_as_of", "lon", "lat", "system"]

    def facts(self) -> dict[str, Any]:
        """What a compound or a building has beside an area's own columns."""
        return {}

    def counts(self) -> Counts:
        typed = self.cleaned_data
        return Counts(typed["residents"], typed["households"], typed["counts_source"], typed["counts_as_of"])


class OfficialAreaForm(AreaForm):
    """A new area that has a code of the state."""

    code = forms.CharField(
        label=_("Official code"),
        help_text=_("12 digits of the National Bureau of Statistics; a street may be given with 9."),
    )


class CompoundForm(AreaForm):
    """A new compound."""

    management = forms.ChoiceField(label=_("Managed by"), choices=choices(MANAGEMENT), required=False)
    fenced = YesNoField(label=_("Fenced"))
    guarded = YesNoField(label=_("Guarded"))
    gates = forms.IntegerField(label=_("Gates"), required=False, min_value=0)

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("management", "fenced", "guarded", "gates")}


class BuildingForm(AreaForm):
    """A new building."""

    floors = forms.IntegerField(label=_("Floors"), required=False, min_value=1)
    entrances = forms.IntegerField(label=_("Entrances"), required=False, min_value=1)
    lift = YesNoField(label=_("Lift"))

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("floors", "entrances", "lift")}


FORM_OF_LEVEL: dict[str, type[AreaForm]] = {"compound": CompoundForm, "building": BuildingForm}


class CloseForm(OurForm):
    """Which area takes over from a closed one."""

    successor = AreaField(
        label=_("Successor"),
        levels=codes.LEVELS,
        help_text=_("An open area of the same level, or the one above. Everything that points here will point there."),
    )
    add_counts = forms.BooleanField(
        label=_("Add its residents and households to the successor's"),
        required=False,
        help_text=_("Only where both are of the same level."),
    )
    places_of_refusals = {"places.successor_bad": "successor"}


class SiteForm(PointForm):
    """A place where duty is done."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices(SITE_KINDS))
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=100)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    capacity = forms.IntegerField(
        label=_("Capacity"),
        required=False,
        min_value=0,
        help_text=_("Beds, lanes or people at once, as the kind has it."),
    )
    field_order = ["kind", "name", "address", "capacity", "lon", "lat", "system"]

    def facts(self, *more: str) -> dict[str, Any]:
        """What the verbs of sites take, and `kind` where they take it."""
        return {name: self.cleaned_data[name] for name in ("name", "address", "capacity", *more)}


class AreaListForm(OurForm):
    """A list of areas, compounds, buildings or sites to check."""

    list = forms.FileField(
        label=_("List"),
        help_text=_("Excel, WPS or CSV. Nothing is taken in before you have seen what it would do."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.et,.ods,.csv,.txt"}),
    )
    places_of_refusals = {"lists.file_too_large": "list"}
