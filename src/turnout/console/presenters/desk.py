"""How a community desk reads: its posts with who fills them, and the list of those who come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from turnout.core.actors import Actor
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import queries
from turnout.staffing.models import CallOut, Post
from turnout.staffing.states import ACCEPTED, CALLED

MARKS = {"on_post": "ok", "yes": "way", "asked": "wait", "later": "wait", "waiting": "wait", "silent": "short"}


@dataclass(frozen=True, slots=True)
class PostRow:
    post: Post
    category: str
    accepted: int
    on_post: int
    gap: int


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
    """Everything the desk shows. Two queries, however many posts and people."""
    within = (area.area_key, area.key_end)
    people = queries.expected(incident, within)
    posts = _posts(queries.posts_within(incident, within), people)
    return {
        "incident": incident,
        "area": area,
        "posts": posts,
        "groups": _groups(people),
        "needed": sum(row.post.places for row in posts),
        "accepted": sum(row.accepted for row in posts),
        "there": sum(row.on_post for row in posts),
        "gap": sum(row.gap for row in posts),
        "may_fix": by.can("post.edit", area.area_key),
        "may_mark": by.can("arrival.mark", area.area_key),
        "may_raise": by.can("whistle.raise", area.area_key),
    }


def _posts(posts: Iterable[Post], people: list[CallOut]) -> list[PostRow]:
    rows = []
    for post in posts:
        states = [callout.state for callout in people if callout.post_id == post.pk]
        accepted = sum(state in ACCEPTED for state in states)
        gap = max(0, post.places - accepted)
        rows.append(PostRow(post, str(CATEGORIES[post.category]), accepted, states.count("on_post"), gap))
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
