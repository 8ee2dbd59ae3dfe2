"""Entering, changing, moving, leaving, and who looked at whose phone number."""

from datetime import UTC, date, datetime

import pytest

from tests.people.conftest import DONGCHENG, HOME_EAST, HOME_WEST, STREET, XICHENG
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import audit
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people import queries
from turnout.people.domain import abilities, known, persons, units, words
from turnout.people.models import HISTORY, Availability, Person, Reach, Skill

pytestmark = pytest.mark.django_db


def code_of(verb, **fields):
    with pytest.raises(Refusal) as refused:
        verb(**fields)
    return refused.value.code


@pytest.fixture
def west(make_unit):
    return make_unit("W1")


@pytest.fixture
def east(make_unit):
    return make_unit("E1", key_of(DONGCHENG))


@pytest.fixture
def person(west, make_person):
    return make_person(west, "王芳", number="7", phone="13800004567", home_key=HOME_EAST)


VERBS = {
    "edit": lambda p, by: persons.edit(person=p, name="王方", number="7", categories=["health"], home_key=None, by=by),
    "set_limits": lambda p, by: persons.set_limits(person=p, limits=["light"], by=by),
    "move_unit": lambda p, by: persons.move_unit(person=p, unit=p.unit, by=by),
    "leave": lambda p, by: persons.leave(person=p, by=by),
    "return": lambda p, by: persons.return_(person=p, by=by),
    "link_account": lambda p, by: persons.link_account(person=p, user=None, by=by),
    "set_skills": lambda p, by: abilities.set_skills(person=p, skills={"护士": None}, by=by),
    "set_availability": lambda p, by: abilities.set_availability(person=p, periods=[], by=by),
    "set_ready": lambda p, by: abilities.set_ready(person=p, not_until=None, by=by),
    "set_tier": lambda p, by: abilities.set_tier(person=p, tier="off", by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_404_elsewhere_403_for_who_only_looks_and_done_by_who_answers(person, actor, make_user, verb):
    """Who sees a person by home may look; only the unit's area and the unit's liaison change the record."""
    liaison = make_user("liaison")
    with acting_as(SYSTEM):
        units.set_liaison(unit=person.unit, user=liaison, by=SYSTEM)
    answers = {}
    for name, by in {
        "elsewhere": actor("elsewhere", ("dispatcher", "110106")),
        "by home": actor("home", ("dispatcher", DONGCHENG)),
        "desk": actor("desk", ("desk", XICHENG)),
        "liaison": actor_of(liaison),
        "dispatcher": actor("west", ("dispatcher", XICHENG)),
    }.items():
        with acting_as(by):
            try:
                VERBS[verb](person, by)
                answers[name] = 200
            except Refusal as refusal:
                answers[name] = refusal.status
    assert answers == {"elsewhere": 404, "by home": 403, "desk": 403, "liaison": 200, "dispatcher": 200}


def test_a_phone_is_read_in_any_way_of_writing_and_kept_encrypted(west, make_person):
    written = [
        "138 0000 4567",
        "+86-138-0000-4568",
        "８６１３８００００４５６９",
        "(0086)13800004570",
        "+1 650 253 0000",
    ]
    people = [make_person(west, phone=text) for text in written[:3]]
    assert [p.phone_last4 for p in people] == ["4567", "4568", "4569"]
    with acting_as(SYSTEM):
        assert persons.reveal_phone(person=people[2], purpose="correct", by=SYSTEM) == "+8613800004569"
    assert all(b"13800" not in bytes(p.phone) + bytes(p.phone_hash) for p in people)
    assert words.phone("+1 650 253 0000") == "+16502530000"


@pytest.mark.parametrize("text", ["1380000456", "138000045678", "1.38E+10", "abc", "12345678901", "+86 1", "０", "110"])
def test_what_is_no_phone_number_is_refused(west, text):
    with acting_as(SYSTEM):
        add = {"unit": west, "name": "王芳", "categories": ["health"], "by": SYSTEM}
        assert code_of(persons.add, phone=text, **add) == "people.phone_bad"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " \u200b"}, "people.name_bad"),
        ({"name": "王" * 61}, "people.name_bad"),
        ({"number": "7 7"}, "people.number_bad"),
        ({"number": "7"}, "people.number_taken"),
        ({"categories": []}, "people.category_unknown"),
        ({"categories": ["wizard"]}, "people.category_unknown"),
        ({"work_limits": ["asthma"]}, "people.limit_unknown"),
        ({"home_key": STREET}, "people.home_bad"),
        ({"home_key": -1}, "people.home_bad"),
        ({"phone": "13800004567"}, "people.phone_known_here"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(person, fields, code):
    good = {"unit": person.unit, "name": "李伟", "categories": ["health"], "by": SYSTEM}
    with acting_as(SYSTEM):
        assert code_of(persons.add, **good | fields) == code
        assert Person.objects.count() == 1


def test_a_name_is_kept_without_stray_spaces_and_widths(west, make_person):
    names = ["王　芳", " 王\u200b芳 ", "欧阳 明月", "Ｉｖａｎ  Petrov", "阿卜杜·热合曼"]
    kept = [make_person(west, name).name for name in names]
    assert kept == [
        "王芳",
        "王芳",
        "欧阳明月",
        "Ivan Petrov",
        "阿卜杜·热合曼",
    ]


def test_a_phone_known_elsewhere_is_refused_without_a_word_about_whose(person, east, actor):
    by = actor("east", ("dispatcher", "110106"))
    with acting_as(SYSTEM):
        south = units.create(code="S1", name="南", area_key=key_of("110106"), by=SYSTEM)
    with acting_as(by), pytest.raises(Refusal) as refused:
        persons.add(unit=south, name="李伟", categories=["health"], phone="13800004567", by=by)
    assert (refused.value.code, refused.value.details) == ("people.phone_known_elsewhere", {})
    assert "王芳" not in str(refused.value)


def test_across_areas_only_three_words_are_answered(person, actor):
    asked = {"hashes": [bytes(person.phone_hash), b"x", None], "units": [person.unit_id] * 3, "numbers": ["7", "8", ""]}
    answers = {}
    for name, district in (("west", XICHENG), ("elsewhere", "110106")):
        with acting_as(actor(name, ("dispatcher", district))):
            answers[name] = [(answer.phone, answer.number) for answer in known.ask(**asked)]
    assert answers == {
        "west": [("mine", "mine"), ("new", "new"), ("new", "new")],
        "elsewhere": [("elsewhere", "elsewhere"), ("new", "new"), ("new", "new")],
    }


def test_the_same_phone_again_changes_nothing_and_writes_no_history(person):
    with acting_as(SYSTEM):
        events = HISTORY[Person].objects.filter(pgh_obj_id=person.pk)
        before = events.count()
        persons.edit(
            person=person, name="王芳", number="7", categories=["health"], home_key=HOME_EAST,
            phone="+86 138 0000 4567", by=SYSTEM,
        )  # fmt: skip
        assert events.count() == before
        persons.edit(person=person, name="王方", number="7", categories=["health"], home_key=HOME_EAST, by=SYSTEM)
        assert events.count() == before + 1


def test_an_empty_phone_removes_it_and_frees_the_number(person, west, make_person):
    with acting_as(SYSTEM):
        fields = {"name": "王芳", "number": "7", "categories": ["health"], "home_key": None}
        person = persons.edit(person=person, phone="", by=SYSTEM, **fields)
        assert (person.phone, person.phone_hash, person.phone_last4) == (None, None, "")
        assert code_of(persons.reveal_phone, person=person, purpose="correct", by=SYSTEM) == "people.phone_missing"
    assert make_person(west, "李伟", phone="13800004567").phone_last4 == "4567"


def test_moving_takes_a_person_out_of_one_area_and_into_another(person, east, actor):
    by = actor("both", ("dispatcher", XICHENG), ("dispatcher", DONGCHENG))
    with acting_as(by):
        persons.move_unit(person=person, unit=east, by=by)
    with acting_as(SYSTEM):
        keys = Reach.objects.filter(person=person).order_by("basis").values_list("basis", "area_key")
        assert list(keys) == [("home", HOME_EAST), ("roll", east.scope_key), ("unit", east.area_key)]
    with acting_as(actor("west", ("dispatcher", XICHENG))):
        assert not Person.objects.exists()


def test_who_answers_for_one_unit_only_moves_nobody_to_another(person, east, actor):
    by = actor("west", ("dispatcher", XICHENG))
    with acting_as(by):
        assert code_of(persons.move_unit, person=person, unit=east, by=by) == "access.not_found"


def test_a_new_home_changes_who_sees_the_person(person, actor):
    with acting_as(SYSTEM):
        persons.edit(person=person, name="王芳", number="7", categories=["health"], home_key=HOME_WEST, by=SYSTEM)
    with acting_as(actor("east", ("dispatcher", DONGCHENG))):
        assert not Person.objects.exists()
    with acting_as(SYSTEM):
        persons.edit(person=person, name="王芳", number="7", categories=["health"], home_key=None, by=SYSTEM)
        assert not Reach.objects.filter(basis="home").exists()


def test_leaving_and_returning_twice_is_once(person):
    with acting_as(SYSTEM):
        first = persons.leave(person=person, by=SYSTEM).left_at
        assert persons.leave(person=person, by=SYSTEM).left_at == first
        assert set(Reach.objects.values_list("active", flat=True)) == {False}
        assert code_of(persons.set_limits, person=person, limits=[], by=SYSTEM) == "people.person_left"
        assert persons.return_(person=person, by=SYSTEM).left_at is None
        assert persons.return_(person=person, by=SYSTEM).state == "active"
        assert set(Reach.objects.values_list("active", flat=True)) == {True}
        verbs = list(AuditRow.objects.filter(object_id=person.pk).order_by("id").values_list("verb", flat=True))
        assert verbs == ["person.add", "person.leave", "person.return"]


def test_a_reveal_needs_a_purpose_and_stands_in_the_log_of_the_person(person, actor, make_user):
    own = make_user("fang")
    desk, viewer = actor("home", ("desk", "110101001001")), actor("viewer", ("viewer", XICHENG))
    elsewhere = actor("elsewhere", ("dispatcher", "110106"))
    with acting_as(SYSTEM):
        persons.link_account(person=person, user=own, by=SYSTEM)
    for by, status in ((elsewhere, 404), (viewer, 403)):
        with acting_as(by), pytest.raises(Refusal) as refused:
            persons.reveal_phone(person=person, purpose="call_out", by=by)
        assert refused.value.status == status
    with acting_as(desk):
        assert code_of(persons.reveal_phone, person=person, purpose="curious", by=desk) == "people.purpose_unknown"
        assert persons.reveal_phone(person=person, purpose="call_out", by=desk) == "+8613800004567"
    looks = queries.who_looked_at(own)
    assert [(look.actor_id, look.purpose) for look in looks] == [(desk.id, "call_out")]
    assert queries.who_looked_at(make_user("nobody")) == []


def test_without_its_log_row_nothing_is_written(person, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, "record", fail)
    with acting_as(SYSTEM):
        with pytest.raises(RuntimeError):
            persons.set_limits(person=person, limits=["light"], by=SYSTEM)
        assert Person.objects.get(pk=person.pk).work_limits == []


def test_the_log_names_nobody(person):
    with acting_as(SYSTEM):
        rows = AuditRow.objects.values_list("details", flat=True)
        assert [row for row in rows if "王" in (row or "") or "13800004567" in (row or "")] == []


def test_skills_are_replaced_and_what_is_the_same_stays(person):
    with acting_as(SYSTEM):
        abilities.set_skills(person=person, skills={"护士": date(2026, 12, 31), "司机": None}, by=SYSTEM)
        kept = Skill.objects.get(name="护士").pk
        events = HISTORY[Skill].objects.filter(person=person)
        before = events.count()
        abilities.set_skills(person=person, skills={" 护士 ": date(2026, 12, 31)}, by=SYSTEM)
        assert list(Skill.objects.values_list("pk", "name")) == [(kept, "护士")]
        assert events.count() == before + 1
        for bad in ({"": None}, {"技" * 41: None}, {"护士": None, "护士 ": None}):
            assert code_of(abilities.set_skills, person=person, skills=bad, by=SYSTEM) == "people.skill_bad"


def test_periods_come_in_order_and_never_overlap(person):
    one, two, three = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3))
    with acting_as(SYSTEM):
        abilities.set_availability(person=person, periods=[(two, None), (None, one)], by=SYSTEM)
        assert set(Availability.objects.values_list("starts_at", "ends_at")) == {(None, one), (two, None)}
        for periods, code in (
            ([(two, one)], "people.period_backwards"),
            ([(one, one)], "people.period_backwards"),
            ([(one, three), (two, None)], "people.periods_overlap"),
            ([(None, None), (one, two)], "people.periods_overlap"),
        ):
            assert code_of(abilities.set_availability, person=person, periods=periods, by=SYSTEM) == code
        assert Availability.objects.count() == 2


def test_an_account_belongs_to_one_person(person, west, make_person, make_user):
    user, other = make_user("fang"), make_person(west, "李伟")
    with acting_as(SYSTEM):
        persons.link_account(person=person, user=user, by=SYSTEM)
        assert code_of(persons.link_account, person=other, user=user, by=SYSTEM) == "people.account_taken"
        persons.link_account(person=person, user=None, by=SYSTEM)
        assert persons.link_account(person=other, user=user, by=SYSTEM).user_id == user.pk
