"""Calling people out: asking, answering, arriving, releasing.

A link holds 256 random bits and is stored hashed. Opening it changes nothing. The first browser that answers by it
binds it; another one must give the last four digits of the phone, five tries. The same answer again is acknowledged,
another one replaces it until the wave locks.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, TextField, Value, When

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import KeyRange
from turnout.core.limits import admit
from turnout.core.refusals import Refusal
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.notices.domain import messages
from turnout.staffing import queries, refusals
from turnout.staffing.domain import consents, holds, locked, seats, telling
from turnout.staffing.models import CallOut, Wave
from turnout.staffing.states import DECLINE_REASONS, LIVE, OWN_REASONS

FIRST_TIER = "district"
"""Where nobody said otherwise, a wave asks all units of the incident first."""
TRIES = 5
MOST_FROM_ONE_ADDRESS = 1_200
WINDOW = 600
"""Taps from one address in so many seconds: an office of 400 that confirms, answers and changes its mind once."""
ANSWERS = ("yes", "no", "later")
WAYS = ("link", "liaison", "phone")
"""How an answer came: by the person's own link, from the unit's liaison, or typed in while on the phone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link shows. `known` says whether this browser may see more than a masked name."""

    callout: CallOut
    known: bool


def ask(
    *, wave: Wave, by: Actor, channel: str, link: Callable[[str], str], limit: int = 5_000, address: str = ""
) -> int:
    """Ask everybody of a wave who was not asked yet and whose unit has not to be waited for; return how many.

    In batches, each its own transaction if it is called outside one: a process that dies has asked whom it has told.

    `link` turns a token into the address of the person's page. The wave remembers the way, and from now on counts the
    time that its tier has for answering; `address` is where people's pages begin, for those drawn in later by itself.
    """
    by.require("plan.make", wave.incident.area_key)
    require_active(Incident.objects.get(pk=wave.incident_id))
    if wave.state != "open":
        raise refusals.WAVE_NOT_OPEN.refuse(number=wave.number)
    _start_clock(wave, channel, address)
    consents.request(wave)
    asked = 0
    while batch := _ask_batch(wave, channel, link, limit):
        asked += batch
    with acting_as(by):
        audit.record("callout.ask", by=by, of=wave, area_key=wave.incident.area_key, details={"people": asked})
    return asked


def _start_clock(wave: Wave, channel: str, address: str) -> None:
    """Note the channel of the first asking, and since when the tier is asked."""
    Wave.objects.filter(pk=wave.pk, channel="").update(
        channel=channel, tier=Case(When(tier="", then=Value(FIRST_TIER, TextField())), default=F("tier")),
        tier_at=clock.now(), address=address,
    )  # fmt: skip


_ASK = """
UPDATE staffing_callout c SET state = 'asked', asked_at = %(now)s, token_hash = t.hash
  FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[]) AS t (id, hash) WHERE c.id = t.id
"""


def issue_link(callout_id: UUID) -> str:
    """Make the link of a call-out that was not asked by it, and return its token."""
    token = secrets.token_urlsafe(32)
    CallOut.objects.filter(pk=callout_id).update(token_hash=locked.link_hash(token))
    return token


def _ask_batch(wave: Wave, channel: str, link: Callable[[str], str], limit: int) -> int:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        waiting = list(
            queries.let_go(CallOut.objects.select_for_update(skip_locked=True, of=("self",)))
            .filter(wave=wave, state="waiting")
            .order_by("id")
            .values_list("pk", "person_id", "area_key", "person__user__language", "person__user_id")[:limit]
        )
        tokens = {row[0]: secrets.token_urlsafe(32) for row in waiting}
        hashes = [locked.link_hash(token) for token in tokens.values()]
        cursor.execute(_ASK, {"now": clock.now(), "ids": list(tokens), "hashes": hashes})
        rows = [(*row[:4], row[4] is not None) for row in waiting]
        links = {callout: link(token) for callout, token in tokens.items()}
        drafts = telling.drafts(rows, telling.ASKED, channel=channel, drill=wave.incident.drill, links=links)
        messages.write(drafts, by=SYSTEM)
    return len(waiting)


def scope_of_link(token: str) -> Actor:
    """Return the actor of a link: it sees its own call-out and person, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_key, closes_at FROM staffing_link(%s)", [locked.link_hash(token)])
        row = cursor.fetchone()
    if row is None or row[1] <= clock.now():
        raise refusals.LINK_OVER.refuse()
    scope: KeyRange = (row[0], row[0] + 1)
    return Actor(kind="link", scope=(scope,))


