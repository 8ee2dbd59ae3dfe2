"""Finding people by what a clerk types, inside the own scope only."""

import pytest

from tests.people import lists
from tests.people.conftest import DONGCHENG, HOME_EAST, HOME_WEST, XICHENG
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of
from turnout.people import search
from turnout.people.domain import abilities, persons, terms
from turnout.people.search import Criteria

pytestmark = pytest.mark.django_db

WAYS = {"narrow": 3_000, "wide": -1}


@pytest.fixture(params=WAYS)
def ground(request, monkeypatch):
    """Every search is tried both ways: taking all in reach, and walking the index."""
    monkeypatch.setattr(search, "FEW", WAYS[request.param])


@pytest.fixture
def people(make_unit, make_person):
    west, east = make_unit("W1"), make_unit("E1", key_of(DONGCHENG))
    make_person(west, "王芳", number="A-17", phone="13800004567", home_key=HOME_EAST)
    make_person(west, "欧阳明月", number="B2", categories=["police"], home_key=HOME_WEST)
    make_person(west, "单雄信", phone="13900001111")
    make_person(east, "曾志伟")
    make_person(east, "Ivan Petrov")
    return west, east


def found(text="", actor=SYSTEM, **criteria):
    with acting_as(actor):
        return [person.name for person in search.search(Criteria(text=text, **criteria)).persons]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王", ["王芳"]),
        ("芳", ["王芳"]),
        ("明月", ["欧阳明月"]),
        ("阳", ["欧阳明月"]),
        ("wf", ["王芳"]),
        ("WangF", ["王芳"]),
        ("oymy", ["欧阳明月"]),
        ("my", ["欧阳明月"]),
        ("sxx", ["单雄信"]),
        ("dxx", ["单雄信"]),
        ("zzw", ["曾志伟"]),
        ("czw", ["曾志伟"]),
        ("petrov", ["Ivan Petrov"]),
        ("4567", ["王芳"]),
        ("138 0000 4567", ["王芳"]),
        ("+8613800004567", ["王芳"]),
        ("１３８００００４５６７", ["王芳"]),
        ("a-17", ["王芳"]),
        ("13800009999", []),
        ("%", []),
        ("方", []),
    ],
)
def test_what_is_typed_finds_who_is_meant(people, ground, text, names):
    assert found(text) == names


def test_without_a_text_people_come_in_the_order_of_their_pinyin(people, ground):
    assert found() == ["Ivan Petrov", "欧阳明月", "单雄信", "王芳", "曾志伟"]


def test_a_search_sees_the_own_area_only(people, ground, actor):
    east = actor("east", ("dispatcher", DONGCHENG))
    assert found(actor=east) == ["Ivan Petrov", "王芳", "曾志伟"]
    assert found("oymy", actor=east) == []
    assert found("13900001111", actor=east) == []


def test_filters_narrow_a_search(people, ground):
    west, _ = people
    assert found(unit_id=west.pk) == ["欧阳明月", "单雄信", "王芳"]
    assert found("w", unit_id=west.pk) == ["王芳"]
    assert found(category="police") == ["欧阳明月"]
    assert found("o", category="health") == []
    assert found(area=range_of("110102007")) == ["欧阳明月"]
    assert found("o", area=range_of(DONGCHENG)) == []
    assert found("w", area=range_of(DONGCHENG)) == ["王芳"]


def test_a_skill_is_found_while_it_is_valid(people, ground):
    with acting_as(SYSTEM):
        today = search._today()
        person = search.search(Criteria("王芳")).persons[0]
        abilities.set_skills(person=person, skills={"护士": today, "司机": None}, by=SYSTEM)
        other = search.search(Criteria("sxx")).persons[0]
        abilities.set_skills(person=other, skills={"护士": today.replace(year=2020)}, by=SYSTEM)
    assert found(skill="护士") == ["王芳"]
    assert found("w", skill="护士") == ["王芳"]
    assert found("s", skill="护士") == []


def test_who_left_is_found_only_among_those_who_left(people, ground):
    with acting_as(SYSTEM):
        persons.leave(person=search.search(Criteria("王芳")).persons[0], by=SYSTEM)
    assert found("王") == []
    assert found("王", state="left") == ["王芳"]


@pytest.mark.parametrize("text", ["", "l"])
def test_pages_follow_each_other_without_a_gap_or_a_double(make_unit, make_person, ground, text):
    unit = make_unit()
    names = ["李伟", "李敏", "李丽", "梁丽", "林立"]
    for name in names:
        make_person(unit, name)
    pages, token = [], ""
    with acting_as(SYSTEM):
        for _ in range(4):
            page = search.search(Criteria(text), after=token, size=2)
            pages.append([person.name for person in page.persons])
            token = page.next
            if not token:
                break
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page) == sorted(names)


def test_a_broken_page_token_begins_anew(people, ground):
    with acting_as(SYSTEM):
        assert len(search.search(Criteria(), after="nonsense").persons) == 5


@pytest.mark.parametrize("count", [1, 3])
def test_one_person_costs_as_many_queries_as_three(make_unit, make_person, django_assert_num_queries, count):
    unit = make_unit()
    for number in range(count):
        make_person(unit, "李伟", number=str(number))
    with acting_as(SYSTEM), django_assert_num_queries(3):
        assert len([person.unit.name for person in search.search(Criteria("lw")).persons]) == count


def test_a_changed_name_is_found_by_the_new_one_only(people):
    with acting_as(SYSTEM):
        person = search.search(Criteria("王芳")).persons[0]
        persons.edit(person=person, name="赵磊", number="", categories=["health"], home_key=None, by=SYSTEM)
    assert (found("wf"), found("zl"), found("a-17")) == ([], ["赵磊"], [])


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("查良镛", {"zly", "cly"}), ("解晓东", {"xxd", "jxd"}), ("仇英", {"qy", "cy"}), ("区志航", {"ozh", "qzh"}),
        ("盖叫天", {"gjt"}), ("尉迟恭", {"ycg", "wcg"}), ("长孙无忌", {"zswj", "cswj"}), ("朴树", {"ps"}),
        ("乐嘉", {"yj", "lj"}), ("翟天临", {"ztl", "dtl"}), ("阿卜杜·热合曼", {"abdrhm"}),
    ],
)  # fmt: skip
def test_a_surname_that_reads_irregularly_is_found_both_ways(name, initials):
    assert initials <= terms.of(name)


def test_who_came_by_a_list_is_found_as_if_entered_by_hand(people, actor):
    by = actor("west", ("dispatcher", XICHENG))
    line = ("W001", "尉迟恭", "13800138001", "W1", "卫生人员", None, None, None)
    lists.take(lists.send(lists.workbook(line), by), by)
    assert [found(text, by) for text in ("ycg", "wcg", "8001", "w001")] == [["尉迟恭"]] * 4
    lists.take(lists.send(lists.workbook((line[0], "赵磊", *line[2:])), by), by)
    assert (found("ycg", by), found("zl", by)) == ([], ["赵磊"])
    assert found(actor=by)[-1] == "赵磊"


def test_a_changed_category_is_found_by_the_new_one_only(people, ground):
    with acting_as(SYSTEM):
        person = search.search(Criteria("王芳")).persons[0]
        persons.edit(person=person, name="王芳", number="", categories=["property"], home_key=None, by=SYSTEM)
    assert (found("王芳", category="health"), found("王芳", category="property")) == ([], ["王芳"])
    assert (found("\x1fproperty"), found("property")) == ([], [])
