"""The page behind a link: masked for whoever opens it, whole for the person; opening it changes nothing."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.notices.channels import known
from turnout.notices.domain import messages
from turnout.staffing.domain import callouts, plans, teams
from turnout.staffing.models import CallOut, Feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(settings, tmp_path, make_plan, wave, staff, roles):
    """Three people asked; the token of 李文静, whose phone ends in 0000."""
    settings.TURNOUT_CHANNELS = {"file": {"directory": str(tmp_path)}}
    known.forget()
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format)
    messages.send_due("file")
    sent = {row["to"]: row["text"] for row in (json.loads(path.read_text()) for path in tmp_path.glob("*.json"))}
    yield re.search(r"https://t/(\S+)", sent[str(staff[0].pk)])[1]
    known.forget()


def row():
    with acting_as(SYSTEM):
        return CallOut.objects.select_related("person").get(person__name="李文静")


def open_(browser, link):
    return browser.get(reverse("called", args=[link]))


def say(browser, link, act="me", **typed):
    return browser.post(reverse(f"called-{act}", args=[link]), typed)


def test_a_scanner_sees_a_masked_name_and_changes_nothing(client, link, staff):
    before = row().__dict__ | {"_state": None}
    for _ in range(3):
        text = open_(client, link).content.decode()
        assert client.head(reverse("called", args=[link])).status_code == 200
    assert "李**" in text
    assert [word for word in ("李文静", "王建国", "马连道", "1380013") if word in text] == []
    after = row().__dict__ | {"_state": None}
    assert {k: v for k, v in after.items() if not k.startswith("_")} == {
        k: v for k, v in before.items() if not k.startswith("_")
    }


def test_the_person_sees_where_and_when_and_answers(client, link):
    assert say(client, link)["Location"] == reverse("called", args=[link])
    text = open_(client, link).content.decode()
    assert "李文静" in text
    assert row().state == "asked"
    say(client, link, "answer", answer="yes")
    assert (row().state, row().answered_by) == ("yes", "link")
    say(client, link, "answer", answer="no", reason="family")
    assert (row().state, row().decline_reason) == ("no", "family")


def test_the_cookie_is_for_these_pages_and_no_script(client, link):
    cookie = say(client, link).cookies["turnout_called"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/c/", True, "Lax")


def test_the_token_is_in_no_referrer_and_no_cache(client, link):
    response = open_(client, link)
    assert (response["Referrer-Policy"], response["Cache-Control"]) == ("strict-origin", "no-store")


def test_another_browser_gives_the_digits_and_has_five_tries(client, link):
    say(client, link)
    other = Client()
    assert "李文静" not in open_(other, link).content.decode()
    tries = [say(other, link, last4="9999").status_code for _ in range(6)]
    assert tries == [403] * 6
    assert row().tries == 5
    assert say(other, link, last4="0000").status_code == 403
    assert "李文静" in open_(client, link).content.decode()


def test_the_right_digits_let_another_browser_in(client, link):
    say(client, link)
    other = Client()
    assert say(other, link, last4="0000").status_code == 302
    assert "李文静" in open_(other, link).content.decode()


def test_an_unknown_browser_answers_nothing_on_a_bound_link(client, link):
    say(client, link)
    assert say(Client(), link, "answer", answer="no").status_code == 403
    assert row().state == "asked"


@pytest.mark.parametrize("token", ["x" * 43, "..", "0"])
def test_a_forged_link_says_so(client, link, token):
    for act in ("called", "called-me", "called-answer"):
        address = reverse(act, args=[token])
        response = client.get(address) if act == "called" else client.post(address)
        assert response.status_code == 410


def test_an_expired_link_says_so_and_nothing_else(client, link, wave):
    say(client, link)
    with clock.at(wave.closes_at):
        text = open_(client, link).content.decode()
        said = [open_(client, link).status_code, say(client, link).status_code]
        said += [say(client, link, "answer", answer="yes").status_code, say(client, link, "leader").status_code]
    assert said == [410] * 4
    assert [word for word in ("李", "马连道", "1380013") if word in text] == []
    assert row().state == "asked"


def test_acts_are_posts(client, link):
    assert client.get(reverse("called-answer", args=[link])).status_code == 405
    assert client.get(reverse("called-me", args=[link])).status_code == 405


def test_too_many_taps_from_one_address_are_refused(client, link, monkeypatch):
    monkeypatch.setattr(callouts, "MOST_FROM_ONE_ADDRESS", 2)
    assert [say(client, link).status_code for _ in range(3)] == [302, 302, 429]


def test_the_page_is_small(client, link):
    say(client, link)
    assert len(open_(client, link).content) < 50_000


def test_the_leader_is_called_by_a_number_that_opening_does_not_show(client, link, staff, roles):
    say(client, link)
    with acting_as(SYSTEM):
        team = row().team
    with acting_as(roles["district"]) as by:
        teams.set_leader(team=team, person_id=staff[1].pk, by=by)
    assert "13800130001" not in open_(client, link).content.decode()
    text = say(client, link, "leader").content.decode()
    assert 'href="tel:' in text
    assert "13800130001" in text
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="person.reveal", object_id=staff[1].pk).count() == 1


def test_where_the_desk_puts_calls_through_no_own_number_is_given(client, link, staff, roles):
    say(client, link)
    with acting_as(SYSTEM):
        team = row().team
    with acting_as(roles["district"]) as by:
        teams.set_leader(team=team, person_id=staff[1].pk, by=by)
        teams.set_desk_phone(area_key=team.area_key, phone="010-6355 0000", by=by)
        teams.set_heads_by_desk(team=team, by_desk=True, by=by)
    page = open_(client, link).content.decode()
    assert "010-6355 0000" in page
    assert reverse("called-leader", args=[link]) not in page
    text = say(client, link, "leader").content.decode()
    assert [word for word in ("13800130001", "尾号 0001") if word in text] == []


def test_another_browser_is_told_no_number(client, link, staff):
    say(client, link)
    text = say(Client(), link, "leader").content.decode()
    assert [word for word in ("13800130001", "王建国", "tel:") if word in text] == []


def test_who_came_says_how_the_call_was_and_stays_nameless(client, link, roles):
    say(client, link)
    assert say(client, link, "feedback", mark="good").status_code == 409
    with acting_as(roles["desk"]) as by:
        callouts.arrive(callout=row(), by=by)
    assert say(client, link, "feedback", mark="good", words="找得到人").status_code == 302
    with acting_as(SYSTEM):
        kept = Feedback.objects.get()
    assert (kept.side, kept.mark, kept.words) == ("responder", "good", "找得到人")
