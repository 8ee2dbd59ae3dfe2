"""Marks on views, read by the scope middleware. A view without one needs a sign-in and runs in the person's scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def for_visitors(view: View) -> View:
    """Nobody needs to sign in; the view sees what nobody sees, unless it opens a scope itself."""
    view.for_visitors = True  # type: ignore[attr-defined]
    return view


def unscoped(view: View) -> View:
    """A view that touches no protected table, or opens its own scope; nobody needs to sign in."""
    view.unscoped = True  # type: ignore[attr-defined]
    return view
