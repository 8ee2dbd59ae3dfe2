"""Sending what is due, and looking after what a dead process left behind.

A message is committed as `sending` before its channel is called. Whoever finds it so later knows that a call may have
been made, and so does a call without an answer: it is sent again only where the channel drops doubles, else it becomes
`unknown` and a person follows up.

No step trusts the server's clock to run forward. What is due at once does not wait for a clock that jumped back, a
pause never lasts longer than the longest one, and a claim from the future is as stuck as an old one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from turnout.access.scope import acting_as
from turnout.core import clock, keys
from turnout.core.actors import SYSTEM
from turnout.notices.channels import Channel, Letter, Pace, TryAgain, Unclear, WillNot, channel_named
from turnout.notices.models import Address, Message

log = logging.getLogger("turnout.notices")

ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = FIRST_PAUSE * 16
"""Pauses double up to eight minutes: a gateway that is down for an hour has everything tried again when it is back."""
CALL_TAKES = timedelta(minutes=5)
"""No batch takes longer; a message found `sending` for longer belongs to a process that died."""
MOST_AT_A_TIME = 500


def send_due(channel_name: str, *, limit: int = MOST_AT_A_TIME) -> int:
    """Send one batch of what is due on a channel and return how many were tried. Opens its own transactions.

    A batch is no larger than the channel can be through with, call by call at its slowest, before `CALL_TAKES`.
    """
    channel = channel_named(channel_name)
    if channel is None:
        return 0
    claimed = _claim(channel, min(limit, _batch(channel)))
    letters = _letters(channel, claimed)
    # Where doubles are dropped a crash costs nothing, so the batch is closed as one; elsewhere call by call.
    step = len(claimed) if channel.idempotent else channel.pace.at_once
    for start in range(0, len(claimed), step or 1):
        part = claimed[start : start + step]
        _finish(list(zip(part, _calls(channel, [letters[message.pk] for message in part]), strict=True)))
    return len(claimed)


def due_channels() -> list[str]:
    """Return the channels on which something waits."""
    with acting_as(SYSTEM):
        return list(Message.objects.filter(state="queued").order_by().values_list("channel", flat=True).distinct())


@contextmanager
def alone_on(channel_name: str) -> Iterator[bool]:
    """Hold a channel for one job, until its process ends at the latest; says False where another one has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('notices.sending'), hashtext(%s))", [channel_name])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('notices.sending'), hashtext(%s))", [channel_name])


def recover() -> tuple[int, int]:
    """Look after messages whose process died in the call: (queued again, unknown now)."""
    now = clock.now()
    stuck = Q(claimed_at__lt=now - CALL_TAKES) | Q(claimed_at__gt=now + CALL_TAKES)
    again = [name for name in _channels_stuck(stuck) if (channel := channel_named(name)) and channel.idempotent]
    with acting_as(SYSTEM):
        found = Message.objects.filter(stuck, state="sending")
        queued = found.filter(channel__in=again).update(state="queued", due_at=now)
        unknown = found.exclude(channel__in=again).update(state="unknown", finished_at=now, problem="process_died")
    return queued, unknown


def is_quiet(pace: Pace, moment: datetime) -> bool:
    """Say whether a moment of the city's clock lies in the hours in which only urgent messages go out."""
    if pace.quiet is None:
        return False
    start, end = pace.quiet
    here = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    return (start <= here < end) if start <= end else (here >= start or here < end)


# One claimer of a channel at a time, so that the calls of the last minute are counted right.
_HOLD = "SELECT pg_advisory_xact_lock(hashtext('notices.claim'), hashtext(%(channel)s))"
_CLAIM = """
UPDATE notices_message SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1
 WHERE id IN (SELECT id FROM notices_message
               WHERE state = 'queued' AND channel = %(channel)s AND (urgent OR NOT %(quiet)s)
                 AND (NOT %(quiet)s OR %(urgent_passes)s)
                 AND (due_at <= %(now)s OR due_at = made_at OR attempts > 0 AND due_at > %(now)s + %(pause)s)
               ORDER BY urgent DESC, due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""
_LAST_MINUTE = """
SELECT count(*) FROM notices_message
 WHERE channel = %(channel)s AND claimed_at > %(now)s - interval '1 minute' AND claimed_at <= %(now)s
