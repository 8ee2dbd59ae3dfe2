"""The board's page: in few queries however large the night, drilled down, filtered, and 304 to who has it already."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.staffing.conftest import COMMUNITY, NEIGHBOUR, STREET
from turnout import sheets
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.area_keys import key_of
from turnout.staffing.domain import plans
from turnout.staffing.models import Post

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def called(make_plan, wave, staff, roles):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)


@pytest.fixture
def address(night):
    return reverse("board", args=[night.pk])


def text(response):
    return response.content.decode()


def test_the_board_shows_figures_gap_reason_and_map(seen_by, called, address):
    page = seen_by("district").get(address)
    assert page.status_code == 200
    assert page.context["board"].sum.gap == 3
    assert "3 人还没答复" in text(page)
    assert 'class="m-crit"' in text(page)


@pytest.mark.parametrize("name", ["board", "wall", "board-sheet"])
@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("street", 200), ("auditor", 200), ("district", 200)])
def test_who_sees_the_board(seen_by, night, called, name, who, status):
    assert seen_by(who).get(reverse(name, args=[night.pk])).status_code == status


def test_a_desk_sees_its_own_community_and_no_other(seen_by, called, address):
    desk = seen_by("desk")
    assert desk.get(address).context["board"].sum.places == 1
    assert desk.get(f"{address}?area={NEIGHBOUR}").status_code == 404


@pytest.mark.parametrize("name", ["board", "wall"])
def test_a_watcher_with_the_newest_figures_is_answered_304(seen_by, night, called, name):
    address = reverse(name, args=[night.pk])
    district = seen_by("district")
    with clock.at(clock.now()):
        fresh = district.get(address, headers=HTMX)
        again = district.get(address, headers=HTMX | {"If-None-Match": fresh.headers["ETag"]})
    assert (fresh.status_code, again.status_code, again.content) == (200, 304, b"")


def test_with_the_next_minute_the_clock_of_the_page_moves_on(seen_by, called, address):
    district, now = seen_by("district"), clock.now()
    with clock.at(now):
        tag = district.get(address, headers=HTMX).headers["ETag"]
    with clock.at(now + timedelta(minutes=1)):
        assert district.get(address, headers=HTMX | {"If-None-Match": tag}).status_code == 200


def test_only_the_opened_street_lists_its_communities(seen_by, called, address):
    district = seen_by("district")
    assert f'id="area-{COMMUNITY}"' in text(district.get(address))
    assert f'id="area-{COMMUNITY}"' not in text(district.get(address + "?open=-"))
    assert f'id="area-{NEIGHBOUR}"' not in text(district.get(address))
    assert f'id="area-{NEIGHBOUR}"' in text(district.get(f"{address}?open={STREET}000&all=1"))


def test_a_community_is_found_by_name_and_by_code(seen_by, called, address):
    district = seen_by("district")
    for wanted in (NEIGHBOUR, "社会路"):
        groups = district.get(address, {"q": wanted}).context["groups"]
        assert groups, wanted
    assert "没有" in text(district.get(address, {"q": "没有这个地方"}))


def test_the_sheet_has_every_community(seen_by, night, called):
    response = seen_by("district").get(reverse("board-sheet", args=[night.pk]))
    (grid,) = sheets.open_bytes("board.xlsx", response.content).grids
    assert len(grid.rows) == 1 + 263


def test_a_city_lists_districts_and_draws_its_communities_as_dots(seen_by, night, called):
    from turnout.incidents.models import Incident

    Incident.objects.filter(pk=night.pk).update(area_code="110000", area_key=key_of("110000"))
    page = seen_by("city").get(reverse("board", args=[night.pk]))
    assert [group["code"] for group in page.context["groups"]] == ["110102000000"]
    assert "dots--crit" in text(page)
    assert 'class="mark"' not in text(page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_asks_the_same_however_many_places_need_people(
    seen_by, night, address, count, django_assert_num_queries
):
    now = clock.now()
    for number in range(count):
        Post.objects.create(
            incident=night, area_key=key_of(f"{STREET}00{number + 4}"), category="general", seats=1, places_min=1,
            places=1, starts_at=now, ends_at=now + timedelta(days=1), made_at=now,
        )  # fmt: skip
    district = seen_by("district")
    assert len(district.get(address, {"open": f"{STREET}000"}).context["groups"][0]["lines"]) == count
    with django_assert_num_queries(14):  # one of them asks what is new
        district.get(address, headers=HTMX)
    with django_assert_num_queries(14):  # one of them notes that the session is alive
        district.get(address)
