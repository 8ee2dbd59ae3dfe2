"""A playbook is data that is read strictly: what is misspelt is refused, never ignored."""

import pytest

from turnout.incidents import playbook
from turnout.incidents.playbook import BadPlaybook

EPIDEMIC = playbook.shipped()["epidemic"]


@pytest.mark.parametrize("name", ["epidemic", "flood"])
def test_the_shipped_playbooks_are_read(name):
    assert playbook.read(playbook.shipped()[name]).name == name


@pytest.mark.parametrize(
    ("hours", "per_week", "absence", "people"),
    [(8, 5, 0.0, 5), (8, 5, 0.1, 5), (8, 5, 0.2, 6), (12, 5, 0.1, 4), (8, 7, 0.0, 3), (24, 7, 0.0, 1)],
)
def test_round_the_clock_cover_is_shifts_a_week_by_shifts_a_person(hours, per_week, absence, people):
    """21 eight-hour shifts a week at 5 each are 4.2 people, and ceil(4.2 / (1 - absence)) stand for one post."""
    made = playbook.Shifts(
        hours=hours, overlap_minutes=30, rest_hours=11, per_week=per_week, nights_in_a_row=3,
        heavy_hours=9, forced_rest_hours=24, absence=absence,
    )  # fmt: skip
    assert made.people_per_post() == people


@pytest.mark.parametrize(("residents", "places"), [(0, 1), (350, 1), (351, 2), (3000, 9)])
def test_a_rule_per_residents_asks_for_one_place_for_so_many(residents, places):
    rule = next(rule for rule in playbook.read(EPIDEMIC).standards if rule.code == "general_reinforcement")
    assert rule.places_for(residents) == places


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("per_week = 5", "per_weak = 5", "per_weak"),
        ("risk = 2", "risk = 4", "risk is 1, 2 or 3"),
        ('category = "street_cadre"', 'category = "king"', "category is one of"),
        ('levels = ["sealed"]', 'levels = ["locked"]', "there is no level locked"),
        ("residents = 350\n", "", "`residents` belongs to"),
        ('excludes = ["no_suit"]', 'excludes = ["asthma"]', "excludes takes"),
        ('code = "gate"', 'code = "sealed_area"', "stands twice"),
        ("places_min = 1\nplaces = 2", "places_min = 3\nplaces = 2", "places_min <= places"),
        ("absence = 0.1", "absence = 1.0", "absence is a share"),
        ("days = 14", "days = 50", "at most posting.longest_days"),
        ("moving = 10", "moving = -1", "costs.moving is 0 or more"),
        ("team = 12", "team = 1.25", "at most one decimal"),
        ("missing_more = 300", "missing_more = 3000", "costs.missing_more is at most"),
        ("missing_more = 300", "missing_more = 300\nstreet_near = 1", "unknown field `street_near`"),
        ("version = 2", "version = ", "not TOML"),
    ],
)
def test_what_is_wrong_in_a_playbook_is_named(old, new, says):
    assert old in EPIDEMIC
    with pytest.raises(BadPlaybook, match=says):
        playbook.read(EPIDEMIC.replace(old, new, 1))


def test_two_versions_differ_where_a_rule_changed_and_nowhere_else():
    newer = EPIDEMIC.replace("version = 2", "version = 3").replace("residents = 350", "residents = 300")
    changes = playbook.differences(playbook.read(EPIDEMIC), playbook.read(newer))
    assert [(change.place, change.before, change.after) for change in changes] == [
        ("standards[general_reinforcement].residents", 350, 300)
    ]


def test_a_rule_that_went_away_is_told():
    start = EPIDEMIC.index('[[standards]]\ncode = "gate"')
    end = EPIDEMIC.index('[[standards]]\ncode = "sampling_point"')
    changes = playbook.differences(playbook.read(EPIDEMIC), playbook.read(EPIDEMIC[:start] + EPIDEMIC[end:]))
    assert ("standards[gate].places", 2, None) in [(c.place, c.before, c.after) for c in changes]
