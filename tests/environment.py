"""Where the suite keeps its server and its keys. pytest-django reads the settings before any conftest.py, so the
variables are set here, and `tests.settings` imports this first."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAJOR = int(os.environ.get("TURNOUT_TEST_MAJOR", "0")) or None
NAME = "test-" + hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8] + (f"-{MAJOR}" if MAJOR else "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
SCRATCH = Path(tempfile.gettempdir()) / f"turnout-{NAME}-{os.geteuid()}"
SCRATCH.mkdir(mode=0o700, exist_ok=True)

os.environ["TURNOUT_NAME"] = NAME
os.environ["TURNOUT_KEY_FILE"] = str(SCRATCH / "keys")
os.environ["TURNOUT_DEBUG"] = "1"
for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL", "DATABASE_BACKUP_URL"):
    os.environ.pop(variable, None)