def open_link(*, token: str, browser: str) -> Opened:
    """Return the call-out behind a link; changes nothing, since chat apps open links by themselves."""
    callout = (
        CallOut.objects.select_related("person", "post", "wave__incident", "team")
        .filter(token_hash=locked.link_hash(token))
        .first()
    )
    if callout is None or callout.wave.closes_at <= clock.now():
        raise refusals.LINK_OVER.refuse()
    known = callout.bound_hash is not None and bytes(callout.bound_hash) == locked.link_hash(browser)
    return Opened(callout, known)


def answer_by_link(*, token: str, browser: str, answer: str, last4: str = "", reason: str = "") -> CallOut:
    """Answer by one's own link. The first browser binds it; another gives the phone's last four digits, five tries.

    Who acts is the link itself: its scope is opened with the lock, in one statement. Call it outside a transaction, so
    that it needs no savepoint: a city answers within minutes.
    """
    with locked.behind(token, room=answer == "yes") as (callout, room, by):
        _require_open(callout)
        _require_browser(callout, browser, last4)
        if callout.bound_hash is None:
            callout.bound_hash = locked.link_hash(browser)
        return _answer(callout, answer, "link", reason, by, room)


@transaction.atomic
def bind(*, token: str, browser: str, by: Actor, last4: str = "") -> CallOut:
    """Bind a link to this browser, which may then see where and with whom; the digits move it from another one."""
    callout = CallOut.objects.select_for_update(of=("self",)).filter(token_hash=locked.link_hash(token)).first()
    if callout is None:
        raise refusals.LINK_OVER.refuse()
    _require_browser(callout, browser, last4)
    if callout.bound_hash is None or bytes(callout.bound_hash) != locked.link_hash(browser):
        callout.bound_hash = locked.link_hash(browser)
        callout.save(update_fields=["bound_hash"])
        audit.record("callout.bind", by=by, of=callout, area_key=callout.area_key)
    return callout


def admit_from(address: str) -> None:
    """Count a tap on a link's page from an address and refuse too many. Call it before the scope is opened."""
    admit("callout", address, most=MOST_FROM_ONE_ADDRESS, seconds=WINDOW)


def _require_browser(callout: CallOut, browser: str, last4: str) -> None:
    if callout.bound_hash is None or bytes(callout.bound_hash) == locked.link_hash(browser):
        return
    if callout.tries >= TRIES:
        raise refusals.LINK_LOCKED.refuse()
    if not last4 or last4 != callout.person.phone_last4:
        raise refusals.LINK_OTHER_BROWSER.refuse(left=TRIES - callout.tries)


def count_try(*, token: str) -> None:
    """Count a wrong guess of the last four digits. Its own transaction: the refusal rolls the answer back."""
    with acting_as(SYSTEM):
        callout = CallOut.objects.select_for_update().filter(token_hash=locked.link_hash(token)).first()
        if callout is not None and callout.tries < TRIES:
            callout.tries += 1
            callout.save(update_fields=["tries"])


@transaction.atomic
def answer_for(*, callout: CallOut, answer: str, way: str, by: Actor, reason: str = "") -> CallOut:
    """Answer for somebody: the unit's liaison for the list, or whoever had the person on the phone."""
    return _answer_for(callout, answer, way, reason, by)


