"""Jobs of people. Each acts as whoever started it, and calls one verb."""

from __future__ import annotations

from procrastinate.contrib.django import app

from turnout.access.scope import SYSTEM, acting_as
from turnout.core.jobs import HOUSEKEEPING
from turnout.people.domain import uploads


@app.periodic(cron="40 3 * * *")
@app.task(name="people.purge_uploads", queue=HOUSEKEEPING, queueing_lock="people.purge_uploads")
def purge_uploads(timestamp: int) -> int:
    with acting_as(SYSTEM) as by:
        return uploads.purge(by=by)
