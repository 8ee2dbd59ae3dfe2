"""A draft is edited by hand and judged at once; published whole or street by street; two versions side by side."""

from datetime import timedelta

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of_key
from turnout.core.refusals import Refusal
from turnout.people.domain import persons
from turnout.staffing import versions
from turnout.staffing.board import board
from turnout.staffing.domain import callouts, drafts, edits, plans
from turnout.staffing.models import CallOut, Gap, LeftOut, Placement, Plan, PlanPart, Post

from .conftest import STREET

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


def rows(plan):
    with acting_as(SYSTEM):
        return {row.person.name: row for row in Placement.objects.filter(plan=plan).select_related("person")}


def left_out(plan):
    with acting_as(SYSTEM):
        return dict(LeftOut.objects.filter(plan=plan).values_list("person__name", "reason"))


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def at(post, plan):
    return sorted(name for name, row in rows(plan).items() if row.post_id == post.pk)


def person_of(plan, post):
    with acting_as(SYSTEM):
        return Placement.objects.filter(plan=plan, post=post).first().person


def test_taking_somebody_out_leaves_a_gap_and_costs_what_it_costs(drafted, post, roles):
    by, person = roles["district"], person_of(drafted, post)
    with acting_as(by):
        said = edits.take_out(plan=drafted, person=person, by=by)
    assert said.broken == ()
    assert said.more > 0
    drafted.refresh_from_db()
    assert (drafted.placed, drafted.objective_minutes) == (3, said.objective_minutes)
    assert left_out(drafted)[person.name] == "by_hand"
    assert list(Gap.objects.filter(plan=drafted).values_list("missing", "reason")) == [(1, "by_hand")]


def test_putting_somebody_back_costs_what_the_draft_did(drafted, post, roles):
    by, person, before = roles["district"], person_of(drafted, post), drafted.objective_minutes
    with acting_as(by):
        edits.take_out(plan=drafted, person=person, by=by)
        said = edits.place(plan=drafted, person=person, post=post, by=by)
    assert said.objective_minutes == before
    row = rows(drafted)[person.name]
    assert (row.by_hand, row.reason) == (True, "by_hand")
    assert row.cost_minutes > 0
    assert not Gap.objects.filter(plan=drafted).exists()


def test_moving_somebody_is_one_step(drafted, post, far, roles):
    by, person = roles["district"], person_of(drafted, post)
    with acting_as(by):
        edits.take_out(plan=drafted, person=person_of(drafted, far), by=by)
        edits.place(plan=drafted, person=person, post=far, by=by)
    assert at(far, drafted) == [person.name]
    assert Gap.objects.get(plan=drafted).post_id == post.pk


def test_a_broken_rule_is_named_and_the_hand_goes_first(drafted, post, roles):
    by, person = roles["district"], person_of(drafted, post)
    with acting_as(SYSTEM):
        persons.set_limits(person=person, limits=["no_suit"], by=SYSTEM)
        Post.objects.filter(pk=post.pk).update(excludes=["no_suit"])
    with acting_as(by):
        said = edits.verdict(plan=drafted, by=by)
    assert [(rule, subject) for rule, subject, _ in said.broken] == [("work_limit", str(person.pk))]


def test_somebody_who_left_since_is_named(drafted, post, roles):
    by, person = roles["district"], person_of(drafted, post)
    with acting_as(SYSTEM):
        persons.leave(person=person, by=SYSTEM)
    with acting_as(by):
        assert [(rule, who) for rule, who, _ in edits.verdict(plan=drafted, by=by).broken] == [
            ("not_available", str(person.pk))
        ]


def test_a_full_post_takes_nobody_else(drafted, post, far, roles):
    by = roles["district"]
    act = lambda: edits.place(plan=drafted, person=person_of(drafted, far), post=post, by=by)  # noqa: E731
    assert refused(act, by)[0] == "post.no_place"


def test_what_was_published_is_not_edited(drafted, post, wave, roles):
    by, person = roles["district"], person_of(drafted, post)
    with acting_as(by):
        plans.publish(plan=drafted, wave=wave, by=by)
    assert refused(lambda: edits.take_out(plan=drafted, person=person, by=by), by)[0] == "plan.not_draft"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403)])
def test_who_does_not_plan_the_district_edits_nothing(drafted, post, roles, who, status):
    person = person_of(drafted, post)
    assert refused(lambda: edits.verdict(plan=drafted, by=roles[who]), roles[who])[1] == status
    assert refused(lambda: edits.take_out(plan=drafted, person=person, by=roles[who]), roles[who])[1] == status


def test_a_street_goes_out_before_the_rest(drafted, post, far, wave, roles):
    by = roles["district"]
    with acting_as(by):
        first = plans.publish(plan=drafted, wave=wave, by=by, within=key_of(STREET))
        assert Plan.objects.get(pk=drafted.pk).state == "partly"
        assert set(CallOut.objects.values_list("post_id", flat=True)) == {post.pk}
        rest = plans.publish(plan=drafted, wave=wave, by=by)
    assert (first.called, rest.called, rest.kept, rest.called_off) == (3, 1, 3, 0)
    assert Plan.objects.get(pk=drafted.pk).state == "published"
    assert PlanPart.objects.filter(plan=drafted).count() == 2


