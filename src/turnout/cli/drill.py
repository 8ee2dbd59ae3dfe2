"""Run an operation as it really happened, through the real verbs, in simulated time, and judge it by its figures.

turnout drill --list               the scenarios
turnout drill fuzhou-2022          at full size: 40,000 people in one night
turnout drill fuzhou-2022 --scale 0.05

Everybody is made up. Each scenario has a database of its own beside yours, made anew at every run; with TURNOUT_NAME or
DATABASE_URL set the drill runs there, and refuses if people are in it. Messages go into files. Exit status 1 if a
figure is not met. To look at the outcome afterwards: TURNOUT_NAME=drill-NAME turnout up
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnout import pg
from turnout.cli import database

if TYPE_CHECKING:
    from turnout.drill.play import Outcome
    from turnout.drill.runner import Line

REFUSED = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="a scenario of --list")
    parser.add_argument("--list", action="store_true", help="name the scenarios and end")
    parser.add_argument("--scale", type=_scale, default=1.0, help="share of places and people, from 0.001 to 1")
    parser.add_argument("--seed", type=int, default=0, help="other people, other answers (default 0)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the timeline and the table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write timeline and figures there as well")
    parser.add_argument("--among-real-people", action="store_true", help="run although people are in this database")


def run(args: argparse.Namespace) -> int:
    with database.refusals() as status:
        status.append(_list() if args.list else _run(args))
    return status[-1]


def _scale(text: str) -> float:
    scale = float(text)
    if not 0.001 <= scale <= 1:
        raise argparse.ArgumentTypeError("from 0.001 to 1")
    return scale


def _list() -> int:
    from turnout.drill import scenario

    for name, one in scenario.shipped().items():
        print(f"{name:16}{one.title.zh}  {one.title.en}")
    return 0


def _run(args: argparse.Namespace) -> int:
    own = not (os.environ.get("TURNOUT_NAME") or database.is_external())
    if own:
        os.environ["TURNOUT_NAME"] = f"drill-{args.name}"
    messages = pg.home_of(os.environ.get("TURNOUT_NAME", "drill")).path / "messages"
    os.environ.setdefault("TURNOUT_CHANNELS", json.dumps({"file": {"directory": str(messages)}}))
    from turnout.drill import scenario

    found = scenario.shipped().get(args.name or "")
    if found is None:
        database.note(f"turnout: There is no scenario {args.name}. Known: {', '.join(scenario.shipped())}")
        return REFUSED
    with database.started() as cluster:
        if own and cluster is not None:
            cluster.drop_database(pg.DATABASE)
            cluster.create_database(pg.DATABASE, passing=True)
            shutil.rmtree(messages, ignore_errors=True)
        from turnout.cli.migrate import bring_up_to_date

        bring_up_to_date()
        return _play(found, args)


def _play(found: Any, args: argparse.Namespace) -> int:
    from turnout.core.refusals import Refusal
    from turnout.drill.play import play

    _print_head(found, args)
    try:
        outcome = play(
            found, scale=args.scale, seed=args.seed, say=lambda line: _print_line(line, args.lang),
            among_real_people=args.among_real_people,
        )  # fmt: skip
    except Refusal as refusal:
        database.note(f"turnout: {refusal}")
        return REFUSED
    _print_table(outcome, args.lang)
    if args.json:
        args.json.write_text(json.dumps(_as_data(outcome, args), ensure_ascii=False, indent=1) + "\n")
    return 0 if outcome.met else 1


def _print_head(found: Any, args: argparse.Namespace) -> None:
    zh = args.lang == "zh"
    print(f"{found.title[args.lang]}  ({found.name}, {args.scale:.1%}, seed {args.seed})")
    print("人员全部虚构，消息只写入文件。" if zh else "Everybody is made up; messages go into files only.")
    print("\n演练时间        实际时间    用秒" if zh else "\ndrill time      run at      seconds")


def _print_line(line: Line, lang: str) -> None:
    said = line.zh if lang == "zh" else line.en
    print(f"{line.at:%m-%d %H:%M}     {line.run_at:%H:%M:%S}  {line.seconds:6.1f}  {said}", flush=True)


def _print_table(outcome: Outcome, lang: str) -> None:
    zh = lang == "zh"
    print("\n要求                达到        结果" if zh else "\nexpected            reached     met")
    for figure in outcome.figures:
        met = ("达到" if figure.met else "未达到") if zh else ("yes" if figure.met else "NO")
        bar = " ".join(
            f"{sign} {value:g}" for sign, value in (("≥", figure.least), ("≤", figure.most)) if value is not None
        )
        print(f"{bar:20}{figure.value:<12g}{met:5} {figure.expected.title[lang]}")
    for missing in outcome.drill.scenario.not_yet:
        print(f"{'':20}{'':12}{'还没有' if zh else 'not yet':5} {missing.title[lang]}")
    reached = sum(figure.met for figure in outcome.figures)
    print(
        f"\n{reached}/{len(outcome.figures)} 项达到；{outcome.seconds:.0f} 秒，内存峰值 {outcome.peak_mb:,} MB"
        if zh
        else f"\n{reached} of {len(outcome.figures)} met; {outcome.seconds:.0f} s, peak memory {outcome.peak_mb:,} MB"
    )


def _as_data(outcome: Outcome, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "scenario": outcome.drill.scenario.name,
        "scale": args.scale,
        "seed": args.seed,
        "met": outcome.met,
        "people": outcome.drill.people,
        "seconds": round(outcome.seconds, 1),
        "slowest_plan": round(outcome.drill.kept.get("slowest_plan", 0.0), 1),
        "peak_mb": outcome.peak_mb,
        "timeline": [
            {"at": str(line.at), "run_at": str(line.run_at), "what": line.en, "seconds": round(line.seconds, 2)}
            for line in outcome.drill.lines
        ],
        "figures": [
            {"figure": f.expected.figure, "title": f.expected.title.en, "least": f.least, "most": f.most,
             "reached": f.value, "met": f.met}
            for f in outcome.figures
        ],
        "not_yet": [missing.name for missing in outcome.drill.scenario.not_yet],
        "counts": dict(outcome.drill.counts),
    }  # fmt: skip
