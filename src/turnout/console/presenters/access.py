"""How roles and the log read on a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from turnout.access.models import Grant
from turnout.access.roles import ROLES
from turnout.console import log_words, queries, words
from turnout.core import clock
from turnout.core.area_keys import LOCAL, UNIT_BASE, code_of
from turnout.core.models import AuditRow

SOON = 14
"""Days before its end from which a role is said to end soon."""


@dataclass(frozen=True, slots=True)
class ShownGrant:
    """A grant with the name of its role and of the place it holds over."""

    grant: Grant
    role: str
    place: str
    state: str

    @property
    def live(self) -> bool:
        return self.state in ("live", "soon", "future")


def grants(found: Iterable[Grant]) -> list[ShownGrant]:
    """Two queries more, however many grants."""
    rows = list(found)
    areas = queries.areas_by_code(row.area_code for row in rows)
    units = queries.units_by_id(row.unit_id for row in rows)
    now = clock.now()
    return [ShownGrant(row, str(ROLES[row.role].label), _place(row, areas, units), _state(row, now)) for row in rows]


def _place(grant: Grant, areas: dict[str, Any], units: dict[Any, Any]) -> str:
    if grant.unit_id:
        return units[grant.unit_id].name if grant.unit_id in units else _("a unit you do not see")
    return words.place(areas[grant.area_code]) if grant.area_code in areas else grant.area_code


def _state(grant: Grant, now: datetime) -> str:
    if grant.revoked_at:
        return "revoked"
    if grant.ends_at <= now:
        return "over"
    if grant.starts_at > now:
        return "future"
    return "soon" if (grant.ends_at - now).days < SOON else "live"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the log with words for its verb, its actor and its place."""

    row: AuditRow
    words: str
    who: str
    place: str
    details: str


def log(found: Iterable[AuditRow]) -> list[ShownRow]:
    """Two queries more, however many rows."""
    rows = list(found)
    names = queries.names_of_accounts(row.actor_id for row in rows)
    places = queries.areas_by_key(_official(row.area_key) for row in rows)
    return [
        ShownRow(
            row=row,
            words=log_words.verb(row.verb),
            who=_who(row, names),
            place=words.place(places[_official(row.area_key)]) if _official(row.area_key) in places else "",
            details=_details(row.details),
        )
        for row in rows
    ]


def _who(row: AuditRow, names: dict[Any, str]) -> str:
    if row.actor_id in names:
        return names[row.actor_id]
    return _("the system") if row.actor_kind == "system" else row.actor_kind


def _official(key: int) -> int:
    """The key of the community or larger area that a key lies in."""
    return key if key >= UNIT_BASE else key // LOCAL * LOCAL


def _details(text: str | None) -> str:
    if text is None:
        return _("purged")
    told = {name: value for name, value in json.loads(text).items() if value not in (None, "", [], False)}
    told = {name: value for name, value in told.items() if value != 0 or name not in log_words.COUNTS}
    return " · ".join(f"{log_words.detail(name)} {_short(name, value)}" for name, value in told.items())


def _short(name: str, value: Any) -> str:
    """A value as a person can use it: days for times, words for roles and purposes, the end of an id."""
    if isinstance(value, list):
        if name == "scope":
            return _range(value[0])
        return words.listed(_short(name, one) for one in value)
    if value is True:
        return _("yes")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10**15:
        return code_of(value) if value < UNIT_BASE else "…"
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T].*", text):
        return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")
    return f"…{text[-6:]}" if len(text) == 36 else log_words.value(name, text)


def _range(low: int) -> str:
    """The area of a half-open range of keys, by the code it begins with."""
    if low >= UNIT_BASE:
        return _("its own unit")
    return code_of(low) if low else _("everywhere")


def qr(address: str) -> SafeString:
    """A QR code as inline SVG, black on white in every theme."""
    code = segno.make(address, error="m")
    return mark_safe(code.svg_inline(scale=4, dark="#000", light="#fff", omitsize=True))
