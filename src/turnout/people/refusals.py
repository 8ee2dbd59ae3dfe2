"""What people refuses, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

UNIT_CODE_TAKEN = define(
    "people.unit_code_taken",
    sentence=_("The unit code {code} is taken."),
    next_step=_("Choose another code, or change the unit that has it."),
)
UNIT_CODE_BAD = define(
    "people.unit_code_bad",
    status=422,
    sentence=_("A unit code has 1 to 40 characters and no spaces."),
    next_step=_("For example the number the office uses in its own lists."),
)
UNIT_CLOSED = define(
    "people.unit_closed",
    sentence=_("This unit is closed."),
    next_step=_("Choose another unit."),
)
UNIT_HAS_PEOPLE = define(
    "people.unit_has_people",
    sentence=_("{count} people still belong to this unit."),
    next_step=_("Move them to another unit or mark them as left first."),
)
AREA_BAD = define(
    "people.area_bad",
    status=422,
    sentence=_("This is not an area."),
    next_step=_("Choose the area from the list."),
)
HOME_BAD = define(
    "people.home_bad",
    status=422,
    sentence=_("A home community is a community or a village."),
    next_step=_("Choose the community, not the street or district."),
)
PAIR_SELF = define(
    "people.pair_self",
    status=422,
    sentence=_("A unit cannot be paired with itself."),
    next_step=_("Choose a street other than the unit's own."),
)
PAIR_NOT_STREET = define(
    "people.pair_not_street",
    status=422,
    sentence=_("Units are paired with streets or towns."),
    next_step=_("Choose a street or town."),
)
PAIR_TWICE = define(
    "people.pair_twice",
    status=422,
    sentence=_("The same street is listed twice."),
    next_step=_("Keep it once; the first in the list is served first."),
)
PAIR_TOO_MANY = define(
    "people.pair_too_many",
    status=422,
    sentence=_("A unit is paired with at most {most} streets."),
    next_step=_("Keep the streets it really serves."),
)
QUOTA_BAD = define(
    "people.quota_bad",
    status=422,
    sentence=_("A quota is a whole number from 0 up."),
    next_step=_("Leave it empty when nobody has set one."),
)
NAME_BAD = define(
    "people.name_bad",
    status=422,
    sentence=_("A name has 1 to {most} characters."),
    next_step=_("Write the name as on the work card."),
)
NUMBER_BAD = define(
    "people.number_bad",
    status=422,
    sentence=_("An employee number has at most 40 characters and no spaces."),
    next_step=_("Leave it empty when there is none."),
)
NUMBER_TAKEN = define(
    "people.number_taken",
    sentence=_("Somebody in this unit has the employee number {number} already."),
    next_step=_("Check the number, or change the record that has it."),
)
PHONE_BAD = define(
    "people.phone_bad",
    status=422,
    sentence=_("This is not a phone number."),
    next_step=_("Write all digits, for example 11 digits of a mobile phone; other countries begin with +."),
)
PHONE_KNOWN_HERE = define(
    "people.phone_known_here",
    sentence=_("Somebody you can see is registered with this phone number already."),
    next_step=_("Search for the number and change that record."),
)
PHONE_KNOWN_ELSEWHERE = define(
    "people.phone_known_elsewhere",
    sentence=_("This person is already registered elsewhere."),
    next_step=_("The district decides which unit they belong to; you can ask it here."),
)
PHONE_MISSING = define(
    "people.phone_missing",
    status=404,
    sentence=_("No phone number is known for this person."),
    next_step=_("Ask the unit for it."),
)
PURPOSE_UNKNOWN = define(
    "people.purpose_unknown",
    status=422,
    sentence=_("Say why you need the whole number."),
    next_step=_("Choose a purpose from the list; it is kept in the log."),
)
CATEGORY_UNKNOWN = define(
    "people.category_unknown",
    status=422,
    sentence=_("There is no staff category {category}."),
    next_step=_("Choose from the list; at least one."),
)
LIMIT_UNKNOWN = define(
    "people.limit_unknown",
    status=422,
    sentence=_("There is no work limit {limit}."),
    next_step=_("Choose from the list; a reason is never asked for."),
)
TIER_UNKNOWN = define(
    "people.tier_unknown",
    status=422,
    sentence=_("There is no reserve tier {tier}."),
    next_step=_("Choose on duty, standby or off."),
)
SKILL_BAD = define(
    "people.skill_bad",
    status=422,
    sentence=_("A skill has a name of 1 to 40 characters and is listed once."),
    next_step=_("Keep one row for each skill, the one with the later date."),
)
PERIOD_BACKWARDS = define(
    "people.period_backwards",
    status=422,
    sentence=_("A period ends after it starts."),
    next_step=_("Check the two times."),
)
PERIODS_OVERLAP = define(
    "people.periods_overlap",
    status=422,
    sentence=_("Two of these periods overlap."),
    next_step=_("Join them into one."),
)
PERSON_LEFT = define(
    "people.person_left",
    sentence=_("This person has left."),
    next_step=_("Mark them as returned first."),
)
PERSON_MERGED = define(
    "people.person_merged",
    sentence=_("This record was merged into another one."),
    next_step=_("Change the record that was kept, or undo the merge."),
)
PERSON_BOOKED = define(
    "people.person_booked",
    sentence=_("This person is booked until {until}."),
    next_step=_("Release them first."),
)
ACCOUNT_TAKEN = define(
    "people.account_taken",
    sentence=_("This account belongs to somebody else already."),
    next_step=_("Separate it from that person first."),
)
BOOKED_ALREADY = define(
    "people.booked_already",
    sentence=_("This person is booked already in this time."),
    next_step=_("Choose another time, or release the other booking first."),
)
SHIFT_OUTSIDE = define(
    "people.shift_outside",
    sentence=_("This shift lies outside every posting of the person."),
    next_step=_("Choose a time within a posting, or say why it lies outside."),
)
SHIFTS_LEFT = define(
    "people.shifts_left",
    sentence=_("{count} shifts lie within this posting."),
    next_step=_("Cancel them first."),
)
BOOKING_OVER = define(
    "people.booking_over",
    sentence=_("This booking was cancelled."),
    next_step=_("Make a new one."),
)
OUTSIDE_UNKNOWN = define(
    "people.outside_unknown",
    status=422,
    sentence=_("There is no such reason for a shift outside a posting."),
    next_step=_("Choose from the list."),
)
MERGE_SAME = define(
    "people.merge_same",
    status=422,
    sentence=_("A record cannot be merged with itself."),
    next_step=_("Choose two records."),
)
MERGE_BOOKED = define(
    "people.merge_booked",
    sentence=_("Both records are booked at the same time."),
    next_step=_("Release one of the two bookings first."),
)
MERGE_CHANGED = define(
    "people.merge_changed",
    sentence=_("What this merge brought together has changed since then."),
    next_step=_("Enter the second person anew, or take back the later changes first."),
)
MERGE_OVER = define(
    "people.merge_over",
    sentence=_("This has been decided already."),
    next_step=_("Nothing needs doing."),
)
