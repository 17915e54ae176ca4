"""The UI's clock: beats, frames at a part of them, and how late a beat comes after the event loop was busy."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ui.clock import BEATS_PER_S, PERIOD_NS, FrameClock


@pytest.fixture
def clock(qtbot) -> Iterator[FrameClock]:
    made = FrameClock()
    yield made
    made.stop()


class Heard:
    def __init__(self, clock: FrameClock) -> None:
        self.beats: list[tuple[int, float]] = []
        self.frames: list[int] = []
        clock.beat.connect(lambda when, late: self.beats.append((when, late)))
        clock.frame.connect(self.frames.append)


@pytest.mark.parametrize(("rate", "each"), [(60, 1), (30, 2), (20, 3), (10, 6)])
def test_frames_are_drawn_on_every_nth_beat(qtbot, clock: FrameClock, rate: int, each: int):
    heard = Heard(clock)
    clock.set_frame_rate(rate)
    clock.start()
    qtbot.waitUntil(lambda: len(heard.beats) >= 36, timeout=10_000)
    assert abs(len(heard.frames) - len(heard.beats) // each) <= 1
    assert set(heard.frames) <= {when for when, _ in heard.beats}


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (61, BEATS_PER_S), (1000, BEATS_PER_S)])
def test_a_frame_rate_stays_within_the_beats(clock: FrameClock, asked: int, given: int):
    clock.set_frame_rate(asked)
    assert clock.frames_per_s == given


def test_a_busy_event_loop_is_told_as_the_lateness_of_one_beat(qtbot, clock: FrameClock):
    heard = Heard(clock)
    clock.start()
    qtbot.waitUntil(lambda: len(heard.beats) >= 3, timeout=10_000)
    heard.beats.clear()
    time.sleep(0.2)  # the event loop is busy: this is what is measured
    qtbot.waitUntil(lambda: len(heard.beats) >= 2, timeout=10_000)
    (first, late), (second, _) = heard.beats[:2]
    assert late >= 150
    assert second - first >= PERIOD_NS * 0.5  # the beats that were missed are not made up for


def test_a_stopped_clock_is_silent(qtbot, clock: FrameClock):
    heard = Heard(clock)
    clock.start()
    qtbot.waitUntil(lambda: bool(heard.beats), timeout=10_000)
    clock.stop()
    count = len(heard.beats)
    qtbot.wait(60)
    assert len(heard.beats) == count


def test_lateness_is_never_negative(qtbot, clock: FrameClock):
    heard = Heard(clock)
    clock.start()
    qtbot.waitUntil(lambda: len(heard.beats) >= 30, timeout=10_000)
    assert all(late >= 0 for _, late in heard.beats)
