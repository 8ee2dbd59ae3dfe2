"""What the commands share: exit statuses, plain words for faults of files, and Ctrl-C before there is a plan."""

from __future__ import annotations

import argparse
import errno
import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

DONE, BROKEN, REFUSED, OUR_FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Turn what goes wrong outside the lists into the promised exit status and one sentence."""

    @functools.wraps(run)
    def guard(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except KeyboardInterrupt:
            print("interrupted before there was anything to write", file=sys.stderr)
            return INTERRUPTED
        except FileExistsError as error:
            print(f"{error.filename2 or error.filename or ''}: {error.strerror}; choose another name", file=sys.stderr)
            return REFUSED
        except OSError as error:
            print(_sentence(error), file=sys.stderr)
            return OUR_FAULT
        except Exception:
            traceback.print_exc()
            print("this is a fault of Turnout, not of your lists; nothing was written", file=sys.stderr)
            return OUR_FAULT

    return guard


def _sentence(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"the disk is full ({error.strerror}); nothing was written, free some space and run it again"
    where = f": {error.filename}" if error.filename else ""
    return f"cannot write{where}: {error.strerror or error}; nothing was written"


def writable(output: Path, *inputs: Path) -> bool:
    """Whether `output` can be written at all, asked before the work and not after it; says why not."""
    folder = output.absolute().parent
    if not folder.is_dir():
        print(f"the folder {folder} does not exist; make it first or write elsewhere", file=sys.stderr)
        return False
    if any(_same(output, given) for given in inputs):
        print(f"{output} is the input itself; give the output another name", file=sys.stderr)
        return False
    if output.suffix.lower() == ".xlsx" and output.is_dir():
        print(f"{output} is a folder; a name that ends in .xlsx is for a workbook", file=sys.stderr)
        return False
    try:
        probe = folder / f".{output.name[:40]}.probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        print(f"cannot write in {folder}: {error.strerror}", file=sys.stderr)
        return False
    return True


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
