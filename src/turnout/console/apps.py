from __future__ import annotations

from collections.abc import Callable

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "turnout.console"
    label = "console"

    def ready(self) -> None:
        from turnout.web.navigation import Entry, register

        register(
            Entry("", _("To do"), "home", 0, _signed_in),
            Entry("board", _("Board"), "boards", 5, _holding("area.view")),
            Entry("whistles", _("Whistles"), "whistles", 6, _holding("area.view")),
            Entry("desk", _("Community desk"), "desks", 7, _holding("arrival.mark")),
            Entry("incidents", _("Command post"), "incidents", 8, _holding("plan.make")),
            Entry("lists", _("Unit lists"), "unit-lists", 9, _holding("callout.answer")),
            Entry("areas", _("Areas"), "areas", 10, _holding("area.view")),
            Entry("units", _("Units"), "units", 20, _holding("unit.view")),
            Entry("persons", _("People"), "persons", 30, _holding("person.view")),
            Entry("imports", _("Lists"), "imports", 40, _holding("person.import")),
            Entry("duplicates", _("Duplicates"), "duplicates", 45, _holding("person.merge")),
            Entry("grants", _("Roles"), "grants", 60, _holding("grant.give")),
            Entry("audit", _("Log"), "audit", 70, _holding("audit.read")),
        )


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def _holding(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: getattr(request, "actor", None) is not None and request.actor.can_anywhere(permission)  # type: ignore[attr-defined]
