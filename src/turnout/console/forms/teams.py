"""Forms of teams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from turnout.console.fields import MomentField, offer_choices
from turnout.staffing.cards import Card
from turnout.web.forms import OurForm


class DeskPhoneForm(OurForm):
    """The office number of a community or a street."""

    phone = forms.CharField(
        label=_("Office phone"), max_length=20, required=False,
        help_text=_("The number of the office, nobody's own. Empty: there is none."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    places_of_refusals = {"desk.phone_bad": "phone", "desk.phone_used": "phone"}


class MeetForm(OurForm):
    """Where and when several teams assemble, and which."""

    meet_at = forms.CharField(
        label=_("Assembly point"), max_length=120, required=False, help_text=_("Empty: everybody goes there alone.")
    )
    meet_time = MomentField(label=_("Assembly time"), required=False)
    teams = forms.TypedMultipleChoiceField(label=_("Teams"), coerce=UUID, widget=forms.CheckboxSelectMultiple)
    places_of_refusals = {"team.meets_nowhere": "meet_at"}

    def __init__(self, *args: Any, offered: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(team_id), words) for team_id, words in offered]
        offer_choices(self, "teams", choices)
        self.fields["teams"].initial = [team_id for team_id, _words in choices]


class TeamForm(OurForm):
    """Who leads, who stands in, and where and when the team assembles before it goes."""

    leader = forms.TypedChoiceField(label=_("Leader"), coerce=UUID, widget=forms.RadioSelect)
    deputy = forms.TypedChoiceField(
        label=_("Deputy"), coerce=UUID, empty_value=None, required=False, widget=forms.RadioSelect
    )
    meet_at = forms.CharField(
        label=_("Assembly point"), max_length=120, required=False, help_text=_("Empty: everybody goes there alone.")
    )
    meet_time = MomentField(label=_("Assembly time"), required=False)
    party_branch = forms.BooleanField(label=_("Temporary party branch"), required=False)
    heads_by_desk = forms.BooleanField(
        label=_("Leader and deputy are called through the desk"), required=False,
        help_text=_("Cards and the pages of people called show the office number, not their own."),
    )  # fmt: skip
    places_of_refusals = {
        "team.no_member": "leader", "team.needs_a_leader": "leader", "team.meets_nowhere": "meet_at",
        "team.no_desk_line": "heads_by_desk",
    }  # fmt: skip

    def __init__(self, *args: Any, card: Card, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(member.person_id), member.name) for member in card.members]
        offer_choices(self, "leader", people)
        offer_choices(self, "deputy", people)
        for name in ("leader", "deputy"):
            self.fields[name].widget.attrs["class"] = "choice--cols"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("deputy") and typed.get("deputy") == typed.get("leader"):
            self.add_error("deputy", _("The deputy is somebody else than the leader."))
        return typed
