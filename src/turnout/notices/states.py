"""The words that rows of notices keep, and how each is shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANNELS: dict[str, Promise] = {
    "in_app": _("in the app"),
    "file": _("file (drills)"),
    "sms": _("text message"),
    "robot": _("group robot"),
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
