"""Places that people sign up for by themselves: so many, until a moment; whoever comes later waits in a list.

First come, first placed. A place that becomes free goes to whoever has waited longest, and they are asked like anybody.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import NoReturn

from django.db import transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.refusals import Refusal
from turnout.incidents.domain.incidents import require_active
from turnout.people.domain import words
from turnout.people.models import Person
from turnout.staffing import refusals
from turnout.staffing.domain import holds, naming, telling
from turnout.staffing.models import CallOut, Opening, Post, SignUp, Wave
from turnout.staffing.states import LIVE

MOST_RESERVE = 20_000
TIMES = 10
"""Sign-ups outrun places; ten times as many are kept unless somebody says otherwise."""


@transaction.atomic
def open_(
    *, post: Post, wave: Wave, places: int, closes_at: datetime, by: Actor, reserve: int | None = None
) -> tuple[Opening, str]:
    """Keep places of a post for people who sign up; returns the token of the page, which is not kept.

    `reserve` is how many may wait in the list besides.
    """
    post = Post.objects.select_for_update().select_related("incident").filter(pk=post.pk).first() or _missing()
    by.require("post.edit", post.area_key)
    require_active(post.incident)
    if post.state != "open":
        raise refusals.POST_OVER.refuse()
    wave = Wave.objects.get(pk=wave.pk)
    if wave.incident_id != post.incident_id or wave.state not in ("draft", "open"):
        raise refusals.WAVE_NOT_OPEN.refuse(number=wave.number)
    with acting_as(SYSTEM):
        called = CallOut.objects.filter(post=post, state__in=LIVE).count()
    if not 1 <= places <= post.places - called:
        raise refusals.OPENING_BAD.refuse(most=max(0, post.places - called))
    if not clock.now() < closes_at <= min(wave.lock_at, post.ends_at):
        raise refusals.OPENING_TIMES.refuse()
    if Opening.objects.filter(post=post, closed_at=None).exists():
        raise refusals.OPENING_TWICE.refuse()
    token = secrets.token_urlsafe(32)
    opening = Opening.objects.create(
        wave=wave, post=post, area_key=post.area_key, places=places,
        reserve=min(MOST_RESERVE, places * TIMES if reserve is None else reserve), closes_at=closes_at,
        token_hash=_hash(token), opened_at=clock.now(),
    )  # fmt: skip
    audit.record("opening.open", by=by, of=opening, area_key=post.area_key, details={"places": places})
    return opening, token


@transaction.atomic
def close(*, opening: Opening, by: Actor) -> Opening:
    """Take no more sign-ups; the places that are still empty go back to the planner. Who has one keeps it."""
    opening = _locked(opening)
    by.require("post.edit", opening.area_key)
    require_active(opening.post.incident)
    if opening.closed_at is None:
        opening.closed_at = clock.now()
        opening.save(update_fields=["closed_at"])
        audit.record("opening.close", by=by, of=opening, area_key=opening.area_key)
    return opening


@transaction.atomic
def sign_up(*, opening: Opening, person: Person, by: Actor) -> SignUp:
    """Sign somebody up: oneself by the own account, or a liaison for the unit. Asking twice returns the first answer.

    Whoever finds a place is coming; whoever does not waits in the list.
    """
    person = Person.objects.select_related("unit").filter(pk=person.pk).first() or _missing()
    if person.user_id is None or person.user_id != by.id:
        by.require("callout.answer", person.unit.scope_key)
    return _sign_up(_locked(opening), person, "yes", by)


def sign_up_by_phone(*, token: str, phone: str, by: Actor) -> None:
    """Sign up by one's phone number on the page of an opening. Says nothing about whether the number is known.

    Anybody can type anybody's number, so the place is only kept: the person is asked, and answers by the own link.
    """
    hashed = words.phone_hash(words.phone(phone))
    with acting_as(SYSTEM):
        opening = behind(token)
        person = Person.objects.select_related("unit").filter(phone_hash=hashed, state="active").first()
        if person is None:
            return
        try:
            with transaction.atomic():
                _sign_up(_locked(opening), person, "waiting", by)
        except Refusal as refusal:
            if refusal.code == refusals.OPENING_OVER.code:
                raise


def behind(token: str) -> Opening:
    """Return the opening behind a link while people can sign up. Posts are no secret; who signed up is."""
    found = Opening.objects.select_related("post__incident", "wave").filter(token_hash=_hash(token)).first()
    if found is None or found.closed_at is not None or found.closes_at <= clock.now():
        raise refusals.OPENING_OVER.refuse()
    return found


@transaction.atomic
def withdraw(*, signup: SignUp, by: Actor) -> SignUp:
    """Take a sign-up back; the place goes to whoever has waited longest."""
    signup = SignUp.objects.select_related("person__unit").filter(pk=signup.pk).first() or _missing()
    if signup.person.user_id is None or signup.person.user_id != by.id:
        by.require("callout.answer", signup.person.unit.scope_key)
    opening = _locked(Opening(pk=signup.opening_id))
    require_active(opening.post.incident)
    signup.refresh_from_db()
    if signup.state == "withdrawn":
        return signup
    with acting_as(SYSTEM):
        _give_up(signup)
        _move_up(opening, by)
    audit.record("signup.withdraw", by=by, of=signup, area_key=signup.area_key)
    return signup


def move_up_all(*, by: Actor) -> int:
    """Let reserve lists fill the places that became free everywhere; returns how many moved up. A job's verb."""
    moved = 0
    with acting_as(SYSTEM):
        waiting = SignUp.objects.filter(state="reserve", opening__closed_at=None).order_by().values("opening")
        for opening in Opening.objects.select_for_update(skip_locked=True).filter(pk__in=waiting):
            moved += _move_up(opening, by)
    return moved


