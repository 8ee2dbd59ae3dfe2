"""Verbs a second with audit on: 20 clients change the reserve tier of people through the web server.

Each verb reads who acts and their grants, opens the scope, locks the person, checks, writes the row, its history and
its audit row, and commits. Clients, server and database share this machine; the sealer runs as it does in real life.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks import database, served

CLIENTS, EACH, PEOPLE = 20, 120, 200
WARM_UP = 10
TIERS = ("on_duty", "standby", "off")


def main() -> dict[str, Any]:
    """Measure, and prove that every verb has its audit row and that the log verifies."""
    with database.fresh() as environment:
        user, people = _people()
        with served.server(environment):
            served.post([_posts(user, people, client, WARM_UP) for client in range(CLIENTS)])
            before = _audit_rows()
            stop = threading.Event()
            sealer = threading.Thread(target=_seal, args=(stop,))
            sealer.start()
            answers = served.post([_posts(user, people, client, EACH) for client in range(CLIENTS)])
            stop.set()
            sealer.join()
        written = _audit_rows() - before
        assert answers.statuses == {200: CLIENTS * EACH}, answers.statuses
        assert written == CLIENTS * EACH, written
        return {
            "clients": CLIENTS,
            "verbs": CLIENTS * EACH,
            "verbs a second": answers.per_second,
            "ms within which half were answered": answers.percentile(0.5),
            "ms within which 95 % were answered": answers.percentile(0.95),
            "audit rows written": written,
            "first broken batch of the log": _verify() or "none",
        }


def _people() -> tuple[UUID, list[UUID]]:
    from turnout.access.domain import accounts, grants
    from turnout.access.scope import SYSTEM, acting_as
    from turnout.core import clock
    from turnout.core.area_keys import key_of
    from turnout.people.domain import persons, units

    with acting_as(SYSTEM):
        user = accounts.create(username="bench", name="bench", by=SYSTEM)
        ends = clock.now() + timedelta(days=1)
        grants.give(user=user, role="dispatcher", area_code="110102", ends_at=ends, by=SYSTEM)
        unit = units.create(code="U1", name="单位", area_key=key_of("110102"), by=SYSTEM)
        people = [
            persons.add(unit=unit, name="王芳", number=f"P{n}", categories=["general"], by=SYSTEM).pk
            for n in range(PEOPLE)
        ]
    return user.pk, people


def _posts(user: UUID, people: list[UUID], client: int, count: int) -> list[served.Post]:
    """Each client has ten people of its own and changes the tier at every visit."""
    own = people[client * 10 : client * 10 + 10]
    return [(f"/tier/{user}/{own[n % 10]}/", {"tier": TIERS[(n // 10) % 3]}) for n in range(count)]


def _audit_rows() -> int:
    from turnout.access.scope import SYSTEM, acting_as
    from turnout.core.models import AuditRow

    with acting_as(SYSTEM):
        return AuditRow.objects.filter(verb="person.set_tier").count()


def _seal(stop: threading.Event) -> None:
    from turnout.core import audit
    from turnout.core.database import connect_as

    with connect_as("sealer") as sealer:
        while not stop.wait(2):
            audit.seal(sealer)


def _verify() -> int | None:
    from turnout.core import audit
    from turnout.core.database import connect_as

    with connect_as("sealer") as sealer:
        return audit.verify(sealer).broken
