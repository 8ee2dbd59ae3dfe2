"""Rate limits, counted in the unlogged cache table: one statement, right across processes.

Count before the transaction of the act begins: inside it, everybody behind one address would wait for each other.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from turnout.core import clock, keys
from turnout.core.refusals import define

TOO_MANY = define(
    "core.too_many",
    status=429,
    sentence=_("Too many requests came from this address in a short time."),
    next_step=_("Wait {seconds} seconds and try again; nothing typed is lost."),
)

_COUNT = """
INSERT INTO core_cache (cache_key, value, expires) VALUES (%(key)s, '1', %(ends)s)
    ON CONFLICT (cache_key) DO UPDATE
   SET value = CASE WHEN core_cache.expires <= %(now)s THEN '1' ELSE (core_cache.value::int + 1)::text END,
       expires = CASE WHEN core_cache.expires <= %(now)s THEN %(ends)s ELSE core_cache.expires END
RETURNING value::int
"""


def admit(kind: str, who: str, *, most: int, seconds: int) -> None:
    """Count one more of a kind for somebody (an address, an account); refuse from the (most + 1)th within a window.

    Only a keyed hash of `who` is kept.
    """
    now = clock.now()
    key = f"limit:{kind}:{keys.lookup_hash('limit', who).hex()}"
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "now": now, "ends": now + timedelta(seconds=seconds)})
        if int(cursor.fetchone()[0]) > most:
            raise TOO_MANY.refuse(seconds=seconds)
