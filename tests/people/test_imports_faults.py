"""Lists under trouble: the database killed in the middle, two lists at once, somebody entered in the same moment."""

import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction
from procrastinate.contrib.django import app

from tests.people.lists import fresh, names, send, take, work, workbook
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.people.domain import imports, runs, words
from turnout.people.imports_models import ListRun
from turnout.people.models import HISTORY, Person, Reach

pytestmark = pytest.mark.django_db(transaction=True)

WEST = "110102"
WANG = ("W001", "王芳", "13800138001", "W1", "卫生人员", "采样", None, None)
LI = ("W002", "李明", "13800138002", "W1", "区直干部", None, None, None)


@pytest.fixture
def west(make_unit):
    return make_unit("W1", key_of(WEST))


@pytest.fixture
def zhou(actor):
    return actor("zhoumin", ("dispatcher", WEST))


@contextmanager
def entering(database, unit, phone):
    """Somebody enters a person with this phone in another session, and has not committed yet."""
    with psycopg.connect(**database.cluster.params("postgres", database.name)) as other:
        other.execute(
            "INSERT INTO people_person (id, unit_id, number, name, phone, phone_hash, phone_last4, categories,"
            " work_limits, tier, state, added_at) VALUES (gen_random_uuid(), %s, 'X1', '钱进', 'x', %s, '8001',"
            " '{health}', '{}', 'standby', 'active', now())",
            [unit.pk, words.phone_hash(words.phone(phone))],
        )
        yield other
        other.rollback()


def in_background(act):
    """Run an act in a thread of its own; what it raised, if anything, is in the list."""
    raised = []

    def body():
        try:
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=body)
    thread.start()
    return thread, raised


def wait_until_blocked(database):
    """Return the backend that waits for a lock, as soon as there is one."""
    with psycopg.connect(**database.cluster.params("postgres", database.name), autocommit=True) as admin:
        for _ in range(1500):
            row = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [database.name]
            ).fetchone()
            if row:
                return row[0]
            time.sleep(0.02)
    raise AssertionError("nothing waits for a lock")


def rows_in(*models):
    with acting_as(SYSTEM):
        return [model.objects.count() for model in models]


def test_killed_in_the_middle_nothing_is_half_there_and_it_can_be_run_again(west, zhou, database):
    run = send(workbook(WANG, LI), zhou)
    with acting_as(zhou):
        imports.commit(run=run, by=zhou)
    with entering(database, west, "13800138001"):
        thread, raised = in_background(lambda: work(run, zhou, imports.carry_out))
        pid = wait_until_blocked(database)  # reach is written, the people are being written
        with psycopg.connect(**database.cluster.params("postgres", database.name)) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        thread.join(60)
    assert [type(error) for error in raised] == [OperationalError]
    after = fresh(run, zhou)
    assert (after.state, after.fault) == ("failed", "lists.database_lost")
    assert rows_in(Person, Reach, HISTORY[Person]) == [0, 0, 0]
    with acting_as(zhou):
        imports.again(run=run, by=zhou)
    work(run, zhou, imports.check)
    assert take(fresh(run, zhou), zhou).state == "done"
    assert names(zhou) == ["李明", "王芳"]


def test_somebody_entered_in_the_same_moment_stops_the_list_and_says_so(west, zhou, database):
    run = send(workbook(WANG, LI), zhou)
    with acting_as(zhou):
        imports.commit(run=run, by=zhou)
    with entering(database, west, "13800138001") as other:
        thread, raised = in_background(lambda: work(run, zhou, imports.carry_out))
        wait_until_blocked(database)
        other.commit()
        thread.join(60)
    after = fresh(run, zhou)
    assert (raised, after.state, after.fault) == ([], "refused", "lists.changed_meanwhile")
    assert rows_in(Reach) == [0]


def test_of_two_lists_with_the_same_people_at_once_the_second_is_shown_anew(west, zhou):
    lists = [send(workbook(WANG, LI), zhou), send(workbook((*WANG[:2], "13900139009", *WANG[3:]), LI), zhou)]
    for run in lists:
        with acting_as(zhou):
            imports.commit(run=run, by=zhou)
    threads = [in_background(lambda run=run: work(run, zhou, imports.carry_out)) for run in lists]
    for thread, _ in threads:
        thread.join(60)
    after = [fresh(run, zhou) for run in lists]
    assert [raised for _, raised in threads] == [[], []]
    assert sorted((run.state, run.settings.get("changed_since")) for run in after) == [
        ("checked", True),
        ("done", False),
    ]
    assert names(zhou) == ["李明", "王芳"]


