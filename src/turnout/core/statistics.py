"""What the server knows about the content of tables, from which it chooses how to answer a query.

It looks by itself once a minute. A list of thousands is planned over, and a plan published, sooner than that: with the
knowledge of an empty table a query that takes half a second takes minutes.
"""

from __future__ import annotations

from django.db import connection

FROM_ROWS = 1_000
"""Fewer new rows do not change how a query is best answered."""


def renew(*tables: str, rows: int) -> None:
    """Let the server look at these tables anew after so many new rows. Part of the transaction that wrote them."""
    if rows < FROM_ROWS:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_renew_statistics(%s::regclass[])", [list(tables)])
