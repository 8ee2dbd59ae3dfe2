"""The public lists that ship with Turnout: codes, census, outlines and what is made up below district level."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
import shapely

from turnout.places import public
from turnout.places.public.split import largest_remainder

XICHENG = "110102000000"


def test_importing_the_public_lists_imports_no_django():
    code = "import sys, turnout.places.public as p; p.communities('110102001'); print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("code", "full", "level", "name", "parent"),
    [
        ("13", "130000000000", "province", "河北省", None),
        ("1301", "130100000000", "city", "石家庄市", "130000000000"),
        ("11", "110000000000", "city", "北京市", None),
        ("110102", XICHENG, "district", "西城区", "110000000000"),
        ("110102001", "110102001000", "street", "西长安街街道", XICHENG),
        ("110102001004", "110102001004", "community", "府右街南社区居委会", "110102001000"),
        ("110102000000", XICHENG, "district", "西城区", "110000000000"),
    ],
)
def test_a_code_of_2_4_6_9_or_12_digits_is_answered_with_12(code, full, level, name, parent):
    found = public.area(code)
    assert (found.code, found.level, found.name, found.parent) == (full, level, name, parent)


@pytest.mark.parametrize("code", ["", "1", "110", "11010", "99", "110199", "110102001999", "西城", "１１", "110102 "])
def test_a_code_of_no_area_is_refused(code):
    with pytest.raises(public.UnknownCode) as refused:
        public.area(code)
    assert refused.value.args == (code,)


def test_the_level_between_a_municipality_and_its_districts_is_skipped():
    assert public.area("1101").code == "110000000000"
    assert {child.level for child in public.children("11")} == {"district"}
    assert [public.area(code).code for code in ("5001", "5002")] == ["500000000000", "500000000000"]
    assert public.area("500229").parent == "500000000000"
    assert len(public.children("50")) == 38


def test_the_streets_of_a_city_without_districts_hang_under_the_city():
    dongguan = public.area("441900")
    assert (dongguan.code, dongguan.level, dongguan.name) == ("441900000000", "city", "东莞市")
    assert {child.level for child in public.children("4419")} == {"street"}
    assert {one.district_code for one in public.communities("4419")} == {"441900000000"}
    assert public.census("4419") == public.Census(10466625, 4388293, "census")


def test_a_county_level_city_hangs_directly_under_its_province():
    assert (public.area("419001").level, public.area("419001").parent) == ("district", "410000000000")
    with pytest.raises(public.UnknownCode):
        public.area("4190")


def test_streets_of_development_zones_are_kept():
    assert public.area("110115403").name == "北京经济技术开发区"
    assert public.area("110115403").kind == "street_like"
    assert {one.street_code for one in public.communities("110115403")} == {"110115403000"}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("001", "residents"),
        ("199", "residents"),
        ("200", "villagers"),
        ("399", "villagers"),
        ("400", "residents_like"),
        ("499", "residents_like"),
        ("500", "villagers_like"),
        ("599", "villagers_like"),
        ("600", ""),
    ],
)
def test_the_kind_of_a_community_is_read_from_digits_10_to_12(number, kind):
    assert public.kind_of("110102001" + number) == kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("001", "street"),
        ("099", "street"),
        ("100", "town"),
        ("199", "town"),
        ("200", "township"),
        ("400", "street_like"),
    ],
)
def test_the_kind_of_a_street_is_read_from_digits_7_to_9(number, kind):
    assert public.kind_of(f"110102{number}000") == kind


def test_the_whole_country_is_there_and_most_of_it_is_counted_and_outlined():
    units = [unit.code for province in public.provinces() for unit in public.districts(province.code)]
    assert sum(len(public.streets(province.code)) for province in public.provinces()) == 41351
    assert Counter(public.census(unit).basis for unit in units) == {"census": 2950, "city_mean": 27, "none": 1}
    assert Counter(public.outline(unit).detail for unit in units) == {"coarse": 2779, "fine": 67, "disc": 132}


def test_beijing_has_7535_communities_of_four_kinds():
    kinds = Counter(one.kind for one in public.communities("11"))
    assert kinds == {"residents": 3701, "villagers": 3774, "residents_like": 34, "villagers_like": 26}


def test_the_census_of_beijing_is_split_exactly_district_by_district():
    for district in public.children("11"):
        split = public.communities(district.code)
        figures = public.census(district.code)
        assert sum(one.residents for one in split) == figures.residents
        assert sum(one.households for one in split) == figures.households
        assert figures.basis == "census"
    assert public.census("11") == public.Census(21893095, 8230792, "census")


def test_the_list_is_the_same_for_a_seed_on_every_machine_and_another_for_another():
    def digest(seed):
        return [(o.code, o.lon, o.lat, o.residents, o.households) for o in public.communities("110102", seed=seed)]

    assert digest(0)[:2] == FIRST_OF_XICHENG
    assert digest(0) == digest(0)
    assert digest(1) != digest(0)
    assert [row[0] for row in digest(1)] == [row[0] for row in digest(0)]


def test_a_street_has_what_its_district_has_there():
    district = public.communities("110102", seed=3)
    street = public.communities("110102001", seed=3)
    assert street == [one for one in district if one.street_code == "110102001000"]
    assert public.communities(street[0].code, seed=3) == street[:1]


def test_every_community_lies_inside_its_district_and_apart_from_the_others():
    for district in public.children("11"):
        shape = shapely.from_geojson(_geojson(public.outline(district.code)))
        points = np.array([(one.lon, one.lat) for one in public.communities(district.code)])
        assert shapely.contains_xy(shape, points[:, 0], points[:, 1]).all()
        tree = shapely.STRtree(shapely.points(points))
        _, distances = tree.query_nearest(shapely.points(points), exclusive=True, return_distance=True)
        assert distances.min() > 0.3 * (shape.area / len(points)) ** 0.5


def test_communities_of_one_street_lie_together():
    found = public.communities("110102")
    points = shapely.points([(one.lon, one.lat) for one in found])
    (left, right), _ = shapely.STRtree(points).query_nearest(
        points, exclusive=True, all_matches=False, return_distance=True
    )
    same = sum(found[a].street_code == found[b].street_code for a, b in zip(left, right, strict=True))
    assert same / len(found) > 0.7  # by chance it would be 1 in 15


def test_what_is_made_up_is_labelled():
    assert {one.labels for one in public.communities("110102")} == {("residents_split", "point_placed")}
    # Linping district was made in 2021: no census row
    assert public.census("330113").basis == "city_mean"
    assert {one.labels for one in public.communities("330113")} == {
        ("residents_split", "point_placed", "census_city_mean")
    }
    # Suzhou Industrial Park has a census row by its name, and no outline
    assert public.census("320576") == public.Census(*SUZHOU_PARK, "census")
    assert {one.labels for one in public.communities("320576")} == {("residents_split", "point_placed", "outline_disc")}
    assert set(public.LABELS) == {"residents_split", "census_city_mean", "point_placed", "outline_disc"}


def test_a_district_without_a_census_row_gets_the_mean_of_its_city():
    known = [public.census(one.code) for one in public.children("3301")]
    rows = [one for one in known if one.basis == "census"]
    assert len(rows) == 11
    assert public.census("330113").residents == round(sum(row.residents for row in rows) / len(rows))
    assert public.census("330114") == public.census("330113")


def test_a_city_that_is_one_district_has_the_citys_published_figures():
    assert public.census("620201").basis == "census"
    assert public.census("620201") == public.census("6202")


def test_a_district_without_an_outline_gets_a_disc_that_touches_a_neighbour():
    disc = public.outline("320576")
    assert disc.detail == "disc"
    shape = shapely.from_geojson(_geojson(disc))
    assert shape.is_valid
    neighbours = [shapely.from_geojson(_geojson(o)) for o in public.outlines("3205") if o.detail != "disc"]
    assert any(shape.intersects(one) for one in neighbours)
    points = [(one.lon, one.lat) for one in public.communities("320576")]
    assert shapely.contains_xy(shape, points).all()


def test_five_cities_have_fine_outlines_and_the_rest_coarse_ones():
    assert {one.detail for one in public.outlines("11")} == {"fine"}
    assert public.outline("130102").detail == "coarse"


def test_a_county_that_nobody_counted_has_no_residents_and_no_communities():
    assert public.census("350527") == public.Census(0, 0, "none")
    assert public.communities("350527") == []


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [(10, [1, 1, 1], [4, 3, 3]), (0, [5, 3], [0, 0]), (7, [1, 0, 2], [2, 0, 5]), (1, [1, 2, 2], [0, 1, 0])],
)
def test_shares_are_rounded_by_the_largest_remainder(total, weights, shares):
    assert largest_remainder(total, np.array(weights)).tolist() == shares


def _geojson(outline):
    import json

    return json.dumps(outline.geometry)


FIRST_OF_XICHENG = [
    ("110102001004", 116.331434, 39.911547, 4297, 1776),
    ("110102001007", 116.333074, 39.91527, 2645, 1020),
]
SUZHOU_PARK = (1133927, 330953)
