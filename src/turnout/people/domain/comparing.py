"""A staff list beside what is known: copied into a temporary table, then answered by a few set-based statements.

COPY cannot write into a table under row security, and a loop over 74,000 people would take an hour; so the rows go into
`list_row`, and each becomes one line of `list_plan`: new, changed, same, elsewhere or bad, with the content it would
have. Both live as long as the transaction. Everything is read in the scope of whoever sends the list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.core import clock
from turnout.people.domain.staff_rows import Row

COLUMNS = (
    "row", "unit_id", "number", "name", "phone_hash", "categories", "work_limits", "home_key", "tier", "tier_until",
    "not_ready_until", "skills", "periods",
)  # fmt: skip

_TABLES = """
DROP TABLE IF EXISTS list_row, list_match, list_elsewhere, list_plan, list_left;
CREATE TEMPORARY TABLE list_row (
  row int PRIMARY KEY, unit_id uuid NOT NULL, number text, name text NOT NULL, phone_hash bytea, categories text[],
  work_limits text[], home_key bigint, tier text, tier_until date, not_ready_until date, skills text[], periods text[]
) ON COMMIT DROP
"""

# Who in the same unit has the number, and who anywhere in sight has the phone.
_MATCH = """
CREATE TEMPORARY TABLE list_match ON COMMIT DROP AS
SELECT r.row, n.id AS by_number, p.id AS by_phone, p.unit_id AS phone_unit
  FROM list_row r
  LEFT JOIN people_person n ON n.unit_id = r.unit_id AND n.number = r.number
  LEFT JOIN people_person p ON p.phone_hash = r.phone_hash
"""

_LOCK = """
SELECT id FROM people_person
 WHERE id IN (SELECT by_number FROM list_match UNION SELECT by_phone FROM list_match)
 ORDER BY id FOR NO KEY UPDATE
"""

# A phone that somebody out of sight has, or somebody whom this actor sees but does not answer for.
_ELSEWHERE = """
CREATE TEMPORARY TABLE list_elsewhere ON COMMIT DROP AS
WITH asked AS (
  SELECT r.row, r.phone_hash, row_number() OVER (ORDER BY r.row) AS place
    FROM list_row r JOIN list_match m USING (row)
   WHERE r.phone_hash IS NOT NULL AND m.by_phone IS NULL
)
SELECT asked.row
  FROM people_known((SELECT array_agg(phone_hash ORDER BY place) FROM asked), '{}', '{}') known JOIN asked USING (place)
 WHERE known.by_phone <> 'new'
 UNION ALL
SELECT row FROM list_match WHERE by_phone IS NOT NULL AND by_phone IS DISTINCT FROM by_number
   AND phone_unit <> ALL (%s::uuid[])
"""

_PLAN = """
CREATE TEMPORARY TABLE list_plan ON COMMIT DROP AS
WITH skill AS (
  SELECT person_id, array_agg(said ORDER BY said COLLATE "C") AS held
    FROM people_skill, LATERAL (SELECT name || '@' || coalesce(valid_through::text, '') AS said) word
   WHERE person_id IN (SELECT coalesce(by_number, by_phone) FROM list_match) GROUP BY person_id
), period AS (
  SELECT person_id, array_agg(said ORDER BY said COLLATE "C") AS held
    FROM people_availability, LATERAL (
      SELECT coalesce(extract(epoch FROM starts_at)::bigint::text, '') || '/'
          || coalesce(extract(epoch FROM ends_at)::bigint::text, '') AS said) word
   WHERE person_id IN (SELECT coalesce(by_number, by_phone) FROM list_match) GROUP BY person_id
), beside AS (
  SELECT r.row, m.by_number, m.by_phone, e.row IS NOT NULL AS elsewhere, p.id AS person_id,
         p.unit_id AS old_unit_id, p.number AS old_number, p.name AS old_name, p.phone_hash AS old_phone_hash,
         p.phone_last4 AS old_last4, p.categories AS old_categories, p.work_limits AS old_work_limits,
         p.home_key AS old_home_key, p.tier AS old_tier, p.tier_until AS old_tier_until,
         p.not_ready_until AS old_not_ready_until, p.state AS old_state,
         coalesce(skill.held, '{}') AS old_skills, coalesce(period.held, '{}') AS old_periods,
         r.unit_id, r.name, r.number AS given_number, r.phone_hash AS given_phone,
         r.skills IS NOT NULL AS gives_skills, r.periods IS NOT NULL AS gives_periods,
         coalesce(r.number, CASE WHEN p.unit_id = r.unit_id THEN p.number END, '') AS number,
         coalesce(r.phone_hash, p.phone_hash) AS phone_hash,
         coalesce(r.categories, p.categories) AS categories,
         coalesce(r.work_limits, p.work_limits, '{}') AS work_limits,
         nullif(coalesce(r.home_key, p.home_key), -1) AS home_key,
         coalesce(r.tier, p.tier, 'standby') AS tier,
         nullif(coalesce(r.tier_until, p.tier_until), '0001-01-01') AS tier_until,
         nullif(coalesce(r.not_ready_until, p.not_ready_until), '0001-01-01') AS not_ready_until,
         coalesce(r.skills, skill.held, '{}') AS skills, coalesce(r.periods, period.held, '{}') AS periods
    FROM list_row r JOIN list_match m USING (row) LEFT JOIN list_elsewhere e USING (row)
    LEFT JOIN people_person p ON p.id = coalesce(m.by_number, m.by_phone)
    LEFT JOIN skill ON skill.person_id = p.id LEFT JOIN period ON period.person_id = p.id
), judged AS (
  SELECT *, CASE
    WHEN elsewhere THEN ''
    WHEN by_number <> by_phone THEN 'two_people'
    WHEN old_state = 'merged' THEN 'merged_record'
    WHEN person_id IS NULL AND categories IS NULL THEN 'category_missing'
    WHEN by_phone IS NULL AND old_name <> name AND old_phone_hash <> given_phone THEN 'number_of_other'
    WHEN by_number IS NULL AND old_name <> name AND old_number <> '' AND old_number <> given_number
      THEN 'phone_of_other'
    ELSE '' END AS fault
  FROM beside
)
SELECT *, CASE
    WHEN fault <> '' THEN 'bad' WHEN elsewhere THEN 'elsewhere' WHEN person_id IS NULL THEN 'new'
    WHEN (unit_id, number, name, phone_hash, categories, work_limits, home_key, tier, tier_until, not_ready_until,
          skills, periods, 'active')
      IS DISTINCT FROM
         (old_unit_id, old_number, old_name, old_phone_hash, old_categories, old_work_limits, old_home_key, old_tier,
          old_tier_until, old_not_ready_until, old_skills, old_periods, old_state) THEN 'changed'
    ELSE 'same' END AS act
  FROM judged
