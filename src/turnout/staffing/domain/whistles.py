"""Whistles: raised by a community, answered on the ladder street, district, city; time limits pass them up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Value, When

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import LOCAL, KeyRange, contains, range_of_key
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.incidents.playbook import CATEGORIES, Triage
from turnout.staffing import refusals
from turnout.staffing.domain import holds, telling
from turnout.staffing.models import CallOut, Post, Whistle
from turnout.staffing.states import GROUNDS, KINDS, LEVELS, LIVE, WHISTLE

LADDER = tuple(LEVELS)
UNDER_WAY = ("waiting", "approved")
"""States in which a whistle may still be merged, split or withdrawn."""
_WIDTH = {"street": 10**3, "district": 10**6, "city": 10**8}
"""How many 12-digit codes an answering level covers: whoever decides must hold the role over all of them."""
_MUNICIPALITIES = (11, 12, 31, 50)
"""Provinces that are one city (Beijing, Tianjin, Shanghai, Chongqing): there the city is the whole province."""
SAME_AGAIN = timedelta(minutes=2)
"""Within this time the same call from the same place is a second tap on the button, not a second need."""


@transaction.atomic
def raise_(
    *,
    incident: Incident,
    area_key: int,
    ground: str,
    kind: str,
    category: str,
    people: int,
    starts_at: datetime,
    ends_at: datetime,
    arrive_by: datetime,
    task: str,
    otherwise: str,
    by: Actor,
    skills: Sequence[str] = (),
) -> Whistle:
    """Whistle for people. The street has the playbook's minutes to answer, then it passes up by itself."""
    incident = Incident.objects.select_for_update().select_related("playbook").get(pk=incident.pk)
    by.require("whistle.raise", area_key)
    _require_whole(incident, area_key, ground, kind, category, people, starts_at, ends_at, arrive_by, task, otherwise)
    now = clock.now()
    again = Whistle.objects.filter(
        incident=incident, area_key=area_key, category=category, people=people, state="waiting",
        raised_by_id=by.id, raised_at__gt=now - SAME_AGAIN, task=task.strip(),
    ).first()  # fmt: skip
    if again:
        return again
    whistle = Whistle.objects.create(
        incident=incident,
        area_key=area_key,
        ground=ground,
        kind=kind,
        category=category,
        skills=list(skills),
        people=people,
        starts_at=starts_at,
        ends_at=ends_at,
        arrive_by=arrive_by,
        task=task.strip(),
        otherwise=otherwise.strip(),
        level="street",
        answer_by=now + _limit(incident.playbook.playbook.triage, "street"),
        raised_at=now,
        raised_by_id=by.id,
    )
    _log("whistle.raise", whistle, by, category=category, people=people)
    return whistle


@transaction.atomic
def approve(*, whistle: Whistle, by: Actor, people: int | None = None) -> Post:
    """Approve a whistle, if need be for fewer people: it becomes a post that the next plan fills."""
    whistle = _waiting(whistle, by)
    granted = whistle.people if people is None else people
    if not 1 <= granted <= whistle.people:
        raise refusals.WHISTLE_BAD.refuse(problem=f"1-{whistle.people}")
    _decide(whistle, "approved", by)
    post = Post.objects.create(
        incident=whistle.incident,
        area_key=whistle.area_key,
        whistle=whistle,
        category=whistle.category,
        skills=whistle.skills,
        seats=granted,
        places_min=granted,
        places=granted,
        starts_at=whistle.starts_at,
        ends_at=whistle.ends_at,
        duties=whistle.task,
        made_at=clock.now(),
    )
    _log("whistle.approve", whistle, by, people=granted)
    return post


@transaction.atomic
def refuse(*, whistle: Whistle, reason: str, by: Actor) -> Whistle:
    """Refuse a whistle, with the reason that the community reads."""
    whistle = _waiting(whistle, by)
    if not reason.strip():
        raise refusals.WHISTLE_BAD.refuse(problem=_named("reason"))
    _decide(whistle, "refused", by, reason=reason.strip())
    _log("whistle.refuse", whistle, by)
    return whistle


@transaction.atomic
def pass_up(*, whistle: Whistle, by: Actor) -> Whistle:
    """Pass a whistle to the next level, with a fresh time limit. At the top it stays, and stays overdue."""
    whistle = _waiting(whistle, by)
    _climb(whistle)
    _log("whistle.pass_up", whistle, by, level=whistle.level)
    return whistle


@transaction.atomic
def pass_up_overdue(*, by: Actor) -> int:
    """Pass up every whistle whose time limit has run out, and return how many. The job of every half minute."""
    overdue = (
        Whistle.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("incident__playbook")
        .filter(state="waiting", answer_by__lte=clock.now())
        .exclude(level="city")
    )
    passed = 0
    for whistle in overdue:
        _climb(whistle)
        _log("whistle.pass_up", whistle, by, level=whistle.level, overdue=True)
        passed += 1
    return passed


