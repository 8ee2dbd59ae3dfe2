"""Carrying out a compared list: `list_plan` and `list_left` become people, reach, skills, periods and claims.

Set-based, in the transaction of the comparison. A home may lie outside the area of whoever sends the list, so this
runs as the product itself, after every row was judged in the sender's own scope. History is written by the triggers
under one context, which names the sender and the run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.access.scope import SYSTEM, acting_as
from turnout.core import clock, keys
from turnout.core.actors import Actor
from turnout.core.ids import new_id
from turnout.people.domain import reach, terms
from turnout.people.domain.comparing import copy_rows, select
from turnout.people.domain.staff_rows import Row

_WRITTEN = """
CREATE TEMPORARY TABLE list_written (
  row int PRIMARY KEY, id uuid NOT NULL, phone bytea, last4 text, sort_key text COLLATE "C" NOT NULL) ON COMMIT DROP
"""

_STANDINGS = """
SELECT w.id AS person_id, u.area_key, u.scope_key, p.home_key
  FROM list_plan p JOIN list_written w USING (row) JOIN people_unit u ON u.id = p.unit_id
 WHERE p.act = 'new' OR p.home_key IS DISTINCT FROM p.old_home_key OR p.unit_id <> p.old_unit_id
"""

_INSERT = """
INSERT INTO people_person (id, unit_id, number, name, sort_key, phone, phone_hash, phone_last4, categories,
                           work_limits, home_key, tier, tier_until, not_ready_until, state, added_at)
SELECT w.id, p.unit_id, p.number, p.name, w.sort_key, w.phone, p.phone_hash, coalesce(w.last4, ''), p.categories,
       p.work_limits, p.home_key, p.tier, p.tier_until, p.not_ready_until, 'active', %s
  FROM list_plan p JOIN list_written w USING (row) WHERE p.act = 'new'
"""

_UPDATE = """
UPDATE people_person
   SET unit_id = p.unit_id, number = p.number, name = p.name, phone = coalesce(w.phone, people_person.phone),
       phone_hash = p.phone_hash, phone_last4 = coalesce(w.last4, people_person.phone_last4),
       categories = p.categories, work_limits = p.work_limits, home_key = p.home_key, tier = p.tier,
       tier_until = p.tier_until, not_ready_until = p.not_ready_until, state = 'active', left_at = NULL
  FROM list_plan p JOIN list_written w USING (row)
 WHERE people_person.id = p.person_id AND p.act = 'changed'
   AND (p.unit_id, p.number, p.name, p.phone_hash, p.categories, p.work_limits, p.home_key, p.tier, p.tier_until,
        p.not_ready_until, 'active')
       IS DISTINCT FROM
       (p.old_unit_id, p.old_number, p.old_name, p.old_phone_hash, p.old_categories, p.old_work_limits, p.old_home_key,
        p.old_tier, p.old_tier_until, p.old_not_ready_until, p.old_state)
"""

# What the new ones are found by needs no look at what is there; for the renamed, terms.write takes old words away.
_NEW_TERMS = """
SELECT w.id, p.name, p.number, coalesce(w.last4, ''), p.categories FROM list_plan p JOIN list_written w USING (row)
 WHERE p.act = 'new'
"""
_RENAMED = """
SELECT person_id FROM list_plan WHERE act = 'changed'
   AND (name, number, phone_hash, categories)
       IS DISTINCT FROM (old_name, old_number, old_phone_hash, old_categories)
"""

# Every skill that a new or changed row wants, as person, name and last day.
_WANTED_SKILLS = """
CREATE TEMPORARY TABLE list_skill ON COMMIT DROP AS
SELECT w.id AS person_id, regexp_replace(said, '@[0-9-]*$', '') AS name,
       nullif(substring(said FROM '@([0-9-]*)$'), '')::date AS valid_through
  FROM list_plan p JOIN list_written w USING (row), unnest(p.skills) AS said
 WHERE p.gives_skills AND p.skills IS DISTINCT FROM p.old_skills
"""
_DROP_SKILLS = """
DELETE FROM people_skill USING list_plan p
 WHERE people_skill.person_id = p.person_id AND p.act = 'changed' AND p.gives_skills
   AND NOT EXISTS (SELECT 1 FROM list_skill l WHERE l.person_id = p.person_id AND l.name = people_skill.name)
   AND p.skills IS DISTINCT FROM p.old_skills
"""
_DATE_SKILLS = """
UPDATE people_skill SET valid_through = l.valid_through FROM list_skill l
 WHERE people_skill.person_id = l.person_id AND people_skill.name = l.name
   AND people_skill.valid_through IS DISTINCT FROM l.valid_through
"""
_MISSING_SKILLS = """
SELECT l.person_id, l.name, l.valid_through FROM list_skill l
 WHERE NOT EXISTS (SELECT 1 FROM people_skill s WHERE s.person_id = l.person_id AND s.name = l.name)
"""
_NEW_SKILLS = """
CREATE TEMPORARY TABLE list_new_skill (id uuid, person_id uuid, name text, valid_through date) ON COMMIT DROP
"""

_DROP_PERIODS = """
DELETE FROM people_availability USING list_plan p
 WHERE people_availability.person_id = p.person_id AND p.act = 'changed' AND p.gives_periods
   AND p.periods IS DISTINCT FROM p.old_periods
