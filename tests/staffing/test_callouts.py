"""Links that cannot be guessed, forwarded or opened by a scanner to any effect; answers that count once."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from turnout.access.queries import actor_of
from turnout.access.scope import NoScope, acting_as, behind_secret
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.ids import new_id
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.notices.channels import known
from turnout.notices.domain import messages
from turnout.notices.models import Message
from turnout.people.models import Booking, Person
from turnout.staffing.domain import callouts, locked, plans, waves, whistles
from turnout.staffing.models import CallOut

pytestmark = pytest.mark.django_db

MINE, OTHER = "browser-one", "browser-two"


@pytest.fixture
def out(settings, tmp_path):
    settings.TURNOUT_CHANNELS = {"file": {"directory": str(tmp_path)}}
    known.forget()
    yield tmp_path
    known.forget()


@pytest.fixture
def asked(make_plan, wave, staff, roles, out):
    """Three people asked; returns their tokens by name, as they stand in the messages."""
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format)
    messages.send_due("file")
    sent = {row["to"]: row["text"] for row in (json.loads(path.read_text()) for path in out.glob("*.json"))}
    return {person.name: re.search(r"https://t/(\S+)", sent[str(person.pk)])[1] for person in staff[:3]}


def answer(token, reply="yes", browser=MINE, **rest):
    return callouts.answer_by_link(token=token, browser=browser, answer=reply, **rest)


def code_of(act):
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_everybody_is_asked_once(asked, wave, roles):
    with acting_as(roles["district"]):
        assert callouts.ask(wave=wave, by=roles["district"], channel="file", link=str) == 0
    with acting_as(SYSTEM):
        assert Message.objects.count() == 3
        assert set(CallOut.objects.values_list("state", flat=True)) == {"asked"}


def test_opening_a_link_changes_nothing(asked):
    token = asked["李文静"]
    by = callouts.scope_of_link(token)
    for _ in range(3):
        with acting_as(by):
            opened = callouts.open_link(token=token, browser=MINE)
    assert (opened.callout.state, opened.known, opened.callout.bound_hash) == ("asked", False, None)


def test_the_first_browser_binds_the_link_and_may_change_its_mind(asked):
    token = asked["李文静"]
    assert answer(token, "yes").state == "yes"
    changed = answer(token, "no", reason="family")
    assert (changed.state, changed.decline_reason) == ("no", "family")
    with acting_as(callouts.scope_of_link(token)):
        assert callouts.open_link(token=token, browser=MINE).known
        assert not callouts.open_link(token=token, browser=OTHER).known


def test_the_same_answer_again_is_acknowledged_and_counted_once(asked):
    token = asked["李文静"]
    first = answer(token, "yes").answered_at
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert answer(token, "yes").answered_at == first


def test_another_browser_needs_the_last_four_digits(asked):
    token = asked["王建国"]
    answer(token)
    assert code_of(lambda: answer(token, "no", OTHER)) == "callout.other_browser"
    assert code_of(lambda: answer(token, "no", OTHER, last4="9999")) == "callout.other_browser"
    assert answer(token, "no", OTHER, last4="0001").state == "no"


def test_five_wrong_tries_lock_other_browsers_out_and_not_the_first(asked):
    token = asked["王建国"]
    answer(token)
    for _ in range(callouts.TRIES):
        assert code_of(lambda: answer(token, "no", OTHER, last4="9999")) == "callout.other_browser"
        callouts.count_try(token=token)
    assert code_of(lambda: answer(token, "no", OTHER, last4="0001")) == "callout.link_locked"
    assert answer(token, "later").state == "later"


@pytest.mark.parametrize("token", ["", "x" * 43, "../admin"])
def test_a_forged_link_is_not_valid(asked, token):
    assert code_of(lambda: answer(token)) == "callout.link_over"


def test_a_link_ends_with_its_wave(asked):
    with clock.at(clock.now() + timedelta(hours=13)):
        assert code_of(lambda: answer(asked["李文静"])) == "callout.link_over"


def test_answers_lock_before_people_arrive(asked):
    with clock.at(clock.now() + timedelta(hours=5)):
        assert code_of(lambda: answer(asked["李文静"])) == "callout.locked"


def test_only_the_hash_of_a_link_is_kept(asked):
    with acting_as(SYSTEM):
        stored = [bytes(value) for value in CallOut.objects.values_list("token_hash", flat=True)]
        left = Message.objects.exclude(body=None).count()
    assert all(token.encode() not in value for token in asked.values() for value in stored)
    assert left == 0


def test_a_link_sees_its_own_unit_only(asked, staff):
    with acting_as(callouts.scope_of_link(asked["李文静"])):
        assert set(Person.objects.values_list("unit__code", flat=True)) == {"W1"}


@pytest.mark.parametrize("reply", ["maybe", ""])
def test_an_answer_nobody_knows_is_refused(asked, reply):
    assert code_of(lambda: answer(asked["李文静"], reply)) == "callout.answer_unknown"


def test_a_liaison_answers_for_the_own_list_and_for_nobody_else(asked, make_user, roles, unit):
    with acting_as(SYSTEM):
        callout = CallOut.objects.get(person__name="李文静")
    by = roles["elsewhere"]
    with acting_as(by):
        assert code_of(lambda: callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)) == (
            "access.not_found"
        )
    by = roles["desk"]
    with acting_as(by):
        assert code_of(lambda: callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)) == (
            "access.not_allowed"
        )
    by = roles["district"]
    with acting_as(by):
        assert callouts.answer_for(callout=callout, answer="yes", way="phone", by=by).answered_by == "phone"


def test_arriving_is_marked_by_the_community_once(asked, roles):
    by = roles["desk"]
    with acting_as(by):
        callout = CallOut.objects.get(person__name="李文静")
        first = callouts.arrive(callout=callout, by=by).arrived_at
        assert callouts.arrive(callout=callout, by=by).arrived_at == first
    with acting_as(roles["neighbour"]):
        assert code_of(lambda: callouts.arrive(callout=callout, by=roles["neighbour"])) == "access.not_found"


def test_a_list_of_arrivals_takes_the_same_queries_for_one_and_three_people(asked, roles, django_assert_num_queries):
    by = roles["desk"]
    with acting_as(by):
        ids = list(CallOut.objects.values_list("pk", flat=True))
        for some in (ids[:1], ids):
            with django_assert_num_queries(5):  # two of them are the savepoint
                assert len(callouts.arrive_list(callout_ids=some, by=by).kept) == len(some)
        assert set(CallOut.objects.values_list("state", flat=True)) == {"on_post"}
        assert AuditRow.objects.filter(verb="callout.arrive").count() == 3


def test_a_row_that_cannot_arrive_leaves_the_rest_of_the_list(asked, roles):
    with acting_as(SYSTEM):
        gone, *rest = CallOut.objects.order_by("id")
        CallOut.objects.filter(pk=gone.pk).update(state="withdrawn")
    by, nobody = roles["desk"], new_id()
    with acting_as(by):
        listed = callouts.arrive_list(callout_ids=[nobody, gone.pk, *(one.pk for one in rest)], by=by)
    assert {pk: refusal.code for pk, refusal in listed.refused} == {
        nobody: "access.not_found", gone.pk: "callout.over",
    }  # fmt: skip
    assert [one.pk for one in listed.kept] == [one.pk for one in rest]


def test_whoever_holds_a_link_sees_the_own_unit_and_nothing_after_it(asked):
    params = [locked.link_hash(asked["李文静"]), False, [], []]
    with behind_secret("staffing_behind(%s, %s, %s::text[], %s::text[])", params) as (actor, row):
        assert actor.scope == ((row[0], row[0] + 1),)
        assert set(Person.objects.values_list("unit__code", flat=True)) == {"W1"}
    with pytest.raises(NoScope):
        Person.objects.count()


def test_released_people_are_free_and_out_of_sight(asked, roles):
    by = roles["desk"]
    with acting_as(by):
        for callout in CallOut.objects.all():
            callouts.arrive(callout=callout, by=by)
        assert callouts.release(callouts=list(CallOut.objects.all()), by=by) == 3
    with acting_as(SYSTEM):
        assert not Booking.objects.filter(state="live").exists()
    with acting_as(by):
        assert Person.objects.count() == 0


def test_who_never_answers_is_counted_and_free_again(asked, wave, roles):
    answer(asked["李文静"], "yes")
    with acting_as(roles["district"]):
        assert callouts.mark_silent(wave=wave, by=roles["district"]) == 2
    with acting_as(SYSTEM):
        assert Booking.objects.filter(state="live").count() == 1


def test_nobody_is_asked_before_the_wave_is_open(make_plan, night, staff, roles):
    by, now = roles["district"], clock.now()
    with acting_as(by):
        closed = waves.create(
            incident=night, arrive_by=now + timedelta(hours=9), lock_at=now + timedelta(hours=1),
            closes_at=now + timedelta(hours=9), by=by,
        )  # fmt: skip
        plans.publish(plan=make_plan(staff[:1]), wave=closed, by=by)
        assert code_of(lambda: callouts.ask(wave=closed, by=by, channel="file", link=str)) == "wave.not_open"


def test_a_withdrawn_whistle_calls_people_off(call, roles, make_plan, wave, staff):
    with acting_as(roles["desk"]):
        whistle = whistles.raise_(**call, by=roles["desk"])
    with acting_as(roles["district"]):
        post = whistles.approve(whistle=whistle, by=roles["district"])
        plans.publish(plan=make_plan(staff[:2], on=post), wave=wave, by=roles["district"])
    with acting_as(roles["desk"]):
        whistles.withdraw(whistle=whistle, by=roles["desk"])
    with acting_as(SYSTEM):
        assert set(CallOut.objects.values_list("state", flat=True)) == {"withdrawn"}
        assert not Booking.objects.filter(state="live").exists()


def test_the_unit_s_liaison_sees_the_own_call_outs(asked, make_user, unit):
    from turnout.access.domain import grants

    with acting_as(SYSTEM):
        user = make_user("lianluo")
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    liaison = actor_of(user)
    with acting_as(liaison):
        assert CallOut.objects.count() == 3
        callout = CallOut.objects.first()
        assert callouts.answer_for(callout=callout, answer="yes", way="liaison", by=liaison).state == "yes"


@pytest.mark.parametrize(
    ("promise", "broken"),
    [
        ("callout_state_known", {"state": "x"}),
        ("callout_reason_known", {"decline_reason": "diagnosis"}),
        ("callout_answer_has_a_time", {"state": "yes"}),
        ("callout_on_post_has_a_time", {"state": "on_post"}),
        ("callout_released_has_a_time", {"state": "released"}),
    ],
)
def test_the_database_keeps_the_promises_of_a_call_out(asked, promise, broken):
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        CallOut.objects.update(**broken)


def test_nobody_has_two_live_call_outs_in_one_incident(asked):
    with acting_as(SYSTEM):
        callout = CallOut.objects.first()
        callout.pk, callout.token_hash = None, None
        callout._state.adding = True
        from turnout.core.ids import new_id

        callout.pk = new_id()
        with pytest.raises(IntegrityError, match="callout_one_live"), transaction.atomic():
            callout.save(force_insert=True)
