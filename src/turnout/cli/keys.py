"""The keys of personal columns.

turnout keys check    open every data key with the key file and say whether they belong together
turnout keys rotate   add a wrapping key to the key file and wrap every data key with it
"""

from __future__ import annotations

import argparse
import sys

from turnout.cli import start


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["check", "rotate"])


def run(args: argparse.Namespace) -> int:
    with start.django():
        from django.conf import settings

        from turnout.core import keys
        from turnout.core.keyfile import KeyFileError

        try:
            count = keys.check() if args.act == "check" else keys.rotate()
        except (keys.WrongKey, KeyFileError) as error:
            print(error, file=sys.stderr)
            return 2
        done = "opened" if args.act == "check" else "wrapped anew"
        print(f"{count} data keys {done} with {settings.TURNOUT_KEY_FILE}")
        if args.act == "rotate":
            print("Copy the key file to where you keep it, apart from the database's backups.", file=sys.stderr)
        return 0
