"""Cores that other programs took: what all cores did, without what this process and those it started did."""

from __future__ import annotations

import sys
from typing import cast

import numpy as np
import pytest

from playground.figures import other_programs
from playground.hosts import CoreMeter, CoreSample

SECOND = 10**9
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there it is not known")


def measured(monkeypatch: pytest.MonkeyPatch, usage: list[float], dt_ns: int, ours: list[float | None]) -> float | None:
    class Meter:
        def sample(self) -> CoreSample:
            return CoreSample(0, dt_ns, np.array(usage, np.float32))

    seconds = iter(ours)
    monkeypatch.setattr(other_programs, "_seconds_of_ours", lambda: next(seconds))
    return other_programs.Others(cast(CoreMeter, Meter())).cores()


def test_what_is_ours_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """One and three quarters of two cores busy for two seconds, of which 2.5 s were ours."""
    assert measured(monkeypatch, [1.0, 0.75], 2 * SECOND, [10.0, 12.5]) == pytest.approx(0.5)
    assert measured(monkeypatch, [1.0, 0.0], SECOND, [0.0, 1.5]) == 0.0, "clocks differ a little"


def test_where_it_is_not_known_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(monkeypatch, [1.0], SECOND, [None, None]) is None
    assert measured(monkeypatch, [1.0], SECOND, [1.0, None]) is None
    assert measured(monkeypatch, [1.0], 0, [1.0, 1.0]) is None


def test_our_own_work_is_ours() -> None:
    before = other_programs._seconds_of_ours()
    assert before is not None
    sum(range(3_000_000))
    assert (other_programs._seconds_of_ours() or 0.0) > before