def test_two_lists_of_different_people_of_one_unit_at_once_both_go_in(west, zhou):
    lists = [send(workbook(WANG), zhou), send(workbook(LI), zhou)]
    for run in lists:
        with acting_as(zhou):
            imports.commit(run=run, by=zhou)
    threads = [in_background(lambda run=run: work(run, zhou, imports.carry_out)) for run in lists]
    for thread, _ in threads:
        thread.join(60)
    assert [fresh(run, zhou).state for run in lists] == ["done", "done"]
    assert names(zhou) == ["李明", "王芳"]


def test_a_run_whose_worker_was_killed_is_seen_as_interrupted_and_can_be_run_again(west, zhou):
    run = send(workbook(WANG), zhou)
    with acting_as(zhou):
        imports.commit(run=run, by=zhou)
        run.refresh_from_db()
        assert (run.state, runs.is_worked_on(run)) == ("committing", False)
        imports.again(run=run, by=zhou)
    work(run, zhou, imports.check)
    assert fresh(run, zhou).state == "checked"


def test_among_lists_the_interrupted_ones_are_told_from_those_at_work(west, zhou, django_assert_num_queries):
    stopped, busy, queued = (send(workbook(WANG), zhou) for _ in range(3))
    with acting_as(zhou):
        for run in (stopped, busy, queued):
            imports.commit(run=run, by=zhou)
        ListRun.objects.filter(pk__in=[stopped.pk, busy.pk]).update(step="compare")
    with runs.working(run_id=busy.pk, by=zhou), acting_as(zhou):
        found = list(ListRun.objects.filter(pk__in=[stopped.pk, busy.pk, queued.pk]))
        with django_assert_num_queries(2):
            assert runs.interrupted(found) == {stopped.pk}
        assert [runs.is_interrupted(run) for run in (fresh(stopped, zhou), fresh(busy, zhou), fresh(queued, zhou))] == [
            True, False, False,
        ]  # fmt: skip


def test_a_job_that_ends_while_the_page_looks_is_not_taken_for_a_killed_one(west, zhou, monkeypatch):
    run = send(workbook(WANG), zhou)
    with acting_as(zhou):
        imports.commit(run=run, by=zhou)
        ListRun.objects.filter(pk=run.pk).update(step="writing")
        run.refresh_from_db()

    def ended_meanwhile(run):
        ListRun.objects.filter(pk=run.pk).update(state="done")
        return False

    monkeypatch.setattr(runs, "is_worked_on", ended_meanwhile)
    with acting_as(zhou):
        assert (runs.is_interrupted(run), run.state) == (False, "done")


def test_a_worker_killed_in_the_middle_does_not_keep_the_queue_from_running_it_again(west, zhou):
    with acting_as(zhou):
        run = imports.begin(file=workbook(WANG), by=zhou)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE args->>'run_id' = %s", [str(run.pk)])
    with acting_as(zhou):
        imports.again(run=run, by=zhou)
    run_worker()
    assert fresh(run, zhou).state == "checked"


def test_the_worker_takes_a_list_from_upload_to_done(west, zhou):
    with acting_as(zhou):
        run = imports.begin(file=workbook(WANG, LI), by=zhou)
    run_worker()
    with acting_as(zhou):
        imports.commit(run=fresh(run, zhou), by=zhou)
    run_worker()
    assert (fresh(run, zhou).state, names(zhou)) == ("done", ["李明", "王芳"])


def test_a_list_whose_sending_is_rolled_back_is_never_worked_on(west, zhou):
    with acting_as(zhou):
        imports.begin(file=workbook(WANG), by=zhou)
        transaction.set_rollback(True)
    run_worker()
    with acting_as(zhou):
        assert ListRun.objects.count() == 0


def run_worker():
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(
            queues=[runs.QUEUE], wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="never"
        )
