"""What happens to a night when things change under it, or two act at once."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents.domain import incidents
from turnout.notices.domain import messages
from turnout.notices.models import Message
from turnout.people.domain import merges, persons, units
from turnout.people.models import Booking
from turnout.places.domain import closing
from turnout.places.models import Area
from turnout.staffing.domain import callouts, plans, posts, seats, teams, waves, whistles
from turnout.staffing.models import CallOut, Placement, Plan, Post, Team, Whistle

from .conftest import COMMUNITY, NEIGHBOUR, STREET

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_plan, wave, staff, roles):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}/".format)
        return {row.person.name: row for row in CallOut.objects.select_related("person")}


def at_once(*acts):
    """Run acts at the same time, each on its own connection; return what each returned or its refusal's code."""
    gate, done = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            gate.wait()
            done[number] = act()
        except Refusal as refusal:
            done[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def as_(by, act):
    def run():
        with acting_as(by):
            return act()

    return run


@pytest.mark.django_db(transaction=True)
def test_of_two_dispatchers_who_publish_at_once_the_second_is_told(make_plan, wave, staff, roles):
    one, two = make_plan(staff[:2]), make_plan(staff[2:4])
    done = at_once(
        as_(roles["district"], lambda: plans.publish(plan=one, wave=wave, by=roles["district"])),
        as_(roles["city"], lambda: plans.publish(plan=two, wave=wave, by=roles["city"])),
    )
    assert [code for code in done if isinstance(code, str)] == ["plan.stale"]
    assert Plan.objects.filter(state="published").count() == 1
    with acting_as(SYSTEM):
        assert CallOut.objects.filter(state="waiting").count() == 2
        assert Booking.objects.filter(state="live").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_the_whole_and_one_street_published_at_once_nobody_is_called_or_booked_twice(make_plan, wave, staff, roles):
    """The same people on the same post in two drafts: whoever comes second is told, or adds nobody a second time."""
    whole, part = make_plan(staff[:3]), make_plan(staff[1:4])
    done = at_once(
        as_(roles["city"], lambda: plans.publish(plan=whole, wave=wave, by=roles["city"]).called),
        as_(
            roles["district"],
            lambda: plans.publish(plan=part, wave=wave, within=key_of(STREET), by=roles["district"]).called,
        ),
    )
    assert done.count("plan.stale") == 1
    with acting_as(SYSTEM):
        called = list(CallOut.objects.filter(state="waiting").values_list("person_id", flat=True))
        booked = list(Booking.objects.filter(state="live").values_list("person_id", flat=True))
    assert len(called) == len(set(called)) == 3
    assert sorted(booked) == sorted(called)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_yes_to_the_last_place_one_has_it(make_plan, wave, staff, roles, post):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:2]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}/".format)
        first, second = CallOut.objects.all()
    Post.objects.filter(pk=post.pk).update(places=1, seats=1)

    def yes(callout):
        return as_(by, lambda: callouts.answer_for(callout=callout, answer="yes", way="phone", by=by).state)

    done = at_once(yes(first), yes(second))
    assert "yes" in done
    assert set(done) - {"yes"} <= {"callout.filled", "callout.over"}
    with acting_as(SYSTEM):
        seats.sweep(by=SYSTEM)
        assert sorted(CallOut.objects.values_list("state", flat=True)) == ["withdrawn", "yes"]
        assert Booking.objects.filter(state="live").count() == 1


