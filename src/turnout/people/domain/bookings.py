"""Taking people's time. Every app that posts people or gives them shifts books here, so that nobody is booked twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from turnout.core import audit
from turnout.core.actors import NOT_FOUND, Actor
from turnout.people import refusals
from turnout.people.domain.breaks import refusing
from turnout.people.models import Booking, Person
from turnout.people.permissions import locked_person, require_sight
from turnout.people.states import OUTSIDE_POSTING

_ONCE = {"booking_once_at_a_time": refusals.BOOKED_ALREADY}


@transaction.atomic
def post(
    *,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    source_kind: str = "",
    source_id: UUID | None = None,
) -> Booking:
    """Book a posting: the half-open time in which a person serves away from the own desk."""
    return _book(person, "posting", starts_at, ends_at, by, source_kind=source_kind, source_id=source_id)


@transaction.atomic
def shift(
    *,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    outside: str = "",
    source_kind: str = "",
    source_id: UUID | None = None,
) -> Booking:
    """Book a shift. It lies inside one live posting of the person, or `outside` says why it does not."""
    if outside and outside not in OUTSIDE_POSTING:
        raise refusals.OUTSIDE_UNKNOWN.refuse()
    locked_person(person)
    posting = Booking.objects.select_for_update().filter(
        person=person, layer="posting", state="live", starts_at__lte=starts_at, ends_at__gte=ends_at
    )
    within = posting.first()
    if within is None and not outside:
        raise refusals.SHIFT_OUTSIDE.refuse()
    return _book(
        person, "shift", starts_at, ends_at, by,
        posting=within, outside="" if within else outside, source_kind=source_kind, source_id=source_id,
    )  # fmt: skip


@transaction.atomic
def cancel(*, booking: Booking, by: Actor) -> Booking:
    """Give the time back. A posting with live shifts keeps it until they are cancelled; twice changes nothing."""
    booking = _locked(booking, by)
    if booking.state == "cancelled":
        return booking
    _refuse_shifts(booking.shifts.filter(state="live"))
    booking.state = "cancelled"
    booking.save(update_fields=["state"])
    _log("booking.cancel", booking, by)
    return booking


@transaction.atomic
def end(*, booking: Booking, at: datetime, by: Actor) -> Booking:
    """Shorten or extend a booking to another end. Its shifts stay inside, and it inside its posting."""
    booking = _locked(booking, by)
    if booking.state == "cancelled":
        raise refusals.BOOKING_OVER.refuse()
    if at <= booking.starts_at:
        raise refusals.PERIOD_BACKWARDS.refuse()
    _refuse_shifts(booking.shifts.filter(state="live", ends_at__gt=at))
    if booking.posting_id and Booking.objects.get(pk=booking.posting_id).ends_at < at:
        raise refusals.SHIFT_OUTSIDE.refuse()
    booking.ends_at = at
    with refusing(_ONCE):
        booking.save(update_fields=["ends_at"])
    _log("booking.end", booking, by)
    return booking


def _book(
    person: Person, layer: str, starts_at: datetime, ends_at: datetime, by: Actor,
    *, posting: Booking | None = None, outside: str = "", source_kind: str, source_id: UUID | None,
) -> Booking:  # fmt: skip
    person = locked_person(person)
    require_sight(by, "person.edit", person)
    if person.state == "left":
        raise refusals.PERSON_LEFT.refuse()
    if starts_at >= ends_at:
        raise refusals.PERIOD_BACKWARDS.refuse()
    booking = Booking(
        person=person, layer=layer, starts_at=starts_at, ends_at=ends_at, posting=posting, outside=outside,
        source_kind=source_kind, source_id=source_id,
    )  # fmt: skip
    with refusing(_ONCE):
        booking.save(force_insert=True)
    _log(f"booking.{'post' if layer == 'posting' else 'shift'}", booking, by)
    return booking


def _locked(booking: Booking, by: Actor) -> Booking:
    """Lock the person first and the booking second, as booking does: two at once never wait for each other."""
    person = Person.objects.select_for_update().filter(pk=booking.person_id).first()
    fresh = Booking.objects.select_for_update().filter(pk=booking.pk).first()
    if person is None or fresh is None:
        raise NOT_FOUND.refuse()
    require_sight(by, "person.edit", person)
    return fresh


def _refuse_shifts(shifts: Iterable[Booking]) -> None:
    count = len(list(shifts))
    if count:
        raise refusals.SHIFTS_LEFT.refuse(count=count)


def _log(verb: str, booking: Booking, by: Actor) -> None:
    area_key = Person.objects.values_list("unit__area_key", flat=True).get(pk=booking.person_id)
    audit.record(verb, by=by, of=booking, area_key=area_key, details={"person": booking.person_id})
