"""Our one way of drawing a form, and what our forms have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from turnout.core.refusals import Refusal


class Renderer(TemplatesSetting):
    """Summary of errors first; then for each field question, hint, error, control. Settings name it."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"


class OurForm(forms.Form):
    """A form whose complaints name what is missing: "Fill in: Phone" instead of "This field is required"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField | forms.FileField)
            words = _("Choose: {label}") if chosen else _("Fill in: {label}")
            field.error_messages["required"] = format_lazy(words, label=field.label or "")

    @contextmanager
    def refusals_shown(self, **fields: str) -> Iterator[None]:
        """Run a verb; a refusal becomes an error of this form, at the field that `fields` names for its code.

        Codes are written with their dots as underscores: refusals_shown(access_username_taken="username"). What the
        person may not know or not do at all is raised on and answered as such.
        """
        try:
            yield
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            self.add_error(fields.get(refusal.code.replace(".", "_")), str(refusal))
