"""Whose place it is when more people are asked than a post has places: who says yes first.

The post's row is locked, so that of two who say yes at the same time the second sees the first. Lock and count are one
statement, which counts past the scope of whoever answers: `staffing_seats`, for an answer by link `staffing_behind`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM, Actor
from turnout.staffing import refusals
from turnout.staffing.domain import holds, telling
from turnout.staffing.models import CallOut
from turnout.staffing.states import ACCEPTED

OPEN = ("waiting", "asked", "later")
"""Asked, or to be asked, and not accepted."""


@dataclass(frozen=True, slots=True)
class Room:
    """A post, locked: its state, its places, how many others have accepted, and how many are asked or to be asked."""

    state: str
    places: int
    accepted: int
    waiting: int

    def take(self, *, back: bool) -> bool:
        """See that there is room for a yes. Refused where the post is filled; true where others lose the place by it.

        `back` is somebody who was counted as not coming: they find the place only if nobody else has it by now.
        """
        if self.state != "open":
            raise refusals.CALLOUT_OVER.refuse()
        if self.accepted >= self.places:
            raise (refusals.POST_FILLED_BACK if back else refusals.POST_FILLED).refuse()
        return self.accepted + 1 == self.places and self.waiting > 0


def room(callout: CallOut) -> Room:
    """Lock the post of a call-out and return how full it is without it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, places, accepted, waiting FROM staffing_seats(%s, %s, %s::text[], %s::text[])",
            [callout.post_id, callout.pk, list(ACCEPTED), list(OPEN)],
        )
        return Room(*cursor.fetchone())


def let_go(post_id: UUID, *, by: Actor) -> int:
    """Tell everybody who was asked for a post that is filled now, and free their time. Returns how many.

    Whoever is answering at this moment is passed over, so that two answers never wait for each other; they are told
    that the post is filled, and `sweep` frees them.
    """
    with acting_as(SYSTEM):
        losers = CallOut.objects.filter(post_id=post_id, state__in=OPEN).order_by("pk")
        ids = list(losers.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        CallOut.objects.filter(pk__in=ids).update(state="withdrawn")
        holds.free(ids)
        telling.tell(ids, telling.FILLED, by=by)
    return len(ids)


_FILLED = """
SELECT po.id FROM staffing_post po
 WHERE EXISTS (SELECT 1 FROM staffing_callout c WHERE c.post_id = po.id AND c.state = ANY(%(open)s))
   AND po.places <= (SELECT count(*) FROM staffing_callout c WHERE c.post_id = po.id AND c.state = ANY(%(accepted)s))
"""


def sweep(*, by: Actor) -> int:
    """Let go whoever is still asked for a post that is filled. Returns how many. A job's verb."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FILLED, {"open": list(OPEN), "accepted": list(ACCEPTED)})
        posts = [row[0] for row in cursor.fetchall()]
    return sum(let_go(post, by=by) for post in posts)
