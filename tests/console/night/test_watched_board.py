"""Watching a board: nothing is worked out twice, and no change is missed."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.staffing.conftest import COMMUNITY
from turnout.access.scope import acting_as
from turnout.console import live
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.staffing import news
from turnout.staffing.domain import callouts, plans, posts, whistles
from turnout.staffing.models import CallOut, Post

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FIGURES = re.compile(r'(?:FROM|JOIN) "?([a-z]+_[a-z_]+)"?')
WHO_ASKS = {"django_session", "access_user", "access_grant", "staffing_news_now", "usersessions_usersession"}
"""Read at every poll, also where the figures stand."""
FOLLOWS = {"incidents_playbookversion", "places_areaevent"}
"""A playbook is fixed once it is published, and an incident that goes over to another one is itself a change; the
history of the areas is written by changes of the areas."""


@pytest.fixture
def called(make_plan, wave, staff, roles):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)


@pytest.fixture
def address(night):
    return reverse("board", args=[night.pk])


@pytest.fixture
def still():
    with clock.at(clock.now()):
        yield


def told():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'staffing_tell' AND tgenabled = 'O'"
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("name", ["board", "wall", "board-sheet"])
@pytest.mark.parametrize("who", ["city", "district", "desk"])
def test_every_table_that_feeds_a_board_tells_of_its_changes(seen_by, night, called, name, who):
    """A table that is joined to the board without its trigger fails here."""
    browser = seen_by(who)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(reverse(name, args=[night.pk]) + "?all=1").status_code == 200
    tables = set(connection.introspection.table_names())
    fed = {table for query in queries for table in FIGURES.findall(query["sql"])} & tables - WHO_ASKS - FOLLOWS
    assert {"staffing_post", "staffing_callout", "places_area"} <= fed
    assert fed - told() == set()


@pytest.mark.parametrize("table", sorted(
    ["staffing_post", "staffing_callout", "staffing_gap", "staffing_plan", "staffing_planpart", "staffing_whistle",
     "staffing_wave", "incidents_incident", "places_area"]))  # fmt: skip
def test_a_statement_on_such_a_table_moves_the_number_on(called, table):
    before = news.now().number
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET area_key = area_key" if table not in ("staffing_plan", "staffing_wave")
                       else f"UPDATE {table} SET number = number")  # fmt: skip
    assert news.now().number > before


def test_verbs_that_change_what_is_shown_change_what_a_watcher_gets(
    seen_by, night, address, called, call, roles, still
):
    district = seen_by("district")

    def poll(tag=""):
        return district.get(address, headers=HTMX | {"If-None-Match": tag})

    def by(who, act):
        with acting_as(roles[who]) as actor:
            return act(actor)

    def mine():
        return CallOut.objects.order_by("pk").first()

    def answer(reply):
        return lambda: by("district", lambda a: callouts.answer_for(callout=mine(), answer=reply, way="phone", by=a))

    with acting_as(SYSTEM):
        CallOut.objects.update(state="asked", asked_at=clock.now())
    whistle = {}
    acts = {
        "no": answer("no"),
        "yes": answer("yes"),
        "arrive": lambda: by("desk", lambda a: callouts.arrive(callout=mine(), by=a)),
        "release": lambda: by("desk", lambda a: callouts.release(callouts=[mine()], by=a)),
        "whistle": lambda: whistle.update(made=by("desk", lambda a: whistles.raise_(**call, by=a))),
        "approve": lambda: by("district", lambda a: whistles.approve(whistle=whistle["made"], by=a)),
        "posts": lambda: by("district", lambda a: posts.generate(
            incident=night, starts_at=clock.now() + timedelta(hours=9), by=a, round_the_clock=False)),
    }  # fmt: skip
    tag, missed = poll().headers["ETag"], []
    for name, act in acts.items():
        act()
        fresh = poll(tag)
        if fresh.status_code != 200:
            missed.append(name)
            continue
        tag = fresh.headers["ETag"]
        assert poll(tag).status_code == 304, name
    assert missed == []


def test_a_watcher_with_the_newest_figures_costs_no_query_of_them(seen_by, address, called, still):
    district = seen_by("district")
    tag = district.get(address, headers=HTMX).headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert district.get(address, headers=HTMX | {"If-None-Match": tag}).status_code == 304
    tables = [found[0] if (found := FIGURES.findall(query["sql"])) else "" for query in queries]
    assert tables == ["django_session", "access_user", "access_grant", "", "", "staffing_news_now", "", ""]


def test_for_a_second_not_even_the_number_is_asked_for(seen_by, address, called, still, monkeypatch):
    monkeypatch.setattr(live, "STANDS_FOR", 60.0)
    district = seen_by("district")
    tag = district.get(address, headers=HTMX).headers["ETag"]
    with acting_as(SYSTEM):
        Post.objects.update(places=9)
    assert district.get(address, headers=HTMX | {"If-None-Match": tag}).status_code == 304


def test_what_stands_for_one_scope_is_not_given_to_another(seen_by, address, called, still, monkeypatch):
    monkeypatch.setattr(live, "STANDS_FOR", 60.0)
    whole = seen_by("district").get(address, headers=HTMX)
    part = seen_by("desk").get(address, headers=HTMX)
    assert whole.headers["ETag"] != part.headers["ETag"]
    assert seen_by("elsewhere").get(address, headers=HTMX).status_code == 404


def test_an_english_board_is_not_answered_in_chinese(seen_by, users, address, called, still, monkeypatch):
    monkeypatch.setattr(live, "STANDS_FOR", 60.0)
    chinese = seen_by("district").get(address, headers=HTMX)
    type(users["district"]).objects.update(language="en")
    english = seen_by("district").get(address, headers=HTMX)
    assert chinese.headers["ETag"] != english.headers["ETag"]
    assert "Largest" in english.content.decode() or "Board" in english.content.decode()


@pytest.mark.django_db(transaction=True)
def test_figures_read_while_somebody_writes_are_not_taken_for_the_newest(night, roles, post, users):
    """The number moves before the commit: a board read in between must be worked out again after it."""
    address, wrote, go_on = reverse("board", args=[night.pk]), threading.Event(), threading.Event()

    def write():
        with acting_as(SYSTEM):
            Post.objects.create(
                incident=night, area_key=key_of(COMMUNITY), category="general", seats=1, places_min=1, places=77,
                starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1), made_at=clock.now(),
            )  # fmt: skip
            wrote.set()
            go_on.wait(30)
        connection.close()

    browser = Client()
    browser.force_login(users["district"])
    writer = threading.Thread(target=write)
    with clock.at(clock.now()):
        writer.start()
        assert wrote.wait(30)
        try:
            early = browser.get(address, headers=HTMX)
        finally:
            go_on.set()
            writer.join()
        late = browser.get(address, headers=HTMX | {"If-None-Match": early.headers["ETag"]})
        assert late.status_code == 200
        again = browser.get(address, headers=HTMX | {"If-None-Match": late.headers["ETag"]})
    assert again.status_code == 304
