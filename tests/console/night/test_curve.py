"""The curve of a night draws what happened and nothing else."""

from datetime import timedelta

from turnout.console.presenters import curve
from turnout.core import clock
from turnout.staffing.board import CURVE_STEPS, Curve


def test_a_count_that_stands_still_is_drawn_level_up_to_the_moment_it_moves():
    began = clock.now() - timedelta(hours=6)
    come = [0] * 40 + [100] * (CURVE_STEPS - 40)
    found = Curve(began, began + timedelta(hours=6), come, come)
    with clock.at(began + timedelta(hours=6)):
        points = [
            tuple(map(float, point.split(",")))
            for point in curve.answers_curve(found, 100, 100, 100)["on_post"].split()
        ]
    level = [x for x, y in points if y == curve.BASE]
    assert len(points) <= 6
    assert max(x for x in level if x < curve.RIGHT) > curve.LEFT + (curve.RIGHT - curve.LEFT) * 39 / 60
