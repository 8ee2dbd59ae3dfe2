"""What somebody can do in a scenario: each step is a verb that a page would call, done by an account that may.

A step returns what came of it, in both languages. Arguments come from the scenario file; times are its "D HH:MM".
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.drill.population import scaled
from turnout.incidents.domain import incidents, playbooks
from turnout.places.public import Community
from turnout.staffing import cover, jobs, queries
from turnout.staffing.domain import callouts, drafts, plans, posts, waves, whistles
from turnout.staffing.domain import feedback as opinions
from turnout.staffing.models import CallOut, Consent, Post, Whistle
from turnout.staffing.states import MARKS

if TYPE_CHECKING:
    from turnout.drill.runner import Drill

Told = tuple[str, str]
RELEASED_AT_ONCE = 2_000
CALLERS_ONE_IN = 6
"""Of the posts, one in so many gets a word of its community: a secretary writes about the village, not each post."""
SHORTEST_SEARCH = 60.0
"""Seconds that a plan gets at any scale: a fresh machine compiles the planner's loops within them."""


def enter(drill: Drill, *, groups: list[str]) -> Told:
    """More people come into the lists."""
    count = drill.enter(groups)
    return f"{count:,} 名虚构人员", f"{count:,} made-up people"


def open_(drill: Drill, *, title: str, district_of: int | None = None) -> Told:
    """The incident is declared, as a drill, by the scenario's playbook: everywhere, or in the district of one place."""
    with acting_as(SYSTEM):
        book = playbooks.publish(text=drill.scenario.playbook_text(), by=SYSTEM)
    drill.marks.clear()
    area = drill.scenario.area if district_of is None else _community(drill, district_of).district_code
    with acting_as(drill.cast.dispatcher) as by:
        drill.incident = incidents.open_(title=title, area_code=area, playbook=book, by=by, drill=True)
    return "", ""


def stand_down(drill: Drill) -> Told:
    with acting_as(drill.cast.dispatcher) as by:
        incidents.stand_down(incident=_incident(drill), by=by)
    return "", ""


def mark(drill: Drill, *, level: str, communities: int, by_figure: str, kind: str = "", ends: str = "") -> Told:
    """Communities are put at a level: those with the largest figure (residents or households), of one kind if named."""
    listed = [one for one in drill.places.communities if not kind or one.kind == kind]
    known = drill.kept.setdefault("marked", {})
    listed = [one for one in listed if one.code not in known]
    listed.sort(key=lambda one: (-getattr(one, by_figure), one.code))
    wanted = listed[: scaled(communities, drill.scale)]
    with acting_as(drill.cast.dispatcher) as by:
        for one in wanted:
            known[one.code] = incidents.mark(
                incident=_incident(drill), area_key=key_of(one.code), level=level, by=by,
                ends_at=drill.moment(ends) if ends else None,
            )  # fmt: skip
    return f"{len(wanted):,} 个社区", f"{len(wanted):,} communities"


def generate(drill: Drill, *, starts: str, round_the_clock: bool = False, shift_hours: int | None = None) -> Told:
    """Posts are made from the playbook's standards, with the arithmetic of round-the-clock cover said before."""
    with acting_as(drill.cast.dispatcher) as by:
        incident = _incident(drill)
        lines = cover.cover(incident, shift_hours).categories if round_the_clock else ()
        made = posts.generate(
            incident=incident, starts_at=drill.moment(starts), by=by, round_the_clock=round_the_clock,
            shift_hours=shift_hours,
        )  # fmt: skip
        needed = queries.needed(incident)
    zh, en = f"{made.added:,} 个岗位，需 {needed:,} 人", f"{made.added:,} posts for {needed:,} people"
    for line in lines:
        if line.seats_round_the_clock:
            zh += (
                f"；{line.category} {line.seats_round_the_clock:,} 岗昼夜值守，每岗 {line.people_per_seat} 人，"
                f"需 {line.needed:,}，在册 {line.available:,}"
            )
            en += (
                f"; {line.category}: {line.seats_round_the_clock:,} seats day and night, {line.people_per_seat} "
                f"people each, {line.needed:,} needed, {line.available:,} there"
            )
    return zh, en


