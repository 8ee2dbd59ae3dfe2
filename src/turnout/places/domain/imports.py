"""Lists of places taken over: first a dry run that does everything and keeps nothing, then the commit, all or nothing.

Both are the same code, so that the dry run cannot promise what the commit refuses. New and changed rows are written
set-based; closings go one by one, because everything that carries the old key follows. The same list again changes
nothing and writes nothing, neither history nor log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from turnout.core import audit, clock
from turnout.core.actors import Actor
from turnout.core.refusals import Refusal
from turnout.places import codes, maps, refusals
from turnout.places.domain import closing, listed
from turnout.places.domain.copying import copy_in
from turnout.places.domain.listed import Row
from turnout.places.domain.loading import ONE_AT_A_TIME
from turnout.places.domain.numbering import Numbers
from turnout.places.lists import read_lists
from turnout.places.models import Area, Building, Compound, Site
from turnout.places.public import kind_of
from turnout.sheets import Book, Fault, Reading

SAMPLES = 5
_BATCH = 2_000
Progress = Callable[[int], None]


def _untold(count: int) -> None:
    pass


@dataclass
class Tally:
    """What a list does to one sheet's places."""

    new: int = 0
    changed: int = 0
    same: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One row as an example: its verdict (new, changed, closed) and, if changed, column -> (before, after)."""

    sheet: str
    row: int
    name: str
    verdict: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass
class Report:
    """What a list would do, or did. With any fault nothing was written.

    `notes` are worth mentioning and no fault, among them every point that lies outside its district. `fingerprint` is
    a digest of everything that changes: the same list gives another one only if something has changed in between.
    """

    fingerprint: str
    tallies: dict[str, Tally]
    samples: list[Sample]
    reading: Reading
    committed: bool = False

    @property
    def faults(self) -> list[Fault]:
        return self.reading.faults

    @property
    def notes(self) -> list[Fault]:
        return self.reading.notes

    def total(self, verdict: str) -> int:
        """Rows of all sheets with a verdict: new, changed, same or closed."""
        return sum(getattr(tally, verdict) for tally in self.tallies.values())


def dry_run(*, book: Book, by: Actor, done: Progress = _untold) -> Report:
    """Say what a list would do, with samples, and everything that is wrong with it; keep nothing. `done` is told how
    many rows are behind it."""
    by.require_anywhere("area.edit")
    with transaction.atomic():
        report = _Import(book, by, done).run()
        transaction.set_rollback(True)
    return report


@transaction.atomic
def commit(*, book: Book, by: Actor, only_good: bool = False, expected: str = "", done: Progress = _untold) -> Report:
    """Take a list over, all of it or, with any fault, nothing: then refused, with the dry run's report in the details.

    `only_good` leaves the bad rows out instead. `expected`: the fingerprint of the dry run that somebody agreed to; if
    the list would do something else by now, nothing is written and the report is not `committed`.
    """
    by.require_anywhere("area.edit")
    with transaction.atomic():
        work = _Import(book, by, done)
        report = work.run()
        report.committed = (only_good or not report.faults) and expected in ("", report.fingerprint)
        transaction.set_rollback(not report.committed)
    if report.faults and not only_good:
        raise refusals.IMPORT_BAD.refuse(count=len({(f.sheet, f.row) for f in report.faults}), report=report)
    if report.committed and work.touched:
        details = {"digest": report.fingerprint[:16], "only_good": bool(report.faults)}
        details |= {verdict: report.total(verdict) for verdict in ("new", "changed", "same", "closed")}
        audit.record("area.import", by=by, area_key=_common_key(work.touched), details=details)
    return report


class _Import:
    """One list being taken over; the steps share what they found of the database."""

    def __init__(self, book: Book, by: Actor, done: Progress) -> None:
        self.by = by
        self.reading = read_lists(book)
        self.done, self.seen = done, 0
        self.acts = hashlib.sha256()
        self.tallies: dict[str, Tally] = {name: Tally() for name in self.reading.tables}
        self.samples: list[Sample] = []
        self.touched: set[str] = set()
        self.moment = clock.now()
        self.open: dict[str, Area] = {}
        self._by_community: dict[Any, dict[str, Area]] | None = None

    def run(self) -> Report:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not self.reading.tables and not self.reading.faults:
            self.reading.faults.append(Fault("", 0, "", "no_list"))
        areas = self._mine(listed.rows(self.reading, "areas", listed.area_key), "code")
        self._areas(areas)
        compound_facts = ("management", "fenced", "guarded", "gates")
        compounds = self._mine(
            listed.rows(self.reading, "compounds", listed.compound_key, compound_facts), "community_code"
        )
        building_facts = ("floors", "entrances", "lift")
        buildings = self._mine(
            listed.rows(self.reading, "buildings", listed.building_key, building_facts), "community_code"
        )
        numbers = Numbers({row.key[0] for row in (*compounds, *buildings)})
        self._find([row.key[0] for row in (*compounds, *buildings)])
        self._local(compounds, "compounds", numbers)
        self._local(buildings, "buildings", numbers)
        self._sites(
            self._mine(listed.rows(self.reading, "sites", listed.site_key, ("address", "capacity")), "area_code")
        )
        self._close([row for row in areas if row.cell("closed")])
        self.reading.faults.sort(key=lambda fault: (fault.sheet, fault.row))
        return Report(self.acts.hexdigest(), self.tallies, self.samples, self.reading)

    def _mine(self, rows: Iterable[Row], column: str) -> list[Row]:
        """The rows about places where the actor may edit; the others are faults, whether or not they exist."""
        mine = []
        for row in rows:
            self.seen += 1
            if self.seen % 500 == 0:
                self.done(self.seen)
            if self.by.can("area.edit", codes.key(row.key[0])):
                mine.append(row)
            else:
                self.reading.faults.append(row.fault(column, "not_yours", value=row.key[0]))
        return mine

    def _find(self, wanted: Sequence[str]) -> None:
        """Lock the open areas of some codes and remember them."""
        unknown = {code for code in wanted if code not in self.open}
        found = Area.objects.select_for_update().filter(code__in=unknown, closed_at=None).order_by("area_key")
        self.open |= {area.code: area for area in found}

    def _areas(self, rows: list[Row]) -> None:
        self._find([code for row in rows for code in (row.key[0], *codes.ancestors(row.key[0]))])
        gone = set(
            Area.objects.filter(code__in=[r.key[0] for r in rows])
            .exclude(closed_at=None)
            .values_list("code", flat=True)
        )
        new, changed = [], []
        # larger areas first, so that a street and its communities may come in one list
        for row in sorted(rows, key=lambda row: (codes.LEVELS.index(codes.level(row.key[0])), row.key)):
            (code,) = row.key
            known = self.open.get(code)
            if code in gone:
                if not row.cell("closed"):
                    self.reading.faults.append(row.fault("code", "area_missing", value=code))
                else:
                    self.tallies["areas"].same += 1
            elif known:
                changed += self._change(row, known)
            elif (area := self._new_area(row)) is not None:
                new.append(area)
                self._note(row, area.name, "new", code)
        copy_in(new)
        self._update(Area, changed)

    def _new_area(self, row: Row) -> Area | None:
        (code,) = row.key
        level = codes.level(code)
        above = codes.ancestors(code)
        parent = next((self.open[one] for one in above if one in self.open), None)
        if above and (parent is None or parent.level not in codes.PARENTS[level]):
            self.reading.faults.append(row.fault("code", "parent_missing", value=code))
            return None
        low, end = codes.key_range(code)
        area = Area(
            code=code, area_key=low, key_end=end, level=level, kind=kind_of(code), parent=parent,
            opened_at=self.moment, **row.columns,
        )  # fmt: skip
        self.open[code] = area
        self._outside(row, area, code)
        return area

    def _local(self, rows: list[Row], sheet: str, numbers: Numbers) -> None:
        """Compounds or buildings: found by name inside their community, else new under the next number."""
        level = "compound" if sheet == "compounds" else "building"
        model: type[Any] = Compound if level == "compound" else Building
        parents = {row.key: self._parent(row, level) for row in rows}
        known = self._children([parent for parent in parents.values() if parent], level)
        facts = {record.pk: record for record in model._default_manager.filter(area__in=known.values())}
        new: list[Area] = []
        new_facts, changed, changed_facts = [], [], []
        for row in rows:
            parent = parents[row.key]
            if parent is None:
                continue
            area = known.get((parent.pk, row.columns["name"]))
            if area:
                fact = facts[area.pk]
                if changes := listed.differs(fact, row.facts):
                    changed_facts.append((fact, changes))
                changed += self._change(row, area, changes)
                continue
            try:
                code = numbers.next(parent, level)
            except Refusal as refusal:
                self.reading.faults.append(row.refused(refusal))
                continue
            low, end = codes.key_range(code)
            area = Area(
                code=code, area_key=low, key_end=end, level=level, parent=parent, opened_at=self.moment, **row.columns
            )
            new.append(area)
            new_facts.append(model(area=area, **row.facts))
            self._note(row, area.name, "new", code)
            self._outside(row, area, code)
        copy_in(new)
        copy_in(new_facts)
        self._update(Area, changed)
        self._update(model, changed_facts)

    def _parent(self, row: Row, level: str) -> Area | None:
        community = self.open.get(row.key[0])
        if community is None:
            self.reading.faults.append(row.fault("community_code", "area_missing", value=row.key[0]))
            return None
        if level == "compound" or not row.key[1]:
            return community
        compound = self._compounds_of(community).get(row.key[1])
        if compound is None:
            params = {"value": row.key[1], "community": row.key[0]}
            self.reading.faults.append(row.fault("compound", "compound_missing", **params))
        return compound

    def _compounds_of(self, community: Area) -> dict[str, Area]:
        if self._by_community is None:
            self._by_community = {}
            found = Area.objects.filter(level="compound", closed_at=None, parent__in=[a.pk for a in self.open.values()])
            for area in found:
                self._by_community.setdefault(area.parent_id, {})[area.name] = area
        return self._by_community.get(community.pk, {})

    def _children(self, parents: list[Area], level: str) -> dict[tuple[Any, str], Area]:
        ids = {parent.pk for parent in parents}
        found = Area.objects.select_for_update().filter(parent__in=ids, level=level, closed_at=None)
        return {(area.parent_id, area.name): area for area in found}

    def _sites(self, rows: list[Row]) -> None:
        self._find([row.key[0] for row in rows])
        ids = [self.open[row.key[0]].pk for row in rows if row.key[0] in self.open]
        found = Site.objects.select_for_update().filter(area__in=ids, closed_at=None).select_related(None)
        known = {(site.area_id, site.kind, site.name): site for site in found}
        new, changed = [], []
        for row in rows:
            code, kind, name = row.key
            area = self.open.get(code)
            if area is None:
                self.reading.faults.append(row.fault("area_code", "area_missing", value=code))
                continue
            site = known.get((area.pk, kind, name))
            if site:
                changed += self._change(row, site)
                continue
            columns = row.columns | row.facts
            new.append(Site(area=area, area_key=area.area_key, kind=kind, opened_at=self.moment, **columns))
            self._note(row, name, "new", code)
            self._outside(row, new[-1], code)
        Site.objects.bulk_create(new, batch_size=_BATCH)
        self._update(Site, changed)

    def _close(self, rows: list[Row]) -> None:
        """Close areas in favour of the successor their row names, the smallest first."""
        successors = {row.key[0]: str(row.cell("successor_code") or "") for row in rows}
        self._find(list(filter(None, successors.values())))
        for row in sorted(rows, key=lambda row: codes.LEVELS.index(codes.level(row.key[0])), reverse=True):
            area, code = self.open.get(row.key[0]), successors[row.key[0]]
            heir = self.open.get(code)
            if area is None:
                continue
            if not code or heir is None or not self.by.can("area.edit", heir.area_key):
                wrong = "area_missing" if code else "closed_without_successor"
                self.reading.faults.append(row.fault("successor_code", wrong, value=code))
                continue
            try:
                with transaction.atomic():
                    closing.close_locked(area, heir, self.moment)
            except Refusal as refusal:
                self.reading.faults.append(row.refused(refusal, "closed"))
                continue
            self.tallies["areas"].closed += 1
            self._note(row, area.name, "closed", area.code)

    def _change(self, row: Row, record: Any, besides: dict[str, Any] | None = None) -> list[tuple[Any, dict[str, Any]]]:
        columns = row.columns | (row.facts if isinstance(record, Site) else {})
        changes = listed.differs(record, columns)
        if not changes and not besides:
            self.tallies[row.table.layout.name].same += 1
            return []
        if "lon" in changes or "lat" in changes:
            self._outside(row, None, row.key[0])
        self._note(row, row.columns["name"], "changed", row.key[0], changes | (besides or {}))
        return [(record, changes)] if changes else []

    def _note(
        self, row: Row, name: str, verdict: str, code: str, changes: dict[str, tuple[Any, Any]] | None = None
    ) -> None:
        sheet = row.table.layout.name
        self.touched.add(code)
        self.acts.update(repr((sheet, row.number, verdict, sorted((changes or {}).items()))).encode())
        if verdict != "closed":
            tally = self.tallies[sheet]
            setattr(tally, verdict, getattr(tally, verdict) + 1)
        if sum(one.sheet == sheet and one.verdict == verdict for one in self.samples) < SAMPLES:
            self.samples.append(Sample(sheet, row.number, name, verdict, changes or {}))

    def _outside(self, row: Row, place: Area | Site | None, code: str) -> None:
        if "lon" in row.columns:
            metres = maps.outside_by(row.columns["lon"], row.columns["lat"], code)
            if metres:
                self.reading.notes.append(row.fault("lon", "outside_district", district=code[:6], metres=metres))

    def _update(self, model: type[Any], changed: list[tuple[Any, dict[str, Any]]]) -> None:
        """Write the changed columns, rows with the same columns together."""
        together: dict[tuple[str, ...], list[Any]] = {}
        for record, changes in changed:
            for name, (_, after) in changes.items():
                setattr(record, name, after)
            together.setdefault(tuple(sorted(changes)), []).append(record)
        for names, records in together.items():
            model._default_manager.bulk_update(records, names, batch_size=_BATCH)


def _common_key(touched: set[str]) -> int:
    """The key of the smallest official area that holds all codes, 0 for the whole country."""
    first, last = min(touched)[:12], max(touched)[:12]
    end = next((end for end in (12, 9, 6, 4, 2) if first[:end] == last[:end]), 0)
    return codes.key(first[:end].ljust(12, "0")) if end else 0
