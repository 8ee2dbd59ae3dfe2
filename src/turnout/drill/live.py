"""A drill that goes on while people watch: who said yes and is not there yet comes when the seed says, in real time."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import OperationalError, connection

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.incidents.models import Incident
from turnout.staffing.models import CallOut, Wave

if TYPE_CHECKING:
    from turnout.drill.runner import Drill

LOOK_EVERY = 5.0
"""Seconds between two looks at who has come since."""


def stands_at(drill: Drill) -> bool:
    """Give a drill the incident and wave that stand in the database; False if there is none."""
    with acting_as(SYSTEM):
        drill.incident = Incident.objects.filter(drill=True, status="active").order_by("-opened_at").first()
        drill.wave = Wave.objects.filter(incident=drill.incident).order_by("-number").first()
    drill.cast.begin(drill.scenario.area)
    return drill.wave is not None


def go_on(drill: Drill) -> int:
    """Let people arrive until everybody who comes is there; returns how many came. Runs for as long as that takes."""
    came = 0
    while True:
        try:
            due = _expected(drill)
            there = [pk for pk, moment in due.items() if moment <= clock.now()]
            came += drill.arrive(there) if there else 0
        except OperationalError:  # the database was killed and comes back: the night waits for it
            connection.close()
        else:
            if not due:
                return came
        time.sleep(LOOK_EVERY)


def _expected(drill: Drill) -> dict[UUID, datetime]:
    """Return when each of those who said yes and are not there comes; without those who never do."""
    with acting_as(SYSTEM):
        coming = list(CallOut.objects.filter(wave=drill.wave, state="yes").values_list("pk", "person_id"))
    moments = {pk: drill.arrival(person) for pk, person in coming}
    return {pk: moment for pk, moment in moments.items() if moment is not None}
