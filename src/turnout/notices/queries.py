"""Reads of notices: what a person was told in the app, and what did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core import keys
from turnout.core.actors import NOT_FOUND, Actor
from turnout.notices.models import Address, Message
from turnout.notices.states import NOT_ARRIVED

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Told:
    """One in-app message as its person reads it."""

    id: UUID
    at: datetime
    text: str
    drill: bool
    urgent: bool
    read: bool


def alone(user: User) -> Actor:
    """Return somebody who sees the own messages and addresses, by row security, and nothing besides."""
    return Actor("user", user.pk)


def inbox(user: User) -> list[Told]:
    """Return the newest in-app messages of the person behind an account.

    Read in a scope that shows the own rows and nothing else, whatever roles the account holds.
    """
    with acting_as(alone(user)):
        found = list(Message.objects.filter(channel="in_app", state="sent").order_by("-made_at", "-id")[:MOST_SHOWN])
    return [Told(row.pk, row.made_at, _words(row), row.drill, row.urgent, row.read_at is not None) for row in found]


def own_email(user: User) -> str:
    """Return the e-mail address of the person behind an account, or "" ."""
    with acting_as(alone(user)):
        row = Address.objects.filter(kind="email").first()
    return keys.decrypt(bytes(row.value), table="notices_address", column="value", row_id=row.pk) if row else ""


def to_follow_up(about_kind: str = "") -> QuerySet[Message]:
    """Return the messages of the present scope that did not arrive and that nobody saw to, the oldest first."""
    found = Message.objects.filter(state__in=NOT_ARRIVED, settled_at=None)
    if about_kind:
        found = found.filter(about_kind=about_kind)
    return found.order_by("made_at", "id")


def message(message_id: UUID) -> Message:
    """Return a message of the present scope; any other is not there."""
    found = Message.objects.filter(pk=message_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def _words(row: Message) -> str:
    return keys.decrypt(bytes(row.body or b""), table="notices_message", column="body", row_id=row.pk)
