"""Reads for whoever answers for a unit: its people who are called, its quotas, and how far each unit has answered."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import ancestors, range_of_key
from turnout.incidents import states as incident_states
from turnout.incidents.models import Incident
from turnout.people import queries as people
from turnout.people.models import Person, Unit
from turnout.people.permissions import require_at_unit
from turnout.staffing.models import CallOut, Consent, Quota
from turnout.staffing.states import ACCEPTED, LIVE

PERMISSION = "callout.answer"
UNANSWERED = ("waiting", "asked", "later", "silent")


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """What one wave asks of a unit for one district, and how many of its people are called there in it."""

    wave: int
    district_key: int
    places: int
    used: int


@dataclass(frozen=True, slots=True)
class Answers:
    """How far a unit has answered: people called, who come, who are there, who cannot, who have not said."""

    called: int
    coming: int
    on_post: int
    cannot: int
    unanswered: int


def unit_of(unit_id: UUID, by: Actor) -> Unit:
    """Return a unit for which somebody answers; 404 for one that is not to be known, 403 for one that is not theirs."""
    unit = people.unit(unit_id, by)
    require_at_unit(by, PERMISSION, unit)
    return unit


def incidents_of(unit: Unit) -> QuerySet[Incident]:
    """Return the incidents under way that concern a unit: over or around its area, or calling its people; newest first.

    A unit's scope lies above every area, so that `incidents.touching` finds none for its liaison.
    """
    low, high = range_of_key(unit.area_key)
    called = Exists(CallOut.objects.filter(incident=OuterRef("pk"), unit_key=unit.scope_key))
    asked = Exists(Quota.objects.filter(wave__incident=OuterRef("pk"), unit=unit))
    near = Q(area_key__in=ancestors(low)) | Q(area_key__gte=low, area_key__lt=high) | Q(called) | Q(asked)
    found = Incident.objects.filter(near, status=incident_states.ACTIVE)
    return found.select_related("playbook").order_by("-opened_at")


def incident_of(incident_id: UUID, unit: Unit) -> Incident:
    found = incidents_of(unit).filter(pk=incident_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found


def consents(incident: Incident, unit: Unit) -> list[Consent]:
    """Return what a unit is asked to let go before its people are asked, the most urgent first."""
    return list(Consent.objects.filter(wave__incident=incident, unit=unit, state="asked").order_by("due_at"))


def called(incident: Incident, unit: Unit) -> list[CallOut]:
    """Return everybody of a unit who was called and not called off, by name."""
    found = CallOut.objects.filter(incident=incident, unit_key=unit.scope_key).exclude(state="withdrawn")
    return list(found.select_related("person", "post", "wave").order_by("person__sort_key", "id"))


def stand_ins(callout: CallOut) -> QuerySet[Person]:
    """Return who of the same unit could come instead: active, and not called in the same incident; by name."""
    called_ = CallOut.objects.filter(incident=callout.incident_id, person=OuterRef("pk"), state__in=LIVE)
    found = Person.objects.filter(unit=callout.person.unit_id, state="active").exclude(Exists(called_))
    return found.order_by("sort_key", "id")


def quotas(incident: Incident, unit: Unit) -> list[QuotaUse]:
    """Return what is asked of a unit by wave and district, with how much of it is used. Two queries."""
    rows = list(Quota.objects.filter(wave__incident=incident, unit=unit).select_related("wave"))
    live = CallOut.objects.filter(incident=incident, unit_key=unit.scope_key, state__in=LIVE)
    keys = list(live.values_list("wave_id", "area_key"))
    found = []
    for row in rows:
        low, high = range_of_key(row.district_key)
        used = sum(wave == row.wave_id and low <= key < high for wave, key in keys)
        found.append(QuotaUse(row.wave.number, row.district_key, row.places, used))
    return sorted(found, key=lambda use: (-use.wave, use.district_key))


def units_called(incident: Incident, by: Actor) -> QuerySet[Unit]:
    """Return the units for which somebody answers and of which anybody is called, by code."""
    called_ = CallOut.objects.filter(incident=incident, unit_key=OuterRef("scope_key")).exclude(state="withdrawn")
    return people.units_within(by, PERMISSION).filter(Exists(called_))


def answers(incident: Incident, unit_keys: list[int]) -> dict[int, Answers]:
    """Return how far these units have answered, by the unit's own key. One query."""
    rows = CallOut.objects.filter(incident=incident, unit_key__in=unit_keys).exclude(state="withdrawn").order_by()
    counts = rows.values_list("unit_key").annotate(
        called=Count("id"),
        coming=Count("id", filter=Q(state__in=ACCEPTED)),
        on_post=Count("id", filter=Q(state="on_post")),
        cannot=Count("id", filter=Q(state="no")),
        unanswered=Count("id", filter=Q(state__in=UNANSWERED)),
    )
    return {key: Answers(*numbers) for key, *numbers in counts}