def test_two_whistles_for_one_post_are_one_need_when_merged(call, roles):
    with acting_as(roles["desk"]):
        first = whistles.raise_(**call, by=roles["desk"])
        second = whistles.raise_(**call | {"people": 2, "task": "同一件事，又吹一次"}, by=roles["desk"])
    by = roles["district"]
    with acting_as(by):
        kept = whistles.merge(whistle=second, into=first, by=by)
        made = whistles.approve(whistle=kept, people=3, by=by)
        with pytest.raises(Refusal) as caught:
            whistles.approve(whistle=second, by=by)
    assert (made.places, caught.value.code) == (3, "whistle.decided")
    assert Post.objects.filter(whistle__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_whistle_approved_by_two_at_once_makes_one_post(call, roles):
    with acting_as(roles["desk"]):
        whistle = whistles.raise_(**call, by=roles["desk"])
    done = at_once(
        *(
            as_(roles[who], lambda by=roles[who]: whistles.approve(whistle=whistle, by=by))
            for who in ("district", "city")
        )
    )
    assert "whistle.decided" in done
    assert Post.objects.filter(whistle=whistle).count() == 1


def test_a_person_merged_in_the_middle_of_a_wave_keeps_the_place(asked, staff, unit):
    gone = asked["李文静"]
    with acting_as(SYSTEM):
        team = Team.objects.get()
        teams.set_leader(team=team, person_id=gone.person_id, by=SYSTEM)
        keep = persons.add(unit=unit, name="李文静", number="7", categories=["general"], by=SYSTEM)
        merge = merges.merge(keep=keep, gone=gone.person, by=SYSTEM)
        assert CallOut.objects.get(pk=gone.pk).person_id == keep.pk
        assert Placement.objects.filter(person=keep).count() == 1
        assert Message.objects.filter(person=keep, state="queued").count() == 1
        assert Team.objects.get().leader_id == keep.pk
        assert Booking.objects.get(source_id=gone.pk).person_id == keep.pk
        callouts.answer_for(callout=gone, answer="yes", way="phone", by=SYSTEM)
        merges.undo(merge=merge, by=SYSTEM)
        assert CallOut.objects.get(pk=gone.pk).person_id == gone.person_id
        assert Team.objects.get().leader_id == gone.person_id


def test_two_records_that_are_both_called_are_not_merged(asked):
    with acting_as(SYSTEM), pytest.raises(Refusal) as caught:
        merges.merge(keep=asked["李文静"].person, gone=asked["王建国"].person, by=SYSTEM)
    assert caught.value.code == "people.merge_booked"
    with acting_as(SYSTEM):
        assert CallOut.objects.filter(state="asked").count() == 3


def test_a_community_merged_in_the_middle_of_a_wave_takes_its_posts_and_people_along(asked, night, roles, post, unit):
    by = roles["district"]
    with acting_as(by):
        posts.generate(incident=night, starts_at=clock.now() + timedelta(hours=10), by=by, round_the_clock=False)
    with acting_as(SYSTEM):
        old, new = Area.objects.get(code=COMMUNITY), Area.objects.get(code=NEIGHBOUR)
        closing.close(area=old, successor=new, by=SYSTEM)
        assert set(CallOut.objects.values_list("area_key", flat=True)) == {key_of(NEIGHBOUR)}
        assert Team.objects.get().area_key == key_of(NEIGHBOUR)
        assert not Post.objects.filter(area_key=key_of(COMMUNITY)).exists()
        assert Post.objects.get(pk=post.pk).state == "open"
    with acting_as(roles["neighbour"]):
        row = CallOut.objects.first()
        assert callouts.arrive(callout=row, by=roles["neighbour"]).state == "on_post"


def test_a_unit_renamed_in_the_middle_of_a_wave_is_the_same_unit(asked, unit, roles):
    with acting_as(SYSTEM):
        units.edit(unit=unit, code="W1", name="区统计和数据局", area_key=unit.area_key, by=SYSTEM)
    with acting_as(roles["district"]):
        row = callouts.answer_for(callout=asked["李文静"], answer="yes", way="phone", by=roles["district"])
        assert row.person.unit.name == "区统计和数据局"


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_asking_forgets_nobody_and_asks_nobody_twice(
    make_plan, wave, staff, roles, monkeypatch
):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
    write, batches = messages.write, []

    def dies(drafts, **rest):
        batches.append(len(drafts))
        if len(batches) == 2:
            raise SystemExit
        return write(drafts, **rest)

    def ask():
        return callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}/".format, limit=1)

    monkeypatch.setattr(messages, "write", dies)
    with pytest.raises(SystemExit):
        ask()
    monkeypatch.setattr(messages, "write", write)
    with acting_as(SYSTEM):
        assert CallOut.objects.filter(state="asked").count() == Message.objects.count() == 1
    assert ask() == 2
    with acting_as(SYSTEM):
        assert set(CallOut.objects.values_list("state", flat=True)) == {"asked"}
        told = Message.objects.filter(state="queued").values_list("about_id", flat=True)
        assert sorted(told) == sorted(CallOut.objects.values_list("pk", flat=True))


def test_when_everybody_declines_every_place_is_free_and_nobody_leads(asked):
    with acting_as(SYSTEM):
        for row in asked.values():
            callouts.answer_for(callout=row, answer="no", way="phone", by=SYSTEM)
        assert not Booking.objects.filter(state="live").exists()
        assert Team.objects.get().leader_id is None


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_jumps_loses_no_answer(asked, wave, hours):
    """Answers at a wrong hour stand; nobody counts as silent because the clock was wrong for a while."""
    with clock.at(clock.now() + timedelta(hours=hours)), acting_as(SYSTEM):
        callouts.answer_for(callout=asked["李文静"], answer="yes", way="phone", by=SYSTEM)
    with acting_as(SYSTEM):
        assert callouts.answer_for(callout=asked["王建国"], answer="yes", way="phone", by=SYSTEM).state == "yes"
        assert callouts.mark_silent(wave=wave, by=SYSTEM, asked_before=clock.now() - timedelta(minutes=20)) == 0
        assert CallOut.objects.filter(state="yes").count() == 2


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_jumps_passes_no_whistle_up_twice(call, roles, hours):
    with acting_as(roles["desk"]):
        whistle = whistles.raise_(**call, by=roles["desk"])
    with clock.at(clock.now() + timedelta(hours=hours)), acting_as(SYSTEM):
        whistles.pass_up_overdue(by=SYSTEM)
        whistles.pass_up_overdue(by=SYSTEM)
    with acting_as(SYSTEM):
        whistles.pass_up_overdue(by=SYSTEM)
    assert Whistle.objects.get(pk=whistle.pk).level == ("street" if hours < 0 else "district")


