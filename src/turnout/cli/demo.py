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
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from turnout import pg
from turnout.cli import database

CITIES = {"beijing": "11", "xicheng": "110102"}
PASSWORD = "daogang-0700"
SEED = 0


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to sign in as: what they do, and over what (`area`, `street`, `community` or `unit` of the demo)."""

    username: str
    name: str
    role: str
    over: str
    does: str


PERSONAS = (
    Persona("zhoumin", "周敏", "administrator", "area", "gives roles, reads the log"),
    Persona("lijun", "李军", "dispatcher", "area", "imports lists, looks after units and people"),
    Persona("wangfang", "王芳", "triage", "street", "the desk of one street"),
    Persona("chenjing", "陈静", "desk", "community", "the desk of one community at night"),
    Persona("zhaolei", "赵磊", "liaison", "unit", "liaison of one unit: sees the own people only"),
)


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
    with _stage("Starting the database"):
        started = database.started()
    with started:
        from turnout.cli.migrate import bring_up_to_date

        with _stage("Bringing the database up to date"):
            bring_up_to_date()
        from turnout.access.models import User

        if User.objects.filter(username=PERSONAS[-1].username).exists():
            return
        if User.objects.exists():
            raise _half_loaded()
        _fill(code)


def _fill(code: str) -> None:
    from turnout.cli import demo_data, demo_night
    from turnout.core import clock

    night = demo_night.of(code, SEED)
    with clock.at(night.moment(night.starts, demo_night.ZONE)):
        with _stage("Loading the areas"):
            demo_data.load_areas(code, SEED)
        with _stage("Making accounts"):
            demo_data.make_accounts(code, PERSONAS[:4], PASSWORD)
    with _stage("A night in fast motion: lists, posts, whistles, plan, call-outs, answers, arrivals"):
        cast = demo_data.cast_of(night, code, PERSONAS)
        people = demo_night.play(night, cast=cast, seed=SEED, say=database.note)
    database.note(f"   {people:,} made-up people")
    with clock.at(night.moment(demo_night.LEFT_AT, demo_night.ZONE)), _stage("Making the liaison's account"):
        demo_data.make_accounts(code, PERSONAS[4:], PASSWORD)
    with _stage("Planning example lists of the same area, as `turnout plan` does it"):
        plan = demo_data.plan(code, SEED, _folder(code))
    database.note(f"   lists and plan: {plan.parent}")


def _folder(code: str) -> Path:
    """Where the demo leaves its lists, its plan and the messages of its drill."""
    return pg.home_of(f"demo-{code}").path / "files"


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
    database.note(f"== {what} …")
    start = time.monotonic()
    yield
    database.note(f"   {time.monotonic() - start:.1f} s")


def _print_logins(host: str, port: int) -> None:
    width = max(len(persona.username) for persona in PERSONAS)
    print(f"\nDemo: http://{host}:{port}/   everybody and every phone number is made up; nothing is sent anywhere.")
    print(f"The demo's clock stands in its own night, at about 05:48. Password of all five: {PASSWORD}\n")
    for persona in PERSONAS:
        print(f"  {persona.username:{width}}  {persona.name}  {persona.role}: {persona.does}")
    print(flush=True)