"""
_MISSING_PERIODS = """
SELECT w.id AS person_id, to_timestamp(nullif(split_part(said, '/', 1), '')::bigint) AS starts_at,
       to_timestamp(nullif(split_part(said, '/', 2), '')::bigint) AS ends_at
  FROM list_plan p JOIN list_written w USING (row), unnest(p.periods) AS said
 WHERE p.gives_periods AND p.periods IS DISTINCT FROM p.old_periods
"""
_NEW_PERIODS = """
CREATE TEMPORARY TABLE list_new_period (id uuid, person_id uuid, starts_at timestamptz, ends_at timestamptz)
ON COMMIT DROP
"""

_LEAVE = """
UPDATE people_person SET state = 'left', left_at = %s FROM list_left l
 WHERE people_person.id = l.person_id AND NOT l.booked AND people_person.state = 'active'
"""

_CLAIMED = """
SELECT q.id AS person_id, p.unit_id, u.area_key
  FROM list_plan p JOIN people_person q ON q.phone_hash = p.given_phone JOIN people_unit u ON u.id = p.unit_id
 WHERE p.act = 'elsewhere'
"""
_CLAIM = """
INSERT INTO people_mergeproposal (id, person_id, claim_unit_id, claim_key, reason, state, proposed_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[]) AS c (id, person_id, unit_id, area_key),
       (VALUES ('phone', 'open', %s)) AS same (reason, state, proposed_at)
    ON CONFLICT ON CONSTRAINT proposal_once DO NOTHING
"""


def carry_out(rows: Sequence[Row], *, run_id: UUID, by: Actor) -> None:
    """Write what `comparing.compare` found for these rows, in the same transaction."""
    with acting_as(SYSTEM):
        _stage_written({row.row: row for row in rows})
        reach.write([reach.Standing(*row.values()) for row in select(_STANDINGS)])
        _name_the_sender(run_id, by)
        now = clock.now()
        _execute(_INSERT, [now])
        _execute(_UPDATE)
        _write_terms()
        _write_skills()
        _write_periods()
        _execute(_LEAVE, [now])
        _claim(now)


def _stage_written(rows: dict[int, Row]) -> None:
    """Give every new person an id, and encrypt each phone that is new under the id of its person."""
    _execute("DROP TABLE IF EXISTS list_written, list_term, list_skill, list_new_skill, list_new_period")
    _execute(_WRITTEN)
    touched = select(
        "SELECT row, person_id, name, phone_hash IS DISTINCT FROM old_phone_hash AS new_phone FROM list_plan"
        " WHERE act IN ('new', 'changed') ORDER BY row"  # ids follow the list: the planner breaks ties by them
    )

    def written(row: int, person_id: UUID | None, name: str, new_phone: bool) -> tuple[Any, ...]:
        pk, phone, order = person_id or new_id(), rows[row].phone if new_phone else None, terms.sort_key(name)
        if phone is None:
            return row, pk, None, None, order
        return row, pk, keys.encrypt(phone, table="people_person", column="phone", row_id=pk), phone[-4:], order

    copy_rows("list_written", ("row", "id", "phone", "last4", "sort_key"), (written(**line) for line in touched))
    _execute("ANALYZE list_written")


def _name_the_sender(run_id: UUID, by: Actor) -> None:
    """One context row for the whole list; `acting_as(SYSTEM)` alone would say that the product did it."""
    context = json.dumps({"actor": str(by.id or by.kind), "list": str(run_id)})
    _execute("SELECT set_config('pghistory.context_metadata', %s, true)", [context])


def _write_terms() -> None:
    _execute("CREATE TEMPORARY TABLE list_term (person_id uuid, term text) ON COMMIT DROP")
    found = (
        (pk, term) for pk, *words in (row.values() for row in select(_NEW_TERMS)) for term in terms.of_person(*words)
    )
    copy_rows("list_term", ("person_id", "term"), found)
    _execute("INSERT INTO people_term (person_id, term) SELECT person_id, term FROM list_term")
    terms.write([row["person_id"] for row in select(_RENAMED)])


def _write_skills() -> None:
    _execute(_WANTED_SKILLS)
    _execute(_DROP_SKILLS)
    _execute(_DATE_SKILLS)
    columns = ("id", "person_id", "name", "valid_through")
    missing = select(_MISSING_SKILLS)
    _execute(_NEW_SKILLS)
    copy_rows("list_new_skill", columns, ((new_id(), *row.values()) for row in missing))
    _execute(f"INSERT INTO people_skill ({', '.join(columns)}) SELECT {', '.join(columns)} FROM list_new_skill")


def _write_periods() -> None:
    _execute(_DROP_PERIODS)
    columns = ("id", "person_id", "starts_at", "ends_at")
    missing = select(_MISSING_PERIODS)
    _execute(_NEW_PERIODS)
    copy_rows("list_new_period", columns, ((new_id(), *row.values()) for row in missing))
    _execute(f"INSERT INTO people_availability ({', '.join(columns)}) SELECT {', '.join(columns)} FROM list_new_period")


def _claim(now: Any) -> None:
    """Ask whoever may see both sides about people registered elsewhere. A claim once decided is not made again."""
    claimed = select(_CLAIMED)
    _execute(
        _CLAIM,
        [
            [new_id() for _ in claimed],
            [row["person_id"] for row in claimed],
            [row["unit_id"] for row in claimed],
            [row["area_key"] for row in claimed],
            now,
        ],
    )


def _execute(sql: str, params: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
