"""Row security as migration operations, and the list of tables that need a scope.

Measured best of ten policy forms: one bigint `area_key` on every protected row against the two bounds of the scope,
which a btree answers; several areas add a multirange test behind a CASE, so that the planner's estimate stays right.
Unset reads '' on a used connection and NULL on a new one; both mean "sees nothing".

Under row security only leakproof operators use an index (=, <, >, ^@), so filters on protected tables use those.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import migrations
from django.db.models import Model

FUNCTIONS = """
CREATE FUNCTION turnout_lo() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT coalesce(nullif(current_setting('turnout.lo', true), ''), '1')::bigint $$;
CREATE FUNCTION turnout_hi() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT coalesce(nullif(current_setting('turnout.hi', true), ''), '0')::bigint $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION turnout_lo(); DROP FUNCTION turnout_hi();"

BY_AREA_KEY = """area_key >= turnout_lo() AND area_key < turnout_hi()
  AND CASE WHEN (SELECT coalesce(current_setting('turnout.multi', true), '') = '') THEN true
      ELSE (SELECT nullif(current_setting('turnout.multi', true), '')::int8multirange) @> area_key END"""
"""The policy of a table that carries its own `area_key`."""

PROTECTED: set[str] = set()
"""Tables that may only be queried inside `acting_as`; models join by the decorator `protected`."""

M = TypeVar("M", bound=type[Model])


def protected(model: M) -> M:
    """Mark a model whose table (and history) holds personal data: a query outside a scope raises NoScope."""
    PROTECTED.add(model._meta.db_table)
    return model


def enable(table: str, *, using: str = BY_AREA_KEY, check: str | None = None) -> migrations.RunSQL:
    """Return the migration operation that puts a table under forced row security with one policy for all commands.

    `check` guards what is written; without it, what may be read may be written.
    """
    with_check = f" WITH CHECK ({check})" if check else ""
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY; ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;'
        f'CREATE POLICY scope ON "{table}" USING ({using}){with_check};',
        f'DROP POLICY scope ON "{table}"; ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY;'
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;',
    )


def enable_through(table: str, *, column: str, parent: str, parent_column: str = "id") -> migrations.RunSQL:
    """Return the operation for a table that is visible exactly where its parent row is."""
    return enable(
        table, using=f'EXISTS (SELECT 1 FROM "{parent}" parent WHERE parent.{parent_column} = "{table}".{column})'
    )


def scope_settings_of(column: str) -> dict[str, str]:
    """Return the settings of a scope of the one key that stands in a column, as expressions of the database."""
    return {"turnout.lo": f"{column}::text", "turnout.hi": f"({column} + 1)::text", "turnout.multi": "''"}


def scope_settings(scope: tuple[tuple[int, int], ...]) -> dict[str, Any]:
    """Return the three settings of a scope: hull and, for several ranges, the multirange."""
    if not scope:
        return {"turnout.lo": "1", "turnout.hi": "0", "turnout.multi": ""}
    multi = "{" + ",".join(f"[{low},{high})" for low, high in scope) + "}" if len(scope) > 1 else ""
    return {
        "turnout.lo": str(min(low for low, _ in scope)),
        "turnout.hi": str(max(high for _, high in scope)),
        "turnout.multi": multi,
    }
