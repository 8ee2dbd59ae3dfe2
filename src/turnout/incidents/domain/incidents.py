"""Opening an incident, changing its rules, marking levels, standing down."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import contains, key_of, pad, range_of_key
from turnout.incidents import refusals, states
from turnout.incidents.models import Incident, LevelMark, PlaybookSwitch, PlaybookVersion
from turnout.incidents.registries import STOOD_DOWN


@transaction.atomic
def open_(*, title: str, area_code: str, playbook: PlaybookVersion, by: Actor, drill: bool = False) -> Incident:
    """Open an incident over an area; it runs by this version of the playbook until somebody switches it."""
    key = _key(area_code)
    by.require("incident.manage", key)
    if not title.strip():
        raise refusals.TITLE_MISSING.refuse()
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                title=title.strip(),
                area_code=pad(area_code),
                area_key=key,
                hazard=playbook.name,
                playbook=playbook,
                drill=drill,
                opened_at=clock.now(),
                opened_by_id=by.id,
            )
    except IntegrityError as error:
        if "incident_one_active_per_area" not in str(error):
            raise
        standing = Incident.objects.get(area_key=key, hazard=playbook.name, drill=drill, status=states.ACTIVE)
        raise refusals.INCIDENT_TWICE.refuse(title=standing.title) from None
    audit.record(
        "incident.open", by=by, of=incident, area_key=key,
        details={"playbook": playbook.name, "version": playbook.version, "drill": drill},
    )  # fmt: skip
    return incident


@transaction.atomic
def switch_playbook(*, incident: Incident, playbook: PlaybookVersion, reason: str, by: Actor) -> PlaybookSwitch:
    """Run an incident by another version of its playbook from now on, on the record."""
    incident = _locked(incident, by)
    if playbook.pk == incident.playbook_id:
        raise refusals.PLAYBOOK_SAME.refuse()
    if playbook.name != incident.hazard:
        raise refusals.PLAYBOOK_OTHER_HAZARD.refuse(name=incident.hazard)
    if not reason.strip():
        raise refusals.REASON_MISSING.refuse()
    switch = PlaybookSwitch.objects.create(
        incident=incident,
        before=incident.playbook,
        after=playbook,
        reason=reason.strip(),
        switched_at=clock.now(),
        switched_by_id=by.id,
    )
    incident.playbook = playbook
    incident.save(update_fields=["playbook"])
    audit.record(
        "incident.switch_playbook", by=by, of=incident, area_key=incident.area_key,
        details={"before": switch.before.version, "after": playbook.version},
    )  # fmt: skip
    return switch


@transaction.atomic
def mark(
    *,
    incident: Incident,
    area_key: int,
    level: str,
    by: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> LevelMark:
    """Put an area at a level from a moment (default now) until another or until further notice."""
    incident = _locked(incident, by, at=area_key)
    if not contains((range_of_key(incident.area_key),), range_of_key(area_key)):
        raise refusals.MARK_OUTSIDE.refuse()
    playbook = incident.playbook.playbook
    if playbook.level(level) is None:
        raise refusals.LEVEL_UNKNOWN.refuse(level=level, known=", ".join(known.code for known in playbook.levels))
    try:
        with transaction.atomic():
            made = LevelMark.objects.create(
                incident=incident,
                area_key=area_key,
                level=level,
                starts_at=starts_at or clock.now(),
                ends_at=ends_at,
                marked_by_id=by.id,
            )
    except IntegrityError as error:
        if "mark_one_level_at_a_time" not in str(error):
            raise
        raise refusals.MARK_TWICE.refuse() from None
    audit.record("incident.mark", by=by, of=made, area_key=area_key, details={"level": level})
    return made


@transaction.atomic
def unmark(*, mark: LevelMark, by: Actor) -> LevelMark:
    """End a level now."""
    mark = LevelMark.objects.select_for_update().get(pk=mark.pk)
    _locked(mark.incident, by, at=mark.area_key)
    now = clock.now()
    if mark.ends_at is None or mark.ends_at > now:
        if mark.starts_at >= now:
            mark.delete()
        else:
            mark.ends_at = now
            mark.save(update_fields=["ends_at"])
        audit.record("incident.unmark", by=by, of=mark, area_key=mark.area_key, details={"level": mark.level})
    return mark


@transaction.atomic
def stand_down(*, incident: Incident, by: Actor) -> Incident:
    """End an incident: nothing in it can be changed any more, and the clock of retention starts.

    Call-outs and check-in are off from this moment; who stands on a post can still be released, hand over and say how
    it went.
    """
    incident = _locked(incident, by)
    now = max(clock.now(), incident.opened_at)  # a clock that jumped back does not keep anybody from standing down
    incident.marks.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lt=now).update(ends_at=now)
    incident.status, incident.stood_down_at = states.STOOD_DOWN, now
    incident.save(update_fields=["status", "stood_down_at"])
    with acting_as(SYSTEM):
        for end in STOOD_DOWN:
            end(incident.pk, by)
    audit.record("incident.stand_down", by=by, of=incident, area_key=incident.area_key)
    return incident


def require_active(incident: Incident) -> None:
    """Refuse anything in an incident that was stood down. Every verb that changes something in one calls this."""
    if incident.status != states.ACTIVE:
        raise refusals.INCIDENT_OVER.refuse()


def _locked(incident: Incident, by: Actor, at: int | None = None) -> Incident:
    fresh = Incident.objects.select_for_update().select_related("playbook").filter(pk=incident.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("incident.manage", fresh.area_key if at is None else at)
    require_active(fresh)
    return fresh


def _key(area_code: str) -> int:
    try:
        return key_of(area_code)
    except ValueError:
        raise NOT_FOUND.refuse() from None
