"""A call-out, locked, with what a verb on it looks at and nothing else of the row: a whole city answers and arrives.

Other columns are read when somebody asks for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.access.scope import behind_secret
from turnout.core.actors import NOT_FOUND, Actor
from turnout.incidents.models import Incident
from turnout.staffing import refusals
from turnout.staffing.domain.seats import OPEN, Room
from turnout.staffing.models import CallOut, Wave
from turnout.staffing.states import ACCEPTED

# In the order of the models, which is the order in which Django takes them back.
_CALLOUT = (
    "area_key", "unit_key", "sender_key", "id", "incident_id", "wave_id", "person_id", "post_id", "team_id", "state",
    "bound_hash", "tries", "decline_reason", "answered_by", "answered_at",
)  # fmt: skip
_WAVE = ("id", "incident_id", "state", "lock_at", "closes_at")
_INCIDENT = ("id", "status")
_LOCK = f"""
SELECT {", ".join(f"c.{name}" for name in _CALLOUT)}, w.state, w.lock_at, w.closes_at, i.status
  FROM staffing_callout c JOIN staffing_wave w ON w.id = c.wave_id JOIN incidents_incident i ON i.id = w.incident_id
 WHERE c.id = ANY(%s) ORDER BY c.id FOR UPDATE OF c
"""


def one(callout_id: UUID) -> CallOut:
    """Return a call-out of the present scope, locked, with its wave and incident; refused where there is none."""
    found = many([callout_id])
    if not found:
        raise NOT_FOUND.refuse()
    return found[0]


def many(callout_ids: Sequence[UUID]) -> list[CallOut]:
    """Return the call-outs of the present scope among these, locked in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(callout_ids)])
        return [_made(row) for row in cursor.fetchall()]


@contextmanager
def behind(token: str, *, room: bool) -> Iterator[tuple[CallOut, Room | None, Actor]]:
    """Open the scope of a link and lock its call-out: yields it, the room at its post if asked for, and who acts."""
    params = [link_hash(token), room, list(ACCEPTED), list(OPEN)]
    with behind_secret("staffing_behind(%s, %s, %s::text[], %s::text[])", params) as opened:
        if opened is None:
            raise refusals.LINK_OVER.refuse()
        actor, (_, *row) = opened
        yield _made(row), Room(*row[-4:]) if room else None, actor


def link_hash(text: str) -> bytes:
    """Return all that is kept of a link or of a browser."""
    return hashlib.sha256(text.encode()).digest()


def _made(row: Sequence[Any]) -> CallOut:
    values = iter(row)
    callout = CallOut.from_db(connection.alias, _CALLOUT, list(islice(values, len(_CALLOUT))))
    of_wave = [callout.wave_id, callout.incident_id, *islice(values, 3)]
    of_incident = [callout.incident_id, next(values)]
    callout.wave = Wave.from_db(connection.alias, _WAVE, of_wave)
    callout.incident = callout.wave.incident = Incident.from_db(connection.alias, _INCIDENT, of_incident)
    return callout
