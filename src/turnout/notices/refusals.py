"""What notices refuse, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

MESSAGE_NOT_STUCK = define(
    "message.not_stuck",
    sentence=_("This message is still on its way, or it arrived."),
    next_step=_("Nothing needs doing."),
)
MESSAGE_SETTLED = define(
    "message.settled",
    sentence=_("Somebody has seen to this message already."),
    next_step=_("Look at the list again."),
)
CHANNEL_NOT_THERE = define(
    "message.channel_not_there",
    status=422,
    sentence=_("The message cannot be sent this way."),
    next_step=_("Choose another channel, or call the person."),
)
SETTLEMENT_UNKNOWN = define(
    "message.settlement_unknown",
    status=422,
    sentence=_("It is not clear how this message was seen to."),
    next_step=_("Say whether the person was called, or need not be told any more."),
)
EMAIL_BAD = define(
    "address.email_bad",
    status=422,
    sentence=_("This is not an e-mail address."),
    next_step=_("Write it as name@example.cn, or leave it empty."),
)
NO_PERSON = define(
    "address.no_person",
    sentence=_("Your account is not linked to a person on a unit's list."),
    next_step=_("Ask your unit's liaison to link the two."),
)