def whistle(
    drill: Drill, *, key: str, place: int, category: str, people: int, starts: str, ends: str, arrive_by: str,
    task: str, otherwise: str, ground: str = "beyond_us", kind: str = "emergency", skills: list[str] | None = None,
) -> Told:  # fmt: skip
    """The desk of a community whistles for people. `place` counts the communities of the drill from 0."""
    code = _community(drill, place).code
    with acting_as(drill.cast.actor("desk", code)) as by:
        drill.kept[key] = whistles.raise_(
            incident=_incident(drill), area_key=key_of(code), ground=ground, kind=kind, category=category,
            people=people, starts_at=drill.moment(starts), ends_at=drill.moment(ends),
            arrive_by=drill.moment(arrive_by), task=task, otherwise=otherwise, skills=skills or [], by=by,
        )  # fmt: skip
    drill.marks[f"{key} raised"] = clock.now()
    return f"{people} 人", f"{people} people"


def approve(drill: Drill, *, key: str) -> Told:
    """Whoever the whistle has come to by now approves it."""
    with acting_as(SYSTEM):
        call = Whistle.objects.get(pk=drill.kept[key].pk)
    code = _community(drill, 0).code if call.level == "city" else f"{call.area_key:018d}"[:12]
    answering = {"street": ("triage", code[:9]), "district": ("dispatcher", code[:6])}
    by = drill.cast.actor(*answering[call.level]) if call.level in answering else drill.cast.dispatcher
    with acting_as(by):
        whistles.approve(whistle=call, by=by)
    return f"由{_LEVELS[call.level]}批准", f"approved by the {call.level}"


def wave(drill: Drill, *, arrive_by: str, lock_at: str, closes_at: str) -> Told:
    with acting_as(drill.cast.dispatcher) as by:
        made = waves.create(
            incident=_incident(drill), arrive_by=drill.moment(arrive_by), lock_at=drill.moment(lock_at),
            closes_at=drill.moment(closes_at), by=by,
        )  # fmt: skip
        drill.wave = waves.advance(wave=made, to="open", by=by)
    return f"第 {made.number} 批", f"wave {made.number}"


def plan(drill: Drill, *, seconds: float) -> Told:
    """A plan is drafted, at most so many seconds at full size, and published."""
    by = drill.cast.dispatcher
    allowed = max(SHORTEST_SEARCH, seconds * drill.scale)
    made = drafts.draft(incident=_incident(drill), by=by, seconds=allowed, seed=drill.seed)
    with acting_as(by):
        published = plans.publish(plan=made, wave=_wave(drill), by=by)
    drill.kept["slowest_plan"] = max(made.seconds, drill.kept.get("slowest_plan", 0.0))
    zh, en = ("没来得及证明", "not proven in time") if made.proof_gap is None else (f"{made.proof_gap:.2%}",) * 2
    return (
        f"{made.needed:,} 个名额排 {made.placed:,} 人，最优性差距 {zh}；新召集 {published.called:,}，"
        f"不变 {published.kept:,}，撤回 {published.called_off:,}",
        f"{made.placed:,} of {made.needed:,} places filled, proof gap {en}; {published.called:,} called, "
        f"{published.kept:,} kept, {published.called_off:,} called off",
    )


def call(drill: Drill) -> Told:
    """Everybody of the wave who was not asked yet is asked, by the worker's own job, through the file channel.

    Where the playbook says so, their units are asked first.
    """
    from turnout.drill.runner import ADDRESS

    drill.marks.setdefault(f"called {_wave(drill).number}", clock.now())
    asked = jobs.ask_wave(str(_wave(drill).pk), str(drill.cast.dispatcher.id), ADDRESS, "file")
    with acting_as(SYSTEM):
        units = Consent.objects.filter(wave=_wave(drill), state="asked").count()
    if units:
        return f"{asked:,} 人；先问 {units:,} 个单位", f"{asked:,} people; {units:,} units first"
    return f"{asked:,} 人", f"{asked:,} people"


def spread(
    drill: Drill, *, group: str, villages: int, starts: str, ends: str, task: str, otherwise: str
) -> Told:  # fmt: skip
    """Villages of the street that a group is paired with whistle for its people, as its leader has split them."""
    street = drill.places.largest_street
    wanted = [one for one in drill.places.communities if one.street_code == street][:villages]
    found = next(one for one in drill.scenario.groups if one.code == group)
    for number, one in enumerate(wanted):
        people = found.people * (number + 1) // len(wanted) - found.people * number // len(wanted)
        place = drill.places.communities.index(one)
        key = f"{group} {number}"
        whistle(
            drill, key=key, place=place, category=found.categories[0], people=people, starts=starts, ends=ends,
            arrive_by=starts, task=task, otherwise=otherwise, skills=list(found.skills),
        )  # fmt: skip
        approve(drill, key=key)
    return f"{len(wanted)} 个社区（村）", f"{len(wanted)} communities"


