"""Who acts: the named `by` of every verb, with the ranges of area keys where each permission holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from turnout.core.area_keys import EVERYTHING, KeyRange, contains, covers
from turnout.core.refusals import define

NOT_ALLOWED = define(
    "access.not_allowed",
    status=403,
    sentence=_("Your role does not allow this here."),
    next_step=_("Ask the administrator of this area for the permission, or pass the matter on to them."),
)
NOT_FOUND = define(
    "access.not_found",
    status=404,
    sentence=_("There is nothing here that you can see."),
    next_step=_("Check the address, or ask somebody whose area it belongs to."),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts, for the length of one request, job or command.

    `permissions` maps a permission's name to the key ranges where it holds. `scope` is what row security shows.
    """

    kind: str
    id: UUID | None = None
    permissions: Mapping[str, tuple[KeyRange, ...]] = field(default_factory=dict)
    scope: tuple[KeyRange, ...] = ()
    all_permissions: bool = False

    def can(self, permission: str, key: int) -> bool:
        """Say whether the permission holds at this area key."""
        return self.all_permissions or covers(self.permissions.get(permission, ()), key)

    def can_over(self, permission: str, inner: KeyRange) -> bool:
        """Say whether the permission holds over a whole range."""
        return self.all_permissions or contains(self.permissions.get(permission, ()), inner)

    def can_anywhere(self, permission: str) -> bool:
        return self.all_permissions or bool(self.permissions.get(permission))

    def sees(self, key: int) -> bool:
        return covers(self.scope, key)

    def require(self, permission: str, key: int) -> None:
        """Refuse with 404 what the actor may not know, with 403 what the actor may not do."""
        if self.can(permission, key):
            return
        raise (NOT_ALLOWED if self.sees(key) else NOT_FOUND).refuse(permission=permission)

    def require_anywhere(self, permission: str) -> None:
        if not self.can_anywhere(permission):
            raise NOT_ALLOWED.refuse(permission=permission)


SYSTEM = Actor(kind="system", scope=(EVERYTHING,), all_permissions=True)
"""The product itself: migrations, jobs that serve the whole city, commands typed on the server."""

NOBODY = Actor(kind="nobody")
"""A visitor who has not signed in: sees nothing, may do nothing."""
