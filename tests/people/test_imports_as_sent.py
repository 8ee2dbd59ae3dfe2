"""Lists as offices really send them: totals under the table, words with two meanings, answers in their own words."""

import pytest

from tests.people.lists import found, names, send, take, workbook
from turnout.core.area_keys import key_of

pytestmark = pytest.mark.django_db

WANG = ("W001", "王芳", "13800138001", "W1", "卫生人员", None, None, None)


@pytest.fixture(autouse=True)
def west(make_unit):
    return make_unit("W1", key_of("110102"))


@pytest.fixture
def zhou(actor):
    return actor("zhoumin", ("dispatcher", "110102"))


@pytest.mark.parametrize(
    "footer",
    [
        ("合计", None, "1 人"),
        (None, "合计", None),
        (None, "合  计：1人", None),
        ("填表人：张三", None, None),
        (None, "共 1 人", 1),
    ],
)
def test_a_total_or_a_signature_under_the_list_is_nobody(zhou, footer):
    run = send(workbook(WANG, footer + (None,) * (8 - len(footer))), zhou)
    assert (run.counts["new"], run.counts["bad"]) == (1, 0)
    assert [note.code for note in found(run, zhou).notes] == ["footer_skipped"]


def test_a_person_whose_name_begins_like_a_total_is_somebody(zhou):
    run = send(workbook(("W002", "共青", "13800138002", "W1", "卫生人员", None, None, None)), zhou)
    take(run, zhou)
    assert names(zhou) == ["共青"]


def test_a_category_that_could_mean_two_things_is_read_as_one_and_said(zhou):
    run = send(workbook((*WANG[:4], "干部", None, None, None)), zhou)
    (note,) = found(run, zhou).noted("zh")
    assert note["wrong"] == "1 行的人员类别写“干部”，按“区直干部”登记"


def test_sentences_about_a_cell_name_the_office_s_own_column_and_a_number_of_its_kind(zhou):
    run = send(workbook((*WANG[:2], "1.38E+10", "W1", "厨师", None, None, None)), zhou)
    phone, category = found(run, zhou).said("zh")
    assert phone["column"] == "手机号（C 列）"
    assert phone["right"] == "请把整列设为“文本”，填写完整号码，例如 13912345678"
    assert category["right"] == "可填：区直干部、街镇干部、卫生人员、社工、志愿者、民警、物业、其他"
