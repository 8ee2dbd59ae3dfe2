"""The `turnout` command: a table of commands, each in a module of its own, imported only when it is called.

A command module has a docstring whose first line is its help, `arguments(parser)` and `run(args) -> int`.
`plan`, `check` and `sample` start without Django, so nothing here may import it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence

from turnout import __version__
from turnout.cli.chinese import ABOUT, explain, speak

COMMANDS: dict[str, tuple[str, str, str]] = {
    "plan": (
        "turnout.cli.plan.plan",
        "名单进，方案出：谁去哪个岗位，附最优性证明和理由",
        "lists in, a plan out: who goes to which post, with proof and reasons",
    ),
    "check": (
        "turnout.cli.plan.check",
        "不用求解器，给任意方案打分并重新核算证明",
        "score any plan without a solver and recompute its proof",
    ),
    "explain": (
        "turnout.cli.plan.explain",
        "为什么派这个人、这个岗位、为什么有空岗；换一种要多花多少",
        "why this person, this post, this gap; and what else it would cost",
    ),
    "whatif": (
        "turnout.cli.plan.whatif",
        "条件变了，方案怎样变，只列差别",
        "what the plan becomes when something changes, as a difference",
    ),
    "roster": (
        "turnout.cli.plan.roster",
        "名单进，排班表出：谁上哪一班，逐条核对规则",
        "lists in, a roster out: who works which shift, every rule checked",
    ),
    "change": (
        "turnout.cli.plan.roster_change",
        "排班后的小调整：换班、替班、有人退出",
        "small changes to a roster: swap, stand-in, drop-out",
    ),
    "sample": (
        "turnout.cli.plan.sample",
        "用任一区县的真实社区写出示例名单（人员、单位为虚构）",
        "write example lists over the real communities of any district",
    ),
    "up": (
        "turnout.cli.up",
        "运行数据库、升级、网页和后台任务，按 Ctrl-C 停止",
        "run database, migrations, web and worker until Ctrl-C",
    ),
    "demo": (
        "turnout.cli.demo",
        "同上，另装入一个区的虚构人员，供试看",
        "the same with a made-up district to look around in",
    ),
    "drill": (
        "turnout.cli.drill",
        "按真实战例演练一次，用模拟时间，按指标评判",
        "an operation as it really happened, in simulated time, judged by its figures",
    ),
    "db": (
        "turnout.cli.db",
        "数据库的启动、停止、状态、备份和恢复",
        "start, stop, status, backup and restore of the database",
    ),
    "migrate": (
        "turnout.cli.migrate",
        "把数据库升到本版本",
        "bring the database to this version",
    ),
    "admin": (
        "turnout.cli.admin",
        "第一位管理员的开通链接，忘记密码的一次性链接",
        "set-up link for the first person, links for a lost password",
    ),
    "areas": (
        "turnout.cli.areas",
        "装入公开区划中的城市；核对、导入、导出区域名单",
        "load a city of the public list; check, import and export lists of places",
    ),
    "keys": (
        "turnout.cli.keys",
        "核对和轮换个人信息加密密钥",
        "check and rotate the keys of personal columns",
    ),
    "audit": (
        "turnout.cli.audit",
        "核验日志，立即封存",
        "verify the audit log, seal it now",
    ),
    "doctor": (
        "turnout.cli.doctor",
        "检查数据库、角色、密钥、磁盘、时钟和待升级项，并告诉怎么办",
        "look at database, roles, keys, disk, clock and migrations, and say what to do",
    ),
}
"""Command -> its module, and what it does, in Chinese and in English."""


_TOLD = {
    "zh": (
        "到岗 Turnout：应急时把机关干部派到社区",
        "某个命令的说明：turnout 命令 --help（中文在前，英文在后）",
        "命令",
    ),
    "en": (
        "Turnout 到岗: office staff to the doors of communities in an emergency",
        "More: turnout COMMAND --help",
        "COMMAND",
    ),
}


def language(environ: Mapping[str, str] = os.environ) -> str:
    """The language of the help, 'zh' or 'en': TURNOUT_LANGUAGE, else the locale's; Chinese where neither says."""
    for name in ("TURNOUT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        chosen = environ.get(name, "").lower()
        if chosen and not chosen.startswith(("c.", "posix")) and chosen != "c":
            return "zh" if chosen.startswith("zh") else "en"
    return "zh"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (2 for a wrong call)."""
    argv = list(sys.argv[1:] if argv is None else argv)
    chinese = language() == "zh"
    speak(chinese)
    description, epilog, word = _TOLD[language()]
    parser = argparse.ArgumentParser(prog="turnout", description=description, epilog=epilog)
    parser.add_argument("--version", action="version", version=f"turnout {__version__}")
    commands = parser.add_subparsers(dest="command", metavar=word, title=word, required=True)
    chosen = next((word for word in argv if not word.startswith("-")), None)
    for name, (module, in_chinese, in_english) in COMMANDS.items():
        line = in_chinese if chinese else in_english
        sub = commands.add_parser(name, help=line)
        if name == chosen:
            command = importlib.import_module(module)
            sub.description = f"{line}\n\n{ABOUT[name]}" if chinese else command.__doc__
            sub.epilog = command.__doc__ if chinese else None
            sub.formatter_class = argparse.RawDescriptionHelpFormatter
            command.arguments(sub)
            if chinese:
                explain(name, sub)
            sub.set_defaults(run=command.run)
    args = parser.parse_args(argv)
    status: int = args.run(args)
    return status


if __name__ == "__main__":
    sys.exit(main())
