"""Calling people out: asking, answering, arriving, releasing.

A link holds 256 random bits and is stored hashed. Opening it changes nothing. The first browser that answers by it
binds it; another one must give the last four digits of the phone, five tries. The same answer again is acknowledged,
another one replaces it until the wave locks.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import KeyRange
from turnout.core.limits import admit
from turnout.notices.domain import messages
from turnout.staffing import refusals
from turnout.staffing.domain import holds, telling
from turnout.staffing.models import CallOut, Wave
from turnout.staffing.states import DECLINE_REASONS, LIVE

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


def ask(*, wave: Wave, by: Actor, channel: str, link: Callable[[str], str], limit: int = 5_000) -> int:
    """Ask everybody of a wave who was not asked yet, and return how many. In batches, each its own transaction.

    `link` turns a token into the address of the person's page.
    """
    if wave.state != "open":
        raise refusals.WAVE_NOT_OPEN.refuse(number=wave.number)
    by.require("plan.make", wave.incident.area_key)
    Wave.objects.filter(pk=wave.pk, channel="").update(channel=channel)
    asked = 0
    while batch := _ask_batch(wave, channel, link, limit):
        asked += batch
    with transaction.atomic():
        audit.record("callout.ask", by=by, of=wave, area_key=wave.incident.area_key, details={"people": asked})
    return asked


_ASK = """
UPDATE staffing_callout c SET state = 'asked', asked_at = %(now)s, token_hash = t.hash
  FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[]) AS t (id, hash) WHERE c.id = t.id
"""


def _ask_batch(wave: Wave, channel: str, link: Callable[[str], str], limit: int) -> int:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        waiting = list(
            CallOut.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(wave=wave, state="waiting")
            .order_by("id")
            .values_list("pk", "person_id", "area_key", "person__user__language", "person__user_id")[:limit]
        )
        tokens = {row[0]: secrets.token_urlsafe(32) for row in waiting}
        hashes = [_hash(token) for token in tokens.values()]
        cursor.execute(_ASK, {"now": clock.now(), "ids": list(tokens), "hashes": hashes})
        rows = [(*row[:4], row[4] is not None) for row in waiting]
        links = {callout: link(token) for callout, token in tokens.items()}
        drafts = telling.drafts(rows, telling.ASKED, channel=channel, drill=wave.incident.drill, links=links)
        messages.write(drafts, by=SYSTEM)
    return len(waiting)


def scope_of_link(token: str) -> Actor:
    """Return the actor of a link: it sees its own call-out and person, and nothing else."""
    with acting_as(SYSTEM):
        row = CallOut.objects.filter(token_hash=_hash(token)).values_list("unit_key", "wave__closes_at").first()
    if row is None or row[1] <= clock.now():
        raise refusals.LINK_OVER.refuse()
    scope: KeyRange = (row[0], row[0] + 1)
    return Actor(kind="link", scope=(scope,))


def open_link(*, token: str, browser: str) -> Opened:
    """Return the call-out behind a link; changes nothing, since chat apps open links by themselves."""
    callout = (
        CallOut.objects.select_related("person", "post", "wave__incident", "team")
        .filter(token_hash=_hash(token))
        .first()
    )
    if callout is None or callout.wave.closes_at <= clock.now():
        raise refusals.LINK_OVER.refuse()
    known = callout.bound_hash is not None and bytes(callout.bound_hash) == _hash(browser)
    return Opened(callout, known)


@transaction.atomic
def answer_by_link(*, token: str, browser: str, answer: str, by: Actor, last4: str = "", reason: str = "") -> CallOut:
    """Answer by one's own link. The first browser binds it; another gives the phone's last four digits, five tries."""
    callout = CallOut.objects.select_for_update(of=("self",)).filter(token_hash=_hash(token)).first()
    if callout is None:
        raise refusals.LINK_OVER.refuse()
    callout = _for_answer(callout)
    _require_browser(callout, browser, last4)
    if callout.bound_hash is None:
        callout.bound_hash = _hash(browser)
    return _answer(callout, answer, "link", reason, by)


@transaction.atomic
def bind(*, token: str, browser: str, by: Actor, last4: str = "") -> CallOut:
    """Bind a link to this browser, which may then see where and with whom; the digits move it from another one."""
    callout = CallOut.objects.select_for_update(of=("self",)).filter(token_hash=_hash(token)).first()
    if callout is None:
        raise refusals.LINK_OVER.refuse()
    _require_browser(callout, browser, last4)
    if callout.bound_hash is None or bytes(callout.bound_hash) != _hash(browser):
        callout.bound_hash = _hash(browser)
        callout.save(update_fields=["bound_hash"])
        audit.record("callout.bind", by=by, of=callout, area_key=callout.area_key)
    return callout


def admit_from(address: str) -> None:
    """Count a tap on a link's page from an address and refuse too many. Call it before the scope is opened."""
    admit("callout", address, most=MOST_FROM_ONE_ADDRESS, seconds=WINDOW)


def _require_browser(callout: CallOut, browser: str, last4: str) -> None:
    if callout.bound_hash is None or bytes(callout.bound_hash) == _hash(browser):
        return
    if callout.tries >= TRIES:
        raise refusals.LINK_LOCKED.refuse()
    if not last4 or last4 != callout.person.phone_last4:
        raise refusals.LINK_OTHER_BROWSER.refuse(left=TRIES - callout.tries)


