"""How places read: in English the pinyin with the Chinese beside it, because doors show only that."""

from __future__ import annotations

from django import template

from turnout.console import words
from turnout.places.models import Area, Site

register = template.Library()
register.filter("place", words.place)


@register.filter
def level(area: Area) -> str:
    """What an area is: its kind where it has one, else its level."""
    return words.level(area)


@register.filter
def site_kind(site: Site) -> str:
    return words.site_kind(site)


@register.filter
def ending(last4: str) -> str:
    """The last digits of a phone number, said so."""
    return words.ending(last4)
