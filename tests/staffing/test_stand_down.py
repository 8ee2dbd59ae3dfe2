"""After stand-down nothing moves in an incident: every verb of staffing refuses, but for letting people go.

The list of verbs is read from the code: one that nobody has thought about fails this file.
"""

import importlib
import inspect
import json
import pkgutil
from datetime import timedelta

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents.domain import incidents
from turnout.notices.channels import known
from turnout.notices.domain import messages
from turnout.people.models import Booking
from turnout.staffing import domain
from turnout.staffing.domain import (
    callouts,
    consents,
    drafts,
    edits,
    feedback,
    openings,
    plans,
    posts,
    returns,
    standins,
    teams,
    waves,
    whistles,
    widening,
)
from turnout.staffing.models import CallOut, Consent, Opening, Plan, Post, SignUp, Team, Wave, Whistle

from .conftest import COMMUNITY

pytestmark = pytest.mark.django_db

OTHERWISE = {
    "callouts.answer_list": "answers row by row; each row refuses by itself",
    "callouts.arrive_list": "each row refuses by itself",
    "callouts.bind": "shows the person that the call is over",
    "callouts.mark_silent": "the body of a job over open waves, and none is open",
    "consents.take_silence": "the body of a job over units whose people are asked, and nobody is",
    "callouts.release": "people are let go after stand-down as well",
    "callouts.require_answerable": "asks for a permission, changes nothing",
    "edits.verdict": "a read",
    "ending.end": "the ending itself",
    "feedback.give_as_caller": "said afterwards",
    "feedback.give_as_responder": "said afterwards",
    "handing_out.hand_out": "a read that stands in the log",
    "openings.move_up_all": "the body of a job over openings, and all are closed",
    "openings.sign_up_by_phone": "an opening that is closed is over",
    "posts.preview": "a read",
    "remarks.answer": "answered afterwards as well",
    "remarks.send_as_community": "said afterwards as well",
    "remarks.send_as_responder": "said afterwards as well",
    "returns.hand_over": "people hand over when they go",
    "returns.note_return": "the unit has its people back afterwards",
    "seats.let_go": "part of an answer; no answer is taken",
    "seats.sweep": "the body of a job over people who are asked, and nobody is",
    "teams.require_at": "asks for a permission, changes nothing",
    "teams.reveal_leader": "a look on the record",
    "teams.reveal_phones": "a look on the record: people who go home may have to be called",
    "teams.set_deputy": "tested with the leader",
    "teams.set_desk_phone": "belongs to the community, not to an incident",
    "telling.tell": "tells people that they are called off",
    "waves.keep_time": "the body of a job over open waves, and none is open",
    "whistles.pass_up_overdue": "the body of a job over waiting whistles, and none waits",
    "widening.preview": "a read",
}


BY_SECRET = {"answer_by_link"}
"""Verbs without a named actor: whoever holds the link acts."""


def verbs():
    """Every public function of staffing's domain that takes a named actor or a secret, as module.name."""
    for module in pkgutil.iter_modules(domain.__path__):
        code = importlib.import_module(f"{domain.__name__}.{module.name}")
        for name, function in vars(code).items():
            ours = inspect.isfunction(function) and function.__module__ == code.__name__
            named = ours and ("by" in inspect.signature(function).parameters or name in BY_SECRET)
            if named and not name.startswith("_"):
                yield f"{module.name}.{name}"


