"""How the command post reads: an incident's steps, rules and levels, the arithmetic of cover, a switch of rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from turnout.console import queries
from turnout.console.words import in_chinese
from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.area_keys import range_of_key
from turnout.incidents import queries as incidents
from turnout.incidents.domain import retention
from turnout.incidents.models import Certificate, Incident, PlaybookVersion
from turnout.incidents.playbook import differences
from turnout.people.states import CATEGORIES
from turnout.staffing import clocks, remarks
from turnout.staffing import queries as staffing
from turnout.staffing.cover import Cover, Way
from turnout.staffing.cover import cover as arithmetic
from turnout.staffing.domain import posts
from turnout.staffing.models import Plan, Wave
from turnout.staffing.quotas import asked_of
from turnout.staffing.states import ACCEPTED, CALLED, MARKS, PLAN, WAVE

READINGS = {
    "low": lazy("fewer than expected: does everybody know how to whistle, and is it answered?"),
    "high": lazy("more than expected: routine work is not done, so whistles do it"),
    "fine": lazy("as expected"),
}
"""How the whistles of a week and community read, by the playbook's two limits."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four things that bring people out, in order: whether it is done, how it stands, whether it is next."""

    code: str
    title: str
    words: str
    done: bool
    next: bool


def incident_page(incident: Incident, by: Actor) -> dict[str, Any]:
    """Everything the command post shows of an incident."""
    language = "zh" if in_chinese() else "en"
    marks = list(incidents.live_marks(incident))
    areas = queries.areas_by_key([incident.area_key, *(mark.area_key for mark in marks)])
    playbook = incident.playbook.playbook
    levels = {level.code: level.title[language] for level in playbook.levels}
    waves = list(incident.waves.order_by("-number"))
    plans = list(incident.plans.order_by("-number")[:20])
    called = staffing.called_by_state(incident)
    needed = staffing.needed(incident)
    quotas = asked_of(incident)
    return {
        "incident": incident,
        "area": areas.get(incident.area_key),
        "playbook": playbook.title[language],
        "source": playbook.source,
        "marks": [(mark, areas.get(mark.area_key), levels.get(mark.level, mark.level)) for mark in marks],
        "standards": _standards(incident, language, levels),
        "waves": [(wave, str(WAVE[wave.state]), quotas.get(wave.pk, 0), _act(wave)) for wave in waves],
        "open_wave": next((wave for wave in waves if wave.state == "open"), None),
        "plans": [(plan, str(PLAN[plan.state])) for plan in plans],
        "switches": list(incident.switches.select_related("before", "after").order_by("-switched_at")),
        "needed": needed,
        "called": called,
        "figures": _figures(needed, called),
        "steps": _steps(needed, waves, plans, called),
        "drafting": staffing.drafting(incident),
        "pace": _pace(incident, by),
        "remarks_open": remarks.unanswered(incident),
        "may_manage": incident.status == "active" and by.can("incident.manage", incident.area_key),
        "may_plan": incident.status == "active" and by.can("plan.make", incident.area_key),
    } | _kept(incident)


DELETED = (
    (lazy("Who was called, what they answered, when they came and went"), ("staffing_callout",)),
    (lazy("Who stood in a plan, or was left out"), ("staffing_placement", "staffing_plannight", "staffing_leftout")),
    (lazy("What people were told"), ("notices_message",)),
    (lazy("Sign-ups for a place"), ("staffing_signup",)),
    (lazy("Hand-overs and feedback"), ("staffing_handover", "staffing_feedback")),
    (lazy("Complaints and suggestions, with their answers"), ("staffing_remark",)),
    (lazy("Time that was booked, with its history"), ("people_booking", "people_bookingevent")),
    (lazy("Who led a team, with its history"), ("staffing_team", "staffing_teamevent")),
    (lazy("Prices and fixes of plans that named somebody"), ("staffing_plan", "staffing_gap")),
    (lazy("Where people could be seen from"), ("people_reach",)),
)
"""What stands on the certificate, in words, and the tables that each line counts."""


def _kept(incident: Incident) -> dict[str, Any]:
    """Return how long an incident's personal data is kept, or the certificate that it is gone."""
    made = Certificate.objects.filter(incident=incident).first() if incident.stood_down_at else None
    if made is None:
        return {"ends_at": retention.ends_at(incident)}
    counted = [(words, sum(made.rows.get(table, 0) for table in tables)) for words, tables in DELETED]
    return {"certificate": made, "holds": retention.holds(made), "deleted": counted}


