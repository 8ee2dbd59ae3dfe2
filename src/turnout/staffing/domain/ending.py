"""What ends with an incident: waves, sign-ups and whistles close, and whoever is not on post is called off and told.

People on post stay booked there until their community releases them: nobody is sent home by a click in the district.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models.functions import Coalesce

from turnout.core import audit, clock
from turnout.core.actors import Actor
from turnout.incidents.models import Incident
from turnout.staffing.domain import holds, telling
from turnout.staffing.models import CallOut, Opening, Wave, Whistle
from turnout.staffing.states import LIVE


def end(incident_id: UUID, by: Actor) -> int:
    """End what still runs in an incident; returns how many people were called off. Part of standing down."""
    now = clock.now()
    Opening.objects.filter(wave__incident=incident_id, closed_at=None).update(closed_at=now)
    Wave.objects.filter(incident=incident_id).exclude(state="closed").update(
        state="closed", opened_at=Coalesce("opened_at", now)
    )
    Whistle.objects.filter(incident=incident_id, state="waiting").update(
        state="closed", answer_by=None, decided_at=now, decided_by_id=by.id
    )
    on_their_way = CallOut.objects.filter(incident=incident_id, state__in=LIVE).exclude(state="on_post")
    off = list(on_their_way.select_for_update(of=("self",)).order_by("pk").values_list("pk", "area_key"))
    ids = [row[0] for row in off]
    CallOut.objects.filter(pk__in=ids).update(state="withdrawn")
    holds.free(ids)
    telling.tell(ids, telling.CALLED_OFF, by=by)
    key = Incident.objects.values_list("area_key", flat=True).get(pk=incident_id)
    audit.record(
        "callout.end", by=by, object_kind="incidents.incident", object_id=incident_id, area_key=key,
        details={"people": len(ids)},
    )  # fmt: skip
    return len(ids)
