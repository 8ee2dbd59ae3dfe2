"""A team comes by itself, is led by a stated rule, and its phones are seen on the record only."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from turnout.access.domain import grants
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import persons
from turnout.people.models import Person
from turnout.staffing import cards
from turnout.staffing.domain import callouts, plans, teams
from turnout.staffing.models import CallOut, Desk, Team

from .conftest import COMMUNITY, STREET

pytestmark = pytest.mark.django_db


@pytest.fixture
def liaison(make_user, unit):
    with acting_as(SYSTEM):
        user = make_user("lianluo")
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    return actor_of(user)


@pytest.fixture
def team(make_plan, wave, staff, roles):
    """Three people of one unit at one community."""
    with acting_as(roles["district"]):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=roles["district"])
    return Team.objects.get()


def heads(team):
    team.refresh_from_db()
    with acting_as(SYSTEM):
        names = dict(Person.objects.values_list("pk", "name"))
    return names.get(team.leader_id), names.get(team.deputy_id)


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def answered(name, answer):
    with acting_as(SYSTEM):
        callouts.answer_for(callout=CallOut.objects.get(person__name=name), answer=answer, way="phone", by=SYSTEM)


def change(person, **fields):
    with acting_as(SYSTEM):
        given = {
            "name": person.name, "number": "", "categories": ["general"], "home_key": None, "by": SYSTEM,
        }  # fmt: skip
        persons.edit(person=person, **given | fields)


def test_publishing_makes_one_team_for_each_unit_at_each_community(team, unit):
    assert (team.unit_id, team.area_key) == (unit.pk, key_of(COMMUNITY))
    with acting_as(SYSTEM):
        assert list(CallOut.objects.values_list("team_id", flat=True)) == [team.pk] * 3


def test_who_lives_there_leads_then_a_cadre_then_the_smallest_id(make_plan, wave, staff, roles):
    change(staff[2], categories=["street_cadre"])
    change(staff[3], home_key=key_of(COMMUNITY))
    with acting_as(roles["district"]):
        plans.publish(plan=make_plan(staff[:1] + staff[2:4]), wave=wave, by=roles["district"])
    team = Team.objects.get()
    assert heads(team) == ("孙磊", "赵敏")
    answered("孙磊", "no")
    assert heads(team) == ("赵敏", "李文静")


def test_the_deputy_steps_up_when_the_leader_cannot_come(team):
    first, second = heads(team)
    answered(first, "no")
    assert heads(team)[0] == second


def test_a_team_of_which_nobody_comes_has_no_leader(team, staff):
    for person in staff[:3]:
        answered(person.name, "no")
    assert heads(team) == (None, None)


def test_a_leader_set_by_hand_stays_while_called(team, staff, liaison):
    with acting_as(liaison):
        teams.set_leader(team=team, person_id=staff[2].pk, by=liaison)
    answered(staff[0].name, "no")
    assert heads(team)[0] == "赵敏"


def test_leader_and_deputy_change_places(team, staff, roles):
    by = roles["district"]
    with acting_as(by):
        teams.set_leader(team=team, person_id=staff[0].pk, by=by)
        teams.set_deputy(team=team, person_id=staff[1].pk, by=by)
        teams.set_leader(team=team, person_id=staff[1].pk, by=by)
    assert heads(team) == ("王建国", "李文静")
    with acting_as(by):
        teams.set_deputy(team=team, person_id=staff[1].pk, by=by)
    assert heads(team) == ("李文静", "王建国")


def test_somebody_who_is_not_in_the_team_does_not_lead_it(team, staff, roles):
    by = roles["district"]
    act = lambda: teams.set_leader(team=team, person_id=staff[4].pk, by=by)  # noqa: E731
    assert refused(act, by) == ("team.no_member", 422)


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", None), ("street", None)]
)
def test_who_may_set_up_a_team(team, roles, who, status):
    by, when = roles[who], clock.now() + timedelta(hours=8)
    act = lambda: teams.set_meeting(teams=[team], meet_at="区政府东门", meet_time=when, by=by)  # noqa: E731
    if status:
        assert refused(act, by)[1] == status
    else:
        with acting_as(by):
            act()
        team.refresh_from_db()
        assert (team.meet_at, team.meet_time) == ("区政府东门", when)


def test_a_time_to_assemble_needs_a_place(team, liaison):
    act = lambda: teams.set_meeting(teams=[team], meet_at=" ", meet_time=clock.now(), by=liaison)  # noqa: E731
    assert refused(act, liaison)[0] == "team.meets_nowhere"


def test_a_team_is_marked_as_a_temporary_party_branch(team, liaison):
    with acting_as(liaison):
        assert teams.mark_party_branch(team=team, is_branch=True, by=liaison).party_branch


def test_a_card_says_who_what_when_and_what_to_bring(team, staff, roles, post):
    with acting_as(roles["desk"]):
        teams.set_desk_phone(area_key=team.area_key, phone="010-6355 0000", by=roles["desk"])
        card = cards.card(team.pk, roles["desk"])
    assert [member.name for member in card.members][:2] == [card.leader.name, card.deputy.name]
    assert card.members[0].called_by is None
    assert {member.called_by for member in card.members[1:]} == {card.leader.person_id}
    assert card.desk_phone == "010-6355 0000"
    assert card.bring == ["工作证、手机、充电宝", "保暖衣物、适合走路的鞋", "自己常用的药"]
    assert [duty.people for duty in card.duties] == [3]


def test_a_card_in_english(team, roles):
    with acting_as(roles["desk"]):
        assert cards.card(team.pk, roles["desk"], "en").bring[0] == "work card, phone, power bank"


def test_a_card_takes_the_same_queries_for_one_and_three_people(team, staff, roles, django_assert_num_queries):
    for _ in range(2):
        with acting_as(roles["desk"]), django_assert_num_queries(3):
            cards.card(team.pk, roles["desk"])
        answered(staff[0].name, "no")


def test_each_calls_five(staff):
    people = list(range(12))
    called = cards.callers(people)
    assert [called[n] for n in people] == [None, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]


def test_phones_are_seen_by_who_may_and_every_look_is_logged(team, staff, roles, liaison):
    with acting_as(liaison):
        seen = teams.reveal_phones(team=team, by=liaison)
    assert seen == {person.pk: f"+861380013{n:04}" for n, person in enumerate(staff[:3])}
    with acting_as(SYSTEM):
        looks = AuditRow.objects.filter(verb="person.reveal", actor_id=liaison.id)
        assert set(looks.values_list("object_id", flat=True)) == set(seen)
    for who, status in (("elsewhere", 404), ("neighbour", 404), ("auditor", 403)):
        assert refused(lambda: teams.reveal_phones(team=team, by=roles[who]), roles[who])[1] == status  # noqa: B023


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_a_card_is_for_those_whom_the_team_concerns(team, roles, who, status):
    assert refused(lambda: cards.card(team.pk, roles[who]), roles[who])[1] == status


@pytest.mark.parametrize("phone", ["13x", "1", "办公室 1234", "0" * 21])
def test_what_is_no_office_phone_is_refused(team, roles, phone):
    act = lambda: teams.set_desk_phone(area_key=team.area_key, phone=phone, by=roles["desk"])  # noqa: E731
    assert refused(act, roles["desk"])[0] == "desk.phone_bad"


def test_the_database_keeps_the_promises_of_teams(team):
    with pytest.raises(IntegrityError, match="team_deputy_is_another"), transaction.atomic():
        Team.objects.update(leader_id=team.pk, deputy_id=team.pk)
    with pytest.raises(IntegrityError, match="desk_phone_plain"), transaction.atomic():
        Desk.objects.create(area_key=1, phone="home")


@pytest.fixture
def behind_link(team, staff):
    """A member of the team behind their own bound link: the scope, and the call-out."""
    with acting_as(SYSTEM):
        callout = CallOut.objects.get(person=staff[2])
        token = callouts.issue_link(callout.pk)
    link = callouts.scope_of_link(token)
    with acting_as(link):
        callouts.bind(token=token, browser="b", by=link)
        return link, CallOut.objects.get(pk=callout.pk)


def test_a_street_s_line_stands_in_where_the_community_has_none(team, roles):
    with acting_as(roles["street"]) as by:
        teams.set_desk_phone(area_key=key_of(STREET), phone="010-6300 0000", by=by)
        card = cards.card(team.pk, by)
        assert (card.desk_phone, card.desk_is_street) == ("010-6300 0000", True)
        teams.set_desk_phone(area_key=team.area_key, phone="010-6355 0000", by=by)
        card = cards.card(team.pk, by)
        assert (card.desk_phone, card.desk_is_street) == ("010-6355 0000", False)


def test_a_leader_called_through_the_desk_gives_no_own_number(team, roles, behind_link):
    link, callout = behind_link
    with acting_as(link):
        assert teams.reveal_leader(callout=callout, by=link) != {}
    with acting_as(roles["desk"]) as by:
        assert refused(lambda: teams.set_heads_by_desk(team=team, by_desk=True, by=by), by)[0] == "team.no_desk_line"
        teams.set_desk_phone(area_key=team.area_key, phone="010-6355 0000", by=by)
        assert teams.set_heads_by_desk(team=team, by_desk=True, by=by).heads_by_desk
    with acting_as(SYSTEM):
        before = AuditRow.objects.filter(verb="person.reveal").count()
    with acting_as(link):
        assert teams.reveal_leader(callout=callout, by=link) == {}
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="person.reveal").count() == before


def test_a_line_through_which_teams_are_called_is_not_taken_off(team, roles):
    with acting_as(roles["desk"]) as by:
        teams.set_desk_phone(area_key=team.area_key, phone="010-6355 0000", by=by)
        teams.set_heads_by_desk(team=team, by_desk=True, by=by)
        act = partial(teams.set_desk_phone, area_key=team.area_key, phone="", by=by)
        assert refused(act, by)[0] == "desk.phone_used"
        teams.set_heads_by_desk(team=team, by_desk=False, by=by)
        act()
        assert not Desk.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_who_may_not_set_a_team_up_does_not_hide_its_leader(team, roles, who, status):
    assert refused(lambda: teams.set_heads_by_desk(team=team, by_desk=False, by=roles[who]), roles[who])[1] == status


def test_a_district_has_no_desk(roles):
    act = partial(teams.set_desk_phone, area_key=key_of("110102"), phone="010-6300 0000", by=roles["district"])
    assert refused(act, roles["district"])[1] == 404
