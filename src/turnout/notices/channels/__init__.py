"""Ways to reach somebody, behind one interface.

A channel says whether sending the same message twice reaches the person twice (`idempotent`), how many it takes a
minute, and sends one. It raises `TryAgain` for what may pass (a 500, nobody there), `Unclear` where the message may
have arrived (a time-out after it left), and `WillNot` for what will not.
"""

from turnout.notices.channels.base import Channel, Letter, Pace, TryAgain, Unclear, WillNot
from turnout.notices.channels.known import channel_named

__all__ = ["Channel", "Letter", "Pace", "TryAgain", "Unclear", "WillNot", "channel_named"]
