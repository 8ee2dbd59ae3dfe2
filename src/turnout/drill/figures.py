"""The figures by which a scenario is judged, each counted in the tables the pages read, not in what the drill did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import range_of
from turnout.notices.models import Message

if TYPE_CHECKING:
    from turnout.drill.runner import Drill

Figure = Callable[..., float]


def _one(drill: Drill, sql: str, **params: Any) -> float:
    low, high = range_of(drill.scenario.area)
    given = {
        "incident": drill.incident.pk if drill.incident else None, "wave": drill.wave.pk if drill.wave else None,
        "low": low, "high": high,
    } | params  # fmt: skip
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, given)
        return float(cursor.fetchone()[0] or 0)


def communities(drill: Drill) -> float:
    """Communities that have a post."""
    return _one(
        drill,
        "SELECT count(DISTINCT area_key / 1000000) FROM staffing_post WHERE incident_id = %(incident)s"
        " AND state = 'open'",
    )


def called(drill: Drill) -> float:
    """People whom the wave called."""
    return _one(drill, "SELECT count(DISTINCT person_id) FROM staffing_callout WHERE wave_id = %(wave)s")


def wave_on_post(drill: Drill, *, category: str) -> float:
    """People of the wave who came to posts of a category."""
    return _one(
        drill,
        "SELECT count(DISTINCT person_id) FROM staffing_callout WHERE wave_id = %(wave)s AND arrived_at IS NOT NULL"
        " AND category = %(category)s",
        category=category,
    )


def filled(drill: Drill) -> float:
    """Share of places with somebody who came or is coming."""
    return _one(
        drill,
        "SELECT (SELECT count(*) FROM staffing_callout WHERE incident_id = %(incident)s"
        " AND (state IN ('yes', 'on_post') OR arrived_at IS NOT NULL))::float"
        " / nullif((SELECT sum(places) FROM staffing_post WHERE incident_id = %(incident)s AND state = 'open'), 0)",
    )


def answered_within(drill: Drill, *, minutes: int) -> float:
    """Share of those asked in the first call of the wave whose answer stood so many minutes after it."""
    since = drill.marks[f"called {drill.wave.number if drill.wave else 0}"]
    return _one(
        drill,
        "SELECT avg((answered_at IS NOT NULL AND answered_at <= %(until)s)::int) FROM staffing_callout"
        " WHERE wave_id = %(wave)s AND asked_at >= %(since)s AND asked_at < %(since)s + interval '1 minute'",
        since=since, until=since + timedelta(minutes=minutes),
    )  # fmt: skip


def units_asked(drill: Drill) -> float:
    """Units that were asked for their people before the people were."""
    return _one(
        drill,
        "SELECT count(DISTINCT s.unit_id) FROM staffing_consent s JOIN staffing_wave w ON w.id = s.wave_id"
        " WHERE w.incident_id = %(incident)s",
    )


def asked_past_unit(drill: Drill) -> float:
    """People asked before their unit had let them go, by a word or by its silence."""
    return _one(
        drill,
        "SELECT count(*) FROM staffing_callout c JOIN people_person p ON p.id = c.person_id"
        "  LEFT JOIN staffing_consent s ON s.wave_id = c.wave_id AND s.unit_id = p.unit_id"
        " WHERE c.incident_id = %(incident)s AND c.asked_at IS NOT NULL"
        "   AND (s.id IS NULL OR s.state = 'asked' OR c.asked_at < s.decided_at)",
    )


def on_post_in_time(drill: Drill) -> float:
    """Share of the places of the wave's people at which somebody stood at the hour of arrival."""
    return _one(
        drill,
        "SELECT (SELECT count(*) FROM staffing_callout c WHERE c.wave_id = w.id AND c.arrived_at <= w.arrive_by)::float"
        " / nullif((SELECT sum(places) FROM staffing_post p WHERE p.id IN"
        "   (SELECT post_id FROM staffing_callout c WHERE c.wave_id = w.id)), 0)"
        "  FROM staffing_wave w WHERE w.id = %(wave)s",
    )


def arrived_minutes(drill: Drill, *, share: float, key: str = "") -> float:
    """Minutes from the call (or from a whistle) until this share of those who came was on post."""
    since = drill.marks[f"{key} raised"] if key else drill.marks[f"called {drill.wave.number if drill.wave else 0}"]
    of = "post_id IN (SELECT id FROM staffing_post WHERE whistle_id = %(whistle)s)" if key else "wave_id = %(wave)s"
    return _one(
        drill,
        "SELECT percentile_disc(%(share)s) WITHIN GROUP (ORDER BY extract(epoch FROM arrived_at - %(since)s) / 60)"
        f" FROM staffing_callout WHERE arrived_at IS NOT NULL AND {of}",
        share=share, since=since, whistle=drill.kept[key].pk if key else None,
    )  # fmt: skip


