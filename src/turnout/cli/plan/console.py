"""What the commands share: exit statuses, words for the screen, faults of files, and Ctrl-C before there is a plan."""

from __future__ import annotations

import argparse
import errno
import functools
import io
import sys
import traceback
from collections.abc import Callable, Collection
from pathlib import Path

from turnout.sheets.writing import Taken, refuse_foreign

DONE, BROKEN, REFUSED, OUR_FAULT, INTERRUPTED = 0, 1, 2, 3, 130

_SAID = {
    "interrupted": ("已中断，还没有可写的内容", "interrupted before there was anything to write"),
    "stopping": (
        "正在停止，写出目前最好的方案（再按一次 Ctrl-C 立即退出，不写方案）",
        "stopping; the best plan so far is being written (Ctrl-C again: end without a plan)",
    ),
    "our_fault": (
        "这是 Turnout 的错，不是名单的错；什么也没有写",
        "this is a fault of Turnout, not of your lists; nothing was written",
    ),
    "disk_full": (
        "磁盘已满（{why}），什么也没有写；请腾出空间后重试",
        "the disk is full ({why}); nothing was written, free some space and run it again",
    ),
    "not_written": ("{path} 写不了（{why}），什么也没有写", "{path} cannot be written ({why}); nothing was written"),
    "no_folder": (
        "文件夹 {path} 不存在，请先新建或换个位置",
        "there is no folder {path}; make it or write elsewhere",
    ),
    "same": ("{path} 就是输入文件，请给输出换个名字", "{path} is the input itself; give the output another name"),
    "is_folder": ("{path} 是一个文件夹，请换个名字", "{path} is a folder; choose another name"),
    "folder_there": (
        "{path} 是一个文件夹；以 .xlsx 结尾的名字用于工作簿",
        "{path} is a folder; a name that ends in .xlsx is for a workbook",
    ),
    "file_there": (
        "{path} 是一个文件；请换个名字，或让名字以 .xlsx 结尾",
        "{path} is a file; choose another name, or one that ends in .xlsx",
    ),
    "broken_plan": (
        "方案有 {count} 处违反硬性规定，不能解释或推演；请先用 turnout check 核对",
        "the plan breaks {count} rules, so nothing can be asked about it; see turnout check",
    ),
    "kept_against_rules": (
        "要保留的人有 {count} 处违反硬性规定，没有排出方案",
        "{count} people who were to be kept break a rule where they are; nothing was planned",
    ),
    "unknown_id": ("名单里没有 {id}", "{id} is not in the lists"),
    "no_gap": ("岗位 {id} 没有缺口", "post {id} has no gap"),
    "other_things": (
        "文件夹 {path} 里有别的东西（例如 {detail}），请换个名字",
        "the folder {path} holds other things, such as {detail}; choose another name",
    ),
}


def said(code: str, lang: str, **params: object) -> str:
    """A sentence of the commands in `lang`."""
    return _SAID[code][0 if lang == "zh" else 1].format_map(params)


def tell(line: str) -> None:
    """A line on the screen, beside what the command answers on standard output."""
    print(line, file=sys.stderr)


def guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Turn what goes wrong outside the lists into the promised exit status and one sentence."""

    @functools.wraps(run)
    def guard(args: argparse.Namespace) -> int:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that knows no Chinese shows question marks; it must not end the command.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return run(args)
        except KeyboardInterrupt:
            tell(said("interrupted", args.lang))
            return INTERRUPTED
        except Taken as error:
            tell(said(error.code, args.lang, path=error.filename, detail=error.detail))
            return REFUSED
        except OSError as error:
            tell(_sentence(error, args.lang))
            return OUR_FAULT
        except Exception:
            traceback.print_exc()
            tell(said("our_fault", args.lang))
            return OUR_FAULT

    return guard


def _sentence(error: OSError, lang: str) -> str:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return said("disk_full" if full else "not_written", lang, why=error.strerror or error, path=error.filename or "")


def writable(output: Path, lang: str, inputs: Collection[Path] = (), names: Collection[str] | None = None) -> bool:
    """Whether `output` can be written at all, asked before the work and not after it; says why not. `names` are the
    sheets that it will have, None for a plain file."""
    folder = output.absolute().parent
    if not folder.is_dir():
        tell(said("no_folder", lang, path=folder))
        return False
    if any(_same(output, given) for given in inputs):
        tell(said("same", lang, path=output))
        return False
    try:
        if names is not None:
            refuse_foreign(output, names)
        elif output.is_dir():
            raise Taken(output, "is_folder")
        probe = folder / f".{output.name[:40]}.probe"
        probe.touch()
        probe.unlink()
    except Taken as error:
        tell(said(error.code, lang, path=output, detail=error.detail))
        return False
    except OSError as error:
        tell(_sentence(error, lang))
        return False
    return True


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def positive(text: str) -> float:
    """An option in seconds."""
    number = float(text)
    if not 0 < number < 1e7:
        raise argparse.ArgumentTypeError("seconds above 0")
    return number


def workers(text: str) -> int:
    """An option that counts threads or processes."""
    number = int(text)
    if not 1 <= number <= 256:
        raise argparse.ArgumentTypeError("from 1 to 256")
    return number
