"""One night for the demo, through the verbs a dispatcher would use, with seeded answers.

A drill: an incident, posts from the playbook, a wave, a plan, its call-outs into files, answers, first arrivals, and
two whistles that wait. Most people say yes, some no, some nothing, about half are on post already.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from turnout.cli.demo_data import actor_named
from turnout.places import public

if TYPE_CHECKING:
    from turnout.core.actors import Actor

PLANNING_SECONDS = 20
NO, SILENT, ON_POST = 0.03, 0.04, 0.5
"""Shares of those who are called: say no, say nothing; and of those who say yes, on post when the console opens."""


def fill(code: str, dispatcher: str, desk: str, seed: int, say: Callable[[str], None]) -> None:
    """Run the night of an area up to the hour in which people arrive."""
    by = actor_named(dispatcher)
    incident, wave = _open(code, by)
    plan = _plan(incident, wave, by)
    say(f"{plan.placed:,} of {plan.needed:,} places filled")
    _answer(incident, by, random.Random(seed))
    _whistle(code, incident, actor_named(desk))


def _open(code: str, by: Actor) -> tuple[Any, Any]:
    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.actors import SYSTEM
    from turnout.incidents.domain import incidents, playbooks
    from turnout.staffing.domain import posts, waves

    with acting_as(SYSTEM):
        shipped = {book.name: book for book in playbooks.publish_shipped(by=SYSTEM)}
    now = clock.now()
    start = now + timedelta(hours=2)
    with acting_as(by):
        title = f"{public.area(code).name}夜间增援"
        epidemic = shipped["epidemic"]
        incident = incidents.open_(title=title, area_code=code, playbook=epidemic, by=by, drill=True)
        posts.generate(incident=incident, starts_at=start, by=by, round_the_clock=False)
        wave = waves.create(
            incident=incident, arrive_by=start, lock_at=start, closes_at=start + timedelta(hours=12), by=by
        )
        return incident, waves.advance(wave=wave, to="open", by=by)


def _plan(incident: Any, wave: Any, by: Actor) -> Any:
    from turnout.access.scope import acting_as
    from turnout.staffing.domain import callouts, drafts, plans

    plan = drafts.draft(incident=incident, by=by, seconds=PLANNING_SECONDS)
    with acting_as(by):
        plans.publish(plan=plan, wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="http://127.0.0.1:8000/c/{}/".format)
    return plan


def _answer(incident: Any, by: Actor, chance: random.Random) -> None:
    from turnout.access.scope import acting_as
    from turnout.staffing.domain import callouts
    from turnout.staffing.models import CallOut

    with acting_as(by):
        called = list(CallOut.objects.filter(incident=incident).order_by("id"))
    for start in range(0, len(called), 500):
        with acting_as(by):
            for callout in called[start : start + 500]:
                drawn = chance.random()
                if drawn < NO:
                    callouts.answer_for(callout=callout, answer="no", way="phone", by=by)
                elif drawn > NO + SILENT:
                    callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)
                    if chance.random() < ON_POST:
                        callouts.arrive(callout=callout, by=by)


def _whistle(code: str, incident: Any, by: Actor) -> None:
    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.area_keys import key_of
    from turnout.staffing.domain import whistles

    now = clock.now()
    for category, people, task, otherwise in (
        ("general", 3, "独居老人送药、量体温", "有 6 户今晚拿不到药"),
        ("health", 1, "入户采样", "行动不便的 12 人明早采不完"),
    ):
        with acting_as(by):
            whistles.raise_(
                incident=incident, area_key=key_of(public.communities(code)[0].code), ground="beyond_us",
                kind="emergency", category=category, people=people, starts_at=now + timedelta(hours=1),
                ends_at=now + timedelta(hours=10), arrive_by=now + timedelta(hours=1), task=task,
                otherwise=otherwise, by=by,
            )  # fmt: skip
