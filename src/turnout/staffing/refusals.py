"""What staffing refuses, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

NOT_IN_INCIDENT = define(
    "staffing.not_in_incident",
    status=422,
    sentence=_("This area lies outside the incident."),
    next_step=_("Choose an area inside it."),
)
WHISTLE_BAD = define(
    "whistle.bad",
    status=422,
    sentence=_("The whistle is not complete: {problem}"),
    next_step=_("Fill it in and send it again; what you wrote is kept."),
)
WHISTLE_DECIDED = define(
    "whistle.decided",
    sentence=_("This whistle has been answered already: {state}."),
    next_step=_("Look at it again; whistle anew if more is needed."),
)
WHISTLE_HIGHER_UP = define(
    "whistle.higher_up",
    status=403,
    sentence=_("This whistle has gone up to the {level}."),
    next_step=_("The {level} answers it now."),
)
WHISTLE_SPLIT_BAD = define(
    "whistle.split_bad",
    status=422,
    sentence=_("The parts add up to {sum}, the whistle asks for {people}."),
    next_step=_("Correct the numbers; every part has at least one person."),
)
WHISTLE_MERGE_BAD = define(
    "whistle.merge_bad",
    status=422,
    sentence=_("Whistles are merged within one incident and for one category."),
    next_step=_("Choose two that ask for the same."),
)
POST_OVER = define(
    "post.over",
    sentence=_("This post was cancelled."),
    next_step=_("Choose an open one."),
)
POST_BAD = define(
    "post.bad",
    status=422,
    sentence=_("The post does not fit: {problem}"),
    next_step=_("Correct it; nothing was changed."),
)
SEATS_TOO_MANY = define(
    "post.too_many",
    sentence=_("{called} people are called to this post already."),
    next_step=_("Call some of them off first, or keep at least as many places."),
)
