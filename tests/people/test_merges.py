"""Two records of one person: proposed to who sees both, made one, and separated again without a trace."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from tests.people.conftest import DONGCHENG, HOME_EAST, HOME_WEST, XICHENG
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.people import queries, search
from turnout.people.domain import abilities, bookings, merges, persons, proposals
from turnout.people.models import MergeProposal, Person

pytestmark = pytest.mark.django_db
DAY = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 9)]
TABLES = ("person", "skill", "availability", "booking", "reach", "term")


def everything():
    """Every row of people that a merge may touch, column by column."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            id_less = " - 'id'" if table == "reach" else ""
            cursor.execute(f"SELECT to_jsonb(t){id_less} AS row FROM people_{table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


@pytest.fixture
def two(make_unit, make_person, make_user):
    west, east = make_unit("W1"), make_unit("E1", key_of(DONGCHENG))
    keep = make_person(west, "王芳", number="7", work_limits=["no_night"])
    gone = make_person(east, "王芳", phone="13800004567", home_key=HOME_EAST, categories=["police"])
    user = make_user("fang")
    with acting_as(SYSTEM):
        abilities.set_skills(person=keep, skills={"护士": date(2026, 12, 31)}, by=SYSTEM)
        abilities.set_skills(person=gone, skills={"护士": None, "司机": None}, by=SYSTEM)
        abilities.set_availability(person=gone, periods=[(DAY[0], None)], by=SYSTEM)
        abilities.set_ready(person=gone, not_until=date(2026, 3, 9), by=SYSTEM)
        bookings.post(person=gone, starts_at=DAY[1], ends_at=DAY[3], by=SYSTEM)
        persons.link_account(person=gone, user=user, by=SYSTEM)
        gone.refresh_from_db()
    return keep, gone


def merged(two):
    keep, gone = two
    return merges.merge(keep=keep, gone=gone, by=SYSTEM)


def test_the_kept_record_gains_what_it_lacks(two):
    keep, gone = two
    with acting_as(SYSTEM):
        merged(two)
        person = Person.objects.get(pk=keep.pk)
        assert (person.number, person.phone_last4, person.home_key) == ("7", "4567", HOME_EAST)
        assert (person.categories, person.work_limits) == (["health", "police"], ["no_night"])
        assert (person.not_ready_until, person.user.username) == (date(2026, 3, 9), "fang")
        assert persons.reveal_phone(person=person, purpose="correct", by=SYSTEM) == "+8613800004567"
        assert sorted(person.skills.values_list("name", "valid_through")) == [
            ("司机", None),
            ("护士", date(2026, 12, 31)),
        ]
        assert (person.bookings.count(), person.availability.count()) == (1, 1)
        assert Person.objects.get(pk=gone.pk).state == "merged"


def test_an_old_link_leads_to_the_kept_record(two, actor):
    keep, gone = two
    with acting_as(SYSTEM):
        merged(two)
    with acting_as(actor("west", ("dispatcher", XICHENG))):
        assert queries.person(gone.pk).pk == keep.pk


def test_an_old_link_leads_on_after_the_kept_person_has_moved(two, actor, make_unit):
    keep, gone = two
    south = make_unit("S1", key_of("110106"))
    with acting_as(SYSTEM):
        merged(two)
        persons.move_unit(person=keep, unit=south, by=SYSTEM)
    with acting_as(actor("south", ("dispatcher", "110106"))):
        assert queries.person(gone.pk).pk == keep.pk


def test_a_merged_record_is_neither_found_nor_counted(two):
    with acting_as(SYSTEM):
        merged(two)
        assert [p.pk for p in search.search(search.Criteria("wf")).persons] == [two[0].pk]


def test_undo_restores_every_row_exactly(two):
    with acting_as(SYSTEM):
        before = everything()
        done = merged(two)
        assert everything() != before
        merges.undo(merge=done, by=SYSTEM)
        assert everything() == before


def test_undo_is_refused_when_the_kept_record_was_changed_since(two):
    keep, _ = two
    with acting_as(SYSTEM):
        done = merged(two)
        persons.set_limits(person=keep, limits=[], by=SYSTEM)
        keep.refresh_from_db()
        persons.edit(person=keep, name="王芳", number="7", categories=["volunteer"], home_key=None, by=SYSTEM)
        with pytest.raises(Refusal) as refused:
            merges.undo(merge=done, by=SYSTEM)
    assert refused.value.code == "people.merge_changed"


def test_undo_is_refused_when_a_moved_row_is_gone(two):
    keep, _ = two
    with acting_as(SYSTEM):
        done = merged(two)
        abilities.set_skills(person=keep, skills={}, by=SYSTEM)
        with pytest.raises(Refusal) as refused:
            merges.undo(merge=done, by=SYSTEM)
    assert refused.value.code == "people.merge_changed"


def test_a_merge_can_be_undone_once_and_made_again(two):
    with acting_as(SYSTEM):
        done = merged(two)
        merges.undo(merge=done, by=SYSTEM)
        with pytest.raises(Refusal) as refused:
            merges.undo(merge=done, by=SYSTEM)
        assert refused.value.code == "people.merge_over"
        assert merged(two).gone_id == two[1].pk


def test_two_who_are_booked_at_the_same_time_are_not_merged(two):
    keep, _ = two
    with acting_as(SYSTEM):
        bookings.post(person=keep, starts_at=DAY[2], ends_at=DAY[4], by=SYSTEM)
        before = everything()
        with pytest.raises(Refusal) as refused:
            merged(two)
        assert refused.value.code == "people.merge_booked"
        assert everything() == before


def test_a_record_is_not_merged_with_itself_nor_twice(two):
    keep, _ = two
    with acting_as(SYSTEM):
        with pytest.raises(Refusal) as refused:
            merges.merge(keep=keep, gone=keep, by=SYSTEM)
        assert refused.value.code == "people.merge_same"
        merged(two)
        with pytest.raises(Refusal) as refused:
            merged(two)
        assert refused.value.code == "people.person_merged"


def test_only_who_answers_for_both_may_merge(two, actor):
    keep, gone = two
    west = actor("west", ("dispatcher", XICHENG))
    both = actor("both", ("dispatcher", XICHENG), ("dispatcher", DONGCHENG))
    looking = actor("looking", ("desk", XICHENG), ("desk", DONGCHENG))
    for by, status in ((west, 404), (looking, 403)):
        with acting_as(by), pytest.raises(Refusal) as refused:
            merges.merge(keep=keep, gone=gone, by=by)
        assert refused.value.status == status
    with acting_as(both):
        assert merges.merge(keep=keep, gone=gone, by=both).kept_id == keep.pk


def test_the_same_name_in_one_unit_or_one_home_is_proposed_once(make_unit, make_person, actor):
    west, other = make_unit("W1"), make_unit("W2")
    make_person(west, "王芳", number="1")
    make_person(west, "王芳")
    make_person(west, "李伟", number="1b")
    make_person(west, "李伟", number="2b")
    make_person(west, "张敏", home_key=HOME_WEST)
    make_person(other, "张敏", home_key=HOME_WEST)
    by = actor("west", ("dispatcher", XICHENG))
    with acting_as(by):
        assert proposals.look(by=by) == 2
        assert sorted(MergeProposal.objects.values_list("person__name", "reason")) == [
            ("张敏", "name_home"),
            ("王芳", "name_unit"),
        ]
        assert proposals.look(by=by) == 0


def test_a_proposal_is_seen_only_by_who_sees_both(make_unit, make_person, actor):
    west, east = make_unit("W1"), make_unit("E1", key_of(DONGCHENG))
    make_person(west, "王芳", home_key=HOME_WEST)
    make_person(east, "王芳", home_key=HOME_WEST)
    with acting_as(SYSTEM):
        proposals.look(by=SYSTEM)
    seen = {}
    for name, district in (("west", XICHENG), ("east", DONGCHENG)):
        with acting_as(actor(name, ("dispatcher", district))):
            seen[name] = queries.proposals().count()
    assert seen == {"west": 1, "east": 0}


def test_a_claim_says_nothing_and_is_decided_by_who_sees_both_sides(make_unit, make_person, actor):
    west, east = make_unit("W1"), make_unit("E1", key_of(DONGCHENG))
    person = make_person(east, "王芳", phone="13800004567")
    claiming, city = actor("west", ("dispatcher", XICHENG)), actor("city", ("dispatcher", "11"))
    with acting_as(claiming):
        assert proposals.claim(unit=west, phone="13800004567", by=claiming) is None
        assert proposals.claim(unit=west, phone="13900000000", by=claiming) is None
        assert queries.proposals().count() == 0
    with acting_as(actor("east", ("dispatcher", DONGCHENG))):
        assert queries.proposals().count() == 0
    with acting_as(city):
        (open_claim,) = queries.proposals()
        assert (open_claim.person_id, open_claim.claim_unit_id) == (person.pk, west.pk)
        proposals.accept_claim(proposal=open_claim, by=city)
        assert queries.proposals().count() == 0
    with acting_as(claiming):
        assert queries.person(person.pk).unit_id == west.pk


def test_a_dismissed_proposal_does_not_come_back(make_unit, make_person, actor):
    west = make_unit("W1")
    make_person(west, "王芳")
    make_person(west, "王芳")
    by = actor("west", ("dispatcher", XICHENG))
    with acting_as(by):
        proposals.look(by=by)
        (proposal,) = queries.proposals()
        proposals.dismiss(proposal=proposal, by=by)
        assert (proposals.look(by=by), queries.proposals().count()) == (0, 0)
        with pytest.raises(Refusal) as refused:
            proposals.dismiss(proposal=proposal, by=by)
        assert refused.value.code == "people.merge_over"
