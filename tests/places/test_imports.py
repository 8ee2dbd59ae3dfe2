"""Lists of places: a dry run that keeps nothing, a commit that is all or nothing, the same list twice."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.db import transaction
from tests.places.conftest import FIRST, SECOND, STREET, actor

from turnout import sheets
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.places import exports, lists, queries
from turnout.places.domain import areas, buildings, imports
from turnout.places.models import Area, AreaEvent, Building, Compound, Site

pytestmark = pytest.mark.django_db

NEW = "110102001598"
HEAD = {
    "areas": ["code", "name", "residents", "households", "lon", "lat", "coordinate_system", "closed", "successor_code"],
    "compounds": ["社区编码", "小区名称", "管理方式", "门卫", "户数"],
    "buildings": ["社区编码", "小区", "楼栋", "层数", "单元数"],
    "sites": ["所在区域编码", "类型", "点位名称", "地址", "经度", "纬度", "坐标系"],
}


@pytest.fixture
def book(tmp_path):
    """Write a workbook: sheet name = rows under its headings."""

    def write(**rows_of) -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in rows_of.items():
            sheet = workbook.create_sheet(name)
            for row in [HEAD[name], *rows]:
                sheet.append(row)
        workbook.save(tmp_path / "list.xlsx")
        return tmp_path / "list.xlsx"

    return write


def faults_of(path, by=SYSTEM):
    return [
        (fault.sheet, fault.row, fault.code) for fault in imports.dry_run(book=sheets.open_book(path), by=by).faults
    ]


def everything():
    return [
        list(Area.objects.order_by("pk").values()),
        list(Compound.objects.order_by("pk").values()),
        list(Building.objects.order_by("pk").values()),
        list(Site.objects.order_by("pk").values()),
        AreaEvent.objects.count(),
        AuditRow.objects.count(),
    ]


@pytest.fixture
def full(book, street):
    """A list with every sheet: a new street with a community, changed and same rows, compounds, buildings, sites."""
    return book(
        areas=[
            ["110102598001", "新区一社区", 3000, 1200, 116.36, 39.9],
            ["110102598000", "新区街道"],
            [FIRST, "府右街社区", 4000, 1500],
            [SECOND, "西交民巷社区居委会"],
        ],
        compounds=[[FIRST, "一号院", "有物业", "是", 300], ["110102598001", "新区花园", "自管", None, None]],
        buildings=[[FIRST, "一号院", "1号楼", 6, 4], [FIRST, None, "沿街楼", 3, None]],
        sites=[
            [FIRST, "卡口", "东门", "府右街1号", 116.37, 39.91, None],
            [STREET, "采样点", "广场", None, None, None, None],
        ],
    )


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(full):
    before = everything()
    report = imports.dry_run(book=sheets.open_book(full), by=SYSTEM)
    assert report.faults == []
    assert {name: (t.new, t.changed, t.same) for name, t in report.tallies.items()} == {
        "areas": (2, 1, 1),
        "compounds": (2, 0, 0),
        "buildings": (2, 0, 0),
        "sites": (2, 0, 0),
    }
    changed = [sample for sample in report.samples if sample.verdict == "changed"]
    assert [(one.sheet, one.row, one.changes["name"]) for one in changed] == [
        ("areas", 4, ("府右街南社区居委会", "府右街社区"))
    ]
    assert not report.committed
    assert everything() == before


def test_the_commit_does_what_the_dry_run_said(full, editor):
    report = imports.commit(book=sheets.open_book(full), by=editor)
    assert (report.total("new"), report.total("changed"), report.total("same"), report.committed) == (8, 1, 1, True)
    community = Area.objects.get(code="110102598001")
    assert (community.parent.code, community.parent.kind, community.counts_source) == (
        "110102598000",
        "street_like",
        "list",
    )
    first = Area.objects.get(code=FIRST)
    assert (first.name, first.residents, first.counts_synthetic, first.point_synthetic) == (
        "府右街社区",
        4000,
        False,
        True,
    )
    compound = Compound.objects.get(area__code=f"{FIRST}-001")
    assert (compound.area.name, compound.management, compound.guarded, compound.area.households) == (
        "一号院",
        "company",
        True,
        300,
    )
    assert [b.area.code for b in Building.objects.order_by("area__area_key")] == [
        f"{FIRST}-000-001",
        f"{FIRST}-001-001",
    ]
    assert set(Site.objects.values_list("kind", "name", "address")) == {
        ("gate", "东门", "府右街1号"),
        ("sampling_point", "广场", ""),
    }
    row = AuditRow.objects.get(verb="area.import")
    assert row.area_key == Area.objects.get(code="110102000000").area_key


def test_the_same_list_again_changes_nothing_and_writes_nothing(full, editor):
    imports.commit(book=sheets.open_book(full), by=editor)
    before = everything()
    report = imports.commit(book=sheets.open_book(full), by=editor)
    assert (report.total("new"), report.total("changed"), report.total("same")) == (0, 0, 10)
    assert everything() == before


def test_one_bad_row_and_nothing_is_taken_over(book, street):
    path = book(areas=[[NEW, "新街社区"], ["110102002001", "无家可归社区"]])
    before = everything()
    with pytest.raises(Refusal) as refused, transaction.atomic():
        imports.commit(book=sheets.open_book(path), by=SYSTEM)
    assert (refused.value.code, refused.value.details["count"]) == ("places.import_bad", 1)
    assert [fault.code for fault in refused.value.details["report"].faults] == ["parent_missing"]
    assert everything() == before


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["110102x", "某社区"], "code_characters"),
        (["11010200", "某社区"], "area_code"),
        (["1.10102E+11", "某社区"], "code_lost_digits"),
        ([f"{FIRST}-001", "某院"], "local_by_name"),
        ([NEW, None], "blank"),
        ([NEW, "某社区", "很多"], "not_number"),
        ([NEW, "某社区", -1], "too_small"),
        ([NEW, "某社区", 1, 1, 116.37], "point_half"),
        ([NEW, "某社区", 1, 1, 39.91, 116.37], "refused"),
        ([NEW, "某社区", 1, 1, 116.37, 39.91, "mercator"], "not_choice"),
        ([FIRST, "某社区", None, None, None, None, None, "是"], "closed_without_successor"),
        ([FIRST, "某社区", None, None, None, None, None, "是", "110102001999"], "area_missing"),
        ([FIRST, "某社区", None, None, None, None, None, "是", FIRST], "refused"),
    ],
)
def test_a_bad_row_is_named_with_its_sheet_and_row(book, street, row, code):
    assert faults_of(book(areas=[row])) == [("areas", 2, code)]


def test_codes_as_numbers_and_full_width_digits_are_read(book, street):
    path = book(areas=[[int(NEW), "新街社区", "１２００", "5,00"[:1]]])
    imports.commit(book=sheets.open_book(path), by=SYSTEM)
    assert Area.objects.get(code=NEW).residents == 1200


def test_a_swapped_pair_is_told_the_right_way_round(book, street):
    path = book(areas=[[NEW, "新街社区", None, None, 39.91, 116.37]])
    report = imports.dry_run(book=sheets.open_book(path), by=SYSTEM)
    wrong, right = sheets.say(report.faults[0], "en", lists.SENTENCES)
    assert (wrong, right) == (
        "Longitude and latitude are the wrong way round.",
        "Give longitude 116.37 and latitude 39.91.",
    )


def test_a_place_listed_twice_with_other_content_is_refused_and_with_the_same_counted_once(book, street):
    assert faults_of(book(areas=[[NEW, "新街社区"], [NEW, "新路社区"]])) == [("areas", 3, "listed_twice")]
    report = imports.dry_run(book=sheets.open_book(book(areas=[[NEW, "新街社区"], [NEW, "新街社区"]])), by=SYSTEM)
    assert ([note.code for note in report.notes], report.total("new")) == (["listed_again"], 1)


def test_rows_outside_ones_area_are_faults_whether_they_exist_or_not(book, street):
    near = actor("area.view", "area.edit", over=FIRST)
    path = book(areas=[[SECOND, "改名社区"], ["110105001001", "朝阳某社区"], [FIRST, "府右街社区"]])
    assert faults_of(path, by=near) == [("areas", 2, "not_yours"), ("areas", 3, "not_yours")]


def test_without_the_permission_no_list_is_read_at_all(book, viewer):
    with pytest.raises(Refusal) as refused:
        imports.dry_run(book=sheets.Book(Path("nowhere.xlsx"), []), by=viewer)
    assert refused.value.status == 403


def test_unknown_communities_and_compounds_are_named(book, street):
    path = book(
        compounds=[[NEW, "院"], [STREET, "院"]],
        buildings=[[FIRST, "没有的院", "1号楼"]],
        sites=[["110102001999", "卡口", "门"], [FIRST, "酒吧", "门"]],
    )
    assert sorted(faults_of(path)) == [
        ("buildings", 2, "compound_missing"),
        ("compounds", 2, "area_missing"),
        ("compounds", 3, "area_code"),
        ("sites", 2, "area_missing"),
        ("sites", 3, "not_choice"),
    ]


def test_a_whole_street_is_closed_in_favour_of_another_by_one_list(book, street, first):
    compound = buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    rows = [["110102598000", "新区街道"]]
    for number, one in enumerate(queries.children(street, by=SYSTEM), 1):
        rows.append([f"110102598{number:03d}", f"新区{number}社区"])
        rows.append([one.code, one.name, None, None, None, None, None, "yes", f"110102598{number:03d}"])
    rows.append([STREET, street.name, None, None, None, None, None, "yes", "110102598000"])
    report = imports.commit(book=sheets.open_book(book(areas=rows)), by=SYSTEM)
    assert (report.total("new"), report.total("closed")) == (12, 12)
    assert queries.successor_of(street).code == "110102598000"
    assert Area.objects.get(pk=compound.pk).code == "110102598001-001"
    again = imports.commit(book=sheets.open_book(book(areas=rows)), by=SYSTEM)
    assert (again.total("new"), again.total("closed"), again.total("changed")) == (0, 0, 0)


def test_a_street_whose_communities_stay_open_is_not_closed_by_a_list(book, street):
    rows = [["110102598000", "新区街道"], [STREET, street.name, None, None, None, None, None, "yes", "110102598000"]]
    report = imports.dry_run(book=sheets.open_book(book(areas=rows)), by=SYSTEM)
    assert [fault.code for fault in report.faults] == ["refused"]
    assert (
        sheets.say(report.faults[0], "zh", lists.SENTENCES)[0] != sheets.say(report.faults[0], "en", lists.SENTENCES)[0]
    )


def test_points_outside_their_district_are_mentioned_and_taken(book, street):
    path = book(areas=[[NEW, "新街社区", None, None, 116.45, 39.91]])
    report = imports.commit(book=sheets.open_book(path), by=SYSTEM)
    assert [(note.code, note.row) for note in report.notes] == [("outside_district", 2)]
    assert Area.objects.get(code=NEW).lon == 116.45


def test_a_lone_csv_of_any_name_is_known_by_its_headings(tmp_path, street):
    path = tmp_path / "导出 (3).csv"
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([["社区编码", "小区名称", "管理方式"], [FIRST, "一号院", "单位自管"]])
    assert imports.commit(book=sheets.open_book(path), by=SYSTEM).total("new") == 1
    assert Compound.objects.get().management == "unit"


def test_a_file_that_is_no_list_of_places_is_refused(tmp_path, street):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n", encoding="utf-8")
    assert [fault.code for fault in imports.dry_run(book=sheets.open_book(path), by=SYSTEM).faults] == ["no_list"]
    with pytest.raises(sheets.Refused):
        imports.dry_run(book=sheets.open_book(tmp_path / "nowhere.xlsx"), by=SYSTEM)


def test_an_export_comes_back_as_the_same_and_what_is_made_up_stays_marked(tmp_path, full, street, editor):
    imports.commit(book=sheets.open_book(full), by=editor)
    district = Area.objects.get(code="110102000000")
    path = tmp_path / "out.xlsx"
    sheets.save(path, exports.sheets(district, by=editor))
    report = imports.commit(book=sheets.open_book(path), by=editor)
    assert (report.faults, report.total("new"), report.total("changed")) == ([], 0, 0)
    assert report.total("same") == 1 + 2 + 12 + 2 + 2 + 2
    untouched = Area.objects.get(code=SECOND)
    assert untouched.labels == ("residents_split", "point_placed")


def test_made_up_figures_stay_marked_in_another_installation(tmp_path, street, editor):
    path = tmp_path / "out.xlsx"
    sheets.save(path, exports.sheets(street, by=editor))
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["areas"]
    sheet.append([NEW, "新街社区", 100, 40, "census_2020_split", "2020-11-01", 116.37, 39.91, "wgs84", "placed"])
    workbook.save(path)
    imports.commit(book=sheets.open_book(path), by=editor)
    new = Area.objects.get(code=NEW)
    assert (new.counts_synthetic, new.point_synthetic, new.counts_as_of) == (True, True, date(2020, 11, 1))


def test_an_export_shows_the_viewer_s_own_area_only_and_a_stranger_nothing(street, first, stranger):
    own = actor("area.view", over=FIRST)
    assert [row[0] for row in exports.sheets(first, by=own)[0].rows] == [FIRST]
    for by in (own, stranger):
        with pytest.raises(Refusal) as refused:
            exports.sheets(street, by=by)
        assert refused.value.status == 404


def test_the_template_holds_every_heading_that_is_read(tmp_path):
    path = tmp_path / "template.xlsx"
    sheets.save(path, exports.template())
    found = {sheet.title: [cell.value for cell in sheet[1]] for sheet in openpyxl.load_workbook(path)}
    assert found == {layout.name: [column.name for column in layout.columns] for layout in lists.LAYOUTS}


def test_all_of_beijing_comes_back_as_new_elsewhere_and_as_same_here(tmp_path, scope):
    areas.load_public(code="110102", by=SYSTEM)
    path = tmp_path / "xicheng.xlsx"
    sheets.save(path, exports.sheets(Area.objects.get(code="110000000000"), by=SYSTEM))
    assert imports.dry_run(book=sheets.open_book(path), by=SYSTEM).total("same") == 280
