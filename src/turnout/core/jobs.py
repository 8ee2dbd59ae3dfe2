"""Jobs of the core: sealing the audit log, and emptying in it what was deleted for good."""

from __future__ import annotations

from procrastinate.contrib.django import app

from turnout.core import audit
from turnout.core.database import connect_as

HOUSEKEEPING = "housekeeping"
"""The queue of periodic work, so that a long import never delays a seal."""


@app.periodic(cron="* * * * * */10")
@app.task(name="core.seal_audit", queue=HOUSEKEEPING, queueing_lock="core.seal_audit")
def seal_audit(timestamp: int) -> int:
    with connect_as("sealer") as sealer:
        sealed = audit.seal(sealer)
        audit.empty(sealer)
    return sealed
