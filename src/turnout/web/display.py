"""How a page is shown to somebody: language, theme, size of type.

Signed-in people keep it in their account, so that it follows them to the next computer; visitors keep it in cookies.
All three are set on <html> by the server: nothing flashes, and no script is needed. What the browser asks for does
not count: offices share their browsers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from turnout.access.models import User

COOKIES = {"language": "language", "theme": "theme", "type_size": "type_size"}
CHOICES = {
    "language": frozenset({"zh-hans", "en"}),
    "theme": frozenset({"", "light", "dark"}),
    "type_size": frozenset({"", "large"}),
}


@dataclass(frozen=True, slots=True)
class Display:
    """The three switches; an empty theme follows the system, an empty type size is the normal one."""

    language: str = "zh-hans"
    theme: str = ""
    type_size: str = ""

    @property
    def html_lang(self) -> str:
        return "zh-CN" if self.language == "zh-hans" else "en"

    @property
    def other_language(self) -> str:
        return "en" if self.language == "zh-hans" else "zh-hans"

    @property
    def is_large(self) -> bool:
        return self.type_size == "large"

    @property
    def is_dark(self) -> bool:
        return self.theme == "dark"


def of_cookies(request: HttpRequest) -> Display:
    """The switches a visitor pressed on this computer."""
    return Display(**wanted({name: request.COOKIES.get(cookie, "") for name, cookie in COOKIES.items()}))


def of_account(user: User) -> Display:
    return Display(language=user.language, theme=user.theme, type_size=user.type_size)


def wanted(data: Mapping[str, str]) -> dict[str, str]:
    """The switches among what was sent; anything unknown is left out."""
    return {name: data[name] for name, allowed in CHOICES.items() if name in data and data[name] in allowed}
