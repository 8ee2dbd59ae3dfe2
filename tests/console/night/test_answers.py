"""What one answer costs, and what it may not leave out for it: a city's staff answer within minutes."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from turnout.access.scope import NoScope, acting_as
from turnout.core import keys
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.staffing.domain import callouts
from turnout.staffing.models import CallOut, Post

from .test_called import link, say

__all__ = ["link"]
pytestmark = pytest.mark.django_db(transaction=True)


def begins(queries):
    return [re.sub(r"set_config.*", "set_config(", " ".join(query["sql"].split()[:3])) for query in queries]


COUNT, OPEN = "INSERT INTO core_cache", "SELECT set_config("  # which finds the link, locks, and counts the places
WRITE, LOG = "UPDATE staffing_callout SET", "INSERT INTO core_auditrow"


@pytest.mark.parametrize("reply", ["yes", "later"])
def test_an_answer_is_counted_looked_up_and_locked_written_and_logged_and_nothing_else(client, link, reply):
    say(client, link)
    keys.check()
    with CaptureQueriesContext(connection) as queries:
        say(client, link, "answer", answer=reply)
    assert begins(queries) == [COUNT, "BEGIN", OPEN, WRITE, LOG, "COMMIT"]


def test_of_two_taps_at_once_one_is_written_and_the_other_acknowledged(client, link):
    say(client, link)
    cookies, gate = client.cookies.output(header="", sep=";"), threading.Barrier(2)
    seen = []

    def tap():
        browser = Client()
        browser.cookies.load(cookies)
        gate.wait()
        seen.append(say(browser, link, "answer", answer="yes").status_code)
        connection.close()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [302, 302]
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="callout.answer").count() == 1
        assert CallOut.objects.get(person__name="李文静").state == "yes"


def test_the_seats_are_counted_past_the_scope_of_the_link_and_told_as_numbers(link):
    """One place, held by somebody of another unit's list: the link sees neither the row nor the name, only "filled"."""
    with acting_as(SYSTEM):
        mine = CallOut.objects.get(person__name="李文静")
        CallOut.objects.exclude(pk=mine.pk).update(unit_key=1, state="yes", answered_at=mine.asked_at)
        Post.objects.filter(pk=mine.post_id).update(places=1, places_min=1, seats=1)
    by = callouts.scope_of_link(link)
    with acting_as(by), connection.cursor() as cursor:
        assert CallOut.objects.count() == 1
        cursor.execute(
            "SELECT * FROM staffing_seats(%s, %s, '{yes}'::text[], '{asked}'::text[])", [mine.post_id, mine.pk]
        )
        assert cursor.fetchone() == ("open", 1, 2, 0)


def test_the_look_up_of_links_answers_to_a_hash_and_to_nothing_else(link):
    with connection.cursor() as cursor:
        for wrong in (b"", b"%", b"\x00" * 32):
            cursor.execute("SELECT count(*) FROM staffing_link(%s)", [wrong])
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM staffing_behind(%s, true, '{}'::text[], '{}'::text[])", [wrong])
            assert cursor.fetchone() == (0,)
    with pytest.raises(NoScope):
        CallOut.objects.count()
