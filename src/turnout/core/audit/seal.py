"""Sealing and verifying. The sealer connects with its own role: the product's role can add rows, never change one.

Only rows whose transaction is older than every running one are taken (`xid < pg_snapshot_xmin`), so that a late
commit is never skipped; a long open transaction therefore delays sealing for the whole cluster.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import psycopg

from turnout.core import clock
from turnout.core.audit.log import leaf_of

BATCH = 50_000
_LOCK = 7_305_118_021  # any constant; only one sealer works at a time


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: how far the chain holds, and the first batch that does not."""

    batches: int
    rows: int
    unsealed: int
    broken: int | None = None
    why: str = ""


def seal(connection: psycopg.Connection[Any]) -> int:
    """Seal what is committed and unsealed, at most BATCH rows, and return how many."""
    with connection.transaction(), connection.cursor() as cursor:
        if not _one(cursor, "SELECT pg_try_advisory_xact_lock(%s)", _LOCK)[0]:
            return 0
        cursor.execute(
            "SELECT id, leaf FROM core_auditrow WHERE batch IS NULL AND xid < pg_snapshot_xmin(pg_current_snapshot())"
            " ORDER BY id LIMIT %s",
            [BATCH],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute("SELECT number, root FROM core_seal ORDER BY number DESC LIMIT 1")
        number, previous = cursor.fetchone() or (0, b"")
        merkle = merkle_root([bytes(leaf) for _, leaf in rows])
        root = hashlib.sha256(bytes(previous) + merkle).digest()
        cursor.execute("UPDATE core_auditrow SET batch = %s WHERE id = ANY(%s)", [number + 1, [row[0] for row in rows]])
        cursor.execute(
            "INSERT INTO core_seal (number, sealed_at, rows, merkle, root) VALUES (%s, %s, %s, %s, %s)",
            [number + 1, clock.now(), len(rows), merkle, root],
        )
        return len(rows)


# An object stays on the list while a row about it is not sealed yet: emptied before, its leaf could not be checked.
_EMPTY = """
WITH due AS (
  SELECT object_id FROM core_forgotten f
   WHERE NOT EXISTS (SELECT 1 FROM core_auditrow r WHERE r.object_id = f.object_id AND r.batch IS NULL) LIMIT %s
), gone AS (
  DELETE FROM core_forgotten f USING due WHERE f.object_id = due.object_id
)
UPDATE core_auditrow r SET details = NULL, salt = NULL FROM due WHERE r.object_id = due.object_id AND r.salt IS NOT NULL
"""


def empty(connection: psycopg.Connection[Any]) -> int:
    """Empty the details of sealed rows about objects that were deleted for good, and return how many rows."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_EMPTY, [BATCH])
        return cursor.rowcount


def verify(connection: psycopg.Connection[Any]) -> Verdict:
    """Recompute every leaf, batch and root; name the first broken batch.

    A purged row (no salt) is taken by its stored leaf; every other leaf is recomputed from the row itself.
    """
    previous, batches, total, expected = b"", 0, 0, 1
    with connection.transaction(), connection.cursor() as cursor:
        unsealed = _one(cursor, "SELECT count(*) FROM core_auditrow WHERE batch IS NULL")[0]
        cursor.execute("SELECT number, rows, merkle, root FROM core_seal ORDER BY number")
        for number, count, merkle, root in cursor.fetchall():
            why = _broken(cursor, number, expected, count, bytes(merkle), bytes(root), previous)
            if why:
                return Verdict(batches, total, unsealed, expected, why)
            previous, batches, total, expected = bytes(root), batches + 1, total + count, expected + 1
        stray = _one(cursor, "SELECT min(batch) FROM core_auditrow WHERE batch >= %s", expected)[0]
        if stray is not None:
            return Verdict(batches, total, unsealed, stray, "the seal of this batch is missing")
    return Verdict(batches, total, unsealed)


def _broken(
    cursor: psycopg.Cursor[Any], number: int, expected: int, count: int, merkle: bytes, root: bytes, previous: bytes
) -> str:
    if number != expected:
        return "the seal of this batch is missing"
    cursor.execute(
        "SELECT id, at, actor_kind, actor_id, verb, object_kind, object_id, area_key, salt, details, leaf"
        " FROM core_auditrow WHERE batch = %s ORDER BY id",
        [number],
    )
    rows = cursor.fetchall()
    if len(rows) != count:
        return f"{count} rows were sealed, {len(rows)} are there"
    for row in rows:
        if row[-3] is None and row[-2] is None:
            continue  # purged: taken by its stored leaf
        if row[-3] is None or _leaf(row) != bytes(row[-1]):
            return f"row {row[0]} was changed"
    if merkle_root([bytes(row[-1]) for row in rows]) != merkle:
        return "a leaf was changed"
    if hashlib.sha256(previous + merkle).digest() != root:
        return "the chain of roots is broken"
    return ""


def _leaf(row: tuple[Any, ...]) -> bytes:
    row_id, at, actor_kind, actor_id, verb, object_kind, object_id, area_key, salt, details, _ = row
    at = at.astimezone(UTC)
    return leaf_of(
        row_id, at, actor_kind, actor_id, verb, object_kind, object_id, area_key, bytes(salt), details or ""
    )  # fmt: skip


def merkle_root(leaves: list[bytes]) -> bytes:
    """Return the Merkle root of at least one leaf: sha256(0x01 | left | right), an odd one moves up alone."""
    level = leaves
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def _one(cursor: psycopg.Cursor[Any], sql: str, *params: object) -> tuple[Any, ...]:
    cursor.execute(sql, params)
    row = cursor.fetchone()
    assert row is not None
    return tuple(row)
