"""Feedback both ways when a post is over or under way: the caller on the response, who came on the call.

About the matter and never about a person. A second word of the same side takes the place of the first.
"""

from __future__ import annotations

from django.db import transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, SYSTEM, Actor
from turnout.staffing import refusals
from turnout.staffing.models import CallOut, Feedback, Post
from turnout.staffing.states import MARKS


@transaction.atomic
def give_as_caller(*, post: Post, mark: str, by: Actor, words: str = "") -> Feedback:
    """Say how the response to a whistle or a post was: whoever runs the community's desk."""
    found = Post.objects.filter(pk=post.pk).first()
    if found is None:
        raise NOT_FOUND.refuse()
    by.require("post.edit", found.area_key)
    if not CallOut.objects.filter(post=found, state__in=["on_post", "released"]).exists():
        raise refusals.FEEDBACK_EARLY.refuse()
    return _keep(found, "caller", mark, words, str(found.pk), by)


@transaction.atomic
def give_as_responder(*, callout: CallOut, mark: str, by: Actor, words: str = "") -> Feedback:
    """Say how the call was: somebody who came, behind their own bound link or by their own account."""
    mine = CallOut.objects.select_related("person", "post").filter(pk=callout.pk).first()
    if mine is None:
        raise NOT_FOUND.refuse()
    own = by.id is not None and mine.person.user_id == by.id
    if not own and (by.kind != "link" or mine.bound_hash is None):
        raise NOT_ALLOWED.refuse(permission="feedback")
    if mine.state not in ("on_post", "released"):
        raise refusals.FEEDBACK_EARLY.refuse()
    return _keep(mine.post, "responder", mark, words, str(mine.pk), by)


def _keep(post: Post, side: str, mark: str, words: str, voice: str, by: Actor) -> Feedback:
    if mark not in MARKS or len(words.strip()) > 200:
        raise refusals.FEEDBACK_BAD.refuse()
    with acting_as(SYSTEM):
        kept, _ = Feedback.objects.update_or_create(
            post=post, side=side, voice=keys.lookup_hash("feedback", voice),
            defaults={"area_key": post.area_key, "mark": mark, "words": words.strip(), "given_at": clock.now()},
        )  # fmt: skip
    # of the post and without the actor of a responder: the log must not undo what `voice` keeps apart
    who = by if side == "caller" else SYSTEM
    audit.record("feedback.give", by=who, of=post, area_key=post.area_key, details={"side": side, "mark": mark})
    return kept
