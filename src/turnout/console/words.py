"""Words for what records hold: levels, kinds, places in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin

from turnout.places import public
from turnout.places.models import Area, Site
from turnout.places.states import SITE_KINDS

LEVELS = {
    "province": _("province or municipality"),
    "city": _("city"),
    "district": _("district or county"),
    "street": _("street or town"),
    "community": _("community or village"),
    "compound": _("compound"),
    "building": _("building"),
}
# Endings of official names, longest first: the English name leaves them out.
ENDINGS = (
    *("社区居民委员会", "村民委员会", "社区居委会", "居委会", "村委会", "地区办事处", "办事处", "街道", "社区"),
    *("自治县", "自治州", "地区", "新区", "区", "县", "市", "镇", "乡", "村", "省"),
)


def place(area: Area) -> SafeString | str:
    """The name; in English pinyin with the Chinese beside it."""
    if in_chinese():
        return area.name
    return format_html('{} <span lang="zh-CN">{}</span>', pinyin(area.name), area.name)


def level(area: Area) -> str:
    if area.kind:
        return public.KINDS[area.kind][0 if in_chinese() else 1]
    return str(LEVELS[area.level])


def site_kind(site: Site) -> str:
    return str(SITE_KINDS[site.kind])


def listed(parts: Iterable[str]) -> str:
    """Words beside each other, as the language separates them."""
    return ("、" if in_chinese() else ", ").join(parts)


def in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def short_name(name: str) -> str:
    """The name of a place without its ending, as people say it: 马连道社区居委会 is 马连道."""
    return next((name.removesuffix(end) for end in ENDINGS if name.endswith(end) and len(name) > len(end) + 1), name)


# Names that people there say differently from the characters' ordinary readings.
SAID = {"什刹海": "Shichahai", "大栅栏": "Dashilan"}


@lru_cache(maxsize=20_000)
def pinyin(name: str) -> str:
    """Pinyin of a place name without its ending, in one word: 马连道社区 is Maliandao."""
    stem = short_name(name)
    said = next((name for name in SAID if stem.startswith(name)), "")
    return SAID.get(said, "") + "".join(lazy_pinyin(stem.removeprefix(said))) if said else _joined(stem)


def _joined(stem: str) -> str:
    return "".join(lazy_pinyin(stem)).capitalize()


def ending(last4: str) -> str:
    """The last digits of a phone number; a whole number is shown for a purpose only."""
    return gettext("ending {digits}").format(digits=last4) if last4 else ""