def feedback(drill: Drill) -> Told:
    """Communities say how the response was, people how the call was: about the matter, never about a person."""
    with acting_as(drill.cast.dispatcher) as by:
        over = CallOut.objects.filter(incident=_incident(drill), state="released").values("post_id")
        wanted = list(Post.objects.filter(pk__in=over).order_by("area_key", "standard", "id")[::CALLERS_ONE_IN])
        for post in wanted:
            opinions.give_as_caller(post=post, mark=_opinion(drill, post.area_key), by=by)
    said = 0
    for callout_id, token in drill.links.items():
        try:
            behind = callouts.scope_of_link(token)
        except Refusal as refusal:  # the wave has closed, and its links with it
            drill.counts[f"refused {refusal.code}"] += 1
            continue
        with acting_as(behind) as by:
            mine = CallOut.objects.filter(pk=callout_id, state="released").first()
            if mine is not None:
                opinions.give_as_responder(callout=mine, mark=_opinion(drill, mine.area_key), by=by)
                said += 1
    return f"社区 {len(wanted):,} 条，来的人 {said:,} 条", f"{len(wanted):,} by communities, {said:,} by who came"


def _opinion(drill: Drill, key: int) -> str:
    """Most are content; the seed says who is not."""
    marks = list(MARKS)
    return marks[min(len(marks) - 1, int(random.Random(f"{drill.seed}:opinion:{key}").expovariate(1.2)))]


def fix(drill: Drill, *, group: str, duties: str, meet_at: str) -> Told:
    """Each community that gets people of a group fixes their posts and duties (定岗定责), at its own desk."""
    with acting_as(SYSTEM):
        called = _of_group(drill, group).filter(state__in=("asked", "yes", "later", "on_post"))
        wanted = list(Post.objects.filter(pk__in=called.values("post_id"), fixed_at=None))
    for post in wanted:
        with acting_as(drill.cast.actor("desk", f"{post.area_key:018d}"[:12])) as by:
            posts.fix(post=post, duties=duties, meet_at=meet_at, by=by)
    return f"{len(wanted):,} 个岗位", f"{len(wanted):,} posts"


def take_over(drill: Drill, *, key: str) -> Told:
    """The community's own desk is locked in: somebody of the team that came gets its desk, and whistles work again."""
    code = f"{drill.kept[key].area_key:018d}"[:12]
    with acting_as(drill.cast.dispatcher):
        there = CallOut.objects.filter(post__whistle=drill.kept[key], state="on_post").count()
    user = drill.cast.hire("desk", code)
    drill.marks[f"{key} desk"] = clock.now()
    return f"新值守账号 {user.username}，到岗 {there} 人", f"new desk {user.username}, {there} on post"


def release(drill: Drill, *, group: str = "", key: str = "", wave: int = 0) -> Told:
    """People leave their posts: all, or those of one group, whistle or wave. Their time is free again."""
    with acting_as(SYSTEM):
        found = _of_group(drill, group) if group else CallOut.objects.filter(incident=_incident(drill))
        if key:
            found = found.filter(post__whistle=drill.kept[key])
        if wave:
            found = found.filter(wave__number=wave)
        ids = list(found.filter(state="on_post").order_by("id").values_list("pk", flat=True))
    for start in range(0, len(ids), RELEASED_AT_ONCE):
        with acting_as(drill.cast.dispatcher) as by:
            callouts.release(callouts=[CallOut(pk=pk) for pk in ids[start : start + RELEASED_AT_ONCE]], by=by)
    drill.marks["released"] = clock.now()
    return f"{len(ids):,} 人", f"{len(ids):,} people"


def _of_group(drill: Drill, group: str) -> QuerySet[CallOut]:
    return CallOut.objects.filter(incident=_incident(drill), person__unit__code__startswith=f"{group}-")


def _community(drill: Drill, place: int) -> Community:
    return drill.places.communities[place]


def _incident(drill: Drill) -> Any:
    assert drill.incident is not None, "the scenario opens no incident before this step"
    return drill.incident


def _wave(drill: Drill) -> Any:
    assert drill.wave is not None, "the scenario opens no wave before this step"
    return drill.wave


_LEVELS = {"street": "街镇", "district": "区", "city": "市"}

STEPS: dict[str, Callable[..., Told]] = {
    "enter": enter,
    "open": open_,
    "stand_down": stand_down,
    "mark": mark,
    "generate": generate,
    "whistle": whistle,
    "approve": approve,
    "wave": wave,
    "plan": plan,
    "call": call,
    "spread": spread,
    "feedback": feedback,
    "fix": fix,
    "take_over": take_over,
    "release": release,
}
