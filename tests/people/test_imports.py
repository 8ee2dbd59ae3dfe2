"""A list of staff goes in whole or not at all, and says beforehand what it would do."""

import pytest
from django.db.models import Count

from tests.people.lists import csv, found, fresh, names, send, take, work, workbook
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import imports, persons
from turnout.people.models import HISTORY, MergeProposal, Person, Reach, Skill, Unit
from turnout.places.domain import closing, loading
from turnout.places.models import Area

pytestmark = pytest.mark.django_db

WEST, EAST = "110102", "110101"
WANG = ("W001", "王芳", "13800138001", "W1", "卫生人员", "采样；驾驶@2027-06-30", None, None)
LI = ("W002", "李明", 13800138002, "W1", "区直干部", None, None, "不能夜班")


@pytest.fixture
def west(make_unit):
    return make_unit("W1", key_of(WEST))


@pytest.fixture
def east(make_unit):
    return make_unit("E1", key_of(EAST))


@pytest.fixture
def zhou(actor):
    """Dispatcher of Xicheng."""
    return actor("zhoumin", ("dispatcher", WEST))


@pytest.fixture
def chen(actor):
    """Dispatcher of Dongcheng."""
    return actor("chenjie", ("dispatcher", EAST))


def history():
    with acting_as(SYSTEM):
        return {model.__name__: event.objects.count() for model, event in HISTORY.items()}


def test_a_dry_run_counts_and_writes_nothing(west, zhou):
    run = send(workbook(WANG, LI), zhou)
    assert (run.state, run.counts["new"], run.counts["bad"], names(zhou)) == ("checked", 2, 0, [])
    assert [(line["row"], line["name"], line["last4"]) for line in found(run, zhou).samples["new"]] == [
        (2, "王芳", "8001"),
        (3, "李明", "8002"),
    ]


def test_carried_out_it_is_as_if_each_had_been_entered_by_hand(west, zhou, make_person):
    run = take(send(workbook(WANG, LI), zhou), zhou)
    assert run.state == "done"
    with acting_as(zhou):
        wang, li = Person.objects.order_by("number")
        assert (wang.name, wang.categories, wang.unit_id, wang.phone_last4) == ("王芳", ["health"], west.pk, "8001")
        assert (li.name, li.work_limits, li.tier, li.state) == ("李明", ["no_night"], "standby", "active")
        assert persons.reveal_phone(person=li, purpose="correct", by=zhou) == "+8613800138002"
        skills = Skill.objects.filter(person=wang).order_by("name").values_list("name", "valid_through")
        assert [(name, str(day) if day else None) for name, day in skills] == [("采样", None), ("驾驶", "2027-06-30")]
        by_list = set(Reach.objects.filter(person=wang).values_list("basis", "area_key"))
    by_hand = make_person(west, "赵强", number="W009")
    with acting_as(zhou):
        assert by_list == set(Reach.objects.filter(person=by_hand).values_list("basis", "area_key"))


