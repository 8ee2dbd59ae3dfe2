"""The one door to protected tables: `acting_as(actor)`.

It opens the transaction, sets the whole scope in one statement, and on leaving puts the outer scope back by hand,
because releasing a savepoint keeps SET LOCAL. A query on a protected table outside it raises NoScope: under row
security it would see nothing, and a job that sees nothing succeeds.

Generators that are consumed after the block see nothing either: a streaming response opens `acting_as` itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from turnout.core.actors import NOBODY, SYSTEM, Actor
from turnout.core.ids import new_id
from turnout.core.row_security import PROTECTED, scope_settings, scope_settings_of

__all__ = ["SYSTEM", "NoScope", "acting_as", "behind_secret", "current"]


class NoScope(RuntimeError):
    """A protected table was queried outside `acting_as`."""


_current: ContextVar[Actor | None] = ContextVar("turnout_actor", default=None)
_migrating: ContextVar[bool] = ContextVar("turnout_migrating", default=False)


def current() -> Actor | None:
    """Return who acts now. For guards and logs only: verbs are told by their `by`."""
    return _current.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Run a block in one transaction that sees exactly the actor's scope.

    Inside a block of the same actor it is a savepoint and nothing else: the scope stands already.
    """
    outer = _current.get()
    if outer is actor and connection.in_atomic_block:
        with transaction.atomic():
            yield actor
        return
    with transaction.atomic():
        _apply(actor)
        with _standing(actor, outer):
            yield actor


@contextmanager
def behind_secret(found: str, params: Sequence[Any]) -> Iterator[tuple[Actor, tuple[Any, ...]] | None]:
    """Run a block as whoever holds a secret, in one transaction; yields (actor, row), or None where it opens nothing.

    `found` is the call of a function of the database that looks past every scope; its column `scope_key` is all that
    the holder may see. It finds the row, locks it and sets the scope in one statement: a city answers within minutes.
    """
    outer, who = _current.get(), _named("link")
    scope = [f"set_config('{name}', {value}, true)" for name, value in scope_settings_of("f.scope_key").items()]
    settings = ", ".join([*scope, *_calls(who)])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {settings}, f.* FROM {found} f", [*_flat(who), *params])
            answered = cursor.fetchone()
        if answered is None:
            yield None
            return
        row = tuple(answered[len(scope) + len(who) :])
        actor = Actor(kind="link", scope=((row[0], row[0] + 1),))
        with _standing(actor, outer):
            yield actor, row


@contextmanager
def _standing(actor: Actor, outer: Actor | None) -> Iterator[None]:
    """Name who acts while the scope of `actor` stands, and put the outer one back afterwards."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
        if connection.savepoint_ids and not connection.needs_rollback and _usable():
            _apply(outer or NOBODY)


@contextmanager
def migrating() -> Iterator[None]:
    """Let migrations touch protected tables; data migrations still open `acting_as(SYSTEM)` to see rows."""
    token = _migrating.set(True)
    try:
        yield
    finally:
        _migrating.reset(token)


def _usable() -> bool:
    return connection.connection.info.transaction_status == TransactionStatus.INTRANS


def _apply(actor: Actor) -> None:
    settings = scope_settings(actor.scope) | _named(str(actor.id or actor.kind))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_calls(settings))}", _flat(settings))


def _named(who: str) -> dict[str, str]:
    """The settings by which policies and the history know who acts."""
    return {
        "turnout.actor": who,
        "pghistory.context_id": str(new_id()),
        "pghistory.context_metadata": json.dumps({"actor": who}),
    }


def _calls(settings: dict[str, str]) -> list[str]:
    return ["set_config(%s, %s, true)" for _ in settings]


def _flat(settings: dict[str, str]) -> list[str]:
    return [part for pair in settings.items() for part in pair]


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(re.escape(table) for table in sorted(PROTECTED)) + r")\b")


def _guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if _current.get() is None and not _migrating.get() and isinstance(sql, str):
        table = _pattern().search(sql)
        if table:
            raise NoScope(f"{table[0]} was queried outside acting_as")
    return execute(sql, params, many, context)


def guard_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Put the guard on a fresh connection, in development, tests and production alike."""
    if _guard not in connection.execute_wrappers:
        connection.execute_wrappers.append(_guard)
