"""The audit log.

turnout audit verify   recompute every seal and name the first broken batch (exit status 1)
turnout audit seal     seal what is committed now instead of in ten seconds
"""

from __future__ import annotations

import argparse

from turnout.cli import start


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["verify", "seal"])


def run(args: argparse.Namespace) -> int:
    with start.django():
        from turnout.core import audit
        from turnout.core.database import connect_as

        with connect_as("sealer") as sealer:
            if args.act == "seal":
                sealed = 0
                while count := audit.seal(sealer):
                    sealed += count
                audit.empty(sealer)
                print(f"{sealed} rows sealed")
                return 0
            verdict = audit.verify(sealer)
    print(f"{verdict.batches} batches, {verdict.rows} rows verified; {verdict.unsealed} rows not sealed yet")
    if verdict.broken is None:
        print("The log is whole.")
        return 0
    print(f"BROKEN at batch {verdict.broken}: {verdict.why}. Batches before it are whole.")
    return 1
