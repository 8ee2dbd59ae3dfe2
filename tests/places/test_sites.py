"""Sites: who may add, change and close them, and who sees them at all."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.places.conftest import actor

from turnout.access.scope import NoScope, acting_as
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.places import queries
from turnout.places.domain import sites
from turnout.places.given import Point
from turnout.places.models import Site, SiteEvent

pytestmark = pytest.mark.django_db


def refusal_of(act):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act()
    return refused.value.code


@pytest.fixture
def gate(first):
    return sites.add(area=first, kind="gate", name="东门", capacity=3, by=SYSTEM)


def test_a_site_lies_in_an_area_and_has_a_point_with_its_source(first, editor):
    hotel = sites.add(
        area=first, kind="isolation_hotel", name="西苑宾馆", address="府右街1号", capacity=120, by=editor,
        point=Point(116.37, 39.91, source="import"),
    )  # fmt: skip
    assert (hotel.area_key, hotel.capacity, hotel.point_source) == (first.area_key, 120, "import")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "bar"}, "places.site_kind_bad"),
        ({"name": ""}, "places.name_empty"),
        ({"capacity": -1}, "places.value_bad"),
        ({"address": "字" * 201}, "places.value_bad"),
        ({"name": "东门"}, "places.name_taken"),
    ],
)
def test_a_site_of_no_kind_no_name_impossible_capacity_or_twice_is_refused(first, gate, change, why):
    given = {"kind": "gate", "name": "西门"} | change
    assert refusal_of(lambda: sites.add(area=first, by=SYSTEM, **given)) == why


def test_the_verbs_are_404_for_a_stranger_403_for_a_viewer_and_done_for_an_editor(
    first, gate, stranger, viewer, editor
):
    for act in (
        lambda by: sites.add(area=first, kind="gate", name="南门", by=by),
        lambda by: sites.change(site=gate, name="东大门", by=by),
        lambda by: sites.close(site=gate, by=by),
    ):
        for by, status in ((stranger, 404), (viewer, 403)):
            with pytest.raises(Refusal) as refused:
                act(by)
            assert refused.value.status == status
        act(editor)


def test_a_changed_site_keeps_its_old_state(gate, editor):
    sites.change(site=gate, name="东大门", capacity=5, by=editor)
    sites.change(site=gate, name="东大门", capacity=5, by=editor)
    assert list(SiteEvent.objects.order_by("pgh_id").values_list("name", "capacity")) == [("东门", 3), ("东大门", 5)]
    assert AuditRow.objects.filter(verb="site.change").count() == 1


def test_a_closed_site_is_closed_once_takes_no_changes_and_leaves_its_name_free(first, gate, editor):
    once = sites.close(site=gate, by=editor)
    assert sites.close(site=gate, by=editor).closed_at == once.closed_at
    assert refusal_of(lambda: sites.change(site=gate, name="东门", by=editor)) == "places.site_closed"
    assert sites.add(area=first, kind="gate", name="东门", by=editor).pk != gate.pk


def test_row_security_shows_sites_and_their_history_inside_the_scope_only(gate, stranger):
    with acting_as(stranger):
        assert (Site.objects.count(), SiteEvent.objects.count()) == (0, 0)
        with pytest.raises(Refusal) as refused:
            queries.get_site(gate.pk, by=stranger)
        assert refused.value.status == 404
        with pytest.raises(Refusal) as refused:
            sites.close(site=gate, by=stranger)
        assert refused.value.status == 404
    near = actor("area.view", over="110102001")
    with acting_as(near):
        assert (Site.objects.count(), SiteEvent.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Site, SiteEvent])
def test_sites_are_not_read_outside_a_scope(db, model):
    with pytest.raises(NoScope):
        model.objects.count()
