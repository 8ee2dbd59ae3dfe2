"""When the time of an incident's personal data is over, nothing that speaks of a person is left of its night."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.models import Forgotten
from turnout.core.refusals import Refusal
from turnout.incidents.domain import incidents, retention
from turnout.incidents.models import Certificate
from turnout.notices.models import Message
from turnout.people.models import Booking, Person
from turnout.staffing.domain import callouts, edits, feedback, openings, plans, remarks, returns, teams
from turnout.staffing.models import CallOut, Plan, Post, Team

pytestmark = pytest.mark.django_db

TABLES = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
ABOUT_STAFF = {
    "people_person", "people_personevent", "people_reach", "people_term", "core_auditrow", "core_forgotten",
}  # fmt: skip
"""Where a person may still stand: staff remain staff, and who acted stands in the log, without details."""


@pytest.fixture
def over(night, roles, staff, post, make_plan, wave):
    """A night with something in every table, stood down."""
    by = roles["district"]
    with acting_as(by):
        plan = make_plan(staff[:2])
        edits.place(plan=plan, person=staff[2], post=post, by=by)
        Plan.objects.filter(pk=plan.pk).update(prices=b"prices of " + staff[0].pk.bytes)
        plans.publish(plan=plan, wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format)
        first, second = CallOut.objects.filter(person__in=staff[:2]).order_by("person")
        for one in (first, second):
            callouts.answer_for(callout=one, answer="yes", way="phone", by=by)
            callouts.arrive(callout=one, by=by)
        teams.set_leader(team=Team.objects.get(), person_id=second.person_id, by=by)
        returns.hand_over(callout=first, successor=second, note="钥匙在门卫处", by=by)
        callouts.release(callouts=[first], by=by)
        feedback.give_as_caller(post=post, mark="good", by=by)
        remarks.send_as_community(incident=night, area_key=post.area_key, kind="complaint", words="盒饭凉了", by=by)
        kept = _another(post)
        opening, _ = openings.open_(
            post=kept, wave=wave, places=1, closes_at=clock.now() + timedelta(hours=3), by=by
        )  # fmt: skip
        openings.sign_up(opening=opening, person=staff[3], by=SYSTEM)
        make_plan(staff[4:])
        incidents.stand_down(incident=night, by=by)
    night.refresh_from_db()
    return night


def _another(post):
    return Post.objects.create(
        incident_id=post.incident_id, area_key=post.area_key, category="general", seats=1, places_min=1, places=1,
        starts_at=post.starts_at, ends_at=post.ends_at, made_at=clock.now(),
    )  # fmt: skip


def later():
    return clock.at(clock.now() + timedelta(days=90, minutes=1))


def holding(texts, skip=frozenset()):
    """Return the tables in which one of these texts stands anywhere, read with row security out of the way."""
    found = set()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table in {name for (name,) in cursor.fetchall()} - skip:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE t::text LIKE ANY(%s))', [texts])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_nothing_of_a_person_is_left_and_the_certificate_counts_it(over, staff):
    with acting_as(SYSTEM):
        called = [f"%{pk}%" for pk in CallOut.objects.values_list("pk", flat=True)]
    people = [f"%{one.pk}%" for one in staff] + [f"%{staff[0].pk.hex}%"]
    before = holding(called + people, ABOUT_STAFF)
    assert before >= {
        "staffing_callout", "staffing_placement", "staffing_signup", "staffing_handover", "staffing_team",
        "staffing_teamevent", "staffing_plan", "people_booking", "people_bookingevent", "notices_message",
    }  # fmt: skip
    with later(), acting_as(SYSTEM):
        made = retention.purge(incident=over, by=SYSTEM)
    assert holding(called + people, ABOUT_STAFF) == set()
    assert holding(called, {"core_auditrow", "core_forgotten"}) == set()
    assert made.rows["staffing_callout"] == 4
    assert made.rows["staffing_feedback"] == 1
    assert made.rows["staffing_plan"] == 1
    assert made.figures["called"] == 2  # called off people are not counted as called
    assert made.figures["on_post"] == 2


def test_staff_and_what_speaks_of_nobody_stay(over, staff):
    with later(), acting_as(SYSTEM):
        retention.purge(incident=over, by=SYSTEM)
        assert Person.objects.count() == len(staff)
        assert over.posts.count() == 2
        assert over.plans.count() == 2
        assert over.waves.get().number == 1
        assert not Message.objects.exists()
        assert not Booking.objects.exists()


def test_what_the_log_says_about_them_is_asked_to_be_emptied(over):
    with acting_as(SYSTEM):
        wanted = set(CallOut.objects.values_list("pk", flat=True))
        wanted |= set(Plan.objects.values_list("pk", flat=True)) | set(Team.objects.values_list("pk", flat=True))
        with later():
            retention.purge(incident=over, by=SYSTEM)
        assert wanted <= set(Forgotten.objects.values_list("pk", flat=True))


def test_another_incident_keeps_everything(over, night, roles, make_plan, staff, wave):
    """The same people were called in an incident elsewhere, which still runs."""
    with acting_as(SYSTEM):
        other = incidents.open_(title="演练", area_code="110102", playbook=night.playbook, by=SYSTEM, drill=True)
        post = Post.objects.create(
            incident=other, area_key=other.area_key, category="general", seats=1, places_min=1, places=1,
            starts_at=clock.now(), ends_at=clock.now() + timedelta(days=200), made_at=clock.now(),
        )  # fmt: skip
        plan = make_plan(staff[4:], on=post)
        with later():
            retention.purge(incident=over, by=SYSTEM)
        # make_plan writes into the first incident: its placements are deleted, the other's post is not
        assert not plan.placements.exists()
        assert other.posts.count() == 1


def test_it_runs_by_itself_on_the_day_and_once(over):
    with acting_as(SYSTEM):
        assert retention.purge_due(by=SYSTEM) == 0
        with later():
            assert retention.purge_due(by=SYSTEM) == 1
            assert retention.purge_due(by=SYSTEM) == 0
            made = Certificate.objects.get()
            assert retention.purge(incident=over, by=SYSTEM) == made


def test_too_early_and_while_it_runs_it_is_refused(night, over, roles, wave):
    with acting_as(roles["district"]) as by, pytest.raises(Refusal) as caught:
        retention.purge(incident=over, by=by)
    assert caught.value.code == "incident.purge_early"
    assert str(retention.ends_at(over).year) in str(caught.value.details["day"])
    with acting_as(SYSTEM):
        runs = incidents.open_(title="又一次", area_code="110102", playbook=night.playbook, by=SYSTEM)
    with later(), acting_as(roles["district"]) as by, pytest.raises(Refusal) as caught:
        retention.purge(incident=runs, by=by)
    assert caught.value.code == "incident.purge_running"


@pytest.mark.parametrize(
    ("who", "code"),
    [("auditor", "access.not_allowed"), ("desk", "access.not_found"), ("elsewhere", "access.not_found")],
)
def test_only_who_manages_the_incident_may(over, roles, who, code):
    with later(), acting_as(roles[who]) as by, pytest.raises(Refusal) as caught:
        retention.purge(incident=over, by=by)
    assert caught.value.code == code


def test_a_certificate_never_changes_and_a_changed_one_does_not_hold(over):
    with later(), acting_as(SYSTEM):
        made = retention.purge(incident=over, by=SYSTEM)
    made.refresh_from_db()
    assert retention.holds(made)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Certificate.objects.update(rows={})
    made.rows["staffing_callout"] = 3
    assert not retention.holds(made)
