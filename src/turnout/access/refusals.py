"""What access refuses, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

USERNAME_TAKEN = define(
    "access.username_taken",
    sentence=_("The sign-in name {username} is taken."),
    next_step=_("Choose another one."),
)
USERNAME_BAD = define(
    "access.username_bad",
    status=422,
    sentence=_("A sign-in name has 2 to 60 characters and no spaces."),
    next_step=_("For example the work number or the name in pinyin."),
)
LINK_DEAD = define(
    "access.link_dead",
    status=410,
    sentence=_("This link has been used or has run out."),
    next_step=_("Ask whoever gave it to you for a new one."),
)
PASSWORD_WEAK = define(
    "access.password_weak",
    status=422,
    sentence=_("This password is too easy to guess."),
    next_step="{problems}",
)
ROLE_UNKNOWN = define(
    "access.role_unknown",
    status=422,
    sentence=_("There is no role named {role}."),
    next_step=_("Choose one from the list."),
)
ROLE_NEEDS_UNIT = define(
    "access.role_needs_unit",
    status=422,
    sentence=_("A unit liaison is granted over a unit, every other role over an area."),
    next_step=_("Choose the unit, or another role."),
)
GRANT_TOO_WIDE = define(
    "access.grant_too_wide",
    status=403,
    sentence=_("You can only give what you hold yourself."),
    next_step=_("Choose a role and an area within your own, or ask the administrator above you."),
)
GRANT_ENDS = define(
    "access.grant_ends",
    status=422,
    sentence=_("The end of a role lies after its start and at most {days} days away."),
    next_step=_("Choose an earlier end; it can be given again."),
)
GRANT_TWICE = define(
    "access.grant_twice",
    sentence=_("This person holds this role here already."),
    next_step=_("Revoke the present one first, or choose a time after it ends."),
)
GRANT_OVER = define(
    "access.grant_over",
    sentence=_("This role has ended already."),
    next_step=_("Nothing needs doing."),
)
GRANT_OWN = define(
    "access.grant_own",
    status=403,
    sentence=_("Nobody gives a role to themselves."),
    next_step=_("Ask another administrator."),
)
AREA_UNKNOWN = define(
    "access.area_unknown",
    status=422,
    sentence=_("There is no area with the code {code}."),
    next_step=_("Check the code, or choose the area from the list."),
)
AREA_MISSING = define(
    "access.area_missing",
    status=422,
    sentence=_("The area is missing."),
    next_step=_("Give its official code with --area, for example --area 110102."),
)
NO_ACCOUNT = define(
    "access.no_account",
    status=404,
    sentence=_("There is no account {username}."),
    next_step=_("Check the sign-in name."),
)
