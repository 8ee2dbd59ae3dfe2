"""Whether anything changed of what boards show: one number, moved on by the database with every such change."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class News:
    """`number` moves on with every change; `busy` says that somebody is changing something at this moment.

    What was read after a number that nobody was busy with is what that number stands for.
    """

    number: int
    busy: bool


def now() -> News:
    """Return the number of this moment. Read it before the figures it is to stand for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, busy FROM staffing_news_now()")
        return News(*cursor.fetchone())
