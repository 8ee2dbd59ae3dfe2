"""Nobody gives more than they hold; every role has an end; the database keeps both."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from turnout.access.domain import grants
from turnout.access.models import Grant
from turnout.access.queries import actor_of, grants_within
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of
from turnout.core.ids import new_id
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.core.registries import AREA_MOVED

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_user):
    """A city's administrator, a district's, and somebody who holds nothing yet."""
    return {
        "city": make_user("chengshi", ("administrator", "110000")),
        "xicheng": make_user("xicheng", ("administrator", "110102")),
        "nobody": make_user("xinren"),
    }


def in_days(days):
    return clock.now() + timedelta(days=days)


def give(user, role, code, *, by, days=30, **rest):
    with acting_as(by):
        return grants.give(user=user, role=role, area_code=code, ends_at=in_days(days), by=by, **rest)


def refused(act):
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def test_a_district_administrator_gives_inside_the_district(people):
    grant = give(people["nobody"], "desk", "110102007003", by=actor_of(people["xicheng"]))
    assert (grant.scope_lo, grant.scope_hi) == range_of("110102007003")
    assert actor_of(people["nobody"]).can("person.view", key_of("110102007003", 5))
    assert not actor_of(people["nobody"]).can("person.view", key_of("110102007004"))


@pytest.mark.parametrize("code", ["110101", "1101", "110000", "110101001001"])
def test_nobody_gives_outside_what_they_hold(people, code):
    by = actor_of(people["xicheng"])
    assert refused(lambda: give(people["nobody"], "desk", code, by=by)) == ("access.grant_too_wide", 403)


def test_a_role_without_the_power_to_give_gives_nothing(people, make_user):
    by = actor_of(make_user("diaodu", ("dispatcher", "110102")))
    assert refused(lambda: give(people["nobody"], "viewer", "110102", by=by)) == ("access.grant_too_wide", 403)


def test_nobody_gives_a_role_to_themselves(people):
    by = actor_of(people["xicheng"])
    assert refused(lambda: give(people["xicheng"], "auditor", "110102", by=by)) == ("access.grant_own", 403)


@pytest.mark.parametrize("days", [-1, 0, 401])
def test_every_role_has_an_end_that_is_not_far_away(people, days):
    by = actor_of(people["city"])
    assert refused(lambda: give(people["nobody"], "desk", "110102", by=by, days=days)) == ("access.grant_ends", 422)


def test_the_same_role_twice_at_one_time_is_refused(people):
    by = actor_of(people["city"])
    give(people["nobody"], "desk", "110102", by=by)
    assert refused(lambda: give(people["nobody"], "desk", "110102", by=by)) == ("access.grant_twice", 409)


def test_a_liaison_is_granted_over_a_unit_by_whoever_answers_for_it(people):
    unit = grants.UnitScope(new_id(), 900_000 * 10**12 + 7, key_of("110102007003"))
    by = actor_of(people["xicheng"])
    with acting_as(by):
        grant = grants.give(user=people["nobody"], role="liaison", unit=unit, ends_at=in_days(9), by=by)
    liaison = actor_of(people["nobody"])
    assert liaison.scope == ((unit.key, unit.key + 1),)
    assert list(grants_within(by)) == [grant, *grants_within(by).filter(user=people["xicheng"])]
    elsewhere = grants.UnitScope(new_id(), unit.key + 1, key_of("110101001001"))
    with acting_as(by):
        assert refused(
            lambda: grants.give(user=people["city"], role="liaison", unit=elsewhere, ends_at=in_days(9), by=by)
        ) == ("access.grant_too_wide", 403)


@pytest.mark.parametrize(("role", "code"), [("liaison", "110102"), ("desk", ""), ("king", "110102")])
def test_a_role_needs_the_right_kind_of_place(people, role, code):
    by = actor_of(people["city"])
    code_and_status = refused(lambda: give(people["nobody"], role, code, by=by))
    assert code_and_status in [("access.role_needs_unit", 422), ("access.role_unknown", 422)]


def test_a_revoked_role_ends_at_once_and_only_once(people):
    by = actor_of(people["city"])
    grant = give(people["nobody"], "desk", "110102", by=by)
    with acting_as(by):
        grants.revoke(grant=grant, by=by)
        assert actor_of(people["nobody"]).scope == ()
        assert refused(lambda: grants.revoke(grant=grant, by=by)) == ("access.grant_over", 409)


def test_a_grant_outside_my_area_does_not_exist_for_me(people):
    grant = give(people["nobody"], "desk", "110101", by=actor_of(people["city"]))
    by = actor_of(people["xicheng"])
    assert not grants_within(by).filter(pk=grant.pk).exists()
    assert refused(lambda: grants.revoke(grant=grant, by=by)) == ("access.not_found", 404)


def test_a_grant_outlives_its_end_nowhere(people):
    give(people["nobody"], "desk", "110102", by=actor_of(people["city"]), days=3)
    with clock.at(in_days(4)):
        assert actor_of(people["nobody"]).scope == ()


def test_grants_follow_an_area_to_its_successor_and_never_double(people):
    by = actor_of(people["city"])
    for code in ("110102007003", "110102007004"):
        give(people["nobody"], "desk", code, by=by)
    AREA_MOVED.get("access.grants")(key_of("110102007003"), key_of("110102007004"))
    assert actor_of(people["nobody"]).scope == (range_of("110102007004"),)


def test_the_log_says_who_gave_what_over_which_area(people):
    by = actor_of(people["xicheng"])
    grant = give(people["nobody"], "desk", "110102007003", by=by)
    with acting_as(by):
        row = AuditRow.objects.get(object_id=grant.pk)
    assert (row.verb, row.actor_id, row.area_key) == ("grant.give", people["xicheng"].pk, key_of("110102007003"))


@pytest.mark.parametrize(
    ("promise", "broken"),
    [
        ("grant_scope_not_empty", {"scope_lo": 5, "scope_hi": 5}),
        ("grant_role_known", {"role": "king"}),
        ("grant_area_or_unit", {"area_code": ""}),
        ("grant_area_or_unit", {"unit_id": new_id()}),
        ("grant_ends_after_start", {"ends_at": clock.now() - timedelta(days=9)}),
        ("grant_revoked_after_start", {"revoked_at": clock.now() - timedelta(days=9)}),
    ],
)
def test_the_database_keeps_the_promises_of_a_grant(people, promise, broken):
    low, high = range_of("110102")
    fields = {
        "user": people["nobody"], "role": "desk", "area_code": "110102000000", "scope_lo": low, "scope_hi": high,
        "area_key": low, "starts_at": clock.now(), "ends_at": in_days(9),
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        Grant.objects.create(**(fields | broken))


def test_reading_who_somebody_is_takes_one_query(people, django_assert_num_queries):
    by = actor_of(people["city"])
    for code in ("110102007003", "110102007004", "110102007005"):
        give(people["nobody"], "desk", code, by=by)
    for user in (people["xicheng"], people["nobody"]):
        with django_assert_num_queries(1):
            actor_of(user)


def test_the_system_may_do_anything_and_nobody_nothing(people):
    assert SYSTEM.can("grant.give", key_of("110102"))
    people["nobody"].is_active = False
    assert actor_of(people["nobody"]).kind == "nobody"
