"""What notices do when two records of a person become one: messages and addresses go along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from turnout.notices.models import Address, Message
from turnout.people.registries import FOLLOWERS


def move_messages(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    """Move messages, also those sent: in the app they are what the person reads."""
    rows = Message.objects.filter(person_id=source)
    return _moved(rows if only is None else rows.filter(pk__in=only), target)


def move_addresses(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    """Move the kinds of address that the other record lacks."""
    rows = Address.objects.filter(person_id=source)
    held = Address.objects.filter(person_id=target).values_list("kind", flat=True)
    return _moved(rows.exclude(kind__in=list(held)) if only is None else rows.filter(pk__in=only), target)


def register() -> None:
    FOLLOWERS.add("notices.messages", move_messages)
    FOLLOWERS.add("notices.addresses", move_addresses)


def _moved(rows: Any, target: UUID) -> list[str]:
    ids = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    rows.update(person_id=target)
    return ids
