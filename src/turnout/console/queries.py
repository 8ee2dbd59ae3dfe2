"""Reads that pages need across apps: names for the keys, codes and ids that rows hold. Each is one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from turnout.access.models import Grant, User
from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.models import AuditRow, Seal
from turnout.people.imports_models import ListRun
from turnout.people.models import Availability, Booking, Merge, Person, Reach, Skill, Unit
from turnout.people.signups_models import SignupLink
from turnout.places import queries as places
from turnout.places.models import Area


def areas_by_code(codes: Iterable[str]) -> dict[str, Area]:
    return {area.code: area for area in Area.objects.filter(code__in=set(codes))}


def areas_by_key(keys: Iterable[int | None]) -> dict[int, Area]:
    return {area.area_key: area for area in Area.objects.filter(area_key__in={key for key in keys if key is not None})}


def units_by_id(ids: Iterable[UUID | None]) -> dict[UUID, Unit]:
    return {unit.pk: unit for unit in Unit.objects.filter(pk__in={one for one in ids if one})}


def names_of_accounts(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in={one for one in ids if one}).values_list("pk", "name"))


def units_matching(units: QuerySet[Unit], text: str, area: Area | None) -> QuerySet[Unit]:
    """Open units by part of the name or start of the code, inside an area if one is given."""
    found = units.filter(closed_at=None)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__istartswith=text))
    if area:
        found = found.filter(area_key__gte=area.area_key, area_key__lt=area.key_end)
    return found


def grants_matching(grants: QuerySet[Grant], state: str, now: Any) -> QuerySet[Grant]:
    """Live grants, those that end within two weeks, or those that are over."""
    over = Q(ends_at__lte=now) | Q(revoked_at__isnull=False)
    return grants.filter(over) if state == "over" else grants.exclude(over)


def last_seal() -> Seal | None:
    return Seal.objects.order_by("-number").first()


def unsealed_here() -> int:
    """Rows of the present scope that no seal covers yet."""
    return AuditRow.objects.filter(batch__isnull=True).count()


def verbs_seen() -> list[str]:
    """Verbs that stand in the log of the present scope."""
    return sorted(AuditRow.objects.order_by().values("verb").annotate(last=Max("at")).values_list("verb", flat=True))


def skills_of(person: Person) -> list[Skill]:
    return list(Skill.objects.filter(person=person).order_by("name"))


def availability_of(person: Person) -> list[Availability]:
    return list(Availability.objects.filter(person=person).order_by("starts_at"))


def bookings_of(person: Person) -> list[Booking]:
    """What the person is booked for from now on, soonest first."""
    return list(Booking.objects.filter(person=person, state="live", ends_at__gt=clock.now()).order_by("starts_at")[:50])


def reach_of(person: Person) -> list[Reach]:
    """Where the person is seen from, as far as the present scope sees that."""
    return list(Reach.objects.filter(person=person).exclude(basis="roll").order_by("basis", "area_key"))


def looks_at(person: Person) -> list[AuditRow]:
    """Who saw the person's whole phone number, newest first."""
    return list(AuditRow.objects.filter(object_id=person.pk, verb="person.reveal").order_by("-id")[:50])


def communities_seen(by: Actor) -> int:
    """Open communities inside the person's own areas."""
    return Area.objects.filter(places.within(by), level="community", closed_at=None).count()


def people_counts() -> tuple[int, int]:
    """Active people of the present scope, each once, and how many of them can be posted today."""
    today = timezone.localdate(clock.now())
    ready = Count("pk", filter=Q(not_ready_until__isnull=True) | Q(not_ready_until__lt=today))
    row = Person.objects.filter(state="active").aggregate(active=Count("pk"), ready=ready)
    return row["active"], row["ready"]


def runs_of(user: User) -> QuerySet[ListRun]:
    """List runs that somebody started, in and out, newest first."""
    return ListRun.objects.filter(starter=user).order_by("-started_at", "-id")


def runs_waiting(user: User) -> int:
    """Lists that were checked and wait for their sender's decision."""
    return ListRun.objects.filter(starter=user, state="checked").count()


def standing_merges() -> QuerySet[Merge]:
    """Merges that can still be undone, newest first."""
    rows = Merge.objects.filter(undone_at=None).select_related("kept__unit", "gone__unit")
    return rows.order_by("-merged_at", "-id")


def signup_links(unit: Unit) -> list[SignupLink]:
    """Links of a unit, the newest first."""
    return list(SignupLink.objects.filter(unit=unit).order_by("-issued_at")[:30])


def signup_link(link_id: UUID) -> SignupLink | None:
    return SignupLink.objects.select_related("unit").filter(pk=link_id).first()
