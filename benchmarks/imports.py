"""Taking in a city: 7,535 communities from the public list, then a workbook of 74,000 staff, checked and carried out.

The limit beside it is what the database can do with the same rows: COPY into a twin of the table of people, with its
indexes, without row security, history, reach or keys. Everything is made up from a fixed seed. The import runs in a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import database

CITY, PEOPLE, UNITS = "110000", 74_000, 160
HEADINGS = ("工号", "姓名", "手机号", "单位编号", "人员类别", "技能", "居住地社区", "工作限制")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国红文辉力斌飞鹏浩凯宇晨阳梅琳雪慧"
CATEGORIES = ("区直干部", "街镇干部", "卫生人员", "社工", "志愿者", "其他")


def staff(count: int, homes: list[str], seed: int = 0) -> list[tuple[Any, ...]]:
    """Rows of a made-up staff list."""
    chance = random.Random(seed)
    return [
        (
            f"P{number:06d}",
            chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
            f"1{chance.choice('3578')}{number:09d}",
            f"U{number % UNITS:04d}",
            chance.choice(CATEGORIES),
            chance.choice((None, None, "驾驶@2027-06-30", "采样；驾驶")),
            chance.choice(homes),
            chance.choice((None, None, None, "不能夜班")),
        )
        for number in range(count)
    ]


def main(people: int = PEOPLE) -> dict[str, Any]:
    """Run the benchmark and return its figures: seconds, rows and megabytes."""
    with database.fresh() as environment, tempfile.TemporaryDirectory(prefix="turnout-bench-") as scratch:
        from turnout.core.actors import SYSTEM

        figures: dict[str, Any] = {"people": people, "units": UNITS}
        figures["communities"], figures["communities_seconds"] = _timed(lambda: _load_city(SYSTEM))
        homes = _make_units(SYSTEM)
        book = Path(scratch) / "staff.xlsx"
        book.write_bytes(_workbook(staff(people, homes)))
        figures["workbook_mb"] = round(book.stat().st_size / 1e6, 1)
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.imports", str(book)],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        )
        figures |= json.loads(child.stdout.splitlines()[-1])
        figures["twin_copy_seconds"] = _twin()
        return figures


def _load_city(by: Any) -> int:
    from turnout.access.scope import acting_as
    from turnout.places.domain import loading
    from turnout.places.models import Area

    with acting_as(by):
        loading.load_public(code=CITY, by=by)
        return Area.objects.filter(level="community").count()


def _make_units(by: Any) -> list[str]:
    """Units over all districts; returns the codes of all communities."""
    from turnout.access.scope import acting_as
    from turnout.people.domain import units
    from turnout.places.models import Area

    with acting_as(by):
        districts = list(Area.objects.filter(level="district").order_by("code").values_list("area_key", flat=True))
        for number in range(UNITS):
            area = districts[number % len(districts)]
            units.create(code=f"U{number:04d}", name=f"单位 {number}", area_key=area, by=by)
    return _homes(by)


def _homes(by: Any) -> list[str]:
    from turnout.access.scope import acting_as
    from turnout.places.models import Area

    with acting_as(by):
        return list(Area.objects.filter(level="community").order_by("code").values_list("code", flat=True))


def _workbook(rows: list[tuple[Any, ...]]) -> bytes:
    from turnout.sheets import Out, to_bytes

    return to_bytes([Out("名单", HEADINGS, rows)])


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = act()
    return result, round(time.perf_counter() - start, 2)


def _import(book: Path) -> dict[str, Any]:
    """What a worker does with the list, from the upload to the last row; run in the child."""
    from turnout.access.domain import accounts, grants
    from turnout.access.queries import load_actor
    from turnout.access.scope import SYSTEM, acting_as
    from turnout.core import clock
    from turnout.people.domain import imports
    from turnout.people.domain.uploads import File

    with acting_as(SYSTEM):
        user = accounts.create(username="bench", name="bench", by=SYSTEM)
        grants.give(user=user, role="dispatcher", area_code=CITY, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    by = load_actor(user.pk)
    figures: dict[str, Any] = {}

    def send() -> Any:
        with acting_as(by):
            return imports.begin(file=File(book.name, book.read_bytes()), by=by)

    cpu = _cpu()
    run, figures["upload_seconds"] = _timed(send)
    _, figures["check_seconds"] = _timed(lambda: _work(run.pk, by, imports.check))
    with acting_as(by):
        run.refresh_from_db()
        assert run.counts["bad"] == 0, run.counts
        imports.commit(run=run, by=by)
    _, figures["carry_out_seconds"] = _timed(lambda: _work(run.pk, by, imports.carry_out))
    with acting_as(by):
        run.refresh_from_db()
        assert run.state == "done", (run.state, run.fault)
    figures["processor_seconds_here"], figures["processor_seconds_database"] = (
        round(after - before, 1) for before, after in zip(cpu, _cpu(), strict=True)
    )
    again, _ = _timed(send)
    _, figures["same_again_seconds"] = _timed(lambda: _work(again.pk, by, imports.check))
    with acting_as(by):
        again.refresh_from_db()
    figures |= {"new": run.counts["new"], "same_again": again.counts["same"]}
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures | _one_bad(by, run.counts["new"] + run.counts["new"] // 3)


def _one_bad(by: Any, rows: int) -> dict[str, Any]:
    """A third more rows, one of them with a phone number that is none: how long until the office has it back."""
    from turnout.access.scope import acting_as
    from turnout.people.domain import imports, uploads
    from turnout.people.domain.uploads import File
    from turnout.sheets import open_bytes

    made = staff(rows, _homes(by))
    made[rows // 2] = (*made[rows // 2][:2], "1380013", *made[rows // 2][3:])
    file = File("staff.xlsx", _workbook(made))
    with acting_as(by):
        run = imports.begin(file=file, by=by)
    _, seconds = _timed(lambda: _work(run.pk, by, imports.check))
    with acting_as(by):
        run.refresh_from_db()
        back = uploads.open_file(run=run, role="bad_rows", by=by)
    given_back = len(open_bytes(back.name, back.content).grids[1].rows) - 1
    return {
        "rows_of_which_one_is_bad": rows,
        "bad_found": run.counts["bad"],
        "rows_given_back": given_back,
        "one_bad_seconds": seconds,
    }


def _cpu() -> tuple[float, float]:
    """Processor seconds so far of this process and of the server process that answers it: what a list costs when the
    machine is busy with other things. 0 for a server on another machine."""
    from django.db import connection

    connection.ensure_connection()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    ticks = stat.read_text().rpartition(")")[2].split()[11:13] if stat.exists() else ("0", "0")
    return usage.ru_utime + usage.ru_stime, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _work(run_id: Any, by: Any, verb: Callable[[Any], None]) -> None:
    from turnout.people.domain import runs

    with runs.working(run_id=run_id, by=by) as work, _traced():
        verb(work)
        start = time.perf_counter()
    _say(start, "COMMIT")


def _traced() -> Any:
    """With TURNOUT_BENCH_TRACE set, say on stderr which statements take more than a tenth of a second."""
    from contextlib import nullcontext

    from django.db import connection

    def trace(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        result = execute(sql, params, many, context)
        _say(start, sql)
        return result

    return connection.execute_wrapper(trace) if "TURNOUT_BENCH_TRACE" in os.environ else nullcontext()


def _say(start: float, sql: str) -> None:
    seconds = time.perf_counter() - start
    if "TURNOUT_BENCH_TRACE" in os.environ and seconds > 0.1:
        print(f"{seconds:7.2f} s  {' '.join(sql.split())[:90]}", file=sys.stderr, flush=True)


def _twin() -> float:
    """Seconds of COPY of the same people into a table of the same columns and indexes, as its owner."""
    from django.db import connection

    from turnout.access.scope import SYSTEM, acting_as
    from turnout.core.database import connect_as

    copied = "COPY (SELECT * FROM people_person) TO STDOUT"
    with acting_as(SYSTEM), connection.cursor() as cursor, cursor.copy(copied) as copy:
        rows = b"".join(copy)
    with connect_as("owner") as owner:
        owner.execute("CREATE TABLE bench_twin (LIKE people_person INCLUDING ALL)")
        start = time.perf_counter()
        with owner.cursor().copy("COPY bench_twin FROM STDIN") as copy:
            copy.write(rows)
        owner.commit()
        return round(time.perf_counter() - start, 2)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].endswith(".xlsx"):
        database.use()
        print(json.dumps(_import(Path(sys.argv[1]))))
    else:
        print(json.dumps(main(*map(int, sys.argv[1:])), indent=1))
