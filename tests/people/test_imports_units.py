"""A list of units goes in like a list of people: checked first, then whole or not at all."""

import pytest

from tests.people.lists import found, send, take, workbook
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.people.domain import units
from turnout.people.models import Unit
from turnout.places.domain import loading

pytestmark = pytest.mark.django_db

WEST = "110102"
HEADINGS = ("单位编号", "单位名称", "所属区域", "结对街道", "可派人数")
TAX = ("T01", "西城区税务局", 110102000000, "西长安街街道；110102003", 40)
CULTURE = ("C01", "西城区文化局", "西城区", None, None)


@pytest.fixture
def zhou(actor):
    with acting_as(SYSTEM):
        loading.load_public(code=WEST, by=SYSTEM)
    return actor("zhoumin", ("dispatcher", WEST))


def units_sent(*rows, by, **options):
    return send(workbook(*rows, headings=HEADINGS), by, kind="import.units", **options)


def stored():
    return list(Unit.objects.order_by("code").values_list("code", "name", "area_key", "paired_streets", "quota"))


def test_units_are_made_with_area_pairing_and_quota(zhou):
    run = units_sent(TAX, CULTURE, by=zhou)
    assert (run.state, run.counts["new"], run.counts["bad"], stored()) == ("checked", 2, 0, [])
    assert take(run, zhou).state == "done"
    assert stored() == [
        ("C01", "西城区文化局", key_of("110102"), [], None),
        ("T01", "西城区税务局", key_of("110102"), [key_of("110102001"), key_of("110102003")], 40),
    ]
    with acting_as(SYSTEM):
        verbs = sorted(AuditRow.objects.filter(actor_id=zhou.id).values_list("verb", flat=True))
    assert verbs == ["unit.create", "unit.create", "unit.import"]


def test_the_same_again_changes_nothing_and_a_change_is_shown(zhou):
    take(units_sent(TAX, CULTURE, by=zhou), zhou)
    run = units_sent(TAX, (*CULTURE[:3], "新街口街道", 5), by=zhou)
    assert (run.counts["same"], run.counts["changed"]) == (1, 1)
    (sample,) = found(run, zhou).samples["changed"]
    assert [(d["field"], d["before"], d["after"]) for d in sample["differences"]] == [
        ("paired_streets", [], ["新街口街道"]),
        ("quota", None, 5),
    ]
    take(run, zhou)
    assert stored()[0][4] == 5
    events = Unit.pgh_event_model.objects.count()
    assert take(units_sent(TAX, by=zhou), zhou).state == "done"
    assert Unit.pgh_event_model.objects.count() == events


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("T01", "税务局", None, None, None), "new_without_area"),
        (("T01", "税务局", "110101", None, None), "area_unknown"),
        (("T01", "税务局", "西城区", "西城区", None), "street_unknown"),
        (("T01", "税务局", "110102001", "110102001", None), "street_own"),
        (("T01", "税务局", "西城区", None, -1), "too_small"),
        (("T 1", "税务局", "西城区", None, None), "code_characters"),
        ((None, "税务局", "西城区", None, None), "blank"),
        (("E01", "税务局", "西城区", None, None), "unit_taken"),
    ],
)
def test_a_bad_row_says_what_is_wrong(zhou, make_unit, row, code):
    make_unit("E01", key_of("110101"))
    run = units_sent(row, CULTURE, by=zhou)
    assert [fault.code for fault in found(run, zhou).faults] == [code]
    assert (run.counts["new"], run.counts["bad"]) == (1, 1)


def test_two_rows_of_one_unit_with_other_content_are_both_bad(zhou):
    run = units_sent(TAX, (TAX[0], "税务局", *TAX[2:]), CULTURE, CULTURE, by=zhou)
    assert [(fault.row, fault.code) for fault in found(run, zhou).faults] == [(2, "code_twice"), (3, "code_twice")]
    assert (run.counts["new"], run.counts["repeated"]) == (1, 1)


def test_what_changed_since_the_dry_run_is_shown_instead_of_written(zhou):
    take(units_sent(TAX, by=zhou), zhou)
    run = units_sent((*TAX[:4], 60), by=zhou)
    with acting_as(zhou):
        units.set_quota(unit=Unit.objects.get(), quota=10, by=zhou)
    run = take(run, zhou)
    assert (run.state, run.settings["changed_since"], stored()[0][4]) == ("checked", True, 10)
    assert take(run, zhou).state == "done"
    assert stored()[0][4] == 60


def test_whoever_only_imports_people_cannot_import_units(zhou, make_user, make_unit):
    from turnout.access.queries import load_actor

    user = make_user("sunli")
    with acting_as(SYSTEM):
        units.set_liaison(unit=make_unit("W1", key_of(WEST)), user=user, by=SYSTEM)
    liaison = load_actor(user.pk)
    with pytest.raises(Refusal) as refused:
        units_sent(TAX, by=liaison)
    assert refused.value.code == "access.not_allowed"
