"""Our one way of drawing a form, and what our forms have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.forms.renderers import TemplatesSetting
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import Refusal


class Renderer(TemplatesSetting):
    """Summary of errors first; then for each field question, hint, error, control. Settings name it."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"


class OurForm(forms.Form):
    """A form whose complaints name what is missing, and that shows what a verb refused.

    `places_of_refusals` says at which field a refusal stands, by its code; all others stand above the form.
    """

    places_of_refusals: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField | forms.FileField)
            words = _("Choose: {label}") if chosen else _("Fill in: {label}")
            field.error_messages["required"] = format_lazy(words, label=field.label or "")

    def done(self, act: Callable[[], Any]) -> bool:
        """Say whether the form is valid and its verbs went through; a refusal becomes an error of the form.

        What the person may not know or not do at all (403, 404) is raised on and answered as such.
        """
        if not self.is_valid():
            return False
        try:
            with transaction.atomic():
                act()
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            self.add_error(self.places_of_refusals.get(refusal.code), str(refusal))
            return False
        return True


def choices(catalogue: dict[str, Any], empty: Any = None) -> list[tuple[str, Any]]:
    """Choices from a catalogue of code -> words, with words for none of them in front if wanted."""
    return ([("", empty)] if empty is not None else []) + list(catalogue.items())


class Stepper(forms.NumberInput):
    """A number with a large minus and plus beside it, for a thumb; without a script it is a number to type."""

    template_name = "web/stepper.html"
