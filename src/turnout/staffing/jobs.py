"""Jobs of staffing: whistles whose time has run out pass up; plans are drafted; people of a wave are asked."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from turnout.access.queries import load_actor
from turnout.access.scope import SYSTEM, acting_as
from turnout.core.jobs import HOUSEKEEPING
from turnout.incidents.models import Incident
from turnout.staffing.domain import callouts, drafts, whistles
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
    """Ask everybody of a wave; `address` is where people's pages begin, the token follows."""
    with acting_as(load_actor(UUID(actor_id))) as by:
        wave = Wave.objects.select_related("incident").get(pk=wave_id)
        return callouts.ask(wave=wave, by=by, channel=channel, link=lambda token: f"{address}{token}/")
