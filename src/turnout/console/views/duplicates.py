"""Records that may be one person: proposed, merged, dismissed, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from turnout.console import queries
from turnout.console.presenters import people as presenters
from turnout.console.views.common import page_of
from turnout.core.actors import NOT_FOUND
from turnout.people import queries as people
from turnout.people.domain import merges, proposals
from turnout.people.models import MergeProposal
from turnout.web.request import Request

UNDOABLE_SHOWN = 20


def index(request: Request) -> HttpResponse:
    request.actor.require_anywhere("person.merge")
    page = page_of(request, people.proposals(), 20)
    context = {"page": page, "pairs": presenters.pairs(page), "merges": queries.standing_merges()[:UNDOABLE_SHOWN]}
    return render(request, "console/duplicates/list.html", context)


@require_POST
def look(request: Request) -> HttpResponse:
    """Look for pairs with the same name in one unit or one home."""
    found = proposals.look(by=request.actor)
    words = ngettext("%(n)d new pair was found.", "%(n)d new pairs were found.", found) % {"n": found}
    messages.success(request, words)
    return redirect("duplicates")


@require_POST
def merge(request: Request, proposal_id: UUID) -> HttpResponse:
    """Make one of two; `keep` says whose record stays."""
    proposal = _proposal(proposal_id)
    pair = [person for person in (proposal.person, proposal.other) if person]
    kept = [person for person in pair if str(person.pk) == request.POST.get("keep")]
    gone = [person for person in pair if person not in kept]
    if len(kept) != 1 or len(gone) != 1:
        raise NOT_FOUND.refuse()
    merges.merge(keep=kept[0], gone=gone[0], by=request.actor)
    messages.success(
        request, _("{name}: two records are one now. It can be taken back below.").format(name=kept[0].name)
    )
    return redirect("duplicates")


@require_POST
def move(request: Request, proposal_id: UUID) -> HttpResponse:
    """Let the unit that asked have the person."""
    person = proposals.accept_claim(proposal=_proposal(proposal_id), by=request.actor)
    messages.success(request, _("{name} has moved.").format(name=person.name))
    return redirect("duplicates")


@require_POST
def dismiss(request: Request, proposal_id: UUID) -> HttpResponse:
    proposals.dismiss(proposal=_proposal(proposal_id), by=request.actor)
    messages.success(request, _("Noted. This pair is not proposed again."))
    return redirect("duplicates")


@require_POST
def undo(request: Request, merge_id: UUID) -> HttpResponse:
    found = queries.standing_merges().filter(pk=merge_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    merges.undo(merge=found, by=request.actor)
    messages.success(request, _("{name}: both records are as they were.").format(name=found.kept.name))
    return redirect("duplicates")


def _proposal(proposal_id: UUID) -> MergeProposal:
    found = people.proposals().filter(pk=proposal_id).first()
    if found is None:
        raise NOT_FOUND.refuse()
    return found
