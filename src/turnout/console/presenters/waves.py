"""How a call-out reads while it runs: answers against the clock, by tier and unit, who is next, whom to call up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console.presenters.board import duration
from turnout.console.presenters.curve import answers_curve
from turnout.console.words import in_chinese
from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.area_keys import EVERYTHING
from turnout.incidents.states import ACTIVE
from turnout.notices.states import CHANNELS, MESSAGE
from turnout.people.states import CATEGORIES
from turnout.staffing import progress as reads
from turnout.staffing.domain import waves, widening
from turnout.staffing.domain.widening import Preview
from turnout.staffing.models import Wave
from turnout.staffing.states import WAVE
from turnout.staffing.undelivered import Retried, retried, undelivered

MOST_UNITS, MOST_PEOPLE = 40, 30


def wave_page(wave: Wave, by: Actor) -> dict[str, Any]:
    """Everything the page of a wave shows; names only of those whom somebody has to call."""
    found = reads.progress(wave)
    titles = {tier.code: tier.title["zh" if in_chinese() else "en"] for tier in wave.incident.playbook.playbook.tiers}
    preview = widening.preview(wave, by) if wave.state == "open" else None
    return {
        "wave": wave,
        "incident": wave.incident,
        "state": str(WAVE[wave.state]),
        "channel": str(CHANNELS.get(wave.channel, "")),
        "tier": titles.get(wave.tier, ""),
        "found": found,
        "tiers": [(titles.get(tier, _("named by hand")), counts) for tier, counts in found.tiers],
        "units": found.units[:MOST_UNITS],
        "more_units": max(0, len(found.units) - MOST_UNITS),
        "share": f"{100 * found.total.answered / max(found.total.called, 1):.0f}%",
        "curve": answers_curve(found.curve, found.total.called, found.total.answered, found.total.yes),
        "to_lock": _to_lock(wave),
        "now": clock.now(),
        "preview": preview,
        "next": _next(preview, titles) if preview else None,
        "unreached": [
            (one, str(CHANNELS.get(one.channel, one.channel)), str(MESSAGE.get(one.state, one.state)))
            for one in undelivered(wave.incident, EVERYTHING, wave=wave.pk, most=MOST_PEOPLE)
        ],
        "unanswered": reads.unanswered(wave, MOST_PEOPLE),
        "trouble": trouble(retried(wave.incident)) if wave.state == "open" else [],
        "waited_for": reads.waited_for(wave) if wave.state == "open" else None,
        "may_answer": wave.state == "open" and wave.lock_at > clock.now(),
        "may_open_again": waves.may_open_again(wave) and wave.incident.status == ACTIVE,
    }


def trouble(found: Iterable[Retried]) -> list[str]:
    """Channels that are in trouble, each as a sentence."""
    return [
        ngettext(
            "%(channel)s does not work: %(n)d message, written since %(since)s, is tried again by itself.",
            "%(channel)s does not work: %(n)d messages, written since %(since)s, are tried again by themselves.",
            one.messages,
        )
        % {"channel": CHANNELS[one.channel], "n": one.messages, "since": f"{localtime(one.since):%m-%d %H:%M}"}
        for one in found
    ]


def _to_lock(wave: Wave) -> str:
    minutes = int((wave.lock_at - clock.now()).total_seconds() // 60)
    if wave.state != "open":
        return str(WAVE[wave.state])
    return (
        _("{length} until answers lock").format(length=duration(minutes)) if minutes >= 0 else _("answers are locked")
    )


def _next(preview: Preview, titles: dict[str, str]) -> dict[str, Any]:
    empty = [f"{CATEGORIES[category]} {places:,}" for category, places in preview.empty.items()]
    return {
        "tier": titles.get(preview.tier, preview.tier),
        "empty": ("、" if in_chinese() else ", ").join(empty),
        "due": _due(preview),
        "units": preview.units[:8],
        "more": max(0, len(preview.units) - 8),
    }


def _due(preview: Preview) -> str:
    if preview.due_at is None:
        return _("not by itself")
    minutes = int((preview.due_at - clock.now()).total_seconds() // 60)
    return _("in {length}").format(length=duration(minutes)) if minutes > 0 else _("now")
