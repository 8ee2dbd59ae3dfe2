"""Importing a list of people, units or places: sent, checked in a dry run, then carried out whole or not at all.

The dry run says what would happen, with samples. Carrying out compares again under lock and goes on only if that gives
the same picture; otherwise nothing is written and the new picture is shown. A list with bad rows is carried out only
by the second, named act, and then its bad rows come back as a sheet with what is wrong and what would be right.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from turnout.core import audit, clock, statistics
from turnout.core.actors import Actor
from turnout.people import list_refusals as refusals
from turnout.people.domain import carrying, findings, kept, place_list, runs, unit_list, uploads
from turnout.people.domain.breaks import broken
from turnout.people.domain.comparing import Comparison, compare
from turnout.people.domain.runs import Work
from turnout.people.domain.staff_list import layout
from turnout.people.domain.staff_rows import PERMISSION, Rows, Units, prepare
from turnout.people.domain.uploads import File
from turnout.people.imports_models import ListRun
from turnout.people.models import Unit
from turnout.sheets import Layout, Reading, Refused, Table, open_bytes, read

LARGEST = 40 * 2**20
"""Bytes of one list. 74,000 people with twelve columns take 5 MB."""
PERMISSIONS = {
    "import.people": PERMISSION,
    "import.units": unit_list.PERMISSION,
    "import.places": place_list.PERMISSION,
}
"""What it takes to send a list of each kind."""
_FILLED = (
    "people_person", "people_unit", "people_reach", "people_term", "people_skill", "people_availability",
)  # fmt: skip
"""Tables that a list of people fills."""
_RACES = ("person_phone_once", "person_number_once", "reach_once_per_basis")


@transaction.atomic
def begin(
    *, file: File, by: Actor, kind: str = "import.people", unit: Unit | None = None, complete: bool = False
) -> ListRun:
    """Take in a list of people (or `import.units`, `import.places`) and start its dry run.

    `unit`: the unit of everybody in the list, for lists without that column. `complete`: whoever is missing has left.
    """
    by.require_anywhere(PERMISSIONS[kind])
    if len(file.content) > LARGEST:
        raise refusals.FILE_TOO_LARGE.refuse(most=LARGEST // 2**20)
    chosen = {"complete": complete, "unit": str(unit.pk) if unit else None}
    run = runs.start(kind=kind, state="checking", chosen=chosen, by=by)
    uploads.keep(run=run, role="source", file=file, by=by)
    runs.enqueue(run, "people.check_import")
    return run


@transaction.atomic
def commit(*, run: ListRun, by: Actor, only_good: bool = False) -> ListRun:
    """Start carrying out a checked list. With bad rows only by `only_good`, which leaves those out."""
    run = runs.locked(run, by)
    by.require_anywhere(PERMISSIONS[run.kind])
    if run.state != "checked":
        raise refusals.NOT_CHECKED.refuse()
    if run.counts["bad"] and not only_good:
        raise refusals.HAS_BAD_ROWS.refuse(count=run.counts["bad"])
    run.settings |= {"only_good": only_good, "changed_since": False}
    return runs.restart(run, "committing", "people.carry_out_import")


@transaction.atomic
def again(*, run: ListRun, by: Actor) -> ListRun:
    """Check a list again that stopped or was interrupted: nothing of it was kept, and its file is still here."""
    run = runs.locked(run, by)
    if run.state in runs.WORKING and runs.is_worked_on(run):
        raise refusals.RUN_BUSY.refuse()
    if run.state not in (*runs.WORKING, "failed", "refused", "checked"):
        raise refusals.RUN_OVER.refuse()
    uploads.open_file(run=run, role="source", by=by)
    return runs.restart(run, "checking", "people.check_import")


@transaction.atomic
def discard(*, run: ListRun, by: Actor) -> ListRun:
    """Throw a list away with its files. What was carried out stays; throwing away twice changes nothing."""
    run = runs.locked(run, by)
    if run.state in runs.WORKING and runs.is_worked_on(run):
        raise refusals.RUN_BUSY.refuse()
    run.files.all().delete()
    if run.state not in ("done", "discarded"):
        run.state, run.fault, run.ended_at = "discarded", "", clock.now()
        run.save(update_fields=["state", "fault", "ended_at"])
    return run


def check(work: Work) -> None:
    """The dry run: read, compare, keep what was found. Part of a job, inside `runs.working`."""
    if work.run.state != "checking":
        return
    if work.run.kind != "import.people":
        _other(work, carry=False)
        return
    reading, rows, units = _read(work)
    if rows is None:
        kept.give_back(work, reading.faults)
        return
    work.step("comparing", len(rows.good))
    _present(work, reading, rows, _compare(work, rows, units, lock=False))


def carry_out(work: Work) -> None:
    """Compare again under lock, and write if the picture is the one that was shown. Part of a job."""
    if work.run.state != "committing":
        return
    if work.run.kind != "import.people":
        _other(work, carry=True)
        return
    reading, rows, units = _read(work)
    if rows is None:
        kept.give_back(work, reading.faults)
        return
    work.step("comparing", len(rows.good))
    _lock_units(rows)
    found = _compare(work, rows, units, lock=True)
    if found.fingerprint != work.run.fingerprint:
        work.run.settings |= {"changed_since": True}
        _present(work, reading, rows, found)
        return
    work.step("writing", len(rows.good))
    try:
        with transaction.atomic():
            carrying.carry_out(rows.good, run_id=work.run.pk, by=work.by)
            statistics.renew(*_FILLED, rows=len(rows.good))
    except IntegrityError as error:
        if broken(error) not in _RACES:
            raise
        raise refusals.CHANGED_MEANWHILE.refuse() from None
    work.step("finishing")
    _log(work, rows, found)
    runs.finish(work, state="done")


def _other(work: Work, *, carry: bool) -> None:
    {"import.units": _units, "import.places": place_list.work_on}[work.run.kind](work, carry=carry)


def _units(work: Work, *, carry: bool) -> None:
    """Check a list of units; with `carry`, write it if the picture is the one that was shown."""
    reading, table = _table(work, unit_list.LAYOUT)
    if table is None:
        kept.give_back(work, reading.faults)
        return
    work.step("comparing", len(table))
    plan = unit_list.compare(table, reading.faults, work.by, lock=carry)
    if carry and plan.fingerprint == work.run.fingerprint:
        work.step("writing", len(plan.steps))
        unit_list.carry_out(plan, work.by)
        audit.record("unit.import", by=work.by, of=work.run, details=dict(work.run.counts))
        runs.finish(work, state="done")
        return
    if carry:
        work.run.settings |= {"changed_since": True}
    faults = sorted([*reading.faults, *plan.faults], key=lambda fault: fault.row)
    counts = dict.fromkeys(("elsewhere", "left", "left_booked"), 0) | plan.counts
    counts |= {"bad": kept.bad_rows(faults), "repeated": plan.repeated}
    shown = findings.Findings(faults=faults, notes=reading.notes, samples=plan.samples(findings.SAMPLED))
    kept.keep(work, reading, shown, counts, plan.fingerprint)


def _table(work: Work, expected: Layout) -> tuple[Reading, Table | None]:
    """Read the file's table; none if not even its headings can be read."""
    work.step("reading")
    file = uploads.open_file(run=work.run, role="source", by=work.by)
    try:
        book = open_bytes(file.name, file.content)
    except Refused as refused:
        return Reading({}, faults=list(refused.faults)), None
    findings.name_the_only_sheet(book, expected, kept.language(work))
    reading = read(book, [expected])
    table = reading.tables.get(expected.name)
    if kept.unreadable(reading.faults):
        return reading, None
    return reading, table


