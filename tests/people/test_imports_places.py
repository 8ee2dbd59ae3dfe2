"""A list of places is a list run like any other: a job checks it, it can be left and found again, never half done."""

import psycopg
import pytest
from django.db import OperationalError

from tests.people.lists import found, fresh, send, take, work
from tests.people.test_imports_faults import in_background, wait_until_blocked
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import imports, uploads
from turnout.people.domain.uploads import File
from turnout.places.domain import areas, closing, loading
from turnout.places.domain.loading import ONE_AT_A_TIME
from turnout.places.models import Area, AreaEvent, Building, Compound
from turnout.sheets import Out, open_bytes, to_bytes

pytestmark = pytest.mark.django_db

WEST = "110102"
FIRST = "110102001004"
AREAS = ("区域编码", "区域名称", "人口", "户数")
COMPOUNDS = ("社区编码", "小区名称", "管理方式", "门卫", "户数")
BUILDINGS = ("社区编码", "小区", "楼栋", "层数", "单元数")
YARD = (FIRST, "一号院", "有物业", "是", 300)
HOUSE = (FIRST, "一号院", "1号楼", 6, 4)


def places(*, areas=(), compounds=(YARD,), buildings=(HOUSE,)):
    sheets = [Out("小区", COMPOUNDS, compounds), Out("楼栋", BUILDINGS, buildings)]
    return File("点位.xlsx", to_bytes([Out("区域", AREAS, areas), *sheets]))


@pytest.fixture(autouse=True)
def west(db):
    with acting_as(SYSTEM):
        loading.load_public(code=WEST, by=SYSTEM)


@pytest.fixture
def zhou(actor):
    return actor("zhoumin", ("administrator", WEST))


def sent(file, by):
    return send(file, by, kind="import.places")


def count():
    with acting_as(SYSTEM):
        return Compound.objects.count(), Building.objects.count(), AreaEvent.objects.count()


def test_a_dry_run_counts_by_sheet_and_keeps_nothing(zhou):
    before = count()
    run = sent(places(areas=[(FIRST, "改名社区", None, None)]), zhou)
    shown = found(run, zhou)
    assert (run.state, run.counts) == ("checked", {"new": 2, "changed": 1, "same": 0, "closed": 0, "bad": 0})
    assert shown.sheets["compounds"] == {"new": 1, "changed": 0, "same": 0, "closed": 0}
    assert [row["name"] for row in shown.samples["new"]] == ["一号院", "1号楼"]
    assert [one["field"] for one in shown.samples["changed"][0]["differences"]] == ["name"]
    assert count() == before


def test_carried_out_it_does_what_was_shown_and_the_same_list_again_changes_nothing(zhou):
    assert take(sent(places(), zhou), zhou).state == "done"
    assert count()[:2] == (1, 1)
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="area.import").count() == 1
    again = take(sent(places(), zhou), zhou)
    assert (again.state, again.counts["same"]) == ("done", 2)
    with acting_as(SYSTEM):
        assert AuditRow.objects.filter(verb="area.import").count() == 1


def test_with_bad_rows_it_goes_in_only_by_the_second_act_and_those_come_back_to_be_mended(zhou):
    run = sent(places(buildings=[HOUSE, (FIRST, "二号院", "2号楼", 6, 4), (FIRST, None, "3号楼", "很高", 1)]), zhou)
    assert run.counts["bad"] == 2
    with pytest.raises(Refusal) as refused, acting_as(zhou):
        imports.commit(run=run, by=zhou)
    assert refused.value.code == "lists.has_bad_rows"
    assert take(run, zhou, only_good=True).state == "done"
    assert count()[:2] == (1, 1)
    with acting_as(zhou):
        back = uploads.open_file(run=run, role="bad_rows", by=zhou)
    listed, copy = open_bytes(back.name, back.content).grids
    assert copy.rows[0] == ["哪里不对", "怎样才对", *BUILDINGS]
    assert [row[2:5] for row in copy.rows[1:]] == [[FIRST, "二号院", "2号楼"], [FIRST, "", "3号楼"]]
    assert [row[0] for row in listed.rows[1:]] == ["楼栋", "楼栋"]


def test_what_changed_since_it_was_checked_is_shown_anew(zhou):
    run = sent(places(areas=[(FIRST, "改名社区", None, None)]), zhou)
    with acting_as(SYSTEM):
        areas.rename(area=Area.objects.get(code=FIRST), name="抢先社区", by=SYSTEM)
    after = take(run, zhou)
    assert (after.state, after.settings["changed_since"], count()[0]) == ("checked", True, 0)
    assert take(after, zhou).state == "done"


def test_rows_that_became_bad_since_are_shown_anew_not_refused(zhou):
    run = sent(places(), zhou)
    with acting_as(SYSTEM):
        other = Area.objects.get(code="110102001007")
        closing.close(area=Area.objects.get(code=FIRST), successor=other, by=SYSTEM)
    after = take(run, zhou)
    assert (after.state, after.counts["bad"], after.settings["changed_since"]) == ("checked", 2, True)


def test_a_file_without_any_list_of_places_is_given_back(zhou):
    run = sent(File("名单.xlsx", to_bytes([Out("Sheet1", ("甲", "乙"), [(1, 2)])])), zhou)
    assert (run.state, run.fault) == ("refused", "lists.unreadable")


def test_who_may_not_change_areas_sends_no_list_of_places(actor):
    desk = actor("shequ", ("desk", FIRST))
    with pytest.raises(Refusal) as refused, acting_as(desk):
        imports.begin(kind="import.places", file=places(), by=desk)
    assert refused.value.status == 403


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_nothing_is_half_there_and_it_can_be_run_again(zhou, database, monkeypatch):
    run = sent(places(), zhou)
    before = count()
    with acting_as(zhou):
        imports.commit(run=run, by=zhou)
    held = psycopg.connect(**database.cluster.params("postgres", database.name))
    from turnout.places.domain import imports as verb

    written = verb.copy_in

    def and_wait(records):
        """Write, and then wait for a lock that somebody else holds: in the middle of the list."""
        written(records)
        if records and isinstance(records[0], Building):
            with verb.connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME + 1])

    monkeypatch.setattr(verb, "copy_in", and_wait)
    with held:
        held.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME + 1])
        thread, raised = in_background(lambda: work(run, zhou, imports.carry_out))
        pid = wait_until_blocked(database)
        with psycopg.connect(**database.cluster.params("postgres", database.name)) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        thread.join(60)
    monkeypatch.undo()
    assert [type(error) for error in raised] == [OperationalError]
    after = fresh(run, zhou)
    assert (after.state, after.fault, count()) == ("failed", "lists.database_lost", before)
    with acting_as(zhou):
        imports.again(run=after, by=zhou)
    work(after, zhou, imports.check)
    assert take(fresh(after, zhou), zhou).state == "done"
    assert count()[:2] == (1, 1)
