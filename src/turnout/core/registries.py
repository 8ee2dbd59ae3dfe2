"""Where something lower must reach up: the lower app keeps a registry, the upper app fills it in its `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

F = TypeVar("F", bound=Callable[..., object])


class Registry(Generic[F]):
    """An ordered list of named callables; a name can be taken once, and the same callable twice is harmless."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        self._entries: dict[str, F] = {}

    def add(self, name: str, entry: F) -> F:
        if self._entries.setdefault(name, entry) is not entry:
            raise ValueError(f"{self.purpose}: {name} is taken")
        return entry

    def __iter__(self) -> Iterator[F]:
        return iter(self._entries.values())

    def get(self, name: str) -> F | None:
        return self._entries.get(name)

    def names(self) -> list[str]:
        return list(self._entries)


AreaMoved = Callable[[int, int], object]

AREA_MOVED: Registry[AreaMoved] = Registry("what follows when an area is closed or merged")
"""Called as entry(old_key, new_key) inside the verb that closes, merges or moves an area."""
