"""Posts: made from the playbook's standards, fixed by the community."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.ids import new_id
from turnout.incidents.models import Incident
from turnout.incidents.playbook import Playbook, Standard
from turnout.staffing import refusals
from turnout.staffing.models import CallOut, Post
from turnout.staffing.queries import Place, places_of
from turnout.staffing.states import LIVE


@dataclass(frozen=True, slots=True)
class Made:
    """What generating did: posts added, changed in number, cancelled, and left as they were."""

    added: int
    changed: int
    cancelled: int
    same: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One post that the standards ask for."""

    area_key: int
    standard: Standard
    seats: int
    places_min: int
    places: int
    site_id: str | None


_WANTED = """
CREATE TEMPORARY TABLE wanted_post (
  id uuid, area_key bigint, standard text, site_id uuid, category text, excludes text[], seats int, places_min int,
  places int, round_the_clock boolean, duties text) ON COMMIT DROP
"""
_SAME_POST = """p.incident_id = %(incident)s AND p.state = 'open' AND p.area_key = w.area_key
  AND p.standard = w.standard AND p.site_id IS NOT DISTINCT FROM w.site_id"""
# A post that the community fixed keeps its number: they know better than the rule.
_CHANGE = f"""
UPDATE staffing_post p SET seats = w.seats, places_min = w.places_min, places = w.places
  FROM wanted_post w
 WHERE {_SAME_POST} AND p.fixed_at IS NULL
   AND (p.seats, p.places_min, p.places) IS DISTINCT FROM (w.seats, w.places_min, w.places)
"""
_CANCEL = f"""
UPDATE staffing_post p SET state = 'cancelled'
 WHERE p.incident_id = %(incident)s AND p.state = 'open' AND p.standard <> '' AND p.fixed_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM wanted_post w WHERE {_SAME_POST})
   AND NOT EXISTS (SELECT 1 FROM staffing_callout c WHERE c.post_id = p.id AND c.state = ANY(%(live)s))
"""
_ADD = f"""
INSERT INTO staffing_post (id, incident_id, area_key, standard, site_id, category, skills, excludes, seats, places_min,
                           places, starts_at, ends_at, round_the_clock, duties, meet_at, state, made_at)
SELECT w.id, %(incident)s, w.area_key, w.standard, w.site_id, w.category, '{{}}', w.excludes, w.seats, w.places_min,
       w.places, %(starts)s, %(ends)s, w.round_the_clock, w.duties, '', 'open', %(now)s
  FROM wanted_post w
 WHERE NOT EXISTS (SELECT 1 FROM staffing_post p WHERE {_SAME_POST})
"""


@transaction.atomic
def generate(
    *, incident: Incident, starts_at: datetime, by: Actor, round_the_clock: bool = True, shift_hours: int | None = None
) -> Made:
    """Make the posts of every community of an incident from its playbook; asking twice changes nothing.

    With `round_the_clock` a seat that is kept day and night takes as many people as the shifts need; without, the
    posts cover the first shift only. Posts end after the playbook's days of posting.
    """
    incident = Incident.objects.select_for_update().select_related("playbook").get(pk=incident.pk)
    by.require("plan.make", incident.area_key)
    playbook = incident.playbook.playbook
    people_per_seat = playbook.shifts.people_per_post(shift_hours) if round_the_clock else 1
    wanted = list(wanted_posts(playbook, places_of(incident), people_per_seat))
    params: dict[str, Any] = {
        "incident": incident.pk,
        "starts": starts_at,
        "ends": starts_at + timedelta(days=playbook.posting.days),
        "now": clock.now(),
        "live": list(LIVE),
    }
    with connection.cursor() as cursor:
        _copy(cursor, wanted)
        counts = []
        for statement in (_CHANGE, _CANCEL, _ADD):
            cursor.execute(statement, params)
            counts.append(cursor.rowcount)
        cursor.execute("DROP TABLE wanted_post")
    changed, cancelled, added = counts
    made = Made(added, changed, cancelled, len(wanted) - added - changed)
    audit.record(
        "post.generate", by=by, of=incident, area_key=incident.area_key,
        details={"added": added, "changed": changed, "cancelled": cancelled, "per_seat": people_per_seat},
    )  # fmt: skip
    return made


def wanted_posts(playbook: Playbook, places: list[Place], people_per_seat: int) -> Iterator[Wanted]:
    """Yield what the standards ask for at each community, in its present level."""
    for place in places:
        for standard in playbook.standards:
            if not standard.applies(place.level):
                continue
            for seats, site_id in _seats(standard, place):
                people = people_per_seat if standard.round_the_clock else 1
                least = min(standard.places_min, seats)
                yield Wanted(place.area_key, standard, seats, least * people, seats * people, site_id)


def _seats(standard: Standard, place: Place) -> Iterator[tuple[int, str | None]]:
    """Yield (seats, site) for one standard at one community; nothing where it asks for nobody."""
    if standard.per == "site":
        for kind, site_id in place.sites:
            if kind == standard.site:
                yield standard.places, site_id
    elif standard.per == "compound":
        if place.compounds:
            yield standard.places * place.compounds, None
    elif seats := standard.places_for(place.residents):
        yield seats, None


def _copy(cursor: Any, wanted: list[Wanted]) -> None:
    cursor.execute(_WANTED)
    columns = "id, area_key, standard, site_id, category, excludes, seats, places_min, places, round_the_clock, duties"
    with cursor.copy(f"COPY wanted_post ({columns}) FROM STDIN") as copy:
        for row in wanted:
            rule = row.standard
            copy.write_row(
                (
                    new_id(), row.area_key, rule.code, row.site_id, rule.category, list(rule.excludes), row.seats,
                    row.places_min, row.places, rule.round_the_clock, rule.duties.zh,
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
    fresh = Post.objects.select_for_update().filter(pk=post.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("post.edit", fresh.area_key)
    if fresh.state != "open":
        raise refusals.POST_OVER.refuse()
    return fresh
