"""The UI's clock: beats, frames at a part of them, and how late a beat comes after the event loop was busy."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

import ui.loop.frame_clock
from ui.loop.frame_clock import BEATS_PER_S, PERIOD_NS, FrameClock


@pytest.fixture
def clock(qtbot: QtBot) -> Iterator[FrameClock]:
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
def test_frames_are_drawn_on_every_nth_beat(qtbot: QtBot, clock: FrameClock, rate: int, each: int) -> None:
    heard = Heard(clock)
    clock.set_frame_rate(rate)
    clock.start()
    qtbot.waitUntil(lambda: len(heard.beats) >= 36, timeout=10_000)
    assert abs(len(heard.frames) - len(heard.beats) // each) <= 1
    assert set(heard.frames) <= {when for when, _ in heard.beats}


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (61, BEATS_PER_S), (1000, BEATS_PER_S)])
def test_a_frame_rate_stays_within_the_beats(clock: FrameClock, asked: int, given: int) -> None:
    clock.set_frame_rate(asked)
    assert clock.frames_per_s == given


def test_a_busy_event_loop_is_told_as_the_lateness_of_one_beat(qtbot: QtBot, clock: FrameClock) -> None:
    heard = Heard(clock)
    clock.start()
    qtbot.waitUntil(lambda: len(heard.beats) >= 3, timeout=10_000)
    heard.beats.clear()
    time.sleep(0.2)  # the event loop is busy: this is what is measured
    qtbot.waitUntil(lambda: len(heard.beats) >= 2, timeout=10_000)
    (first, late), (second, _) = heard.beats[:2]
    assert late >= 150
    assert second - first >= PERIOD_NS * 0.5  # the beats that were missed are not made up for


def test_a_stopped_clock_is_silent(qtbot: QtBot, clock: FrameClock) -> None:
    heard = Heard(clock)
    clock.start()
    qtbot.waitUntil(lambda: bool(heard.beats), timeout=10_000)
    clock.stop()
    count = len(heard.beats)
    qtbot.wait(60)
    assert len(heard.beats) == count


def test_lateness_is_never_negative(qtbot: QtBot, clock: FrameClock) -> None:
    heard = Heard(clock)
    clock.start()
    qtbot.waitUntil(lambda: len(heard.beats) >= 30, timeout=10_000)
    assert all(late >= 0 for _, late in heard.beats)


# -- by a made clock

MS = 1_000_000
START = 10**12


class Made:
    """A clock whose time stands still unless it is moved on."""

    def __init__(self, clock: FrameClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock, self.now = clock, START
        monkeypatch.setattr(ui.loop.frame_clock, "clock", lambda: self.now)
        self.told: list[tuple[int, float]] = []  # ms since the start; ms late
        self.frames = 0
        self.takes = 0  # ms, each frame's handlers
        clock.beat.connect(lambda when, late: self.told.append((round((when - START) / MS), round(late))))
        self.awaits = True  # does each frame ask for a picture?
        clock.frame.connect(self._frame)
        clock.start()

    def _frame(self, _now: int) -> None:
        self.frames += 1
        self.now += self.takes * MS
        if self.awaits:
            self.clock.note_awaited()

    def beat(self, after: float) -> None:
        """The timer fires so many ms after what came before."""
        self.now += int(after * MS)
        self.clock._on_timeout()

    def shown(self, after: float) -> None:
        self.now += int(after * MS)
        self.clock.note_shown()


@pytest.fixture
def made(clock: FrameClock, monkeypatch: pytest.MonkeyPatch) -> Made:
    return Made(clock, monkeypatch)


def test_what_a_handler_takes_is_no_excuse(made: Made) -> None:
    made.beat(17)
    made.takes = 6000
    made.beat(17)
    made.takes = 5
    made.beat(1)  # at once, and yet 6 s after the one before
    made.beat(11)
    assert made.told == [(17, 0), (34, 0), (6035, 5984), (6051, 0)]  # 6001 − 17.7; then 16 ms after


def test_what_is_done_after_the_handlers_counts_too(made: Made) -> None:
    made.takes = 30
    made.beat(17)
    made.beat(40)  # a paint
    assert made.told == [(17, 0), (87, 53)]  # due at 34.3


def test_handlers_shorter_than_a_period_make_nothing_late(made: Made) -> None:
    made.takes = 14
    for _ in range(20):
        made.beat(made.clock._timer.interval())
    assert {late for _, late in made.told} == {0}


def test_a_freeze_goes_on_through_a_beat_without_a_picture(made: Made) -> None:
    made.beat(17)
    made.beat(1017)  # due at 34
    made.beat(4000)
    made.shown(900)
    made.beat(100)
    made.shown(3)
    made.beat(14)
    # The picture at 5934 ends it, and what the beat after that has still to wait for is its own.
    assert made.told == [(17, 0), (1034, 1000), (5034, 5000), (5934, 5900), (6034, 100), (6051, 0)]


def test_where_no_picture_is_asked_for_a_freeze_ends_with_the_beat(made: Made) -> None:
    """The window is hidden, or its picture stands still because somebody wanted it to."""
    made.awaits = False
    made.beat(17)
    made.beat(1017)
    made.beat(4000)
    made.beat(400)
    assert made.told == [(17, 0), (1034, 1000), (5034, 3983), (5434, 383)]


def test_a_picture_between_two_beats_parts_a_freeze(made: Made) -> None:
    made.beat(17)
    made.shown(2000)
    made.beat(5000)
    made.shown(3000)
    made.beat(10)
    assert made.told == [(17, 0), (2017, 1983), (7017, 5000), (10017, 8000), (10027, 10)]


def test_a_picture_before_a_beat_was_due_parts_nothing(made: Made) -> None:
    made.beat(17)
    made.shown(3)
    made.beat(1000)
    assert made.told == [(17, 0), (1020, 986)]


def test_pictures_of_a_calm_time_are_no_part_of_a_freeze(made: Made) -> None:
    for _ in range(5):
        made.beat(10)
        made.shown(7)
    made.beat(500)
    made.beat(17)
    made.beat(120)  # not a freeze that goes on: the beat before came in time
    assert made.told[-3:] == [(585, 485), (602, 0), (722, 103)]


def test_after_a_freeze_a_picture_is_drawn_at_once(made: Made) -> None:
    made.clock.set_frame_rate(1)
    made.beat(17)
    assert made.frames == 0
    made.beat(116)  # 99 ms late
    assert made.frames == 0
    made.beat(118)
    assert made.frames == 1
    made.beat(17)
    assert made.frames == 1