def test_the_same_content_again_changes_nothing_and_writes_no_history(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    before = history()
    with acting_as(SYSTEM):
        reach = list(Reach.objects.order_by("pk").values_list())
    run = send(workbook(WANG, LI), zhou)
    assert (run.counts["new"], run.counts["changed"], run.counts["same"]) == (0, 0, 2)
    assert take(run, zhou).state == "done"
    with acting_as(SYSTEM):
        assert (history(), list(Reach.objects.order_by("pk").values_list())) == (before, reach)


def test_a_change_shows_what_was_and_what_would_be(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    moved = (*WANG[:2], "13900139009", "W1", "卫生人员；志愿者", "采样", None, "轻体力")
    run = send(workbook(moved, LI), zhou)
    assert (run.counts["changed"], run.counts["same"]) == (1, 1)
    (sample,) = found(run, zhou).samples["changed"]
    assert {d["field"]: (d["before"], d["after"]) for d in sample["differences"]} == {
        "phone": ("8001", "9009"),
        "categories": (["health"], ["health", "volunteer"]),
        "work_limits": ([], ["light"]),
        "skills": (["采样@", "驾驶@2027-06-30"], ["采样@"]),
    }
    take(run, zhou)
    with acting_as(zhou):
        wang = Person.objects.get(number="W001")
        assert (wang.work_limits, wang.phone_last4, wang.skills.count()) == (["light"], "9009", 1)
        assert persons.reveal_phone(person=wang, purpose="correct", by=zhou) == "+8613900139009"


def test_history_names_the_sender_and_the_list_in_one_context(west, zhou):
    run = take(send(workbook(WANG, LI), zhou), zhou)
    with acting_as(SYSTEM):
        events = HISTORY[Person].objects.select_related("pgh_context")
        contexts = {event.pgh_context_id: event.pgh_context.metadata for event in events}
    assert list(contexts.values()) == [{"actor": str(zhou.id), "list": str(run.pk)}]


def test_one_audit_row_says_how_much_and_where(west, zhou):
    run = take(send(workbook(WANG, LI), zhou), zhou)
    with acting_as(SYSTEM):
        (row,) = AuditRow.objects.filter(verb="person.import")
    assert (row.actor_id, row.object_id, row.area_key) == (zhou.id, run.pk, key_of(WEST))
    assert '"new":2' in row.details


def test_an_empty_cell_leaves_what_is_known_and_none_clears_it(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    take(send(workbook(("W001", "王芳"), ("W002", "李明"), headings=("工号", "姓名")), zhou, unit=west), zhou)
    run = send(workbook((*WANG[:5], "无", None, None), (*LI[:7], "无")), zhou)
    assert run.counts["changed"] == 2
    take(run, zhou)
    with acting_as(zhou):
        wang, li = Person.objects.order_by("number")
        assert (wang.skills.count(), wang.categories, li.work_limits) == (0, ["health"], [])


def test_one_bad_row_keeps_the_whole_list_out(west, zhou):
    run = send(workbook(WANG, (*LI[:2], "1380013", *LI[3:])), zhou)
    assert (run.counts["new"], run.counts["bad"]) == (1, 1)
    with pytest.raises(Refusal) as refused:
        take(run, zhou)
    assert (refused.value.code, refused.value.details, names(zhou)) == ("lists.has_bad_rows", {"count": 1}, [])


def test_only_the_good_rows_is_an_act_of_its_own_and_the_bad_ones_come_back(west, zhou):
    run = send(workbook(WANG, (*LI[:2], "1380013", *LI[3:])), zhou)
    assert take(run, zhou, only_good=True).state == "done"
    assert names(zhou) == ["王芳"]
    (said,) = found(run, zhou).said("zh")
    assert (said["row"], said["column"], said["wrong"]) == (3, "手机号（C 列）", "“1380013”不是电话号码")


def test_the_sheet_of_bad_rows_can_be_mended_and_sent_again(west, zhou):
    from turnout.people.domain import uploads
    from turnout.sheets import open_bytes

    run = send(workbook(WANG, (*LI[:2], "1380013", *LI[3:])), zhou)
    with acting_as(zhou):
        back = uploads.open_file(run=run, role="bad_rows", by=zhou)
    assert back.name == "有问题的行.xlsx"
    rows = open_bytes(back.name, back.content).grids[1].rows
    assert (rows[0][:2], rows[1][0], rows[1][3]) == (["哪里不对", "怎样才对"], "手机号：“1380013”不是电话号码", "李明")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((None, "王芳", None, "W1", "卫生人员"), "no_identity"),
        (("W001", "王芳", "13800138001", None, "卫生人员"), "unit_missing"),
        (("W001", "王芳", "13800138001", "W9", "卫生人员"), "unit_unknown"),
        (("W001", "王芳", "13800138001", "W1", None), "category_missing"),
        (("W001", "王芳", "13800138001", "W1", "厨师"), "not_choice"),
        (("W001", "王芳", "13800138001", "W1", "卫生人员", "驾驶@昨天"), "not_date"),
        (("W001", "王芳", "13800138001", "W1", "卫生人员", "驾驶；驾驶@2027-01-01"), "skill_twice"),
        (("W001", "王芳", "13800138001", "W1", "卫生人员", None, "110102999999"), "home_unknown"),
        (("W001", "", "13800138001", "W1", "卫生人员"), "blank"),
        (("W001", "王芳", 1.38001e14, "W1", "卫生人员"), "phone_bad"),
        (("1.10102E+11", "王芳", None, "W1", "卫生人员"), "code_lost_digits"),
        (("W001", "王芳", "1.38E+10", "W1", "卫生人员"), "code_lost_digits"),
        (("W001", "王芳", "13800138001", "W1", "卫生人员", None, "1.10102E+11"), "code_lost_digits"),
    ],
)
def test_a_bad_row_says_what_is_wrong(west, zhou, row, code):
    run = send(workbook(tuple(row) + (None,) * (8 - len(row)), LI), zhou)
    assert [fault.code for fault in found(run, zhou).faults] == [code]
    assert (run.counts["new"], run.counts["bad"]) == (1, 1)


def test_two_rows_of_one_person_with_other_content_are_both_bad(west, zhou):
    run = send(workbook(WANG, (*WANG[:1], "王方", *WANG[2:]), LI, LI), zhou)
    assert [(f.row, f.code) for f in found(run, zhou).faults] == [(2, "row_twice"), (3, "row_twice")]
    assert (run.counts["new"], run.counts["repeated"]) == (1, 1)


def test_numbers_that_belong_to_two_people_or_to_somebody_else_are_refused(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    crossed = ("W001", "王芳", "13800138002", "W1", None, None, None, None)
    taken = ("W002", "钱进", "13700137000", "W1", None, None, None, None)
    run = send(workbook(crossed, taken), zhou)
    assert [fault.code for fault in found(run, zhou).faults] == ["two_people", "number_of_other"]
    run = send(workbook(("W077", "钱进", "13800138002", "W1", None, None, None, None)), zhou)
    assert [fault.code for fault in found(run, zhou).faults] == ["phone_of_other"]


def test_a_home_is_found_by_code_as_text_or_number_and_by_name(west, zhou):
    with acting_as(SYSTEM):
        loading.load_public(code=WEST, by=SYSTEM)
        twice = Area.objects.filter(level="community").values("name").annotate(n=Count("id")).filter(n__gt=1)
        first, second, third = Area.objects.filter(level="community").exclude(name__in=twice.values("name"))[:3]
    homes = [first.code, float(second.code), third.name, first.name[:-1] + "村"]
    rows = [(f"W{n}", f"王芳{n}", None, "W1", "社工", None, home, None) for n, home in enumerate(homes)]
    run = send(workbook(*rows), zhou)
    assert [(fault.row, fault.code) for fault in found(run, zhou).faults] == [(5, "home_unknown")]
    take(run, zhou, only_good=True)
    with acting_as(zhou):
        keys = list(Person.objects.order_by("number").values_list("home_key", flat=True))
        reached = Reach.objects.filter(basis="home").order_by("person__number").values_list("area_key", flat=True)
        assert keys == list(reached) == [first.area_key, second.area_key, third.area_key]


def test_a_closed_home_is_answered_with_its_successor(west, zhou):
    with acting_as(SYSTEM):
        loading.load_public(code=WEST, by=SYSTEM)
        old, new = Area.objects.filter(level="community").order_by("code")[:2]
        closing.close(area=old, successor=new, by=SYSTEM)
    run = send(workbook((*WANG[:6], old.code, None)), zhou)
    (said,) = found(run, zhou).said("zh")
    assert (said["wrong"], said["right"]) == (f"社区“{old.code}”已撤并", f"请改填 {new.code} {new.name}")


def test_units_of_others_are_refused_and_those_out_of_sight_do_not_exist(west, make_unit, actor):
    street = key_of("110102007000")
    make_unit("S1", street)
    desk = actor("wanglin", ("dispatcher", "110102007"), ("viewer", "110102"))
    run = send(workbook(WANG, (*LI[:3], "S1", *LI[4:])), desk)
    assert [fault.code for fault in found(run, desk).faults] == ["unit_not_yours"]
    far = actor("zhengwei", ("dispatcher", "110105"))
    assert [fault.code for fault in found(send(workbook(WANG), far), far).faults] == ["unit_unknown"]


def test_somebody_known_elsewhere_is_answered_and_claimed_not_taken(west, east, zhou, chen, actor):
    take(send(workbook((*WANG[:3], "E1", *WANG[4:])), chen), chen)
    run = send(workbook(WANG, LI), zhou)
    assert (run.counts["new"], run.counts["elsewhere"], run.counts["bad"]) == (1, 1, 0)
    assert take(run, zhou).state == "done"
    assert names(zhou) == ["李明"]
    city = actor("gaoyuan", ("administrator", "110000"))
    seen = {}
    for who in (zhou, chen, city):
        with acting_as(who):
            seen[who.id] = [(p.claim_unit_id, p.reason, p.state) for p in MergeProposal.objects.all()]
    assert seen == {zhou.id: [], chen.id: [], city.id: [(west.pk, "phone", "open")]}
    take(send(workbook(WANG, LI), zhou), zhou)
    with acting_as(city):
        assert MergeProposal.objects.count() == 1


def test_whoever_answers_for_both_units_moves_a_person_by_the_list(west, east, actor):
    city = actor("gaoyuan", ("dispatcher", "110000"))
    take(send(workbook((*WANG[:3], "E1", *WANG[4:])), city), city)
    run = send(workbook(WANG), city)
    assert run.counts["changed"] == 1
    take(run, city)
    with acting_as(SYSTEM):
        wang = Person.objects.get()
        keys = set(Reach.objects.filter(person=wang).values_list("area_key", flat=True))
        unit = Unit.objects.get(pk=wang.unit_id)
    assert (unit.code, keys) == ("W1", {west.area_key, west.scope_key})


def test_who_is_missing_is_left_alone_unless_the_list_is_complete(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    assert send(workbook(WANG), zhou).counts["left"] == 0
    run = send(workbook(WANG), zhou, complete=True)
    assert (run.counts["left"], [line["name"] for line in found(run, zhou).samples["left"]]) == (1, ["李明"])
    take(run, zhou)
    assert names(zhou) == ["王芳"]
    back = send(workbook(WANG, LI), zhou)
    assert back.counts["changed"] == 1
    take(back, zhou)
    assert names(zhou) == ["李明", "王芳"]


def test_with_bad_rows_nobody_is_marked_as_left(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    run = send(workbook(WANG, ("", "无名氏", "", "W1", "", "", "", "")), zhou, complete=True)
    assert (run.counts["bad"], run.counts["left"]) == (1, 0)


def test_what_changed_since_the_dry_run_is_shown_instead_of_written(west, zhou):
    take(send(workbook(WANG, LI), zhou), zhou)
    run = send(workbook(WANG, (*LI[:5], "驾驶", *LI[6:])), zhou)
    with acting_as(zhou):
        li = Person.objects.get(number="W002")
        persons.set_limits(person=li, limits=["light"], by=zhou)
    run = take(run, zhou)
    assert (run.state, run.settings["changed_since"], run.counts["changed"]) == ("checked", True, 1)
    with acting_as(zhou):
        assert Skill.objects.filter(person=li).count() == 0
    assert take(run, zhou).state == "done"


def test_a_list_is_carried_out_once(west, zhou):
    run = take(send(workbook(WANG), zhou), zhou)
    for verb in (imports.commit, imports.again):
        with acting_as(zhou), pytest.raises(Refusal) as refused:
            verb(run=run, by=zhou)
        assert refused.value.status == 409
    work(run, zhou, imports.carry_out)
    assert fresh(run, zhou).counts == run.counts


def test_a_liaison_lists_the_own_unit_only(west, east, make_user):
    from turnout.access.queries import load_actor
    from turnout.people.domain import units

    user = make_user("sunli")
    with acting_as(SYSTEM):
        units.set_liaison(unit=west, user=user, by=SYSTEM)
    liaison = load_actor(user.pk)
    run = send(workbook(WANG, (*LI[:3], "E1", *LI[4:])), liaison)
    assert [fault.code for fault in found(run, liaison).faults] == ["unit_unknown"]
    assert take(run, liaison, only_good=True).state == "done"
    assert names(liaison) == ["王芳"]


def test_who_may_not_import_is_refused(west, actor):
    viewer = actor("hejing", ("viewer", WEST))
    with acting_as(viewer), pytest.raises(Refusal) as refused:
        imports.begin(file=workbook(WANG), by=viewer)
    assert refused.value.code == "access.not_allowed"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_encoding_with_full_width_digits(west, zhou, encoding):
    text = "西城区支援人员名单\n工号,姓名,手机号,单位,类别\nＷ００１,王 芳,１３８ ００１３ ８００１,单位W1,医生\n"
    run = send(csv(text, encoding), zhou)
    assert (run.state, run.counts["new"]) == ("checked", 1)
    take(run, zhou)
    with acting_as(zhou):
        assert list(Person.objects.values_list("number", "name", "phone_last4")) == [("W001", "王芳", "8001")]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (csv("工号,手机号\nW001,13800138001\n"), "column_missing"),
        (csv("甲,乙\n1,2\n"), "no_heading"),
        (csv("工号,姓名,姓名\nW001,王芳,李明\n"), "column_twice"),
        (imports.File("名单.pdf", b"%PDF"), "file_kind"),
        (imports.File("名单.xlsx", b"<html>"), "file_is_html"),
    ],
)
def test_a_list_that_cannot_be_read_is_given_back_with_the_reason(west, zhou, file, code):
    run = send(file, zhou)
    assert (run.state, run.fault, run.fault_details) == ("refused", "lists.unreadable", {"code": code})
    assert found(run, zhou).faults[0].code == code