def _answer_for(callout: CallOut, answer: str, way: str, reason: str, by: Actor) -> CallOut:
    """Answer within the caller's transaction. It refuses before it writes: a list goes on after a refusal."""
    if way not in ("liaison", "phone"):
        raise refusals.ANSWER_UNKNOWN.refuse()
    found = locked.one(callout.pk)
    require_answerable(found, by)
    _require_open(found)
    return _answer(found, answer, way, reason, by)


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of a list: the rows kept, and those refused with why; together every row of the list."""

    kept: list[CallOut]
    refused: list[tuple[UUID, Refusal]]


@transaction.atomic
def answer_list(*, answers: Mapping[UUID, tuple[str, str]], way: str, by: Actor) -> Listed:
    """Answer for a list, as {call-out: (answer, reason)}. A row that is refused leaves the others as they are.

    Rows are taken in the order of their ids, so that two lists at once do not wait for each other in a circle. Each is
    read after the one before was written, since the yes that fills a post takes the others back.
    """
    kept, refused = [], []
    for callout_id in sorted(answers):
        answer, reason = answers[callout_id]
        try:
            callout = _answer_for(CallOut(pk=callout_id), answer, way, reason, by)
        except Refusal as refusal:
            refused.append((callout_id, refusal))
        else:
            kept.append(callout)
    return Listed(kept, refused)


@transaction.atomic
def arrive(*, callout: CallOut, by: Actor) -> CallOut:
    """Mark somebody as on post, from the community's list. Asking twice returns the first time."""
    ticked = _arrive([callout.pk], by)
    for _, refusal in ticked.refused:
        raise refusal
    return ticked.kept[0]


@transaction.atomic
def arrive_list(*, callout_ids: Iterable[UUID], by: Actor) -> Listed:
    """Mark everybody as on post whom somebody has ticked on a list. A row that is refused leaves the others."""
    return _arrive(callout_ids, by)


_ARRIVE = (
    "UPDATE staffing_callout SET state = 'on_post', arrived_at = %(now)s, seen_at = %(now)s WHERE id = ANY(%(ids)s)"
)


def _arrive(callout_ids: Iterable[UUID], by: Actor) -> Listed:
    wanted, now = set(callout_ids), clock.now()
    found = locked.many(list(wanted))
    gone = [(pk, NOT_FOUND.refuse()) for pk in sorted(wanted - {callout.pk for callout in found})]
    listed, come = Listed([], gone), []
    for callout in found:
        try:
            before = _require_may_arrive(callout, by)
            if before != "on_post":
                callout.state, callout.arrived_at, callout.seen_at = "on_post", now, now
                come.append(callout)
            if before not in LIVE:
                _come_back(callout, ARRIVED)
        except Refusal as refusal:
            listed.refused.append((callout.pk, refusal))
        else:
            listed.kept.append(callout)
    kept = {callout.pk for callout in listed.kept}
    come = [callout for callout in come if callout.pk in kept]
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVE, {"now": now, "ids": [callout.pk for callout in come]})
    audit.record_all("callout.arrive", [(telling.ABOUT, one.pk, one.area_key) for one in come], by=by)
    return listed


def _require_may_arrive(callout: CallOut, by: Actor) -> str:
    """Refuse whom this list cannot mark as on post; returns the state they are in."""
    by.require("arrival.mark", callout.area_key)
    require_active(callout.incident)
    if callout.state not in LIVE and callout.state not in ("silent", "no"):
        raise refusals.CALLOUT_OVER.refuse()
    return callout.state


