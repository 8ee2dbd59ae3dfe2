"""A drill says that it is one: a banner on every page of its night, the first words of every message and sheet.

The pages are taken from the addresses themselves, so that a new one is tried by itself.
"""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.test_boundaries import EAST_COMMUNITY, ROUTES, address, body, east
from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.incidents.models import Incident
from turnout.people.models import Person
from turnout.staffing.domain import callouts, openings
from turnout.staffing.models import CallOut, Opening, Placement, Plan, Post

__all__ = ["east"]

pytestmark = pytest.mark.django_db

OF_A_NIGHT = {
    "incident_id", "whistle_id", "mark_id", "plan_id", "team_id", "message_id", "wave_id", "post_id", "callout_id",
    "opening_id", "remark_id",
}  # fmt: skip
"""Parts of an address that name something of one night."""
BANNER = '<aside class="drill"'


@pytest.fixture
def night(east):
    """The night of Dongcheng: an incident that can be made a drill, somebody placed and called in it."""
    with acting_as(SYSTEM):
        plan, post = Plan.objects.get(pk=east["plan_id"]), Post.objects.get(pk=east["post_id"])
        person = Person.objects.select_related("unit").get(pk=east["person_id"])
        Placement.objects.create(
            plan=plan, person=person, post=post, area_key=post.area_key, unit_key=person.unit.scope_key,
            sender_key=person.unit.area_key, travel_minutes=9, cost_minutes=9, reason="nearest",
        )  # fmt: skip
        CallOut.objects.filter(pk=east["callout_id"]).update(state="on_post", arrived_at=clock.now())
    return east


def pages(client, night):
    """Every page of the night that somebody who runs it opens, with its text."""
    client.force_login(User.objects.get(pk=night["user_id"]))
    found = {}
    for name, parts in ROUTES:
        if OF_A_NIGHT & set(parts):
            response = client.get(address(name, parts, night))
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                found[name] = body(response)
    return found


def test_every_page_of_a_drill_wears_the_banner(client, night):
    Incident.objects.filter(pk=night["incident_id"]).update(drill=True)
    found = pages(client, night)
    assert len(found) >= 36
    assert [name for name, text in found.items() if BANNER not in text or "演练" not in text] == []


def test_no_page_of_a_real_night_wears_it(client, night):
    assert [name for name, text in pages(client, night).items() if BANNER in text] == []


def test_every_page_of_the_night_can_be_tried(client, night):
    """What answers nothing to somebody who runs the night is an act, not a page; anything else would go untried."""
    acts = {
        "whistle-pass-up", "whistle-withdraw", "whistle-close", "post-cancel", "callout-arrive", "desk-arrive",
        "callout-seen",
        "unit-let-go", "unit-answers", "follow-up", "opening-close", "unit-take-back", "unit-returned",
        "incident-unmark", "incident-stand-down", "plan-draft", "wave-widen", "callout-said", "wave-advance",
        "wave-ask", "plan-sheet", "plan-adopt", "plan-take-out", "plan-discard", "board-sheet",
    }  # fmt: skip
    of_a_night = {name for name, parts in ROUTES if OF_A_NIGHT & set(parts)}
    assert of_a_night - set(pages(client, night)) == acts


def test_the_pages_of_people_who_are_called_or_sign_up_wear_it(client, night):
    Incident.objects.filter(pk=night["incident_id"]).update(drill=True)
    with acting_as(SYSTEM):
        link = callouts.issue_link(night["callout_id"])
        openings.close(opening=Opening.objects.get(pk=night["opening_id"]), by=SYSTEM)
        post = Post.objects.get(pk=night["post_id"])
        _, offer = openings.open_(
            post=post, wave=post.incident.waves.get(), places=1, closes_at=clock.now() + timedelta(hours=1), by=SYSTEM,
        )  # fmt: skip
    called = reverse("called", args=[link])
    texts = [body(client.get(called)), body(client.get(reverse("place-signup", args=[offer])))]
    client.post(reverse("called-me", args=[link]))
    texts.append(body(client.get(called)))
    assert "欧阳测试" in texts[2]
    assert [BANNER in text for text in texts] == [True] * 3


def test_workbooks_and_the_first_page_say_it(client, night):
    Incident.objects.filter(pk=night["incident_id"]).update(drill=True)
    client.force_login(User.objects.get(pk=night["user_id"]))
    for name, method in (("board-sheet", client.get), ("plan-sheet", client.post)):
        book = method(address(name, dict(ROUTES)[name], night))
        assert "%E3%80%90%E6%BC%94%E7%BB%83%E3%80%91" in book["Content-Disposition"]
        names = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).sheet_names
        assert all(one.startswith("演练 ") for one in names if not one.startswith("_")), names
    assert "【演练】东城保密行动" in body(client.get(reverse("home")))


def test_a_stranger_is_not_told_of_a_drill(client, night, make_user):
    Incident.objects.filter(pk=night["incident_id"]).update(drill=True)
    client.force_login(make_user("mosheng", ("dispatcher", "110102")))
    for name in ("incident", "desk", "post-fix", "wave", "team"):
        response = client.get(address(name, dict(ROUTES)[name], night))
        assert (response.status_code, BANNER in body(response)) == (404, False)
    assert EAST_COMMUNITY.startswith("110101")
