"""Fetch the third-party files the pages carry, exactly the ones pinned here, and put them under web/static/vendor.

    python tools/vendor.py          fetch with npm, compare the hashes, write the files
    python tools/vendor.py check    compare what is committed with the pins, without a network

A fresh machine needs neither this nor Node: the files are committed. To take a new version, change its line, run once,
copy the hashes it prints into the table, and read what changed in the package before committing.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/turnout/web/static/vendor"


@dataclass(frozen=True)
class File:
    """One file of one npm package; `sha256` is of the file as it is served."""

    package: str
    version: str
    inside: str
    name: str
    sha256: str


FILES = [
    File(
        "htmx.org",
        "2.0.11",
        "dist/htmx.min.js",
        "htmx.min.js",
        "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    ),
    File(
        "htmx.org",
        "2.0.11",
        "LICENSE",
        "htmx.LICENSE.txt",
        "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    ),
    File(
        "echarts",
        "6.1.0",
        "dist/echarts.esm.min.js",
        "echarts.esm.min.js",
        "28515f26aa57f87eb1e4ed4eb446927eaf329b5f5e02b4bfd4b0264fea40d1da",
    ),
    File(
        "echarts",
        "6.1.0",
        "LICENSE",
        "echarts.LICENSE.txt",
        "634293835b43a6dd2094fa39182a3d9a6b9ca43b7fdb9ac354e8037af2a3093a",
    ),
    File(
        "echarts",
        "6.1.0",
        "NOTICE",
        "echarts.NOTICE.txt",
        "d491d358344f842685c1b1585970999db65fe30ecf7ef3867af8814f4016c016",
    ),
]


def fetch() -> int:
    """Write every pinned file; a file whose hash differs from its pin is reported and not written."""
    wrong = 0
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        packages = sorted({(file.package, file.version) for file in FILES})
        archives = {package: _pack(package, folder) for package in packages}
        for file in FILES:
            content = _member(archives[file.package, file.version], f"package/{file.inside}")
            found = hashlib.sha256(content).hexdigest()
            if found != file.sha256:
                print(f"{file.name}: sha256 is {found}, pinned is {file.sha256}; not written")
                wrong += 1
                continue
            (TARGET / file.name).write_bytes(content)
            print(f"{file.name}  {file.package} {file.version}  {len(content):,} bytes")
    return wrong


def check() -> int:
    """Count the committed files that differ from their pin or have none."""
    wrong = 0
    for file in FILES:
        path = TARGET / file.name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"
        if found != file.sha256:
            print(f"{path}: {found}, pinned is {file.sha256}")
            wrong += 1
    for stranger in sorted({path.name for path in TARGET.iterdir()} - {file.name for file in FILES}):
        print(f"{TARGET / stranger}: not in tools/vendor.py")
        wrong += 1
    return wrong


def _pack(package: tuple[str, str], folder: str) -> Path:
    command = ["npm", "pack", "--silent", f"{package[0]}@{package[1]}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return Path(folder) / done.stdout.split()[-1]


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        file = tar.extractfile(name)
        assert file is not None, f"{archive.name} has no {name}"
        return file.read()


if __name__ == "__main__":
    sys.exit(1 if (check() if sys.argv[1:] == ["check"] else fetch()) else 0)
