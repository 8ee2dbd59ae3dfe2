"""Closing and merging: everything that pointed to the old area points to its successor in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from tests.places.conftest import FIRST, SECOND, STREET

from turnout.access.models import Grant
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.core.registries import AREA_MOVED
from turnout.places import queries
from turnout.places.domain import areas, buildings, sites
from turnout.places.given import Counts
from turnout.places.models import Area, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(monkeypatch):
    """The keys that followers were told, in order."""
    told = []
    monkeypatch.setitem(AREA_MOVED._entries, "test", lambda old, new: told.append((old, new)))
    return told


def refusal_of(act):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act()
    return refused.value.code


def test_a_closed_area_points_to_its_successor_and_keeps_its_history(first, second, editor, moved):
    closed = areas.close(area=first, successor=second, by=editor)
    assert (closed.successor_id, closed.closed_at is not None) == (second.pk, True)
    assert moved == [(first.area_key, second.area_key)]
    assert queries.successor_of(closed) == second
    assert [one.successor_id for one in queries.history(first, by=editor)] == [second.pk, None]
    row = AuditRow.objects.get(verb="area.close")
    assert (row.object_id, row.area_key) == (first.pk, first.area_key)


def test_asking_twice_returns_the_first_answer(first, second, street, editor, moved):
    once = areas.close(area=first, successor=second, by=editor)
    twice = areas.close(area=first, successor=second, by=editor)
    assert (twice.closed_at, len(moved)) == (once.closed_at, 1)
    assert refusal_of(lambda: areas.close(area=first, successor=street, by=editor)) == "places.closed"


def test_grants_over_a_closed_community_follow_to_its_successor(first, second, make_user):
    user = make_user("zhoumin", ("desk", FIRST))
    areas.close(area=first, successor=second, by=SYSTEM)
    grant = Grant.objects.get(user=user)
    assert (grant.area_key, grant.scope_lo, grant.scope_hi) == (second.area_key, second.area_key, second.key_end)
    assert grant.area_code == SECOND


def test_compounds_buildings_and_sites_move_under_new_codes(first, second, editor, moved):
    buildings.add_compound(community=second, name="一号院", by=editor)
    compound = buildings.add_compound(community=first, name="一号院", by=editor)
    building = buildings.add_building(within=compound, name="1号楼", by=editor)
    gate = sites.add(area=compound, kind="gate", name="东门", by=editor)
    point = sites.add(area=first, kind="sampling_point", name="广场", by=editor)
    areas.close(area=first, successor=second, by=editor)
    there = {one.pk: (one.code, one.name) for one in Area.objects.filter(pk__in=[compound.pk, building.pk])}
    assert there == {
        compound.pk: (f"{SECOND}-002", "一号院（府右街南社区居委会）"),
        building.pk: (f"{SECOND}-002-001", "1号楼"),
    }
    new_compound, new_building = Area.objects.get(pk=compound.pk), Area.objects.get(pk=building.pk)
    assert moved == [
        (building.area_key, new_building.area_key),
        (compound.area_key, new_compound.area_key),
        (first.area_key, second.area_key),
    ]
    assert new_compound.parent_id == second.pk
    assert Site.objects.get(pk=gate.pk).area_key == new_compound.area_key
    assert (Site.objects.get(pk=point.pk).area_id, Site.objects.get(pk=point.pk).area_key) == (
        second.pk,
        second.area_key,
    )


def test_two_sites_of_one_name_stay_two_when_their_areas_become_one(first, second):
    for area in (first, second):
        sites.add(area=area, kind="gate", name="东门", by=SYSTEM)
    areas.close(area=first, successor=second, by=SYSTEM)
    there = Site.objects.filter(area=second).values_list("name", flat=True)
    assert set(there) == {"东门", "东门（府右街南社区居委会）"}


def test_a_number_that_moved_away_is_not_given_again(first, second):
    buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    two = buildings.add_compound(community=first, name="二号院", by=SYSTEM)
    tower = buildings.add_building(within=two, name="塔楼", by=SYSTEM)
    areas.close(area=two, successor=first, by=SYSTEM)
    assert Area.objects.get(pk=tower.pk).code == f"{FIRST}-000-001"
    assert buildings.add_compound(community=first, name="三号院", by=SYSTEM).code == f"{FIRST}-003"


def test_what_cannot_take_over_is_refused(first, second, street):
    other = areas.add(code="110102003", name="新街口街道", by=SYSTEM)
    cases = {
        "itself": lambda: areas.close(area=first, successor=first, by=SYSTEM),
        "a street elsewhere": lambda: areas.close(area=first, successor=other, by=SYSTEM),
        "the street above": lambda: areas.close(area=first, successor=street, by=SYSTEM),
        "something below": lambda: areas.close(area=street, successor=first, by=SYSTEM),
    }
    assert {name: refusal_of(act) for name, act in cases.items()} == dict.fromkeys(cases, "places.successor_bad")
    areas.close(area=second, successor=first, by=SYSTEM)
    third = queries.children(street, by=SYSTEM).last()
    assert refusal_of(lambda: areas.close(area=third, successor=second, by=SYSTEM)) == "places.successor_bad"


def test_a_street_with_open_communities_is_not_closed(street):
    other = areas.add(code="110102003", name="新街口街道", by=SYSTEM)
    assert refusal_of(lambda: areas.close(area=street, successor=other, by=SYSTEM)) == "places.children_open"


def test_a_building_is_closed_in_favour_of_what_it_stands_in_and_no_more(first, second, street):
    compound = buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    one = buildings.add_building(within=compound, name="1号楼", by=SYSTEM)
    two = buildings.add_building(within=compound, name="2号楼", by=SYSTEM)
    assert areas.close(area=one, successor=compound, by=SYSTEM).successor_id == compound.pk
    assert areas.close(area=two, successor=first, by=SYSTEM).successor_id == first.pk
    for elsewhere in (second, street):
        refused = refusal_of(lambda heir=elsewhere: areas.close(area=compound, successor=heir, by=SYSTEM))
        assert refused == "places.successor_bad"


def test_a_closed_area_takes_no_changes(first, second):
    areas.close(area=first, successor=second, by=SYSTEM)
    for act in (
        lambda: areas.rename(area=first, name="新名", by=SYSTEM),
        lambda: buildings.add_compound(community=first, name="院", by=SYSTEM),
        lambda: sites.add(area=first, kind="gate", name="东门", by=SYSTEM),
    ):
        assert refusal_of(act) == "places.closed"


def test_a_later_closing_is_followed_to_the_end(first, second, street):
    third = queries.children(street, by=SYSTEM).last()
    areas.close(area=first, successor=second, by=SYSTEM)
    areas.close(area=second, successor=third, by=SYSTEM)
    assert queries.successor_of(Area.objects.get(pk=first.pk)) == third


def test_closing_needs_the_permission_over_both_areas(first, second, viewer, stranger, editor):
    for by, status in ((stranger, 404), (viewer, 403)):
        with pytest.raises(Refusal) as refused:
            areas.close(area=first, successor=second, by=by)
        assert refused.value.status == status
    from tests.places.conftest import actor

    with pytest.raises(Refusal) as refused:
        areas.close(area=first, successor=second, by=actor("area.view", "area.edit", over=FIRST))
    assert refused.value.status == 404
    areas.close(area=first, successor=second, by=editor)


def test_merging_adds_the_counts_and_once_only(first, second, street, editor):
    third = queries.children(street, by=SYSTEM).last()
    total = first.residents + second.residents + third.residents
    merged = areas.merge(areas=[first, second], into=third, by=editor)
    again = areas.merge(areas=[first, second], into=third, by=editor)
    assert (merged.residents, again.residents) == (total, total)
    assert (merged.counts_source, merged.counts_synthetic) == ("census_2020_split", True)
    assert set(Area.objects.filter(successor=third)) == {first, second}
    assert AuditRow.objects.filter(verb="area.merge").count() == 1


def test_a_sum_with_a_missing_figure_is_not_known(first, second, editor):
    areas.count(area=first, counts=Counts(None, 900, "社区", date(2026, 1, 1)), by=editor)
    merged = areas.merge(areas=[first], into=second, by=editor)
    assert (merged.residents, merged.households) == (None, second.households + 900)
    assert (merged.counts_source, merged.counts_as_of) == ("census_2020_split; 社区", date(2020, 11, 1))


def test_areas_of_two_levels_are_not_merged(first, street):
    assert refusal_of(lambda: areas.merge(areas=[first], into=street, by=SYSTEM)) == "places.successor_bad"


def test_when_a_follower_fails_nothing_is_closed(first, second, monkeypatch):
    def fail(old, new):
        raise RuntimeError("reach could not be rewritten")

    monkeypatch.setitem(AREA_MOVED._entries, "test", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        areas.close(area=first, successor=second, by=SYSTEM)
    assert Area.objects.get(pk=first.pk).closed_at is None


def test_the_moment_of_closing_is_the_clocks(first, second):
    moment = clock.now() + timedelta(hours=3)
    with clock.at(moment):
        assert areas.close(area=first, successor=second, by=SYSTEM).closed_at == moment
    street = Area.objects.get(code=STREET)
    assert list(queries.closed_since(street, moment, by=SYSTEM)) == [first]
    assert list(queries.closed_since(street, moment + timedelta(seconds=1), by=SYSTEM)) == []
