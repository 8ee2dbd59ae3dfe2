"""The words that rows of staffing keep, and how each is shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUNDS: dict[str, Promise] = {
    "beyond_us": _("the community cannot solve it"),
    "no_power": _("it needs powers the community does not have"),
    "emergency": _("an emergency"),
}
"""The three grounds on which a community may whistle."""

KINDS: dict[str, Promise] = {"daily": _("daily"), "project": _("project"), "emergency": _("emergency")}

LEVELS: dict[str, Promise] = {"street": _("street"), "district": _("district"), "city": _("city")}
"""The ladder a whistle climbs."""

WHISTLE: dict[str, Promise] = {
    "waiting": _("waiting for an answer"),
    "approved": _("approved, being staffed"),
    "refused": _("refused"),
    "merged": _("merged into another whistle"),
    "split": _("split into parts"),
    "withdrawn": _("withdrawn"),
    "closed": _("closed"),
}

POST: dict[str, Promise] = {"open": _("open"), "cancelled": _("cancelled")}

WAVE: dict[str, Promise] = {
    "draft": _("draft"),
    "open": _("open"),
    "locked": _("locked"),
    "closed": _("closed"),
}

PLAN: dict[str, Promise] = {
    "draft": _("draft"),
    "partly": _("published in part"),
    "published": _("published"),
    "superseded": _("superseded"),
    "discarded": _("discarded"),
}

CALLED: dict[str, Promise] = {
    "waiting": _("not asked yet"),
    "asked": _("asked, no answer yet"),
    "yes": _("coming"),
    "no": _("cannot come"),
    "later": _("will answer later"),
    "silent": _("no answer in time"),
    "on_post": _("on post"),
    "released": _("released"),
    "withdrawn": _("called off"),
}
"""Where one person's call-out stands."""

CONSENT: dict[str, Promise] = {
    "asked": _("asked to let its people go"),
    "given": _("lets its people go"),
    "silent": _("said nothing in time, which is consent"),
}
"""What a unit says before its people are asked."""

OWN_REASONS = ("", "away", "family", "on_duty")
"""What somebody can say for themselves."""
LIVE = ("waiting", "asked", "yes", "later", "on_post")
"""States in which the person counts as planned."""
ACCEPTED = ("yes", "on_post")

DECLINE_REASONS: dict[str, Promise] = {
    "": _("rather not say"),
    "away": _("out of town"),
    "family": _("has family to look after"),
    "on_duty": _("already on duty elsewhere"),
    "unit": _("called back by the unit"),
}
"""Never a diagnosis, and nobody has to say."""

GAP_REASONS: dict[str, Promise] = {
    "none_in_category": _("nobody of this category"),
    "skill_missing": _("nobody with the skill"),
    "work_limit": _("work limits stand against it"),
    "not_available": _("nobody available in this time"),
    "quota_used": _("the quota of the units is used up"),
    "travel_cap": _("too far for everybody"),
    "dearer_than_gap": _("everybody left lives too far away"),
    "needed_more_elsewhere": _("needed more elsewhere"),
    "by_hand": _("left empty by hand"),
}
"""Why a place is empty, in the planner's codes."""

FIXES: dict[str, Promise] = {
    "call_more": _("call more people of this category"),
    "add_skill": _("let somebody take the skill"),
    "lift_limit": _("ask somebody to lift a work limit"),
    "extend_availability": _("ask somebody to come longer"),
    "raise_quota": _("ask a unit for one more"),
    "raise_cap": _("allow a longer way"),
}
"""The nearest thing that would fill one place."""

SOURCES: dict[str, Promise] = {
    "plan": _("by the plan"),
    "signup": _("signed up"),
    "stand_in": _("stands in for somebody"),
}
"""What put somebody's name down for a post."""

SIGNED_UP: dict[str, Promise] = {
    "placed": _("has a place"),
    "reserve": _("on the reserve list"),
    "withdrawn": _("withdrawn"),
}

SIDES: dict[str, Promise] = {
    "caller": _("who called, on the response"),
    "responder": _("who came, on the call"),
}
MARKS: dict[str, Promise] = {
    "good": _("as it should be"),
    "fair": _("it went, with trouble"),
    "poor": _("not as it should be"),
}
"""The whole scale of feedback. It is counted by whistle and street, never by person."""
REMARKS: dict[str, Promise] = {"complaint": _("something is wrong"), "suggestion": _("something could be better")}
"""What a remark to the command post is: heard and answered, never counted by person or place."""

PLACEMENT_REASONS: dict[str, Promise] = {
    "frozen": _("stands there already"),
    "kept": _("keeps the post"),
    "home": _("lives in this community"),
    "team": _("with others of the same unit"),
    "paired_street": _("the unit is paired with this street"),
    "nearest": _("no post is nearer"),
    "next_nearest": _("nearer posts are filled by others"),
    "by_hand": _("placed by hand"),
}
"""Why somebody is placed where they are, in the planner's codes, and `by_hand` for what a person decided."""

LEFT_OUT_REASONS: dict[str, Promise] = {
    "frozen_home": _("kept at home by hand"),
    "no_post_for_category": _("no post for this category"),
    "skill_missing": _("nobody with the skill"),
    "work_limit": _("work limits stand against it"),
    "not_available": _("nobody available in this time"),
    "quota_used": _("the quota of the units is used up"),
    "travel_cap": _("too far for everybody"),
    "dearer_than_gap": _("everybody left lives too far away"),
    "posts_full": _("every post in reach is filled"),
    "by_hand": _("left out by hand"),
}
"""Why somebody is left at home."""
