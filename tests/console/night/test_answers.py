"""What one answer costs: the statements of a tap, counted literally, since a city's staff answer within minutes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from .test_called import link, say

__all__ = ["link"]
pytestmark = pytest.mark.django_db


def test_print(client, link):
    say(client, link)
    for how in ("later", "yes", "no"):
        with CaptureQueriesContext(connection) as q:
            say(client, link, "answer", answer=how)
        print(how, len(q))
        for one in q: print("   ", one["sql"][:150].replace("\n"," "))
    assert 0
