"""Ids are UUIDv7 made here: they sort by time, and PostgreSQL 15 has no function of its own for them."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh UUIDv7, monotonic within this process."""
    return uuid7()
