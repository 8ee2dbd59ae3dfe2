"""Jobs of notices: send what is due, look after what a dead process left behind."""

from __future__ import annotations

from procrastinate.contrib.django import app

from turnout.notices.domain import messages
from turnout.notices.states import CHANNELS


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="notices.send")
def send_due(timestamp: int) -> None:
    for channel in CHANNELS:
        messages.send_due(channel)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notices.recover")
def recover(timestamp: int) -> None:
    messages.recover()
