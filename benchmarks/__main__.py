"""`python -m benchmarks [NAME ...]`: measure, print a table, write it to its own section of BENCHMARKS.md.

A bench is a module of this package with `run() -> str`, the body of its section in Markdown, or `main() -> dict`, its
figures. The section is called TITLE, or as its docstring begins.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from types import ModuleType

import benchmarks
from benchmarks.table import machine, markdown, replace_section


def found() -> dict[str, ModuleType]:
    modules = (
        importlib.import_module(f"benchmarks.{m.name}")
        for m in pkgutil.iter_modules(benchmarks.__path__)
        if m.name != "__main__"
    )
    return {m.__name__.rpartition(".")[2]: m for m in modules if hasattr(m, "run") or hasattr(m, "main")}


def title(bench: ModuleType) -> str:
    return str(
        getattr(bench, "TITLE", "") or (bench.__doc__ or bench.__name__).splitlines()[0].rstrip(".").split(":")[0]
    )


def body(bench: ModuleType) -> str:
    if hasattr(bench, "run"):
        return str(bench.run())
    figures = bench.main()
    return f"{machine()}\n\n{markdown(('figure', 'value'), figures.items())}"


def main(argv: list[str]) -> int:
    benches = found()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(benches))
    names = parser.parse_args(argv).names or list(benches)
    unknown = [name for name in names if name not in benches]
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)}; known: {', '.join(benches)}")
    for name in names:
        bench = benches[name]
        text = body(bench)
        replace_section(title(bench), text)
        print(f"## {title(bench)}\n\n{text}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
