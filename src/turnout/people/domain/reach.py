"""Where each person can be seen from. The only file that writes reach.

A home or a placement may lie outside the area of whoever changes it, so these writes run as the product itself; every
verb that calls them has checked its permission before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.people.models import Person, Reach


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person's reach follows from: area and own key of the unit, and the home community if it is known."""

    person_id: UUID
    unit_area_key: int
    unit_scope_key: int
    home_key: int | None


# Records that were merged into a person are seen from where the person is seen, so that old links lead on.
_WRITE = """
WITH RECURSIVE given AS (
  SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[]) AS g (person_id, unit_area, roll, home)
), wanted AS (
  SELECT person_id, unit_area, roll, home FROM given
  UNION
  SELECT p.id, w.unit_area, w.roll, w.home FROM wanted w JOIN people_person p ON p.merged_into_id = w.person_id
), homeless AS (
  DELETE FROM people_reach USING wanted
   WHERE people_reach.person_id = wanted.person_id AND basis = 'home' AND wanted.home IS NULL
)
INSERT INTO people_reach (person_id, area_key, basis, active)
SELECT person_id, area_key, basis, coalesce((SELECT state = 'active' FROM people_person WHERE id = person_id), true)
  FROM wanted, LATERAL (VALUES (unit_area, 'unit'), (roll, 'roll'), (home, 'home')) AS row (area_key, basis)
 WHERE area_key IS NOT NULL
    ON CONFLICT ON CONSTRAINT reach_once_per_basis DO UPDATE SET area_key = excluded.area_key
 WHERE people_reach.area_key <> excluded.area_key
"""


_PLACE_ALL = """
INSERT INTO people_reach (person_id, area_key, basis, source_id)
SELECT person_id, area_key, 'placement', source_id
  FROM unnest(%s::uuid[], %s::bigint[], %s::uuid[]) AS p (person_id, area_key, source_id)
    ON CONFLICT ON CONSTRAINT reach_once_per_basis DO UPDATE SET area_key = excluded.area_key
"""


def write(standings: Sequence[Standing]) -> None:
    """Bring the reach of these people up to date, for new people before their own row is written."""
    if not standings:
        return
    people = [s.person_id for s in standings]
    areas = [s.unit_area_key for s in standings]
    rolls = [s.unit_scope_key for s in standings]
    homes = [s.home_key for s in standings]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WRITE, [people, areas, rolls, homes])


def follow_units(unit_ids: Iterable[UUID]) -> None:
    """Rewrite the reach of everybody in units whose area has changed."""
    with acting_as(SYSTEM):
        people = Person.objects.filter(unit__in=list(unit_ids)).exclude(state="merged")
        write([Standing(*row) for row in people.values_list("pk", "unit__area_key", "unit__scope_key", "home_key")])


def place(*, person_id: UUID, area_key: int, source_id: UUID) -> None:
    """Let the area of a live placement see the person."""
    with acting_as(SYSTEM):
        Reach.objects.update_or_create(
            person_id=person_id, basis="placement", source_id=source_id, defaults={"area_key": area_key}
        )


def place_all(placed: Sequence[tuple[UUID, int, UUID]]) -> None:
    """Let the areas of many live placements see their people, given as (person, area key, source)."""
    people, areas, sources = (list(column) for column in zip(*placed, strict=True)) if placed else ([], [], [])
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PLACE_ALL, [people, areas, sources])


def unplace(*, source_ids: Iterable[UUID]) -> None:
    """Take a placement's area out of reach again."""
    with acting_as(SYSTEM):
        Reach.objects.filter(basis="placement", source_id__in=list(source_ids)).delete()
