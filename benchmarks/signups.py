"""Signing up through a unit's link: sign-ups a second on the web server, everything on.

Each sign-up counts its address, finds the link by its hash, opens the unit's scope, locks the link, asks whether the
phone is known anywhere, writes the person with reach, search terms and history, and two audit rows. Clients, server
and database share this machine. Through one link the sign-ups wait for each other only while they commit: the place
is taken last.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from benchmarks import database, served

CLIENTS, EACH, LINKS = 20, 60, 10
WARM_UP = 5


def main() -> dict[str, Any]:
    """Measure through one link and through ten links of ten units: sign-ups a second, and the 95th percentile."""
    with database.fresh() as environment:
        tokens = _links()
        with served.server(environment):
            served.post([[_form(tokens[0], 9_000_000 + c * 100 + n) for n in range(WARM_UP)] for c in range(CLIENTS)])
            one = served.post(_work(tokens[:1], 0))
            many = served.post(_work(tokens, 1_000_000))
    assert one.statuses == many.statuses == {200: CLIENTS * EACH}, (one.statuses, many.statuses)
    return {
        "clients": CLIENTS,
        "sign-ups in each run": CLIENTS * EACH,
        "sign-ups a second through one link": one.per_second,
        "ms within which 95 % were answered, one link": one.percentile(0.95),
        f"sign-ups a second through {LINKS} links": many.per_second,
        f"ms within which 95 % were answered, {LINKS} links": many.percentile(0.95),
    }


def _links() -> list[str]:
    from turnout.access.scope import SYSTEM, acting_as
    from turnout.core import clock
    from turnout.core.area_keys import key_of
    from turnout.people.domain import signups, units

    with acting_as(SYSTEM):
        return [
            signups.issue(
                unit=units.create(code=f"U{n}", name=f"单位 {n}", area_key=key_of("110102"), by=SYSTEM),
                label="压测", category="volunteer", quota=9_000, ends_at=clock.now() + timedelta(days=1), by=SYSTEM,
            )[1]
            for n in range(LINKS)
        ]  # fmt: skip


def _work(tokens: list[str], first: int) -> list[list[served.Post]]:
    return [
        [_form(tokens[(client + n) % len(tokens)], first + client * EACH + n) for n in range(EACH)]
        for client in range(CLIENTS)
    ]


def _form(token: str, number: int) -> served.Post:
    return f"/s/{token}/", {"name": f"志愿者{number}", "phone": f"1380{number:07d}"}
