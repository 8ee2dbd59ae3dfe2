"""Where apps above hang what ends with an incident, and what is deleted when its time is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from turnout.core.actors import Actor
from turnout.core.registries import Registry

End = Callable[[UUID, Actor], object]

STOOD_DOWN: Registry[End] = Registry("what ends when an incident is stood down")
"""Called as entry(incident_id, by) inside the verb that stands it down, as the product itself."""

Forget = Callable[[UUID], Mapping[str, int]]

FORGOTTEN: Registry[Forget] = Registry("what is deleted when the time of an incident's personal data is over")
"""Called as entry(incident_id) inside the purge, as the product itself; returns rows deleted or emptied, by table."""

Figures = Callable[[UUID], Mapping[str, int | None]]

KEPT: Registry[Figures] = Registry("the figures of an incident that stay on its certificate")
"""Called as entry(incident_id) before anything is deleted."""
