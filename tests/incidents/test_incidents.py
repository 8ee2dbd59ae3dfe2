"""An incident fixes its rules; changing them is on the record; after stand-down nothing moves."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.incidents import playbook as files
from turnout.incidents import queries
from turnout.incidents.domain import incidents, playbooks
from turnout.incidents.models import Incident, LevelMark, PlaybookSwitch, PlaybookVersion

pytestmark = pytest.mark.django_db

EPIDEMIC = files.shipped()["epidemic"]
SECOND = EPIDEMIC.replace("version = 2", "version = 3").replace("residents = 350", "residents = 300")


@pytest.fixture
def epidemic():
    with acting_as(SYSTEM):
        return playbooks.publish(text=EPIDEMIC, by=SYSTEM)


@pytest.fixture
def dispatcher(make_user):
    return actor_of(make_user("diaodu", ("dispatcher", "110102")))


@pytest.fixture
def night(epidemic, dispatcher):
    with acting_as(dispatcher):
        return incidents.open_(title="西城夜间增援", area_code="110102", playbook=epidemic, by=dispatcher)


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def test_publishing_the_same_file_again_returns_what_stands(epidemic):
    with acting_as(SYSTEM):
        assert playbooks.publish(text=EPIDEMIC, by=SYSTEM) == epidemic
    assert PlaybookVersion.objects.count() == 1


def test_what_ships_is_published_once_and_leaves_a_city_s_own_words_alone():
    with acting_as(SYSTEM):
        own = playbooks.publish(text=EPIDEMIC.replace("residents = 350", "residents = 300"), by=SYSTEM)
        assert [one.name for one in playbooks.publish_shipped(by=SYSTEM)] == ["flood"]
        assert playbooks.publish_shipped(by=SYSTEM) == []
    assert own in PlaybookVersion.objects.filter(name="epidemic")


def test_another_text_under_the_same_number_is_refused(epidemic):
    other = EPIDEMIC.replace("residents = 350", "residents = 300")
    assert refused(lambda: playbooks.publish(text=other, by=SYSTEM), SYSTEM) == ("playbook.version_taken", 409)


def test_a_bad_file_is_refused_with_its_place():
    with acting_as(SYSTEM), pytest.raises(Refusal, match="per_weak") as caught:
        playbooks.publish(text=EPIDEMIC.replace("per_week", "per_weak"), by=SYSTEM)
    assert caught.value.code == "playbook.bad"


def test_a_published_playbook_never_changes(epidemic):
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        PlaybookVersion.objects.filter(pk=epidemic.pk).update(version=9)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        epidemic.delete()


def test_who_does_not_manage_the_area_opens_nothing(epidemic, make_user, dispatcher):
    desk = actor_of(make_user("shequ", ("desk", "110102007003")))
    for by, code, expected in (
        (desk, "110102007004", ("access.not_found", 404)),
        (dispatcher, "110101", ("access.not_found", 404)),
        (desk, "110102007003", ("access.not_allowed", 403)),
    ):
        act = lambda by=by, code=code: incidents.open_(title="x", area_code=code, playbook=epidemic, by=by)  # noqa: E731
        assert refused(act, by) == expected


def test_one_hazard_is_dealt_with_once_in_an_area_and_a_drill_stands_beside_it(night, epidemic, dispatcher):
    again = {"title": "again", "area_code": "110102", "playbook": epidemic, "by": dispatcher}
    assert refused(lambda: incidents.open_(**again), dispatcher) == ("incident.twice", 409)
    with acting_as(dispatcher):
        assert incidents.open_(**again, drill=True).drill


def test_switching_the_rules_is_on_the_record_with_its_reason(night, dispatcher):
    with acting_as(SYSTEM):
        second = playbooks.publish(text=SECOND, by=SYSTEM)
    with acting_as(dispatcher):
        switch = incidents.switch_playbook(incident=night, playbook=second, reason="新口径", by=dispatcher)
        assert Incident.objects.get().playbook == second
        assert [c.place for c in files.differences(switch.before.playbook, switch.after.playbook)] == [
            "standards[general_reinforcement].residents"
        ]
        assert AuditRow.objects.filter(verb="incident.switch_playbook", object_id=night.pk).count() == 1


@pytest.mark.parametrize(
    ("which", "reason", "code"),
    [
        ("same", "x", "playbook.same"),
        ("flood", "x", "playbook.other_hazard"),
        ("second", " ", "incident.reason_missing"),
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(night, dispatcher, epidemic, which, reason, code):
    with acting_as(SYSTEM):
        chosen = {
            "same": epidemic,
            "flood": playbooks.publish(text=files.shipped()["flood"], by=SYSTEM),
            "second": playbooks.publish(text=SECOND, by=SYSTEM),
        }[which]
    act = lambda: incidents.switch_playbook(incident=night, playbook=chosen, reason=reason, by=dispatcher)  # noqa: E731
    assert refused(act, dispatcher)[0] == code


def test_the_most_local_mark_says_the_level(night, dispatcher):
    with acting_as(dispatcher):
        incidents.mark(incident=night, area_key=key_of("110102007"), level="controlled", by=dispatcher)
        incidents.mark(incident=night, area_key=key_of("110102007003"), level="sealed", by=dispatcher)
    marks = list(queries.live_marks(night))
    levels = {code: queries.level_at(marks, key_of(code)) for code in ("110102007003", "110102007004", "110102010001")}
    assert levels == {"110102007003": "sealed", "110102007004": "controlled", "110102010001": ""}


def test_an_area_has_one_level_at_a_time(night, dispatcher):
    mark = {"incident": night, "area_key": key_of("110102007003"), "by": dispatcher}
    with acting_as(dispatcher):
        first = incidents.mark(**mark, level="controlled")
    assert refused(lambda: incidents.mark(**mark, level="sealed"), dispatcher) == ("incident.mark_twice", 409)
    with clock.at(clock.now() + timedelta(hours=1)), acting_as(dispatcher):
        incidents.unmark(mark=first, by=dispatcher)
        incidents.mark(**mark, level="sealed")
        assert [m.level for m in queries.live_marks(night)] == ["sealed"]


def test_a_mark_needs_a_known_level_inside_the_incident(night, dispatcher, make_user):
    act = lambda **rest: incidents.mark(incident=night, by=dispatcher, **rest)  # noqa: E731
    inside = key_of("110102007003")
    assert refused(lambda: act(area_key=inside, level="locked"), dispatcher)[0] == "incident.level_unknown"
    assert refused(lambda: act(area_key=key_of("110101001"), level="sealed"), dispatcher)[1] == 404
    city = actor_of(make_user("shi", ("dispatcher", "110000")))
    outside = lambda: incidents.mark(incident=night, area_key=key_of("110101001"), level="sealed", by=city)  # noqa: E731
    assert refused(outside, city)[0] == "incident.mark_outside"


def test_after_stand_down_marks_have_ended_and_nothing_can_be_changed(night, dispatcher):
    with acting_as(dispatcher):
        incidents.mark(incident=night, area_key=key_of("110102007003"), level="sealed", by=dispatcher)
    with clock.at(clock.now() + timedelta(days=14)), acting_as(dispatcher):
        incidents.stand_down(incident=night, by=dispatcher)
        assert list(queries.live_marks(night)) == []
    act = lambda: incidents.stand_down(incident=night, by=dispatcher)  # noqa: E731
    assert refused(act, dispatcher) == ("incident.over", 409)


def test_an_incident_shows_to_those_it_touches(night, make_user):
    seen = {}
    for name, code in (("city", "110000"), ("street", "110102007"), ("desk", "110102007003"), ("other", "110101")):
        seen[name] = queries.active(actor_of(make_user(name, ("viewer", code)))).count()
    assert seen == {"city": 1, "street": 1, "desk": 1, "other": 0}


@pytest.mark.parametrize(
    ("promise", "model", "fields"),
    [
        ("incident_status_known", Incident, {"status": "asleep"}),
        ("incident_stood_down_has_a_time", Incident, {"status": "stood_down"}),
        ("incident_has_a_title", Incident, {"title": ""}),
        ("mark_ends_after_start", LevelMark, {"ends_at": clock.now() - timedelta(days=3)}),
        ("switch_says_why", PlaybookSwitch, {"reason": ""}),
        ("switch_changes_something", PlaybookSwitch, {"reason": "x"}),
    ],
)
def test_the_database_keeps_its_promises(night, epidemic, promise, model, fields):
    with acting_as(SYSTEM):
        second = playbooks.publish(text=SECOND, by=SYSTEM)
    if promise == "switch_says_why":
        fields = fields | {"after": second}
    base = {
        Incident: {
            "title": "x", "area_code": "110101000000", "area_key": key_of("110101"), "hazard": "epidemic",
            "playbook": epidemic, "opened_at": clock.now(),
        },
        LevelMark: {"incident": night, "area_key": 1, "level": "sealed", "starts_at": clock.now()},
        PlaybookSwitch: {"incident": night, "before": epidemic, "after": epidemic, "switched_at": clock.now()},
    }[model]  # fmt: skip
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        model.objects.create(**(base | fields))
