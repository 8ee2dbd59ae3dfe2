"""Reads of staffing: what a night needs, who is planned, who is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from procrastinate.contrib.django.models import ProcrastinateJob

from turnout.core import clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import KeyRange, range_of_key
from turnout.incidents.models import Incident
from turnout.people.models import Person
from turnout.staffing.models import CallOut, LeftOut, Placement, Plan, Post, Wave, Whistle
from turnout.staffing.states import ACCEPTED

LONGEST_DRAFT = timedelta(minutes=15)

_PLACES = """
SELECT a.area_key, coalesce(a.residents, 0), coalesce(m.level, ''),
       (SELECT count(*) FROM places_area c WHERE c.parent_id = a.id AND c.level = 'compound' AND c.closed_at IS NULL),
       coalesce(s.sites, '{}')
  FROM places_area a
  LEFT JOIN LATERAL (
    SELECT mark.level FROM incidents_levelmark mark JOIN places_area around ON around.area_key = mark.area_key
     WHERE mark.incident_id = %(incident)s AND mark.starts_at <= %(now)s
       AND (mark.ends_at IS NULL OR mark.ends_at > %(now)s)
       AND around.area_key <= a.area_key AND a.area_key < around.key_end
     ORDER BY around.key_end - around.area_key LIMIT 1) m ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(site.kind || '|' || site.id ORDER BY site.id) AS sites FROM places_site site
     WHERE site.area_key >= a.area_key AND site.area_key < a.key_end AND site.closed_at IS NULL) s ON true
 WHERE a.level = 'community' AND a.closed_at IS NULL AND a.area_key >= %(low)s AND a.area_key < %(high)s
 ORDER BY a.area_key
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A community as the standards see it. `sites` are (kind, id)."""

    area_key: int
    residents: int
    level: str
    compounds: int
    sites: tuple[tuple[str, str], ...]


def places_of(incident: Incident) -> list[Place]:
    """Return the open communities of an incident with the level that holds there now. One query."""
    low, high = range_of_key(incident.area_key)
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"incident": incident.pk, "now": clock.now(), "low": low, "high": high})
        return [
            Place(key, residents, level, compounds, tuple(_site(text) for text in sites))
            for key, residents, level, compounds, sites in cursor.fetchall()
        ]


def _site(text: str) -> tuple[str, str]:
    kind, site_id = text.split("|")
    return kind, site_id


@dataclass(frozen=True, slots=True)
class Cover:
    """The arithmetic of one category: seats kept round the clock and by day, people they take, people there are."""

    category: str
    seats_round_the_clock: int
    seats_by_day: int
    people_per_seat: int
    needed: int
    available: int

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.available)


def cover(incident: Incident, shift_hours: int | None = None) -> list[Cover]:
    """Return what round-the-clock cover takes by category, against the people of the present scope, by unit.

    A person with several categories counts in the first that is not `general`, once.
    """
    from turnout.staffing.domain.posts import wanted_posts

    playbook = incident.playbook.playbook
    per_seat = playbook.shifts.people_per_post(shift_hours)
    day: dict[str, int] = {}
    clock_round: dict[str, int] = {}
    for post in wanted_posts(playbook, places_of(incident), 1):
        into = clock_round if post.standard.round_the_clock else day
        into[post.standard.category] = into.get(post.standard.category, 0) + post.seats
    there = available(incident)
    return [
        Cover(
            category=category,
            seats_round_the_clock=clock_round.get(category, 0),
            seats_by_day=day.get(category, 0),
            people_per_seat=per_seat,
            needed=clock_round.get(category, 0) * per_seat + day.get(category, 0),
            available=there.get(category, 0),
        )
        for category in sorted({*day, *clock_round})
    ]


def available(incident: Incident) -> dict[str, int]:
    """Return the active people of units inside the incident, by first category; `general` counts everybody else's."""
    low, high = range_of_key(incident.area_key)
    rows = (
        Person.objects.filter(state="active", unit__area_key__gte=low, unit__area_key__lt=high)
        .values("categories")
        .annotate(people=Count("id"))
    )
    counts: dict[str, int] = {}
    for row in rows:
        category = next((name for name in row["categories"] if name != "general"), "general")
        counts[category] = counts.get(category, 0) + row["people"]
    return counts


def needed(incident: Incident) -> int:
    return Post.objects.filter(incident=incident, state="open").aggregate(sum=Sum("places"))["sum"] or 0


def seen_from(by: Actor, permission: str = "area.view") -> Q:
    """Return the filter on `area_key` of the areas over which somebody holds a permission."""
    if by.all_permissions:
        return Q()
    near = Q(pk__in=[])
    for low, high in by.permissions.get(permission, ()):
        near |= Q(area_key__gte=low, area_key__lt=high)
    return near


