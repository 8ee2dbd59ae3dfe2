"""One person for another, and a unit that takes its people back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.people.models import Person, Unit
from turnout.people.permissions import require_at_unit
from turnout.staffing import refusals
from turnout.staffing.domain import callouts, holds, naming, telling
from turnout.staffing.models import CallOut, Wave
from turnout.staffing.states import LIVE


@transaction.atomic
def substitute(*, callout: CallOut, person: Person, by: Actor) -> CallOut:
    """Let somebody of the same unit come instead: the one is called off, the other is coming. Returns the new call-out.

    The unit's liaison speaks for both. Who is on post already is relieved by a hand-over instead.
    """
    gone = (
        CallOut.objects.select_for_update(of=("self",))
        .select_related("person", "post", "incident")
        .filter(pk=callout.pk)
        .first()
    )
    if gone is None:
        raise NOT_FOUND.refuse()
    callouts.require_answerable(gone, by)
    require_active(gone.incident)
    if gone.state not in LIVE or gone.state == "on_post":
        raise refusals.CALLOUT_OVER.refuse()
    wave = Wave.objects.get(pk=gone.wave_id)
    if wave.state == "closed" or wave.closes_at <= clock.now():
        raise refusals.WAVE_OVER.refuse(number=wave.number)
    with acting_as(SYSTEM):
        found = Person.objects.select_related("unit").filter(pk=person.pk).first()
    if found is None or found.unit_id != gone.person.unit_id:
        raise refusals.STAND_IN_OTHER_UNIT.refuse()
    naming.require_fit(found, gone.post)
    with acting_as(SYSTEM):
        CallOut.objects.filter(pk=gone.pk).update(state="withdrawn")
        holds.free([gone.pk])
        made = naming.put_down(
            found, gone.post, wave, state="yes", source="stand_in", stands_in_for=gone, answered_by="liaison",
            asked_at=clock.now(),
        )  # fmt: skip
        telling.tell([gone.pk], telling.CALLED_OFF, by=by)
        links = {made.pk: f"{wave.address}{callouts.issue_link(made.pk)}/"}
        telling.tell([made.pk], telling.STANDS_IN, by=by, links=links, unsent_too=True)
    audit.record("callout.substitute", by=by, of=made, area_key=made.area_key, details={"for": gone.pk})
    return made


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a unit's taking back did: people who do not come, and people who stand on a post and stay there."""

    called_back: int
    on_post: int


@transaction.atomic
def take_back(*, incident: Incident, unit: Unit, by: Actor) -> TakenBack:
    """Let a unit take back everybody who is called and not on post yet; their places go to others.

    Who stands on a post stays until the community releases them: nobody leaves a door by a call from the office.
    """
    require_at_unit(by, "callout.answer", unit)
    require_active(Incident.objects.get(pk=incident.pk))
    with acting_as(SYSTEM):
        called = CallOut.objects.select_for_update(of=("self",)).filter(
            incident=incident, unit_key=unit.scope_key, state__in=LIVE
        )
        rows = list(called.order_by("pk").values_list("pk", "state", "area_key"))
        back = [row for row in rows if row[1] != "on_post"]
        ids = [row[0] for row in back]
        CallOut.objects.filter(pk__in=ids).update(
            state="no", answered_at=clock.now(), answered_by="liaison", decline_reason="unit"
        )
        holds.free(ids)
        telling.tell(ids, telling.CALLED_OFF, by=by)
    audit.record_all("callout.take_back", [("staffing.callout", row[0], row[2]) for row in back], by=by)
    return TakenBack(len(back), len(rows) - len(back))
