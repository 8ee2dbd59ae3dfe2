"""Writing messages, taking back what was not sent, reading, and seeing to what did not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, SYSTEM, Actor
from turnout.core.ids import new_id
from turnout.notices import refusals
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

    @property
    def words(self) -> str:
        """The text as it goes out: a message of a drill says so first."""
        if not self.drill:
            return self.text
        with translation.override(self.language or settings.LANGUAGE_CODE):
            return _("[Drill] {text}").format(text=self.text)


@transaction.atomic
def write(drafts: Sequence[Draft], *, by: Actor, due_at: datetime | None = None) -> list[UUID]:
    """Put messages into the outbox, in the transaction of the verb that causes them. Returns their ids in order."""
    rows = [_row(draft, draft.words, due_at) for draft in drafts]
    Message.objects.bulk_create(rows, batch_size=2_000)
    return [row.id for row in rows]


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
    draft = Draft(
        message.person_id, channel, words, message.area_key, message.about_kind, message.about_id,
        urgent=message.urgent, drill=message.drill,
    )  # fmt: skip
    again = _row(draft, words)
    again.follows = message
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
    with acting_as(SYSTEM):
        unread = Message.objects.filter(person__user=user, channel="in_app", state="sent", read_at=None)
        return unread.update(read_at=clock.now())


def _row(draft: Draft, words: str, due_at: datetime | None = None) -> Message:
    now = clock.now()
    row = Message(
        id=new_id(),
        person_id=draft.person_id,
        area_key=draft.area_key,
        channel=draft.channel,
        about_kind=draft.about_kind,
        about_id=draft.about_id,
        urgent=draft.urgent,
        drill=draft.drill,
        due_at=due_at or now,
        made_at=now,
    )
    row.body = keys.encrypt(words, table="notices_message", column="body", row_id=row.id)
    return row


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
