"""Writing messages and sending them.

A message is committed as `sending` before its channel is called. Whoever finds it so later knows that a call may have
been made: it is sent again only where the channel drops doubles, else it becomes `unknown` and a person follows up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from turnout.access.scope import acting_as
from turnout.core import clock, keys
from turnout.core.actors import SYSTEM, Actor
from turnout.core.ids import new_id
from turnout.notices.channels import Channel, Letter, TryAgain, WillNot, channel_named
from turnout.notices.models import Message
from turnout.people.models import Person

log = logging.getLogger("turnout.notices")

ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=30)
CALL_TAKES = timedelta(minutes=5)
"""No call to a channel takes longer; a message found `sending` for longer belongs to a process that died."""
QUIET = (time(22), time(7))
"""Hours in which only urgent messages go out, unless TURNOUT_QUIET_HOURS says otherwise."""


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
    now = clock.now()
    rows = []
    for draft in drafts:
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
        row.body = keys.encrypt(draft.words, table="notices_message", column="body", row_id=row.id)
        rows.append(row)
    Message.objects.bulk_create(rows, batch_size=2_000)
    return [row.id for row in rows]


@transaction.atomic
def cancel(*, about_ids: Iterable[UUID], by: Actor) -> list[UUID]:
    """Cancel what is still waiting to be sent about these objects; returns which of them nothing was sent about."""
    waiting = Message.objects.filter(about_id__in=list(about_ids), state="queued").exclude(channel="in_app")
    unsent = [about for about in waiting.values_list("about_id", flat=True) if about is not None]
    waiting.update(state="cancelled", finished_at=clock.now(), body=None)
    return unsent


def send_due(channel_name: str, *, limit: int = 200) -> int:
    """Send what is due on one channel and return how many were tried. The body of a job; opens its own transactions."""
    channel = channel_named(channel_name)
    if channel is None:
        return 0
    claimed = _claim(channel, min(limit, max(1, channel.per_minute // 6)))
    for message in claimed:
        _finish(message, *_call(channel, message))
    return len(claimed)


def recover() -> tuple[int, int]:
    """Look after messages whose process died in the call: (queued again, unknown now)."""
    again = unknown = 0
    with acting_as(SYSTEM):
        stuck = Message.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state="sending", claimed_at__lt=clock.now() - CALL_TAKES
        )
        for message in stuck:
            channel = channel_named(message.channel)
            if channel is not None and channel.idempotent:
                message.state, message.claimed_at = "queued", None
                again += 1
            else:
                message.state, message.finished_at, message.problem = "unknown", clock.now(), "process_died"
                unknown += 1
            message.save(update_fields=["state", "claimed_at", "finished_at", "problem"])
    return again, unknown


_CLAIM = """
UPDATE notices_message SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1
 WHERE id IN (SELECT id FROM notices_message
               WHERE state = 'queued' AND channel = %(channel)s AND due_at <= %(now)s AND (urgent OR NOT %(quiet)s)
               ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def _claim(channel: Channel, limit: int) -> list[Message]:
    now = clock.now()
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"now": now, "channel": channel.name, "limit": limit, "quiet": is_quiet(now)})
            ids = [row[0] for row in cursor.fetchall()]
        return list(Message.objects.filter(pk__in=ids).select_related("person").order_by("due_at", "id"))


def _call(channel: Channel, message: Message) -> tuple[str, str]:
    """Return the new state and the problem's code."""
    try:
        text = keys.decrypt(message.body, table="notices_message", column="body", row_id=message.pk)  # type: ignore[arg-type]
        channel.send(Letter(message.pk, _address(channel, message.person), text))
    except TryAgain as problem:
        return ("queued" if message.attempts < ATTEMPTS else "failed"), str(problem)
    except WillNot as problem:
        return "failed", str(problem)
    return "sent", ""


def _finish(message: Message, state: str, problem: str) -> None:
    now = clock.now()
    message.state, message.problem = state, problem
    if state == "queued":
        message.claimed_at, message.due_at = None, now + FIRST_PAUSE * 2 ** (message.attempts - 1)
    else:
        message.finished_at = now
        if message.channel != "in_app":  # in the app the row is what the person reads
            message.body = None
    with acting_as(SYSTEM):
        message.save(update_fields=["state", "problem", "claimed_at", "due_at", "finished_at", "body"])
    if problem:
        log.warning("message not sent", extra={"message_id": str(message.pk), "problem": problem, "state": state})


def _address(channel: Channel, person: Person | None) -> str:
    if channel.name in ("in_app", "robot"):
        return ""
    if person is None:
        raise WillNot("nobody_to_send_to")
    if channel.name == "file":
        return str(person.pk)
    if person.phone is None:
        raise WillNot("no_phone")
    return keys.decrypt(bytes(person.phone), table="people_person", column="phone", row_id=person.pk)


def is_quiet(moment: datetime) -> bool:
    """Say whether only urgent messages go out at a moment of the city's clock."""
    start, end = settings.TURNOUT_QUIET_HOURS or QUIET
    here = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    return (start <= here < end) if start <= end else (here >= start or here < end)