def _read(work: Work) -> tuple[Reading, Rows | None, Units]:
    """Read the list of staff into good rows and faults; no rows if it cannot be read at all."""
    default = work.run.settings.get("unit")
    units = Units(work.by, UUID(default) if default else None)
    reading, table = _table(work, layout(ZoneInfo(settings.TIME_ZONE)))
    if table is None:
        return reading, None, units
    work.step("checking", len(table))
    return reading, prepare(table, reading.faults, units, work.done), units


def _lock_units(rows: Rows) -> None:
    """A second list for the same unit waits here, and then sees what the first one wrote."""
    ids = {row.unit_id for row in rows.good}
    list(Unit.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _compare(work: Work, rows: Rows, units: Units, *, lock: bool) -> Comparison:
    """With bad rows nobody is marked as left: somebody missing may stand in one of them."""
    complete = bool(work.run.settings.get("complete")) and not rows.faults
    return compare(rows.good, complete=complete, yours=units.yours, lock=lock)


def _present(work: Work, reading: Reading, rows: Rows, found: Comparison) -> None:
    """Keep counts, samples and bad rows, and wait for somebody to decide."""
    judged = findings.judged_faults(reading.tables["staff"])
    faults = sorted([*reading.faults, *rows.faults, *judged], key=lambda fault: fault.row)
    counts = found.counts | {"bad": kept.bad_rows(faults), "repeated": rows.repeated}
    notes = [*reading.notes, *findings.assumptions(reading.tables["staff"])]
    shown = findings.Findings(faults=faults, notes=notes, samples=findings.samples(rows.good))
    kept.keep(work, reading, shown, counts, found.fingerprint)


def _log(work: Work, rows: Rows, found: Comparison) -> None:
    """One row in the log for the whole list, where all its units lie."""
    units = Unit.objects.filter(pk__in={row.unit_id for row in rows.good})
    details: dict[str, Any] = dict(work.run.counts) | {"units": len(units), "only_good": bool(rows.faults)}
    audit.record(
        "person.import", by=work.by, of=work.run, details=details, area_key=runs.common_area(u.area_key for u in units)
    )
