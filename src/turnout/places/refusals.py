"""What places refuses, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

CODE_BAD = define(
    "places.code_bad",
    status=422,
    sentence=_("{code} is not the code of an area."),
    next_step=_("Give the official 12 digits; compounds and buildings get their number by themselves."),
)
CODE_TAKEN = define(
    "places.code_taken",
    sentence=_("There is an area with the code {code} already."),
    next_step=_("Open that area, or check the code."),
)
PARENT_MISSING = define(
    "places.parent_missing",
    status=422,
    sentence=_("The area that {code} belongs to is not here, or is closed."),
    next_step=_("Add the street or district above it first."),
)
NAME_EMPTY = define(
    "places.name_empty",
    status=422,
    sentence=_("An area needs a name of 1 to 100 characters."),
    next_step=_("Write the name as people there say it."),
)
NAME_TAKEN = define(
    "places.name_taken",
    sentence=_("This name is taken here."),
    next_step=_("Add something that tells the two apart."),
)
CLOSED = define(
    "places.closed",
    sentence=_("The area {code} is closed."),
    next_step=_("Go to its successor {successor}."),
)
SUCCESSOR_BAD = define(
    "places.successor_bad",
    status=422,
    sentence=_("{successor} cannot take over from {code}."),
    next_step=_("Choose an open area of the same level; a compound or building may also go to the one it stands in."),
)
CHILDREN_OPEN = define(
    "places.children_open",
    sentence=_("{count} areas below {code} are still open."),
    next_step=_("Close them in favour of their successors first; one list can do it all."),
)
NO_NUMBER_LEFT = define(
    "places.no_number_left",
    sentence=_("All 999 numbers below {code} are used."),
    next_step=_("Divide the area first."),
)
POINT_BAD = define(
    "places.point_bad",
    status=422,
    sentence=_("This is not a longitude and latitude."),
    next_step=_("Longitude first, for example 116.397, 39.909; and the right coordinate system."),
)
POINT_SWAPPED = define(
    "places.point_swapped",
    status=422,
    sentence=_("Longitude and latitude are the wrong way round."),
    next_step=_("Give longitude {lon} and latitude {lat}."),
)
COUNTS_BAD = define(
    "places.counts_bad",
    status=422,
    sentence=_("Residents and households are whole numbers, with a source and a date that is not in the future."),
    next_step=_("Correct the figures, or leave all of them empty."),
)
SITE_KIND_BAD = define(
    "places.site_kind_bad",
    status=422,
    sentence=_("There is no kind of site named {kind}."),
    next_step=_("Choose one from the list."),
)
SITE_CLOSED = define(
    "places.site_closed",
    sentence=_("This site is closed."),
    next_step=_("Add a new one if it is used again."),
)
VALUE_BAD = define(
    "places.value_bad",
    status=422,
    sentence=_("{field} cannot be {value}."),
    next_step=_("Correct it, or leave it empty."),
)
NOT_LISTED = define(
    "places.not_listed",
    status=422,
    sentence=_("The public list has no area with the code {code}."),
    next_step=_("Check the code; the list is of mid-2023, newer areas are added by form or by import."),
)
IMPORT_BAD = define(
    "places.import_bad",
    status=422,
    sentence=_("{count} rows of the list are wrong; nothing was changed."),
    next_step=_("Correct the rows that the error copy names, and send the list again."),
)
