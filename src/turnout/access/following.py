"""What access does when an area is closed or merged: grants over it follow to its successor."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from turnout.access.models import Grant
from turnout.core import clock
from turnout.core.area_keys import code_of, range_of_key
from turnout.core.registries import AREA_MOVED


def follow_area(old_key: int, new_key: int) -> int:
    """Move live grants from an area to its successor and return how many.

    Somebody who holds the same role at the successor already needs no second one: the old grant is revoked.
    """
    low, high = range_of_key(old_key)
    new_low, new_high = range_of_key(new_key)
    # a liaison's grant covers the unit's own key, wherever the unit lies; where it is administered follows the unit
    moved = Grant.objects.filter(area_key=old_key, area_code="", revoked_at=None).update(area_key=new_key)
    for grant in Grant.objects.select_for_update().filter(scope_lo=low, scope_hi=high, revoked_at=None):
        grant.scope_lo, grant.scope_hi, grant.area_key = new_low, new_high, new_key
        grant.area_code = code_of(new_key)
        try:
            with transaction.atomic():
                grant.save(update_fields=["scope_lo", "scope_hi", "area_key", "area_code"])
        except IntegrityError:
            Grant.objects.filter(pk=grant.pk).update(revoked_at=max(clock.now(), grant.starts_at))
        moved += 1
    return moved


def register() -> None:
    AREA_MOVED.add("access.grants", follow_area)
