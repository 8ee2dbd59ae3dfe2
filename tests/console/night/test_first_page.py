"""The first page while a night is under way: each sees what waits for them, and the page they work on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from turnout.access.domain import grants
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.staffing.domain import callouts, plans, whistles

pytestmark = pytest.mark.django_db


def lines(client):
    return [(thing.what, thing.url) for thing in client.get("/").context["things"]]


def test_whistles_wait_for_those_who_may_answer_them(seen_by, night, call, roles):
    with acting_as(roles["desk"]) as by:
        whistle = whistles.raise_(**call, by=by)
    asked = ("1 个吹哨等答复", reverse("whistle", args=[whistle.pk]))
    assert lines(seen_by("street"))[0] == asked
    assert lines(seen_by("district"))[0] == asked
    assert asked not in lines(seen_by("desk"))
    assert lines(seen_by("desk"))[0] == (night.title, reverse("desks"))
    assert asked not in lines(seen_by("neighbour"))


def test_nobody_elsewhere_hears_of_the_night(seen_by, night, call, roles):
    with acting_as(roles["desk"]) as by:
        whistles.raise_(**call, by=by)
    client = seen_by("elsewhere")
    assert night.title not in client.get("/").content.decode()
    assert [url for _, url in lines(client)] == [reverse("mfa_index")]


def test_a_draft_waits_for_whoever_may_publish_it_and_leads_to_the_board(seen_by, night, make_plan, staff):
    plan = make_plan(staff[:2])
    found = lines(seen_by("district"))
    assert found[0][1] == reverse("plan", args=[plan.pk])
    assert found[1] == (night.title, reverse("board", args=[night.pk]))
    assert reverse("plan", args=[plan.pk]) not in [url for _, url in lines(seen_by("street"))]


def test_a_liaison_reads_how_far_the_own_people_have_answered(
    client, make_user, make_plan, staff, wave, unit, night, roles
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:2]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://x/c/{}".format)
    user = make_user("lianluo")
    with acting_as(SYSTEM):
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    client.force_login(user)
    thing = client.get("/").context["things"][0]
    assert (thing.what, thing.why) == (f"召集了{unit.name} 2 人", "2 人还没有答复。")
    assert thing.url == reverse("unit-list", args=[night.pk, unit.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_many_whistles(seen_by, night, call, roles, count, django_assert_num_queries):
    with acting_as(roles["desk"]) as by:
        for _ in range(count):
            whistles.raise_(**call, by=by)
    client = seen_by("street")
    client.get("/")
    with django_assert_num_queries(16):
        client.get("/")
