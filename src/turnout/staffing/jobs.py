"""Jobs of staffing: whistles whose time has run out pass up."""

from __future__ import annotations

from procrastinate.contrib.django import app

from turnout.access.scope import SYSTEM, acting_as
from turnout.core.jobs import HOUSEKEEPING
from turnout.staffing.domain import whistles


@app.periodic(cron="* * * * * */30")
@app.task(name="staffing.pass_up_overdue", queue=HOUSEKEEPING, queueing_lock="staffing.pass_up_overdue")
def pass_up_overdue(timestamp: int) -> int:
    with acting_as(SYSTEM) as by:
        return whistles.pass_up_overdue(by=by)
