"""The suite runs as the product does: role turnout_app, row security on. It refuses to start as a superuser.

TURNOUT_TEST_MAJOR=18 runs it on that version of PostgreSQL instead of the one found first.
A server of its own, one template database made by the real migrations, one copy of it for each worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.database import TestDatabase
from tests.environment import MAJOR, NAME, SCRATCH, WORKER

if TYPE_CHECKING:
    from turnout.access.models import User


@pytest.fixture(scope="session")
def database(django_db_blocker: Any) -> Iterator[TestDatabase]:
    """The worker's own copy of a freshly migrated database."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            prepared = stack.enter_context(TestDatabase.prepare(NAME, WORKER, SCRATCH, MAJOR))
        yield prepared


@pytest.fixture(scope="session")
def django_db_setup(database: TestDatabase, django_db_blocker: Any) -> Iterator[None]:
    """Instead of pytest-django's own: point the connection at the copy, and prove which role it has."""
    with django_db_blocker.unblock():
        database.use()
    yield
    with django_db_blocker.unblock():
        database.leave()


@pytest.fixture(scope="session", autouse=True)
def _empty_after_committing_tests(request: pytest.FixtureRequest) -> None:
    """Tests that commit leave rows behind, and turnout_app may not TRUNCATE: the server's superuser does it."""
    from django.test import TransactionTestCase

    def empty(self: TransactionTestCase) -> None:
        request.getfixturevalue("database").empty()

    TransactionTestCase._fixture_teardown = empty


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Make an account, and give it roles as (role, area code) without asking anybody."""
    from datetime import timedelta

    from turnout.access.domain import accounts, grants
    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.actors import SYSTEM

    def make(username: str, *roles: tuple[str, str], name: str = "") -> User:
        with acting_as(SYSTEM):
            user = accounts.create(username=username, name=name or username, by=SYSTEM)
            for role, code in roles:
                ends_at = clock.now() + timedelta(days=30)
                grants.give(user=user, role=role, area_code=code, ends_at=ends_at, by=SYSTEM)
        return user

    return make
