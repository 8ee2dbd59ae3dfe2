"""Keeping what was found in a list: counts, samples and bad rows, or why it cannot be read at all."""

from __future__ import annotations

from turnout.people import list_refusals as refusals
from turnout.people.domain import findings, runs, uploads
from turnout.people.domain.findings import Findings
from turnout.people.domain.runs import Work
from turnout.people.domain.uploads import File
from turnout.sheets import Fault, Reading, error_copy, to_bytes

BAD_ROWS = {"zh": "有问题的行.xlsx", "en": "bad rows.xlsx"}


def language(work: Work) -> str:
    """The language in which a list's sender is answered: 'zh' or 'en'."""
    return "en" if work.run.starter.language == "en" else "zh"


def unreadable(faults: list[Fault]) -> bool:
    """Whether a sheet or its headings could not be read: then nothing is known of its rows."""
    return any(fault.row == 0 or fault.code.startswith("column_") for fault in faults)


def keep(work: Work, reading: Reading, shown: Findings, counts: dict[str, int], fingerprint: str) -> None:
    """Keep what was found, and the bad rows as a sheet, and wait for somebody to decide."""
    _keep_findings(work, shown)
    if shown.faults:
        content = to_bytes(error_copy(reading, shown.faults, language(work), findings.SENTENCES))
        uploads.keep(run=work.run, role="bad_rows", file=File(BAD_ROWS[language(work)], content), by=work.by)
    runs.finish(
        work, state="checked", counts=counts, fingerprint=fingerprint, settings=work.run.settings,
        fault="", fault_details={},
    )  # fmt: skip


def give_back(work: Work, faults: list[Fault]) -> None:
    """Answer a list that cannot be read at all with what is wrong with it."""
    _keep_findings(work, Findings(faults=faults, notes=[], samples={}))
    reason = refusals.LIST_UNREADABLE.code
    runs.finish(work, state="refused", fault=reason, fault_details={"code": faults[0].code})


def bad_rows(faults: list[Fault]) -> int:
    """How many rows have something wrong with them, over all sheets."""
    return len({(fault.sheet, fault.row) for fault in faults})


def _keep_findings(work: Work, shown: Findings) -> None:
    uploads.keep(run=work.run, role="findings", file=File("findings.json", findings.dump(shown)), by=work.by)
