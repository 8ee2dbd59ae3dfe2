"""The command post on the screen: incidents, levels, posts with their arithmetic, waves, plans with their proof."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.staffing.conftest import COMMUNITY
from turnout import sheets
from turnout.access.scope import acting_as
from turnout.console.presenters import command as presenters
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.incidents import playbook as files
from turnout.incidents.domain import incidents, playbooks, retention
from turnout.incidents.models import Incident, LevelMark
from turnout.staffing.domain import forgetting, plans
from turnout.staffing.models import CallOut, Gap, Plan, Post, Wave

pytestmark = pytest.mark.django_db


def at(hours):
    return timezone.localtime(clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def plan(make_plan, staff, post):
    made = make_plan(staff[:2])
    Plan.objects.update(bound_minutes=9, proof_gap=0.1)
    Gap.objects.create(
        plan=made, post=post, area_key=post.area_key, missing_min=0, missing=1, reason="none_in_category",
        nearest_fix="call_more::1",
    )  # fmt: skip
    return made


PAGES = ("incident", "incident-mark", "incident-switch", "incident-posts", "wave-add")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 200)])
def test_who_opens_the_pages_of_an_incident(seen_by, night, page, who, status):
    assert seen_by(who).get(reverse(page, args=[night.pk])).status_code == status


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 200)])
def test_who_sees_a_plan(seen_by, plan, who, status):
    assert seen_by(who).get(reverse("plan", args=[plan.pk])).status_code == status


def test_an_incident_is_opened_over_an_area(seen_by, xicheng):
    with acting_as(SYSTEM):
        flood = playbooks.publish(text=files.shipped()["flood"], by=SYSTEM)
    typed = {"title": "西城防汛", "area": "110102000000", "playbook": str(flood.pk), "drill": "on"}
    response = seen_by("district").post(reverse("incident-open"), typed)
    made = Incident.objects.get()
    assert (response["Location"], made.title, made.drill) == (reverse("incident", args=[made.pk]), "西城防汛", True)
    again = seen_by("district").post(reverse("incident-open"), typed)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["area"])


def test_a_level_is_marked_and_ended(seen_by, night):
    district = seen_by("district")
    district.post(reverse("incident-mark", args=[night.pk]), {"area": COMMUNITY, "level": "sealed"})
    mark = LevelMark.objects.get()
    assert (mark.area_key, mark.level) == (key_of(COMMUNITY), "sealed")
    district.post(reverse("incident-unmark", args=[night.pk, mark.pk]))
    mark.refresh_from_db()
    assert mark.ends_at is not None


def test_rules_are_switched_with_their_difference_shown(seen_by, night):
    text = (
        files.shipped()["epidemic"].replace("version = 2", "version = 3").replace("residents = 350", "residents = 300")
    )
    with acting_as(SYSTEM):
        second = playbooks.publish(text=text, by=SYSTEM)
    address = reverse("incident-switch", args=[night.pk])
    (other,) = seen_by("district").get(address).context["others"]
    assert [(one.before, one.after) for one in other["changes"]] == [(350, 300)]
    seen_by("district").post(address, {"playbook": str(second.pk), "reason": "新规定"})
    night.refresh_from_db()
    assert night.playbook_id == second.pk


def test_posts_are_made_after_their_arithmetic_was_shown(seen_by, night):
    address = reverse("incident-posts", args=[night.pk])
    rows = seen_by("district").get(address + "?hours=12").context["rows"]
    assert {row.people_per_seat for row, _ in rows} == {4}
    assert Post.objects.count() == 0
    seen_by("district").post(address, {"starts_at": at(8), "hours": "12", "neighbours": "1"})
    assert Post.objects.filter(state="open").count() > 0


def test_a_wave_is_added_and_opened_in_order(seen_by, night):
    district = seen_by("district")
    times = {"lock_at": at(4), "arrive_by": at(8), "closes_at": at(9)}
    district.post(reverse("wave-add", args=[night.pk]), times)
    wave = Wave.objects.get()
    assert district.post(reverse("wave-advance", args=[wave.pk]), {"to": "closed"}).status_code == 409
    district.post(reverse("wave-advance", args=[wave.pk]), {"to": "open"})
    wave.refresh_from_db()
    assert wave.state == "open"
    wrong = district.post(reverse("wave-add", args=[night.pk]), times | {"arrive_by": at(2)})
    assert list(wrong.context["form"].errors) == ["lock_at"]


def test_a_draft_is_queued_once_and_found_again(seen_by, night, post):
    district = seen_by("district")
    for _ in range(2):
        district.post(reverse("plan-draft", args=[night.pk]))
    assert ProcrastinateJob.objects.filter(task_name="staffing.draft_plan").count() == 1
    assert district.get(reverse("incident", args=[night.pk])).context["drafting"] == "todo"


def test_nothing_is_drafted_without_posts(seen_by, night):
    assert seen_by("district").post(reverse("plan-draft", args=[night.pk])).status_code == 409


def test_a_plan_says_its_proof_its_gaps_and_what_changes(seen_by, plan):
    response = seen_by("district").get(reverse("plan", args=[plan.pk]))
    proof = response.context["proof"]
    assert (proof["objective"], proof["bound"], proof["saving"]) == (10, 9, 1)
    assert [(group["missing"], group["fixable"]) for group in response.context["groups"]] == [(1, 1)]
    assert [place["missing"] for place in response.context["places"]] == [1]
    assert response.context["changes"] is None


def test_a_plan_says_who_changes_against_the_version_in_force(seen_by, plan, wave, make_plan, staff, post, roles):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=plan, wave=wave, by=by)
    later = make_plan([staff[1], staff[2]])
    changes = seen_by("district").get(reverse("plan", args=[later.pk])).context["changes"]
    counts = changes.counts
    assert (counts.against, counts.added, counts.off, counts.moved, counts.same) == (1, 1, 1, 0, 1)
    assert sorted((change.name, change.what) for change in changes.listed) == [("李文静", "off"), ("赵敏", "added")]


def test_a_plan_says_why_somebody_stands_there(seen_by, plan, staff):
    page = seen_by("district").get(reverse("plan", args=[plan.pk]), {"person": str(staff[1].pk)})
    chosen = page.context["chosen"]
    assert (chosen["person"].name, chosen["facts"].mates, chosen["facts"].paired) == ("王建国", 1, False)
    assert ("路程", "与本类人员平均相同", "12 分") in chosen["why"]
    left_out = seen_by("district").get(reverse("plan", args=[plan.pk]), {"person": str(staff[4].pk)})
    assert left_out.context["chosen"] is None


def test_somebody_is_put_elsewhere_by_hand_and_the_checker_says_what_it_costs(seen_by, plan, staff, post):
    now = clock.now()
    other = Post.objects.create(
        incident=plan.incident, area_key=key_of("110102007004"), category="general", seats=1, places_min=1, places=1,
        starts_at=post.starts_at, ends_at=post.ends_at, made_at=now,
    )  # fmt: skip
    address = reverse("plan-place", args=[plan.pk, staff[0].pk])
    assert seen_by("desk").get(address).status_code == 404
    district = seen_by("district")
    response = district.post(address, {"post": str(other.pk)}, follow=True)
    assert "手工" in response.content.decode()
    with acting_as(SYSTEM):
        assert plan.placements.get(person=staff[0]).post_id == other.pk
    district.post(reverse("plan-take-out", args=[plan.pk, staff[0].pk]))
    with acting_as(SYSTEM):
        assert not plan.placements.filter(person=staff[0]).exists()


def test_a_plan_is_published_for_one_street(seen_by, plan, wave, post):
    address = reverse("plan-publish", args=[plan.pk])
    street = post.area_key // 10**9 * 10**9
    assert seen_by("district").post(address, {"wave": str(wave.pk), "within": str(street)}).status_code == 302
    assert Plan.objects.get().state == "partly"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 200)])
def test_a_plan_leaves_the_screen_on_the_record_without_phones(seen_by, plan, who, status):
    response = seen_by(who).post(reverse("plan-sheet", args=[plan.pk]))
    assert response.status_code == status
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="plan.hand_out").count() == (status == 200)
    if status == 200:
        people, gaps = sheets.open_bytes("plan.xlsx", response.content).grids
        assert (len(people.rows), len(gaps.rows)) == (3, 2)
        assert "13800130000" not in str(people.rows)


@pytest.mark.parametrize("count", [1, 3])
def test_a_plan_asks_the_same_however_many_people_change(
    seen_by, plan, wave, make_plan, staff, roles, count, django_assert_num_queries
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=plan, wave=wave, by=by)
    address = reverse("plan", args=[make_plan(staff[2 : 2 + count]).pk])
    district = seen_by("district")
    district.get(address)
    with django_assert_num_queries(24):
        assert district.get(address).context["changes"].counts.added == count


def test_publishing_calls_people_and_a_second_time_is_refused(seen_by, plan, wave):
    district = seen_by("district")
    address = reverse("plan-publish", args=[plan.pk])
    assert district.get(address).status_code == 200
    assert Plan.objects.get().state == "draft"
    district.post(address, {"wave": str(wave.pk)})
    with acting_as(SYSTEM):
        assert (Plan.objects.get().state, CallOut.objects.count()) == ("published", 2)
    assert district.post(address, {"wave": str(wave.pk)}).status_code == 422


def test_a_draft_is_thrown_away_by_a_post_only(seen_by, plan):
    address = reverse("plan-discard", args=[plan.pk])
    assert seen_by("district").get(address).status_code == 405
    seen_by("district").post(address)
    assert Plan.objects.get().state == "discarded"


def test_people_are_asked_by_a_job(seen_by, wave):
    seen_by("district").post(reverse("wave-ask", args=[wave.pk]))
    job = ProcrastinateJob.objects.get(task_name="staffing.ask_wave")
    assert (job.args["wave_id"], job.args["channel"], job.args["address"]) == (
        str(wave.pk), "sms", "http://testserver/c/",
    )  # fmt: skip
    assert seen_by("elsewhere").post(reverse("wave-ask", args=[wave.pk])).status_code == 404


def test_standing_down_ends_everything(seen_by, night):
    seen_by("district").post(reverse("incident-stand-down", args=[night.pk]))
    night.refresh_from_db()
    assert night.status == "stood_down"
    assert seen_by("district").post(reverse("plan-draft", args=[night.pk])).status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_an_incident_asks_the_same_however_many_plans(
    seen_by, night, make_plan, staff, count, django_assert_num_queries
):
    for _ in range(count):
        make_plan(staff[:1])
    district = seen_by("district")
    address = reverse("incident", args=[night.pk])
    district.get(address)
    with django_assert_num_queries(23):
        assert len(district.get(address).context["plans"]) == count


def test_every_table_of_the_purge_stands_on_the_certificate_s_page_once():
    told = [table for _, tables in presenters.DELETED for table in tables]
    assert sorted(told) == sorted(table for table, _ in forgetting.STEPS)


def test_after_stand_down_the_page_says_until_when_people_are_known_and_then_shows_the_certificate(
    seen_by, night, plan, wave, roles
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=plan, wave=wave, by=by)
        incidents.stand_down(incident=night, by=by)
    page = reverse("incident", args=[night.pk])
    assert "到期自动删除" in seen_by("district").get(page).content.decode()
    with clock.at(clock.now() + timedelta(days=91)), acting_as(SYSTEM):
        retention.purge_due(by=SYSTEM)
    shown = seen_by("district").get(page).content.decode()
    assert "删除证明与签署时一致" in shown
    assert "通知了谁" in shown
