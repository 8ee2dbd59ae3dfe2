"""Reads of places: what each shows, to whom, in how many queries; and what a map gets."""

from __future__ import annotations

import json

import pytest
from tests.places.conftest import FIRST, SECOND, STREET, actor

from turnout.core.actors import SYSTEM
from turnout.core.refusals import Refusal
from turnout.places import maps, queries
from turnout.places.domain import areas, buildings, sites
from turnout.places.given import Point
from turnout.places.models import Area

pytestmark = pytest.mark.django_db

INSIDE, OUTSIDE = (116.37, 39.91), (116.45, 39.91)  # of Xicheng


def status_of(act):
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.status


def test_an_area_is_404_outside_ones_scope_and_403_without_the_permission(first, viewer, stranger):
    blind = actor("unit.view")
    assert queries.get(FIRST, by=viewer) == first
    for by, status in ((stranger, 404), (blind, 403)):
        for read in (
            lambda by: queries.get(FIRST, by=by),
            lambda by: queries.get_by_id(first.pk, by=by),
            lambda by: queries.children(first, by=by),
            lambda by: queries.subtree(first, by=by),
            lambda by: queries.sites(first, by=by),
            lambda by: queries.history(first, by=by),
            lambda by: maps.map_data(first, by=by),
            lambda by: maps.points_outside(first, by=by),
        ):
            assert status_of(lambda read=read, by=by: read(by)) == status
    assert status_of(lambda: queries.get("110102001999", by=viewer)) == 404
    assert status_of(lambda: queries.get("110000000000", by=viewer)) == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_children_with_their_counts_are_one_query(scope, django_assert_num_queries, rows):
    for code in ["110102001", "110102003", "110102007"][:rows]:
        areas.load_public(code=code, by=SYSTEM)
    district = Area.objects.get(code="110102000000")
    with django_assert_num_queries(1):
        assert len(queries.children(district, by=SYSTEM)) == rows


def test_children_say_how_many_communities_and_residents_lie_below(street, first, viewer):
    district = queries.get("110102000000", by=viewer)
    (row,) = queries.children(district, by=viewer)
    below = list(queries.children(street, by=viewer))
    assert (row.code, row.communities, row.below) == (STREET, 11, 11)
    assert (row.residents, row.residents_below) == (None, sum(one.residents for one in below))
    assert row.households_below == sum(one.households for one in below)
    buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    assert queries.children(street, by=viewer).get(code=FIRST).below == 1
    areas.close(area=first, successor=below[1], by=SYSTEM)
    (row,) = queries.children(district, by=viewer)
    assert (row.communities, row.below) == (10, 11)


def test_the_subtree_holds_open_areas_of_the_wanted_levels_and_nothing_beside(street, first, second, viewer):
    areas.load_public(code="110102003", by=SYSTEM)
    compound = buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    assert queries.subtree(street, by=viewer).count() == 13
    assert queries.subtree(street, by=viewer, levels=["community"]).count() == 11
    assert list(queries.subtree(first, by=viewer)) == [first, compound]
    areas.close(area=first, successor=second, by=SYSTEM)
    assert FIRST not in {one.code for one in queries.subtree(street, by=viewer)}
    assert FIRST in {one.code for one in queries.subtree(street, by=viewer, closed=True)}


def test_search_finds_by_part_of_the_name_and_by_the_start_of_the_code_inside_the_scope(
    street, first, viewer, stranger
):
    assert [one.code for one in queries.search("长安街", by=viewer)] == [STREET]
    assert list(queries.search("府右街", by=viewer)) == [first]
    assert [one.code for one in queries.search("11010200100", by=viewer)] == [STREET, FIRST, SECOND]
    for nothing in ("", "  ", "没有这里", "110105"):
        assert list(queries.search(nothing, by=viewer)) == []
    assert list(queries.search("府右街", by=stranger)) == []
    assert list(queries.find_anywhere("府右街")) == [first]


@pytest.mark.parametrize("text", ["%", "_", "'", "\\"])
def test_search_takes_every_character_for_itself(street, text):
    assert list(queries.find_anywhere(text)) == []


