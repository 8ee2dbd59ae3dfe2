"""Fields that several forms share: choosing an area by typing, points, dates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from turnout.access.models import User
from turnout.people.models import Unit
from turnout.places import codes, queries
from turnout.places.models import Area


class AreaPick(forms.Widget):
    """A text box that finds areas while somebody types; the code travels in a hidden box beside it.

    Without a script the text alone is sent: a code, or a name that only one area has.
    """

    template_name = "web/pick.html"

    def __init__(self, levels: Iterable[str], address: str) -> None:
        super().__init__()
        self.levels, self.address = list(levels), address

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        code, text = value if isinstance(value, tuple) else (value or "", "")
        if code and not text:
            text = Area.objects.filter(code=code).values_list("name", flat=True).first() or code
        context["widget"] |= {
            "code": code,
            "text": text,
            "url": f"{reverse(self.address)}?levels={','.join(self.levels)}",
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(name, ""), data.get(f"{name}-text", "").strip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-text" not in data


class AreaField(forms.Field):
    """An open area of some levels; official ones wherever they are, since homes and streets lie anywhere."""

    default_error_messages = {
        "unknown": _("No area is called that. Type part of its name or its code, then choose from the list."),
        "several": _("Several areas are called that. Choose one from the list."),
    }

    def __init__(self, *, levels: Iterable[str] = codes.OFFICIAL, address: str = "area-pick", **kwargs: Any) -> None:
        self.levels = list(levels)
        super().__init__(widget=AreaPick(self.levels, address), **kwargs)

    def clean(self, value: Any) -> Area | None:
        code, text = value if isinstance(value, tuple) else (value or "", "")
        if not code and not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = list(queries.find_anywhere(code or text, levels=self.levels)[:50])
        exact = [area for area in found if (area.code == code if code else text in (area.code, area.name))]
        if len(exact) > 1:
            raise ValidationError(self.error_messages["several"], code="several")
        if not exact:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return exact[0]


class AccountField(forms.ModelChoiceField):
    """An account, by name and sign-in name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **({"empty_label": "—"} | kwargs))

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.username})"


class UnitField(forms.ModelChoiceField):
    """A unit, by name and code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), **({"empty_label": "—"} | kwargs))

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.code})"


def offer(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Say what a field of a form may choose from."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def offer_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """The same for a field whose choices are no rows: (value, words) each."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class DayField(forms.DateField):
    """A day, typed or picked in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class MomentField(forms.DateTimeField):
    """A day and a time in the city's zone, typed or picked in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)


KNOWN = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or nobody has said."""

    def __init__(self, **kwargs: Any) -> None:
        meaning = {"yes": True, "no": False}
        super().__init__(choices=KNOWN, coerce=meaning.get, empty_value=None, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


SYSTEMS = [
    ("wgs84", _("WGS-84 (GPS)")),
    ("gcj02", _("GCJ-02 (Amap, Tencent)")),
    ("bd09", _("BD-09 (Baidu)")),
]
