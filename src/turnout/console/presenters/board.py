"""How the board reads: figures, the map and its twin the table, the hours of the night, and what to do now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from turnout.console.presenters.curve import curve
from turnout.console.presenters.night import fix_words, sheet_title
from turnout.console.todo import Todo
from turnout.console.words import in_chinese, listed, pinyin, short_name
from turnout.core import clock
from turnout.core.actors import Actor
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places import ground as grounds
from turnout.places.models import Area
from turnout.sheets.writing import Out
from turnout.staffing import board as boards
from turnout.staffing.board import Board, Dots, Row, Street, Sum
from turnout.staffing.states import GAP_REASONS
from turnout.staffing.watch import Watch, watch

MOST_TODO = 4
MOST_REASONS = 2
WIDE = ("province", "city")
"""Levels whose board lists districts and streets, and draws communities as dots."""
MOST_FOUND = 60


def board_page(incident: Incident, area: Area, by: Actor, asked: dict[str, str]) -> dict[str, Any]:
    """Everything the board's template reads. `asked`: category, open (a group), all, gaps, q."""
    category = asked["category"]
    within = (area.area_key, area.key_end)
    seen = watch(incident, within)
    children = _labelled(area)
    ground = _ground(area, children)
    dots = _dots(ground) if area.level in WIDE or (ground and not ground.radius) else None
    found = boards.board(incident, within, by, category, ends_at=seen.arrive_by, dots=dots)
    groups = _wide_groups(found, asked) if area.level in WIDE else _groups(found, area, asked, by)
    return {
        "incident": incident,
        "area": area,
        "now": clock.now(),
        "board": found,
        "shares": _shares(found.sum),
        "places_words": _places(area, found),
        "sum_words": _short_words(found.sum),
        "groups": groups,
        "opened": next((group["code"] for group in groups if group["opened"]), ""),
        "map": _map(ground, found, area, dict(children), groups) if ground else None,
        "curve": curve(found.curve, found.sum, seen),
        "deadline": seen.arrive_by,
        "to_go": _to_go(seen),
        "todo": _todo(incident, found, seen, by, category),
        "category": category,
        "categories": _categories(found, category),
        "all_rows": bool(asked.get("all")) and not asked.get("gaps"),
        "asked": asked,
        "who_comes": area.level in ("street", "community") and by.can("person.view", area.area_key),
        "version": _version(incident, found, seen, asked),
    }


def map_of(area: Area, found: Board) -> dict[str, Any] | None:
    """Return the map of a board that is listed, not dotted; None where no community has a point."""
    children = _labelled(area)
    ground = _ground(area, children)
    return _map(ground, found, area, dict(children), []) if ground else None


def _ground(area: Area, children: list[tuple[str, str]]) -> grounds.Ground | None:
    return grounds.ground_of(area, tuple((code, _width(name)) for code, name in children))


def _version(incident: Incident, found: Board, seen: Watch, asked: dict[str, str]) -> str:
    """Changes with any figure, with what waits to be done, and with the minute, since the page says the time."""
    shown = (incident.title, incident.status, found.version, seen, sorted(asked.items()), in_chinese())
    text = f"{clock.now():%Y%m%d%H%M}|{shown}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _labelled(area: Area) -> list[tuple[str, str]]:
    """Codes and names that the map writes: districts of a city, else streets."""
    level = "district" if area.level in WIDE else "street"
    if area.level in ("street", "community"):
        return [(area.code, area.name)] if area.level == "street" else []
    low, high = area.area_key, area.key_end
    inside = Area.objects.filter(area_key__gte=low, area_key__lt=high, level=level, closed_at=None)
    return list(inside.order_by("area_key").values_list("code", "name"))


def _label(name: str) -> str:
    return short_name(name) if in_chinese() else pinyin(name)


def _width(name: str) -> float:
    words = _label(name)
    return sum(12.0 if ord(letter) > 0x2E7F else 6.8 for letter in words) + 26


def _dots(ground: grounds.Ground | None) -> Dots:
    if ground is None:
        return Dots(0, 0, 0, 0)
    sheet = ground.projection
    return Dots(sheet.left, sheet.top, sheet.across, sheet.down)


def _shares(total: Sum) -> dict[str, str]:
    whole = max(total.needed, 1)
    return {name: f"{100 * getattr(total, name) / whole:.1f}%" for name in ("planned", "accepted", "on_post")}


def _places(area: Area, found: Board) -> str:
    streets = ngettext("%(n)d street", "%(n)d streets", len(found.streets)) % {"n": len(found.streets)}
    places = found.sum.places
    communities = ngettext("%(n)s community", "%(n)s communities", places) % {"n": f"{places:,}"}
    return f"{streets} {communities}" if in_chinese() else f"{streets}, {communities}"


