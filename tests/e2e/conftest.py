"""One real server in a process of its own, on a database of its own, and one browser in front of it.

Nothing here touches Django in the test's own process: the browser's event loop would not allow it, and what the pages
need stays away from the databases of the other tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.database import TestDatabase, _template
from tests.environment import WORKER

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "three grey herons at dawn"
PROVIDER = {
    "provider_id": "city", "name": "市统一身份认证", "client_id": "turnout", "secret": "x",
    "settings": {"server_url": "https://id.example.invalid"},
}  # fmt: skip
"""An organisation's sign-in; the pages name it, and nobody goes there."""


@dataclass(frozen=True)
class Stage:
    """The server's address, and the ids of what tests/e2e/serve.py put there."""

    url: str
    ids: dict[str, str]


@pytest.fixture(scope="session")
def stage(database: TestDatabase, django_db_blocker: Any) -> Iterator[Stage]:
    name, cluster = f"turnout_{WORKER}_e2e", database.cluster
    with django_db_blocker.unblock():
        template = _template(cluster)
    cluster.drop_database(name)
    cluster.create_database(name, template=template)
    own = TestDatabase(cluster, name)
    try:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "turnout.config.settings",
            "DATABASE_URL": own.dsn("turnout_app"),
            "DATABASE_OWNER_URL": own.dsn("turnout_owner"),
            "DATABASE_SEALER_URL": own.dsn("turnout_sealer"),
            "TURNOUT_OIDC": json.dumps([PROVIDER]),
        }
        command = [sys.executable, "-m", "tests.e2e.serve"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert line, "tests/e2e/serve.py did not start"
            yield Stage(**json.loads(line))
            server.terminate()
    finally:
        cluster.drop_database(name)


@pytest.fixture(scope="session")
def browser(stage: Stage) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, stage: Stage) -> Iterator[Callable[..., BrowserContext]]:
    """Make fresh visitors: a window of some size, a wish for dark, a language they have pressed."""
    made: list[BrowserContext] = []

    def arrive(*, language: str = "zh-hans", **options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 900}} | options
        context = browser.new_context(base_url=stage.url, **options)
        context.add_cookies([{"name": "language", "value": language, "url": stage.url}])
        made.append(context)
        return context

    yield arrive
    for context in made:
        context.close()


@pytest.fixture
def page(visitor: Callable[..., BrowserContext]) -> Page:
    """A fresh visitor at a desk."""
    return visitor().new_page()
