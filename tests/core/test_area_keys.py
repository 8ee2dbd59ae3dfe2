"""The nested set of official codes."""

import pytest

from turnout.core.area_keys import UNIT_BASE, code_of, contains, covers, key_of, range_of, range_of_key


def test_a_district_covers_its_streets_and_communities_and_nothing_else():
    low, high = range_of("110102")
    assert (low, high) == (110102000000 * 10**6, 110103000000 * 10**6)
    assert covers(((low, high),), key_of("110102007003", 42))
    assert not covers(((low, high),), key_of("110103001001"))


@pytest.mark.parametrize(
    ("code", "width"),
    [("11", 10), ("1101", 8), ("110102", 6), ("110102007", 3), ("110102007003", 0)],
)
def test_how_far_a_code_reaches_follows_from_its_trailing_zeros(code, width):
    low, high = range_of(code.ljust(12, "0"))
    assert high - low == 10**width * 10**6


def test_a_compound_covers_its_buildings_and_a_building_only_itself():
    compound, building, lone = (key_of("110102007003", number) for number in (7_000, 7_003, 3))
    assert range_of_key(compound) == (compound, key_of("110102007003", 8_000))
    assert range_of_key(building) == (building, building + 1)
    assert range_of_key(lone) == (lone, lone + 1)
    assert code_of(building) == "110102007003"


def test_a_scope_of_a_unit_covers_only_itself():
    assert range_of_key(UNIT_BASE) == (UNIT_BASE, UNIT_BASE + 1)
    assert range_of_key(UNIT_BASE + 1_000) == (UNIT_BASE + 1_000, UNIT_BASE + 1_001)


@pytest.mark.parametrize("code", ["", "1", "110", "11010200700", "1101020070031", "11O102", "１１"])
def test_what_is_not_an_official_code_is_refused(code):
    with pytest.raises(ValueError, match="not an official area code"):
        key_of(code)


def test_a_range_contains_only_ranges_inside_it():
    assert contains((range_of("1101"),), range_of("110102"))
    assert not contains((range_of("110102"),), range_of("1101"))
