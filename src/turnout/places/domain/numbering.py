"""Numbers of compounds and buildings inside a community: the next free one, never used again."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Max, Model

from turnout.core.area_keys import BUILDINGS, LOCAL
from turnout.places import codes, refusals
from turnout.places.models import Area

LAST = BUILDINGS - 1


def free_number(parent: Area, level: str) -> str:
    """The code of a new compound or building under a locked parent.

    A number that a moved compound once had stays with it: people remember doors by their code, so it is looked for in
    the history too.
    """
    official, compound = parent.code[:12], int(parent.code[13:16] or 0)
    numbers = {last_number(model, parent, level) for model in (Area, apps.get_model("places", "AreaEvent"))}
    number = max(numbers) + 1
    if number > LAST:
        raise refusals.NO_NUMBER_LEFT.refuse(code=parent.code)
    return codes.local(official, number) if level == "compound" else codes.local(official, compound, number)


def last_number(model: type[Model], parent: Area, level: str) -> int:
    """The highest number given at this level inside the parent, 0 if none."""
    low = parent.area_key
    if level == "compound":
        inside = model._default_manager.filter(area_key__gt=low, area_key__lt=low + LOCAL, level="compound")
        highest = inside.aggregate(last=Max("area_key"))["last"]
        return int(highest - low) // BUILDINGS if highest else 0
    inside = model._default_manager.filter(area_key__gt=low, area_key__lt=low + BUILDINGS)
    highest = inside.aggregate(last=Max("area_key"))["last"]
    return int(highest - low) if highest else 0