def until_somebody_waits():
    """Return once another session of this database waits for a row that this one holds."""
    for _ in range(2_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody came to wait")


def one_while_the_other(first, second):
    """Run `first` to its end but not yet committed, let `second` run into it, and return what became of both."""
    began = threading.Event()

    def held():
        with acting_as(first[0]):
            made = first[1]()
            began.set()
            until_somebody_waits()
        return made

    def late():
        began.wait()
        with acting_as(second[0]):
            return second[1]()

    return at_once(held, late)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["arrival", "stand_down"])
def test_of_an_arrival_and_the_stand_down_at_once_the_first_holds(asked, night, roles, first):
    """Who arrives first stays booked there until let go, and is not called off; who comes second is told it is over."""
    row = asked["李文静"]
    arrival = roles["desk"], lambda: callouts.arrive(callout=row, by=roles["desk"]).state
    over = roles["city"], lambda: incidents.stand_down(incident=night, by=roles["city"]).status
    if first == "arrival":
        assert one_while_the_other(arrival, over) == ["on_post", "stood_down"]
    else:
        assert one_while_the_other(over, arrival) == ["stood_down", "callout.over"]
    with acting_as(SYSTEM):
        booked = list(Booking.objects.filter(state="live").values_list("source_id", flat=True))
        assert CallOut.objects.get(pk=row.pk).state == ("on_post" if first == "arrival" else "withdrawn")
        assert booked == ([row.pk] if first == "arrival" else [])
        assert set(CallOut.objects.exclude(pk=row.pk).values_list("state", flat=True)) == {"withdrawn"}
    if first == "arrival":
        with acting_as(roles["desk"]):
            assert callouts.release(callouts=[row], by=roles["desk"]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_whistle_sent_twice_at_once_is_one_whistle(call, roles):
    """A thumb that taps twice on a slow line."""
    by = roles["desk"]
    done = at_once(*[as_(by, lambda: whistles.raise_(**call, by=by).pk)] * 2)
    assert done[0] == done[1] == Whistle.objects.get().pk


def test_the_link_of_a_person_merged_in_the_middle_of_a_wave_still_opens_and_answers(asked, unit):
    gone = asked["李文静"]
    with acting_as(SYSTEM):
        token = callouts.issue_link(gone.pk)
        keep = persons.add(unit=unit, name="李文静", number="7", phone="13900009999", categories=["general"], by=SYSTEM)
        merges.merge(keep=keep, gone=gone.person, by=SYSTEM)
    with acting_as(callouts.scope_of_link(token)):
        opened = callouts.open_link(token=token, browser="b")
        assert (opened.callout.person_id, opened.callout.person.name) == (keep.pk, "李文静")
    assert callouts.answer_by_link(token=token, browser="b", answer="yes").state == "yes"


def test_a_wave_that_a_wrong_clock_locked_is_opened_again_and_takes_answers(asked, wave, roles):
    """Twelve hours too far for a minute: everybody counts as silent. Once the clock is right the wave goes on."""
    with clock.at(clock.now() + timedelta(hours=12, minutes=5)), acting_as(SYSTEM):
        assert waves.keep_time(by=SYSTEM) == (1, 1)
        assert waves.keep_time(by=SYSTEM) == (0, 0)
    by = roles["district"]
    with acting_as(by):
        assert set(CallOut.objects.values_list("state", flat=True)) == {"silent"}
        assert waves.advance(wave=wave, to="open", by=by).state == "open"
        row = callouts.answer_for(callout=asked["李文静"], answer="yes", way="phone", by=by)
    with acting_as(SYSTEM):
        assert row.state == "yes"
        assert Booking.objects.get(state="live").source_id == row.pk
        assert waves.keep_time(by=SYSTEM) == (0, 0)


def test_a_wave_whose_time_is_over_is_not_opened_again(asked, wave, roles):
    by = roles["district"]
    with clock.at(wave.lock_at), acting_as(by):
        waves.keep_time(by=SYSTEM)
        with pytest.raises(Refusal) as caught:
            waves.advance(wave=wave, to="open", by=by)
    assert caught.value.code == "wave.order"
