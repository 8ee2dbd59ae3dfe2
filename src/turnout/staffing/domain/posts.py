"""Posts: made from the playbook's standards, fixed by the community."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from turnout.core import audit, clock, statistics
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.ids import new_id
from turnout.incidents.domain import incidents
from turnout.incidents.models import Incident, PlaybookSwitch, PlaybookVersion
from turnout.staffing import queries, refusals
from turnout.staffing.cover import places_of
from turnout.staffing.models import CallOut, Post
from turnout.staffing.standards import Wanted, keeping, manned, posts_of
from turnout.staffing.states import LIVE


@dataclass(frozen=True, slots=True)
class Step:
    """What generating does to the posts of one standard, in posts and in places.

    `kept` are posts that the rules would change or cancel, but that a community fixed or people are called to.
    """

    standard: str
    added: int
    changed: int
    cancelled: int
    kept: int
    same: int
    places_before: int
    places_after: int


@dataclass(frozen=True, slots=True)
class Made:
    """What generating did, or would do, standard by standard."""

    steps: tuple[Step, ...]

    @property
    def added(self) -> int:
        return sum(step.added for step in self.steps)

    @property
    def changed(self) -> int:
        return sum(step.changed for step in self.steps)

    @property
    def cancelled(self) -> int:
        return sum(step.cancelled for step in self.steps)

    @property
    def kept(self) -> int:
        return sum(step.kept for step in self.steps)

    @property
    def same(self) -> int:
        return sum(step.same for step in self.steps)

    @property
    def places(self) -> int:
        return sum(step.places_after for step in self.steps)


_WANTED = """
CREATE TEMPORARY TABLE wanted_post (
  id uuid, area_key bigint, standard text, site_id uuid, category text, excludes text[], seats int, places_min int,
  places int, round_the_clock boolean, duties text) ON COMMIT DROP
"""
# What the rules ask for against what stands. A post that the community fixed stays: they know better than the rule. One
# that people are called to is not cancelled and keeps its category; nobody on post loses the place by a figure.
_STEPS = """
CREATE TEMPORARY TABLE post_step ON COMMIT DROP AS
SELECT p.id AS post_id, w.id AS wanted_id, coalesce(w.standard, p.standard) AS standard, coalesce(p.places, 0) AS was,
       greatest(w.places, c.on_post) AS places,
       CASE WHEN p.id IS NULL THEN 'added'
            WHEN w.id IS NOT NULL
             AND (p.seats, p.places_min, p.places, p.category, p.round_the_clock, p.duties, p.excludes)
                 IS NOT DISTINCT FROM (w.seats, w.places_min, greatest(w.places, c.on_post), w.category,
                                       w.round_the_clock, w.duties, w.excludes) THEN 'same'
            WHEN p.fixed_at IS NOT NULL OR c.called > 0 AND w.category IS DISTINCT FROM p.category THEN 'kept'
            WHEN w.id IS NULL THEN 'cancelled'
            ELSE 'changed' END AS step
  FROM wanted_post w
  FULL JOIN (SELECT * FROM staffing_post WHERE incident_id = %(incident)s AND state = 'open' AND standard <> '') p
    ON p.area_key = w.area_key AND p.standard = w.standard
   AND coalesce(p.site_id, %(none)s) = coalesce(w.site_id, %(none)s)
  LEFT JOIN (SELECT post_id, count(*) AS called, count(*) FILTER (WHERE state = 'on_post') AS on_post
               FROM staffing_callout WHERE incident_id = %(incident)s AND state = ANY(%(live)s) GROUP BY post_id) c
    ON c.post_id = p.id
"""
_COUNTS = """
SELECT standard, count(*) FILTER (WHERE step = 'added'), count(*) FILTER (WHERE step = 'changed'),
       count(*) FILTER (WHERE step = 'cancelled'), count(*) FILTER (WHERE step = 'kept'),
       count(*) FILTER (WHERE step = 'same'), sum(was),
       sum(CASE WHEN step IN ('added', 'changed') THEN places WHEN step = 'cancelled' THEN 0 ELSE was END)
  FROM post_step GROUP BY standard ORDER BY standard
"""
_CHANGE = """
UPDATE staffing_post p
   SET seats = w.seats, places_min = w.places_min, places = s.places, category = w.category, excludes = w.excludes,
       round_the_clock = w.round_the_clock, duties = w.duties
  FROM post_step s JOIN wanted_post w ON w.id = s.wanted_id WHERE s.step = 'changed' AND p.id = s.post_id
"""
_CANCEL = """
UPDATE staffing_post p SET state = 'cancelled' FROM post_step s WHERE s.step = 'cancelled' AND p.id = s.post_id
"""
_ADD = """
INSERT INTO staffing_post (id, incident_id, area_key, standard, site_id, category, skills, excludes, seats, places_min,
                           places, starts_at, ends_at, round_the_clock, duties, meet_at, state, made_at)
SELECT w.id, %(incident)s, w.area_key, w.standard, w.site_id, w.category, '{}', w.excludes, w.seats, w.places_min,
       w.places, %(starts)s, %(ends)s, w.round_the_clock, w.duties, '', 'open', %(now)s
  FROM post_step s JOIN wanted_post w ON w.id = s.wanted_id WHERE s.step = 'added'
