"""Whistles on the screen: raised on a phone, answered at a desk; nothing typed is lost."""

import pytest
from django.urls import reverse

from turnout.access.scope import acting_as
from turnout.staffing.domain import whistles
from turnout.staffing.models import Whistle

pytestmark = pytest.mark.django_db

TYPED = {
    "ground": "emergency",
    "kind": "emergency",
    "category": "health",
    "people": "2",
    "arrive": "soon",
    "hours": "8",
    "task": "入户采样登记",
    "otherwise": "明早居民出不了门",
}


@pytest.fixture
def raised(call, roles):
    with acting_as(roles["desk"]):
        return whistles.raise_(**call, by=roles["desk"])


def of(night):
    return reverse("whistles-of", args=[night.pk])


def test_a_desk_raises_a_whistle_from_its_own_community(seen_by, night):
    response = seen_by("desk").post(reverse("whistle-raise", args=[night.pk]), TYPED)
    assert (response.status_code, response["Location"]) == (302, of(night))
    made = Whistle.objects.get()
    assert (made.category, made.people, made.task, made.area_key // 10**6) == (
        "health",
        2,
        "入户采样登记",
        110102007003,
    )


def test_what_is_missing_is_named_and_nothing_typed_is_lost(seen_by, night):
    response = seen_by("desk").post(reverse("whistle-raise", args=[night.pk]), TYPED | {"otherwise": "", "people": "0"})
    text = response.content.decode()
    assert (response.status_code, Whistle.objects.count()) == (422, 0)
    assert "入户采样登记" in text
    assert 'class="errsum"' in text


def test_another_time_must_be_said(seen_by, night):
    response = seen_by("desk").post(reverse("whistle-raise", args=[night.pk]), TYPED | {"arrive": "later"})
    assert response.context["form"].errors.keys() == {"arrive_at"}
    again = TYPED | {"arrive": "later", "arrive_at": "2001-01-01T07:00"}
    assert seen_by("desk").post(reverse("whistle-raise", args=[night.pk]), again).status_code == 422


def test_a_template_of_the_playbook_fills_the_form(seen_by, night):
    response = seen_by("desk").get(reverse("whistle-raise", args=[night.pk]) + "?template=health_on_duty")
    assert response.context["form"].initial["category"] == "health"


def test_the_form_fits_a_phone_s_minute(seen_by, night):
    assert len(seen_by("desk").get(reverse("whistle-raise", args=[night.pk])).content) < 50_000


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("desk", 200), ("auditor", 200), ("district", 200)]
)
def test_who_sees_a_whistle(seen_by, raised, who, status):
    assert seen_by(who).get(reverse("whistle", args=[raised.pk])).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("desk", 403), ("auditor", 403), ("street", 302)]
)
def test_who_approves_a_whistle(seen_by, raised, who, status):
    response = seen_by(who).post(reverse("whistle-approve", args=[raised.pk]), {"people": "2"})
    assert response.status_code == status
    raised.refresh_from_db()
    assert raised.state == ("approved" if status == 302 else "waiting")


def test_nobody_raises_who_may_only_look(seen_by, night):
    assert seen_by("auditor").post(reverse("whistle-raise", args=[night.pk]), TYPED).status_code == 403
    assert seen_by("elsewhere").post(reverse("whistle-raise", args=[night.pk]), TYPED).status_code == 404


def test_more_than_was_asked_for_is_refused_at_the_field(seen_by, raised):
    response = seen_by("street").post(reverse("whistle-approve", args=[raised.pk]), {"people": "9"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["people"])


def test_a_refusal_needs_a_reason(seen_by, raised):
    street = seen_by("street")
    assert street.post(reverse("whistle-refuse", args=[raised.pk]), {"reason": ""}).status_code == 422
    street.post(reverse("whistle-refuse", args=[raised.pk]), {"reason": "本街道已有人在路上"})
    raised.refresh_from_db()
    assert (raised.state, raised.reason) == ("refused", "本街道已有人在路上")


def test_a_whistle_is_split_and_its_parts_wait(seen_by, raised):
    street = seen_by("street")
    assert street.post(reverse("whistle-split", args=[raised.pk]), {"parts": "2, 2"}).status_code == 422
    street.post(reverse("whistle-split", args=[raised.pk]), {"parts": "2，1"})
    assert sorted(Whistle.objects.filter(state="waiting").values_list("people", flat=True)) == [1, 2]


def test_a_whistle_is_merged_into_one_alike(seen_by, raised, call, roles):
    with acting_as(roles["desk"]):
        other = whistles.raise_(**call | {"task": "看护独居老人"}, by=roles["desk"])
    seen_by("street").post(reverse("whistle-merge", args=[raised.pk]), {"into": str(other.pk)})
    other.refresh_from_db()
    assert other.people == 6


def test_passing_up_withdrawing_and_closing_are_posts(seen_by, raised):
    street = seen_by("street")
    assert street.get(reverse("whistle-pass-up", args=[raised.pk])).status_code == 405
    street.post(reverse("whistle-pass-up", args=[raised.pk]))
    raised.refresh_from_db()
    assert raised.level == "district"
    assert street.post(reverse("whistle-approve", args=[raised.pk]), {"people": "3"}).status_code == 403
    assert "district" in seen_by("district").get(reverse("whistle", args=[raised.pk])).context["row"].whistle.level
    seen_by("desk").post(reverse("whistle-withdraw", args=[raised.pk]))
    raised.refresh_from_db()
    assert raised.state == "withdrawn"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_rows(seen_by, night, call, roles, count, django_assert_num_queries):
    with acting_as(roles["desk"]):
        for n in range(count):
            whistles.raise_(**call | {"task": f"第 {n} 件"}, by=roles["desk"])
    desk = seen_by("desk")
    desk.get(of(night))
    with django_assert_num_queries(13):
        assert len(desk.get(of(night)).context["page"]) == count


def test_the_board_of_whistles_says_who_answers_until_when_and_who_is_coming(seen_by, raised, call, night, roles):
    with acting_as(roles["desk"]) as by:
        whistles.raise_(**(call | {"people": 2, "task": "守门"}), by=by)
    with acting_as(roles["street"]) as by:
        whistles.approve(whistle=raised, by=by)
    page = seen_by("street").get(of(night))
    assert [(lane.code, len(lane.rows)) for lane in page.context["lanes"]] == [("street", 1), ("approved", 1)]
    waiting, approved = (lane.rows[0] for lane in page.context["lanes"])
    assert (waiting.decides, waiting.left) == (True, ("wait", "还有 14 分"))
    assert (approved.crew.places, approved.crew.planned) == (3, 0)
    figures = page.context["figures"]
    assert (figures["mine"], figures["waiting"], figures["asked"], figures["granted"]) == (1, 1, 2, 3)
    page = seen_by("desk").get(of(night))
    assert page.context["figures"]["mine"] == 0
