"""List runs at work: who works on one, how far it is, and how it stops.

A run's job holds an advisory lock on a connection of its own for as long as it works. The same connection writes
progress in short transactions, so that it is seen while the work itself is one long transaction; and when that
transaction dies, with the database or by a mistake of ours, this connection still says so. A run that should be
working and whose lock nobody holds was interrupted: nothing of it was kept, and it may be started again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, connection
from procrastinate.contrib.django import app

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, Actor
from turnout.core.area_keys import key_of
from turnout.core.database import connect_as
from turnout.core.refusals import Reason, Refusal
from turnout.people import list_refusals as refusals
from turnout.people.imports_models import ListRun

log = logging.getLogger(__name__)
QUEUE = "lists"
WORKING = ("checking", "committing", "exporting")
_EVERY = 0.5  # seconds between two progress rows; a page polls once a second
_LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


@dataclass
class Work:
    """What a job holds while it works on a run: the run, who acts, and where to say how far it is."""

    run: ListRun
    by: Actor
    line: psycopg.Connection[Any]
    _said: float = field(default=0.0, repr=False)

    def step(self, name: str, total: int = 0) -> None:
        """Say that the next part of the work begins; `total` rows of it, 0 if that is not known."""
        self.line.execute(
            "UPDATE people_listrun SET step = %s, done = 0, total = %s WHERE id = %s", [name, total, self.run.pk]
        )
        self._said = time.monotonic()

    def done(self, count: int) -> None:
        """Say how many rows are done; at most twice a second."""
        if time.monotonic() - self._said >= _EVERY:
            self.line.execute("UPDATE people_listrun SET done = %s WHERE id = %s", [count, self.run.pk])
            self._said = time.monotonic()


@contextmanager
def working(*, run_id: UUID, by: Actor) -> Iterator[Work]:
    """Work on a run as its starter, in one transaction, and leave word in the run if that does not end well.

    A refusal ends in state `refused` and is not raised further: it was said to whoever waits. Anything else ends in
    state `failed` and is raised, for the log of jobs.
    """
    with _line(by) as line:
        if not _lock(line, run_id):
            raise refusals.RUN_BUSY.refuse()
        with acting_as(by):
            run = own(run_id=run_id, by=by)
        try:
            with acting_as(by):
                yield Work(run, by, line)
        except Refusal as refusal:
            _stop(by, line, run_id, "refused", refusal.reason, refusal.details)
        except BaseException as error:
            lost = isinstance(error, _LOST)
            _stop(by, line, run_id, "failed", refusals.DATABASE_LOST if lost else refusals.OUR_FAULT, {})
            log.error("list run stopped", extra={"run": str(run_id), "error": type(error).__name__})
            raise


def start(*, kind: str, state: str, chosen: dict[str, Any], by: Actor) -> ListRun:
    """Make a run of somebody who has signed in: it is theirs alone to see."""
    if by.kind != "user" or by.id is None:
        raise NOT_ALLOWED.refuse()
    return ListRun.objects.create(kind=kind, starter_id=by.id, state=state, settings=chosen, started_at=clock.now())


def own(*, run_id: UUID, by: Actor) -> ListRun:
    """Return a run of the actor's own; somebody else's is not there."""
    run = ListRun.objects.filter(pk=run_id, starter_id=by.id).first()
    if run is None:
        raise NOT_FOUND.refuse()
    return run


def locked(run: ListRun, by: Actor) -> ListRun:
    """Return a run of the actor's own as it stands now, locked for this transaction."""
    fresh = ListRun.objects.select_for_update().filter(pk=run.pk, starter_id=by.id).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    return fresh


def enqueue(run: ListRun, job: str) -> None:
    """Queue the job that works on a run; it is there when this transaction commits, and not otherwise."""
    # No lock of the queue's own: a worker that was killed would hold it until somebody repairs the queue.
    app.configure_task(job, queue=QUEUE).defer(run_id=str(run.pk), actor_id=str(run.starter_id))


