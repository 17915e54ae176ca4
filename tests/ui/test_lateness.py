"""Beats that were due during a freeze count as late as they would have been."""

from __future__ import annotations

import numpy as np
import pytest

from ui.loop.lateness import PERIOD_MS, with_missed


def test_beats_on_time_count_as_they_are() -> None:
    late = np.array([0.1, 3.0, PERIOD_MS - 0.01])
    assert with_missed(late).tolist() == late.tolist()


def test_a_freeze_counts_for_every_beat_that_was_due_in_it() -> None:
    counted = with_missed(np.array([0.0, 3.5 * PERIOD_MS, 0.0]))
    assert sorted(counted / PERIOD_MS) == pytest.approx([0.0, 0.0, 0.5, 1.5, 2.5, 3.5])


def test_two_seconds_frozen_of_ten_are_seen_in_the_p99() -> None:
    on_time, frozen = np.zeros(480), np.array([2000.0])
    assert np.percentile(np.concatenate((on_time, frozen)), 99) == 0.0  # counted by beats it would hide
    assert np.percentile(with_missed(np.concatenate((on_time, frozen))), 99) > 1800
