"""The night of the demo, on the runner of drills: played up to 05:48, then going on in real time under the server.

The clock of the demo's installation stands behind the real one, so that it opens at the hour at which the night was
left: links still hold, whistles wait, people arrive.

    python -m turnout.cli.demo_night AREA SEED DISPATCHER     the child process in which people go on arriving
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from turnout.core import clock
from turnout.drill import scenario as scenarios

if TYPE_CHECKING:
    from turnout.drill.cast import Cast
    from turnout.drill.scenario import Scenario

NIGHT = "xicheng-night"
LEFT_AT = "1 05:48"
"""When the console opens: before the hour of arrival, while people are coming in."""
ZONE = ZoneInfo("Asia/Shanghai")


def of(area: str, seed: int) -> Scenario:
    """Return the night over an area, on the last night whose 05:48 has passed."""
    import msgspec

    found = scenarios.shipped()[NIGHT]
    if found.area != area:
        from turnout.drill import population

        found = population.elsewhere(found, area, seed)
    today = datetime.now(ZONE)
    passed = (today.hour, today.minute) >= (5, 48)
    return msgspec.structs.replace(found, first_day=today.date() - timedelta(days=1 if passed else 2))


def play(night: Scenario, *, cast: Cast, seed: int, say: Callable[[str], None]) -> int:
    """Play the night up to the hour at which it is left; returns how many made-up people there are."""
    from turnout.drill.play import play as played

    outcome = played(
        night, seed=seed, cast=cast, until=LEFT_AT, among_real_people=True,
        say=lambda line: say(f"   {line.at:%H:%M}  {line.zh}"),
    )  # fmt: skip
    return outcome.drill.people


def set_clock_behind() -> None:
    """Let this installation's processes go on from the last thing that its log says."""
    from django.db.models import Max

    from turnout.access.scope import acting_as
    from turnout.core.actors import SYSTEM
    from turnout.core.models import AuditRow

    with acting_as(SYSTEM):
        last: Any = AuditRow.objects.aggregate(last=Max("at"))["last"]
    os.environ[clock.BEHIND] = str(max(0.0, (datetime.now(UTC) - last).total_seconds()))


def main(area: str, seed: int, dispatcher: str) -> int:
    """Let people go on arriving, until everybody who comes is there; then wait to be stopped."""
    from turnout.cli import database

    database.use_django()
    from turnout.drill import live
    from turnout.drill.cast import Cast
    from turnout.drill.play import made

    night = of(area, seed)
    drill = made(night, seed=seed, cast=Cast({("dispatcher", night.area): dispatcher}))
    if live.stands_at(drill):
        live.go_on(drill)
    signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
