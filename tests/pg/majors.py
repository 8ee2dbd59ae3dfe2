"""Test servers of the oldest and the newest PostgreSQL at hand, for tests that must hold on both.

    @pytest.mark.parametrize("major", MAJORS)
    def test_...(major):
        with cluster_of(major) as cluster: ...

The servers belong to this checkout, stay between runs as files, and stop with the last test process that uses them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from turnout import pg
from turnout.pg import binaries

_CHECKOUT = hashlib.sha256(bytes(Path(__file__).resolve().parents[2])).hexdigest()[:8]

_found = sorted({candidate.major for candidate in binaries.candidates()})
MAJORS = tuple(dict.fromkeys((_found[0], _found[-1]))) if _found else ()


def cluster_of(major: int) -> pg.Cluster:
    """A test server of one major version, provisioned, without fsync; turnout_owner may make databases there."""
    return pg.ensure(f"test-{_CHECKOUT}-{major}", major=major, for_tests=True)
