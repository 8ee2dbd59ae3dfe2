"""Homes of their own for tests that break servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from turnout.pg import server
from turnout.pg.home import Home

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes account or mounts: run as root, as CI does")
_mounts = os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0
needs_mounts = pytest.mark.skipif(not _mounts, reason="mounts a small disk: run as root where mounting is allowed")


@pytest.fixture
def root() -> Iterator[Path]:
    """A directory for homes, with a short path that other accounts may pass, emptied of servers afterwards."""
    place = Path(tempfile.mkdtemp(prefix="turnout-test-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    for lock in place.rglob("data.lock"):
        pid = server.process_id(Home(lock.parent.name, lock.parent))
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
    shutil.rmtree(place, ignore_errors=True)
