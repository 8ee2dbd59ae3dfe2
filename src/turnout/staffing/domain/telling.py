"""What people are told in messages, in their own language; drafts only, the outbox sends them.

Whoever was asked before hears it on the channel of their wave, and whoever has an account in the app as well. A
message that still waits to go out is taken back instead: nobody is called off who was never called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM, Actor
from turnout.notices.domain import messages
from turnout.notices.domain.messages import Draft
from turnout.staffing.models import CallOut

ABOUT = "staffing.callout"

ASKED = _("The district asks you to help in a community. Open this page to see where and when, and answer: {address}")
CALLED_OFF = _("You are not needed for this post any more. Please stay where you are; thank you for being ready.")
FILLED = _("The post you were asked for is filled. You need not answer any more; thank you for being ready.")
STANDS_IN = _("You stand in for somebody of your unit. Open this page to see where and when: {address}")
THANKS = _("You are released from your post. Thank you for what you did; please rest before you go back to your unit.")


def drafts(
    rows: Iterable[tuple[UUID, UUID, int, str | None, bool]],
    words: Promise,
    *,
    channel: str,
    drill: bool,
    links: Mapping[UUID, str] | None = None,
) -> list[Draft]:
    """Return messages about call-outs, given as (call-out, person, area key, language or None, has an account)."""
    spoken: dict[str, str] = {}
    made = []
    for callout, person, area, language, app in rows:
        language = language or settings.LANGUAGE_CODE
        if language not in spoken:
            with translation.override(language):
                spoken[language] = str(words)
        text = spoken[language].format(address=links[callout]) if links else spoken[language]
        ways = [channel, "in_app"] if app and channel != "in_app" else [channel]
        made += [
            Draft(person, way, text, area, ABOUT, callout, urgent=True, drill=drill, language=language) for way in ways
        ]
    return made


def tell(
    callout_ids: Sequence[Any],
    words: Promise,
    *,
    by: Actor,
    links: Mapping[UUID, str] | None = None,
    unsent_too: bool = False,
) -> int:
    """Tell everybody of these call-outs who has been asked before. Returns how many messages were written.

    What still waits to be sent about them is taken back; `unsent_too` tells them all the same.
    """
    if not callout_ids:
        return 0
    with acting_as(SYSTEM):
        taken_back = set(messages.cancel(about_ids=callout_ids, by=by))
        asked = CallOut.objects.filter(pk__in=list(callout_ids), asked_at__isnull=False).exclude(wave__channel="")
        by_wave: dict[tuple[str, bool], list[Any]] = {}
        for row in asked.values_list(
            "wave__channel",
            "incident__drill",
            "pk",
            "person_id",
            "area_key",
            "person__user__language",
            "person__user_id",
        ):
            if unsent_too or row[2] not in taken_back:
                by_wave.setdefault(row[:2], []).append((*row[2:6], row[6] is not None))
        written = 0
        for (channel, drill), rows in by_wave.items():
            written += len(messages.write(drafts(rows, words, channel=channel, drill=drill, links=links), by=by))
    return written