def restart(run: ListRun, state: str, job: str) -> ListRun:
    """Put a run back to work from the beginning of a state."""
    run.state, run.step, run.done, run.total, run.fault, run.ended_at = state, "", 0, 0, "", None
    run.fault_details = {}
    run.save()
    enqueue(run, job)
    return run


def common_area(keys: Iterable[int]) -> int:
    """Return the key of the smallest official area that holds all these keys; 0 (the whole country) for none."""
    digits = {f"{key:018d}"[:12] for key in keys}
    for width in (12, 9, 6, 4, 2):
        if len({code[:width] for code in digits}) == 1:
            return key_of(digits.pop()[:width].ljust(12, "0"))
    return 0


def is_worked_on(run: ListRun) -> bool:
    """Say whether a job holds the run's lock at this moment."""
    key = _lock_key(run.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid::bigint = %s AND objid::bigint = %s)",
            [key >> 32, key & 0xFFFFFFFF],
        )
        return bool(cursor.fetchone()[0])


def is_interrupted(run: ListRun) -> bool:
    """Say whether a run should be worked on, was begun, and no job holds it. Brings the run up to date then.

    Lock first, state after: a job says how it ended before it lets go, so that one that has just ended is not taken
    for a killed one.
    """
    if run.state not in WORKING or not run.step or is_worked_on(run):
        return False
    run.refresh_from_db()
    return run.state in WORKING and run.step != ""


def interrupted(found: Iterable[ListRun]) -> set[UUID]:
    """Return which of these runs are interrupted, as `is_interrupted` says it. Two queries at most."""
    keys = {_lock_key(run.pk): run.pk for run in found if run.state in WORKING and run.step}
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        held = {row[0] for row in cursor.fetchall()}
    free = [pk for key, pk in keys.items() if key not in held]
    still = ListRun.objects.filter(pk__in=free, state__in=WORKING).exclude(step="")
    return set(still.values_list("pk", flat=True)) if free else set()


def finish(work: Work, *, state: str, **fields: Any) -> None:
    """Say, inside the work's own transaction, that it ended well."""
    for name, value in fields.items():
        setattr(work.run, name, value)
    work.run.state, work.run.ended_at = state, clock.now()
    work.run.save(update_fields=["state", "ended_at", *fields])


@contextmanager
def _line(by: Actor) -> Iterator[psycopg.Connection[Any]]:
    line = connect_as("app")
    try:
        line.autocommit = True
        line.execute(
            "SELECT set_config('turnout.actor', %s, false), set_config('application_name', 'turnout progress', false)",
            [str(by.id)],
        )
        yield line
    finally:
        with suppress(psycopg.Error):
            line.execute("SELECT pg_advisory_unlock_all()")  # closing alone lets go a moment later
        line.close()


def _lock(line: psycopg.Connection[Any], run_id: UUID) -> bool:
    """Take the run's lock. The job before may just be letting go of it, so wait a moment."""
    line.execute("SET lock_timeout = '2s'")
    try:
        line.execute("SELECT pg_advisory_lock(%s)", [_lock_key(run_id)])
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def _lock_key(run_id: UUID) -> int:
    """Sixty-two random bits of the id: a positive bigint, whose halves pg_locks shows as they are."""
    return run_id.int & (2**62 - 1)


def _stop(
    by: Actor, line: psycopg.Connection[Any], run_id: UUID, state: str, reason: Reason, details: dict[str, Any]
) -> None:
    """Write down why the work stopped; on a fresh connection if ours is gone too. If the whole server is down nothing
    can be written: then the missing lock tells it."""
    row = [state, reason.code, json.dumps(details, default=str), clock.now(), run_id]
    sql = (
        "UPDATE people_listrun SET state = %s, fault = %s, fault_details = %s, ended_at = %s"
        " WHERE id = %s AND state IN ('checking', 'committing', 'exporting')"
    )
    try:
        line.execute(sql, row)
    except psycopg.Error:
        with suppress(psycopg.Error), _line(by) as fresh:
            fresh.execute(sql, row)
