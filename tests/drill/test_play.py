"""Whole scenarios at a small scale, through the real verbs: figures met, clock simulated, nothing sent outside."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.drill import live, population
from turnout.drill import scenario as scenarios
from turnout.drill.cast import Cast
from turnout.drill.play import made, play
from turnout.notices.models import Message
from turnout.people.domain import persons, units
from turnout.people.models import Unit
from turnout.staffing.models import CallOut

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("Asia/Shanghai")


def not_met(outcome):
    return [(f.expected.figure, f.least, f.most, f.value) for f in outcome.figures if not f.met]


@pytest.fixture
def wuhan():
    return scenarios.shipped()["wuhan-2020"]


def test_eighty_days_in_one_community_show_what_they_must(mailbox, wuhan):
    outcome = play(wuhan, scale=0.1)
    assert not_met(outcome) == []
    assert outcome.met


def test_the_same_seed_gives_the_same_night_and_another_seed_another(mailbox, wuhan, database):
    def says(seed):
        database.empty()
        play(wuhan, scale=1.0, seed=seed, until="0 14:00")
        with acting_as(SYSTEM):
            return sorted(CallOut.objects.values_list("person__number", "state", "answered_at"))

    first = says(1)
    assert first == says(1)
    assert first != says(2)


def test_units_are_paired_with_streets_as_their_communities_ask_for_people(mailbox, wuhan):
    places = play(wuhan, until="0 08:05").drill.places
    asked = Counter(key_of(community.street_code) for community in places.communities)
    with acting_as(SYSTEM):
        paired = Counter(
            street for streets in Unit.objects.values_list("paired_streets", flat=True) for street in streets
        )
    assert sum(paired.values()) == 10
    assert all(abs(2 * paired[street] - communities) <= 2 for street, communities in asked.items())


def test_both_times_are_in_the_log(mailbox, wuhan):
    play(wuhan, scale=0.1, until="0 08:30")
    with acting_as(SYSTEM):
        row = AuditRow.objects.get(verb="drill.call")
    assert row.at == datetime(2020, 2, 12, 8, 30, tzinfo=ZONE)
    assert '"run_at":"2020' not in row.details
    assert '"run_at":"' in row.details


def test_every_message_of_a_drill_stays_inside_and_says_so(mailbox, wuhan):
    play(wuhan, scale=0.1, until="0 09:00")
    with acting_as(SYSTEM):
        assert set(Message.objects.values_list("channel", "drill")) == {("file", True)}
    letters = [path.read_text() for path in (mailbox / "read").glob("*.json")]
    assert letters
    assert all("演练" in letter for letter in letters)


def test_a_database_with_people_is_refused_unless_said(mailbox, wuhan):
    with acting_as(SYSTEM):
        unit = units.create(code="W1", name="区统计局", area_key=key_of("110102"), by=SYSTEM)
        persons.add(unit=unit, name="李文静", phone="13800130000", categories=["general"], by=SYSTEM)
    with pytest.raises(Refusal) as refused:
        play(wuhan, scale=0.1)
    assert refused.value.code == "drill.real_people"
    assert play(wuhan, scale=0.1, until="0 08:10", among_real_people=True).drill.people == 120


def test_without_a_file_channel_nobody_could_answer(wuhan, settings):
    settings.TURNOUT_CHANNELS = {}
    with pytest.raises(Refusal) as refused:
        play(wuhan, scale=0.1)
    assert refused.value.code == "drill.no_file_channel"


def test_a_figure_that_is_not_reached_is_said(mailbox, wuhan):
    text = (scenarios.SHIPPED / "wuhan-2020.toml").read_text()
    outcome = play(scenarios.read(text.replace("least = 80", "least = 800")), scale=0.1)
    assert [name for name, *_ in not_met(outcome)] == ["days_covered"]
    assert not outcome.met


@pytest.mark.load
@pytest.mark.parametrize("name", sorted(scenarios.shipped()))
def test_every_operation_shows_its_figures_at_a_twentieth(mailbox, name):
    assert not_met(play(scenarios.shipped()[name], scale=0.05)) == []


def test_the_night_of_the_demo_is_left_with_people_arriving_and_goes_on(mailbox, monkeypatch):
    night = scenarios.shipped()["xicheng-night"]
    drill = play(night, scale=0.1, until="1 05:48").drill
    left = night.moment("1 05:48", ZONE)
    with acting_as(SYSTEM):
        before = CallOut.objects.filter(state="on_post").count()
        coming = CallOut.objects.filter(state="yes").count()
    assert before > 0
    assert coming > 0
    again = made(night, scale=0.1, cast=Cast(drill.cast.known))
    monkeypatch.setattr(live.time, "sleep", lambda seconds: None)
    with clock.at(left + timedelta(hours=9)):
        assert live.stands_at(again)
        came = live.go_on(again)
    with acting_as(SYSTEM):
        assert CallOut.objects.filter(state="on_post").count() == before + came
    assert came > coming * 0.9


def test_a_scenario_played_elsewhere_takes_as_many_people_as_the_place_asks_for():
    xicheng = scenarios.shipped()["xicheng-night"]
    beijing = population.elsewhere(xicheng, "11", 0)
    assert beijing.communities == 7535
    assert 73_000 < sum(group.people for group in beijing.groups) < 76_000
    given = [[step.args["seconds"] for step in one.steps if step.do == "plan"] for one in (xicheng, beijing)]
    assert given == [[60], [360]]
