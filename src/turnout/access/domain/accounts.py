"""Making accounts, and the one-time links by which a password is set without e-mail."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from turnout.access import refusals
from turnout.access.domain import grants
from turnout.access.models import OneTimeLink, User
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor

LINK_LIVES = timedelta(minutes=30)


@transaction.atomic
def create(*, username: str, name: str, by: Actor) -> User:
    """Make an account that nobody can sign in to until its one-time link was used."""
    by.require_anywhere("grant.give")
    if not re.fullmatch(r"\S{2,60}", username):
        raise refusals.USERNAME_BAD.refuse()
    if User.objects.filter(username__iexact=username).exists():
        raise refusals.USERNAME_TAKEN.refuse(username=username)
    user = User.objects.create_user(username, None, name=name.strip() or username, joined_at=clock.now())
    audit.record("account.create", by=by, of=user)
    return user


@transaction.atomic
def issue_link(*, user: User, by: Actor) -> str:
    """Return a fresh one-time token for an account, valid 30 minutes; an earlier open one dies.

    Whoever may take away every role of the account may also let its owner in again.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    by.require_anywhere("grant.give")
    if not all(
        grants.may_administer(by, held) for held in user.grants.filter(revoked_at=None, ends_at__gt=clock.now())
    ):
        raise NOT_FOUND.refuse()
    now = clock.now()
    user.links.filter(used_at=None).update(used_at=now)
    token = secrets.token_urlsafe(32)
    link = OneTimeLink.objects.create(
        user=user, token_hash=_hash(token), issued_at=now, ends_at=now + LINK_LIVES,
        issued_by_id=by.id if by.kind == "user" else None,
    )  # fmt: skip
    audit.record("account.link", by=by, of=link, details={"user": user.pk})
    return token


def open_link(token: str) -> OneTimeLink:
    """Return the open link behind a token, or refuse; changes nothing, since chat apps open links by themselves."""
    link = OneTimeLink.objects.select_related("user").filter(token_hash=_hash(token), used_at=None).first()
    if link is None or link.ends_at <= clock.now() or not link.user.is_active:
        raise refusals.LINK_DEAD.refuse()
    return link


@transaction.atomic
def set_password(*, token: str, password: str, by: Actor) -> User:
    """Use a one-time link: set the password and end every session of the account."""
    link = OneTimeLink.objects.select_for_update().get(pk=open_link(token).pk)
    if link.used_at:
        raise refusals.LINK_DEAD.refuse()
    try:
        validate_password(password, link.user)
    except ValidationError as error:
        raise refusals.PASSWORD_WEAK.refuse(problems=" ".join(error.messages)) from None
    link.user.set_password(password)
    link.user.save(update_fields=["password"])
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    audit.record("account.password", by=by, of=link.user, details={"link": link.pk})
    return link.user


@transaction.atomic
def set_appearance(*, user: User, by: Actor, **chosen: str) -> User:
    """Keep a person's language, colours or type size. Their own matter: no audit row."""
    for field in ("language", "theme", "type_size"):
        setattr(user, field, chosen.get(field, getattr(user, field)))
    user.save(update_fields=["language", "theme", "type_size"])
    return user


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
