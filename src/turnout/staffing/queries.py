"""Reads of staffing: what a night needs, who is planned, who is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When
from procrastinate.contrib.django.models import ProcrastinateJob

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident
from turnout.staffing.models import CallOut, Consent, Desk, LeftOut, Opening, Plan, Post, Wave, Whistle
from turnout.staffing.states import ACCEPTED, LIVE

LONGEST_DRAFT = timedelta(minutes=15)


def needed(incident: Incident) -> int:
    return Post.objects.filter(incident=incident, state="open").aggregate(sum=Sum("places"))["sum"] or 0


def called_by_state(incident: Incident) -> dict[str, int]:
    """Return the call-outs of the present scope by state, without those called off."""
    found = CallOut.objects.filter(incident=incident).exclude(state="withdrawn").order_by()
    return dict(found.values_list("state").annotate(people=Count("id")))


def posts_by_standard(incident: Incident) -> dict[str, tuple[int, int]]:
    """Return the open posts each rule of the playbook has made: standard -> (posts, places)."""
    found = Post.objects.filter(incident=incident, state="open").exclude(standard="").order_by()
    counts = found.values_list("standard").annotate(posts=Count("id"), sum=Sum("places"))
    return {standard: (made, places) for standard, made, places in counts}


def made_from_rules(incident: Incident) -> bool:
    """Say whether posts of an incident were made from its playbook."""
    return Post.objects.filter(incident=incident, state="open").exclude(standard="").exists()


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


@dataclass(frozen=True, slots=True)
class Crew:
    """How far the posts of a whistle are filled, in the present scope."""

    places: int = 0
    planned: int = 0
    accepted: int = 0
    on_post: int = 0


def crews(whistle_ids: Iterable[UUID]) -> dict[UUID, Crew]:
    """Return who is coming for each of these whistles. Two queries, however many whistles."""
    ids = list(whistle_ids)
    posts = Post.objects.filter(whistle__in=ids, state="open").order_by().values_list("whistle")
    called = CallOut.objects.filter(post__whistle__in=ids).order_by().values_list("post__whistle")
    counted = called.annotate(
        planned=Count("id", filter=Q(state__in=LIVE)),
        accepted=Count("id", filter=Q(state__in=ACCEPTED)),
        on_post=Count("id", filter=Q(state="on_post")),
    )
    figures = {key: (planned, accepted, on_post) for key, planned, accepted, on_post in counted}
    return {key: Crew(places, *figures.get(key, ())) for key, places in posts.annotate(sum=Sum("places"))}


def whistles_by_state(incident: Incident, by: Actor) -> dict[str, tuple[int, int]]:
    """Return (whistles, people asked for) of those somebody sees, by state."""
    found = incident.whistles.filter(seen_from(by)).order_by().values_list("state")
    return {state: (count, people) for state, count, people in found.annotate(n=Count("id"), people=Sum("people"))}


def whistle(whistle_id: UUID, by: Actor) -> Whistle:
    """Return a whistle that somebody sees; any other is not there."""
    found = Whistle.objects.select_related("incident__playbook").filter(seen_from(by), pk=whistle_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def alike(whistle: Whistle, by: Actor) -> QuerySet[Whistle]:
    """Return the other whistles at the same step that this one may be merged into."""
    return whistles(whistle.incident, by).filter(
        seen_from(by, "whistle.decide"), state=whistle.state, category=whistle.category, skills=whistle.skills
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


def opening(opening_id: UUID, by: Actor) -> Opening:
    """Return places to sign up for that somebody sees; any others are not there."""
    found = Opening.objects.filter(seen_from(by), pk=opening_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def open_for_signup(incident: Incident, within: KeyRange) -> dict[UUID, Opening]:
    """Return the places people can sign up for at present in an area, by post."""
    low, high = within
    found = Opening.objects.filter(post__incident=incident, area_key__gte=low, area_key__lt=high)
    return {one.post_id: one for one in found.filter(closed_at=None, closes_at__gt=clock.now())}


def desk_phone(area_key: int) -> str:
    """Return the office number of a community or a street itself, "" where none is written down."""
    return Desk.objects.filter(area_key=area_key).values_list("phone", flat=True).first() or ""


def expected(incident: Incident, within: KeyRange) -> list[CallOut]:
    """Return who is called to an area and was not called off, by category and name."""
    low, high = within
    found = CallOut.objects.filter(incident=incident, area_key__gte=low, area_key__lt=high)
    found = found.exclude(state__in=["withdrawn", "released", "no"]).select_related("person__unit", "post", "wave")
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


def let_go(callouts: QuerySet[CallOut]) -> QuerySet[CallOut]:
    """Return the call-outs whose unit has not to be waited for."""
    waited_for = Consent.objects.filter(wave=OuterRef("wave"), unit=OuterRef("person__unit"), state="asked")
    return callouts.exclude(Exists(waited_for))


def waves_with_waiting() -> list[Wave]:
    """Return the open waves that know how to ask and have somebody who was not asked yet."""
    with acting_as(SYSTEM):
        waiting = let_go(CallOut.objects.filter(wave=OuterRef("pk"), state="waiting"))
        waves = Wave.objects.filter(Exists(waiting), state="open", lock_at__gt=clock.now())
        return list(waves.exclude(address="").select_related("incident"))


def left_out_by_reason(plan: Plan) -> list[tuple[str, int]]:
    """Return (reason, people left at home) of a plan in the present scope, most first."""
    found = LeftOut.objects.filter(plan=plan).values("reason").annotate(people=Count("id"))
    return list(found.order_by("-people", "reason").values_list("reason", "people"))


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
