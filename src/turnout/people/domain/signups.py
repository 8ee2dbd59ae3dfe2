"""Signing up oneself: a unit issues a link with so many places and an end, and its people register through it.

Whoever signs up gets the same answer whatever is known about the phone number: received. Anybody can type anybody's
number, so neither the words nor the places may tell whether somebody is registered somewhere.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import segno
from django.db import connection, transaction
from django.db.models import F

from turnout.access.scope import SYSTEM, acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.limits import admit
from turnout.core.refusals import Refusal
from turnout.people import list_refusals as refusals
from turnout.people.domain import persons, proposals, words
from turnout.people.models import Person, Unit
from turnout.people.permissions import require_at_unit
from turnout.people.refusals import CATEGORY_UNKNOWN, PHONE_KNOWN_ELSEWHERE, PHONE_KNOWN_HERE, UNIT_CLOSED
from turnout.people.signups_models import Signup, SignupLink
from turnout.people.states import CATEGORIES

PERMISSION = "signup.manage"
LONGEST = timedelta(days=60)
"""A link that outlives the wave it was made for ends up in the wrong hands."""
MOST_PLACES = 10_000
MOST_FROM_ONE_ADDRESS = 300
WINDOW = 600
"""Sign-ups from one address in so many seconds: an office of 300 behind one address gets through in ten minutes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What somebody who signed up is told: a number to ask by, the unit, the link's label. Never what was known."""

    number: str
    unit: str
    label: str


@transaction.atomic
def issue(*, unit: Unit, label: str, category: str, quota: int, ends_at: datetime, by: Actor) -> tuple[SignupLink, str]:
    """Make a link with `quota` places until a moment; the token is returned once and not kept."""
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk).first() or _missing()
    require_at_unit(by, PERMISSION, unit)
    now = clock.now()
    if unit.closed_at:
        raise UNIT_CLOSED.refuse()
    if category not in CATEGORIES:
        raise CATEGORY_UNKNOWN.refuse(category=category)
    if not 0 < quota <= MOST_PLACES:
        raise refusals.PLACES_BAD.refuse(most=MOST_PLACES)
    if not now < ends_at <= now + LONGEST:
        raise refusals.LINK_ENDS.refuse(days=LONGEST.days)
    token = secrets.token_urlsafe(32)
    link = SignupLink.objects.create(
        unit=unit, label=words.name(label), category=category, token_hash=_hash(token), quota=quota,
        issued_by_id=by.id if by.kind == "user" else None, issued_at=now, ends_at=ends_at,
    )  # fmt: skip
    audit.record("signup.issue", by=by, of=link, area_key=unit.area_key, details={"quota": quota, "ends": ends_at})
    return link, token


@transaction.atomic
def revoke(*, link: SignupLink, by: Actor) -> SignupLink:
    """End a link now; who signed up stays. Revoking twice changes nothing."""
    link = _locked(link)
    require_at_unit(by, PERMISSION, link.unit)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        link.save(update_fields=["revoked_at"])
        audit.record("signup.revoke", by=by, of=link, area_key=link.unit.area_key, details={"used": link.used})
    return link


def find(token: str) -> SignupLink:
    """Return the open link behind a token, or refuse; changes nothing, since chat apps open links by themselves."""
    with acting_as(SYSTEM):
        link = SignupLink.objects.select_related("unit").filter(token_hash=_hash(token)).first()
    if link is None:
        raise refusals.LINK_UNKNOWN.refuse()
    _refuse_dead(link)
    return link


def visitor(link: SignupLink) -> Actor:
    """Return who acts when somebody signs up: sees the link's own unit and nothing else."""
    scope = ((link.unit.scope_key, link.unit.scope_key + 1),)
    return Actor(kind="link", id=link.pk, permissions={"person.edit": scope}, scope=scope)


def admit_from(address: str) -> None:
    """Count a sign-up from an address and refuse too many. Call it before the scope is opened."""
    admit("signup", address, most=MOST_FROM_ONE_ADDRESS, seconds=WINDOW)


@transaction.atomic(savepoint=False)  # a refusal undoes the whole request anyway
def sign_up(*, link: SignupLink, name: str, phone: str, by: Actor, home_key: int | None = None) -> Receipt:
    """Register through a link, as its `visitor`. The same phone number again gets the first receipt, no second place.

    Somebody registered elsewhere takes a place too and is claimed for this unit: the district decides.

    The place is taken last: whoever signs up next waits for this link's row only while this transaction commits. What
    happened to the link since it was found (`find`) is seen there.
    """
    hashed = words.phone_hash(words.phone(phone))
    wanted = words.name(name)
    _one_at_a_time(hashed)
    _refuse_dead(link)
    before = Signup.objects.filter(link=link, phone_hash=hashed).first()
    if before:
        return _receipt(before, link)
    if link.used >= link.quota:
        raise refusals.LINK_FULL.refuse(quota=link.quota)
    person, outcome = _register(link, wanted, phone, hashed, home_key, by)
    signup = Signup.objects.create(link=link, phone_hash=hashed, person=person, outcome=outcome, made_at=clock.now())
    audit.record("signup.take", by=by, of=signup, area_key=link.unit.area_key, details={"link": link.pk})
    _take_place(link)
    return _receipt(signup, link)


def qr(url: str) -> str:
    """Return a link's address as an SVG picture for print and screen; level M survives a crease."""
    return segno.make(url, error="m").svg_inline(scale=4, border=4, omitsize=True)


def _register(
    link: SignupLink, name: str, phone: str, hashed: bytes, home_key: int | None, by: Actor
) -> tuple[Person | None, str]:
    """Enter the person in the unit, or find them there, or claim them from wherever they are."""
    try:
        made = persons.add(unit=link.unit, name=name, categories=[link.category], phone=phone, home_key=home_key, by=by)
    except Refusal as refusal:
        if refusal.reason not in (PHONE_KNOWN_ELSEWHERE, PHONE_KNOWN_HERE):
            raise
    else:
        return made, "new"
    mine = Person.objects.filter(phone_hash=hashed, unit=link.unit).first()
    if mine:
        return mine, "known"
    proposals.claim(unit=link.unit, phone=phone, by=by)
    return None, "elsewhere"


def _one_at_a_time(phone_hash: bytes) -> None:
    """The same number twice in one moment: the second waits here, and then finds what the first one wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(phone_hash[:8], "big", signed=True)])


def _take_place(link: SignupLink) -> None:
    """Count one more place of an open link, or refuse and undo everything. Foreign keys are checked before it, so that
    nothing but the commit is left to do while others wait for the row."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    open_link = SignupLink.objects.filter(pk=link.pk, revoked_at=None, used__lt=F("quota"))
    if not open_link.update(used=F("used") + 1):
        _as_it_stands(link)
        raise refusals.LINK_FULL.refuse(quota=link.quota)


def _receipt(signup: Signup, link: SignupLink) -> Receipt:
    return Receipt(signup.pk.hex[-8:].upper(), link.unit.name, link.label)


def _as_it_stands(link: SignupLink) -> SignupLink:
    fresh = SignupLink.objects.select_related("unit").filter(pk=link.pk).first() or _missing()
    _refuse_dead(fresh)
    return fresh


def _locked(link: SignupLink) -> SignupLink:
    fresh = SignupLink.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=link.pk).first()
    return fresh or _missing()


def _refuse_dead(link: SignupLink) -> None:
    if link.revoked_at or link.ends_at <= clock.now() or link.unit.closed_at:
        raise refusals.LINK_UNKNOWN.refuse()


def _missing() -> Any:
    raise NOT_FOUND.refuse()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
