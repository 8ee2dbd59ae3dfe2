"""Scenario files: what ships is right, what is wrong is refused by name."""

import pytest

from turnout.drill import scenario as scenarios
from turnout.drill.play import check_names

NAMES = ["beijing-2020", "chaoyang-2022", "fuzhou-2022", "hohhot-2022", "wuhan-2020", "xicheng-night"]


def text_of(name):
    return (scenarios.SHIPPED / f"{name}.toml").read_text()


def test_the_five_operations_ship_and_the_night_of_the_demo():
    assert sorted(scenarios.shipped()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_step_can_be_done_and_every_figure_counted(name):
    check_names(scenarios.shipped()[name])


@pytest.mark.parametrize("name", NAMES)
def test_steps_stand_in_order_between_beginning_and_end(name):
    one = scenarios.shipped()[name]
    from zoneinfo import ZoneInfo

    moments = [one.moment(text, ZoneInfo("Asia/Shanghai")) for text in
               (one.starts, *(step.at for step in one.steps), one.ends)]  # fmt: skip
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('at = "10 16:00"', 'at = "4 p.m."', "4 p.m. is no moment"),
        ("yes = 0.95", "yes = 0.99", "shares of the same people"),
        ('categories = ["general"]', 'categories = ["wizard"]', "there is no category wizard"),
        ('playbook = "fuzhou-2022"', 'playbook = "nothing"', "The playbook nothing"),
        ("communities = 3022", "communities = 3022\nspeed = 3", "unknown field `speed`"),
        ("communities = 3022", "communities = ", "This is not TOML"),
    ],
)
def test_a_mistake_in_a_file_is_named(before, after, said):
    text = text_of("fuzhou-2022")
    assert before in text
    with pytest.raises(scenarios.BadScenario, match=said):
        scenarios.read(text.replace(before, after))


def test_a_figure_without_a_bar_is_refused():
    with pytest.raises(scenarios.BadScenario, match="has no bar"):
        scenarios.read(text_of("fuzhou-2022").replace("least = 0.88", ""))


def test_a_step_that_nobody_can_do_is_refused():
    with pytest.raises(scenarios.BadScenario, match="Nobody can do fly"):
        check_names(scenarios.read(text_of("fuzhou-2022").replace('do = "release"', 'do = "fly"')))
