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
PLAN_NOT_DRAFT = define(
    "plan.not_draft",
    sentence=_("Version {number} of the plan is no draft any more."),
    next_step=_("Look at the plan again; make a new version if something is to be changed."),
)
PLAN_PEOPLE_BUSY = define(
    "plan.people_busy",
    sentence=_("Not published. {people} people of this plan have been placed elsewhere for the same time."),
    next_step=_("Compute the plan again: it will leave them out."),
)
PLAN_STALE = define(
    "plan.stale",
    sentence=_("Not published. Version {other} was published after version {number} had been computed."),
    next_step=_("Compute the plan again; or look at the differences and publish it anyway."),
)
PLAN_NOT_THERE = define(
    "plan.not_there",
    status=422,
    sentence=_("Version {number} of the plan does not cover this area."),
    next_step=_("Choose an area inside it."),
)
PLAN_TOO_LONG = define(
    "plan.too_long",
    sentence=_("Nothing was handed out. The plan places {people} people; one list holds at most {most}."),
    next_step=_("Choose one street."),
)
WAVE_TIMES = define(
    "wave.times",
    status=422,
    sentence=_("The times of the wave do not fit."),
    next_step=_("Answers lock first, then people arrive; the wave closes after the lock."),
)
WAVE_ORDER = define(
    "wave.order",
    sentence=_("Wave {number} is opened, then locked, then closed; it opens again only before its answers are due."),
    next_step=_("Do the next step, or make a new wave."),
)
WAVE_OVER = define(
    "wave.over",
    sentence=_("Wave {number} is closed."),
    next_step=_("Make a new wave."),
)
WAVE_NOT_OPEN = define(
    "wave.not_open",
    sentence=_("Wave {number} is not open."),
    next_step=_("Open it first."),
)
LINK_OVER = define(
    "callout.link_over",
    status=410,
    sentence=_("This link is not valid any more."),
    next_step=_("If you were called, ask your unit's liaison."),
)
LINK_OTHER_BROWSER = define(
    "callout.other_browser",
    status=403,
    sentence=_("This link was used in another browser."),
    next_step=_("Enter the last four digits of your phone number; {left} tries left."),
)
LINK_LOCKED = define(
    "callout.link_locked",
    status=403,
    sentence=_("Too many wrong digits were entered."),
    next_step=_("Answer in the browser you used first, or through your unit's liaison."),
)
ANSWER_UNKNOWN = define(
    "callout.answer_unknown",
    status=422,
    sentence=_("This is not an answer we know."),
    next_step=_("Choose yes, no or later."),
)
ANSWER_LOCKED = define(
    "callout.locked",
    sentence=_("Answers are locked."),
    next_step=_("Call your unit's liaison if something has changed."),
)
CALLOUT_OVER = define(
    "callout.over",
    sentence=_("You are not called for this any more."),
    next_step=_("Nothing needs doing. Thank you for being ready."),
)
NOTHING_TO_PLAN = define(
    "plan.nothing",
    sentence=_("There are no open posts here."),
    next_step=_("Make posts from the playbook first, or wait for a whistle."),
)
ANSWER_TOO_LATE = define(
    "callout.too_late",
    sentence=_("You have been placed elsewhere since you said no."),
    next_step=_("Ask your unit's liaison where you are expected."),
)
TEAM_NO_MEMBER = define(
    "team.no_member",
    status=422,
    sentence=_("Only somebody who is called in this team can lead it."),
    next_step=_("Choose one of its people."),
)
TEAM_NEEDS_A_LEADER = define(
    "team.needs_a_leader",
    sentence=_("This team would be left without a leader."),
    next_step=_("Name another leader first."),
)
TEAM_MEETS_NOWHERE = define(
    "team.meets_nowhere",
    status=422,
    sentence=_("There is a time to assemble, but no place."),
    next_step=_("Say where the team meets."),
)
TEAM_NO_DESK_LINE = define(
    "team.no_desk_line",
    status=422,
    sentence=_("Neither this community nor its street has an office number, so nobody could reach the team."),
    next_step=_("Write down the office number first."),
)
DESK_PHONE_USED = define(
    "desk.phone_used",
    sentence=_("Teams are called through this number."),
    next_step=_("Write another number, or let those teams give their leader's own."),
)
DESK_PHONE_BAD = define(
    "desk.phone_bad",
    status=422,
    sentence=_("This is not an office phone number."),
    next_step=_("Write digits only, with spaces or dashes if you like."),
)
ANSWERED_MEANWHILE = define(
    "callout.answered_meanwhile",
    sentence=_("Answered in the meantime: {state}."),
    next_step=_("Look at the answer, and mark another one if it is wrong."),
)
POST_FILLED = define(
    "callout.filled",
    sentence=_("This post is filled: others were quicker."),
    next_step=_("Nothing needs doing. Thank you for being ready."),
)
POST_FILLED_BACK = define(
    "callout.filled_meanwhile",
    sentence=_("Your place went to somebody else while there was no answer."),
    next_step=_("Nothing needs doing. Thank you for being ready."),
)
ANSWER_YES_OR_NO = define(
    "callout.yes_or_no",
    sentence=_("There is no time left for answering later."),
    next_step=_("Say whether you are coming."),
)
TIER_UNKNOWN = define(
    "wave.tier_unknown",
    status=422,
    sentence=_("The playbook knows no tier {tier}."),
    next_step=_("Choose one of: {known}."),
)
UNFIT = {
    "category": _("the post asks for another category"),
    "skill_missing": _("a skill is missing, or runs out before the post ends"),
    "work_limit": _("a work limit speaks against it"),
    "not_available": _("not available over the whole time"),
}
"""The planner's rules, asked for one person."""
PERSON_UNFIT = define(
    "callout.unfit",
    sentence=_("This person cannot take the post: {reason}."),
    next_step=_("Choose somebody else, or another post."),
)
PERSON_BUSY = define(
    "callout.busy",
    sentence=_("This person is placed already in that time."),
    next_step=_("Choose somebody else, or call them off there first."),
)
STAND_IN_OTHER_UNIT = define(
    "callout.other_unit",
    status=422,
    sentence=_("Only somebody of the same unit can stand in."),
    next_step=_("Choose one of the unit's people."),
)
OPENING_BAD = define(
    "opening.bad",
    status=422,
    sentence=_("At most {most} places of this post are free."),
    next_step=_("Open as many or fewer."),
)
OPENING_TIMES = define(
    "opening.times",
    status=422,
    sentence=_("Signing up has to end after now, and before answers lock."),
    next_step=_("Choose an earlier end."),
)
OPENING_TWICE = define(
    "opening.twice",
    sentence=_("People can sign up for this post already."),
    next_step=_("Close that first."),
)
OPENING_OVER = define(
    "opening.over",
    status=410,
    sentence=_("Signing up is over."),
    next_step=_("Ask your unit's liaison whether people are still needed."),
)
OPENING_FULL = define(
    "opening.full",
    sentence=_("All places are taken, and so is the reserve list."),
    next_step=_("Nothing needs doing. Thank you for being ready."),
)
HAND_OVER_EMPTY = define(
    "hand_over.empty",
    status=422,
    sentence=_("Nothing is written down to be passed on."),
    next_step=_("Say in a few words what the next one must know."),
)
HAND_OVER_TO_NOBODY = define(
    "hand_over.to_nobody",
    status=422,
    sentence=_("The successor has to be somebody who is coming or on post in this community."),
    next_step=_("Choose one of them, or leave it open."),
)
NOT_RELEASED = define(
    "callout.not_released",
    sentence=_("Somebody of the list was not released yet."),
    next_step=_("The community releases them first."),
)
FEEDBACK_EARLY = define(
    "feedback.early",
    sentence=_("Nobody has been on post here yet."),
    next_step=_("Come back when somebody was."),
)
FEEDBACK_BAD = define(
    "feedback.bad",
    status=422,
    sentence=_("Choose one of the three answers, and write at most 200 characters."),
    next_step=_("Correct it and send it again."),
)
POST_NO_PLACE = define(
    "post.no_place",
    sentence=_("The draft has filled every place of this post."),
    next_step=_("Take somebody out first, or give the post another place."),
)
PLAN_MOVED_ON = define(
    "plan.moved_on",
    sentence=_("Version {number} was changed since these moves were counted, so nothing was moved."),
    next_step=_("Open the explanation again; it counts from the plan as it is now."),
)
REMARK_BAD = define(
    "remark.bad",
    status=422,
    sentence=_("Say what it is in at most 500 characters."),
    next_step=_("Correct it and send it again."),
)
REMARK_TOO_MANY = define(
    "remark.too_many",
    status=429,
    sentence=_("{most} of yours wait for an answer already."),
    next_step=_("Call the command post if it cannot wait."),
)
