"""Lists of places as list runs: progress, samples and bad rows as for people; the verb of places writes them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from turnout.core.refusals import Refusal
from turnout.people.domain import findings, kept, runs, uploads
from turnout.people.domain.runs import Work
from turnout.places.domain import imports
from turnout.places.domain.imports import Report
from turnout.places.lists import LAYOUTS
from turnout.places.refusals import IMPORT_BAD
from turnout.sheets import Book, Refused, open_bytes

PERMISSION = "area.edit"
VERDICTS = ("new", "changed", "same", "closed")


def work_on(work: Work, *, carry: bool) -> None:
    """Check a list of places; with `carry`, write it if it would do what was shown. Part of a job."""
    work.step("reading")
    file = uploads.open_file(run=work.run, role="source", by=work.by)
    try:
        book = open_bytes(file.name, file.content)
    except Refused as refused:
        kept.give_back(work, list(refused.faults))
        return
    work.step("writing" if carry else "comparing", sum(len(grid.rows) for grid in book.grids))
    report = _carried_out(work, book) if carry else imports.dry_run(book=book, by=work.by, done=work.done)
    if report.committed:
        runs.finish(work, state="done")
    elif kept.unreadable(report.faults):
        kept.give_back(work, report.faults)
    else:
        if carry:
            work.run.settings |= {"changed_since": True}
        _present(work, report)


def _carried_out(work: Work, book: Book) -> Report:
    """Write the list, or report what it would do by now."""
    only_good = bool(work.run.settings.get("only_good"))
    agreed = work.run.fingerprint
    try:
        return imports.commit(book=book, by=work.by, only_good=only_good, expected=agreed, done=work.done)
    except Refusal as refusal:
        if refusal.reason is not IMPORT_BAD:
            raise
        report: Report = refusal.details["report"]
        return report


def _present(work: Work, report: Report) -> None:
    counts = {verdict: report.total(verdict) for verdict in VERDICTS} | {"bad": kept.bad_rows(report.faults)}
    tallies = {layout.name: report.tallies.get(layout.name) for layout in LAYOUTS}
    shown = findings.Findings(
        faults=report.faults, notes=report.notes, samples=_samples(report),
        sheets={name: asdict(tally) for name, tally in tallies.items() if tally},
    )  # fmt: skip
    kept.keep(work, report.reading, shown, counts, report.fingerprint)


def _samples(report: Report) -> dict[str, list[dict[str, Any]]]:
    """The report's examples by verdict, in the form in which every list run keeps them."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in report.samples:
        changes = [{"field": name, "before": old, "after": new} for name, (old, new) in one.changes.items()]
        found[one.verdict].append({"row": one.row, "name": one.name, "sheet": one.sheet, "differences": changes})
    return dict(found)
