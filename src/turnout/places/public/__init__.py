"""Public facts that ship with Turnout: official divisions, census 2020, outlines of districts. Imports no Django.

    from turnout.places import public

    public.area("110102")                      # Division(code="110102000000", level="district", name="西城区", ...)
    public.children("110102")                  # its 15 streets
    public.communities("110102", seed=0)       # 263 communities with residents, households, a point and labels
    public.outline("110102")                   # polygons in WGS-84, or a labelled disc where nothing is published

A code may have 2, 4, 6, 9 or 12 digits and is answered with 12. What is not published below district level (residents,
households and points of a community) is made up by the seeded rules of `split` and `points`; each record says so in
`labels`, and `LABELS` has the sentence for a screen. The country is read a province at a time, when it is first asked
for.
"""

from turnout.places.public.census import Census, census
from turnout.places.public.communities import Community, communities
from turnout.places.public.coordinates import SYSTEMS, convert
from turnout.places.public.divisions import (
    Division,
    UnknownCode,
    area,
    children,
    districts,
    level_of,
    parent_code,
    provinces,
    streets,
)
from turnout.places.public.kinds import KINDS, kind_of
from turnout.places.public.labels import LABELS, SOURCES
from turnout.places.public.outlines import Outline, outline, outlines

__all__ = [
    "KINDS",
    "LABELS",
    "SOURCES",
    "SYSTEMS",
    "Census",
    "Community",
    "Division",
    "Outline",
    "UnknownCode",
    "area",
    "census",
    "children",
    "communities",
    "convert",
    "districts",
    "kind_of",
    "level_of",
    "outline",
    "outlines",
    "parent_code",
    "provinces",
    "streets",
]