def test_everybody_starts_where_their_permission_is(street, viewer):
    assert [one.code for one in queries.roots(by=viewer)] == ["110102000000"]
    assert [one.code for one in queries.roots(by=SYSTEM)] == ["110000000000"]
    assert list(queries.roots(by=actor("unit.view"))) == []
    # a role over the level that Beijing skips starts at its districts
    assert [one.code for one in queries.roots(by=actor("area.view", over="1101"))] == ["110102000000"]


def test_the_breadcrumb_names_what_lies_above(first):
    building = buildings.add_building(within=first, name="沿街楼", by=SYSTEM)
    names = [one.name for one in queries.ancestors(building)]
    assert names == ["北京市", "西城区", "西长安街街道", "府右街南社区居委会"]


@pytest.mark.parametrize("rows", [1, 3])
def test_sites_with_their_areas_are_one_query(first, viewer, django_assert_num_queries, rows):
    for name in ["东门", "南门", "西门"][:rows]:
        sites.add(area=first, kind="gate", name=name, by=SYSTEM)
    with django_assert_num_queries(1):
        assert {site.area.code for site in queries.sites(first, by=viewer)} == {FIRST}
    assert queries.sites(first, by=viewer, kind="checkpoint").count() == 0
    assert queries.sites(first, by=viewer, kind="gate").count() == rows


@pytest.mark.parametrize("code", ["110102001", "110102"])
def test_the_map_is_two_queries_however_many_points(scope, viewer, django_assert_num_queries, code):
    areas.load_public(code=code, by=SYSTEM)
    area = Area.objects.get(code=code.ljust(12, "0"))
    with django_assert_num_queries(2):
        data = maps.map_data(area, by=viewer)
    assert len(data["points"]) == {"110102001": 11, "110102": 263}[code]
    assert [feature["properties"]["name"] for feature in data["outlines"]["features"]] == ["西城区"]


def test_the_map_names_the_source_of_outlines_and_what_is_made_up(first, street, viewer):
    data = json.loads(maps.as_json(maps.map_data(street, by=viewer)))
    assert set(data["labels"]) == {"residents_split", "point_placed"}
    assert "天地图" in data["source"]
    point = next(row for row in data["points"] if row[2] == FIRST)
    assert dict(zip(data["columns"], point, strict=True)) == {
        "lon": first.lon,
        "lat": first.lat,
        "code": FIRST,
        "name": first.name,
        "residents": first.residents,
        "households": first.households,
        "synthetic": 1,
    }


def test_sites_are_on_the_map_of_those_who_may_see_them(first, street, viewer):
    sites.add(area=first, kind="gate", name="东门", point=Point(*INSIDE), by=SYSTEM)
    sites.add(area=first, kind="gate", name="没有位置的门", by=SYSTEM)
    assert [row[3:] for row in maps.map_data(street, by=viewer)["sites"]] == [["gate", "东门", 0]]


def test_points_outside_their_district_are_reported_farthest_first(first, second, street, viewer):
    assert maps.points_outside(street, by=viewer) == []
    areas.move_point(area=first, point=Point(*OUTSIDE), by=SYSTEM)
    areas.move_point(area=second, point=Point(*INSIDE), by=SYSTEM)
    gate = sites.add(area=second, kind="gate", name="东门", point=Point(117.0, 39.91), by=SYSTEM)
    found = maps.points_outside(street, by=viewer)
    assert [(one.place, one.district_code) for one in found] == [(gate, "110102000000"), (first, "110102000000")]
    assert [round(one.metres, -3) for one in found] == [52000, 5000]


def test_a_point_is_inside_or_outside_or_it_cannot_be_said():
    assert maps.outside_by(*INSIDE, FIRST) == 0
    assert maps.outside_by(*OUTSIDE, FIRST) > 0
    assert maps.outside_by(*INSIDE, "320576001001") is None  # no published outline
    assert maps.outside_by(*INSIDE, "119999001001") is None  # not in the public list


def test_the_map_of_an_area_that_is_newer_than_the_public_list_has_its_districts_outline(first, viewer):
    new = areas.add(code="110102001598", name="新街社区", by=SYSTEM)
    assert [one["properties"]["code"] for one in maps.outlines(new)["features"]] == ["110102000000"]
