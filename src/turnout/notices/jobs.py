"""Jobs of notices: send what is due, look after what a dead process left behind."""

from __future__ import annotations

from procrastinate.contrib.django import app

from turnout.core.jobs import HOUSEKEEPING
from turnout.notices.domain import messages
from turnout.notices.states import CHANNELS


@app.periodic(cron="* * * * * */5")
@app.task(name="notices.send_due", queue="notices", queueing_lock="notices.send_due")
def send_due(timestamp: int) -> int:
    return sum(messages.send_due(channel) for channel in CHANNELS)


@app.periodic(cron="* * * * *")
@app.task(name="notices.recover", queue=HOUSEKEEPING, queueing_lock="notices.recover")
def recover(timestamp: int) -> None:
    messages.recover()
