"""The `turnout` command: a table of commands, each in a module of its own, imported only when it is called.

A command module has a docstring whose first line is its help, `arguments(parser)` and `run(args) -> int`.
`plan`, `check` and `sample` start without Django, so nothing here may import it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from turnout import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "plan": ("turnout.cli.plan.plan", "lists in, a plan out: who goes to which post, with proof and reasons"),
    "check": ("turnout.cli.plan.check", "score any plan without a solver and recompute its proof"),
    "explain": ("turnout.cli.plan.explain", "why this person, this post, this gap; and what else it would cost"),
    "whatif": ("turnout.cli.plan.whatif", "what the plan becomes when something changes, as a difference"),
    "roster": ("turnout.cli.plan.roster", "lists in, a roster out: who works which shift, every rule checked"),
    "sample": ("turnout.cli.plan.sample", "write example lists over the real communities of any district"),
    "up": ("turnout.cli.up", "run database, migrations, web and worker until Ctrl-C"),
    "demo": ("turnout.cli.demo", "the same with a made-up district to look around in"),
    "drill": ("turnout.cli.drill", "an operation as it really happened, in simulated time, judged by its figures"),
    "db": ("turnout.cli.db", "start, stop, status, backup and restore of the database"),
    "migrate": ("turnout.cli.migrate", "bring the database to this version"),
    "admin": ("turnout.cli.admin", "set-up link for the first person, links for a lost password"),
    "areas": ("turnout.cli.areas", "load a city of the public list; check, import and export lists of places"),
    "keys": ("turnout.cli.keys", "check and rotate the keys of personal columns"),
    "audit": ("turnout.cli.audit", "verify the audit log, seal it now"),
    "doctor": ("turnout.cli.doctor", "look at database, roles, keys, disk, clock and migrations, and say what to do"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (2 for a wrong call)."""
    argv = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="turnout", description="Turnout 到岗")
    parser.add_argument("--version", action="version", version=f"turnout {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in argv if not word.startswith("-")), None)
    for name, (module, line) in COMMANDS.items():
        sub = commands.add_parser(name, help=line)
        if name == chosen:
            command = importlib.import_module(module)
            sub.description = command.__doc__
            sub.formatter_class = argparse.RawDescriptionHelpFormatter
            command.arguments(sub)
            sub.set_defaults(run=command.run)
    args = parser.parse_args(argv)
    status: int = args.run(args)
    return status


if __name__ == "__main__":
    sys.exit(main())
