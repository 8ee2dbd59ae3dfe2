"""Addresses of a person besides the phone: put by whoever answers for the person, or by the person."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_ALLOWED, SYSTEM, Actor
from turnout.core.ids import new_id
from turnout.notices import refusals
from turnout.notices.models import Address
from turnout.people.models import Person
from turnout.people.permissions import changeable_person


@transaction.atomic
def put_email(*, person: Person, email: str, by: Actor) -> Address | None:
    """Put a person's e-mail address in place of the one before; empty takes it away."""
    return _put(changeable_person(person, by), email, by)


@transaction.atomic
def put_own_email(*, user: User, email: str, by: Actor) -> Address | None:
    """Put the e-mail address of an account's own person; only the person does this."""
    if by.id != user.pk:
        raise NOT_ALLOWED.refuse(permission="own")
    with acting_as(SYSTEM):
        person = Person.objects.select_for_update(of=("self",)).select_related("unit").filter(user=user).first()
        if person is None:
            raise refusals.NO_PERSON.refuse()
        return _put(person, email, by)


def _put(person: Person, email: str, by: Actor) -> Address | None:
    email = email.strip()
    standing = Address.objects.filter(person=person, kind="email").first()
    if not email:
        if standing is not None:
            standing.delete()
            _log(person, by, gone=True)
        return None
    try:
        validate_email(email)
    except ValidationError:
        raise refusals.EMAIL_BAD.refuse() from None
    address = standing or Address(id=new_id(), person=person, kind="email")
    address.value = keys.encrypt(email, table="notices_address", column="value", row_id=address.pk)
    address.put_at = clock.now()
    address.save()
    _log(person, by, gone=False)
    return address


def _log(person: Person, by: Actor, *, gone: bool) -> None:
    audit.record("person.email", by=by, of=person, area_key=person.unit.area_key, details={"gone": gone})
