"""Finding people: by part of a name, pinyin, initials, phone, number, unit, skill, category, area. One page at a time.

Under row security only `^@` and comparisons use an index, and a plan that is right for the whole city is wrong for one
community. So the shape is chosen here, by how many reach rows the scope and the filters leave:
few: take them all, keep who matches, sort (a community, a street, a unit);
many: walk the index of terms (or of names) in order, ask of each row if it is in reach, stop when the page is full.
Scalar subqueries are on purpose: the planner turns EXISTS into hashed or joined plans, blind to the LIMIT. Measured at
74,000 persons (benchmarks/search.py).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from turnout.core import clock
from turnout.core.area_keys import KeyRange
from turnout.core.refusals import Refusal
from turnout.people.domain import terms, words
from turnout.people.models import Person

FEW = 3_000
"""Reach rows up to which everything in reach is taken at once: 1,500 people or so, 10 ms."""
RARE = 1_000
"""People with a category or skill up to which it is taken as the ground. Asking costs the rows that are out of reach
too, 4 microseconds each, so a common one must give up early."""
PAGE = 50
STATES = ("active", "left")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; every part that is given must hold.

    `text` is part of a name, pinyin or initials, an employee number, a phone number or its last four digits. `area` is
    a key range in which the person is in reach (by unit, home or placement). `skill` counts while it is valid.
    """

    text: str = ""
    unit_id: UUID | None = None
    area: KeyRange | None = None
    category: str = ""
    skill: str = ""
    state: str = "active"


@dataclass(frozen=True, slots=True)
class Page:
    """One page in order, and the token of the next one ('' when this is the last)."""

    persons: list[Person]
    next: str = ""


@dataclass(slots=True)
class _Query:
    """The conditions on a row of people_person p, and their parameters."""

    conditions: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **params: Any) -> None:
        self.conditions.append(condition)
        self.params.update(params)


def search(criteria: Criteria, *, after: str = "", size: int = PAGE) -> Page:
    """Return one page of the people of the present scope: by term found, then id; without a text by name.

    As many queries for one person as for a thousand: how many are in reach, the ids, the rows.
    """
    query = _conditions(criteria)
    text = words.clean(criteria.text).casefold()
    phone = _as_phone(text)
    if phone is not None:
        query.add("p.phone_hash = %(phone_hash)s", phone_hash=phone)
        text = ""
    query.params.update(text=text, size=size + 1)
    ground, narrow = _ground(criteria, query, exact=phone is not None)
    shape = _SHAPES[bool(text), narrow]
    sql = shape(ground, " AND ".join(query.conditions), _after(after, query))
    with connection.cursor() as cursor:
        cursor.execute(sql, query.params)
        found: list[tuple[str, UUID]] = cursor.fetchall()
    rows = Person.objects.select_related("unit").in_bulk([pk for _, pk in found[:size]])
    return Page([rows[pk] for _, pk in found[:size]], _token(found[size - 1]) if len(found) > size else "")


def _conditions(criteria: Criteria) -> _Query:
    query = _Query()
    query.add("p.state = %(state)s", state=criteria.state if criteria.state in STATES else "active")
    if criteria.unit_id:
        query.add("p.unit_id = %(unit)s", unit=criteria.unit_id)
    if criteria.category:
        query.add("%(category)s = ANY(p.categories)", category=criteria.category)
    if criteria.skill:
        query.add(_SKILL, skill=words.clean(criteria.skill), today=_today())
    if criteria.area:
        query.add(_IN_AREA, low=criteria.area[0], high=criteria.area[1])
    return query


_SKILL = """(SELECT true FROM people_skill s WHERE s.person_id = p.id AND s.name = %(skill)s
   AND coalesce(s.valid_through, 'infinity') >= %(today)s)"""
_IN_AREA = """(SELECT count(*) > 0 FROM people_reach r
   WHERE r.person_id = p.id AND r.area_key >= %(low)s AND r.area_key < %(high)s)"""