def whistles(incident: Incident, by: Actor) -> QuerySet[Whistle]:
    """Return the whistles of an incident that somebody sees: waiting first, the one due soonest on top."""
    first = Case(When(state="waiting", then=Value(0)), When(state="approved", then=Value(1)), default=Value(2))
    return incident.whistles.filter(seen_from(by)).order_by(first, "answer_by", "-raised_at")


def whistle(whistle_id: UUID, by: Actor) -> Whistle:
    """Return a whistle that somebody sees; any other is not there."""
    found = Whistle.objects.select_related("incident__playbook").filter(seen_from(by), pk=whistle_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def alike(whistle: Whistle, by: Actor) -> QuerySet[Whistle]:
    """Return the other waiting whistles that this one may be merged into."""
    return whistles(whistle.incident, by).filter(
        seen_from(by, "whistle.decide"), state="waiting", category=whistle.category, skills=whistle.skills
    ).exclude(pk=whistle.pk)  # fmt: skip


def posts_within(incident: Incident, within: KeyRange) -> list[Post]:
    """Return the open posts of an area, those that begin first on top."""
    low, high = within
    found = Post.objects.filter(incident=incident, state="open", area_key__gte=low, area_key__lt=high)
    return list(found.order_by("starts_at", "category", "id"))


def post(post_id: UUID, by: Actor) -> Post:
    """Return a post that somebody sees; any other is not there."""
    found = Post.objects.select_related("incident").filter(seen_from(by), pk=post_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def expected(incident: Incident, within: KeyRange) -> list[CallOut]:
    """Return who is called to an area and was not called off, by category and name."""
    low, high = within
    found = CallOut.objects.filter(incident=incident, area_key__gte=low, area_key__lt=high)
    found = found.exclude(state__in=["withdrawn", "released", "no"]).select_related("person__unit", "post")
    return list(found.order_by("category", "person__sort_key", "id"))


def callout(callout_id: UUID) -> CallOut:
    """Return a call-out of the present scope."""
    found = CallOut.objects.select_related("incident").filter(pk=callout_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def beside(callout: CallOut) -> list[str]:
    """Return the names of those of the present scope who have accepted the same post."""
    others = CallOut.objects.filter(post_id=callout.post_id, state__in=ACCEPTED).exclude(pk=callout.pk)
    return list(others.order_by("person__sort_key").values_list("person__name", flat=True))


def plan(plan_id: UUID, by: Actor) -> Plan:
    """Return a plan that somebody sees; any other is not there."""
    found = Plan.objects.select_related("incident__playbook").filter(seen_from(by), pk=plan_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def wave(wave_id: UUID, by: Actor) -> Wave:
    """Return a wave of an incident that lies in somebody's own areas; any other is not there."""
    found = Wave.objects.select_related("incident").filter(pk=wave_id).first()
    if found is None or not by.can("area.view", found.incident.area_key):
        raise NOT_FOUND.refuse()
    return found


def gaps_by_reason(plan: Plan) -> list[tuple[str, int]]:
    """Return (reason, empty places) of a plan, most first."""
    found = plan.gaps.values("reason").annotate(places=Sum("missing")).order_by("-places", "reason")
    return list(found.values_list("reason", "places"))


def left_out_by_reason(plan: Plan) -> list[tuple[str, int]]:
    """Return (reason, people left at home) of a plan in the present scope, most first."""
    found = LeftOut.objects.filter(plan=plan).values("reason").annotate(people=Count("id"))
    return list(found.order_by("-people", "reason").values_list("reason", "people"))


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing a plan would change against the published one: people added, moved, taken off, and kept."""

    against: int
    added: int
    moved: int
    off: int
    same: int


def changes(plan: Plan) -> Changes | None:
    """Compare a plan with the published one of its area, in counts; None where nothing else is published."""
    standing = Plan.objects.filter(incident_id=plan.incident_id, area_key=plan.area_key, state="published").first()
    if standing is None or standing.pk == plan.pk:
        return None
    old = dict(Placement.objects.filter(plan=standing).values_list("person_id", "post_id"))
    new = dict(Placement.objects.filter(plan=plan).values_list("person_id", "post_id"))
    both = old.keys() & new.keys()
    moved = sum(old[person] != new[person] for person in both)
    return Changes(standing.number, len(new) - len(both), moved, len(old) - len(both), len(both) - moved)


def drafting(incident: Incident) -> str:
    """Return where the latest drafting job of an incident stands: "todo", "doing", "failed", or "" if it is done.

    A job of which nothing was heard for `LONGEST_DRAFT` died with its worker and does not stand in the way.
    """
    jobs = ProcrastinateJob.objects.filter(task_name="staffing.draft_plan", args__incident_id=str(incident.pk))
    latest = (
        jobs.filter(procrastinateevent__at__gt=clock.now() - LONGEST_DRAFT)
        .order_by("-id")
        .values_list("status", flat=True)
        .first()
        or ""
    )
    return latest if latest in ("todo", "doing", "failed") else ""
