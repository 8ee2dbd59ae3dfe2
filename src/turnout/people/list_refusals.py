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
FILE_TOO_LARGE = define(
    "lists.file_too_large",
    status=413,
    sentence=_("The file is larger than {most} MB."),
    next_step=_("Split it by unit, or save it without pictures."),
)
LIST_UNREADABLE = define(
    "lists.unreadable",
    status=422,
    sentence=_("This list cannot be read."),
    next_step=_("See what is wrong with it, mend it and send it again."),
)
NOT_CHECKED = define(
    "lists.not_checked",
    sentence=_("This list has not been checked, or something was decided about it already."),
    next_step=_("Look at its present state first."),
)
HAS_BAD_ROWS = define(
    "lists.has_bad_rows",
    sentence=_("{count} rows of this list are bad; nothing was taken in."),
    next_step=_("Mend them and send the list again, or take in only the good rows."),
)
CHANGED_MEANWHILE = define(
    "lists.changed_meanwhile",
    sentence=_("Somebody registered one of these people in the same moment. Nothing of this list was kept."),
    next_step=_("Check the list again; it will show how things stand now."),
)
RUN_OVER = define(
    "lists.over",
    sentence=_("Something was decided about this list already."),
    next_step=_("Send the list anew if it should be taken in again."),
)
PLACES_BAD = define(
    "signup.places_bad",
    status=422,
    sentence=_("A sign-up link has 1 to {most} places."),
    next_step=_("Issue a second link if more people are expected."),
)
LINK_ENDS = define(
    "signup.ends",
    status=422,
    sentence=_("A sign-up link ends in the future and within {days} days."),
    next_step=_("Choose an earlier end; a new link can be issued then."),
)
LINK_UNKNOWN = define(
    "signup.link_dead",
    status=410,
    sentence=_("This sign-up link does not exist or has ended."),
    next_step=_("Ask your unit for the present one."),
)
LINK_FULL = define(
    "signup.full",
    sentence=_("All {quota} places of this link are taken."),
    next_step=_("Ask your unit whether more people are needed."),
)
TOO_MANY_WHOLE = define(
    "lists.too_many_whole",
    status=422,
    sentence=_("{count} whole phone numbers in one file are too many; at most {most} leave at once."),
    next_step=_("Choose a unit or a smaller area, or leave the numbers masked."),
)
