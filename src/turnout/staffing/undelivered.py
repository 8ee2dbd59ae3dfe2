"""Call-outs whose message did not arrive, or may not have: somebody sends it another way, or calls. One query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident

MOST = 200

_UNDELIVERED = """
SELECT m.id, m.channel, m.state, m.problem, m.finished_at, c.id, c.area_key, p.id, p.name, p.phone_last4, u.name,
       EXISTS (SELECT 1 FROM notices_address a WHERE a.person_id = p.id AND a.kind = 'email'), p.user_id IS NOT NULL
  FROM notices_message m
  JOIN staffing_callout c ON c.id = m.about_id
  JOIN people_person p ON p.id = m.person_id JOIN people_unit u ON u.id = p.unit_id
 WHERE c.incident_id = %(incident)s AND c.area_key >= %(low)s AND c.area_key < %(high)s
   AND m.about_kind = 'staffing.callout' AND m.state IN ('unknown', 'failed') AND m.settled_at IS NULL
   AND c.state IN ('asked', 'later') AND (%(wave)s::uuid IS NULL OR c.wave_id = %(wave)s)
 ORDER BY m.finished_at, m.id LIMIT %(most)s
"""

TROUBLE = 3
"""A channel that failed a message so often is in trouble; the message waits and is tried again."""
_RETRIED = """
SELECT m.channel, count(*)::int, min(m.made_at) FROM notices_message m JOIN staffing_callout c ON c.id = m.about_id
 WHERE c.incident_id = %(incident)s AND m.about_kind = 'staffing.callout' AND m.state = 'queued'
   AND m.attempts >= %(trouble)s GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Retried:
    """How many messages wait for a channel that is in trouble, and how long the oldest of them does."""

    channel: str
    messages: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One message that did not arrive, whose it is, and how else the person can be reached.

    Whoever has answered, or was called off, does not stand here: the message does not matter any more.
    """

    message_id: UUID
    channel: str
    state: str
    problem: str
    at: datetime
    callout_id: UUID
    area_key: int
    person_id: UUID
    name: str
    phone_last4: str
    unit: str
    has_email: bool
    has_account: bool


def undelivered(
    incident: Incident, within: KeyRange, *, wave: UUID | None = None, most: int = MOST
) -> list[Undelivered]:
    """Return what is to be followed up within a key range, or of one wave there, the longest waiting first."""
    low, high = within
    with connection.cursor() as cursor:
        cursor.execute(_UNDELIVERED, {"incident": incident.pk, "low": low, "high": high, "most": most, "wave": wave})
        return [Undelivered(*row) for row in cursor.fetchall()]


def retried(incident: Incident) -> list[Retried]:
    """Return the channels in trouble with messages of an incident, as the present scope sees them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_RETRIED, {"incident": incident.pk, "trouble": TROUBLE})
        return [Retried(*row) for row in cursor.fetchall()]