def started(call, night, roles, make_plan, wave, staff, post, version):
    """A night in full swing: its rows by name, and how each verb is called on them."""
    by = roles["city"]
    now = clock.now()
    with acting_as(by):
        first = whistles.raise_(**call, by=by)
        second = whistles.raise_(**call | {"people": 2}, by=by)
        approved = whistles.raise_(**call | {"people": 4}, by=by)
        whistles.approve(whistle=approved, by=by)
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format)
        opening, _ = openings.open_(
            post=Post.objects.get(whistle=approved), wave=wave, places=1, closes_at=now + timedelta(hours=3), by=by
        )
        signup = openings.sign_up(opening=opening, person=staff[3], by=SYSTEM)
        callout = CallOut.objects.get(person=staff[0])
        callouts.arrive(callout=CallOut.objects.get(person=staff[1]), by=by)
        draft = make_plan(staff[:1])
        other = posts.Post.objects.create(
            incident=night, area_key=key_of(COMMUNITY), category="general", seats=1, places_min=1, places=1,
            starts_at=now + timedelta(days=5), ends_at=now + timedelta(days=6), made_at=now,
        )  # fmt: skip
    team = Team.objects.get()
    Consent.objects.create(wave=wave, unit=staff[0].unit, asked_at=now, due_at=now)
    token = _token(callout)
    times = {"arrive_by": now + timedelta(hours=9), "lock_at": now + timedelta(hours=2)}
    return {
        "callouts.ask": lambda: callouts.ask(wave=wave, by=by, channel="file", link=str),
        "callouts.answer_by_link": lambda: callouts.answer_by_link(token=token, browser="b", answer="yes"),
        "callouts.answer_for": lambda: callouts.answer_for(callout=callout, answer="yes", way="phone", by=by),
        "callouts.arrive": lambda: callouts.arrive(callout=callout, by=by),
        "callouts.seen": lambda: callouts.seen(callout=CallOut.objects.get(person=staff[1]), by=by),
        "consents.give": lambda: consents.give(wave=wave, unit=staff[0].unit, by=by),
        "drafts.draft": lambda: drafts.draft(incident=night, by=by),
        "drafts.order": lambda: drafts.order(incident=night, by=by),
        "drafts.keep": lambda: drafts.keep(
            incident=night, area_key=night.area_key, found=None, result=None, seconds=1, by=by
        ),
        "edits.adopt": lambda: edits.adopt(plan=draft, steps=[], by=by),
        "edits.place": lambda: edits.place(plan=draft, person=staff[4], post=post, by=by),
        "edits.take_out": lambda: edits.take_out(plan=draft, person=staff[0], by=by),
        "openings.open_": lambda: openings.open_(
            post=other, wave=wave, places=1, closes_at=now + timedelta(hours=1), by=by
        ),
        "openings.close": lambda: openings.close(opening=opening, by=by),
        "openings.sign_up": lambda: openings.sign_up(opening=opening, person=staff[4], by=SYSTEM),
        "openings.withdraw": lambda: openings.withdraw(signup=signup, by=SYSTEM),
        "plans.publish": lambda: plans.publish(plan=draft, wave=wave, by=by),
        "plans.discard": lambda: plans.discard(plan=draft, by=by),
        "posts.generate": lambda: posts.generate(incident=night, starts_at=now, by=by),
        "posts.switch_playbook": lambda: posts.switch_playbook(
            incident=night, version=version, reason="x", starts_at=now, by=by
        ),
        "posts.fix": lambda: posts.fix(post=other, by=by, duties="x"),
        "posts.cancel": lambda: posts.cancel(post=other, by=by),
        "standins.substitute": lambda: standins.substitute(callout=callout, person=staff[4], by=by),
        "standins.take_back": lambda: standins.take_back(incident=night, unit=staff[0].unit, by=by),
        "teams.set_leader": lambda: teams.set_leader(team=team, person_id=staff[1].pk, by=by),
        "teams.set_meeting": lambda: teams.set_meeting(teams=[team], meet_at="东门", meet_time=None, by=by),
        "teams.mark_party_branch": lambda: teams.mark_party_branch(team=team, is_branch=True, by=by),
        "teams.set_heads_by_desk": lambda: teams.set_heads_by_desk(team=team, by_desk=False, by=by),
        "waves.create": lambda: waves.create(incident=night, closes_at=now + timedelta(hours=9), by=by, **times),
        "waves.set_quota": lambda: waves.set_quota(wave=wave, quotas={(staff[0].unit, night.area_key): 1}, by=by),
        "waves.advance": lambda: waves.advance(wave=wave, to="locked", by=by),
        "whistles.raise_": lambda: whistles.raise_(**call, by=by),
        "whistles.approve": lambda: whistles.approve(whistle=first, by=by),
        "whistles.refuse": lambda: whistles.refuse(whistle=first, reason="x", by=by),
        "whistles.pass_up": lambda: whistles.pass_up(whistle=first, by=by),
        "whistles.withdraw": lambda: whistles.withdraw(whistle=approved, by=by),
        "whistles.merge": lambda: whistles.merge(whistle=first, into=second, by=by),
        "whistles.split": lambda: whistles.split(whistle=first, parts=[1, 2], by=by),
        "whistles.close": lambda: whistles.close(whistle=approved, by=by),
        "widening.widen": lambda: widening.widen(wave=wave, by=by, link=str),
    }  # fmt: skip


def _token(callout):
    with acting_as(SYSTEM):
        return callouts.issue_link(callout.pk)


@pytest.fixture
def acts(call, night, roles, make_plan, wave, staff, post):
    made = started(call, night, roles, make_plan, wave, staff, post, night.playbook)
    with acting_as(roles["city"]) as by:
        incidents.stand_down(incident=night, by=by)
    return made


def test_every_verb_was_thought_about(acts):
    assert sorted(verbs()) == sorted([*acts, *OTHERWISE])


def test_every_verb_refuses_once_the_incident_is_stood_down(acts, roles):
    said = {}
    for name, act in acts.items():
        with acting_as(roles["city"]):
            try:
                act()
            except Refusal as refusal:
                said[name] = refusal.code
            else:
                said[name] = "went through"
    assert {name: code for name, code in said.items() if code != "incident.over"} == {}


def test_whoever_is_on_the_way_is_called_off_and_told_and_free(acts, staff):
    with acting_as(SYSTEM):
        states = dict(CallOut.objects.values_list("person__name", "state"))
        assert states == {"李文静": "withdrawn", "王建国": "on_post", "赵敏": "withdrawn", "孙磊": "withdrawn"}
        assert list(Booking.objects.filter(state="live").values_list("person__name", flat=True)) == ["王建国"]
        assert set(Wave.objects.values_list("state", flat=True)) == {"closed"}
        assert not Whistle.objects.filter(state="waiting").exists()
        assert not Opening.objects.filter(closed_at=None).exists()


def test_who_is_on_post_is_let_go_hands_over_and_says_how_it_went(acts, roles):
    with acting_as(roles["desk"]) as by:
        there = CallOut.objects.get(state="on_post")
        returns.hand_over(callout=there, note="钥匙在门卫处", by=by)
        assert callouts.release(callouts=[there], by=by) == 1
        feedback.give_as_caller(post=there.post, mark="good", by=by)
    with acting_as(SYSTEM) as by:
        assert returns.note_return(callouts_=[there], by=by) == 1
        assert not Booking.objects.filter(state="live").exists()


def test_a_question_that_was_not_out_yet_is_not_asked_any_more(acts, staff, settings, tmp_path):
    """Of three who were to be asked, one stands on post; the two others hear nothing at all."""
    settings.TURNOUT_CHANNELS = {"file": {"directory": str(tmp_path)}}
    known.forget()
    while messages.send_due("file"):
        pass
    known.forget()
    sent = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    assert [letter["to"] for letter in sent] == [str(staff[1].pk)]


def test_plans_and_sign_ups_stay_as_they_were(acts):
    with acting_as(SYSTEM):
        assert sorted(Plan.objects.values_list("state", flat=True)) == ["draft", "published"]
        assert SignUp.objects.count() == 1
