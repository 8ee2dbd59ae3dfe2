"""The board counts what is there, in one query, for those who may look."""

from datetime import timedelta

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of
from turnout.core.refusals import Refusal
from turnout.staffing.board import Dots, Row, board
from turnout.staffing.domain import callouts, plans
from turnout.staffing.models import CallOut, Post

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
    row = found.rows[0]
    assert (row.code, row.gap, row.mark) == (COMMUNITY, 1, "short")
    assert (found.curve.accepted[-1], found.curve.on_post[-1]) == (2, 1)


def test_too_many_of_one_category_fill_no_gap_of_another(night, roles, post, called):
    now = clock.now()
    Post.objects.create(
        incident=night, area_key=key_of(COMMUNITY), category="health", seats=2, places_min=1, places=2,
        starts_at=now, ends_at=now + timedelta(days=1), made_at=now,
    )  # fmt: skip
    Post.objects.filter(pk=post.pk).update(places=1, seats=1)
    found = seen(night, roles["district"])
    assert (found.sum.needed, found.sum.accepted, found.sum.gap) == (3, 2, 2)
    assert found.categories == {"general": 0, "health": 2}


@pytest.mark.parametrize(
    ("needed", "on_post", "mark"), [(0, 0, "unk"), (2, 2, "ok"), (2, 1, "way"), (3, 0, "short"), (5, 0, "crit")]
)
def test_a_mark_follows_the_gap_and_the_arrivals(needed, on_post, mark):
    accepted = min(needed, 2)
    assert Row("1", "甲", "2", needed, accepted, accepted, on_post, needed - accepted, []).mark == mark


def test_from_how_many_on_a_gap_is_large_is_a_setting(settings):
    row = Row("1", "甲", "2", 4, 2, 2, 0, 2, [])
    settings.TURNOUT_MANY_MISSING = 2
    assert row.mark == "crit"


def test_a_board_of_dots_holds_no_rows_and_every_community(night, roles, post, called):
    with acting_as(roles["district"]) as by:
        found = board(night, WHOLE, by, dots=Dots(0, 0, 1, 1))
    assert (found.rows, sorted(found.dots)) == ([], ["short", "unk"])
    assert found.dots["short"].count("M") + found.dots["unk"].count("M") == found.sum.places == 263


def test_the_version_changes_with_a_figure_and_not_without(night, roles, post, called):
    with clock.at(clock.now()):
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
    by = roles["district"]
    for code in (NEIGHBOUR, f"{STREET}005"):
        with acting_as(by), django_assert_num_queries(1):
            board(night, WHOLE, by)
        now = clock.now()
        Post.objects.create(
            incident=night, area_key=key_of(code), category="general", seats=1, places_min=1, places=1,
            starts_at=now, ends_at=now + timedelta(days=1), made_at=now,
        )  # fmt: skip


def test_the_system_sees_everything(night, post, called):
    assert seen(night, SYSTEM).sum.needed == 3
