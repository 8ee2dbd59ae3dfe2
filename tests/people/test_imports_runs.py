"""A list run says how far it is, who works on it, and how it stopped."""

import psycopg
import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.jobs import seal_audit
from turnout.core.refusals import Refusal
from turnout.people import list_refusals as refusals
from turnout.people.domain import runs
from turnout.people.imports_models import ListRun
from turnout.people.jobs import purge_uploads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zhou(make_user):
    return actor_of(make_user("zhoumin", ("administrator", "110102")))


@pytest.fixture
def run(zhou):
    with acting_as(zhou):
        return ListRun.objects.create(
            kind="import.people", starter_id=zhou.id, state="checking", started_at=clock.now()
        )


def fresh(run, by):
    with acting_as(by):
        return ListRun.objects.get(pk=run.pk)


def test_progress_is_seen_while_the_work_is_not_committed(run, zhou, database):
    with psycopg.connect(database.dsn("turnout_app")) as page, runs.working(run_id=run.pk, by=zhou) as work:
        page.execute("SELECT set_config('turnout.actor', %s, false)", [str(zhou.id)])
        work.step("writing", 100)
        ListRun.objects.filter(pk=run.pk).update(counts={"new": 7})
        seen = page.execute("SELECT step, total, counts FROM people_listrun").fetchall()
    assert seen == [("writing", 100, {})]
    assert fresh(run, zhou).counts == {"new": 7}


def test_only_one_job_works_on_a_run(run, zhou):
    with runs.working(run_id=run.pk, by=zhou):
        assert runs.is_worked_on(run)
        with pytest.raises(Refusal) as refused, runs.working(run_id=run.pk, by=zhou):
            pass
    assert refused.value.code == "lists.busy"
    assert not runs.is_worked_on(run)


def test_a_refusal_is_left_in_the_run(run, zhou):
    with runs.working(run_id=run.pk, by=zhou):
        ListRun.objects.filter(pk=run.pk).update(counts={"new": 7})
        raise refusals.RUN_BUSY.refuse(rows=3)
    after = fresh(run, zhou)
    assert (after.state, after.fault, after.fault_details, after.counts) == ("refused", "lists.busy", {"rows": 3}, {})


def test_our_own_mistake_is_left_in_the_run_and_raised(run, zhou):
    with pytest.raises(ZeroDivisionError), runs.working(run_id=run.pk, by=zhou):
        1 / 0  # noqa: B018
    after = fresh(run, zhou)
    assert (after.state, after.fault) == ("failed", "lists.our_fault")


def test_a_killed_connection_is_left_in_the_run(run, zhou, database):
    def work():
        with runs.working(run_id=run.pk, by=zhou):
            ListRun.objects.filter(pk=run.pk).update(counts={"new": 7})
            kill(database, "pid = %s", connection.connection.info.backend_pid)
            ListRun.objects.count()

    with pytest.raises(OperationalError):
        work()
    after = fresh(run, zhou)
    assert (after.state, after.fault, after.counts) == ("failed", "lists.database_lost", {})


def test_a_killed_server_is_left_in_the_run_through_a_fresh_connection(run, zhou, database):
    def work():
        with runs.working(run_id=run.pk, by=zhou):
            kill(database, "datname = %s AND usename = 'turnout_app'", database.name)
            ListRun.objects.count()

    with pytest.raises(OperationalError):
        work()
    after = fresh(run, zhou)
    assert (after.state, after.fault) == ("failed", "lists.database_lost")


def test_somebody_elses_run_cannot_be_worked_on(run, zhou, make_user):
    chen = actor_of(make_user("chenjie", ("administrator", "110000")))
    with acting_as(chen), pytest.raises(Refusal) as refused:
        runs.own(run_id=run.pk, by=chen)
    assert refused.value.code == "access.not_found"
    with pytest.raises(Refusal) as refused, runs.working(run_id=run.pk, by=chen):
        pass
    assert refused.value.code == "access.not_found"
    assert fresh(run, zhou).state == "checking"


def test_the_worker_seals_the_log_and_purges(zhou):
    connector = app.connector.get_worker_connector()
    jobs = [seal_audit.defer(timestamp=0), purge_uploads.defer(timestamp=0)]
    with app.replace_connector(connector):
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="never")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs WHERE id = ANY(%s) ORDER BY task_name", [jobs]
        )
        assert cursor.fetchall() == [("core.seal_audit", "succeeded"), ("people.purge_uploads", "succeeded")]


def kill(database, where, value):
    with psycopg.connect(**database.cluster.params("postgres", database.name)) as admin:
        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {where}", [value])
