"""The quota matrix of a wave on the screen, and the command post's steps."""

import pytest
from django.urls import reverse

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.people.domain import units
from turnout.staffing.domain import plans, waves
from turnout.staffing.models import Quota

pytestmark = pytest.mark.django_db

DISTRICT = key_of("110102")


def field(unit):
    return f"q-{unit.scope_key}-{DISTRICT}"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 200)])
def test_who_sees_the_matrix(seen_by, wave, unit, who, status):
    assert seen_by(who).get(reverse("wave-quota", args=[wave.pk])).status_code == status


def test_a_field_that_is_changed_sets_a_quota_and_an_empty_one_takes_it_back(seen_by, wave, unit):
    district, address = seen_by("district"), reverse("wave-quota", args=[wave.pk])
    assert district.post(address, {field(unit): "12"}).status_code == 302
    assert list(Quota.objects.values_list("unit", "district_key", "places")) == [(unit.pk, DISTRICT, 12)]
    district.post(address, {field(unit): ""})
    assert Quota.objects.count() == 0


def test_with_one_wrong_field_nothing_is_set_and_everything_typed_stays(seen_by, wave, unit):
    with acting_as(SYSTEM):
        other = units.create(code="W2", name="区教委", area_key=DISTRICT, by=SYSTEM)
    response = seen_by("district").post(
        reverse("wave-quota", args=[wave.pk]), {field(unit): "12", field(other): "many"}
    )
    assert (response.status_code, Quota.objects.count()) == (422, 0)
    assert [row.fields[0].value for row in response.context["rows"]] == ["12", "many"]
    assert [where.pk for where, _ in response.context["wrong"]] == [other.pk]


def test_a_closed_wave_takes_no_quota(seen_by, wave, unit, roles):
    with acting_as(roles["district"]) as by:
        for state in ("locked", "closed"):
            waves.advance(wave=wave, to=state, by=by)
    address = reverse("wave-quota", args=[wave.pk])
    assert seen_by("district").get(address).context["may_set"] is False
    assert seen_by("district").post(address, {field(unit): "12"}).status_code == 409


def test_the_matrix_fills_by_itself_while_somebody_types(seen_by, wave, unit, make_plan, staff, roles):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:2]), wave=wave, by=by)
    live = seen_by("district").get(reverse("wave-quota", args=[wave.pk]), headers={"HX-Request": "true"})
    text = live.content.decode()
    assert f'id="u-{field(unit)}" hx-swap-oob="true">2<' in text
    assert "<input" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_matrix_asks_the_same_however_many_units(seen_by, wave, count, django_assert_num_queries):
    with acting_as(SYSTEM):
        for number in range(count):
            units.create(code=f"U{number}", name=f"单位{number}", area_key=DISTRICT, by=SYSTEM)
    district, address = seen_by("district"), reverse("wave-quota", args=[wave.pk])
    district.get(address)
    with django_assert_num_queries(17):
        assert len(district.get(address).context["rows"]) == count


def test_the_first_step_that_is_not_done_is_next(seen_by, night, post):
    steps = seen_by("district").get(reverse("incident", args=[night.pk])).context["steps"]
    assert [(step.code, step.done, step.next) for step in steps] == [
        ("posts", True, False), ("wave", False, True), ("plan", False, False), ("call", False, False),
    ]  # fmt: skip


def test_the_arithmetic_is_said_in_sentences_first(seen_by, night, staff):
    context = seen_by("district").get(reverse("incident-posts", args=[night.pk])).context
    assert context["said"][0][0] is True
    assert any("现有 5 人" in words for _, words in context["said"])
    assert {len(counts) for _, _, counts, _ in context["ways"]} == {len(context["short"])}
