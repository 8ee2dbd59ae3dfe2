"""Duplicates that were noticed: proposing them, and deciding those that are no merge."""

from __future__ import annotations

from django.db import connection, transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.ids import new_id
from turnout.people import refusals
from turnout.people.domain import persons, words
from turnout.people.models import MergeProposal, Person, Unit
from turnout.people.permissions import require_at_unit, require_change

# Two employee numbers in one unit are two people, whatever their names are.
_LOOK = """
SELECT least(a.id, b.id), greatest(a.id, b.id), min(reason) FROM people_person a JOIN people_person b
    ON a.name = b.name AND a.id < b.id
  CROSS JOIN LATERAL (
    SELECT 'name_unit' AS reason
     WHERE a.unit_id = b.unit_id AND (a.number = '' OR b.number = '' OR a.number = b.number)
    UNION ALL SELECT 'name_home' WHERE a.home_key = b.home_key AND a.unit_id <> b.unit_id
  ) why
 WHERE a.state = 'active' AND b.state = 'active'
   AND NOT EXISTS (SELECT 1 FROM people_mergeproposal p WHERE p.person_id = a.id AND p.other_id = b.id)
 GROUP BY 1, 2
"""


@transaction.atomic
def look(*, by: Actor) -> int:
    """Propose every pair in the present scope with the same name in one unit or one home; return how many are new.

    A pair that was proposed before is left as it was decided.
    """
    by.require_anywhere("person.merge")
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        pairs = cursor.fetchall()
    moment = clock.now()
    MergeProposal.objects.bulk_create(
        (
            MergeProposal(person_id=first, other_id=second, reason=reason, proposed_at=moment)
            for first, second, reason in pairs
        ),
        ignore_conflicts=True,
    )
    audit.record("person.look_for_duplicates", by=by, details={"found": len(pairs)})
    return len(pairs)


@transaction.atomic
def claim(*, unit: Unit, phone: str, by: Actor) -> None:
    """Ask whoever answers for both to move somebody to this unit who is registered elsewhere with this phone number.

    Says nothing about the person, not even whether there is one. Asking twice is asking once.
    """
    require_at_unit(by, "person.edit", unit)
    hashed = words.phone_hash(words.phone(phone))
    with acting_as(SYSTEM):
        person = Person.objects.filter(phone_hash=hashed, state="active").exclude(unit=unit).first()
        if person:
            MergeProposal.objects.bulk_create(
                [
                    MergeProposal(
                        id=new_id(), person=person, claim_unit=unit, claim_key=unit.area_key, reason="phone",
                        proposed_at=clock.now(),
                    )
                ],
                ignore_conflicts=True,
            )  # fmt: skip
    audit.record("person.claim", by=by, of=unit, area_key=unit.area_key)


@transaction.atomic
def accept_claim(*, proposal: MergeProposal, by: Actor) -> Person:
    """Move the person to the unit that asked for them."""
    proposal = _open(proposal, by)
    if proposal.claim_unit is None:
        raise NOT_FOUND.refuse()
    person = persons.move_unit(person=proposal.person, unit=proposal.claim_unit, by=by)
    _decide(proposal, "moved", by)
    return person


@transaction.atomic
def dismiss(*, proposal: MergeProposal, by: Actor) -> MergeProposal:
    """Say that these are two people, or that the person stays where they are. It is not proposed again."""
    return _decide(_open(proposal, by), "dismissed", by)


def _open(proposal: MergeProposal, by: Actor) -> MergeProposal:
    fresh = MergeProposal.objects.select_for_update(of=("self",)).filter(pk=proposal.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    require_change(by, "person.merge", fresh.person)
    if fresh.other:
        require_change(by, "person.merge", fresh.other)
    if fresh.claim_unit:
        require_at_unit(by, "person.merge", fresh.claim_unit)
    if fresh.state != "open":
        raise refusals.MERGE_OVER.refuse()
    return fresh


def _decide(proposal: MergeProposal, state: str, by: Actor) -> MergeProposal:
    proposal.state, proposal.decided_at = state, clock.now()
    proposal.save(update_fields=["state", "decided_at"])
    audit.record(
        "person.decide_duplicate", by=by, of=proposal, area_key=proposal.person.unit.area_key,
        details={"state": state, "person": proposal.person_id, "other": proposal.other_id},
    )  # fmt: skip
    return proposal
