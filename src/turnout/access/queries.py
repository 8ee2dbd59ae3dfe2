"""Reads of access: who somebody is, what they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from turnout.access.models import Grant, User
from turnout.access.roles import ROLES
from turnout.core import clock
from turnout.core.actors import NOBODY, Actor
from turnout.core.area_keys import KeyRange
from turnout.core.models import AuditRow


def live_grants(moment: datetime | None = None) -> QuerySet[Grant]:
    moment = moment or clock.now()
    return Grant.objects.filter(starts_at__lte=moment, ends_at__gt=moment, revoked_at=None)


def actor_of(user: User) -> Actor:
    """Return the user as an actor, with the live grants of this moment. One query."""
    if not user.is_active:
        return NOBODY
    permissions: dict[str, list[KeyRange]] = defaultdict(list)
    scope: set[KeyRange] = set()
    for role, low, high in live_grants().filter(user=user).values_list("role", "scope_lo", "scope_hi"):
        scope.add((low, high))
        for permission in ROLES[role].permissions:
            permissions[permission].append((low, high))
    return Actor(
        kind="user",
        id=user.pk,
        permissions={name: tuple(ranges) for name, ranges in permissions.items()},
        scope=outermost(scope),
    )


def load_actor(user_id: UUID) -> Actor:
    """Return the actor behind an id that a job carries."""
    return actor_of(User.objects.get(pk=user_id))


def outermost(ranges: Iterable[KeyRange]) -> tuple[KeyRange, ...]:
    """Return the ranges without those inside another, in order. Nested sets never overlap partly."""
    kept: list[KeyRange] = []
    for low, high in sorted(ranges, key=lambda r: (r[0], -r[1])):
        if not kept or high > kept[-1][1]:
            kept.append((low, high))
    return tuple(kept)


def grants_within(actor: Actor, permission: str = "grant.give") -> QuerySet[Grant]:
    """Return grants whose range lies inside what the actor may administer, newest first."""
    held = actor.permissions.get(permission, ())
    if actor.all_permissions:
        return Grant.objects.select_related("user", "granted_by").order_by("-id")
    inside = Q(pk__in=[])
    for low, high in held:
        inside |= Q(area_key__gte=low, area_key__lt=high) & (Q(scope_hi__lte=high) | Q(area_code=""))
    return Grant.objects.filter(inside).select_related("user", "granted_by").order_by("-id")


def users_within(actor: Actor) -> QuerySet[User]:
    """Return the accounts that hold or held a grant where the actor may give one, or that hold none yet."""
    inside = grants_within(actor).values("user_id")
    return User.objects.filter(Q(pk__in=inside) | Q(grants__isnull=True)).distinct().order_by("username")


def audit_rows(*, verb: str = "", actor_id: UUID | None = None, object_id: UUID | None = None) -> QuerySet[AuditRow]:
    """Return the audit rows of the present scope, newest first."""
    rows = AuditRow.objects.order_by("-id")
    if verb:
        rows = rows.filter(verb=verb)
    if actor_id:
        rows = rows.filter(actor_id=actor_id)
    if object_id:
        rows = rows.filter(object_id=object_id)
    return rows
