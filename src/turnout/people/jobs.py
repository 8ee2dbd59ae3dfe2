"""Jobs of people. Each acts as whoever started it (`runs.working` opens their scope), and calls one verb."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from turnout.access.queries import load_actor
from turnout.access.scope import SYSTEM, acting_as
from turnout.core.jobs import HOUSEKEEPING
from turnout.people.domain import exports, imports, proposals, runs, uploads


@app.task(name="people.check_import", queue=runs.QUEUE)
def check_import(run_id: str, actor_id: str) -> None:
    with runs.working(run_id=UUID(run_id), by=load_actor(UUID(actor_id))) as work:
        imports.check(work)


@app.task(name="people.carry_out_import", queue=runs.QUEUE)
def carry_out_import(run_id: str, actor_id: str) -> None:
    with runs.working(run_id=UUID(run_id), by=load_actor(UUID(actor_id))) as work:
        imports.carry_out(work)


@app.task(name="people.write_export", queue=runs.QUEUE)
def write_export(run_id: str, actor_id: str) -> None:
    with runs.working(run_id=UUID(run_id), by=load_actor(UUID(actor_id))) as work:
        exports.write(work)


@app.periodic(cron="40 3 * * *")
@app.task(name="people.purge_uploads", queue=HOUSEKEEPING, queueing_lock="people.purge_uploads")
def purge_uploads(timestamp: int) -> int:
    with acting_as(SYSTEM) as by:
        return uploads.purge(by=by)


@app.periodic(cron="10 4 * * *")
@app.task(name="people.look_for_duplicates", queue=HOUSEKEEPING, queueing_lock="people.look_for_duplicates")
def look_for_duplicates(timestamp: int) -> int:
    with acting_as(SYSTEM) as by:
        return proposals.look(by=by)
