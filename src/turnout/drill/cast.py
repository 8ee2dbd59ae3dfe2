"""Who acts in a drill: accounts with real roles, made when the scenario first needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from turnout.access.domain import accounts, grants
from turnout.access.models import User
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM, Actor
from turnout.people.domain import units
from turnout.people.models import Unit

FOR_DAYS = 300
"""Longer than every scenario, and within what a role may last."""


@dataclass
class Cast:
    """`known` maps (role, area code) to the name of an account that is there already; others are made."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)
    _actors: dict[tuple[str, str], Actor] = field(default_factory=dict)
    _area: str = ""

    def begin(self, area_code: str) -> None:
        self._area = area_code

    @property
    def dispatcher(self) -> Actor:
        """The dispatcher of the whole area."""
        return self.actor("dispatcher", self._area)

    def actor(self, role: str, area_code: str) -> Actor:
        """Return somebody who holds a role over an area."""
        key = role, area_code
        if key not in self._actors:
            if key not in self.known:
                self.known[key] = self.hire(role, area_code).username
            with acting_as(SYSTEM):
                self._actors[key] = actor_of(User.objects.get(username=self.known[key]))
        return self._actors[key]

    def liaison(self, unit: Unit) -> Actor:
        """Return whoever answers for a unit."""
        key = "liaison", unit.code
        if key not in self._actors:
            with acting_as(SYSTEM):
                user = accounts.create(username=f"liaison-{unit.code}", name=f"liaison-{unit.code}", by=SYSTEM)
                ends = clock.now() + timedelta(days=FOR_DAYS)
                units.set_liaison(unit=unit, user=user, ends_at=ends, by=SYSTEM)
                self._actors[key] = actor_of(user)
        return self._actors[key]

    def hire(self, role: str, area_code: str) -> User:
        """Make an account with a role over an area."""
        with acting_as(SYSTEM):
            number = User.objects.filter(username__startswith=f"{role}-{area_code}").count()
            username = f"{role}-{area_code}" + (f"-{number + 1}" if number else "")
            user = accounts.create(username=username, name=username, by=SYSTEM)
            ends = clock.now() + timedelta(days=FOR_DAYS)
            grants.give(user=user, role=role, area_code=area_code, ends_at=ends, by=SYSTEM)
        return user