def test_a_later_version_for_one_street_moves_only_that_street(drafted, post, far, wave, roles, night):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=drafted, wave=wave, by=by)
        stays = at(far, drafted)
    second = drafts.draft(incident=night, by=by)
    with acting_as(by):
        edits.take_out(plan=second, person=person_of(second, post), by=by)
        edits.take_out(plan=second, person=person_of(second, far), by=by)
        done = plans.publish(plan=second, wave=wave, by=by, within=key_of(STREET))
    assert (done.called, done.called_off) == (0, 1)
    with acting_as(SYSTEM):
        assert list(CallOut.objects.filter(post=far).values_list("person__name", "state")) == [(stays[0], "waiting")]
    assert Plan.objects.get(pk=drafted.pk).state == "published"
    assert versions.in_force(drafted, key_of(STREET)) == second
    assert versions.in_force(second, key_of(FAR)) == drafted


def test_the_board_gives_the_reason_of_the_version_in_force(drafted, post, far, wave, roles, night):
    by = roles["district"]
    with acting_as(by):
        edits.take_out(plan=drafted, person=person_of(drafted, far), by=by)
        plans.publish(plan=drafted, wave=wave, by=by)
    second = drafts.draft(incident=night, by=by)
    with acting_as(by):
        plans.publish(plan=second, wave=wave, by=by, within=key_of(FAR))
        shown = board(night, range_of_key(key_of(FAR[:9])), by)
    assert [row.reasons for row in shown.rows if row.needed] == [[]]


def test_a_plan_is_not_published_where_it_does_not_reach(night, post, far, staff, roles, wave):
    by = roles["district"]
    plan = drafts.draft(incident=night, by=by, area_key=key_of(STREET))
    act = lambda: plans.publish(plan=plan, wave=wave, by=by, within=key_of(FAR))  # noqa: E731
    assert refused(act, by)[0] == "plan.not_there"


def test_a_draft_for_one_street_draws_on_the_whole_district_and_takes_nobody_from_elsewhere(
    night, post, far, staff, roles, wave
):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=drafts.draft(incident=night, by=by, area_key=key_of(FAR)), wave=wave, by=by)
        (busy,) = CallOut.objects.values_list("person_id", flat=True)
    plan = drafts.draft(incident=night, by=by, area_key=key_of(STREET))
    assert plan.placed == 3
    assert busy not in {row.person_id for row in rows(plan).values()}


def test_a_draft_older_than_what_stands_is_refused_and_published_all_the_same_if_somebody_says_so(
    night, post, far, staff, roles, wave
):
    by = roles["district"]
    older, newer = drafts.draft(incident=night, by=by), drafts.draft(incident=night, by=by)
    with acting_as(by):
        plans.publish(plan=newer, wave=wave, by=by)
    assert refused(lambda: plans.publish(plan=older, wave=wave, by=by), by) == ("plan.stale", 409)
    with acting_as(by):
        plans.publish(plan=older, wave=wave, by=by, anyway=True)
    assert Plan.objects.get(pk=newer.pk).state == "superseded"


def test_two_versions_side_by_side(drafted, post, far, roles, night, wave, django_assert_num_queries):
    by = roles["district"]
    second = drafts.draft(incident=night, by=by)
    here = at(post, second)
    (at_home,) = left_out(second)
    with acting_as(by):
        away, moved = person_of(second, far), Placement.objects.filter(plan=second, post=post).first().person
        edits.take_out(plan=second, person=away, by=by)
        edits.place(plan=second, person=moved, post=far, by=by)
        newcomer = LeftOut.objects.get(plan=second, person__name=at_home).person
        edits.place(plan=second, person=newcomer, post=post, by=by)
        with django_assert_num_queries(1):
            counted = versions.count(drafted, second, by)
        with django_assert_num_queries(1):
            listed = versions.listed(drafted, second, by)
    assert (counted.added, counted.moved, counted.off, counted.same) == (1, 1, 1, len(here) - 1)
    assert {(change.name, change.what) for change in listed} == {
        (at_home, "added"), (moved.name, "moved"), (away.name, "off"),
    }  # fmt: skip


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("auditor", 403)])
def test_a_difference_with_names_is_for_who_sees_the_people(drafted, roles, who, status):
    assert refused(lambda: versions.listed(drafted, drafted, roles[who]), roles[who])[1] == status


def test_who_declined_after_the_draft_was_made_is_not_called_again_by_it(night, post, staff, roles, wave):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=drafts.draft(incident=night, by=by), wave=wave, by=by)
    second = drafts.draft(incident=night, by=by)
    with acting_as(by):
        gone = CallOut.objects.first()
        callouts.answer_for(callout=gone, answer="no", way="phone", by=by)
        done = plans.publish(plan=second, wave=wave, by=by)
        assert done.called == 0
        assert CallOut.objects.get(person_id=gone.person_id).state == "no"
