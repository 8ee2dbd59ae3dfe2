"""The words that rows of people keep, and how each is shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CATEGORIES: dict[str, Promise] = {
    "district_cadre": _("district cadre"),
    "street_cadre": _("street cadre"),
    "health": _("health professional"),
    "community_worker": _("community worker"),
    "volunteer": _("volunteer"),
    "police": _("police"),
    "property": _("property staff"),
    "general": _("other staff"),
}
"""Staff categories, in the order of lists. Somebody can have several."""

WORK_LIMITS: dict[str, Promise] = {
    "no_night": _("no night duty"),
    "no_suit": _("no protective suit"),
    "no_stairs": _("no stairs"),
    "light": _("light duty only"),
    "no_closed": _("not in closed zones"),
}
"""What work somebody cannot do. Never why: there is no field for a diagnosis."""

TIERS: dict[str, Promise] = {
    "on_duty": _("on duty"),
    "standby": _("standby"),
    "off": _("off"),
}
"""Reserve tiers. After its last day a tier counts as standby again."""

STATES: dict[str, Promise] = {
    "active": _("active"),
    "left": _("left"),
    "merged": _("merged into another record"),
}

BASES: dict[str, Promise] = {
    "unit": _("by unit"),
    "home": _("by home"),
    "placement": _("by placement"),
    "roll": _("by the unit's own roll"),
}
"""Why a person is in reach of an area. Every figure says which of these it counts by."""

LAYERS: dict[str, Promise] = {"posting": _("posting"), "shift": _("shift")}
BOOKING_STATES: dict[str, Promise] = {"live": _("live"), "cancelled": _("cancelled")}
OUTSIDE_POSTING: dict[str, Promise] = {
    "single_duty": _("a single duty without a posting"),
    "own_community": _("works in their own community"),
    "handover": _("hand-over before or after the posting"),
}
"""Why a shift lies outside every live posting."""

MERGE_REASONS: dict[str, Promise] = {
    "phone": _("the same phone number"),
    "name_unit": _("the same name in the same unit"),
    "name_home": _("the same name in the same home community"),
}
MERGE_STATES: dict[str, Promise] = {
    "open": _("to be decided"),
    "merged": _("merged"),
    "moved": _("moved to the unit"),
    "dismissed": _("not the same person"),
    "undone": _("merged, then separated again"),
}

REVEAL_PURPOSES: dict[str, Promise] = {
    "call_out": _("to call the person to a post"),
    "emergency": _("the person may be in danger"),
    "correct": _("to correct the person's data"),
    "welfare": _("to ask how the person is"),
}
"""Purposes for which a whole phone number may be seen; the chosen one is in the log."""
