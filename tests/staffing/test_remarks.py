"""Complaints and suggestions: heard by the command post, answered, and a responder's kept without a name."""

import pytest
from django.db import IntegrityError, transaction

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.incidents.domain import incidents
from turnout.staffing import remarks as reads
from turnout.staffing.domain import callouts, plans, remarks
from turnout.staffing.models import CallOut, Remark

from .conftest import COMMUNITY, STREET

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(night, roles):
    with acting_as(roles["desk"]) as by:
        return remarks.send_as_community(
            incident=night, area_key=key_of(COMMUNITY), kind="complaint", words="防护服尺码不对", by=by
        )


@pytest.fixture
def behind_link(make_plan, wave, staff, roles):
    """Somebody who was called, behind their own bound link: the scope, and the call-out."""
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format)
    with acting_as(SYSTEM):
        callout = CallOut.objects.get(person=staff[0])
        token = callouts.issue_link(callout.pk)
    link = callouts.scope_of_link(token)
    with acting_as(link):
        callouts.bind(token=token, browser="b", by=link)
        return link, CallOut.objects.get(pk=callout.pk)


def test_a_community_says_what_is_wrong_and_reads_the_answer(said, night, roles):
    with acting_as(roles["district"]) as by:
        assert [one.words for one in reads.of_incident(night)] == ["防护服尺码不对"]
        assert reads.unanswered(night) == 1
        remarks.answer(remark=said, words="22:30 前送到换的", by=by)
        assert reads.unanswered(night) == 0
    with acting_as(roles["desk"]):
        (mine,) = reads.of_community(night, key_of(COMMUNITY))
    assert (mine.answer, mine.answered_by_id) == ("22:30 前送到换的", roles["district"].id)


def test_a_second_tap_is_the_same_remark_and_a_second_answer_takes_the_place_of_the_first(said, night, roles):
    with acting_as(roles["desk"]) as by:
        again = remarks.send_as_community(
            incident=night, area_key=key_of(COMMUNITY), kind="complaint", words=" 防护服尺码不对 ", by=by
        )
    assert again.pk == said.pk
    with acting_as(roles["district"]) as by:
        remarks.answer(remark=said, words="在路上", by=by)
        remarks.answer(remark=said, words="已送到", by=by)
    with acting_as(SYSTEM):
        assert Remark.objects.get().answer == "已送到"


def test_nobody_speaks_for_another_community(night, roles):
    for who in ("neighbour", "elsewhere"):
        with acting_as(roles[who]) as by, pytest.raises(Refusal) as caught:
            remarks.send_as_community(incident=night, area_key=key_of(COMMUNITY), kind="complaint", words="x", by=by)
        assert caught.value.status in (403, 404)
    with acting_as(SYSTEM):
        assert not Remark.objects.exists()


def test_only_the_command_post_answers(said, roles):
    said_by = {}
    for who in ("elsewhere", "neighbour", "desk", "street"):
        with acting_as(roles[who]) as by, pytest.raises(Refusal) as caught:
            remarks.answer(remark=said, words="x", by=by)
        said_by[who] = caught.value.status
    assert said_by == {"elsewhere": 404, "neighbour": 404, "desk": 404, "street": 404}


def test_somebody_who_was_called_is_heard_and_leads_back_to_nobody(behind_link, night, roles, staff):
    link, callout = behind_link
    with acting_as(link):
        made = remarks.send_as_responder(callout=callout, kind="suggestion", words="集合点换到地铁口", by=link)
        assert [one.pk for one in reads.own(callout)] == [made.pk]
    with acting_as(SYSTEM):
        row = Remark.objects.get()
        other = CallOut.objects.get(person=staff[1])
        assert reads.own(other) == []
        assert (row.side, row.area_key) == ("responder", key_of(STREET))
        logged = AuditRow.objects.get(verb="remark.send")
    assert (logged.actor_id, logged.object_id) == (None, row.pk)
    assert [pk for pk in (staff[0].pk, callout.pk) if str(pk) in str(logged.details)] == []


def test_a_link_that_nobody_has_bound_says_nothing(behind_link):
    link, callout = behind_link
    with acting_as(SYSTEM):
        CallOut.objects.filter(pk=callout.pk).update(bound_hash=None)
    with acting_as(link), pytest.raises(Refusal) as caught:
        remarks.send_as_responder(callout=callout, kind="complaint", words="x", by=link)
    assert caught.value.code == "access.not_allowed"


@pytest.mark.parametrize(("kind", "words"), [("praise", "x"), ("complaint", "  "), ("complaint", "x" * 501)])
def test_what_says_nothing_is_refused(night, roles, kind, words):
    with acting_as(roles["desk"]) as by, pytest.raises(Refusal) as caught:
        remarks.send_as_community(incident=night, area_key=key_of(COMMUNITY), kind=kind, words=words, by=by)
    assert caught.value.code == "remark.bad"


def test_ten_wait_and_the_eleventh_is_refused_until_one_is_answered(night, roles):
    def send(n):
        with acting_as(roles["desk"]) as by:
            return remarks.send_as_community(
                incident=night, area_key=key_of(COMMUNITY), kind="complaint", words=f"第 {n} 件", by=by
            )

    first, *_ = [send(n) for n in range(10)]
    with pytest.raises(Refusal) as caught:
        send(10)
    assert caught.value.code == "remark.too_many"
    with acting_as(roles["district"]) as by:
        remarks.answer(remark=first, words="知道了", by=by)
    assert send(10).words == "第 10 件"


def test_after_stand_down_it_is_still_said_and_answered(said, night, roles):
    with acting_as(roles["district"]) as by:
        incidents.stand_down(incident=night, by=by)
        assert remarks.answer(remark=said, words="下次备齐", by=by).answer == "下次备齐"
    with acting_as(roles["desk"]) as by:
        remarks.send_as_community(
            incident=night, area_key=key_of(COMMUNITY), kind="suggestion", words="早点通知", by=by
        )
    with acting_as(SYSTEM):
        assert Remark.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"kind": "praise"}, "remark_kind_known"),
        ({"words": " "}, "remark_says_something"),
        ({"side": "responder"}, "remark_has_a_side"),
        ({"voice": b"x"}, "remark_has_a_side"),
        ({"answer": "x"}, "remark_answered_in_words"),
        ({"answered_at": clock.now()}, "remark_answered_in_words"),
    ],
)
def test_the_database_keeps_the_promises_of_a_remark(night, wrong, name):
    row = {
        "incident": night, "area_key": key_of(COMMUNITY), "side": "community", "kind": "complaint", "words": "x",
        "sent_at": clock.now(),
    }  # fmt: skip
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=name), transaction.atomic():
        Remark.objects.create(**row | wrong)
