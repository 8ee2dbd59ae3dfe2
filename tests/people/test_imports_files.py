"""Files of a list run: encrypted, seen by their uploader only, gone after seven days."""

from datetime import timedelta

import pytest
from django.db import connection

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock, keys
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import uploads
from turnout.people.domain.uploads import File
from turnout.people.imports_models import ListRun, Upload

pytestmark = pytest.mark.django_db

LIST = File("西城区名单 周敏.xlsx", "周敏,13800138000".encode())


@pytest.fixture
def zhou(make_user):
    return actor_of(make_user("zhoumin", ("administrator", "110102")))


@pytest.fixture
def chen(make_user):
    """Administrator of the whole city, and still not the one who sent the list."""
    return actor_of(make_user("chenjie", ("administrator", "110000")))


def keep(by, role="source"):
    with acting_as(by):
        run = ListRun.objects.create(kind="import.people", starter_id=by.id, state="checking", started_at=clock.now())
        uploads.keep(run=run, role=role, file=LIST, by=by)
    return run


def stored(column):
    """What lies in the table, past row security and past our own code."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_upload")
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_a_file_comes_back_as_it_was_sent(zhou):
    run = keep(zhou)
    with acting_as(zhou):
        assert uploads.open_file(run=run, role="source", by=zhou) == LIST


def test_neither_its_name_nor_its_content_lies_in_the_database_in_clear(zhou):
    keep(zhou)
    with acting_as(zhou):
        (name,), (content,) = stored("name"), stored("content")
    assert ("周敏".encode() in name, b"13800138000" in content, "周敏".encode() in content) == (False, False, False)


def test_a_file_moved_to_another_row_does_not_open(zhou):
    first, second = keep(zhou), keep(zhou)
    with acting_as(zhou):
        content = Upload.objects.get(run=first).content
        Upload.objects.filter(run=second).update(content=content)
        with pytest.raises(keys.WrongKey, match="does not belong to this row"):
            uploads.open_file(run=second, role="source", by=zhou)


def test_nobody_else_sees_the_run_or_its_file_not_even_above(zhou, chen):
    run = keep(zhou)
    for other in (chen, SYSTEM):
        with acting_as(other):
            assert (ListRun.objects.count(), Upload.objects.count()) == (0, 0)
            with pytest.raises(Refusal) as refused:
                uploads.open_file(run=run, role="source", by=other)
            assert (refused.value.code, refused.value.status) == ("access.not_found", 404)


def test_the_same_role_is_kept_once(zhou):
    run = keep(zhou)
    with acting_as(zhou):
        uploads.keep(run=run, role="source", file=File("new.xlsx", b"new"), by=zhou)
        assert Upload.objects.count() == 1
        assert uploads.open_file(run=run, role="source", by=zhou).content == b"new"


def test_after_seven_days_it_cannot_be_opened_and_the_purge_takes_it(zhou):
    run = keep(zhou)
    fresh = keep(zhou)
    with acting_as(zhou):
        Upload.objects.filter(run=fresh).update(ends_at=clock.now() + timedelta(days=9))
    with clock.at(clock.now() + uploads.KEPT):
        with acting_as(zhou), pytest.raises(Refusal) as refused:
            uploads.open_file(run=run, role="source", by=zhou)
        assert refused.value.code == "access.not_found"
        with acting_as(SYSTEM):
            assert uploads.purge(by=SYSTEM) == 1
            assert uploads.purge(by=SYSTEM) == 0
    with acting_as(zhou):
        assert [upload.run_id for upload in Upload.objects.all()] == [fresh.pk]
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="upload.purge").count() == 1


def test_only_the_product_itself_can_purge(zhou, chen):
    keep(zhou)
    with clock.at(clock.now() + uploads.KEPT), acting_as(chen):
        assert uploads.purge(by=chen) == 0
    with acting_as(zhou):
        assert Upload.objects.count() == 1


def test_a_run_belongs_to_its_starter_even_when_written(zhou, chen):
    with acting_as(zhou), pytest.raises(Exception, match="row-level security"):
        ListRun.objects.create(kind="import.people", starter_id=chen.id, state="checking", started_at=clock.now())