def covered(drill: Drill) -> float:
    """Communities where every post has at least one person who came: each role is covered."""
    return _one(
        drill,
        "SELECT count(*) FROM (SELECT p.area_key / 1000000 FROM staffing_post p"
        "  LEFT JOIN (SELECT post_id, count(*) AS there FROM staffing_callout WHERE incident_id = %(incident)s"
        "    AND arrived_at IS NOT NULL GROUP BY 1) c ON c.post_id = p.id"
        "  WHERE p.incident_id = %(incident)s AND p.state = 'open' AND p.standard <> '' AND p.round_the_clock"
        "  GROUP BY 1 HAVING min(coalesce(c.there, 0)) >= 1) AS each",
    )


def covered_round_the_clock(drill: Drill) -> float:
    """Share of round-the-clock posts that have the people their shifts take, three in ten of a person short at most."""
    return _one(
        drill,
        "SELECT avg((coalesce(c.there, 0) >= p.places)::int) FROM staffing_post p"
        "  LEFT JOIN (SELECT post_id, count(*) AS there FROM staffing_callout WHERE incident_id = %(incident)s"
        "    AND arrived_at IS NOT NULL GROUP BY 1) c ON c.post_id = p.id"
        " WHERE p.incident_id = %(incident)s AND p.state = 'open' AND p.round_the_clock",
    )


def people_per_seat(drill: Drill) -> float:
    """People posted for one seat that is kept day and night."""
    return _one(
        drill,
        "SELECT avg(places::float / seats) FROM staffing_post WHERE incident_id = %(incident)s AND round_the_clock"
        " AND state = 'open'",
    )


