"""What lists in and out, and sign-ups, refuse; in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

RUN_BUSY = define(
    "lists.busy",
    sentence=_("This list is being worked on at this moment."),
    next_step=_("Wait until it is done; the page shows how far it is."),
)
DATABASE_LOST = define(
    "lists.database_lost",
    status=503,
    sentence=_("The connection to the database was lost in the middle. Nothing of this list was kept."),
    next_step=_("Start it again; the file is still here."),
)
OUR_FAULT = define(
    "lists.our_fault",
    status=500,
    sentence=_("Turnout made a mistake with this list. Nothing of it was kept."),
    next_step=_("Start it again; if it stops again, tell whoever runs this server at what time it was."),
)
