"""How records read on a page: names for codes, words for states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from turnout.access.models import Grant
from turnout.access.roles import ROLES
from turnout.places.models import Area


@dataclass(frozen=True, slots=True)
class ShownGrant:
    """A grant with the name of its role and of the place it holds over."""

    grant: Grant
    role: str
    place: str
    permissions: list[str]


def grants(found: Iterable[Grant]) -> list[ShownGrant]:
    """Two queries, however many grants."""
    rows = list(found)
    names = dict(Area.objects.filter(code__in={row.area_code for row in rows}).values_list("code", "name"))
    return [
        ShownGrant(
            grant=row,
            role=str(ROLES[row.role].label),
            place=names.get(row.area_code, row.area_code),
            permissions=[],
        )
        for row in rows
    ]


def text(value: Any) -> str:
    return "" if value is None else str(value)
