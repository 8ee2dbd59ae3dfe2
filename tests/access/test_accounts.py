"""Accounts and the links that open them: once, for half an hour, for nobody else."""

from datetime import timedelta

import pytest

from turnout.access.domain import accounts
from turnout.access.models import OneTimeLink, User
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import NOBODY, SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal

pytestmark = pytest.mark.django_db

GOOD = "sunny-harbour-42"


@pytest.fixture
def zhoumin(make_user):
    return make_user("zhoumin", ("dispatcher", "110102"), name="周敏")


def link_for(user, by=SYSTEM):
    with acting_as(by):
        return accounts.issue_link(user=user, by=by)


def use(token, password=GOOD):
    with acting_as(NOBODY):
        return accounts.set_password(token=token, password=password, by=NOBODY)


def code_of(act):
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_a_new_account_cannot_be_signed_in_to_before_its_link_was_used(zhoumin):
    assert not zhoumin.has_usable_password()
    use(link_for(zhoumin))
    assert User.objects.get(pk=zhoumin.pk).check_password(GOOD)


def test_a_link_works_once(zhoumin):
    token = link_for(zhoumin)
    use(token)
    assert code_of(lambda: use(token)) == "access.link_dead"


def test_a_link_dies_after_thirty_minutes(zhoumin):
    token = link_for(zhoumin)
    with clock.at(clock.now() + timedelta(minutes=29)):
        assert accounts.open_link(token).user == zhoumin
    with clock.at(clock.now() + timedelta(minutes=30, seconds=1)):
        assert code_of(lambda: accounts.open_link(token)) == "access.link_dead"


def test_a_second_link_kills_the_first(zhoumin):
    first, second = link_for(zhoumin), link_for(zhoumin)
    assert code_of(lambda: accounts.open_link(first)) == "access.link_dead"
    assert accounts.open_link(second).user == zhoumin


def test_opening_a_link_changes_nothing(zhoumin):
    token = link_for(zhoumin)
    for _ in range(3):
        accounts.open_link(token)
    assert OneTimeLink.objects.get().used_at is None


def test_only_the_hash_of_a_link_is_kept(zhoumin):
    token = link_for(zhoumin)
    assert token.encode() not in bytes(OneTimeLink.objects.get().token_hash)


@pytest.mark.parametrize("password", ["short", "password123", "8412367591", "zhoumin"])
def test_a_weak_password_is_refused_and_the_link_stays_open(zhoumin, password):
    token = link_for(zhoumin)
    assert code_of(lambda: use(token, password)) == "access.password_weak"
    assert accounts.open_link(token).user == zhoumin


def test_somebody_elses_administrator_lets_nobody_in(zhoumin, make_user):
    neighbour = actor_of(make_user("dongcheng", ("administrator", "110101")))
    assert code_of(lambda: link_for(zhoumin, neighbour)) == "access.not_found"


def test_who_may_not_give_roles_makes_no_accounts(zhoumin):
    by = actor_of(zhoumin)
    with acting_as(by):
        assert code_of(lambda: accounts.create(username="x1", name="x", by=by)) == "access.not_allowed"


@pytest.mark.parametrize(("username", "code"), [("ZhouMin", "access.username_taken"), ("a b", "access.username_bad")])
def test_a_sign_in_name_is_plain_and_its_own(zhoumin, username, code):
    with acting_as(SYSTEM):
        assert code_of(lambda: accounts.create(username=username, name="x", by=SYSTEM)) == code


def test_the_log_holds_no_name(zhoumin):
    use(link_for(zhoumin))
    with acting_as(SYSTEM):
        log = " ".join(str(row) for row in AuditRow.objects.values_list("verb", "details", "object_kind"))
    assert "周敏" not in log
    assert "zhoumin" not in log
