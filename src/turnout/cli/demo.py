"""Run a server over a real district with made-up people, to look around in.

turnout demo                  Xicheng district of Beijing: 15 streets, 263 communities
turnout demo --city beijing   all 7,535 communities of Beijing

Areas, codes and names are real, everybody is made up from a fixed seed. The first start loads everything and takes a
minute or two; the next ones take seconds. Each area has a database of its own beside yours and never touches it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from turnout import pg
from turnout.cli import database
from turnout.cli.main import language

CITIES = {"beijing": "11", "xicheng": "110102"}
PASSWORD = "daogang-0700"
SEED = 0


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to sign in as: over what (`area`, `street`, `community` or `unit`), and what they do, in Chinese and
    in English."""

    username: str
    name: str
    role: str
    over: str
    does: tuple[str, str]


PERSONAS = (
    Persona("zhoumin", "周敏", "administrator", "area", ("管理员：授权、看日志", "administrator: roles and the log")),
    Persona(
        "lijun",
        "李军",
        "dispatcher",
        "area",
        ("调度：看板、方案、名单、人员", "dispatcher: board, plans, lists, people"),
    ),
    Persona("wangfang", "王芳", "triage", "street", ("街道：答复吹哨", "street: answers whistles")),
    Persona("chenjing", "陈静", "desk", "community", ("社区：夜里的工作台", "community: the desk at night")),
    Persona(
        "zhaolei",
        "赵磊",
        "liaison",
        "unit",
        ("单位联络员：只看本单位的人", "liaison of one unit: sees its people only"),
    ),
)

_SAID = {
    "database": ("启动数据库", "Starting the database"),
    "migrate": ("建立数据表", "Bringing the database up to date"),
    "areas": ("装入区域", "Loading the areas"),
    "accounts": ("建立账号", "Making accounts"),
    "night": (
        "快进一夜：名单、岗位、吹哨、方案、召集、答复、到岗",
        "A night in fast motion: lists, posts, whistles, plan, call-outs, answers, arrivals",
    ),
    "people": ("{count:,} 名虚构人员", "{count:,} made-up people"),
    "liaison": ("建立联络员账号", "Making the liaison's account"),
    "plan": (
        "同一区域的示例名单和方案（turnout sample、turnout plan，与上面同时进行）",
        "Example lists of the same area and their plan (turnout sample, turnout plan; made meanwhile)",
    ),
    "files": ("名单和方案：{folder}", "lists and plan: {folder}"),
    "made_up": (
        "演示：http://{host}:{port}/   人员和电话都是虚构的，不向外发送任何消息。",
        "Demo: http://{host}:{port}/   everybody and every phone number is made up; nothing is sent anywhere.",
    ),
    "clock": (
        "演示的时钟停在它自己的那一夜，约 05:48。五个登录名的密码都是 {password}",
        "The demo's clock stands in its own night, at about 05:48. Password of all five: {password}",
    ),
}


def _say(what: str, **details: object) -> str:
    return _SAID[what][0 if language() == "zh" else 1].format(**details)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--city", default="xicheng", help="xicheng (default), beijing, or any official code")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--load-only", action="store_true", help="load and stop, without a server")


def run(args: argparse.Namespace) -> int:
    code = CITIES.get(args.city.lower(), args.city)
    os.environ["TURNOUT_NAME"] = f"demo-{code}"
    os.environ.setdefault("TURNOUT_CHANNELS", json.dumps({"file": {"directory": str(_folder(code) / "messages")}}))
    with database.refusals() as status:
        _load(code)
        _print_logins(args.host, args.port)
        if args.load_only:
            status.append(0)
        else:
            status.append(_serve(args.host, args.port, code))
    return status[-1]


def _load(code: str) -> None:
    """Fill the demo's database, as far as it was not filled before."""
    with _stage("database"):
        started = database.started()
    with started:
        from turnout.cli.migrate import bring_up_to_date

        with _planning(code) as planned:
            with _stage("migrate"):
                bring_up_to_date()
            from turnout.access.models import User

            if User.objects.filter(username=PERSONAS[-1].username).exists():
                return
            if User.objects.exists():
                raise _half_loaded()
            _fill(code, planned)


@contextmanager
def _planning(code: str) -> Iterator[Callable[[], object]]:
    """Plan the example lists in a process of its own meanwhile; yields what waits for it.

    By the time the night plans, the loops of the planner are compiled as well.
    """
    if (_folder(code) / "plan.xlsx").exists():
        yield lambda: None
        return
    _folder(code).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "turnout.cli.demo_data", code, str(SEED), str(_folder(code))]
    with _log(code).open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield process.wait
        finally:
            process.terminate()


def _fill(code: str, planned: Callable[[], object]) -> None:
    from turnout.cli import demo_data, demo_night
    from turnout.core import clock

    night = demo_night.of(code, SEED)
    with clock.at(night.moment(night.starts, demo_night.ZONE)):
        with _stage("areas"):
            demo_data.load_areas(code, SEED)
        with _stage("accounts"):
            demo_data.make_accounts(code, PERSONAS[:4], PASSWORD)
    with _stage("night"):
        cast = demo_data.cast_of(night, code, PERSONAS)
        people = demo_night.play(night, cast=cast, seed=SEED, say=database.note)
    database.note(f"   {_say('people', count=people)}")
    with clock.at(night.moment(demo_night.LEFT_AT, demo_night.ZONE)), _stage("liaison"):
        demo_data.make_accounts(code, PERSONAS[4:], PASSWORD)
    with _stage("plan"):
        planned()
        database.note(_log(code).read_text().rstrip())
    database.note(f"   {_say('files', folder=_folder(code))}")


def _folder(code: str) -> Path:
    """Where the demo leaves its lists, its plan and the messages of its drill."""
    return pg.home_of(f"demo-{code}").path / "files"


def _log(code: str) -> Path:
    return _folder(code) / "plan.log"


def _half_loaded() -> pg.Refused:
    home = pg.home_of().path
    return pg.Refused(
        "demo-half-loaded",
        "Loading the demo was interrupted before; its database is half full.",
        f"Remove it and start again: rm -rf '{home}'",
    )


def _serve(host: str, port: int, code: str) -> int:
    """Serve at the hour at which the night was left, with people still arriving."""
    from turnout.cli import demo_night
    from turnout.cli.up import serve

    command = [sys.executable, "-m", "turnout.cli.demo_night", code, str(SEED), PERSONAS[1].username]
    return serve(host, port, before=demo_night.set_clock_behind, more={"night": command})


@contextmanager
def _stage(what: str) -> Iterator[None]:
    database.note(f"== {_say(what)} …")
    start = time.monotonic()
    yield
    database.note(f"   {time.monotonic() - start:.1f} s")


def _print_logins(host: str, port: int) -> None:
    width = max(len(persona.username) for persona in PERSONAS)
    print(f"\n{_say('made_up', host=host, port=port)}\n{_say('clock', password=PASSWORD)}\n")
    for persona in PERSONAS:
        print(f"  {persona.username:{width}}  {persona.name}  {persona.does[0 if language() == 'zh' else 1]}")
    print(flush=True)
