"""The components as template tags; /styleguide/ shows each in all its states."""

from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from turnout.core import clock

register = template.Library()

BANNER_ICONS = {"crit": "crit", "short": "short", "ok": "on", "info": "info"}
STATE_ICONS = {"ok": "on", "way": "way", "wait": "wait", "no": "no", "short": "short", "crit": "crit", "unk": "unk"}
COLOURED = {"ok", "way", "short", "crit"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A shape from icons.html; decoration only, the word stands beside it."""
    return format_html('<svg aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def state(kind: str, words: str) -> SafeString:
    """The state of a person or a thing: shape, word, then colour."""
    tint = f" st--{kind}" if kind in COLOURED else ""
    return format_html('<span class="st{}">{}{}</span>', tint, icon(STATE_ICONS[kind]), words)


@register.simple_tag
def tag(words: str, solid: bool = False) -> SafeString:
    """A fact about a thing that does not change by itself."""
    return format_html('<span class="tag{}">{}</span>', " tag--solid" if solid else "", words)


@register.simple_tag
def gap(missing: int | None, total: bool = False) -> SafeString:
    """How many people a place still lacks; None where the need is not confirmed, `total` for sums."""
    if missing is None:
        return format_html('<span class="gap" data-lv="unk" title="{}">?</span>', _("need not confirmed"))
    level = (
        "sum" if total else "ok" if missing <= 0 else "crit" if missing >= settings.TURNOUT_MANY_MISSING else "short"
    )
    return format_html('<span class="gap" data-lv="{}">{}</span>', level, thousands(max(missing, 0)))


@register.inclusion_tag("web/parts/cov.html")
def cov(on_post: int, accepted: int, needed: int) -> dict[str, object]:
    """On post solid, accepted and on the way hatched, the gap open. Stands beside the numbers, never alone."""
    whole = max(needed, accepted, on_post, 1)
    return {"on": round(100 * on_post / whole, 1), "accepted": round(100 * (accepted - on_post) / whole, 1)}


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def pager(context: template.Context, page: Page) -> dict[str, object]:
    """Rows x to y of n, and the neighbours."""
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("web/parts/progress.html")
def progress(done: int, total: int | None, words: str) -> dict[str, object]:
    """Work under way: what is being done, how far it is; without a total, only that it goes on."""
    return {"done": done, "total": total, "words": words}


@register.simple_block_tag
def banner(content: str, kind: str, role: str = "status") -> SafeString:
    """One fact about this whole page."""
    return format_html(
        '<div class="banner banner--{}" role="{}">{}<span>{}</span></div>',
        kind,
        role,
        icon(BANNER_ICONS[kind]),
        content,
    )


@register.simple_block_tag
def empty(content: str, title: str, good: bool = False) -> SafeString:
    """Nothing here: nothing yet, filtered away, or good news. Say which, and offer the next act in the body."""
    mark = state("ok", "") if good else ""
    return format_html('<div class="empty">{}<b>{}</b>{}</div>', mark, title, content)


@register.filter
def count_of_errors(form: BaseForm) -> int:
    """How many sentences the summary lists."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def thousands(number: float | None) -> str:
    """2,751; nothing for nothing."""
    return f"{number:,}" if isinstance(number, int | float) else ""


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A time on 24 hours, with the day when it is not today and the year when it is not this one."""
    if moment is None:
        return ""
    local, now = timezone.localtime(moment), timezone.localtime(clock.now())
    if local.date() == now.date():
        words = f"{local:%H:%M}"
    elif local.year == now.year:
        words = f"{local:%m-%d %H:%M}"
    else:
        words = f"{local:%Y-%m-%d %H:%M}"
    return format_html('<time class="nowrap" datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.filter
def last_day(moment: datetime | None) -> SafeString | str:
    """The end of something as people say it: midnight at the start of a day means the whole day before counts."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) != (0, 0):
        return when(moment)
    day, today = (local - timedelta(minutes=1)).date(), timezone.localtime(clock.now()).date()
    words = f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    return format_html('<time class="nowrap" datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.filter
def ago(moment: datetime | None) -> str:
    """How long something is past, in the largest whole unit."""
    if moment is None:
        return ""
    minutes = max(0, int((clock.now() - moment).total_seconds() // 60))
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day ago", "%(n)d days ago", minutes // 1440) % {"n": minutes // 1440}


SYSTEMS = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS")]
SYSTEMS += [("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")]
BROWSERS = [("MicroMessenger", "微信"), ("Edg/", "Edge"), ("QQBrowser", "QQ 浏览器"), ("Firefox/", "Firefox")]
BROWSERS += [("Chrome/", "Chrome"), ("Safari/", "Safari")]


@register.filter
def device(user_agent: str) -> str:
    """The browser and the system of a session, as people call them; what we do not know stays as it was sent."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " · ".join(filter(None, (browser, system))) or user_agent[:40]


@register.filter
def hex(value: bytes | memoryview) -> str:
    """A root or hash as people compare it."""
    return bytes(value).hex()
