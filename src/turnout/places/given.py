"""What people give about an area, checked and in one form: names, counts, points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from turnout.core import clock
from turnout.places import refusals
from turnout.places.public import SYSTEMS, convert

LARGEST_COUNT = 100_000_000
"""No area below the country has more people; a larger figure is a typing error."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in one of `public.SYSTEMS`; the system cannot be recognised from the values, so it is said."""

    lon: float
    lat: float
    system: str = "wgs84"
    source: str = "form"
    synthetic: bool = False

    def columns(self) -> dict[str, Any]:
        """The columns of a `models.Point`, in WGS-84 to a tenth of a metre. Refuses what is no point."""
        if self.system not in SYSTEMS:
            raise refusals.VALUE_BAD.refuse(field="coordinate_system", value=self.system)
        if swapped(self.lon, self.lat):
            raise refusals.POINT_SWAPPED.refuse(lon=self.lat, lat=self.lon)
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise refusals.POINT_BAD.refuse()
        lon, lat = convert(self.lon, self.lat, self.system, "wgs84")
        return {
            "lon": round(lon, 6),
            "lat": round(lat, 6),
            "point_system": self.system,
            "point_source": self.source,
            "point_synthetic": self.synthetic,
        }


NO_POINT: dict[str, Any] = {
    "lon": None,
    "lat": None,
    "point_system": "wgs84",
    "point_source": "",
    "point_synthetic": False,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Residents and households of an area, None = nobody has said; with source and date as soon as one is said."""

    residents: int | None = None
    households: int | None = None
    source: str = ""
    as_of: date | None = None
    synthetic: bool = False

    def columns(self) -> dict[str, Any]:
        """The count columns of an Area. Refuses figures without source and date, and dates in the future."""
        said = [count for count in (self.residents, self.households) if count is not None]
        if not said:
            return NO_COUNTS
        if not all(0 <= count <= LARGEST_COUNT for count in said) or not self.source.strip():
            raise refusals.COUNTS_BAD.refuse()
        if self.as_of is None or self.as_of > today():
            raise refusals.COUNTS_BAD.refuse()
        return {
            "residents": self.residents,
            "households": self.households,
            "counts_source": self.source.strip(),
            "counts_as_of": self.as_of,
            "counts_synthetic": self.synthetic,
        }


NO_COUNTS: dict[str, Any] = {
    "residents": None,
    "households": None,
    "counts_source": "",
    "counts_as_of": None,
    "counts_synthetic": False,
}


def clean_name(name: str) -> str:
    """The name without spaces around it; refuses an empty or overlong one, or one with control characters."""
    name = name.strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise refusals.NAME_EMPTY.refuse()
    return name


def swapped(lon: float, lat: float) -> bool:
    """Whether these are the coordinates of a place in China with latitude first."""
    return 3 <= lon <= 54 and 73 <= lat <= 136


def today() -> date:
    """The date in the city's own time zone."""
    moment: datetime = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    return moment.date()
