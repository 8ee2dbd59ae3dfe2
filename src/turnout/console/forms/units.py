"""Forms of units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from turnout.console.fields import AccountField, AreaField, DayField, offer
from turnout.places import queries
from turnout.web.forms import OurForm

SEVERAL = _("Several streets are called {text}. Write the code.")
NONE = _("No street is called {text}.")


class StreetsField(forms.CharField):
    """Streets, one a line, by name or code; the order is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, **kwargs)

    def clean(self, value: Any) -> list[int]:
        return [self._street(line.strip()) for line in str(value or "").splitlines() if line.strip()]

    def _street(self, text: str) -> int:
        code = text.rsplit(" ", 1)[-1]
        found = [area for area in queries.find_anywhere(code, levels=["street"])[:20] if code in (area.code, area.name)]
        if len(found) != 1:
            words = (
                _("Several streets are called {text}. Write the code.") if found else _("No street is called {text}.")
            )
            raise ValidationError(str(words).format(text=text))
        return found[0].area_key


class UnitForm(OurForm):
    """A sending unit."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=100)
    code = forms.CharField(
        label=_("Unit code"), max_length=40, help_text=_("The code or short name that lists use for it; no spaces.")
    )
    area = AreaField(label=_("Area"), help_text=_("Where the unit belongs: its district or street."))
    streets = StreetsField(
        label=_("Paired streets"), help_text=_("One a line, by name or code; the first comes first.")
    )
    quota = forms.IntegerField(
        label=_("Quota"), required=False, min_value=0, help_text=_("The most people it releases at once.")
    )
    places_of_refusals = {
        "people.unit_code_taken": "code",
        "people.unit_code_bad": "code",
        "people.area_bad": "area",
        "people.name_bad": "name",
        "people.pair_self": "streets",
        "people.pair_not_street": "streets",
        "people.pair_twice": "streets",
        "people.pair_too_many": "streets",
        "people.quota_bad": "quota",
    }


class LiaisonForm(OurForm):
    """Who speaks for a unit."""

    user = AccountField(label=_("Account"), required=False, empty_label=_("nobody"))
    ends_at = DayField(label=_("Until"), required=False, help_text=_("The last day; empty for the longest possible."))

    def __init__(self, *args: Any, users: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "user", users)
