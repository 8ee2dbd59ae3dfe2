"""What notices does when two records of a person become one: what is not sent yet goes to the record that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from turnout.notices.models import Message
from turnout.people.registries import FOLLOWERS


def follow_messages(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    """Move messages, also those sent: in the app they are what the person reads."""
    rows = Message.objects.filter(person_id=source)
    if only is not None:
        rows = rows.filter(pk__in=only)
    ids = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    rows.update(person_id=target)
    return ids


def register() -> None:
    FOLLOWERS.add("notices.messages", follow_messages)
