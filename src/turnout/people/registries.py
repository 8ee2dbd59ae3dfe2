"""Where apps above hang what follows a person: when two records become one, and when they are separated again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from turnout.core.registries import Registry

MoveRows = Callable[[UUID, UUID, Sequence[str] | None], list[str]]

FOLLOWERS: Registry[MoveRows] = Registry("what follows a person into another record")
"""Called as entry(from_id, to_id, only) inside the verb that merges or separates, as the product itself.

It moves its rows from one person to the other and returns their ids; with `only`, just those rows, and all of them.
"""