def _pace(incident: Incident, by: Actor) -> dict[str, Any]:
    """Return the clock of the steps, how often communities whistle with its reading, and what both sides say."""
    within = range_of_key(incident.area_key)
    clock_, rate = clocks.clock_of(incident, within, by), clocks.whistle_rate(incident, within, by)
    said = clocks.feedback_by_street(incident, within, by)
    streets = queries.areas_by_key(said)
    steps = [(_("names"), clock_.named), (_("accepted"), clock_.accepted), (_("on post"), clock_.on_post)]
    return {
        "steps": [(words, step.people, lasting(step.median), lasting(step.p95)) for words, step in steps],
        "rate": f"{rate.per_week:.2f}",
        "whistles": rate.whistles,
        "reading": READINGS.get(rate.reading, ""),
        "fine": rate.reading in ("", "fine"),
        "said": [(streets.get(key), _marks(one.callers), _marks(one.responders)) for key, one in sorted(said.items())],
    }


def lasting(time: timedelta | None) -> str:
    """Say how long something took, in hours and minutes."""
    if time is None:
        return "—"
    minutes = round(time.total_seconds() / 60)
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    return _("{h} h {n} min").format(h=minutes // 60, n=minutes % 60)


def _marks(counts: dict[str, int]) -> str:
    return " · ".join(f"{MARKS[mark]} {counts[mark]}" for mark in MARKS if mark in counts) or "—"


def _figures(needed: int, called: dict[str, int]) -> list[tuple[str, int, bool]]:
    """Return (words, people, whether somebody has to act)."""
    coming = sum(called.get(state, 0) for state in ACCEPTED)
    quiet = sum(called.get(state, 0) for state in ("asked", "later", "silent"))
    return [
        (_("Needed"), needed, False),
        (_("Called"), sum(called.values()), False),
        (_("Coming"), coming, False),
        (str(CALLED["on_post"]), called.get("on_post", 0), False),
        (_("No answer yet"), quiet, quiet > 0),
    ]


def _steps(needed: int, waves: list[Wave], plans: list[Plan], called: dict[str, int]) -> list[Step]:
    """Posts, a wave, a plan, the call: the first that is not done is the next thing to do."""
    wave = next((one for one in waves if one.state != "closed"), None)
    plan = next((one for one in plans if one.state in ("published", "partly")), None)
    waiting, asked = called.get("waiting", 0), sum(called.values()) - called.get("waiting", 0)
    found = [
        ("posts", _("Make posts"), _posts_words(needed), needed > 0),
        ("wave", _("Open a wave"), _wave_words(wave), wave is not None and wave.state != "draft"),
        ("plan", _("Publish a plan"), _plan_words(plan, plans), plan is not None),
        ("call", _("Call people out"), _call_words(waiting, asked), bool(asked) and not waiting),
    ]
    first = next((code for code, _title, _words, done in found if not done), "")
    return [Step(code, title, words, done, code == first) for code, title, words, done in found]


def _posts_words(needed: int) -> str:
    if not needed:
        return _("none yet; the arithmetic comes first")
    return ngettext("%(n)s place", "%(n)s places", needed) % {"n": f"{needed:,}"}


def _wave_words(wave: Wave | None) -> str:
    if wave is None:
        return _("none yet; it says until when people answer")
    return _("wave {n}: {state}").format(n=wave.number, state=WAVE[wave.state])


def _plan_words(plan: Plan | None, plans: list[Plan]) -> str:
    if plan is None:
        return _("a draft waits for you") if plans and plans[0].state == "draft" else _("none yet")
    return _("version {n}, {placed} of {needed} places filled").format(
        n=plan.number, placed=f"{plan.placed:,}", needed=f"{plan.needed:,}"
    )


def _call_words(waiting: int, asked: int) -> str:
    if waiting:
        return ngettext("%(n)s person waits to be asked", "%(n)s people wait to be asked", waiting) % {
            "n": f"{waiting:,}"
        }
    return ngettext("%(n)s person asked", "%(n)s people asked", asked) % {"n": f"{asked:,}"} if asked else _("none yet")


def _act(wave: Wave) -> tuple[str, str]:
    """Return what a wave can become next, and the words on the button; nothing for a closed one."""
    words = {"draft": ("open", _("Open the wave")), "open": ("locked", _("Lock answers"))}
    return words.get(wave.state, ("closed", _("Close the wave"))) if wave.state != "closed" else ("", "")


def _standards(incident: Incident, language: str, levels: dict[str, str]) -> list[dict[str, Any]]:
    """Return the playbook's rules that make posts, with how many posts and places each has made."""
    made = staffing.posts_by_standard(incident)
    return [
        {
            "duties": rule.duties[language],
            "category": str(CATEGORIES[rule.category]),
            "levels": [levels.get(code, code) for code in rule.levels],
            "round_the_clock": rule.round_the_clock,
            "posts": made.get(rule.code, (0, 0))[0],
            "places": made.get(rule.code, (0, 0))[1],
        }
        for rule in incident.playbook.playbook.standards
    ]


def usual_times(incident: Incident) -> dict[str, datetime]:
    """Return the times a wave usually has: on post by the playbook's deadline, answers at half of it."""
    arrive_by = _usual_start(incident)
    half = clock.now() + (arrive_by - clock.now()) / 2
    return {"lock_at": half.replace(second=0), "arrive_by": arrive_by, "closes_at": arrive_by + timedelta(hours=2)}


def usual_posts(incident: Incident, hours: int, neighbours: int) -> dict[str, Any]:
    return {"starts_at": _usual_start(incident), "hours": hours, "neighbours": neighbours, "round_the_clock": True}


def _usual_start(incident: Incident) -> datetime:
    """Return the next full hour after the playbook's time for arriving."""
    at = clock.now() + timedelta(minutes=incident.playbook.playbook.arrival.deadline_minutes)
    return (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def listed(found: list[Incident]) -> list[dict[str, Any]]:
    """Return incidents as a list shows them: where, by which rules, since when. One query more."""
    language = "zh" if in_chinese() else "en"
    areas = queries.areas_by_key(one.area_key for one in found)
    return [
        {
            "incident": one,
            "area": areas.get(one.area_key),
            "playbook": f"{one.playbook.playbook.title[language]} {one.playbook.version}",
        }
        for one in found
    ]


def playbooks(versions: list[PlaybookVersion]) -> list[dict[str, Any]]:
    """Return what each playbook brings with it, for whoever chooses one."""
    language = "zh" if in_chinese() else "en"
    return [
        {
            "title": f"{one.playbook.title[language]} {one.version}",
            "levels": [level.title[language] for level in one.playbook.levels],
            "standards": len(one.playbook.standards),
            "hours": one.playbook.shifts.hours,
            "deadline": round(one.playbook.arrival.deadline_minutes / 60),
            "days": one.playbook.posting.days,
        }
        for one in versions
    ]


def switch_page(incident: Incident, versions: Any, by: Actor) -> list[dict[str, Any]]:
    """Return for each other version what would change: rules as place, before, after; posts by rule, if any."""
    now = incident.playbook.playbook
    made = staffing.made_from_rules(incident)
    return [
        {
            "version": one.version,
            "changes": differences(now, one.playbook),
            "posts": posts.preview(incident=incident, by=by, version=one) if made else None,
        }
        for one in versions
    ]


def cover(incident: Incident, hours: int | None, neighbours: int = 1) -> dict[str, Any]:
    """Return the arithmetic of cover: a sentence for each category, short ones first; the ways out side by side."""
    found = arithmetic(incident, hours, neighbours)
    rows = sorted(found.categories, key=lambda row: -row.missing)
    short = [row for row in rows if row.ways]
    return {
        "rows": [(row, str(CATEGORIES[row.category])) for row in rows],
        "said": [(row.missing > 0, sentence(row)) for row in rows],
        "short": [str(CATEGORIES[row.category]) for row in short],
        "ways": [
            (way_words(ways[0]), ways[0].how, [(way.needed, way.missing) for way in ways], all(w.does for w in ways))
            for ways in zip(*(row.ways for row in short), strict=True)
        ],
        "missing": found.missing,
    }


def sentence(row: Cover) -> str:
    """Say one category's arithmetic: seats, people each, people there are, people missing."""
    words = {
        "who": CATEGORIES[row.category], "seats": f"{row.seats_round_the_clock:,}", "each": row.people_per_seat,
        "day": f"{row.seats_by_day:,}", "needed": f"{row.needed:,}", "there": f"{row.available:,}",
        "missing": f"{row.missing:,}",
    }  # fmt: skip
    if row.seats_round_the_clock:
        first = _("{who}: {seats} places round the clock take {each} people each, {needed} in all; there are {there}.")
    else:
        first = _("{who}: {day} places take {needed} people; there are {there}.")
    end = _("{missing} are missing.") if row.missing else _("That is enough.")
    return f"{first} {end}".format(**words) if not in_chinese() else f"{first}{end}".format(**words)


def way_words(way: Way) -> str:
    """Say a way out: what is done, and what it asks of everybody."""
    how = way.how
    if how.first_shift:
        return _("man the first shift only; the next ones are a wave of their own")
    words = _("shifts of {n} hours, {week} hours a week each").format(n=how.hours, week=how.hours_a_week)
    if how.neighbours == 1:
        return words
    return words + " · " + _("{n} neighbouring communities share each night").format(n=how.neighbours)
