"""The pages that say why: for a person, a post, a gap; to whom they open, whom they name, and what can be adopted."""

from datetime import timedelta

import pytest
from django.urls import reverse

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.people.models import Person, Reach
from turnout.staffing.domain import drafts, edits, plans
from turnout.staffing.models import LeftOut, Placement, Post

pytestmark = pytest.mark.django_db

FAR = "110102020001"


@pytest.fixture
def far(night):
    now = clock.now()
    return Post.objects.create(
        incident=night, area_key=key_of(FAR), category="general", seats=1, places_min=1, places=1,
        starts_at=now + timedelta(hours=10), ends_at=now + timedelta(days=3), made_at=now,
    )  # fmt: skip


@pytest.fixture
def drafted(night, post, far, staff, roles):
    """Three places here and one far away for five people: one stays at home."""
    return drafts.draft(incident=night, by=roles["district"])


def placed(plan):
    with acting_as(SYSTEM):
        return dict(Placement.objects.filter(plan=plan).values_list("person_id", "post_id"))


def why(plan, person_id):
    return reverse("plan-why", args=[plan.pk, person_id])


def why_post(plan, post):
    return reverse("plan-why-post", args=[plan.pk, post.pk])


def emptied(plan, post, by):
    """Take somebody off a post of the draft; returns who."""
    with acting_as(by):
        who = Placement.objects.filter(plan=plan, post=post).order_by("person_id").first().person
        edits.take_out(plan=plan, person=who, by=by)
    return who


def test_only_whoever_plans_the_area_opens_the_reasons(drafted, post, seen_by):
    urls = [
        why(drafted, min(placed(drafted))),
        why_post(drafted, post),
        reverse("plan-left-out", args=[drafted.pk]),
    ]
    for who, status in (("elsewhere", 404), ("street", 404), ("desk", 404), ("district", 200), ("city", 200)):
        client = seen_by(who)
        assert [client.get(url).status_code for url in urls] == [status] * 3, who


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("street", 404), ("desk", 404)])
def test_nobody_else_adopts_moves(drafted, post, roles, seen_by, who, status):
    person = emptied(drafted, post, roles["district"])
    before = placed(drafted)
    step = f"{person.pk}::{post.pk}"
    response = seen_by(who).post(reverse("plan-adopt", args=[drafted.pk]), {"step": step})
    assert (response.status_code, placed(drafted)) == (status, before)


def test_a_person_is_explained_with_parts_alternatives_and_rules(drafted, seen_by):
    page = seen_by("district").get(why(drafted, min(placed(drafted)))).context
    assert [words for words, _minutes in page["parts"]]
    assert page["alternatives"]
    assert all(one["way"]["steps"] for one in page["alternatives"])


def test_a_gap_is_filled_by_the_button_beside_its_reason(drafted, post, roles, seen_by):
    emptied(drafted, post, roles["district"])
    client = seen_by("district")
    page = client.get(reverse("plan", args=[drafted.pk]))
    assert why_post(drafted, post) in page.content.decode()
    page = client.get(why_post(drafted, post))
    (way, *_more) = page.context["ways"]
    assert len(way["fields"]) == len(way["steps"])
    response = client.post(reverse("plan-adopt", args=[drafted.pk]), {"step": way["fields"]}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("plan", args=[drafted.pk])
    assert list(placed(drafted).values()).count(post.pk) == 3
    assert client.get(why_post(drafted, post)).context["ways"] == []


def test_moves_of_a_form_that_is_not_ours_are_not_there(drafted, seen_by):
    client = seen_by("district")
    for step in ("x", "a:b:c", "::"):
        assert client.post(reverse("plan-adopt", args=[drafted.pk]), {"step": step}).status_code == 404


def test_somebody_the_reader_may_not_see_has_no_name_and_no_button(drafted, post, roles, seen_by):
    """A person lent by the city, no longer within reach of the district, may still be the cheapest to move."""
    emptied(drafted, post, roles["district"])
    client = seen_by("district")
    (way, *_more) = client.get(why_post(drafted, post)).context["ways"]
    mover = way["fields"][0].split(":")[0]
    with acting_as(SYSTEM):
        name = Person.objects.get(pk=mover).name
        Reach.objects.filter(person_id=mover).delete()
    page = client.get(why_post(drafted, post))
    (way, *_more) = page.context["ways"]
    assert (way["fields"], way["hidden"], way["steps"][0][0]) == ([], True, "别处的一位同志")
    assert name not in page.content.decode()


def test_whoever_stays_at_home_is_listed_with_the_reason_and_explained(drafted, seen_by):
    with acting_as(SYSTEM):
        (out,) = LeftOut.objects.filter(plan=drafted).select_related("person")
    client = seen_by("district")
    url = reverse("plan-left-out", args=[drafted.pk])
    assert out.person.name in client.get(f"{url}?reason={out.reason}").content.decode()
    assert client.get(f"{url}?reason=frozen_home").context["rows"] == []
    page = client.get(why(drafted, out.person_id))
    assert page.context["at"] == "不派"
    assert {one["post"] for one in page.context["alternatives"]} == set(placed(drafted).values())


def test_a_published_plan_is_explained_but_not_changed(drafted, post, roles, seen_by, wave):
    emptied(drafted, post, roles["district"])
    with acting_as(roles["district"]) as by:
        plans.publish(plan=drafted, wave=wave, by=by)
    (way, *_more) = seen_by("district").get(why_post(drafted, post)).context["ways"]
    assert (way["fields"], way["hidden"]) == ([], False)


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_of_a_post_asks_as_often_for_one_as_for_three(
    drafted, post, roles, seen_by, people, django_assert_num_queries
):
    for _ in range(people):
        emptied(drafted, post, roles["district"])
    client = seen_by("district")
    client.get(why_post(drafted, post))  # sets the plan up
    with django_assert_num_queries(20):
        client.get(why_post(drafted, post))
