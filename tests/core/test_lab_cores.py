"""How many cores a run has used: what is whose, each case by hand."""

from __future__ import annotations

import pytest

from playground.figures.lab_cores import shared_out


@pytest.mark.parametrize(
    ("whole", "told", "untold", "expected"),
    [
        (1.0, 0.62, 0.0, (1.0, 0.62, 0.38)),
        (1.0, 0.62, 0.2, (1.0, 0.82, 0.18)),  # they are in the middle of something
        (1.0, 0.62, 0.9, (1.0, 1.0, 0.0)),  # … which can be no more than there is
        (0.6, 0.62, 0.0, (0.62, 0.62, 0.0)),  # the exact figure is the workers' own
        (0.6, 0.62, 0.5, (0.62, 0.62, 0.0)),
        (0.0, 0.0, 0.0, (0.0, 0.0, 0.0)),
    ],
)
def test_what_workers_do_not_take_is_the_labs_own(
    whole: float, told: float, untold: float, expected: tuple[float, float, float]
) -> None:
    assert shared_out(whole, told, untold) == pytest.approx(expected)
