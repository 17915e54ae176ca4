"""A frame does not cost more because a run is old: in CPU time, runs of ten seconds and of ten minutes in turn."""

from __future__ import annotations

import pytest

from tests.bench import age

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.mark.usefixtures("qtbot")
def test_a_frame_late_in_a_run_costs_what_an_early_one_does() -> None:
    found = age.measure(200, (10.0, 600.0), frames=15, rounds=7)
    assert found[600.0] <= 1.5 * found[10.0], found  # 1.07 was measured; this machine swings
