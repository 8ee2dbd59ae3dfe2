"""`python -m benchmarks [NAME ...]`: measure, print a table, write it to its own section of BENCHMARKS.md.

A bench is a module of this package with `run() -> str`, the body of its section in Markdown, `main() -> dict`, its
figures, or `sections()`, titles with bodies. A section is called TITLE, or as the module's docstring begins.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import ModuleType

import benchmarks
from benchmarks.table import machine, markdown, replace_section

KINDS = {"run", "main", "sections"}


def found() -> dict[str, ModuleType]:
    modules = (
        importlib.import_module(f"benchmarks.{m.name}")
        for m in pkgutil.iter_modules(benchmarks.__path__)
        if m.name != "__main__"
    )
    return {m.__name__.rpartition(".")[2]: m for m in modules if KINDS & set(dir(m))}


def title(bench: ModuleType) -> str:
    return str(
        getattr(bench, "TITLE", "") or (bench.__doc__ or bench.__name__).splitlines()[0].rstrip(".").split(":")[0]
    )


def sections(bench: ModuleType) -> Iterator[tuple[str, str]]:
    if hasattr(bench, "sections"):
        yield from bench.sections()
    elif hasattr(bench, "run"):
        yield title(bench), str(bench.run())
    else:
        where = machine()
        yield title(bench), f"{where}\n\n{markdown(('figure', 'value'), bench.main().items())}"


def main(argv: list[str]) -> int:
    benches = found()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(benches))
    names = parser.parse_args(argv).names or list(benches)
    unknown = [name for name in names if name not in benches]
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)}; known: {', '.join(benches)}")
    for name in names:
        for heading, text in sections(benches[name]):
            replace_section(heading, text)
            print(f"## {heading}\n\n{text}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
