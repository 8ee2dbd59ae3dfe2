"""The one question that looks past row security: is this phone or number new, mine, or known elsewhere?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from turnout.people import refusals
from turnout.people.models import Person

NEW, MINE, ELSEWHERE = "new", "mine", "elsewhere"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a phone number, and of an employee number in its unit: new, mine or elsewhere."""

    phone: str
    number: str


def ask(
    hashes: Sequence[bytes | memoryview | None], units: Sequence[UUID | None], numbers: Sequence[str | None]
) -> list[Answer]:
    """Answer for many at once, in the given order. "Mine" is what the present scope sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT by_phone, by_number FROM people_known(%s::bytea[], %s::uuid[], %s::text[]) ORDER BY place",
            [list(hashes), list(units), list(numbers)],
        )
        return [Answer(*row) for row in cursor.fetchall()]


def refuse_known_phone(person: Person) -> None:
    """Refuse a phone number that somebody has, without a word about who."""
    (answer,) = ask([person.phone_hash], [None], [None])
    if answer.phone == MINE:
        raise refusals.PHONE_KNOWN_HERE.refuse()
    if answer.phone == ELSEWHERE:
        raise refusals.PHONE_KNOWN_ELSEWHERE.refuse()
