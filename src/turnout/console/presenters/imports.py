"""How a list run reads on a page: its state in words, what was found, what can be done next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from turnout.console import words
from turnout.console.presenters.areas import PLACE_WORDS, SHEET_WORDS
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.refusals import CATALOGUE, Refusal
from turnout.people.domain import findings, runs, uploads
from turnout.people.imports_models import ListRun
from turnout.people.states import CATEGORIES, STATES, TIERS, WORK_LIMITS

STATE_WORDS = {
    "checking": ("way", _("being checked")),
    "checked": ("short", _("checked, waits for you")),
    "committing": ("way", _("being taken in")),
    "exporting": ("way", _("being written")),
    "done": ("ok", _("taken in")),
    "refused": ("crit", _("not readable")),
    "failed": ("crit", _("stopped")),
    "discarded": ("no", _("thrown away")),
}
STEP_WORDS = {
    "": _("Waiting for the worker"),
    "reading": _("Reading the file"),
    "checking": _("Checking the rows"),
    "comparing": _("Comparing with what is known"),
    "writing": _("Writing"),
    "finishing": _("Finishing"),
}
KIND_WORDS = {
    "import.people": _("list of people coming in"),
    "import.units": _("list of units coming in"),
    "import.places": _("list of places coming in"),
    "export.people": _("export of people"),
}
COUNT_WORDS = {
    "people": _("people"),
    "new": _("new"),
    "changed": _("changed"),
    "same": _("same"),
    "elsewhere": _("known elsewhere"),
    "left": _("will be marked as left"),
    "closed": _("closed"),
    "left_booked": _("missing, but booked"),
    "bad": _("bad"),
}
FIELD_WORDS = {
    "unit": _("Unit"),
    "number": _("Employee number"),
    "area_key": _("Area"),
    "paired_streets": _("Paired streets"),
    "quota": _("Quota"),
    "name": _("Name"),
    "phone": _("Phone"),
    "categories": _("Staff category"),
    "work_limits": _("Work limits"),
    "home": _("Home community"),
    "tier": _("Reserve tier"),
    "tier_until": _("Tier until"),
    "not_ready_until": _("Not available until"),
    "skills": _("Skills"),
    "availability": _("Availability"),
    "state": _("State"),
}
SAMPLE_WORDS = {
    "new": (_("New"), ""),
    "changed": (_("Changed"), ""),
    "elsewhere": (
        _("Known elsewhere"),
        _("Already registered with another unit. They are left out; the district decides, and is asked."),
    ),
    "left": (_("Marked as left"), _("They belong to these units and are in none of the rows.")),
    "closed": (_("Closed"), ""),
    "left_booked": (_("Missing, but booked"), _("They stay: release them first.")),
}
FAULTS_SHOWN = 100
NOTES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownRun:
    run: ListRun
    what: Any
    kind: str
    words: Any
    counts: str


@dataclass(frozen=True, slots=True)
class Figure:
    label: Any
    count: int
    bad: bool


@dataclass(frozen=True, slots=True)
class Sample:
    title: Any
    note: Any
    rows: list[dict[str, Any]]
    more: int


def shown(found: Iterable[ListRun]) -> list[ShownRun]:
    rows = list(found)
    stopped = runs.interrupted(rows)
    return [ShownRun(run, KIND_WORDS[run.kind], *_state(run, run.pk in stopped), _counts(run)) for run in rows]


def _state(run: ListRun, interrupted: bool = False) -> tuple[str, Any]:
    if interrupted:
        return "crit", _("interrupted")
    if run.kind == "export.people" and run.state == "done":
        return "ok", _("written")
    return STATE_WORDS[run.state]


def run_page(run: ListRun, *, by: Actor) -> dict[str, Any]:
    """Everything the page of a run shows, whatever its state."""
    interrupted = runs.is_interrupted(run)
    kind, state = _state(run, interrupted)
    export = run.kind == "export.people"
    working = run.state in runs.WORKING
    found = _findings(run, by) if run.state in ("checked", "done", "refused") and not export else None
    of_places = run.kind == "import.places"
    language = "zh" if words.in_chinese() else "en"
    faults = [_with_sheet(one) for one in found.said(language)] if found else []
    notes = [_with_sheet(one) for one in found.noted(language)] if found else []
    return {
        "run": run,
        "kind": kind,
        "state": state,
        "working": working,
        "export": export,
        "of_units": run.kind == "import.units",
        "of_places": of_places,
        "sheets": _sheets(found) if found else [],
        "interrupted": interrupted,
        "step": STEP_WORDS.get(run.step, run.step),
        "file_name": _file_name(run, by, "export" if export else "source"),
        "title": KIND_WORDS[run.kind],
        "figures": _figures(run.counts),
        "good": sum(run.counts.get(name, 0) for name in ("new", "changed", "same", "closed")),
        "writes": sum(run.counts.get(name, 0) for name in ("new", "changed", "left", "closed")),
        "good_changes": sum(run.counts.get(name, 0) for name in ("new", "changed", "elsewhere", "closed")),
        "bad": run.counts.get("bad", 0),
        "faults": faults[:FAULTS_SHOWN],
        "more_faults": max(0, len(faults) - FAULTS_SHOWN),
        "notes": notes[:NOTES_SHOWN],
        "more_notes": max(0, len(notes) - NOTES_SHOWN),
        "samples": _samples(found, run.counts) if found and run.state == "checked" else [],
        "fault": _fault(run),
        "has_bad_rows": run.files.filter(role="bad_rows").exists(),
        "has_export": run.files.filter(role="export").exists(),
        "has_source": run.files.filter(role="source").exists(),
    }


def _counts(run: ListRun) -> str:
    return " · ".join(f"{label} {run.counts[name]:,}" for name, label in COUNT_WORDS.items() if run.counts.get(name))


def _figures(counts: dict[str, int]) -> list[Figure]:
    always = ("new", "changed", "same", "bad")
    return [
        Figure(label, counts.get(name, 0), name == "bad" and bool(counts.get(name)))
        for name, label in COUNT_WORDS.items()
        if counts and (name in always or counts.get(name))
    ]


def _findings(run: ListRun, by: Actor) -> findings.Findings | None:
    try:
        return findings.load(uploads.open_file(run=run, role="findings", by=by).content)
    except Refusal as refusal:
        if refusal.code != NOT_FOUND.code:
            raise
        return None  # gone after seven days, or thrown away


def _file_name(run: ListRun, by: Actor, role: str) -> str:
    try:
        return uploads.open_file(run=run, role=role, by=by).name
    except Refusal:
        return ""


def _with_sheet(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"sheet_words": SHEET_WORDS.get(said["sheet"], said["sheet"])}


def _sheets(found: findings.Findings) -> list[tuple[Any, Mapping[str, int]]]:
    return [(SHEET_WORDS.get(name, name), tally) for name, tally in found.sheets.items()]


def _samples(found: findings.Findings, counts: dict[str, int]) -> list[Sample]:
    shown = []
    for kind, (title, note) in SAMPLE_WORDS.items():
        rows = found.samples.get(kind) or []
        for row in rows:
            row["changes"] = [_difference(one) for one in row.get("differences", [])]
            row["sheet"] = SHEET_WORDS.get(row.get("sheet", ""), "")
        if rows:
            shown.append(Sample(title, note, rows, max(0, counts.get(kind, 0) - len(rows))))
    return shown


def _difference(one: dict[str, Any]) -> dict[str, Any]:
    field = one["field"]
    return {
        "label": FIELD_WORDS.get(field) or PLACE_WORDS.get(field, field),
        "before": _value(field, one["before"]),
        "after": _value(field, one["after"]),
    }


def _value(field: str, value: Any) -> str:
    """A value as a person reads it: words for codes, skills with their last day, periods from and to."""
    catalogue: dict[str, Any] = {
        "categories": CATEGORIES,
        "work_limits": WORK_LIMITS,
        "tier": TIERS,
        "state": STATES,
    }.get(field, {})
    if isinstance(value, dict):
        return words.listed(" ".join(filter(None, (str(name), _value(field, day)))) for name, day in value.items())
    if isinstance(value, list):
        return words.listed(_value(field, one) for one in value)
    return "" if value is None else str(catalogue.get(value, value))


def _fault(run: ListRun) -> str:
    reason = CATALOGUE.get(run.fault)
    return str(reason.refuse(**run.fault_details)) if reason else ""
