"""The one door: what is seen inside, that nothing is seen outside, and that nothing leaks to the next request."""

import pytest
from django.db import DatabaseError, connection, transaction

from turnout.access.scope import NoScope, acting_as
from turnout.core import audit
from turnout.core.actors import NOBODY, SYSTEM, Actor
from turnout.core.area_keys import key_of, range_of
from turnout.core.models import AuditRow

pytestmark = pytest.mark.django_db

XICHENG = Actor(kind="user", scope=(range_of("110102"),))
TWO_STREETS = Actor(kind="user", scope=(range_of("110101001"), range_of("110102007")))


@pytest.fixture
def rows():
    with acting_as(SYSTEM):
        for code in ("110101001001", "110102007003", "110102010001"):
            audit.record("test.happened", by=SYSTEM, area_key=key_of(code))


def seen():
    return sorted(str(key)[:12] for key in AuditRow.objects.values_list("area_key", flat=True))


def test_a_scope_shows_its_own_range_only(rows):
    with acting_as(XICHENG):
        assert seen() == ["110102007003", "110102010001"]


def test_several_areas_show_each_and_nothing_between(rows):
    with acting_as(TWO_STREETS):
        assert seen() == ["110101001001", "110102007003"]


def test_nobody_sees_nothing(rows):
    with acting_as(NOBODY):
        assert seen() == []


def test_a_query_outside_raises_instead_of_seeing_nothing(rows):
    with pytest.raises(NoScope, match="core_auditrow was queried outside acting_as"):
        seen()


def test_leaving_an_inner_scope_brings_the_outer_one_back(rows):
    with acting_as(XICHENG):
        with acting_as(SYSTEM):
            assert len(seen()) == 3
        assert seen() == ["110102007003", "110102010001"]


def test_leaving_an_inner_scope_by_an_error_brings_the_outer_one_back(rows):
    with acting_as(XICHENG):
        with pytest.raises(DatabaseError), acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert seen() == ["110102007003", "110102010001"]


@pytest.mark.django_db(transaction=True)
def test_a_second_request_on_the_same_connection_sees_nothing():
    with acting_as(SYSTEM):
        audit.record("test.happened", by=SYSTEM, area_key=key_of("110102007003"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM core_auditrow -- as a stranger to the guard".replace("core_audit", "core_Audit")
        )
        assert cursor.fetchone() == (0,)
