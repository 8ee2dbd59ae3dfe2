"""Nobody is booked twice; a shift lies inside a posting or says why not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.people.conftest import DONGCHENG, HOME_EAST, XICHENG
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.refusals import Refusal
from turnout.people.domain import bookings, persons
from turnout.people.models import Booking

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def person(make_unit, make_person):
    return make_person(make_unit(), home_key=HOME_EAST)


@pytest.fixture(autouse=True)
def _as_system(db):
    with acting_as(SYSTEM):
        yield


def post(person, start, end, by=SYSTEM):
    return bookings.post(person=person, starts_at=START + start * HOUR, ends_at=START + end * HOUR, by=by)


def shift(person, start, end, **fields):
    return bookings.shift(
        person=person, starts_at=START + start * HOUR, ends_at=START + end * HOUR, by=SYSTEM, **fields
    )


def refused(verb, *args, **fields):
    with pytest.raises(Refusal) as caught:
        verb(*args, **fields)
    return caught.value.code


def test_two_postings_may_touch_but_not_overlap(person):
    post(person, 0, 8)
    assert refused(post, person, 7, 9) == "people.booked_already"
    assert post(person, 8, 9).state == "live"


def test_a_shift_lies_inside_its_posting(person):
    posting = post(person, 0, 8)
    assert shift(person, 0, 8).posting_id == posting.pk
    assert refused(shift, person, 8, 9) == "people.shift_outside"
    assert refused(shift, person, 7, 9) == "people.shift_outside"


def test_a_shift_outside_says_why_with_a_word_of_the_list(person):
    assert refused(shift, person, 0, 8, outside="because") == "people.outside_unknown"
    assert shift(person, 0, 8, outside="own_community").outside == "own_community"


def test_a_reason_is_dropped_when_a_posting_covers_the_shift(person):
    posting = post(person, 0, 8)
    booked = shift(person, 1, 2, outside="handover")
    assert (booked.posting_id, booked.outside) == (posting.pk, "")


def test_two_shifts_do_not_overlap(person):
    post(person, 0, 8)
    shift(person, 0, 4)
    assert refused(shift, person, 3, 5) == "people.booked_already"


def test_a_cancelled_posting_gives_the_time_back_once_its_shifts_are_cancelled(person):
    posting = post(person, 0, 8)
    within = shift(person, 0, 4)
    assert refused(bookings.cancel, booking=posting, by=SYSTEM) == "people.shifts_left"
    bookings.cancel(booking=within, by=SYSTEM)
    assert bookings.cancel(booking=posting, by=SYSTEM).state == "cancelled"
    assert bookings.cancel(booking=posting, by=SYSTEM).state == "cancelled"
    assert post(person, 0, 8).state == "live"


def test_a_booking_ends_earlier_or_later_but_never_past_what_holds_it(person):
    posting = post(person, 0, 8)
    within = shift(person, 0, 4)
    post(person, 10, 12)
    assert refused(bookings.end, booking=posting, at=START + 3 * HOUR, by=SYSTEM) == "people.shifts_left"
    assert refused(bookings.end, booking=posting, at=START + 11 * HOUR, by=SYSTEM) == "people.booked_already"
    assert refused(bookings.end, booking=posting, at=START, by=SYSTEM) == "people.period_backwards"
    assert refused(bookings.end, booking=within, at=START + 9 * HOUR, by=SYSTEM) == "people.shift_outside"
    assert bookings.end(booking=within, at=START + 5 * HOUR, by=SYSTEM).ends_at == START + 5 * HOUR
    assert bookings.end(booking=posting, at=START + 10 * HOUR, by=SYSTEM).ends_at == START + 10 * HOUR


def test_a_period_that_ends_before_it_starts_is_refused(person):
    assert refused(post, person, 2, 1) == "people.period_backwards"
    assert refused(post, person, 2, 2) == "people.period_backwards"


def test_who_left_is_not_booked_and_who_is_booked_does_not_leave(person):
    later = datetime(2199, 1, 1, tzinfo=UTC)
    booked = bookings.post(person=person, starts_at=START, ends_at=later, by=SYSTEM)
    assert refused(persons.leave, person=person, by=SYSTEM) == "people.person_booked"
    bookings.cancel(booking=booked, by=SYSTEM)
    persons.leave(person=person, by=SYSTEM)
    assert refused(post, person, 0, 1) == "people.person_left"


def test_who_cannot_see_the_person_gets_404_who_may_not_book_403(person, actor):
    for by, status in (
        (actor("elsewhere", ("dispatcher", "110106")), 404),
        (actor("desk", ("desk", XICHENG)), 403),
    ):
        with acting_as(by), pytest.raises(Refusal) as caught:
            post(person, 0, 1, by=by)
        assert caught.value.status == status
    at_home = actor("home", ("dispatcher", DONGCHENG))
    with acting_as(at_home):
        assert post(person, 0, 1, by=at_home).state == "live"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("booking_layer_known", {"layer": "holiday"}),
        ("booking_state_known", {"state": "maybe"}),
        ("booking_ends_after_start", {"ends_at": START}),
        ("booking_shift_in_posting_or_why", {"layer": "shift"}),
        ("booking_shift_in_posting_or_why", {"outside": "handover"}),
        ("booking_once_at_a_time", {}),
    ],
)
def test_the_database_keeps_each_promise(person, name, fields):
    post(person, 0, 8)
    row = {"layer": "posting", "starts_at": START, "ends_at": START + HOUR, "state": "live"} | fields
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Booking.objects.create(person=person, **row)
