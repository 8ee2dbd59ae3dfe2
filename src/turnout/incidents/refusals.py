"""What incidents refuse, in words."""

from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import define

PLAYBOOK_BAD = define(
    "playbook.bad",
    status=422,
    sentence=_("This playbook cannot be used: {problem}"),
    next_step=_("Correct the file and hand it in again; nothing was changed."),
)
PLAYBOOK_VERSION_TAKEN = define(
    "playbook.version_taken",
    sentence=_("Version {version} of the playbook {name} is published already, with other content."),
    next_step=_("Give the file the next version number."),
)
PLAYBOOK_UNKNOWN = define(
    "playbook.unknown",
    status=422,
    sentence=_("There is no playbook {name}."),
    next_step=_("Choose one from the list, or publish it first."),
)
PLAYBOOK_SAME = define(
    "playbook.same",
    sentence=_("This incident runs by that version already."),
    next_step=_("Nothing needs doing."),
)
PLAYBOOK_OTHER_HAZARD = define(
    "playbook.other_hazard",
    sentence=_("This incident runs by the playbook {name}; a version of another hazard does not fit."),
    next_step=_("Open another incident for the other hazard."),
)
TITLE_MISSING = define(
    "incident.title_missing",
    status=422,
    sentence=_("The title is missing."),
    next_step=_("Say what it is and where, in a few words."),
)
INCIDENT_TWICE = define(
    "incident.twice",
    sentence=_("This hazard is being dealt with here already, in the incident {title}."),
    next_step=_("Work in that incident, or stand it down first."),
)
INCIDENT_OVER = define(
    "incident.over",
    sentence=_("This incident was stood down; nothing in it can be changed."),
    next_step=_("Open a new one if it starts again."),
)
LEVEL_UNKNOWN = define(
    "incident.level_unknown",
    status=422,
    sentence=_("The playbook knows no level {level}."),
    next_step=_("Choose one of: {known}."),
)
MARK_OUTSIDE = define(
    "incident.mark_outside",
    status=422,
    sentence=_("This area lies outside the incident."),
    next_step=_("Choose an area inside it."),
)
MARK_TWICE = define(
    "incident.mark_twice",
    sentence=_("This area has a level at that time already."),
    next_step=_("End the present one first."),
)
REASON_MISSING = define(
    "incident.reason_missing",
    status=422,
    sentence=_("The reason is missing."),
    next_step=_("Say in a few words why; it stands in the record."),
)
PURGE_RUNNING = define(
    "incident.purge_running",
    sentence=_("This incident still runs; its personal data is needed."),
    next_step=_("Stand it down first; the time after which data is deleted begins then."),
)
PURGE_EARLY = define(
    "incident.purge_early",
    sentence=_("The personal data of this incident is kept until {day}."),
    next_step=_("It is deleted by itself on that day."),
)
