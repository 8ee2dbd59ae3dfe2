"""Jobs of incidents: personal data goes by itself when its time is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from turnout.access.scope import SYSTEM, acting_as
from turnout.core.jobs import HOUSEKEEPING
from turnout.incidents.domain import retention


@app.periodic(cron="50 3 * * *")
@app.task(name="incidents.purge_due", queue=HOUSEKEEPING, queueing_lock="incidents.purge_due")
def purge_due(timestamp: int) -> int:
    with acting_as(SYSTEM) as by:
        return retention.purge_due(by=by)