"""


def _batch(channel: Channel) -> int:
    if not channel.seconds:
        return MOST_AT_A_TIME
    return max(1, int(channel.pace.at_once * CALL_TAKES.total_seconds() * 0.8 / channel.seconds))


def _claim(channel: Channel, limit: int) -> list[Message]:
    now, pace = clock.now(), channel.pace
    params: dict[str, Any] = {
        "now": now, "channel": channel.name, "quiet": is_quiet(pace, now), "urgent_passes": pace.urgent_passes,
        "pause": LONGEST_PAUSE,
    }  # fmt: skip
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            if pace.per_minute < MOST_AT_A_TIME * 60:
                cursor.execute(_HOLD, params)
                cursor.execute(_LAST_MINUTE, params)
                limit = min(limit, pace.per_minute - cursor.fetchone()[0])
            cursor.execute(_CLAIM, params | {"limit": max(0, limit)})
            ids = [row[0] for row in cursor.fetchall()]
        found = Message.objects.filter(pk__in=ids).select_related("person__user")
        return list(found.order_by("-urgent", "due_at", "id"))


def _letters(channel: Channel, messages: Sequence[Message]) -> dict[UUID, Letter | WillNot]:
    """Return each message as the channel sees it, or why it cannot be sent."""
    emails = _emails(messages) if channel.reaches == "email" else {}
    letters: dict[UUID, Letter | WillNot] = {}
    for message in messages:
        try:
            text = keys.decrypt(bytes(message.body or b""), table="notices_message", column="body", row_id=message.pk)
            letters[message.pk] = Letter(message.pk, _address(channel, message, emails), text, _subject(message))
        except WillNot as problem:
            letters[message.pk] = problem
    return letters


def _address(channel: Channel, message: Message, emails: dict[UUID, str]) -> str:
    person = message.person
    if channel.reaches == "group":
        return ""
    if person is None:
        raise WillNot("nobody_to_send_to")
    if channel.reaches == "person":
        return str(person.pk)
    if channel.reaches == "email":
        if person.pk not in emails:
            raise WillNot("no_email")
        return emails[person.pk]
    if person.phone is None:
        raise WillNot("no_phone")
    return keys.decrypt(bytes(person.phone), table="people_person", column="phone", row_id=person.pk)


def _emails(messages: Sequence[Message]) -> dict[UUID, str]:
    with acting_as(SYSTEM):
        rows = Address.objects.filter(kind="email", person_id__in={message.person_id for message in messages})
        return {
            row.person_id: keys.decrypt(bytes(row.value), table="notices_address", column="value", row_id=row.pk)
            for row in rows
        }


def _subject(message: Message) -> str:
    user = message.person.user if message.person else None
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        subject = _("Turnout: a message for you")
        return _("[Drill] {text}").format(text=subject) if message.drill else subject


Outcome = tuple[str, str]
"""`sent`, `again`, `unknown` or `failed`, and the problem's code."""


def _calls(channel: Channel, letters: Sequence[Letter | WillNot]) -> list[Outcome]:
    """Call the channel for each letter, so many at once as it takes. The threads touch no database."""
    if channel.pace.at_once == 1 or len(letters) == 1:
        return [_call(channel, letter) for letter in letters]
    with ThreadPoolExecutor(channel.pace.at_once) as pool:
        futures = [pool.submit(copy_context().run, _call, channel, letter) for letter in letters]
        return [future.result() for future in futures]


def _call(channel: Channel, letter: Letter | WillNot) -> Outcome:
    if isinstance(letter, WillNot):
        return "failed", str(letter)
    try:
        channel.send(letter)
    except TryAgain as problem:
        return "again", str(problem)
    except Unclear as problem:
        return ("again" if channel.idempotent else "unknown"), str(problem)
    except WillNot as problem:
        return "failed", str(problem)
    except Exception as problem:  # a channel's own mistake must not leave the rest of the batch unsent
        log.exception("channel failed", extra={"channel": channel.name})
        return "failed", type(problem).__name__
    return "sent", ""


# In the app the row is what the person reads; elsewhere the words go once they are out. What did not arrive keeps them
# until somebody has seen to it. A process that was taken for dead may still bring its answer: the answer counts.
_FINISH = """
UPDATE notices_message m
   SET state = t.state, problem = t.problem, finished_at = CASE WHEN t.state = 'queued' THEN NULL ELSE %(now)s END,
       due_at = coalesce(t.due_at, m.due_at),
       body = CASE WHEN t.state = 'sent' AND m.channel <> 'in_app' THEN NULL ELSE m.body END
  FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(problems)s::text[], %(dues)s::timestamptz[])
       AS t (id, state, problem, due_at)
 WHERE m.id = t.id AND m.state <> 'sent' AND m.settled_at IS NULL
"""


def _finish(results: Sequence[tuple[Message, Outcome]]) -> None:
    now = clock.now()
    states: list[str] = []
    dues: list[datetime | None] = []
    for message, (outcome, problem) in results:
        later = outcome == "again" and message.attempts < ATTEMPTS
        states.append("queued" if later else "failed" if outcome == "again" else outcome)
        dues.append(now + min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE) if later else None)
        if problem:
            log.warning(
                "message not sent", extra={"message_id": str(message.pk), "problem": problem, "state": states[-1]}
            )
    params: dict[str, Any] = {
        "now": now, "ids": [message.pk for message, _ in results], "states": states, "dues": dues,
        "problems": [problem for _, (_, problem) in results],
    }  # fmt: skip
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FINISH, params)


def _channels_stuck(stuck: Q) -> list[str]:
    with acting_as(SYSTEM):
        return list(
            Message.objects.filter(stuck, state="sending").order_by().values_list("channel", flat=True).distinct()
        )