def booked_twice(drill: Drill) -> float:
    """People with two live postings at one time."""
    return _one(
        drill,
        "SELECT count(*) FROM people_booking a JOIN people_booking b ON a.person_id = b.person_id AND a.id < b.id"
        " WHERE a.layer = 'posting' AND b.layer = 'posting' AND a.state = 'live' AND b.state = 'live'"
        " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    )


def counted_by_home(drill: Drill) -> float:
    """People with a home community in the area, each counted where they live."""
    return _one(
        drill,
        "SELECT count(*) FROM people_reach WHERE basis = 'home' AND active AND area_key >= %(low)s"
        " AND area_key < %(high)s",
    )


def counted_twice(drill: Drill) -> float:
    """By-home counts of all communities together, less the people there are: nobody counts double."""
    return counted_by_home(drill) - _one(
        drill,
        "SELECT count(*) FROM people_person WHERE state = 'active' AND home_key >= %(low)s AND home_key < %(high)s",
    )


def units_kept_together(drill: Drill) -> float:
    """People of one unit at one community, on average: the size of what may go as one team."""
    return _one(
        drill,
        "SELECT avg(n) FROM (SELECT count(*) AS n FROM staffing_callout WHERE incident_id = %(incident)s"
        " AND arrived_at IS NOT NULL GROUP BY unit_key, area_key / 1000000) AS t",
    )


_GROUP = (
    "FROM staffing_callout c JOIN people_person p ON p.id = c.person_id JOIN people_unit u ON u.id = p.unit_id"
    " WHERE c.incident_id = %(incident)s AND c.arrived_at IS NOT NULL AND u.code ^@ %(group)s"
)


def group_on_post(drill: Drill, *, group: str) -> float:
    """People of a group who came."""
    return _one(drill, f"SELECT count(DISTINCT c.person_id) {_GROUP}", group=f"{group}-")


def group_communities(drill: Drill, *, group: str) -> float:
    """Communities at which people of a group came to a post."""
    return _one(drill, f"SELECT count(DISTINCT c.area_key / 1000000) {_GROUP}", group=f"{group}-")


def group_streets(drill: Drill, *, group: str) -> float:
    """Streets in which people of a group came to a post."""
    return _one(drill, f"SELECT count(DISTINCT c.area_key / 1000000000) {_GROUP}", group=f"{group}-")


def in_paired_street(drill: Drill, *, group: str = "") -> float:
    """Share of those who came, of units with a paired street, who serve in it."""
    return _one(
        drill,
        "SELECT avg((c.area_key / 1000000000 * 1000000000 = ANY(u.paired_streets))::int)"
        f" {_GROUP} AND u.paired_streets <> '{{}}'",
        group=f"{group}-" if group else "",
    )


def at_marked(drill: Drill, *, group: str) -> float:
    """Share of a group's people who serve in a community that was marked as in greatest need."""
    return _one(
        drill,
        "SELECT avg((EXISTS (SELECT 1 FROM incidents_levelmark m WHERE m.incident_id = c.incident_id"
        f" AND m.area_key = c.area_key / 1000000 * 1000000))::int) {_GROUP}",
        group=f"{group}-",
    )


def posts_fixed(drill: Drill, *, group: str) -> float:
    """Share of the posts of a group's people that the community fixed, with duties in its own words."""
    return _one(
        drill,
        "SELECT avg((fixed_at IS NOT NULL AND duties <> '')::int) FROM staffing_post"
        f" WHERE id IN (SELECT c.post_id {_GROUP})",
        group=f"{group}-",
    )


def against_limits(drill: Drill) -> float:
    """People placed on a post that their work limits exclude."""
    return _one(
        drill,
        "SELECT count(*) FROM staffing_callout c JOIN staffing_post po ON po.id = c.post_id"
        " JOIN people_person p ON p.id = c.person_id WHERE c.incident_id = %(incident)s"
        " AND p.work_limits && po.excludes",
    )


def before_available(drill: Drill) -> float:
    """People called to a post that begins before they can come."""
    return _one(
        drill,
        "SELECT count(*) FROM staffing_callout c JOIN staffing_post po ON po.id = c.post_id"
        " JOIN people_availability a ON a.person_id = c.person_id WHERE c.incident_id = %(incident)s"
        " AND a.starts_at > po.starts_at",
    )


def days_covered(drill: Drill, *, place: int) -> float:
    """Days during which somebody was on post at one community without a break of more than an hour."""
    low, high = range_of(drill.places.communities[place].code)
    return _one(
        drill,
        "WITH there AS (SELECT range_agg(tstzrange(arrived_at, released_at + interval '1 hour')) AS spans"
        "  FROM staffing_callout WHERE incident_id = %(incident)s AND released_at IS NOT NULL"
        "  AND area_key >= %(at)s AND area_key < %(end)s)"
        " SELECT max(extract(epoch FROM upper(s) - lower(s)) / 86400) FROM there, unnest(spans) AS s",
        at=low, end=high,
    )  # fmt: skip


def longest_posting_days(drill: Drill) -> float:
    """The longest time one person was on post without relief."""
    return _one(
        drill,
        "SELECT max(extract(epoch FROM released_at - arrived_at)) / 86400 FROM staffing_callout"
        " WHERE incident_id = %(incident)s AND released_at IS NOT NULL",
    )


def left_before(drill: Drill, *, moment: str) -> float:
    """People released before a moment."""
    return _one(
        drill,
        "SELECT count(*) FROM staffing_callout WHERE incident_id = %(incident)s AND released_at < %(moment)s",
        moment=drill.moment(moment),
    )


def feedback(drill: Drill, *, side: str) -> float:
    """Posts of the incident on which one side has said how it went."""
    return _one(
        drill,
        "SELECT count(DISTINCT f.post_id) FROM staffing_feedback f JOIN staffing_post p ON p.id = f.post_id"
        " WHERE p.incident_id = %(incident)s AND f.side = %(side)s",
        side=side,
    )  # fmt: skip


def still_on_post(drill: Drill) -> float:
    """People who are still on post at the end."""
    return _one(
        drill,
        "SELECT count(*) FROM staffing_callout WHERE incident_id = %(incident)s AND state = 'on_post'",
    )


def desk_minutes(drill: Drill, *, key: str) -> float:
    """Minutes from a whistle until the community's desk was in other hands."""
    return (drill.marks[f"{key} desk"] - drill.marks[f"{key} raised"]) / timedelta(minutes=1)


def slowest_plan_seconds(drill: Drill) -> float:
    """Seconds of this machine that the slowest plan took: the drill's own clock stands still meanwhile."""
    return float(drill.kept.get("slowest_plan", 0.0))


def messages_outside(drill: Drill) -> float:
    """Messages on a channel that leaves the house, or without the mark of a drill."""
    with acting_as(SYSTEM):
        return float(Message.objects.exclude(channel__in=("file", "in_app"), drill=True).count())


def messages_lost(drill: Drill) -> float:
    """People asked whose question is not in the folder exactly once; what they are told later does not count."""
    with acting_as(SYSTEM):
        written = Message.objects.filter(channel="file", state="sent").count()
    return abs(written - drill.counts["messages"]) + _one(
        drill,
        "SELECT count(*) FROM staffing_callout c WHERE c.asked_at IS NOT NULL AND"
        " (SELECT count(*) FROM notices_message m"
        "   WHERE m.about_id = c.id AND m.state = 'sent' AND m.channel = 'file' AND m.made_at = c.asked_at) <> 1",
    )


FIGURES: dict[str, Figure] = {
    figure.__name__: figure
    for figure in (
        communities, called, wave_on_post, filled, answered_within, units_asked, asked_past_unit,
        on_post_in_time, arrived_minutes, covered, covered_round_the_clock, people_per_seat, booked_twice,
        counted_by_home, counted_twice, units_kept_together, group_on_post, group_communities, group_streets,
        in_paired_street, at_marked, posts_fixed, against_limits, before_available, days_covered,
        longest_posting_days, left_before, feedback, still_on_post, desk_minutes, slowest_plan_seconds,
        messages_outside, messages_lost,
    )
}  # fmt: skip
