"""The arithmetic of cover: the field's own figures, the ways out, and what a city has against what it needs."""

import pytest

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import LOCAL
from turnout.incidents import playbook as files
from turnout.people.domain import persons
from turnout.staffing.cover import arithmetic, cover
from turnout.staffing.standards import Place, keeping, manned, posts_of

HEALTH = """
[[standards]]
code = "health_on_duty"
per = "community"
category = "health"
places_min = 1
places = 1
round_the_clock = true
excludes = []
[standards.duties]
zh = "卫生"
en = "Health"
"""


def playbook_of(*standards):
    """The shipped epidemic with other standards."""
    text = files.shipped()["epidemic"]
    head, rest = text[: text.index("\n[[standards]]")], text[text.index("\n[shifts]") :]
    comment = head.rfind("\n#", head.index("[[levels]]"))
    return files.read((head[:comment] if comment > 0 else head) + "".join(standards) + rest)


def city(communities, *, a_street=25, residents=0, compounds=()):
    """Communities in streets of so many; `compounds` a number each, in order."""
    counts = list(compounds) or [0] * communities
    return [
        Place((index // a_street * 1000 + index % a_street) * LOCAL, residents, "", counts[index], ())
        for index in range(communities)
    ]


def health(found):
    return next(line for line in found.categories if line.category == "health")


def test_a_post_round_the_clock_in_7535_communities_takes_37675_people():
    """21 eight-hour shifts a week at 5 each are 4.2, with one in ten absent 5 people a post."""
    rules = playbook_of(HEALTH)
    found = arithmetic(rules, city(7535), {"health": 18_100}, keeping(rules))
    line = health(found)
    assert (line.people_per_seat, line.seats_round_the_clock, line.seats_by_day) == (5, 7535, 0)
    assert (line.needed, line.available, line.missing) == (37_675, 18_100, 19_575)
    assert [(rule.standard, rule.posts, rule.seats, rule.needed) for rule in found.rules] == [
        ("health_on_duty", 7535, 7535, 37_675)
    ]


def test_the_ways_out_of_37675_stand_beside_with_their_figures():
    """In streets of six: 12 h alone 4 each; a night shared by two 8 a pair; with 12 h 5 a pair, 7 for three."""
    rules = playbook_of(HEALTH)
    line = health(arithmetic(rules, city(7535, a_street=6), {"health": 18_100}, keeping(rules)))
    found = {(w.how.hours, w.how.neighbours, w.how.first_shift): (w.needed, w.missing) for w in line.ways}
    assert found == {
        (12, 1, False): (30_140, 12_040),
        (8, 2, False): (8 * 3767 + 5, 12_041),
        (12, 2, False): (5 * 3767 + 4, 739),
        (12, 3, False): (7 * 2511 + 5, 0),
        (8, 1, True): (7535, 0),
    }
    does = line.first_that_does
    assert (does.how.hours, does.how.neighbours, does.how.hours_a_week) == (12, 3, 60)


def test_neighbours_share_within_a_street_and_no_further():
    rules = playbook_of(HEALTH)
    people = [n for _, n in manned(posts_of(rules, city(5, a_street=3)), keeping(rules, 12, 2))]
    assert sorted(people) == [2, 2, 3, 3, 4]


@pytest.mark.parametrize(("hours", "neighbours"), [(8, 2), (8, 3), (12, 2), (12, 3), (6, 2)])
@pytest.mark.parametrize("seats", [[1, 1, 1], [4, 1, 2], [1, 6], [2, 2]])
def test_who_shares_nights_still_mans_the_own_seats(hours, neighbours, seats):
    how = keeping(playbook_of(HEALTH), hours, neighbours)
    shared = how.people(seats)
    assert all(people >= own for people, own in zip(shared, seats, strict=True))
    assert sum(shared) <= sum(count * how.per_seat for count in seats)


def test_where_nobody_is_missing_there_is_no_way_out_to_show():
    rules = playbook_of(HEALTH)
    assert health(arithmetic(rules, city(3), {"health": 15}, keeping(rules))).ways == ()


def test_a_shift_of_a_whole_day_has_no_night_to_share():
    assert keeping(playbook_of(HEALTH), 24, 3).neighbours == 1


LUYANG_STAFF = {
    "district_cadre": 1772, "street_cadre": 1452, "community_worker": 1232, "general": 629, "police": 539 + 242,
    "volunteer": 2200,
}  # fmt: skip
"""Hefei Luyang, 17 April 2022: district 1,772 (631 of them teachers), street 1,452, community 1,232, city 629,
police 539 and traffic police 242, volunteers 2,200."""

TEN_A_COMPOUND = HEALTH.replace('"health_on_duty"', '"compound"').replace('"community"', '"compound"').replace(
    'places = 1', 'places = 10').replace('round_the_clock = true', 'round_the_clock = false').replace(
    'category = "health"', 'category = "general"')  # fmt: skip


def luyang():
    """79 communities of 11 streets, 697,000 residents, 696 compounds."""
    compounds = [9] * 64 + [8] * 15
    assert (len(compounds), sum(compounds)) == (79, 696)
    residents = [8823] * 62 + [8822] * 17
    return [
        Place(place.area_key, people, "", place.compounds, ())
        for place, people in zip(city(79, a_street=8, compounds=compounds), residents, strict=True)
    ]


def test_the_staff_of_the_luyang_drill_adds_up_and_mans_every_compound_with_ten():
    assert sum(LUYANG_STAFF.values()) == 8066
    assert sum(place.residents for place in luyang()) == 697_000
    rules = playbook_of(TEN_A_COMPOUND)
    found = arithmetic(rules, luyang(), {"general": 8066}, keeping(rules))
    assert [(line.seats_by_day, line.needed, line.missing) for line in found.categories] == [(6960, 6960, 0)]


def test_the_tables_of_the_luyang_drill_take_the_people_it_had_on_them():
    """886 tables with 4.6 people: one person at a table for every 171 residents."""
    tables = (
        TEN_A_COMPOUND.replace('"compound"', '"tables"', 1)
        .replace('per = "compound"', 'per = "residents"\nresidents = 171')
        .replace("places = 10", "places = 0")
    )
    rules = playbook_of(TEN_A_COMPOUND, tables)
    found = arithmetic(rules, luyang(), {"general": 8066}, keeping(rules))
    assert {rule.standard: rule.needed for rule in found.rules} == {"compound": 6960, "tables": 4108}
    assert found.missing == 6960 + 4108 - 8066


@pytest.mark.django_db
def test_the_arithmetic_of_an_incident_counts_people_once_by_their_first_category(night, unit, roles):
    with acting_as(SYSTEM):
        for n, categories in enumerate((["health"], ["general", "health"], ["general"], ["volunteer", "health"])):
            persons.add(unit=unit, name="李文静", phone=f"1390013{n:04}", categories=categories, by=SYSTEM)
    with acting_as(roles["district"]):
        found = {line.category: line for line in cover(night).categories}
    assert (found["health"].needed, found["health"].available, found["general"].available) == (1315, 3, 1)


@pytest.mark.django_db
def test_another_district_counts_nobody_of_ours(night, staff, roles):
    with acting_as(roles["elsewhere"]):
        assert sum(line.available for line in cover(night).categories) == 0


@pytest.mark.django_db
def test_the_arithmetic_takes_two_queries(night, roles, django_assert_num_queries):
    with acting_as(roles["district"]), django_assert_num_queries(2):
        cover(night)
