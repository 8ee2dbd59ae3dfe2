"""Accounts, areas and example lists of the demo, through the same verbs that pages use.

python -m turnout.cli.demo_data AREA SEED FOLDER     the child process that makes lists and plan
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from turnout.places import public

if TYPE_CHECKING:
    from turnout.cli.demo import Persona
    from turnout.drill.cast import Cast
    from turnout.drill.scenario import Scenario


def load_areas(code: str, seed: int) -> None:
    from turnout.access.scope import acting_as
    from turnout.core.actors import SYSTEM
    from turnout.places.domain import loading

    with acting_as(SYSTEM):
        loading.load_public(code=code, by=SYSTEM, seed=seed)


def make_accounts(code: str, personas: Sequence[Persona], password: str) -> None:
    """Make accounts and set their passwords the way a person would, through a one-time link."""
    from turnout.access.domain import accounts, grants
    from turnout.access.scope import acting_as
    from turnout.core import clock
    from turnout.core.actors import NOBODY, SYSTEM
    from turnout.people.domain import units
    from turnout.people.models import Unit

    ends_at = clock.now() + timedelta(days=365)
    for persona in personas:
        with acting_as(SYSTEM):
            user = accounts.create(username=persona.username, name=persona.name, by=SYSTEM)
            token = accounts.issue_link(user=user, by=SYSTEM)
            accounts.set_password(token=token, password=password, by=NOBODY)
            if persona.over == "unit":
                units.set_liaison(unit=Unit.objects.earliest("code"), user=user, ends_at=ends_at, by=SYSTEM)
            else:
                area = _area_of(code, persona.over)
                grants.give(user=user, role=persona.role, area_code=area, ends_at=ends_at, by=SYSTEM)


def cast_of(night: Scenario, code: str, personas: Sequence[Persona]) -> Cast:
    """Return who acts in the night: the demo's own people where they hold the role, others as they are needed."""
    from turnout.drill.cast import Cast

    held = {persona.role: persona.username for persona in personas}
    street, community = _area_of(code, "street")[:9], _area_of(code, "community")
    return Cast(
        {
            ("dispatcher", night.area): held["dispatcher"],
            ("triage", street): held["triage"],
            ("desk", community): held["desk"],
        }
    )


def _area_of(code: str, over: str) -> str:
    first = public.communities(code)[0]
    return {"area": public.area(code).code, "street": first.street_code, "community": first.code}[over]


def plan(code: str, seed: str, folder: str) -> int:
    """Write the example lists and their plan as workbooks, by the commands themselves."""
    from turnout.cli.main import main

    written, planned = f"{folder}/lists.xlsx", f"{folder}/plan.xlsx"
    made = main(["sample", "--area", code, "--seed", seed, "-o", written])
    return made or main(["plan", written, "-o", planned, "--time-limit", "40"])  # of which compiling takes half


if __name__ == "__main__":
    sys.exit(plan(*sys.argv[1:]))
