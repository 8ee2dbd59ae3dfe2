"""Jobs of notices: send what is due, look after what a dead process left behind."""

from __future__ import annotations

import time

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from turnout.core.jobs import HOUSEKEEPING
from turnout.notices.domain import sending

QUEUE = "notices"
"""A queue of its own with a worker of its own: a channel that is slow for an hour holds up nothing but itself."""
LONGEST = 240
"""Seconds after which a job of a busy channel ends and leaves the rest to the next."""


@app.periodic(cron="* * * * * */5")
@app.task(name="notices.send_due", queue=HOUSEKEEPING, queueing_lock="notices.send_due")
def send_due(timestamp: int) -> int:
    """Queue one job for each channel on which something waits."""
    channels = sending.due_channels()
    for channel in channels:
        try:
            with transaction.atomic():
                send.configure(queueing_lock=f"notices.send:{channel}").defer(channel=channel)
        except AlreadyEnqueued:
            continue
    return len(channels)


@app.task(name="notices.send", queue=QUEUE)
def send(channel: str) -> int:
    started, sent = time.monotonic(), 0
    with sending.alone_on(channel) as alone:
        while alone and time.monotonic() - started < LONGEST and (batch := sending.send_due(channel)):
            sent += batch
    return sent


@app.periodic(cron="* * * * *")
@app.task(name="notices.recover", queue=HOUSEKEEPING, queueing_lock="notices.recover")
def recover(timestamp: int) -> None:
    sending.recover()
