"""Numbers of compounds and buildings inside a community: the next free one, never used again."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from turnout.core.area_keys import BUILDINGS, LOCAL
from turnout.places import codes, refusals
from turnout.places.models import Area

LAST = BUILDINGS - 1


class Numbers:
    """The highest numbers given inside some communities, which the caller has locked.

    A number that a moved compound once had stays with it: people remember doors by their code, so the history is
    asked too.
    """

    def __init__(self, communities: set[str]) -> None:
        self._last: dict[int, int] = {}
        for model in (Area, apps.get_model("places", "AreaEvent")):
            for area_key in _local_keys(model._default_manager.all(), communities):
                compound, building = divmod(area_key % LOCAL, BUILDINGS)
                community = area_key - area_key % LOCAL
                self._seen(community, compound)
                self._seen(community + compound * BUILDINGS, building, of_compound=True)

    def next(self, parent: Area, level: str) -> str:
        """The code of the next compound or building under a parent. Refuses the 1,000th."""
        official, compound = parent.code[:12], int(parent.code[13:16] or 0)
        slot = self._slot(parent.area_key, of_compound=level == "building")
        number = self._last.get(slot, 0) + 1
        if number > LAST:
            raise refusals.NO_NUMBER_LEFT.refuse(code=parent.code)
        self._last[slot] = number
        return codes.local(official, number) if level == "compound" else codes.local(official, compound, number)

    def _seen(self, area_key: int, number: int, *, of_compound: bool = False) -> None:
        slot = self._slot(area_key, of_compound=of_compound)
        self._last[slot] = max(self._last.get(slot, 0), number)

    @staticmethod
    def _slot(area_key: int, *, of_compound: bool) -> int:
        # a community has two series, its compounds and the buildings in none of them; half a key tells them apart
        return 2 * area_key + of_compound


def _local_keys(found: QuerySet[Any], communities: set[str]) -> list[int]:
    local = found.filter(level__in=("compound", "building"))
    if len(communities) == 1:
        low = codes.key(next(iter(communities)))
        local = local.filter(area_key__gt=low, area_key__lt=low + LOCAL)
    wanted = {codes.key(code) for code in communities}
    return [key for key in local.values_list("area_key", flat=True) if key - key % LOCAL in wanted]
