"""Forms of the command post: incidents, levels, posts, waves, publishing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import AreaField, MomentField, offer, offer_choices
from turnout.console.words import in_chinese, place
from turnout.incidents.models import Incident, PlaybookVersion
from turnout.places.models import Area
from turnout.staffing.models import Wave
from turnout.web.forms import OurForm


class _PlaybookField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.playbook.title['zh' if in_chinese() else 'en']} {obj.version}"


class _WaveField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(_("Wave {n}")).format(n=obj.number)


class OpenForm(OurForm):
    """What happened, where, and by which rules it is worked on."""

    title = forms.CharField(label=_("Title"), max_length=80)
    area = AreaField(label=_("Area"))
    playbook = _PlaybookField(label=_("Playbook"), queryset=PlaybookVersion.objects.none(), empty_label="—")
    drill = forms.BooleanField(label=_("This is a drill"), required=False, help_text=_("Nothing is sent outside."))
    places_of_refusals = {"incident.title_missing": "title", "incident.twice": "area"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "playbook", PlaybookVersion.objects.order_by("name", "-version"))


class SwitchForm(OurForm):
    """By which version of its playbook an incident runs from now on, and why."""

    playbook = _PlaybookField(label=_("Playbook"), queryset=PlaybookVersion.objects.none(), empty_label="—")
    reason = forms.CharField(label=_("Reason"), max_length=200)
    places_of_refusals = {"playbook.same": "playbook", "incident.reason_missing": "reason"}

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "playbook", PlaybookVersion.objects.filter(name=incident.hazard).exclude(pk=incident.playbook_id))


class MarkForm(OurForm):
    """Which area is at which level, until when."""

    area = AreaField(label=_("Area"), levels=("district", "street", "community", "compound"))
    level = forms.ChoiceField(label=_("Level"), widget=forms.RadioSelect)
    ends_at = MomentField(label=_("Until"), required=False)
    places_of_refusals = {"incident.mark_outside": "area", "incident.mark_twice": "area"}

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "zh" if in_chinese() else "en"
        levels = [(level.code, level.title[language]) for level in incident.playbook.playbook.levels]
        offer_choices(self, "level", levels)


class GenerateForm(OurForm):
    """From when the playbook's posts are manned, and whether day and night."""

    starts_at = MomentField(label=_("From"))
    hours = forms.TypedChoiceField(
        label=_("Hours of a shift"), coerce=int, choices=[(6, "6"), (8, "8"), (12, "12")], widget=forms.RadioSelect
    )
    neighbours = forms.TypedChoiceField(
        label=_("Communities that share a night"), coerce=int, choices=[(1, "1"), (2, "2"), (3, "3")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    round_the_clock = forms.BooleanField(
        label=_("Round the clock"), required=False, help_text=_("Without it the first shift alone is manned.")
    )


class WaveForm(OurForm):
    """The times of one call for people."""

    lock_at = MomentField(label=_("answers lock at"))
    arrive_by = MomentField(label=_("arrive by"))
    closes_at = MomentField(label=_("closes at"))
    places_of_refusals = {"wave.times": "lock_at"}


class PublishForm(OurForm):
    """In which wave the people of a plan are called, all of them or one street's, also after others published."""

    wave = _WaveField(label=_("Wave"), queryset=Wave.objects.none(), empty_label=None)
    within = forms.ChoiceField(label=_("Where"), required=False)
    anyway = forms.BooleanField(
        label=_("also if somebody else published meanwhile"),
        required=False,
        help_text=_("People they called stay called only if this version places them too."),
    )
    places_of_refusals = {"plan.stale": "anyway", "plan.not_there": "within", "plan.people_busy": "within"}

    def __init__(self, *args: Any, incident: Incident, streets: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "wave", incident.waves.filter(state__in=["draft", "open"]).order_by("-number"))
        found = [("", _("everywhere")), *((str(street.area_key), place(street)) for street in streets)]
        offer_choices(self, "within", found)

    def call(self) -> dict[str, Any]:
        """What the verb takes."""
        typed = self.cleaned_data
        within = int(typed["within"]) if typed["within"] else None
        return {"wave": typed["wave"], "within": within, "anyway": typed["anyway"]}


class PlaceForm(OurForm):
    """On which post with a place left somebody is put by hand."""

    post = forms.ChoiceField(label=_("Post"))
    places_of_refusals = {"post.no_place": "post", "post.over": "post"}

    def __init__(self, *args: Any, posts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "post", posts)
