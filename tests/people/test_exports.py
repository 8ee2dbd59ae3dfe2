"""An export is on the record, says who made it, masks phones, and comes back as an import that changes nothing."""

import io

import openpyxl
import pytest

from tests.people.lists import fresh, send, take, work, workbook
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import exports, uploads

pytestmark = pytest.mark.django_db

WEST, EAST = "110102", "110101"
ROWS = (
    ("W001", "王芳", "13800138001", "W1", "卫生人员；志愿者", "采样；驾驶@2027-06-30", None, "不能夜班；轻体力"),
    ("W002", "=HYPERLINK(1)", "13800138002", "W1", "其他", "+1;-2", None, None),
)


@pytest.fixture
def west(make_unit):
    return make_unit("W1", key_of(WEST))


@pytest.fixture
def zhou(actor, make_unit, make_person, west):
    """Dispatcher of Xicheng, where two people are; a third is in Dongcheng."""
    make_person(make_unit("E1", key_of(EAST)), "赵强", phone="13800138003")
    zhou = actor("zhoumin", ("dispatcher", WEST))
    assert take(send(workbook(*ROWS), zhou), zhou).state == "done"
    return zhou


def export(by, **chosen):
    with acting_as(by):
        run = exports.begin(by=by, **chosen)
    work(run, by, exports.write)
    with acting_as(by):
        return fresh(run, by), uploads.open_file(run=run, role="export", by=by)


def cells(file, sheet=0):
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    return book, [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def test_it_holds_the_people_of_the_makers_area_with_masked_phones(zhou):
    run, file = export(zhou)
    _, rows = cells(file)
    assert (run.state, run.counts) == ("done", {"people": 2})
    assert rows[0][:4] == ["工号", "姓名", "手机号", "单位编号"]
    assert sorted(row[:4] for row in rows[1:]) == [
        ["W001", "王芳", "*******8001", "W1"],
        ["W002", "=HYPERLINK(1)", "*******8002", "W1"],
    ]
    assert b"13800138001" not in file.content


def test_cells_that_look_like_formulas_are_text(zhou):
    book, _ = cells(export(zhou)[1])
    suspicious = [cell for row in book.worksheets[0].iter_rows() for cell in row if str(cell.value)[:1] in "=+-@"]
    assert [(cell.data_type, cell.quotePrefix) for cell in suspicious] == [("s", True)] * 2


def test_the_file_says_who_made_it_and_for_what(zhou, west):
    book, about = cells(export(zhou, unit=west)[1], sheet=1)
    said = {row[0]: row[1] for row in about if row[1]}
    assert book.properties.creator == "zhoumin"
    assert (said["导出人"], said["人数"], said["范围"]) == ("zhoumin", 2, "W1 单位W1")


def test_imported_again_it_changes_nothing(zhou):
    _, file = export(zhou)
    run = send(file, zhou)
    assert (run.counts["same"], run.counts["changed"], run.counts["bad"], run.counts["new"]) == (2, 0, 0, 0)


def test_it_is_one_row_in_the_log_without_a_name(zhou):
    run, _ = export(zhou)
    with acting_as(SYSTEM):
        (row,) = AuditRow.objects.filter(verb="person.export")
        assert AuditRow.objects.filter(verb="person.reveal").count() == 0
    assert (row.actor_id, row.object_id, row.area_key) == (zhou.id, run.pk, key_of(WEST))
    assert row.details == '{"people":2,"unit":null,"whole_phones":false}'


def test_whole_phones_need_a_purpose_and_are_one_reveal_each(zhou, west):
    with acting_as(zhou), pytest.raises(Refusal) as refused:
        exports.begin(by=zhou, unit=west, whole_phones=True)
    assert refused.value.code == "people.purpose_unknown"
    _, rows = cells(export(zhou, unit=west, whole_phones=True, purpose="call_out")[1])
    assert sorted(row[2] for row in rows[1:]) == ["+8613800138001", "+8613800138002"]
    with acting_as(SYSTEM):
        reveals = AuditRow.objects.filter(verb="person.reveal").values_list("details", flat=True)
        assert [('"purpose":"call_out"' in details) for details in reveals] == [True, True]


def test_whole_phones_of_too_many_stay_where_they_are(zhou, west, monkeypatch):
    monkeypatch.setattr(exports, "MOST_WHOLE", 1)
    with acting_as(zhou), pytest.raises(Refusal) as refused:
        exports.begin(by=zhou, unit=west, whole_phones=True, purpose="call_out")
    assert (refused.value.code, refused.value.details) == ("lists.too_many_whole", {"count": 2, "most": 1})


def test_seeing_is_not_exporting(zhou, west, actor):
    desk = actor("wanglin", ("desk", WEST))
    for chosen in ({}, {"unit": west}, {"area_key": key_of(WEST)}):
        with acting_as(desk), pytest.raises(Refusal) as refused:
            exports.begin(by=desk, **chosen)
        assert (refused.value.code, refused.value.status) == ("access.not_allowed", 403)
    with acting_as(zhou), pytest.raises(Refusal) as unseen:
        exports.begin(by=zhou, area_key=key_of(EAST))
    assert unseen.value.status == 404


def test_a_permission_lost_before_the_job_runs_is_asked_anew(zhou, west, actor):
    with acting_as(zhou):
        run = exports.begin(by=zhou, unit=west)
    from dataclasses import replace

    work(run, replace(zhou, permissions={}), exports.write)
    after = fresh(run, zhou)
    assert (after.counts, after.state) == ({}, "exporting")
