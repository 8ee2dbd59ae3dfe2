"""Feedback of those who called for people; those who came give theirs behind their own link."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from turnout.console.forms.crew import FeedbackForm
from turnout.console.views.common import form_page
from turnout.core.area_keys import code_of
from turnout.staffing import queries
from turnout.staffing.domain import feedback
from turnout.web.request import Request


def give(request: Request, post_id: UUID) -> HttpResponse:
    """Say how the response to a post was; a second word takes the place of the first."""
    post = queries.post(post_id, request.actor)
    request.actor.require("post.edit", post.area_key)
    form = FeedbackForm(request.POST or None)
    back = reverse("desk", args=[post.incident_id, code_of(post.area_key)])
    if form.done(lambda: feedback.give_as_caller(post=post, by=request.actor, **form.cleaned_data)):
        messages.success(request, _("Thank you. It is counted by street, never by person."))
        return redirect(back)
    return form_page(
        request, form, title=_("How was the response"), lead=post.duties, submit=_("Say so"), back=back,
        incident=post.incident,
    )  # fmt: skip
