"""The board counts what is there, in one query, for those who may look."""

import pytest

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of
from turnout.core.refusals import Refusal
from turnout.staffing.board import board
from turnout.staffing.domain import callouts, plans
from turnout.staffing.models import CallOut

from .conftest import COMMUNITY, NEIGHBOUR, STREET

pytestmark = pytest.mark.django_db

WHOLE = range_of("110102")


def seen(night, by, within=WHOLE, category=""):
    with acting_as(by):
        return board(night, within, by, category)


@pytest.fixture
def called(make_plan, wave, staff, roles):
    with acting_as(roles["district"]):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=roles["district"])
        first, second, _ = CallOut.objects.order_by("person__name")
        callouts.answer_for(callout=first, answer="yes", way="phone", by=roles["district"])
        callouts.arrive(callout=first, by=roles["district"])
        callouts.answer_for(callout=second, answer="yes", way="phone", by=roles["district"])


def test_figures_follow_the_call_outs(night, roles, post, called):
    found = seen(night, roles["district"])
    assert (found.sum.needed, found.sum.planned, found.sum.accepted, found.sum.on_post, found.sum.gap) == (
        3,
        3,
        2,
        1,
        1,
    )
    ((row,),) = [street.rows for street in found.streets]
    assert (row.code, row.gap) == (COMMUNITY, 1)


def test_the_version_changes_with_a_figure_and_not_without(night, roles, post, called):
    first = seen(night, roles["district"]).version
    assert seen(night, roles["district"]).version == first
    with acting_as(roles["district"]):
        third = CallOut.objects.get(state="waiting")
        callouts.answer_for(callout=third, answer="yes", way="phone", by=roles["district"])
    assert seen(night, roles["district"]).version != first


def test_a_category_narrows_the_figures(night, roles, post, called):
    assert seen(night, roles["district"], category="health").sum.needed == 0
    assert seen(night, roles["district"], category="general").sum.needed == 3


def test_a_community_sees_its_own_row_and_is_told_of_no_other(night, roles, post, called):
    assert seen(night, roles["desk"], range_of(COMMUNITY)).sum.on_post == 1
    with acting_as(roles["desk"]), pytest.raises(Refusal) as caught:
        board(night, range_of(NEIGHBOUR), roles["desk"])
    assert caught.value.status == 404


def test_one_and_three_communities_take_one_query(night, roles, post, called, django_assert_num_queries):
    from datetime import timedelta

    from turnout.core import clock
    from turnout.staffing.models import Post

    by = roles["district"]
    for code in (NEIGHBOUR, f"{STREET}005"):
        with acting_as(by), django_assert_num_queries(1):
            board(night, WHOLE, by)
        now = clock.now()
        Post.objects.create(
            incident=night, area_key=key_of(code), category="general", seats=1, places_min=1, places=1,
            starts_at=now, ends_at=now + timedelta(days=1), made_at=now,
        )  # fmt: skip


def test_the_page_answers_304_to_who_has_the_newest_figures(client, night, roles, post, called):
    from turnout.access.models import User

    client.force_login(User.objects.get(pk=roles["district"].id))
    page = client.get(f"/board/{night.pk}/")
    assert page.status_code == 200
    fresh = client.get(f"/board/{night.pk}/", headers={"HX-Request": "true"})
    tag = fresh.headers["ETag"]
    again = client.get(f"/board/{night.pk}/", headers={"HX-Request": "true", "If-None-Match": tag})
    assert (fresh.status_code, again.status_code, again.content) == (200, 304, b"")


def test_the_only_board_opens_by_itself(client, night, roles):
    from turnout.access.models import User

    client.force_login(User.objects.get(pk=roles["desk"].id))
    assert client.get("/board/").url == f"/board/{night.pk}/"
    assert client.get(f"/board/{night.pk}/").status_code == 200
    assert client.get(f"/board/{night.pk}/?area=110102007004").status_code == 404


def test_the_system_sees_everything(night, post, called):
    assert seen(night, SYSTEM).sum.needed == 3
