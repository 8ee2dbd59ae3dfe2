"""A city from the public list: all of it, once, marked where it is made up."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db.models import Sum

from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.places.domain import areas
from turnout.places.models import Area, AreaEvent

pytestmark = pytest.mark.django_db


def test_a_district_comes_with_its_city_streets_and_communities(scope):
    loaded = areas.load_public(code="110102", by=SYSTEM)
    assert loaded == areas.Loaded(new=280, same=0)
    levels = Counter(Area.objects.values_list("level", flat=True))
    assert levels == {"city": 1, "district": 1, "street": 15, "community": 263}
    assert Area.objects.get(code="110102000000").parent.code == "110000000000"
    assert not Area.objects.filter(parent=None).exclude(level="city").exists()


def test_the_communities_of_a_district_add_up_to_its_census(scope):
    areas.load_public(code="110102", by=SYSTEM)
    district = Area.objects.get(code="110102000000")
    below = Area.objects.filter(level="community", area_key__gte=district.area_key, area_key__lt=district.key_end)
    assert below.aggregate(r=Sum("residents"), h=Sum("households")) == {
        "r": district.residents,
        "h": district.households,
    }
    assert (district.counts_source, district.counts_synthetic, district.labels) == ("census_2020", False, ())
    assert {one.labels for one in below} == {("residents_split", "point_placed")}
    assert {(one.counts_synthetic, one.point_synthetic) for one in below} == {(True, True)}


def test_loading_again_changes_nothing_and_writes_nothing(scope):
    areas.load_public(code="110102001", by=SYSTEM)
    events, rows = AreaEvent.objects.count(), AuditRow.objects.count()
    assert areas.load_public(code="110102001", by=SYSTEM, seed=7) == areas.Loaded(new=0, same=14)
    assert (AreaEvent.objects.count(), AuditRow.objects.count()) == (events, rows)


def test_a_larger_load_leaves_what_is_here_as_it_is(street, first):
    areas.rename(area=first, name="府右街新社区", by=SYSTEM)
    assert areas.load_public(code="110102", by=SYSTEM) == areas.Loaded(new=280 - 14, same=14)
    assert Area.objects.get(pk=first.pk).name == "府右街新社区"


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("441900003", ["440000000000", "441900000000", "441900003000"]),
        ("419001001", ["410000000000", "419001000000", "419001001000"]),
        ("500229", ["500000000000", "500229000000"]),
    ],
)
def test_odd_trees_are_loaded_as_they_are(scope, code, above):
    areas.load_public(code=code, by=SYSTEM)
    chain, one = [], Area.objects.get(code=code.ljust(12, "0"))
    while one:
        chain.insert(0, one.code)
        one = one.parent
    assert chain == above


def test_what_the_public_list_does_not_have_is_refused(scope):
    with pytest.raises(Refusal) as refused:
        areas.load_public(code="110199", by=SYSTEM)
    assert refused.value.code == "places.not_listed"


def test_loading_outside_ones_own_area_is_404_and_without_the_permission_403(scope, viewer, stranger, editor):
    for by, status in ((stranger, 404), (viewer, 403)):
        with pytest.raises(Refusal) as refused:
            areas.load_public(code="110102001", by=by)
        assert refused.value.status == status
    assert areas.load_public(code="110102001", by=editor).new == 14


def test_beijing_is_loaded_whole(scope):
    assert areas.load_public(code="11", by=SYSTEM).new == 1 + 16 + 349 + 7535
