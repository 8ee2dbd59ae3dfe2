"""Each named constraint of people, broken once; a constraint without its line here fails the first test."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from tests.people.conftest import STREET
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import UNIT_BASE, key_of
from turnout.core.ids import new_id
from turnout.people.models import Availability, Booking, Merge, MergeProposal, Person, Reach, Skill, Term, Unit

pytestmark = pytest.mark.django_db
T1, T2 = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
OTHER = object()
"""Stands for the second person, unit or account of the fixture."""

BREAKS = {
    "unit_code_once": (Unit, {"code": "W1"}),
    "unit_scope_once": (Unit, {"scope_key": OTHER}),
    "unit_code_plain": (Unit, {"code": "W 2"}),
    "unit_name_given": (Unit, {"name": " "}),
    "unit_area_is_an_area": (Unit, {"area_key": UNIT_BASE + 1}),
    "unit_scope_above_areas": (Unit, {"scope_key": key_of("110102")}),
    "unit_pairs_are_distinct_streets": (Unit, {"paired_streets": [STREET, STREET]}),
    "unit_not_paired_with_itself": (Unit, {"area_key": STREET, "paired_streets": [STREET]}),
    "unit_closed_after_opened": (Unit, {"opened_at": T2, "closed_at": T1}),
    "unit_grant_has_liaison": (Unit, {"liaison_grant_id": new_id()}),
    "person_phone_once": (Person, {"phone": b"x", "phone_hash": b"one", "phone_last4": "4567"}),
    "person_number_once": (Person, {"number": "7"}),
    "person_name_given": (Person, {"name": "　"}),
    "person_phone_whole": (Person, {"phone_last4": "4567"}),
    "person_categories_known": (Person, {"categories": ["wizard"]}),
    "person_has_a_category": (Person, {"categories": []}),
    "person_work_limits_known": (Person, {"work_limits": ["asthma"]}),
    "person_tier_known": (Person, {"tier": "tired"}),
    "person_state_known": (Person, {"state": "lost"}),
    "person_left_has_a_time": (Person, {"state": "left"}),
    "person_merged_has_a_target": (Person, {"state": "merged"}),
    "person_not_merged_into_itself": (Person, {"state": "merged", "merged_into_id": "self"}),
    "person_home_is_a_community": (Person, {"home_key": STREET}),
    "reach_once_per_basis": (Reach, {"basis": "unit"}),
    "reach_basis_known": (Reach, {"basis": "hearsay"}),
    "reach_placement_has_a_source": (Reach, {"basis": "placement"}),
    "reach_roll_is_a_unit": (Reach, {"basis": "roll", "area_key": STREET}),
    "term_not_empty": (Term, {"term": ""}),
    "skill_once": (Skill, {"name": "护士"}),
    "skill_name_trimmed": (Skill, {"name": "护士 "}),
    "availability_ends_after_start": (Availability, {"starts_at": T2, "ends_at": T1}),
    "availability_no_overlap": (Availability, {"starts_at": T1, "ends_at": T2}),
    "booking_layer_known": (Booking, {"layer": "holiday"}),
    "booking_state_known": (Booking, {"state": "maybe"}),
    "booking_ends_after_start": (Booking, {"ends_at": T1}),
    "booking_shift_in_posting_or_why": (Booking, {"layer": "shift"}),
    "booking_once_at_a_time": (Booking, {}),
    "proposal_reason_known": (MergeProposal, {"reason": "looks alike"}),
    "proposal_state_known": (MergeProposal, {"state": "perhaps", "decided_at": T1}),
    "proposal_other_or_claim": (MergeProposal, {"other": None}),
    "proposal_pair_in_order": (MergeProposal, {"other": "self"}),
    "proposal_decided_has_a_time": (MergeProposal, {"state": "dismissed"}),
    "proposal_once": (MergeProposal, {}),
    "merge_of_two": (Merge, {"gone": "self"}),
    "merge_undone_after": (Merge, {"undone_at": T1}),
    "merge_one_standing": (Merge, {}),
}


def constraints():
    """Every named constraint of the models of this file, as the database knows them."""
    for model in {model for model, _ in BREAKS.values()}:
        for constraint in model._meta.constraints:
            yield constraint.name


def test_every_constraint_has_a_line_here():
    ours = (
        model for model in apps.get_app_config("people").get_models() if model.__module__ == "turnout.people.models"
    )
    tried = {model for model, _ in BREAKS.values()}
    assert {model for model in ours if model._meta.constraints} == tried
    assert sorted(constraints()) == sorted(BREAKS)


@pytest.fixture
def rows(make_unit, make_person):
    unit = make_unit("W1")
    first = make_person(unit, "王芳", number="7")
    second = make_person(unit, "李伟")
    with acting_as(SYSTEM):
        Person.objects.filter(pk=first.pk).update(phone=b"x", phone_hash=b"one", phone_last4="4567")
        Skill.objects.create(person=first, name="护士")
        Availability.objects.create(person=first, starts_at=T1)
        Booking.objects.create(person=first, layer="posting", starts_at=T1, ends_at=T2)
        MergeProposal.objects.create(person=first, other=second, reason="phone", proposed_at=T1)
        Merge.objects.create(kept=first, gone=second, snapshot={}, merged_at=T2)
        yield unit, first, second


def good(model, unit, first, second):
    """Columns of a row that would be taken, if it did not stand there already."""
    return {
        Unit: {"code": "W2", "name": "单位", "area_key": key_of("110102"), "opened_at": T1},
        Person: {"unit": unit, "name": "张敏", "categories": ["health"], "added_at": T1},
        Reach: {"person": first, "basis": "home", "area_key": STREET},
        Term: {"person": first, "term": "x"},
        Skill: {"person": first, "name": "司机", "valid_through": date(2026, 3, 1)},
        Availability: {"person": first},
        Booking: {"person": first, "layer": "posting", "starts_at": T1, "ends_at": T2},
        MergeProposal: {"person": first, "other": second, "reason": "phone", "proposed_at": T1},
        Merge: {"kept": first, "gone": second, "snapshot": {}, "merged_at": T2},
    }[model]


def insert(model, columns):
    if model is Person:
        Reach.objects.create(person_id=columns["id"], area_key=columns["unit"].area_key, basis="unit")
    model(**columns).save(force_insert=True)


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses(rows, name):
    unit, first, second = rows
    model, fields = BREAKS[name]
    columns = good(model, unit, first, second) | fields
    if model is Person:
        columns["id"] = new_id()
    stand_ins = {OTHER: unit.scope_key, "self": columns.get("id") or first}
    columns |= {key: stand_ins[value] for key, value in fields.items() if value is OTHER or value == "self"}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        insert(model, columns)
    assert refused.value.__cause__.diag.constraint_name == name


def test_a_unit_pairs_with_streets_only(rows):
    for key in (key_of("110105"), key_of("110102007003"), STREET + 1, UNIT_BASE):
        with pytest.raises(IntegrityError, match="unit_pairs_are_distinct_streets"), transaction.atomic():
            Unit.objects.filter(code="W1").update(paired_streets=[key])


def test_a_person_needs_a_reach_row_first(rows):
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Person.objects.create(**good(Person, *rows))


def test_a_reach_row_without_a_person_is_refused_at_commit(rows):
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="person_id"), transaction.atomic():
        orphan(cursor)


def orphan(cursor):
    Reach.objects.create(person_id=new_id(), area_key=STREET, basis="unit")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