def _short_words(total: Sum) -> str:
    """12 of 38 communities short, 4 of them by 3 or more."""
    if not total.short:
        return (
            ngettext("%(n)s community has everybody", "all %(n)s communities have everybody", total.places)
            % {"n": f"{total.places:,}"}
            if total.needed
            else ""
        )
    words = _("{short} of {places} communities short").format(short=f"{total.short:,}", places=f"{total.places:,}")
    if total.very_short:
        many = settings.TURNOUT_MANY_MISSING
        words += _(", {n} by {many} or more").format(n=f"{total.very_short:,}", many=many)
    return words


def _wide_groups(found: Board, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Districts, the largest gap first; the opened one lists its streets."""
    by_district = sorted(found.streets, key=lambda street: street.above_code)
    districts = []
    for (code, name), grouped in groupby(by_district, key=lambda street: (street.above_code, street.above_name)):
        streets = sorted(grouped, key=lambda street: (-street.sum.gap, street.code))
        districts.append((code, name, sum((street.sum for street in streets), Sum()), streets))
    districts.sort(key=lambda district: (-district[2].gap, district[0]))
    opened = _opened(asked, [code for code, *_rest in districts])
    return [
        _group(code, name, total, code == opened, [_street_line(one) for one in streets], asked)
        for code, name, total, streets in districts
    ]


def _groups(found: Board, area: Area, asked: dict[str, str], by: Actor) -> list[dict[str, Any]]:
    """Streets, the largest gap first; the opened one lists its communities."""
    opened = _opened(asked, [street.code for street in found.streets])
    near = by.can("person.view", area.area_key)
    groups = []
    for street in found.streets:
        shown = street.code == opened or bool(asked.get("q")) or not found.dots
        lines = [_line(row, near) for row in found.rows_of(street.code)] if shown else []
        groups.append(_group(street.code, street.name, street.sum, street.code == opened, lines, asked))
    return [group for group in groups if group["lines"] or not asked.get("q") or _meets(asked, group)]


def _opened(asked: dict[str, str], codes: list[str]) -> str:
    """The group that was asked for, none for "-", else the first: the one with the largest gap."""
    wanted = asked.get("open", "")
    return wanted if wanted in codes or wanted == "-" else (codes[0] if codes else "")


def _group(
    code: str, name: str, total: Sum, opened: bool, lines: list[dict[str, Any]], asked: dict[str, str]
) -> dict[str, Any]:
    if asked.get("q"):
        lines = [line for line in lines if _meets(asked, line)][:MOST_FOUND]
        opened = bool(lines)
    with_gap = [line for line in lines if line["gap"]]
    all_rows = bool(asked.get("q")) or (bool(asked.get("all")) and not asked.get("gaps"))
    return {
        "code": code,
        "name": _named(name),
        "plain": name,
        "sum": total,
        "words": _short_words(total),
        "opened": opened,
        "lines": (lines if all_rows else with_gap) if opened else [],
        "rest": len(lines) - len(with_gap) if opened and not all_rows else 0,
        "tint": _tint(total),
    }


def _meets(asked: dict[str, str], line: dict[str, Any]) -> bool:
    text = asked["q"].strip().casefold()
    return text in line["plain"].casefold() or line["code"].startswith(text) or text in pinyin(line["plain"]).casefold()


def _street_line(street: Street) -> dict[str, Any]:
    total = street.sum
    return {
        "code": street.code, "name": _named(street.name), "plain": street.name, "needed": total.needed,
        "planned": total.planned, "accepted": total.accepted, "on_post": total.on_post, "gap": total.gap,
        "total": True, "url": f"?area={street.code}", "why": _short_words(total), "fix": "",
        "silent": not total.needed,
    }  # fmt: skip


def _line(row: Row, near: bool) -> dict[str, Any]:
    return {
        "code": row.code, "name": _named(row.name), "plain": row.name, "needed": row.needed, "planned": row.planned,
        "accepted": row.accepted, "on_post": row.on_post, "gap": row.gap, "total": False,
        "desk": near, "why": why_words(row), "fix": _fix(row), "silent": not row.needed,
    }  # fmt: skip


def _named(name: str) -> dict[str, str]:
    return {"pinyin": "" if in_chinese() else pinyin(name), "chinese": short_name(name) if in_chinese() else name}


def why_words(row: Row) -> str:
    """Who is missing and why, the largest two; where people are planned, what is missing is their answer."""
    if not row.gap:
        return ""
    empty = max(0, row.gap - max(0, row.planned - row.accepted))
    parts = []
    for category, missing, reason, _fix_code in row.reasons[:MOST_REASONS]:
        words = f"{CATEGORIES[category]} {missing}"
        parts.append(f"{words} {GAP_REASONS.get(reason, '')}" if in_chinese() else f"{words}: {GAP_REASONS[reason]}")
    if row.gap > empty:
        parts.append(_("{n} not answered yet").format(n=row.gap - empty))
    elif not parts:
        parts.append(_("{n} cannot come, nobody else named yet").format(n=row.gap))
    return ("，" if in_chinese() else ", ").join(parts)


def _fix(row: Row) -> str:
    return fix_words(row.reasons[0][3]) if row.gap and row.reasons else ""


def _tint(total: Sum) -> int:
    """0 to 3: which share of the places has nobody, by the thresholds of the settings."""
    if not total.gap:
        return 0
    share = 100 * total.gap / max(total.needed, 1)
    return max(1, sum(share >= limit for limit in settings.TURNOUT_TINTS))


def _map(
    ground: grounds.Ground, found: Board, area: Area, names: dict[str, str], groups: list[dict[str, Any]]
) -> dict[str, Any]:
    sums = {street.code: street.sum for street in found.streets}
    labels = {group["code"]: group["sum"] for group in groups} if area.level in WIDE else sums
    shapes = ground.edges if area.level in WIDE else ground.streets
    names = names or {street.code: street.name for street in found.streets}
    return {
        "width": grounds.WIDTH,
        "height": ground.height,
        "streets": [(one.code, one.path, _tint(sums.get(one.code, Sum()))) for one in ground.streets],
        "edges": [one.path for one in ground.edges],
        "labels": [
            (one.label, _map_label(names[one.code], labels.get(one.code))) for one in shapes if one.code in names
        ],
        "marks": [_mark(row, ground) for row in found.rows if row.code in ground.at],
        "dots": [(kind, found.dots[kind]) for kind in ("unk", "ok", "way", "short", "crit") if kind in found.dots],
        "says": _says(found.sum),
        "tints": _tints(),
        "many": settings.TURNOUT_MANY_MISSING,
    }  # fmt: skip


def _map_label(name: str, total: Sum | None) -> str:
    return f"{_label(name)} −{total.gap:,}" if total and total.gap else _label(name)


def _mark(row: Row, ground: grounds.Ground) -> dict[str, Any]:
    x, y = ground.at[row.code]
    return {
        "code": row.code, "street": row.street_code, "x": x, "y": y, "kind": row.mark, "gap": row.gap,
        "r": ground.radius, "left": round(x - ground.radius * 0.95, 1),
        "top": round(y - ground.radius * 0.95, 1), "side": round(ground.radius * 1.9, 1),
        "base": round(y + ground.radius * 0.52, 1), "small": round(ground.radius * 0.47, 1),
        "dot": round(ground.radius * 0.35, 1), "title": _named(row.name)["pinyin"] or row.name,
    }  # fmt: skip


def _tints() -> str:
    """What the shades of a street mean, in percent of its places."""
    _first, middle, high = (f"{limit:g}" for limit in settings.TURNOUT_TINTS)
    return _("share of a street's places missing: 0 / < {b} / < {c} / {c} % or more").format(b=middle, c=high)


def _says(total: Sum) -> str:
    words = _("Map of gaps: {gap} people are missing in {short} communities; the table beside it says where.")
    return words.format(gap=f"{total.gap:,}", short=f"{total.short:,}")


def _to_go(seen: Watch) -> str:
    """How long until people have to be on post, or since when they should be."""
    if seen.arrive_by is None:
        return _("no call-out yet")
    minutes = int((seen.arrive_by - clock.now()).total_seconds() // 60)
    length = duration(abs(minutes))
    return _("{length} to go until").format(length=length) if minutes >= 0 else _("{length} past").format(length=length)


def duration(minutes: int) -> str:
    """1 h 12 min."""
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return _("{n} days").format(n=hours // 24)
    return _("{h} h {m} min").format(h=hours, m=rest) if hours else _("{m} min").format(m=rest)


def _categories(found: Board, chosen: str) -> list[dict[str, Any]]:
    """The filter: all categories, and each that the incident has posts for, with its gap."""
    total = sum(found.categories.values())
    entries: list[dict[str, Any]] = [{"code": "", "label": _("All categories"), "here": not chosen, "gap": total}]
    return entries + [
        {"code": code, "label": label, "here": code == chosen, "gap": found.categories[code]}
        for code, label in CATEGORIES.items()
        if code in found.categories
    ]


def _todo(incident: Incident, found: Board, seen: Watch, by: Actor, category: str) -> list[Todo]:
    """At most four things that wait for a decision, the most pressing first."""
    things = [
        *whistles_todo(incident, seen),
        *_gap_todo(incident, found, seen, by),
        *_late_todo(seen),
        *_undelivered_todo(incident, seen, by),
        *draft_todo(seen, by, incident),
        *_silent_todo(incident, found),
    ]
    order = ("crit", "short", "wait", "unk")
    return sorted(things, key=lambda thing: order.index(thing.kind))[:MOST_TODO]


def whistles_todo(incident: Incident, seen: Watch) -> Iterable[Todo]:
    """Whistles that wait for an answer, and for how long still."""
    if not seen.waiting or seen.answer_by is None:
        return
    what = ngettext("%(n)d whistle waits for an answer", "%(n)d whistles wait for an answer", seen.waiting) % {
        "n": seen.waiting
    }
    minutes = int((seen.answer_by - clock.now()).total_seconds() // 60)
    if minutes < 0:
        why = _("The oldest is {length} overdue.").format(length=duration(-minutes))
    else:
        why = _("{length} left; then it goes up by itself.").format(length=duration(minutes))
    url = (
        reverse("whistle", args=[seen.first_whistle])
        if seen.waiting == 1
        else reverse("whistles-of", args=[incident.pk])
    )
    yield Todo("crit" if seen.overdue else "short", what, why, url, _("Answer"))


def _gap_todo(incident: Incident, found: Board, seen: Watch, by: Actor) -> Iterable[Todo]:
    row = next((row for row in found.rows if row.gap >= settings.TURNOUT_MANY_MISSING), None)
    if row is None:
        return
    what = _("{place} lacks {n}: {why}").format(place=_label(row.name), n=row.gap, why=why_words(row))
    fix = _fix(row)
    may_plan = seen.published_id and by.can("plan.make", incident.area_key)
    url = reverse("plan", args=[seen.published_id]) if may_plan else reverse("area", args=[row.code])
    yield Todo("crit", what, _("Nearest fix: {fix}").format(fix=fix) if fix else "", url, _("See"))


def _late_todo(seen: Watch) -> Iterable[Todo]:
    if not seen.late or seen.late_since is None:
        return
    minutes = int((clock.now() - seen.late_since).total_seconds() // 60)
    what = ngettext("%(n)s person accepted and is not there", "%(n)s people accepted and are not there", seen.late)
    why = _("They should have been on post {length} ago.").format(length=duration(minutes))
    yield Todo("short", what % {"n": f"{seen.late:,}"}, why, "#gaps-title", _("See where"))


def _undelivered_todo(incident: Incident, seen: Watch, by: Actor) -> Iterable[Todo]:
    if not seen.undelivered or not by.can("plan.make", incident.area_key):
        return
    what = ngettext("%(n)s message may not have arrived", "%(n)s messages may not have arrived", seen.undelivered)
    yield Todo(
        "short", what % {"n": f"{seen.undelivered:,}"}, _("Call these people, or use another channel."),
        reverse("incident", args=[incident.pk]), _("Follow up"),
    )  # fmt: skip


def draft_todo(seen: Watch, by: Actor, incident: Incident) -> Iterable[Todo]:
    """A version of the plan that waits for whoever may publish it."""
    if seen.draft_id is None or not by.can("plan.make", incident.area_key):
        return
    what = _("Version {n} of the plan waits to be published").format(n=seen.draft_number)
    why = _("{placed} of {needed} places are filled.").format(
        placed=f"{seen.draft_placed:,}", needed=f"{seen.draft_needed:,}"
    )
    yield Todo("wait", what, why, reverse("plan", args=[seen.draft_id]), _("Review"))


def _silent_todo(incident: Incident, found: Board) -> Iterable[Todo]:
    count = found.sum.silent
    if not count or not found.sum.needed or count == found.sum.places:
        return
    what = ngettext("%(n)s community has named no need", "%(n)s communities have named no need", count)
    first = listed(_label(row.name) for row in [row for row in found.rows if not row.needed][:2])
    yield Todo("unk", what % {"n": f"{count:,}"}, first, "?all=1", _("See which"))


def sheet(incident: Incident, found: Board) -> list[Out]:
    """The table as a sheet, one row a community."""
    names = {street.code: street for street in found.streets}
    headings = [_("District"), _("Street"), _("Community"), _("Code"), _("Needed"), _("Planned"), _("Accepted")]
    headings += [_("On post"), _("Gap"), _("Reason"), _("Nearest fix")]
    rows = [
        [
            names[row.street_code].above_name, names[row.street_code].name, row.name, row.code, row.needed,
            row.planned, row.accepted, row.on_post, row.gap, why_words(row), _fix(row),
        ]
        for row in found.rows
    ]  # fmt: skip
    return [Out(sheet_title(incident, _("Board")), [str(heading) for heading in headings], rows)]
