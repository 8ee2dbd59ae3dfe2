"""Jobs of staffing: what happens by itself, each the call of one verb."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from procrastinate.contrib.django import app

from turnout.access.queries import load_actor
from turnout.access.scope import SYSTEM, acting_as
from turnout.core.jobs import HOUSEKEEPING
from turnout.incidents.models import Incident
from turnout.staffing import queries
from turnout.staffing.domain import callouts, consents, drafts, openings, seats, waves, whistles, widening
from turnout.staffing.models import Wave

QUEUE = "plans"


@app.periodic(cron="* * * * * */30")
@app.task(name="staffing.pass_up_overdue", queue=HOUSEKEEPING, queueing_lock="staffing.pass_up_overdue")
def pass_up_overdue(timestamp: int) -> int:
    with acting_as(SYSTEM) as by:
        return whistles.pass_up_overdue(by=by)


@app.task(name="staffing.draft_plan", queue=QUEUE)
def draft_plan(incident_id: str, actor_id: str) -> None:
    drafts.draft(incident=Incident.objects.get(pk=incident_id), by=load_actor(UUID(actor_id)))


@app.task(name="staffing.ask_wave", queue=QUEUE)
def ask_wave(wave_id: str, actor_id: str, address: str, channel: str) -> int:
    """Ask everybody of a wave; `address` is where people's pages begin, the token follows.

    Outside any transaction, so that each batch stands once it is asked: what a killed worker left, `ask_waiting` asks.
    """
    wave = Wave.objects.select_related("incident").get(pk=wave_id)
    by = load_actor(UUID(actor_id))
    return callouts.ask(wave=wave, by=by, channel=channel, link=_pages(address), address=address)


@app.periodic(cron="* * * * * */30")
@app.task(name="staffing.keep_time", queue=HOUSEKEEPING, queueing_lock="staffing.keep_time")
def keep_time(timestamp: int) -> None:
    """What time alone changes: waves lock and close, silence becomes consent, lost and free places are seen to."""
    with acting_as(SYSTEM) as by:
        waves.keep_time(by=by)
        consents.take_silence(by=by)
        seats.sweep(by=by)
        openings.move_up_all(by=by)


@app.periodic(cron="* * * * *")
@app.task(name="staffing.widen_due", queue=QUEUE, queueing_lock="staffing.widen_due", lock="staffing.widen_due")
def widen_due(timestamp: int) -> int:
    """Waves that fill too slowly draw in the next tier, and ask whoever moved up from a reserve list."""
    ready = widening.due()
    for wave in ready:
        if wave.address:
            widening.widen(wave=wave, by=SYSTEM, link=_pages(wave.address))
    return len(ready)


@app.task(name="staffing.widen_wave", queue=QUEUE)
def widen_wave(wave_id: str, actor_id: str) -> None:
    """Somebody draws in the next tier before its time; whose role has ended meanwhile is refused."""
    with acting_as(SYSTEM):
        wave = Wave.objects.select_related("incident__playbook").get(pk=wave_id)
    widening.widen(wave=wave, by=load_actor(UUID(actor_id)), link=_pages(wave.address))


@app.periodic(cron="* * * * * */30")
@app.task(name="staffing.ask_waiting", queue=HOUSEKEEPING, queueing_lock="staffing.ask_waiting")
def ask_waiting(timestamp: int) -> int:
    """Whoever was named since the first asking of a wave, or forgotten by a worker that died, is asked the same way."""
    return sum(
        callouts.ask(wave=wave, by=SYSTEM, channel=wave.channel, link=_pages(wave.address), address=wave.address)
        for wave in queries.waves_with_waiting()
    )


def _pages(address: str) -> Callable[[str], str]:
    return lambda token: f"{address}{token}/"