def _sign_up(opening: Opening, person: Person, state: str, by: Actor) -> SignUp:
    require_active(opening.post.incident)
    if opening.closed_at is not None or opening.closes_at <= clock.now():
        raise refusals.OPENING_OVER.refuse()
    with acting_as(SYSTEM):
        standing = SignUp.objects.filter(opening=opening, person=person).exclude(state="withdrawn").first()
        if standing:
            return standing
        post = Post.objects.select_for_update(no_key=True).get(pk=opening.post_id)
        naming.require_fit(person, post)
        if CallOut.objects.filter(incident_id=post.incident_id, person=person, state__in=LIVE).exists():
            raise refusals.PERSON_BUSY.refuse()
        _drop_lost(opening)
        taken = SignUp.objects.filter(opening=opening, state="placed").count()
        waiting = SignUp.objects.filter(opening=opening, state="reserve").count()
        if taken < opening.places and not waiting:
            callout = naming.put_down(
                person, post, opening.wave, state=state, source="signup",
                answered_by=("link" if person.user_id == by.id else "liaison") if state == "yes" else "",
            )  # fmt: skip
        elif waiting < opening.reserve:
            callout = None
        else:
            raise refusals.OPENING_FULL.refuse()
        signup = SignUp.objects.create(
            opening=opening, person=person, callout=callout, state="placed" if callout else "reserve",
            area_key=opening.area_key, unit_key=person.unit.scope_key, sender_key=person.unit.area_key,
            came_at=clock.now(),
        )  # fmt: skip
    audit.record("signup.place", by=by, of=signup, area_key=signup.area_key, details={"state": signup.state})
    return signup


def _drop_lost(opening: Opening) -> None:
    """Whoever has declined, was silent or called off holds no place any more."""
    SignUp.objects.filter(opening=opening, state="placed").exclude(callout__state__in=[*LIVE, "released"]).update(
        state="withdrawn"
    )


def _move_up(opening: Opening, by: Actor) -> int:
    """Give the free places of an opening to its list, in the order of coming; who cannot any more is passed over."""
    _drop_lost(opening)
    free = opening.places - SignUp.objects.filter(opening=opening, state="placed").count()
    moved: list[CallOut] = []
    reserve = SignUp.objects.filter(opening=opening, state="reserve").select_related("person__unit").order_by("id")
    for signup in reserve[: max(0, free)]:
        try:
            with transaction.atomic():
                naming.require_fit(signup.person, opening.post)
                signup.callout = naming.put_down(
                    signup.person, opening.post, opening.wave, state="waiting", source="signup"
                )
        except Refusal:
            signup.state = "withdrawn"
        else:
            signup.state = "placed"
            moved.append(signup.callout)
            audit.record("signup.move_up", by=by, of=signup, area_key=signup.area_key)
        signup.save(update_fields=["state", "callout"])
    return len(moved)


def _give_up(signup: SignUp) -> None:
    callout = signup.callout
    if callout is not None and callout.state in LIVE:
        if callout.state == "on_post":
            raise refusals.CALLOUT_OVER.refuse()
        CallOut.objects.filter(pk=callout.pk).update(state="withdrawn")
        holds.free([callout.pk])
        telling.tell([callout.pk], telling.CALLED_OFF, by=SYSTEM)
    signup.state = "withdrawn"
    signup.save(update_fields=["state"])


def _locked(opening: Opening) -> Opening:
    found = Opening.objects.select_for_update(of=("self",)).select_related("wave", "post__incident")
    return found.filter(pk=opening.pk).first() or _missing()


def _missing() -> NoReturn:
    raise NOT_FOUND.refuse()


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
