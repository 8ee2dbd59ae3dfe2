"""A board that is watched while the database goes away: it says so by itself, and comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.database import TestDatabase
from tests.e2e.conftest import Stage
from tests.e2e.test_every_page import sign_in
from tests.environment import WORKER

pytestmark = pytest.mark.e2e
POLLS = 20_000
"""Milliseconds within which a page that asks every five seconds has asked twice."""


@pytest.fixture
def lets_in(database: TestDatabase) -> Any:
    """Shut the server's database, cutting every line to it, or open it again: to the server a database that died."""
    name = f"turnout_{WORKER}_e2e"

    def let(allowed: bool) -> None:
        with closing(psycopg.connect(**database.cluster.params("postgres", "postgres"), autocommit=True)) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
            if not allowed:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    yield let
    let(True)


@pytest.mark.parametrize("address", ["/board/{incident}/", "/board/{incident}/wall/"])
def test_a_board_says_that_the_database_is_gone_and_recovers_by_itself(
    page: Page, stage: Stage, lets_in: Callable[[bool], None], address: str
) -> None:
    sign_in(page, "lijun")
    page.goto(address.format(**stage.ids))
    told = page.locator("[data-stale]")
    expect(told).to_be_hidden()
    figures = page.locator("#board").inner_text()
    lets_in(False)
    expect(told).to_be_visible(timeout=POLLS)
    expect(told).to_contain_text("之后没有更新")
    assert page.locator("h1").inner_text() in figures  # what was known stays readable
    lets_in(True)
    expect(told).to_be_hidden(timeout=POLLS)
    assert page.url == f"{stage.url}{address.format(**stage.ids)}"
