"""What a drill refuses, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

REAL_PEOPLE = define(
    "drill.real_people",
    sentence=_("There are {people} people in this database already; a drill would call them."),
    next_step=_("Run the drill in a database of its own, or say that it may run among them."),
)
NO_FILE_CHANNEL = define(
    "drill.no_file_channel",
    sentence=_("A drill needs the file channel, and none is set up."),
    next_step=_("Name its folder in TURNOUT_CHANNELS."),
)
