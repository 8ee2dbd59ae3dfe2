"""Writing one row: `record` stands beside the verb and shares its transaction."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models

from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.ids import new_id
from turnout.core.models import Forgotten, Seal

# Plain statements, not the ORM: every verb pays for its row, and an answer to a call-out little besides.
_COLUMNS = "id, at, actor_kind, actor_id, verb, object_kind, object_id, area_key, details, salt, leaf"
_ONE = f"INSERT INTO core_auditrow ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_MANY = f"""
INSERT INTO core_auditrow ({_COLUMNS})
SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::uuid[],
                     %s::bigint[], %s::text[], %s::bytea[], %s::bytea[])
"""
_AT_ONCE = 5_000
_PHONE = re.compile(r"(?<![0-9])(\+?86)?1[3-9][0-9]{9}(?![0-9])")


def record(
    verb: str,
    *,
    by: Actor,
    of: models.Model | None = None,
    object_kind: str = "",
    object_id: UUID | None = None,
    area_key: int = 0,
    details: dict[str, Any] | None = None,
) -> None:
    """Append one act to the log, in the caller's transaction.

    `of` names the object by its model and primary key; `area_key` places the row (0 = the whole city's business).
    ValueError if the details carry anything but ids, codes, numbers and dates: the log is read by people who may
    not know whom it is about.
    """
    row = _row(verb, by, _named(of, object_kind, object_id), area_key, details)
    with connection.cursor() as cursor:
        cursor.execute(_ONE, row)


def record_all(verb: str, objects: Iterable[tuple[str, UUID, int]], *, by: Actor, details: Any = None) -> None:
    """Append one act on each of many objects, given as (kind, id, area key), all with the same details."""
    rows = [_row(verb, by, (kind, object_id), area_key, details) for kind, object_id, area_key in objects]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            cursor.execute(_MANY, [list(column) for column in zip(*rows[start : start + _AT_ONCE], strict=True)])


def forget(object_ids: Iterable[UUID]) -> None:
    """Have what the log says about deleted objects emptied: who did what when stays, the details go.

    In the caller's transaction; the sealer does it with its next batches, and the chain of seals still holds.
    """
    rows = (Forgotten(object_id=object_id) for object_id in object_ids)
    Forgotten.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)


def _row(
    verb: str, by: Actor, named: tuple[str, UUID | None], area_key: int, details: dict[str, Any] | None
) -> tuple[Any, ...]:
    """Return a row in the order of _COLUMNS."""
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record outside a transaction")
    object_kind, object_id = named
    row_id, at, salt = new_id(), clock.now(), os.urandom(16)
    text = json.dumps({k: _plain(v) for k, v in (details or {}).items()}, sort_keys=True, separators=(",", ":"))
    leaf = leaf_of(row_id, at, by.kind, by.id, verb, object_kind, object_id, area_key, salt, text)
    return row_id, at, by.kind, by.id, verb, object_kind, object_id, area_key, text, salt, leaf


def _named(of: models.Model | None, object_kind: str, object_id: UUID | None) -> tuple[str, UUID | None]:
    if of is None:
        return object_kind, object_id
    return of._meta.label_lower, of.pk if isinstance(of.pk, UUID) else None


def leaf_of(
    row_id: UUID, at: datetime, actor_kind: str, actor_id: UUID | None, verb: str, object_kind: str,
    object_id: UUID | None, area_key: int, salt: bytes, details: str,
) -> bytes:  # fmt: skip
    """Return sha256(0x00 | every column | sha256(salt | details)); the salt keeps short details from being guessed."""
    dhash = hashlib.sha256(salt + details.encode()).hexdigest()
    parts = (row_id, at.isoformat(), actor_kind, actor_id or "", verb, object_kind, object_id or "", area_key, dhash)
    return hashlib.sha256(b"\x00" + "|".join(map(str, parts)).encode()).digest()


def root_of_day(day: date) -> str | None:
    """Return the last root sealed on a day of the city's calendar, in hex: what the daily report prints."""
    start = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
    last = (
        Seal.objects.filter(sealed_at__gte=start, sealed_at__lt=start + timedelta(days=1)).order_by("-number").first()
    )
    return bytes(last.root).hex() if last else None


def _plain(value: Any) -> Any:
    """Return a value in its JSON form, or refuse one that could be a name or a phone number."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    text = str(value)
    if not text.isascii() or len(text) > 200 or _PHONE.search(text):
        raise ValueError("audit details take ids, codes, numbers and dates, never names, phones or free text")
    return text
