"""Speed-up: compared with which worker, and how many times."""

from __future__ import annotations

import pytest

from playground.figures.speedup import AFTER, BEFORE, SOLO, Speedup, over, solo
from playground.reading.batch import Baseline


def test_a_speed_up_is_so_many_times_the_work_of_one() -> None:
    assert over(200.0, 4, Baseline(50.0, AFTER)) == (4.0, AFTER)
    assert over(25.0, 4, Baseline(50.0, AFTER)) == (0.5, AFTER)


def test_the_first_one_that_did_any_work_counts() -> None:
    alone = Baseline(10.0, SOLO)
    assert over(50.0, 2, None, Baseline(0.0, BEFORE), alone) == (5.0, SOLO)
    assert over(50.0, 2, Baseline(25.0, BEFORE), alone) == (2.0, BEFORE)


@pytest.mark.parametrize(("work", "workers", "base"), [(50.0, 1, 10.0), (0.0, 2, 10.0), (50.0, 2, 0.0)])
def test_one_over_one_and_nothing_over_something_say_nothing(work: float, workers: int, base: float) -> None:
    assert over(work, workers, Baseline(base, BEFORE)) == Speedup(None, None)


def test_an_op_that_was_timed_alone_makes_so_much_work_a_second() -> None:
    """Of 200 ms each, which is three of work."""
    assert solo(200e6, 3.0) == Baseline(15.0, SOLO)
    assert solo(None, 3.0) is solo(0.0, 3.0) is None
