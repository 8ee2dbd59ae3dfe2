"""The pages of complaints and suggestions: a community's, the command post's, and the one behind a link."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.console.night.test_called import link, say
from tests.staffing.conftest import COMMUNITY, NEIGHBOUR
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.staffing.domain import remarks
from turnout.staffing.models import Remark

__all__ = ["link"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(night, roles):
    def send(count=1):
        with acting_as(roles["desk"]) as by:
            place = {"incident": night, "area_key": key_of(COMMUNITY), "by": by}
            return [
                remarks.send_as_community(kind="complaint", words=f"第 {n} 件：盒饭凉了", **place) for n in range(count)
            ]

    return send


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", 200), ("district", 200)]
)
def test_who_opens_a_community_s_page(seen_by, night, who, status):
    assert seen_by(who).get(reverse("desk-remarks", args=[night.pk, COMMUNITY])).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("desk", 404), ("street", 404), ("auditor", 403), ("district", 200)]
)
def test_who_opens_the_list_of_the_command_post(seen_by, night, who, status):
    assert seen_by(who).get(reverse("remarks", args=[night.pk])).status_code == status


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 302)])
def test_who_answers(seen_by, said, who, status):
    (one,) = said()
    response = seen_by(who).post(reverse("remark-answer", args=[one.pk]), {"words": "知道了"})
    with acting_as(SYSTEM):
        assert (response.status_code, Remark.objects.get().answer) == (status, "知道了" if status == 302 else "")


def test_a_desk_writes_the_command_post_answers_and_the_desk_reads_it(seen_by, night):
    page = reverse("desk-remarks", args=[night.pk, COMMUNITY])
    desk = seen_by("desk")
    assert page in desk.get(reverse("desk", args=[night.pk, COMMUNITY])).content.decode()
    assert desk.post(page, {"kind": "complaint", "words": "盒饭凉了"})["Location"] == page
    assert "等待回复" in desk.get(page).content.decode()
    district = seen_by("district")
    assert "意见建议 1" in district.get(reverse("incident", args=[night.pk])).content.decode()
    with acting_as(SYSTEM):
        one = Remark.objects.get()
    district.post(reverse("remark-answer", args=[one.pk]), {"words": "换保温箱"})
    text = seen_by("desk").get(page).content.decode()
    assert "换保温箱" in text
    assert "等待回复" not in text


def test_what_is_missing_is_named_and_nothing_typed_is_lost(seen_by, night):
    response = seen_by("desk").post(reverse("desk-remarks", args=[night.pk, COMMUNITY]), {"words": "盒饭凉了"})
    assert response.status_code == 422
    assert "盒饭凉了" in response.content.decode()


def test_the_neighbour_reads_nothing_of_it(seen_by, night, said):
    said()
    assert (
        "盒饭凉了" not in seen_by("neighbour").get(reverse("desk-remarks", args=[night.pk, NEIGHBOUR])).content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many(seen_by, night, said, count, django_assert_num_queries):
    said(count)
    district, address = seen_by("district"), reverse("remarks", args=[night.pk])
    district.get(address)
    with django_assert_num_queries(13):
        assert len(district.get(address).context["lines"]) == count


def test_the_person_called_says_it_behind_the_link_and_reads_the_answer_there(client, link, users):
    assert say(Client(), link, "remark", kind="complaint", remark="路灯不亮").status_code == 403
    say(client, link)
    assert say(client, link, "remark", kind="complaint", remark="路灯不亮").status_code == 302
    assert say(client, link, "remark", kind="complaint", remark=" ").status_code == 422
    with acting_as(SYSTEM) as by:
        remarks.answer(remark=Remark.objects.get(), words="已报修", by=by)
    assert "已报修" in client.get(reverse("called", args=[link])).content.decode()
    post = Client()
    post.force_login(users["district"])
    text = post.get(reverse("remarks", args=[of_night()])).content.decode()
    assert "路灯不亮" in text
    assert [word for word in ("李文静", "李**", "0000") if word in text] == []


def of_night():
    with acting_as(SYSTEM):
        return Remark.objects.get().incident_id
