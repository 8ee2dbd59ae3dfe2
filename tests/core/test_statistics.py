"""Whoever loads a city plans over it within the minute: the server looks at what is new before it would by itself."""

import pytest
from django.db import ProgrammingError, connection

from turnout.core import statistics
from turnout.core.models import KeyFile

pytestmark = pytest.mark.django_db


def known_rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'core_cache'::regclass")
        return cursor.fetchone()[0]


def fill(rows):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_cache (cache_key, value, expires) SELECT 'statistics:' || n, '1', now()"
            "  FROM generate_series(1, %s) AS n",
            [rows],
        )


def test_after_a_thousand_rows_the_server_knows_them(db):
    fill(1_000)
    before = known_rows()
    statistics.renew("core_cache", rows=999)
    assert known_rows() == before
    statistics.renew("core_cache", rows=1_000)
    assert known_rows() >= 1_000


def test_a_name_that_is_no_table_is_refused_by_the_database(db):
    with pytest.raises(ProgrammingError, match="invalid name"):
        statistics.renew("core_cache; DROP TABLE core_cache", rows=1_000)


def test_the_product_renews_what_it_may_not_analyse_itself(db):
    statistics.renew(KeyFile._meta.db_table, rows=1_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('turnout_backup', 'core_renew_statistics(regclass[])', 'EXECUTE')"
        )
        assert cursor.fetchone() == (False,)