"""
_NO_SITE = "00000000-0000-0000-0000-000000000000"


@transaction.atomic
def generate(
    *,
    incident: Incident,
    starts_at: datetime,
    by: Actor,
    round_the_clock: bool = True,
    shift_hours: int | None = None,
    neighbours: int = 1,
) -> Made:
    """Make the posts of every community of an incident from its playbook; asking twice changes nothing.

    With `round_the_clock` a seat that is kept day and night takes as many people as the shifts need, fewer where so
    many `neighbours` share one night shift; without, the posts cover the first shift only. Posts end after the
    playbook's days of posting.
    """
    incident = Incident.objects.select_for_update().select_related("playbook").get(pk=incident.pk)
    by.require("plan.make", incident.area_key)
    incidents.require_active(incident)
    playbook = incident.playbook.playbook
    how = keeping(playbook, shift_hours, neighbours, round_the_clock=round_the_clock)
    params: dict[str, Any] = {
        "incident": incident.pk,
        "starts": starts_at,
        "ends": starts_at + timedelta(days=playbook.posting.days),
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        made = _compared(cursor, incident, manned(posts_of(playbook, places_of(incident)), how))
        for statement in (_CHANGE, _CANCEL, _ADD):
            cursor.execute(statement, params)
        cursor.execute("DROP TABLE wanted_post, post_step")
    statistics.renew("staffing_post", rows=made.added)
    audit.record(
        "post.generate", by=by, of=incident, area_key=incident.area_key,
        details={"added": made.added, "changed": made.changed, "cancelled": made.cancelled, "kept": made.kept,
                 "per_seat": how.per_seat, "neighbours": how.neighbours},
    )  # fmt: skip
    return made


@transaction.atomic
def preview(
    *,
    incident: Incident,
    by: Actor,
    version: PlaybookVersion | None = None,
    round_the_clock: bool = True,
    shift_hours: int | None = None,
    neighbours: int = 1,
) -> Made:
    """Return what `generate` would do now, by the incident's playbook or by another version of it. Writes nothing."""
    by.require("plan.make", incident.area_key)
    playbook = (version or incident.playbook).playbook
    how = keeping(playbook, shift_hours, neighbours, round_the_clock=round_the_clock)
    with connection.cursor() as cursor:
        made = _compared(cursor, incident, manned(posts_of(playbook, places_of(incident)), how))
        cursor.execute("DROP TABLE wanted_post, post_step")
    return made


@transaction.atomic
def switch_playbook(
    *,
    incident: Incident,
    version: PlaybookVersion,
    reason: str,
    starts_at: datetime,
    by: Actor,
    round_the_clock: bool = True,
    shift_hours: int | None = None,
    neighbours: int = 1,
) -> tuple[PlaybookSwitch, Made]:
    """Run an incident by another version of its playbook and bring its posts to the new rules, or neither.

    `preview` says beforehand what this does to posts; new ones begin at `starts_at`. Where no posts were made from
    the playbook yet, none are made now.
    """
    switch = incidents.switch_playbook(incident=incident, playbook=version, reason=reason, by=by)
    if not queries.made_from_rules(incident):
        return switch, Made(())
    made = generate(
        incident=incident, starts_at=starts_at, by=by, round_the_clock=round_the_clock, shift_hours=shift_hours,
        neighbours=neighbours,
    )  # fmt: skip
    return switch, made


def _compared(cursor: Any, incident: Incident, wanted: Iterable[tuple[Wanted, int]]) -> Made:
    """Leave the tables wanted_post and post_step behind for this transaction, and count what they say."""
    _copy(cursor, wanted)
    cursor.execute(_STEPS, {"incident": incident.pk, "live": list(LIVE), "none": _NO_SITE})
    cursor.execute(_COUNTS)
    return Made(tuple(Step(*row) for row in cursor.fetchall()))


def _copy(cursor: Any, wanted: Iterable[tuple[Wanted, int]]) -> None:
    cursor.execute(_WANTED)
    columns = "id, area_key, standard, site_id, category, excludes, seats, places_min, places, round_the_clock, duties"
    with cursor.copy(f"COPY wanted_post ({columns}) FROM STDIN") as copy:
        for post, people in wanted:
            rule = post.standard
            copy.write_row(
                (
                    new_id(), post.area_key, rule.code, post.site_id, rule.category, list(rule.excludes), post.seats,
                    math.ceil(people * post.seats_min / post.seats), people, rule.round_the_clock, rule.duties.zh,
                )
            )  # fmt: skip


@transaction.atomic
def fix(
    *, post: Post, by: Actor, duties: str | None = None, meet_at: str | None = None, places: int | None = None
) -> Post:
    """Fix a post and its duty (定岗定责): what is to be done, where to report, how many. The community decides."""
    post = _locked(post, by)
    called = _called(post)
    if places is not None:
        if not 1 <= places <= 5000:
            raise refusals.POST_BAD.refuse(problem="1-5000")
        if places < called:
            raise refusals.SEATS_TOO_MANY.refuse(called=called)
        post.places, post.places_min, post.seats = places, min(post.places_min, places), min(post.seats, places)
    post.duties = post.duties if duties is None else duties.strip()
    post.meet_at = post.meet_at if meet_at is None else meet_at.strip()
    post.fixed_at, post.fixed_by_id = clock.now(), by.id
    post.save()
    audit.record("post.fix", by=by, of=post, area_key=post.area_key, details={"places": post.places})
    return post


@transaction.atomic
def cancel(*, post: Post, by: Actor) -> Post:
    """Cancel a post to which nobody is called."""
    post = _locked(post, by)
    called = _called(post)
    if called:
        raise refusals.SEATS_TOO_MANY.refuse(called=called)
    post.state = "cancelled"
    post.save(update_fields=["state"])
    audit.record("post.cancel", by=by, of=post, area_key=post.area_key)
    return post


def _called(post: Post) -> int:
    return CallOut.objects.filter(post=post, state__in=LIVE).count()


def _locked(post: Post, by: Actor) -> Post:
    fresh = Post.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=post.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("post.edit", fresh.area_key)
    incidents.require_active(fresh.incident)
    if fresh.state != "open":
        raise refusals.POST_OVER.refuse()
    return fresh
