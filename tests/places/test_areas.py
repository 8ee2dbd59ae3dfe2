"""Adding, renaming, counting and moving areas: who may, what is refused, what history keeps."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, transaction
from tests.places.conftest import FIRST

from turnout.core import audit
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.places import queries
from turnout.places.domain import areas, buildings
from turnout.places.given import Counts, Point
from turnout.places.models import Area, Building, Compound

pytestmark = pytest.mark.django_db

NEW = "110102001598"


def refusal_of(act):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act()
    return refused.value.code


def test_an_area_is_added_under_the_one_its_code_belongs_to(street, editor):
    area = areas.add(code=NEW, name=" 新街社区 ", by=editor)
    assert (area.parent_id, area.level, area.kind, area.name) == (street.pk, "community", "villagers_like", "新街社区")
    assert (area.residents, area.counts_source, area.lon) == (None, "", None)
    assert AuditRow.objects.get(object_id=area.pk).verb == "area.add"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (FIRST, "places.code_taken"),
        ("110102002998", "places.parent_missing"),
        ("110102x", "places.code_bad"),
        ("000000000000", "places.code_bad"),
        ("110102001004-001", "places.code_bad"),
    ],
)
def test_a_code_that_is_taken_homeless_or_no_code_is_refused(street, code, why):
    assert refusal_of(lambda: areas.add(code=code, name="某社区", by=SYSTEM)) == why


@pytest.mark.parametrize("name", ["", "   ", "字" * 101, "某\n社区"])
def test_an_area_without_a_proper_name_is_refused(street, name):
    assert refusal_of(lambda: areas.add(code=NEW, name=name, by=SYSTEM)) == "places.name_empty"


def test_a_name_of_100_characters_is_taken(street):
    assert areas.add(code=NEW, name="字" * 100, by=SYSTEM).name == "字" * 100


def test_the_verbs_are_404_for_a_stranger_403_for_a_viewer_and_done_for_an_editor(first, stranger, viewer, editor):
    acts = [
        lambda by: areas.add(code=NEW, name="新街社区", by=by),
        lambda by: areas.rename(area=first, name="府右街社区", by=by),
        lambda by: areas.count(area=first, counts=Counts(10, 5, "社区", date(2026, 1, 1)), by=by),
        lambda by: areas.move_point(area=first, point=Point(116.37, 39.91), by=by),
        lambda by: buildings.add_compound(community=first, name="一号院", by=by),
        lambda by: buildings.add_building(within=first, name="一号楼", by=by),
    ]
    for act in acts:
        for by, status in ((stranger, 404), (viewer, 403)):
            with pytest.raises(Refusal) as refused:
                act(by)
            assert refused.value.status == status
        act(editor)
    verbs = ["area.add", "area.rename", "area.count", "area.move_point", "area.add", "area.add"]
    written = AuditRow.objects.exclude(verb="area.load_public").order_by("id")
    assert list(written.values_list("verb", flat=True)) == verbs


def test_an_editor_of_one_street_does_not_reach_the_next(street, editor):
    from tests.places.conftest import actor

    neighbour = actor("area.view", "area.edit", over="110102003")
    with pytest.raises(Refusal) as refused:
        areas.rename(area=street, name="别处", by=neighbour)
    assert refused.value.status == 404


def test_a_renamed_area_keeps_its_old_name_in_its_history(first, editor):
    areas.rename(area=first, name="府右街社区", by=editor)
    states = [(one.pgh_label, one.name) for one in queries.history(first, by=editor)]
    assert states == [("update", "府右街社区"), ("insert", "府右街南社区居委会")]


def test_the_same_name_again_changes_nothing(first, editor):
    areas.rename(area=first, name=first.name, by=editor)
    assert queries.history(first, by=editor).count() == 1
    assert not AuditRow.objects.filter(verb="area.rename").exists()


def test_counts_say_their_source_and_date_and_are_no_longer_synthetic(first, editor):
    assert (first.counts_synthetic, first.labels) == (True, ("residents_split", "point_placed"))
    area = areas.count(area=first, counts=Counts(4210, 1700, "社区台账", date(2026, 3, 1)), by=editor)
    assert (area.residents, area.households, area.counts_source) == (4210, 1700, "社区台账")
    assert (area.counts_synthetic, area.labels) == (False, ("point_placed",))


@pytest.mark.parametrize(
    "counts",
    [
        Counts(10, 5, "", date(2026, 1, 1)),
        Counts(10, 5, "社区", None),
        Counts(-1, 5, "社区", date(2026, 1, 1)),
        Counts(10, 100_000_001, "社区", date(2026, 1, 1)),
        Counts(10, 5, "社区", date(2999, 1, 1)),
    ],
)
def test_counts_without_source_or_date_negative_huge_or_of_the_future_are_refused(first, counts):
    assert refusal_of(lambda: areas.count(area=first, counts=counts, by=SYSTEM)) == "places.counts_bad"


@pytest.mark.parametrize(
    ("point", "why"),
    [
        (Point(39.91, 116.37), "places.point_swapped"),
        (Point(181, 0), "places.point_bad"),
        (Point(0, -90.1), "places.point_bad"),
        (Point(float("nan"), 0), "places.point_bad"),
        (Point(116.37, 39.91, "mercator"), "places.value_bad"),
    ],
)
def test_a_swapped_or_impossible_point_is_refused(first, point, why):
    assert refusal_of(lambda: areas.move_point(area=first, point=point, by=SYSTEM)) == why


def test_a_point_of_another_system_is_kept_in_wgs84_with_the_system_it_came_in(first):
    area = areas.move_point(area=first, point=Point(116.410244, 39.916404, "gcj02"), by=SYSTEM)
    assert (round(area.lon, 5), round(area.lat, 5), area.point_system) == (116.404, 39.915, "gcj02")
    assert (area.point_synthetic, area.point_source) == (False, "form")


def test_compounds_and_buildings_are_numbered_inside_their_community(first, editor):
    compound = buildings.add_compound(community=first, name="一号院", management="company", gates=2, by=editor)
    building = buildings.add_building(within=compound, name="1号楼", floors=6, entrances=4, by=editor)
    lone = buildings.add_building(within=first, name="沿街楼", by=editor)
    second = buildings.add_compound(community=first, name="二号院", by=editor)
    assert [one.code for one in (compound, building, lone, second)] == [
        f"{FIRST}-001",
        f"{FIRST}-001-001",
        f"{FIRST}-000-001",
        f"{FIRST}-002",
    ]
    assert Compound.objects.get(area=compound).gates == 2
    assert Building.objects.get(area=building).entrances == 4
    assert compound.area_key < building.area_key < compound.key_end <= second.area_key
    assert first.area_key < lone.area_key < compound.area_key < first.key_end


def test_two_compounds_of_one_name_in_a_community_are_refused(first):
    buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    assert refusal_of(lambda: buildings.add_compound(community=first, name="一号院", by=SYSTEM)) == "places.name_taken"
    other = buildings.add_compound(community=first, name="二号院", by=SYSTEM)
    assert refusal_of(lambda: areas.rename(area=other, name="一号院", by=SYSTEM)) == "places.name_taken"


def test_a_compound_hangs_under_a_community_only(street, first):
    assert refusal_of(lambda: buildings.add_compound(community=street, name="院", by=SYSTEM)) == "places.parent_missing"
    assert refusal_of(lambda: buildings.add_building(within=street, name="楼", by=SYSTEM)) == "places.parent_missing"


@pytest.mark.parametrize("facts", [{"floors": 0}, {"floors": 201}, {"entrances": 0}, {"entrances": 100}])
def test_impossible_facts_of_a_building_are_refused(first, facts):
    assert refusal_of(lambda: buildings.add_building(within=first, name="楼", by=SYSTEM, **facts)) == "places.value_bad"


def test_a_compound_is_described_again_and_its_history_kept(first, editor):
    compound = buildings.add_compound(community=first, name="一号院", by=editor)
    found = buildings.describe_compound(area=compound, management="residents", fenced=False, by=editor)
    assert (found.management, found.fenced, found.guarded) == ("residents", False, None)
    buildings.describe_compound(area=compound, management="residents", fenced=False, by=editor)
    assert AuditRow.objects.filter(verb="area.describe").count() == 1


def test_nobody_deletes_an_area(first):
    for act in (first.delete, Area.objects.filter(code=FIRST).delete):
        with pytest.raises(ProgrammingError, match="Cannot delete rows from places_area"), transaction.atomic():
            act()
    assert Area.objects.filter(code=FIRST).exists()


def test_when_the_audit_row_cannot_be_written_nothing_is_saved(first, editor, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        areas.rename(area=first, name="府右街社区", by=editor)
    assert Area.objects.get(code=FIRST).name == first.name
    with pytest.raises(RuntimeError), transaction.atomic():
        areas.add(code=NEW, name="新街社区", by=editor)
    assert not Area.objects.filter(code=NEW).exists()


def test_no_name_of_an_area_gets_into_the_audit_log(first, editor):
    areas.rename(area=first, name="府右街社区", by=editor)
    areas.add(code=NEW, name="新街社区", by=editor)
    details = "".join(AuditRow.objects.values_list("details", flat=True))
    assert details.isascii()