@transaction.atomic
def withdraw(*, whistle: Whistle, by: Actor) -> Whistle:
    """Withdraw a whistle, also while people are on their way: its post is cancelled and they are called off."""
    whistle = _locked(whistle)
    by.require("whistle.raise", whistle.area_key)
    require_active(whistle.incident)
    if whistle.state not in UNDER_WAY:
        raise refusals.WHISTLE_DECIDED.refuse(state=_state(whistle))
    whistle.posts.filter(state="open").update(state="cancelled")
    _call_off(whistle, by)
    _decide(whistle, "withdrawn", by)
    _log("whistle.withdraw", whistle, by)
    return whistle


@transaction.atomic
def merge(*, whistle: Whistle, into: Whistle, by: Actor) -> Whistle:
    """Merge a whistle into another that asks for the same; their numbers add up.

    Two that wait, or two that are being staffed: then posts, and whoever is on the way to them, go along unchanged.
    """
    first, second = sorted((whistle.pk, into.pk))
    locked = {w.pk: w for w in Whistle.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk")}
    if len(locked) != 2:
        raise refusals.WHISTLE_MERGE_BAD.refuse()
    gone, kept = (_decidable(locked[key], by, UNDER_WAY) for key in (whistle.pk, into.pk))
    alike = ("incident_id", "category", "skills", "state")
    if any(getattr(gone, name) != getattr(kept, name) for name in alike):
        raise refusals.WHISTLE_MERGE_BAD.refuse()
    kept.people += gone.people
    kept.starts_at, kept.ends_at = min(kept.starts_at, gone.starts_at), max(kept.ends_at, gone.ends_at)
    kept.arrive_by = min(kept.arrive_by, gone.arrive_by)
    kept.save()
    gone.posts.filter(state="open").update(whistle=kept)
    _decide(gone, "merged", by, into=kept)
    _log("whistle.merge", gone, by, into=kept.pk)
    return kept


@transaction.atomic
def split(*, whistle: Whistle, parts: Sequence[int], by: Actor) -> list[Whistle]:
    """Split a whistle into parts that are seen to one by one; together they ask for what it asked for.

    One that is being staffed gives each part a post of its own; whoever is on the way goes to one of them.
    """
    whistle = _decidable(whistle, by, UNDER_WAY)
    if whistle.state == "approved":
        return _split_approved(whistle, parts, by)
    if len(parts) < 2 or min(parts) < 1 or sum(parts) != whistle.people:
        raise refusals.WHISTLE_SPLIT_BAD.refuse(sum=sum(parts), people=whistle.people)
    made = _parts(whistle, parts)
    _decide(whistle, "split", by)
    _log("whistle.split", whistle, by, parts=list(parts))
    return made


def _split_approved(whistle: Whistle, parts: Sequence[int], by: Actor) -> list[Whistle]:
    """Each part its post: the first keeps the one there is, those on post already stay, the others fill up in order."""
    posts = list(whistle.posts.select_for_update().filter(state="open"))
    places = sum(post.places for post in posts)
    if len(posts) != 1 or len(parts) < 2 or min(parts) < 1 or sum(parts) != places:
        raise refusals.WHISTLE_SPLIT_BAD.refuse(sum=sum(parts), people=places)
    decided = {"state": "approved", "decided_at": clock.now(), "decided_by_id": by.id}
    made = _parts(whistle, parts, **decided)
    (kept,) = posts
    kept.whistle, kept.places = made[0], parts[0]
    kept.seats, kept.places_min = min(kept.seats, parts[0]), min(kept.places_min, parts[0])
    kept.save(update_fields=["whistle", "places", "seats", "places_min"])
    others = [_beside(kept, part) for part in made[1:]]
    with acting_as(SYSTEM):  # they belong to many units
        coming = CallOut.objects.select_for_update().filter(post=kept, state__in=LIVE)
        staying_first = Case(When(state="on_post", then=Value(0)), default=Value(1))
        moving = list(coming.order_by(staying_first, "pk").values_list("pk", flat=True))[parts[0] :]
        for post in others:
            CallOut.objects.filter(pk__in=moving[: post.places]).update(post=post)
            moving = moving[post.places :]
    _decide(whistle, "split", by)
    _log("whistle.split", whistle, by, parts=list(parts))
    return made


def _beside(post: Post, part: Whistle) -> Post:
    """Make the same post once more, for another part of its whistle."""
    same = (
        "incident", "area_key", "site_id", "category", "skills", "excludes", "starts_at", "ends_at",
        "round_the_clock", "duties", "meet_at",
    )  # fmt: skip
    copied = {name: getattr(post, name) for name in same}
    return Post.objects.create(
        **copied, whistle=part, seats=part.people, places_min=part.people, places=part.people, made_at=clock.now()
    )


def _parts(whistle: Whistle, parts: Sequence[int], **more: Any) -> list[Whistle]:
    same = (
        "incident", "area_key", "ground", "kind", "category", "skills", "starts_at", "ends_at", "arrive_by",
        "task", "otherwise", "level", "answer_by", "raised_at", "raised_by_id",
    )  # fmt: skip
    copied = {name: getattr(whistle, name) for name in same}
    return [Whistle.objects.create(**copied, people=part, into=whistle, **more) for part in parts]


@transaction.atomic
def close(*, whistle: Whistle, by: Actor) -> Whistle:
    """Close an approved whistle: the matter is settled. Nobody leaves before this."""
    whistle = _locked(whistle)
    by.require("whistle.raise", whistle.area_key)
    require_active(whistle.incident)
    if whistle.state != "approved":
        raise refusals.WHISTLE_DECIDED.refuse(state=_state(whistle))
    _decide(whistle, "closed", by)
    _log("whistle.close", whistle, by)
    return whistle


def answering_range(whistle: Whistle) -> KeyRange:
    """Return the key range over which somebody must hold `whistle.decide` to answer at the present level."""
    codes = _WIDTH[whistle.level]
    if whistle.level == "city" and whistle.area_key // 10**16 in _MUNICIPALITIES:
        codes = 10**10
    width = codes * LOCAL
    low = whistle.area_key // width * width
    return low, low + width


def _require_whole(
    incident: Incident, area_key: int, ground: str, kind: str, category: str, people: int, starts_at: datetime,
    ends_at: datetime, arrive_by: datetime, task: str, otherwise: str,
) -> None:  # fmt: skip
    require_active(incident)
    if not contains((range_of_key(incident.area_key),), range_of_key(area_key)):
        raise refusals.NOT_IN_INCIDENT.refuse()
    wrong = {
        "ground": ground not in GROUNDS,
        "kind": kind not in KINDS,
        "category": category not in CATEGORIES,
        "people": not 1 <= people <= 2000,
        "ends_at": not starts_at < ends_at,
        "arrive_by": not clock.now() <= arrive_by < ends_at,
        "task": not task.strip(),
        "otherwise": not otherwise.strip(),
    }
    fields = [name for name, bad in wrong.items() if bad]
    if fields:
        raise refusals.WHISTLE_BAD.refuse(problem=", ".join(map(_named, fields)), fields=fields)


def _named(field: str) -> str:
    return str(getattr(Whistle._meta.get_field(field), "verbose_name", field))


def _locked(whistle: Whistle) -> Whistle:
    fresh = (
        Whistle.objects.select_for_update(of=("self",))
        .select_related("incident__playbook")
        .filter(pk=whistle.pk)
        .first()
    )
    if fresh is None:
        raise NOT_FOUND.refuse()
    return fresh


def _waiting(whistle: Whistle, by: Actor) -> Whistle:
    """Return the whistle locked, if it waits for an answer that this actor may give."""
    return _decidable(whistle, by, ("waiting",))


def _decidable(whistle: Whistle, by: Actor, states: Sequence[str]) -> Whistle:
    fresh = _locked(whistle)
    by.require("whistle.decide", fresh.area_key)
    require_active(fresh.incident)
    if fresh.state not in states:
        raise refusals.WHISTLE_DECIDED.refuse(state=_state(fresh))
    if not by.can_over("whistle.decide", answering_range(fresh)):
        raise refusals.WHISTLE_HIGHER_UP.refuse(level=str(LEVELS[fresh.level]))
    return fresh


def _call_off(whistle: Whistle, by: Actor) -> None:
    """Call off everybody who is on the way to this whistle's posts. As the product: they belong to many units."""
    with acting_as(SYSTEM):
        called = CallOut.objects.filter(post__whistle=whistle, state__in=LIVE)
        ids = list(called.values_list("pk", flat=True))
        called.update(state="withdrawn")
    holds.free(ids)
    telling.tell(ids, telling.CALLED_OFF, by=by)


def _climb(whistle: Whistle) -> None:
    step = LADDER.index(whistle.level)
    if step < len(LADDER) - 1:
        whistle.level = LADDER[step + 1]
        whistle.answer_by = clock.now() + _limit(whistle.incident.playbook.playbook.triage, whistle.level)
        whistle.save(update_fields=["level", "answer_by"])


def _decide(whistle: Whistle, state: str, by: Actor, **fields: Any) -> None:
    whistle.state, whistle.answer_by = state, None
    whistle.decided_at, whistle.decided_by_id = clock.now(), by.id
    for name, value in fields.items():
        setattr(whistle, name, value)
    whistle.save()


def _limit(triage: Triage, level: str) -> timedelta:
    return timedelta(minutes=getattr(triage, f"{level}_minutes"))


def _state(whistle: Whistle) -> str:
    return str(WHISTLE[whistle.state])


def _log(verb: str, whistle: Whistle, by: Actor, **details: Any) -> None:
    audit.record(verb, by=by, of=whistle, area_key=whistle.area_key, details=details)