def count_try(*, token: str) -> None:
    """Count a wrong guess of the last four digits. Its own transaction: the refusal rolls the answer back."""
    with acting_as(SYSTEM):
        callout = CallOut.objects.select_for_update().filter(token_hash=_hash(token)).first()
        if callout is not None and callout.tries < TRIES:
            callout.tries += 1
            callout.save(update_fields=["tries"])


@transaction.atomic
def answer_for(*, callout: CallOut, answer: str, way: str, by: Actor, reason: str = "") -> CallOut:
    """Answer for somebody: the unit's liaison for the list, or whoever had the person on the phone."""
    if way not in ("liaison", "phone"):
        raise refusals.ANSWER_UNKNOWN.refuse()
    locked = _locked(callout)
    _require(by, "callout.answer", locked)
    return _answer(_for_answer(locked), answer, way, reason, by)


@transaction.atomic
def arrive(*, callout: CallOut, by: Actor) -> CallOut:
    """Mark somebody as on post, from the community's list. Asking twice returns the first time."""
    callout = _locked(callout)
    by.require("arrival.mark", callout.area_key)
    if callout.state == "on_post":
        return callout
    if callout.state not in LIVE and callout.state not in ("silent", "no"):
        raise refusals.CALLOUT_OVER.refuse()
    callout.state, callout.arrived_at = "on_post", clock.now()
    callout.save(update_fields=["state", "arrived_at"])
    audit.record("callout.arrive", by=by, of=callout, area_key=callout.area_key)
    return callout


@transaction.atomic
def release(*, callouts: Iterable[CallOut], by: Actor) -> int:
    """Release people from their posts: their time is free again. Returns how many were on post."""
    ids = [callout.pk for callout in callouts]
    locked = list(CallOut.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    if len(locked) != len(set(ids)):
        raise NOT_FOUND.refuse()
    for callout in locked:
        by.require("arrival.mark", callout.area_key)
    there = [callout for callout in locked if callout.state == "on_post"]
    now = clock.now()
    CallOut.objects.filter(pk__in=[c.pk for c in there]).update(state="released", released_at=now)
    holds.free([c.pk for c in there])
    for callout in there:
        audit.record("callout.release", by=by, of=callout, area_key=callout.area_key)
    return len(there)


def mark_silent(*, wave: Wave, by: Actor) -> int:
    """Count everybody who has not answered when the wave locks as silent, and free their time. Returns how many."""
    with acting_as(SYSTEM):
        silent = list(CallOut.objects.filter(wave=wave, state__in=["asked", "later"]).values_list("pk", flat=True))
        CallOut.objects.filter(pk__in=silent).update(state="silent")
        holds.free(silent)
        audit.record("callout.silent", by=by, of=wave, area_key=wave.incident.area_key, details={"people": len(silent)})
    return len(silent)


def _answer(callout: CallOut, answer: str, way: str, reason: str, by: Actor) -> CallOut:
    if answer not in ANSWERS or reason not in DECLINE_REASONS:
        raise refusals.ANSWER_UNKNOWN.refuse()
    if callout.state == answer:
        callout.save(update_fields=["bound_hash"])
        return callout
    before = callout.state
    callout.state, callout.answered_at, callout.answered_by = answer, clock.now(), way
    callout.decline_reason = reason if answer == "no" else ""
    if before == "no":
        _come_back(callout)
    else:
        callout.save(update_fields=ANSWERED)
        if answer == "no":
            holds.free([callout.pk])
    audit.record("callout.answer", by=by, of=callout, area_key=callout.area_key, details={"answer": answer, "way": way})
    return callout


ANSWERED = ["state", "answered_at", "answered_by", "decline_reason", "bound_hash"]


def _come_back(callout: CallOut) -> None:
    """Keep the answer of somebody who comes after all; refused if their time went to somebody else by then."""
    try:
        with transaction.atomic():
            callout.save(update_fields=ANSWERED)
            holds.take([(callout.pk, callout.person_id, callout.area_key)])
    except IntegrityError:
        raise refusals.ANSWER_TOO_LATE.refuse() from None


def _for_answer(callout: CallOut) -> CallOut:
    """Return the call-out if it can still be answered."""
    wave = Wave.objects.get(pk=callout.wave_id)
    now = clock.now()
    if wave.closes_at <= now:
        raise refusals.LINK_OVER.refuse()
    if wave.state in ("locked", "closed") or wave.lock_at <= now:
        raise refusals.ANSWER_LOCKED.refuse()
    if callout.state in ("withdrawn", "released", "on_post", "silent"):
        raise refusals.CALLOUT_OVER.refuse()
    return callout


def _locked(callout: CallOut) -> CallOut:
    fresh = CallOut.objects.select_for_update(of=("self",)).filter(pk=callout.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    return fresh


def _require(by: Actor, permission: str, callout: CallOut) -> None:
    if not any(by.can(permission, key) for key in (callout.area_key, callout.unit_key, callout.sender_key)):
        by.require(permission, callout.area_key)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def browser_token() -> str:
    """Return a fresh token for the cookie that tells one browser from another."""
    return secrets.token_urlsafe(32)
