"""Where apps above hang what ends with an incident."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from turnout.core.actors import Actor
from turnout.core.registries import Registry

End = Callable[[UUID, Actor], object]

STOOD_DOWN: Registry[End] = Registry("what ends when an incident is stood down")
"""Called as entry(incident_id, by) inside the verb that stands it down, as the product itself."""
