"""Words that places store: kinds of areas and sites, who manages a compound, where figures and points come from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from turnout.places.public import KINDS

AREA_KINDS = ("", *KINDS)

SITE_KINDS = {
    "gate": _("gate"),
    "sampling_point": _("sampling point"),
    "isolation_hotel": _("isolation hotel"),
    "checkpoint": _("checkpoint"),
    "premises": _("premises"),
    "supply_point": _("supply point"),
}

MANAGEMENT = {
    "": _("not stated"),
    "company": _("property company"),
    "unit": _("run by a unit"),
    "community": _("run by the community"),
    "street": _("hired by the street"),
    "residents": _("run by its residents"),
}
"""Who manages a compound: compounds without a manager are where help is needed first."""

CENSUS = "census_2020"
CENSUS_SPLIT = "census_2020_split"
CENSUS_CITY_MEAN = "census_2020_city_mean"
PLACED = "placed"
PLACED_IN_DISC = "placed_in_disc"

LABELS_OF_COUNTS = {CENSUS_SPLIT: ("residents_split",), CENSUS_CITY_MEAN: ("residents_split", "census_city_mean")}
LABELS_OF_POINT = {PLACED: ("point_placed",), PLACED_IN_DISC: ("point_placed", "outline_disc")}
"""Which labels of `public.LABELS` a source of figures or points carries."""