def _ground(criteria: Criteria, query: _Query, *, exact: bool) -> tuple[str, bool]:
    """Return the query of the ids that a narrow search takes all of, and whether there are few enough."""
    if exact:
        return "SELECT id AS person_id FROM people_person WHERE phone_hash = %(phone_hash)s", True
    if criteria.unit_id:
        return "SELECT id AS person_id FROM people_person WHERE unit_id = %(unit)s", True
    grounds = [(f"SELECT person_id FROM people_reach WHERE {_BETWEEN if criteria.area else 'true'}", FEW)]
    if criteria.category:
        query.params["category_term"] = terms.OF_CATEGORY + criteria.category
        grounds.append(("SELECT person_id FROM people_term WHERE term = %(category_term)s", RARE))
    if criteria.skill:
        grounds.append(("SELECT person_id FROM people_skill WHERE name = %(skill)s", RARE))
    for ground, most in grounds:
        if _few(ground, min(most, FEW), query.params):
            return f"SELECT DISTINCT person_id FROM ({ground}) few", True
    return "", False


_BETWEEN = "area_key >= %(low)s AND area_key < %(high)s"


def _terms_of_few(ground: str, conditions: str, after: str) -> str:
    return f"""
WITH ground AS MATERIALIZED ({ground})
SELECT * FROM (
  SELECT min(t.term) AS place, t.person_id
    FROM ground JOIN people_term t USING (person_id) JOIN people_person p ON p.id = t.person_id
   WHERE t.term ^@ %(text)s AND {conditions} GROUP BY t.person_id
) found WHERE {after.format(place="place", id="person_id")} ORDER BY place, person_id LIMIT %(size)s"""


def _terms_of_many(_ground: str, conditions: str, after: str) -> str:
    return f"""
SELECT t.term, t.person_id FROM people_term t
 WHERE t.term ^@ %(text)s AND {after.format(place="t.term", id="t.person_id")}
   AND (SELECT {conditions} FROM people_person p WHERE p.id = t.person_id)
   AND (SELECT min(first.term) = t.term FROM people_term first
         WHERE first.person_id = t.person_id AND first.term ^@ %(text)s)
 ORDER BY t.term, t.person_id LIMIT %(size)s"""


def _names_of_few(ground: str, conditions: str, after: str) -> str:
    return f"""
WITH ground AS MATERIALIZED ({ground})
SELECT p.sort_key, p.id FROM ground JOIN people_person p ON p.id = ground.person_id
 WHERE {conditions} AND {after.format(place="p.sort_key", id="p.id")} ORDER BY p.sort_key, p.id LIMIT %(size)s"""


def _names_of_many(_ground: str, conditions: str, after: str) -> str:
    return f"""
SELECT p.sort_key, p.id FROM people_person p
 WHERE {conditions} AND {after.format(place="p.sort_key", id="p.id")} ORDER BY p.sort_key, p.id LIMIT %(size)s"""


_SHAPES: dict[tuple[bool, bool], Callable[[str, str, str], str]] = {
    (True, True): _terms_of_few,
    (True, False): _terms_of_many,
    (False, True): _names_of_few,
    (False, False): _names_of_many,
}


def _few(ground: str, most: int, params: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({ground} LIMIT {most + 1}) few", params)
        return bool(cursor.fetchone()[0] <= most)


def _as_phone(text: str) -> bytes | None:
    """Return the hash of a whole phone number, None for any other text."""
    if sum(character.isdigit() for character in text) < 7:
        return None
    try:
        return words.phone_hash(words.phone(text))
    except Refusal:
        return None


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _after(token: str, query: _Query) -> str:
    """Return the condition that a row comes after the last one of the page before. A broken token begins anew."""
    try:
        place, last = json.loads(base64.urlsafe_b64decode(token))
        query.params.update(place=str(place), last=UUID(last))
    except (ValueError, TypeError):
        return "true"
    return "({place}, {id}) > (%(place)s, %(last)s)"


def _token(row: tuple[str, UUID]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row[0], str(row[1])]).encode()).decode()
