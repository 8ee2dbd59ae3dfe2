"""The words that rows of notices keep, and how each is shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANNELS: dict[str, Promise] = {
    "in_app": _("in the app"),
    "file": _("file (drills)"),
    "sms": _("text message"),
    "robot": _("group robot"),
    "email": _("e-mail"),
}
FOR_DRILLS = ("in_app", "file")
"""The only channels a drill may use; the database refuses the others."""

MESSAGE: dict[str, Promise] = {
    "queued": _("waiting to be sent"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "failed": _("not sent"),
    "unknown": _("not known whether it arrived"),
    "cancelled": _("cancelled"),
}
"""`unknown`: the process died between the call and the answer, on a channel that would send twice. A person decides."""
NOT_ARRIVED = ("unknown", "failed")
"""States in which a person has to see to the message, unless somebody did."""

SETTLEMENTS: dict[str, Promise] = {
    "other_channel": _("sent on another channel"),
    "phoned": _("told on the phone"),
    "not_needed": _("not needed any more"),
}
"""How a message that did not arrive was seen to."""

ADDRESSES: dict[str, Promise] = {"email": _("e-mail address")}
"""Kinds of address that are kept beside a person's phone."""
