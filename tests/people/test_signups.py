"""Signing up through a unit's link: so many places, once each, and never a word about who is known where."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections

from turnout.access.queries import load_actor
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import signups, units
from turnout.people.models import MergeProposal, Person, Unit
from turnout.people.signups_models import Signup, SignupLink

pytestmark = pytest.mark.django_db

WEST, EAST = "110102", "110101"
PHONE = "13800138001"


@pytest.fixture
def west(make_unit):
    return make_unit("W1", key_of(WEST))


@pytest.fixture
def east(make_unit):
    return make_unit("E1", key_of(EAST))


@pytest.fixture
def zhou(actor):
    """Dispatcher of Xicheng."""
    return actor("zhoumin", ("dispatcher", WEST))


def issue(unit, by, quota=3, days=7, label="六月第一批"):
    with acting_as(by):
        return signups.issue(
            unit=unit, label=label, category="volunteer", quota=quota, ends_at=clock.now() + timedelta(days=days), by=by
        )


def sign_up(token, name="王芳", phone=PHONE, **more):
    link = signups.find(token)
    visitor = signups.visitor(link)
    with acting_as(visitor):
        return signups.sign_up(link=link, name=name, phone=phone, by=visitor, **more)


def state():
    with acting_as(SYSTEM):
        return (
            list(Person.objects.order_by("id").values_list("name", "unit__code", "categories")),
            list(SignupLink.objects.values_list("used", flat=True)),
            list(Signup.objects.order_by("id").values_list("outcome", flat=True)),
        )


def test_somebody_new_is_entered_in_the_unit_and_takes_a_place(west, zhou):
    _, token = issue(west, zhou)
    receipt = sign_up(token)
    assert (len(receipt.number), receipt.unit, receipt.label) == (8, "单位W1", "六月第一批")
    assert state() == ([("王芳", "W1", ["volunteer"])], [1], ["new"])
    with acting_as(zhou):
        assert Person.objects.count() == 1
        assert AuditRow.objects.filter(verb="signup.take").count() == 1


def test_the_same_number_again_is_acknowledged_and_not_doubled(west, zhou):
    _, token = issue(west, zhou)
    first = sign_up(token)
    assert sign_up(token, name="王方", phone="+86 138-0013-8001") == first
    assert state() == ([("王芳", "W1", ["volunteer"])], [1], ["new"])


def test_three_people_of_whom_two_are_known_are_told_the_same(west, east, zhou, make_person, actor):
    make_person(west, "李明", phone="13800138002")
    make_person(east, "赵强", phone="13800138003")
    _, token = issue(west, zhou)
    receipts = [sign_up(token, phone=phone) for phone in (PHONE, "13800138002", "13800138003")]
    assert {(r.unit, r.label, len(r.number)) for r in receipts} == {("单位W1", "六月第一批", 8)}
    people, used, outcomes = state()
    assert (used, outcomes) == ([3], ["new", "known", "elsewhere"])
    assert [person[0] for person in people] == ["李明", "赵强", "王芳"]
    city = actor("gaoyuan", ("administrator", "110000"))
    with acting_as(city):
        assert list(MergeProposal.objects.values_list("person__name", "claim_unit__code")) == [("赵强", "W1")]
    with acting_as(zhou):
        assert MergeProposal.objects.count() == 0


def test_whoever_signs_up_sees_the_own_unit_only(west, east, zhou, make_person):
    make_person(west, "李明", phone="13800138002")
    make_person(east, "赵强", phone="13800138003")
    link, _ = issue(west, zhou)
    other, _ = issue(west, zhou, label="二")
    issue(east, SYSTEM)
    with acting_as(signups.visitor(link)):
        assert list(Person.objects.values_list("name", flat=True)) == ["李明"]
        assert set(SignupLink.objects.values_list("pk", flat=True)) == {link.pk, other.pk}


def test_the_last_place_is_given_once(west, zhou):
    _, token = issue(west, zhou, quota=1)
    sign_up(token)
    with pytest.raises(Refusal) as refused:
        sign_up(token, phone="13800138002")
    assert refused.value.code == "signup.full"
    sign_up(token)
    assert state()[1:] == ([1], ["new"])


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_share_five_places_exactly(west, zhou):
    _, token = issue(west, zhou, quota=5)
    answers = at_once(20, lambda n: sign_up(token, name=f"李{n}", phone=f"138001390{n:02d}"))
    assert sorted(answers) == ["Receipt"] * 5 + ["signup.full"] * 15
    people, used, outcomes = state()
    assert (len(people), used, outcomes) == (5, [5], ["new"] * 5)


@pytest.mark.django_db(transaction=True)
def test_who_signs_up_does_not_wait_for_somebody_half_way_through_the_same_link(west, zhou, monkeypatch):
    _, token = issue(west, zhou, quota=2)
    half_way, go_on, take_place = threading.Event(), threading.Event(), signups._take_place

    def slowly(link):
        if threading.current_thread() is first:
            half_way.set()
            go_on.wait(30)
        take_place(link)

    def sign_up_first():
        sign_up(token, name="李一", phone="13800139001")
        connections.close_all()

    monkeypatch.setattr(signups, "_take_place", slowly)
    first = threading.Thread(target=sign_up_first)
    first.start()
    assert half_way.wait(30)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
        assert type(sign_up(token, name="李二", phone="13800139002")).__name__ == "Receipt"
    finally:
        go_on.set()
        first.join(30)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert state()[1:] == ([2], ["new"] * 2)


@pytest.mark.django_db(transaction=True)
def test_one_number_many_times_at_once_through_two_links_is_one_person(west, zhou):
    tokens = [issue(west, zhou)[1], issue(west, zhou, label="二")[1]]
    answers = at_once(8, lambda n: sign_up(tokens[n % 2]))
    assert answers == ["Receipt"] * 8
    people, used, outcomes = state()
    assert (len(people), used, sorted(outcomes)) == (1, [1, 1], ["known", "new"])


@pytest.mark.parametrize("how", ["revoked", "ended", "closed", "wrong"])
def test_a_dead_link_is_refused_in_one_way(west, zhou, how):
    link, token = issue(west, zhou)
    later = clock.now()
    if how == "revoked":
        with acting_as(zhou):
            signups.revoke(link=link, by=zhou)
    elif how == "ended":
        later += timedelta(days=7)
    elif how == "closed":
        with acting_as(SYSTEM):
            units.close(unit=west, by=SYSTEM)
    else:
        token = "x" * len(token)
    with clock.at(later), pytest.raises(Refusal) as refused:
        sign_up(token)
    assert (refused.value.code, refused.value.status) == ("signup.link_dead", 410)
    assert state()[2] == []


def test_a_link_that_dies_while_the_form_is_open_is_refused(west, zhou):
    link, token = issue(west, zhou)
    opened = signups.find(token)
    with acting_as(zhou):
        signups.revoke(link=link, by=zhou)
    visitor = signups.visitor(opened)
    with acting_as(visitor), pytest.raises(Refusal) as refused:
        signups.sign_up(link=opened, name="王芳", phone=PHONE, by=visitor)
    assert refused.value.code == "signup.link_dead"


def test_looking_at_a_link_changes_nothing(west, zhou):
    _, token = issue(west, zhou)
    with acting_as(SYSTEM):
        before = AuditRow.objects.count()
    assert signups.find(token).label == "六月第一批"
    with acting_as(SYSTEM):
        assert (AuditRow.objects.count(), state()[1]) == (before, [0])


def test_the_token_is_not_in_the_database(west, zhou):
    _, token = issue(west, zhou)
    with acting_as(zhou), connection.cursor() as cursor:
        cursor.execute("SELECT people_signuplink::text FROM people_signuplink")
        assert token not in cursor.fetchone()[0]


def test_who_may_issue_and_revoke(west, east, zhou, actor, make_user):
    with acting_as(zhou), pytest.raises(Refusal) as unseen:
        signups.issue(
            unit=east, label="一", category="volunteer", quota=1, ends_at=clock.now() + timedelta(days=1), by=zhou
        )
    viewer = actor("hejing", ("viewer", WEST))
    with pytest.raises(Refusal) as forbidden:
        issue(west, viewer)
    assert (unseen.value.status, forbidden.value.status) == (404, 403)
    user = make_user("sunli")
    with acting_as(SYSTEM):
        units.set_liaison(unit=Unit.objects.get(pk=west.pk), user=user, by=SYSTEM)
    liaison = load_actor(user.pk)
    link, _ = issue(west, liaison)
    with acting_as(liaison):
        first = signups.revoke(link=link, by=liaison).revoked_at
        assert signups.revoke(link=link, by=liaison).revoked_at == first
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="signup.revoke").count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"quota": 0}, "signup.places_bad"), ({"days": 61}, "signup.ends"), ({"days": -1}, "signup.ends")],
)
def test_places_and_end_have_bounds(west, zhou, change, code):
    with pytest.raises(Refusal) as refused:
        issue(west, zhou, **change)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("used = quota + 1", "signuplink_within_quota"),
        ("quota = 0", "signuplink_quota_positive"),
        ("ends_at = issued_at", "signuplink_ends_after_issue"),
        ("revoked_at = issued_at - interval '1 s'", "signuplink_revoked_after_issue"),
        ("label = ' '", "signuplink_label_given"),
    ],
)
def test_the_database_keeps_the_promises_of_links(west, zhou, change, constraint):
    issue(west, zhou)
    with pytest.raises(IntegrityError, match=constraint), acting_as(zhou), connection.cursor() as cursor:
        cursor.execute(f"UPDATE people_signuplink SET {change}")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("outcome = 'lost'", "signup_outcome_known"),
        ("outcome = 'elsewhere'", "signup_elsewhere_has_no_person"),
        ("person_id = NULL", "signup_elsewhere_has_no_person"),
    ],
)
def test_the_database_keeps_the_promises_of_signups(west, zhou, change, constraint):
    _, token = issue(west, zhou)
    sign_up(token)
    with pytest.raises(IntegrityError, match=constraint), acting_as(zhou), connection.cursor() as cursor:
        cursor.execute(f"UPDATE people_signup SET {change}")


def test_too_many_from_one_address_are_refused_until_the_window_is_over(db):
    now = clock.now()
    with clock.at(now):
        for _ in range(signups.MOST_FROM_ONE_ADDRESS):
            signups.admit_from("203.0.113.7")
        with pytest.raises(Refusal) as refused:
            signups.admit_from("203.0.113.7")
        signups.admit_from("203.0.113.8")
    assert (refused.value.code, refused.value.status) == ("core.too_many", 429)
    with clock.at(now + timedelta(seconds=signups.WINDOW)):
        signups.admit_from("203.0.113.7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_cache WHERE cache_key LIKE '%%203.0.113%%'")
        assert cursor.fetchone() == (0,)


def test_the_qr_code_is_a_picture_without_a_file():
    picture = signups.qr("https://turnout.example/s/" + "x" * 43)
    assert (picture[:4], "</svg>" in picture, "http" in picture) == ("<svg", True, False)


def at_once(count, act):
    """Run an act in so many threads that start together; the kind of each answer, or its refusal's code."""
    answers, start = [], threading.Barrier(count)

    def one(number):
        start.wait(30)
        try:
            answers.append(type(act(number)).__name__)
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
