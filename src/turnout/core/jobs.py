"""Jobs of the core: sealing the audit log."""

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
        return audit.seal(sealer)
