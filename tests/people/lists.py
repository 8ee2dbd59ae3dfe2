"""Lists as offices send them, and the whole way of one through the jobs' own code."""

from __future__ import annotations

from typing import Any

from turnout.access.scope import acting_as
from turnout.core.actors import Actor
from turnout.people.domain import findings, imports, runs, uploads
from turnout.people.domain.uploads import File
from turnout.people.imports_models import ListRun
from turnout.people.models import Person
from turnout.sheets import Out, to_bytes

HEADINGS = ("工号", "姓名", "手机号", "单位编号", "人员类别", "技能", "居住地社区", "工作限制")


def workbook(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS, sheet: str = "Sheet1") -> File:
    return File("名单.xlsx", to_bytes([Out(sheet, headings, rows)]))


def csv(text: str, encoding: str = "utf-8") -> File:
    return File("名单.csv", text.encode(encoding))


def send(file: File, by: Actor, **options: Any) -> ListRun:
    """Send a list and run its dry run."""
    with acting_as(by):
        run = imports.begin(file=file, by=by, **options)
    work(run, by, imports.check)
    return fresh(run, by)


def take(run: ListRun, by: Actor, **options: Any) -> ListRun:
    """Carry out a checked list."""
    with acting_as(by):
        imports.commit(run=run, by=by, **options)
    work(run, by, imports.carry_out)
    return fresh(run, by)


def work(run: ListRun, by: Actor, verb: Any) -> None:
    with runs.working(run_id=run.pk, by=by) as job:
        verb(job)


def fresh(run: ListRun, by: Actor) -> ListRun:
    with acting_as(by):
        return ListRun.objects.get(pk=run.pk)


def found(run: ListRun, by: Actor) -> findings.Findings:
    with acting_as(by):
        return findings.load(uploads.open_file(run=run, role="findings", by=by).content)


def names(by: Actor) -> list[str]:
    with acting_as(by):
        return list(Person.objects.filter(state="active").order_by("name").values_list("name", flat=True))
