"""Teams on the screen and on paper: who may see and set them up, phones on the record only, who calls whom."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.staffing.conftest import COMMUNITY, NEIGHBOUR
from turnout.access.domain import grants
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.people.models import Person
from turnout.staffing.domain import plans, teams, waves
from turnout.staffing.models import Placement, Post, Team

pytestmark = pytest.mark.django_db

PAGES = ("team", "team-card")


@pytest.fixture
def team(make_plan, wave, staff, roles):
    """Three people of one unit at one community."""
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
    return Team.objects.get()


@pytest.fixture
def liaison(make_user, unit, client):
    user = make_user("lianluo")
    with acting_as(SYSTEM):
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    client.force_login(user)
    return client


def reveals():
    with acting_as(SYSTEM):
        return AuditRow.objects.filter(verb="person.reveal").count()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", 200), ("district", 200)]
)
def test_who_sees_a_team(seen_by, team, page, who, status):
    assert seen_by(who).get(reverse(page, args=[team.pk])).status_code == status


@pytest.mark.parametrize(("who", "count"), [("elsewhere", None), ("neighbour", 0), ("desk", 1), ("district", 1)])
def test_a_list_holds_the_teams_somebody_sees(seen_by, night, team, who, count):
    response = seen_by(who).get(reverse("teams", args=[night.pk]))
    assert (len(response.context["rows"]) if response.status_code == 200 else None) == count


def test_a_liaison_sees_the_own_team(liaison, night, team):
    (row,) = liaison.get(reverse("teams", args=[night.pk])).context["rows"]
    assert (row["team"], row["team"].called) == (team, 3)


@pytest.mark.parametrize("page", PAGES)
def test_phones_are_shown_by_a_post_and_on_the_record_only(seen_by, team, page):
    desk, address = seen_by("desk"), reverse(page, args=[team.pk])
    assert "138 0013 0000" not in desk.get(address).content.decode()
    assert reveals() == 0
    assert "138 0013 0000" in desk.post(address).content.decode()
    assert reveals() == 3


def test_who_may_not_see_phones_gets_none(seen_by, team):
    assert seen_by("auditor").post(reverse("team-card", args=[team.pk])).status_code == 403
    assert reveals() == 0


def test_a_team_is_set_up_in_one_form(liaison, team, staff):
    address = reverse("team-edit", args=[team.pk])
    typed = {
        "leader": staff[2].pk, "deputy": staff[0].pk, "meet_at": "东门", "meet_time": "2031-01-02T05:20",
        "party_branch": "on",
    }  # fmt: skip
    assert liaison.post(address, typed)["Location"] == reverse("team", args=[team.pk])
    team.refresh_from_db()
    assert (team.leader_id, team.deputy_id, team.meet_at, team.party_branch) == (
        staff[2].pk, staff[0].pk, "东门", True,
    )  # fmt: skip


def test_a_form_with_mistakes_keeps_what_was_typed(liaison, team, staff):
    address = reverse("team-edit", args=[team.pk])
    same = liaison.post(address, {"leader": staff[0].pk, "deputy": staff[0].pk})
    assert (same.status_code, list(same.context["form"].errors)) == (422, ["deputy"])
    nowhere = liaison.post(address, {"leader": staff[0].pk, "meet_time": "2031-01-02T05:20"})
    assert list(nowhere.context["form"].errors) == ["meet_at"]
    assert "2031-01-02T05:20" in nowhere.content.decode()


def test_the_tree_of_calls_holds_everybody_once_under_the_leader(seen_by, team):
    (top,) = seen_by("desk").get(reverse("team", args=[team.pk])).context["tree"]
    assert (top.line.member.person_id, len(top.calls)) == (team.leader_id, 2)


@pytest.mark.parametrize(("page", "queries"), [("team", 12), ("team-card", 12)])
@pytest.mark.parametrize("count", [1, 3])
def test_a_team_asks_the_same_however_many_people(
    seen_by, make_plan, wave, staff, roles, page, queries, count, django_assert_num_queries
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:count]), wave=wave, by=by)
    desk, address = seen_by("desk"), reverse(page, args=[Team.objects.get().pk])
    desk.get(address)
    with django_assert_num_queries(queries):
        assert len(desk.get(address).context["lines"]) == count


@pytest.fixture
def two_teams(team, make_plan, night, wave, staff, roles):
    """The team above, and one of the same unit at the community next door."""
    now = clock.now()
    other = Post.objects.create(
        incident=night, area_key=key_of(NEIGHBOUR), category="general", seats=1, places_min=1, places=1,
        starts_at=now + timedelta(hours=10), ends_at=now + timedelta(days=3), made_at=now,
    )  # fmt: skip
    with acting_as(roles["district"]) as by:
        plan = make_plan(staff[:3])
        make_plan(staff[3:4], on=other)
        Placement.objects.filter(plan__number=plan.number + 1).update(plan=plan)
        plans.publish(plan=plan, wave=wave, by=by)
    return list(Team.objects.order_by("area_key"))


def meeting(night, **typed):
    return reverse("teams-meet", args=[night.pk]), {"meet_at": "区政府东门", "meet_time": "2026-11-29T05:20"} | typed


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("auditor", 403), ("neighbour", 404), ("desk", 200), ("district", 200)]
)
def test_who_sets_an_assembly_point_for_several(seen_by, night, team, who, status):
    assert seen_by(who).get(reverse("teams-meet", args=[night.pk])).status_code == status


def test_several_teams_get_one_assembly_point(seen_by, night, two_teams):
    address, typed = meeting(night, teams=[str(team.pk) for team in two_teams])
    district = seen_by("district")
    assert address in district.get(reverse("teams", args=[night.pk])).content.decode()
    assert district.get(address).content.decode().count("checked") == 2
    assert district.post(address, typed)["Location"] == reverse("teams", args=[night.pk])
    assert set(Team.objects.values_list("meet_at", flat=True)) == {"区政府东门"}
    assert "原定 05:20 区政府东门" in district.get(address).content.decode()


def test_a_team_that_is_not_ticked_keeps_its_own(seen_by, night, two_teams):
    address, typed = meeting(night, teams=[str(two_teams[0].pk)])
    seen_by("district").post(address, typed)
    assert list(Team.objects.order_by("area_key").values_list("meet_at", flat=True)) == ["区政府东门", ""]


def test_nobody_ticks_a_team_of_somebody_else(seen_by, night, two_teams):
    """A desk is offered its own team, and no other is taken from a page that was made up."""
    address, typed = meeting(night, teams=[str(team.pk) for team in two_teams])
    desk = seen_by("desk")
    assert desk.get(address).content.decode().count("checked") == 1
    assert desk.post(address, typed).status_code == 422
    assert set(Team.objects.values_list("meet_at", flat=True)) == {""}


def test_teams_are_narrowed_by_area_and_wave(seen_by, night, two_teams, wave, roles):
    address = reverse("teams-meet", args=[night.pk])
    district = seen_by("district")

    def offered(query):
        return len(district.get(address + query).context["form"].fields["teams"].choices)

    assert [offered(query) for query in ("", f"?area={NEIGHBOUR}", "?wave=1", "?wave=2", "?wave=x")] == [2, 1, 2, 2, 2]
    with acting_as(roles["district"]) as by:
        times = {"arrive_by": wave.arrive_by, "lock_at": wave.lock_at, "closes_at": wave.closes_at}
        waves.create(incident=night, by=by, **times)
    assert [offered(query) for query in ("?wave=1", "?wave=2")] == [2, 0]


def test_a_time_without_a_place_is_named_at_its_field(seen_by, night, two_teams):
    address, typed = meeting(night, teams=[str(two_teams[0].pk)], meet_at="")
    response = seen_by("district").post(address, typed)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["meet_at"])


def test_offering_one_and_two_teams_asks_the_same(seen_by, night, two_teams, django_assert_num_queries):
    district, address = seen_by("district"), reverse("teams-meet", args=[night.pk])
    district.get(address)
    for query, count in ((f"?area={NEIGHBOUR}", 1), ("?area=110102007000", 2)):
        with django_assert_num_queries(14):
            assert len(district.get(address + query).context["form"].fields["teams"].choices) == count


def test_setting_one_and_two_teams_takes_the_same_queries(night, two_teams, roles, django_assert_num_queries):
    for some in (two_teams[:1], two_teams):
        with acting_as(roles["district"]) as by, django_assert_num_queries(5):
            teams.set_meeting(teams=some, meet_at="东门", meet_time=None, by=by)


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("elsewhere", COMMUNITY, 404), ("neighbour", COMMUNITY, 404), ("auditor", COMMUNITY, 403),
        ("street", "110102010000", 404), ("street", "110102000000", 404), ("district", "110102000000", 404),
        ("desk", COMMUNITY, 200), ("street", "110102007000", 200),
    ],
)  # fmt: skip
def test_who_writes_an_office_number_down(seen_by, team, who, code, status):
    assert seen_by(who).get(reverse("desk-phone", args=[code])).status_code == status


def test_the_office_number_stands_where_the_leader_s_own_is_not_given(seen_by, night, team):
    desk = seen_by("desk")
    edit, card = reverse("team-edit", args=[team.pk]), reverse("team-card", args=[team.pk])
    typed = {"leader": str(team.leader_id), "heads_by_desk": "on"}
    assert "heads_by_desk" in desk.post(edit, typed).context["form"].errors
    desk.post(reverse("desk-phone", args=[COMMUNITY]), {"phone": "010-6355 9999"})
    assert "010-6355 9999" in desk.get(reverse("desk", args=[night.pk, COMMUNITY])).content.decode()
    assert desk.post(edit, typed).status_code == 302
    paper = desk.post(card).content.decode()
    with acting_as(SYSTEM):
        leader = Person.objects.get(pk=team.leader_id)
    assert "010-6355 9999" in paper
    assert paper.count("由办公电话转接") == 2
    assert leader.phone_last4 not in paper.replace(f"尾号 {leader.phone_last4}", "")


def test_a_number_that_is_none_is_named_at_its_field(seen_by, team):
    response = seen_by("desk").post(reverse("desk-phone", args=[COMMUNITY]), {"phone": "值班室"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["phone"])
