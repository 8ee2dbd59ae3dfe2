"""Writing messages, taking back what was not sent, reading, and seeing to what did not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, Actor
from turnout.core.ids import new_id
from turnout.notices import queries, refusals
from turnout.notices.channels import channel_named
from turnout.notices.domain.sending import recover, send_due
from turnout.notices.models import Message
from turnout.notices.states import FOR_DRILLS, NOT_ARRIVED
from turnout.people.permissions import require_sight

__all__ = ["Draft", "cancel", "follow_up", "mark_read", "recover", "send_due", "settle", "write"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written. `person_id` None addresses the group behind the robot."""

    person_id: UUID | None
    channel: str
    text: str
    area_key: int = 0
    about_kind: str = ""
    about_id: UUID | None = None
    urgent: bool = False
    drill: bool = False
    language: str = ""


_WRITE = """
INSERT INTO notices_message (id, person_id, area_key, channel, about_kind, about_id, body, urgent, drill, state,
                             attempts, due_at, made_at, problem, settlement)
SELECT id, person, area, channel, kind, about, body, urgent, drill, 'queued', 0, %(due)s, %(now)s, '', ''
  FROM unnest(%(ids)s::uuid[], %(persons)s::uuid[], %(areas)s::bigint[], %(channels)s::text[], %(kinds)s::text[],
              %(abouts)s::uuid[], %(bodies)s::bytea[], %(urgent)s::boolean[], %(drill)s::boolean[])
       AS m (id, person, area, channel, kind, about, body, urgent, drill)
"""
_AT_ONCE = 5_000


@transaction.atomic
def write(drafts: Sequence[Draft], *, by: Actor, due_at: datetime | None = None) -> list[UUID]:
    """Put messages into the outbox, in the transaction of the verb that causes them. Returns their ids in order."""
    written: list[UUID] = []
    for start in range(0, len(drafts), _AT_ONCE):
        written += _write(drafts[start : start + _AT_ONCE], due_at)
    return written


def _write(drafts: Sequence[Draft], due_at: datetime | None) -> list[UUID]:
    """Write a batch in one statement: a city of 74,000 is told within seconds."""
    now, ids = clock.now(), [new_id() for _ in drafts]
    bodies = keys.encrypt_all(zip(ids, _spoken(drafts), strict=True), table="notices_message", column="body")
    columns: dict[str, Any] = {
        "persons": [draft.person_id for draft in drafts],
        "areas": [draft.area_key for draft in drafts],
        "channels": [draft.channel for draft in drafts],
        "kinds": [draft.about_kind for draft in drafts],
        "abouts": [draft.about_id for draft in drafts],
        "urgent": [draft.urgent for draft in drafts],
        "drill": [draft.drill for draft in drafts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns | {"ids": ids, "bodies": bodies, "due": due_at or now, "now": now})
    return ids


def _spoken(drafts: Iterable[Draft]) -> Iterator[str]:
    """The texts as they go out: a message of a drill says so first, in its own language."""
    frames: dict[str, str] = {}
    for draft in drafts:
        if draft.drill and draft.language not in frames:
            with translation.override(draft.language or settings.LANGUAGE_CODE):
                frames[draft.language] = _("[Drill] {text}")
        yield frames[draft.language].format(text=draft.text) if draft.drill else draft.text


@transaction.atomic
def cancel(*, about_ids: Iterable[UUID], by: Actor) -> list[UUID]:
    """Cancel what is still waiting to be sent about these objects; returns which of them nothing was sent about."""
    waiting = Message.objects.filter(about_id__in=list(about_ids), state="queued").exclude(channel="in_app")
    unsent = [about for about in waiting.values_list("about_id", flat=True) if about is not None]
    waiting.update(state="cancelled", finished_at=clock.now(), body=None)
    return unsent


@transaction.atomic
def follow_up(*, message: Message, channel: str, by: Actor) -> Message:
    """Send the words of a message that did not arrive again, on another channel; asking twice returns the first."""
    message = _not_arrived(message, by)
    again = Message.objects.filter(follows=message).first()
    if again is not None:
        return again
    _require_open(message)
    if channel_named(channel) is None or channel == message.channel or (message.drill and channel not in FOR_DRILLS):
        raise refusals.CHANNEL_NOT_THERE.refuse(channel=channel)
    words = keys.decrypt(bytes(message.body or b""), table="notices_message", column="body", row_id=message.pk)
    now = clock.now()
    again = Message(
        person_id=message.person_id, area_key=message.area_key, channel=channel, about_kind=message.about_kind,
        about_id=message.about_id, urgent=message.urgent, drill=message.drill, follows=message, due_at=now, made_at=now,
    )  # fmt: skip
    again.body = keys.encrypt(words, table="notices_message", column="body", row_id=again.pk)
    again.save(force_insert=True)
    _settle(message, "other_channel", by)
    return again


@transaction.atomic
def settle(*, message: Message, how: str, by: Actor) -> Message:
    """Say that a message that did not arrive is seen to: `phoned`, or `not_needed` any more."""
    message = _not_arrived(message, by)
    if how not in ("phoned", "not_needed"):
        raise refusals.SETTLEMENT_UNKNOWN.refuse()
    if message.settlement == how:
        return message
    _require_open(message)
    _settle(message, how, by)
    return message


@transaction.atomic
def mark_read(*, user: User, by: Actor) -> int:
    """Mark the in-app messages of an account's own person as read; nobody does it for somebody else."""
    if by.id != user.pk:
        raise NOT_ALLOWED.refuse(permission="read")
    with acting_as(queries.alone(user)):
        unread = Message.objects.filter(channel="in_app", state="sent", read_at=None)
        return unread.update(read_at=clock.now())


def _not_arrived(message: Message, by: Actor) -> Message:
    """Return the message locked, for who may answer for its person."""
    fresh = Message.objects.select_for_update(of=("self",)).select_related("person").filter(pk=message.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    if fresh.person is None:
        by.require("callout.answer", fresh.area_key)
    else:
        require_sight(by, "callout.answer", fresh.person)
    if fresh.state not in NOT_ARRIVED:
        raise refusals.MESSAGE_NOT_STUCK.refuse()
    return fresh


def _require_open(message: Message) -> None:
    if message.settled_at is not None:
        raise refusals.MESSAGE_SETTLED.refuse()


def _settle(message: Message, how: str, by: Actor) -> None:
    message.settlement, message.settled_at, message.settled_by_id = how, clock.now(), by.id
    message.body = None
    message.save(update_fields=["settlement", "settled_at", "settled_by_id", "body"])
    audit.record("message.settle", by=by, of=message, area_key=message.area_key, details={"how": how})
