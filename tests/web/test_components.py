"""Components say the same thing in shape, word and colour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.utils import translation

from turnout.core import clock
from turnout.core.refusals import Refusal, define
from turnout.web.forms import OurForm
from turnout.web.templatetags import ui

TAKEN = define("test.taken", sentence="{name} is taken.", next_step="Choose another.")
HIDDEN = define("test.hidden", status=404, sentence="Nothing here.", next_step="")


@pytest.mark.parametrize(
    ("missing", "level", "shown"),
    [(0, "ok", "0"), (1, "short", "1"), (2, "short", "2"), (3, "crit", "3"), (1250, "crit", "1,250"), (-2, "ok", "0")],
)
def test_a_gap_has_the_shape_of_its_size(missing, level, shown):
    assert ui.gap(missing) == f'<span class="gap" data-lv="{level}">{shown}</span>'


def test_a_need_that_nobody_confirmed_is_a_question_mark_and_not_a_nought():
    with translation.override("en"):
        assert ui.gap(None) == '<span class="gap" data-lv="unk" title="need not confirmed">?</span>'


def test_a_state_carries_its_word_beside_its_shape():
    assert (
        ui.state("crit", "失联")
        == '<span class="st st--crit"><svg aria-hidden="true"><use href="#i-crit"/></svg>失联</span>'
    )


def test_the_word_of_a_state_cannot_smuggle_markup_in():
    assert "<b>" not in ui.state("ok", "<b>x</b>")


@pytest.mark.parametrize(
    ("on_post", "accepted", "needed", "bar"),
    [(5, 9, 12, (41.7, 33.3)), (0, 0, 0, (0.0, 0.0)), (3, 3, 2, (100.0, 0.0))],
)
def test_coverage_is_measured_against_the_need_and_never_runs_over(on_post, accepted, needed, bar):
    shown = ui.cov(on_post, accepted, needed)
    assert (shown["on"], shown["accepted"]) == bar


def test_a_time_says_its_day_only_when_it_is_another_one():
    with clock.at(datetime(2026, 11, 20, 22, tzinfo=UTC)):  # 06:00 of the 21st in the city
        assert ">06:30<" in ui.when(datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
        assert ">11-20 23:00<" in ui.when(datetime(2026, 11, 20, 15, tzinfo=UTC))
        assert ">2025-11-21 06:00<" in ui.when(datetime(2025, 11, 20, 22, tzinfo=UTC))


class Sample(OurForm):
    name = forms.CharField(label="Name")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")])
    places_of_refusals = {"test.taken": "name"}


def test_an_empty_field_says_what_to_fill_in():
    with translation.override("en"):
        form = Sample({})
        assert form.errors == {"name": ["Fill in: Name"], "kind": ["Choose: Kind"]}


def test_a_refusal_stands_at_the_field_it_is_about(db):
    form = Sample({"name": "x", "kind": "a"})

    def refuse() -> None:
        raise TAKEN.refuse(name="x")

    assert not form.done(refuse)
    assert form.errors == {"name": ["x is taken. Choose another."]}


def test_what_may_not_be_known_is_never_shown_as_a_form_error(db):
    form = Sample({"name": "x", "kind": "a"})

    def refuse() -> None:
        raise HIDDEN.refuse()

    with pytest.raises(Refusal):
        form.done(refuse)


def test_the_summary_links_to_each_field_and_the_field_repeats_the_sentence():
    with translation.override("en"):
        page = str(Sample({}))
    assert page.count("Fill in: Name") == 2
    assert '<a href="#id_name">Fill in: Name</a>' in page
    assert 'aria-describedby="id_name_error"' in page
    assert "2 things to correct" in page


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Safari/604", "Safari · iPhone"),
        ("curl/8.0", "curl/8.0"),
    ],
)
def test_a_device_is_called_what_people_call_it(agent, shown):
    assert ui.device(agent) == shown