@transaction.atomic
def release(*, callouts: Iterable[CallOut], by: Actor) -> int:
    """Release people from their posts: their time is free again, and they are thanked. Returns how many."""
    ids = [callout.pk for callout in callouts]
    locked = list(CallOut.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    if len(locked) != len(set(ids)):
        raise NOT_FOUND.refuse()
    for callout in locked:
        by.require("arrival.mark", callout.area_key)
    there = [callout for callout in locked if callout.state == "on_post"]
    gone = [callout.pk for callout in there]
    with acting_as(SYSTEM):
        CallOut.objects.filter(pk__in=gone).update(state="released", released_at=clock.now())
        holds.free(gone)
        telling.tell(gone, telling.THANKS, by=by, unsent_too=True)
    audit.record_all("callout.release", [(telling.ABOUT, c.pk, c.area_key) for c in there], by=by)
    return len(there)


@transaction.atomic
def seen(*, callout: CallOut, by: Actor) -> CallOut:
    """Note a sign from somebody on post: the community saw them, or they said so behind their own link."""
    callout = locked.one(callout.pk)
    if by.kind != "link":
        by.require("arrival.mark", callout.area_key)
    elif callout.bound_hash is None:
        raise NOT_ALLOWED.refuse(permission="arrival.mark")
    require_active(callout.incident)
    if callout.state != "on_post":
        raise refusals.CALLOUT_OVER.refuse()
    callout.seen_at = clock.now()
    callout.save(update_fields=["seen_at"])
    audit.record("callout.seen", by=by, of=callout, area_key=callout.area_key)
    return callout


def mark_silent(*, wave: Wave, by: Actor, asked_before: datetime | None = None) -> int:
    """Count who has not answered as silent and free their time: the place goes to others. Returns how many.

    Without `asked_before` everybody, also who would answer later: the wave locks. With it those asked before a moment
    who said nothing at all: their tier's time is over, and they may still answer while there is room.
    """
    by.require("plan.make", wave.incident.area_key)
    with acting_as(SYSTEM):
        found = CallOut.objects.filter(wave=wave)
        if asked_before is None:
            found = found.filter(state__in=["asked", "later"])
        else:
            found = found.filter(state="asked", asked_at__lte=asked_before)
        silent = list(found.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        CallOut.objects.filter(pk__in=silent).update(state="silent")
        holds.free(silent)
        audit.record("callout.silent", by=by, of=wave, area_key=wave.incident.area_key, details={"people": len(silent)})
    return len(silent)


ARRIVED = ["state", "arrived_at", "seen_at"]
ANSWERED = ["state", "answered_at", "answered_by", "decline_reason", "bound_hash"]


def _answer(callout: CallOut, answer: str, way: str, reason: str, by: Actor, room: seats.Room | None = None) -> CallOut:
    if answer not in ANSWERS or reason not in (OWN_REASONS if way == "link" else DECLINE_REASONS):
        raise refusals.ANSWER_UNKNOWN.refuse()
    if callout.state == answer:
        callout.save(update_fields=["bound_hash"])
        return callout
    before = callout.state
    filled = (room or seats.room(callout)).take(back=before not in LIVE) if answer == "yes" else False
    if answer == "later" and before not in LIVE:
        raise refusals.ANSWER_YES_OR_NO.refuse()
    callout.state, callout.answered_at, callout.answered_by = answer, clock.now(), way
    callout.decline_reason = reason if answer == "no" else ""
    if answer == "yes" and before not in LIVE:
        _come_back(callout, ANSWERED)
    else:
        _keep(callout)
    if answer == "no" and before in LIVE:
        holds.free([callout.pk])
    if filled:
        seats.let_go(callout.post_id, by=by)
    audit.record("callout.answer", by=by, of=callout, area_key=callout.area_key, details={"answer": answer, "way": way})
    return callout


_KEEP = """
UPDATE staffing_callout SET state = %s, answered_at = %s, answered_by = %s, decline_reason = %s, bound_hash = %s
 WHERE id = %s
"""


def _keep(callout: CallOut) -> None:
    """Write an answer. A plain statement, not the ORM's: a city's answers pay for each step."""
    row: list[Any] = [
        callout.state,
        callout.answered_at,
        callout.answered_by,
        callout.decline_reason,
        callout.bound_hash,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [*row, callout.pk])


def _come_back(callout: CallOut, fields: list[str]) -> None:
    """Keep what is said of somebody who comes after all; refused if their time went to somebody else by then.

    As the product: whose call-out is over may be out of sight of the community they arrive at.
    """
    try:
        with acting_as(SYSTEM), transaction.atomic():
            callout.save(update_fields=fields)
            holds.take([(callout.pk, callout.person_id, callout.area_key)])
    except IntegrityError:
        raise refusals.ANSWER_TOO_LATE.refuse() from None


def _require_open(callout: CallOut) -> None:
    """Refuse what can no longer be answered."""
    wave, now = callout.wave, clock.now()
    require_active(wave.incident)
    if wave.closes_at <= now:
        raise refusals.LINK_OVER.refuse()
    if wave.state in ("locked", "closed") or wave.lock_at <= now:
        raise refusals.ANSWER_LOCKED.refuse()
    if callout.state in ("withdrawn", "released", "on_post"):
        raise refusals.CALLOUT_OVER.refuse()


def require_answerable(callout: CallOut, by: Actor) -> None:
    """Refuse who may not answer for this person: at the post, at the unit or at the unit's area."""
    if not any(by.can("callout.answer", key) for key in (callout.unit_key, callout.sender_key)):
        by.require("callout.answer", callout.area_key)


def browser_token() -> str:
    """Return a fresh token for the cookie that tells one browser from another."""
    return secrets.token_urlsafe(32)