"""

# Of the units a complete list names: who is active and not in it. Somebody posted stays until they are released.
_LEFT = """
CREATE TEMPORARY TABLE list_left ON COMMIT DROP AS
SELECT p.id AS person_id, p.name, p.number, p.phone_last4, p.unit_id, EXISTS (
         SELECT 1 FROM people_booking b WHERE b.person_id = p.id AND b.state = 'live' AND b.ends_at > %s) AS booked
  FROM people_person p
 WHERE %s AND p.state = 'active' AND p.unit_id IN (SELECT unit_id FROM list_row)
   AND NOT EXISTS (SELECT 1 FROM list_plan WHERE list_plan.person_id = p.id)
"""

_FINGERPRINT = """
SELECT string_agg(line, ',' ORDER BY line) FROM (
  SELECT row || act || CASE act WHEN 'changed' THEN person_id::text || md5(row(old_unit_id, old_number, old_name,
         old_phone_hash, old_categories, old_work_limits, old_home_key, old_tier, old_tier_until, old_not_ready_until,
         old_skills, old_periods, old_state)::text) ELSE '' END AS line FROM list_plan
  UNION ALL SELECT 'left' || person_id || booked FROM list_left
) lines
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many rows came to what, and a digest of it: the same list compared again gives the same digest as long as
    nothing that it touches has changed."""

    counts: dict[str, int]
    fingerprint: str


def compare(rows: Sequence[Row], *, complete: bool, yours: Sequence[UUID], lock: bool) -> Comparison:
    """Put the rows into `list_plan` and `list_left`; `lock` keeps the people in it from changing until the end."""
    with connection.cursor() as cursor:
        for statement in _TABLES.strip().split(";\n"):
            cursor.execute(statement)
        copy_rows("list_row", COLUMNS, (_staged(row) for row in rows))
        cursor.execute("ANALYZE list_row")
        cursor.execute(_MATCH)
        cursor.execute("ANALYZE list_match")
        if lock:
            cursor.execute(_LOCK)
        cursor.execute(_ELSEWHERE, [list(yours)])
        cursor.execute(_PLAN)
        cursor.execute("ANALYZE list_plan")
        cursor.execute(_LEFT, [clock.now(), complete])
        cursor.execute("SELECT act, count(*) FROM list_plan GROUP BY act")
        counts = dict.fromkeys(("new", "changed", "same", "elsewhere", "bad"), 0) | dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FILTER (WHERE NOT booked), count(*) FILTER (WHERE booked) FROM list_left")
        counts["left"], counts["left_booked"] = cursor.fetchone()
        cursor.execute(_FINGERPRINT)
        digest = hashlib.sha256((cursor.fetchone()[0] or "").encode()).hexdigest()
    return Comparison(counts, digest)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a temporary table. They are all made first: making one may need the database, for a key."""
    made = list(rows)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in made:
            copy.write_row(row)


def select(sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return the rows of a query by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _staged(row: Row) -> tuple[Any, ...]:
    return (
        row.row, row.unit_id, row.number, row.name, row.phone_hash, row.categories, row.work_limits, row.home_key,
        row.tier, row.tier_until, row.not_ready_until, row.skills, row.periods,
    )  # fmt: skip
