"""Whistles, posts, waves with quotas, plans, and the people called out by them.

Rows about a person carry three keys: `area_key` (where the post is), `unit_key` (the unit's own key) and `sender_key`
(the area of the unit). Whoever sees one of the three sees the row: the community that waits for the person, the
liaison, and the district that sends.
"""

from turnout.staffing.models.about import AboutPerson
from turnout.staffing.models.calls import CallOut, Desk, HandOver, Opening, SignUp, Team
from turnout.staffing.models.needs import Consent, Post, Quota, Wave, Whistle
from turnout.staffing.models.plans import Gap, LeftOut, Placement, Plan, PlanNight, PlanPart
from turnout.staffing.models.voices import Feedback, Remark

__all__ = [
    "AboutPerson",
    "CallOut",
    "Consent",
    "Desk",
    "Feedback",
    "Gap",
    "HandOver",
    "LeftOut",
    "Opening",
    "Placement",
    "Plan",
    "PlanNight",
    "PlanPart",
    "Post",
    "Quota",
    "Remark",
    "SignUp",
    "Team",
    "Wave",
    "Whistle",
]
