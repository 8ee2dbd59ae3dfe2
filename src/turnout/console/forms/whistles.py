"""Forms of whistles: raising one on a phone, answering one at a desk."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import AreaField, MomentField, offer
from turnout.core import clock
from turnout.people.states import CATEGORIES
from turnout.staffing.models import Whistle
from turnout.staffing.states import GROUNDS, KINDS
from turnout.web.forms import OurForm, Stepper, choices

LATER = "later"


class WhistleForm(OurForm):
    """What, whom, how many, where, by when, and what happens otherwise; a community desk has its own place filled in.

    `soon` and `deadline` are the playbook's times for arriving, in minutes.
    """

    places_of_refusals = {"staffing.not_in_incident": "area"}

    ground = forms.ChoiceField(label=_("What is it about"), choices=choices(GROUNDS), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("What sort of whistle"), choices=choices(KINDS), widget=forms.RadioSelect)
    category = forms.ChoiceField(label=_("Whom do you need"), choices=choices(CATEGORIES), widget=forms.RadioSelect)
    people = forms.IntegerField(label=_("How many people"), min_value=1, max_value=2000, widget=Stepper)
    area = AreaField(label=_("Where"), levels=("community", "compound"))
    arrive = forms.ChoiceField(label=_("When must they be there"), widget=forms.RadioSelect)
    arrive_at = MomentField(label=_("The other time"), required=False)
    hours = forms.IntegerField(label=_("For how many hours"), min_value=1, max_value=24 * 45)
    task = forms.CharField(
        label=_("What is to be done"),
        max_length=200,
        help_text=_("One sentence is enough. No names or doors of residents."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    otherwise = forms.CharField(
        label=_("What happens if nobody comes"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, soon: int, deadline: int, home: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes = {"soon": soon, "deadline": deadline}
        times = [("soon", gettext("within {n} minutes").format(n=soon))]
        times.append(("deadline", gettext("within {n} hours").format(n=round(deadline / 60))))
        self.fields["arrive"].choices = [*times, (LATER, gettext("at another time"))]  # type: ignore[attr-defined]
        for name in ("kind", "category"):
            self.fields[name].widget.attrs["class"] = "choice--cols"
        if home:
            del self.fields["area"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("arrive") == LATER and not typed.get("arrive_at") and "arrive_at" not in self.errors:
            self.add_error("arrive_at", _("Fill in the other time, or choose one of the two above."))
        return typed

    def call(self) -> dict[str, Any]:
        """What the verb takes, without the place. People are needed from the moment they have to be there."""
        typed = self.cleaned_data
        arrive_by = self._arrive_by()
        same = ("ground", "kind", "category", "people", "task", "otherwise")
        times = {"starts_at": arrive_by, "ends_at": arrive_by + timedelta(hours=typed["hours"])}
        return {name: typed[name] for name in same} | times | {"arrive_by": arrive_by}

    def _arrive_by(self) -> datetime:
        typed = self.cleaned_data
        if typed["arrive"] == LATER:
            chosen: datetime = typed["arrive_at"]
            return chosen
        return clock.now() + timedelta(minutes=self.minutes[typed["arrive"]])


class ApproveForm(OurForm):
    """For how many people a whistle is approved."""

    people = forms.IntegerField(label=_("People approved"), min_value=1)
    places_of_refusals = {"whistle.bad": "people"}


class RefuseForm(OurForm):
    """Why a whistle is refused."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The community reads it."))
    places_of_refusals = {"whistle.bad": "reason"}


class SplitForm(OurForm):
    """Into which numbers a whistle is split."""

    parts = forms.CharField(label=_("Parts"), max_length=60, help_text=_("Numbers that add up, for example: 2, 1."))
    places_of_refusals = {"whistle.split_bad": "parts"}

    def numbers(self) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", self.cleaned_data["parts"])]


class _WhistleChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.people} · {obj.task}"


class MergeForm(OurForm):
    """Into which waiting whistle this one goes."""

    into = _WhistleChoice(label=_("Merge into"), queryset=Whistle.objects.none(), empty_label="—")
    places_of_refusals = {"whistle.merge_bad": "into"}

    def __init__(self, *args: Any, rows: QuerySet[Whistle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "into", rows)
