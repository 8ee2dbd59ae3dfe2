"""How a community desk reads: its posts with who fills them, and the list of those who come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from turnout.console.presenters import whistles as whistling
from turnout.console.words import in_chinese, listed
from turnout.core.actors import Actor
from turnout.incidents import queries as incidents
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import clocks, queries, returns
from turnout.staffing.models import CallOut, Opening, Post
from turnout.staffing.states import ACCEPTED, CALLED

MOST_HAND_OVERS, MOST_WHISTLES = 6, 5
MARKS = {"on_post": "ok", "yes": "way", "asked": "wait", "later": "wait", "waiting": "wait", "silent": "short"}


@dataclass(frozen=True, slots=True)
class PostRow:
    post: Post
    category: str
    accepted: int
    on_post: int
    gap: int
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who is expected: the call-out, its state in words and mark."""

    callout: CallOut
    state: str
    mark: str
    there: bool


@dataclass(frozen=True, slots=True)
class Group:
    category: str
    lines: list[Line]
    there: int


def page(incident: Incident, area: Area, by: Actor) -> dict[str, Any]:
    """Everything the desk shows, however many posts and people: a fixed number of queries."""
    within = (area.area_key, area.key_end)
    people = queries.expected(incident, within)
    opened = queries.open_for_signup(incident, within)
    groups = _groups(people)
    posts = _posts(queries.posts_within(incident, within), people, opened)
    level = incidents.level_at(list(incidents.live_marks(incident)), area.area_key)
    return {
        "incident": incident,
        "area": area,
        "level": _level(incident, level),
        "posts": posts,
        "groups": groups,
        "coming": [line.callout for group in groups for line in group.lines if not line.there],
        "needed": sum(row.post.places for row in posts),
        "accepted": sum(row.accepted for row in posts),
        "there": sum(row.on_post for row in posts),
        "gap": sum(row.gap for row in posts),
        "lacking": _lacking(posts),
        "unanswered": sum(callout.state in ("waiting", "asked", "later") for callout in people),
        "arrive_by": min((callout.wave.arrive_by for callout in people), default=None),
        "unseen": clocks.unseen(incident, within, by) if by.can("arrival.mark", area.area_key) else [],
        "hand_overs": returns.latest(incident, within, MOST_HAND_OVERS),
        "whistles": whistling.shown(
            queries.whistles(incident, by).filter(area_key__gte=within[0], area_key__lt=within[1])[:MOST_WHISTLES]
        ),
        "office": queries.desk_phone(area.area_key),
        "may_fix": by.can("post.edit", area.area_key),
        "may_mark": by.can("arrival.mark", area.area_key),
        "may_raise": by.can("whistle.raise", area.area_key),
    }


def _level(incident: Incident, code: str) -> str:
    """The level that holds here, in the playbook's words."""
    language = "zh" if in_chinese() else "en"
    return next((level.title[language] for level in incident.playbook.playbook.levels if level.code == code), "")


def _lacking(posts: list[PostRow]) -> str:
    """Who is missing, by category: "health professional 2, street cadre 1"."""
    missing: dict[str, int] = {}
    for row in posts:
        if row.gap:
            missing[row.category] = missing.get(row.category, 0) + row.gap
    return listed(f"{category} {people}" for category, people in sorted(missing.items(), key=lambda one: -one[1]))


def _posts(posts: Iterable[Post], people: list[CallOut], opened: Mapping[UUID, Opening]) -> list[PostRow]:
    rows = []
    for post in posts:
        states = [callout.state for callout in people if callout.post_id == post.pk]
        accepted = sum(state in ACCEPTED for state in states)
        gap = max(0, post.places - accepted)
        rows.append(
            PostRow(
                post, str(CATEGORIES[post.category]), accepted, states.count("on_post"), gap, opened.get(post.pk)
            )
        )  # fmt: skip
    return rows


def _groups(people: list[CallOut]) -> list[Group]:
    groups = []
    for category, found in groupby(people, key=lambda callout: callout.category):
        lines = [
            Line(callout, str(CALLED[callout.state]), MARKS.get(callout.state, "wait"), callout.state == "on_post")
            for callout in found
        ]
        groups.append(Group(str(CATEGORIES[category]), lines, sum(line.there for line in lines)))
    return groups
