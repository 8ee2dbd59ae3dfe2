"""Every table with a person in it is closed; a new one that is left open is caught by name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.people.conftest import HOME_EAST, XICHENG
from turnout.access.scope import acting_as
from turnout.core.actors import NOBODY, SYSTEM
from turnout.core.database import connect_as
from turnout.core.ids import new_id
from turnout.core.row_security import PROTECTED
from turnout.people.domain import abilities, bookings, merges, proposals
from turnout.people.models import HISTORY, Person, Skill

pytestmark = pytest.mark.django_db

# A table has a person in it when it is the table of persons, names one by foreign key, or by a column called like one
# (histories and partitions have no foreign keys).
OF_PERSONS = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
   AND (c.relname = 'people_person'
     OR EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.confrelid = 'people_person'::regclass)
     OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                 AND a.attname IN ('person_id', 'gone_id', 'kept_id', 'phone_hash')))
"""
OPEN = f"""
SELECT c.relname FROM pg_class c
 WHERE c.relname IN ({OF_PERSONS}) AND c.relnamespace = 'public'::regnamespace
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
UNION ALL
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace
   AND NOT coalesce(c.reloptions::text LIKE '%security_invoker=true%', false)
 ORDER BY 1
"""


def names(cursor, sql):
    cursor.execute(sql)
    return [name for (name,) in cursor.fetchall()]


def test_every_table_with_a_person_in_it_forces_row_security():
    with acting_as(NOBODY), connection.cursor() as cursor:
        assert names(cursor, OPEN) == []


def test_every_such_table_may_only_be_asked_inside_a_scope():
    with acting_as(NOBODY), connection.cursor() as cursor:
        tables = set(names(cursor, OF_PERSONS))
    assert {Person._meta.db_table, *(event._meta.db_table for event in HISTORY.values())} <= tables | {
        "people_personevent"
    }
    assert tables - PROTECTED == set()


@pytest.mark.parametrize(
    ("name", "ddl"),
    [
        ("people_later", "CREATE TABLE people_later (id int, person_id uuid)"),
        ("people_keyed", "CREATE TABLE people_keyed (somebody uuid REFERENCES people_person)"),
        ("people_all", "CREATE VIEW people_all AS SELECT * FROM people_person"),
        ("people_copy", "CREATE MATERIALIZED VIEW people_copy AS SELECT id FROM people_person"),
    ],
)
def test_a_table_or_view_that_is_left_open_is_caught(database, name, ddl):
    with connect_as("owner") as owner:
        owner.execute(ddl)
        assert names(owner.cursor(), OPEN) == [name]
        owner.rollback()


@pytest.fixture
def everything(make_unit, make_person):
    """A row in every table about persons."""
    unit = make_unit()
    keep, gone = make_person(unit, home_key=HOME_EAST), make_person(unit)
    other = make_person(unit, "李伟")
    with acting_as(SYSTEM):
        abilities.set_skills(person=keep, skills={"护士": None}, by=SYSTEM)
        abilities.set_availability(person=keep, periods=[(None, None)], by=SYSTEM)
        at = datetime(2026, 3, 1, tzinfo=UTC)
        bookings.post(person=keep, starts_at=at, ends_at=at.replace(day=2), by=SYSTEM)
        proposals.look(by=SYSTEM)
        merges.merge(keep=keep, gone=gone, by=SYSTEM)
    return other


TABLES = [
    f"people_{name}"
    for name in (
        "person", "personevent", "reach", "term", "skill", "skillevent", "availability", "availabilityevent",
        "booking", "bookingevent", "mergeproposal", "merge",
    )
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_a_table_shows_its_rows_inside_the_scope_and_none_outside(everything, table, actor):
    seen = []
    for by in (actor("west", ("dispatcher", XICHENG)), actor("elsewhere", ("dispatcher", "110106")), NOBODY):
        with acting_as(by), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) > 0 FROM {table}")
            seen.append(cursor.fetchone()[0])
    assert seen == [True, False, False]


def test_nobody_writes_a_person_into_somebody_elses_area(everything, actor):
    by = actor("elsewhere", ("dispatcher", "110106"))
    with acting_as(by):
        assert Person.objects.filter(pk=everything.pk).update(name="改") == 0
        assert Person.objects.filter(pk=everything.pk).delete()[0] == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO people_skill (id, person_id, name) VALUES (%s, %s, '司机')", [new_id(), everything.pk]
            )


def test_deleting_through_the_product_leaves_history_standing(everything):
    """Skills that are taken away stay in the history, with their person."""
    with acting_as(SYSTEM):
        abilities.set_skills(person=everything, skills={"司机": None}, by=SYSTEM)
        abilities.set_skills(person=everything, skills={}, by=SYSTEM)
        events = HISTORY[Skill].objects.filter(person_id=everything.pk).order_by("pgh_id")
        assert list(events.values_list("pgh_label", flat=True)) == ["insert", "delete"]


def test_every_table_with_a_person_in_it_says_what_for_and_until_when():
    told = (Path(__file__).parents[2] / "docs/security.md").read_text().partition("## What is kept")[2]
    assert sorted(table for table in PROTECTED if f"`{table}`" not in told) == []
