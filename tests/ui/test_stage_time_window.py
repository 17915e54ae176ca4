"""The time window: what zoom, pan and freeze do to the stretch of time that is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from ui.stage.ticks import tick_step, tick_values, tick_words
from ui.stage.time_window import LONGEST, MS, REACH, SECOND, SHORTEST, TimeWindow, length_words, when_words

NOW = 10**12


def window(frozen: bool = False, span: int = 10 * SECOND) -> TimeWindow:
    made = TimeWindow(span=span)
    made.tick(NOW)
    made.freeze(frozen)
    return made


def test_live_it_ends_now() -> None:
    assert window().x_range == (-10.0, 0.0)
    frame = window().frame(1000)
    assert frame.width == 1000
    assert frame.left_ns <= NOW - 9_990 * MS
    assert frame.right_ns - frame.px_ns <= NOW < frame.right_ns


def test_a_moment_keeps_its_pixel_while_time_passes() -> None:
    made = window()
    before = made.frame(870)
    made.tick(NOW + 3 * SECOND)
    after = made.frame(870)
    moment = NOW - 2 * SECOND
    assert before.pixel(moment) + before.left == after.pixel(moment) + after.left


def test_live_zoom_is_anchored_at_the_live_edge() -> None:
    made = window()
    made.wheel(1, anchor=0.2)
    assert made.x_range == (-8.0, 0.0)
    assert not made.frozen


@settings(deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.1, 3.0))
def test_frozen_zoom_keeps_what_is_under_the_mouse(anchor: float, factor: float) -> None:
    made = window(frozen=True)
    made.pan(1.0)
    left, right = made.x_range
    under = left + (right - left) * anchor
    made.zoom(factor, anchor)
    left, right = made.x_range
    if made.offset:  # else it has met the moment of freezing
        assert left + (right - left) * anchor == pytest.approx(under, abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["zoom", "pan", "step", "span"]), st.floats(-3, 3)), max_size=30))
def test_nothing_leads_out_of_its_limits(moves: list[tuple[str, float]]) -> None:
    made = window()
    for kind, value in moves:
        match kind:
            case "zoom":
                made.zoom(2**value, 0.3)
            case "pan":
                made.pan(value)
            case "step":
                made.step(1 if value > 0 else -1)
            case _:
                made.set_span(round(abs(value) * SECOND) or MS)
        assert SHORTEST <= made.span <= LONGEST
        assert 0 <= made.offset <= REACH - made.span
        assert made.frozen or made.offset == 0


def test_going_back_in_time_freezes_and_live_returns(qtbot: QtBot) -> None:
    made = window()
    with qtbot.waitSignal(made.frozen_changed) as told:
        made.pan(0.25)
    assert told.args == [True]
    assert made.x_range == (-12.5, -2.5)
    made.tick(NOW + 5 * SECOND)
    assert made.reference == NOW
    made.live()
    assert made.x_range == (-10.0, 0.0)
    assert made.reference == NOW + 5 * SECOND


def test_a_live_picture_cannot_be_moved_into_the_future() -> None:
    made = window()
    made.pan(-0.5)
    assert not made.frozen
    assert made.offset == 0


def test_steps_go_through_the_usual_lengths() -> None:
    made = window(span=7 * SECOND)
    made.step(-1)
    assert made.span == 5 * SECOND
    made.step(1)
    assert made.span == 10 * SECOND


@pytest.mark.parametrize(
    ("span", "words"), [(10 * SECOND, "10 s"), (500 * MS, "500 ms"), (MS, "1 ms"), (6_400 * MS, "6.4 s")]
)
def test_lengths_in_words(span: int, words: str) -> None:
    assert length_words(span) == words


def test_ticks_have_room_for_their_words() -> None:
    for span in (60, 10, 3, 0.5, 0.02, 0.001):
        step, values = tick_values(-span, 0.0, 868)
        assert step / span * 868 >= 73
        assert 3 <= len(values) <= 13
        assert values[-1] == 0
    assert tick_step(10, 868) == 1.0


@pytest.mark.parametrize(
    ("value", "step", "words"),
    [(-3, 1, "−3 s"), (-0.25, 0.05, "−250 ms"), (-2.5, 0.5, "−2.5 s"), (-0.0005, 0.0001, "−0.5 ms"), (0, 1, "0")],
)
def test_ticks_in_words(value: float, step: float, words: str) -> None:
    assert tick_words(value, step) == words


@pytest.mark.parametrize(
    ("later", "digits", "words"),
    [
        (0, 1, "3.0 s ago"),
        (0, 3, "3.000 s ago"),
        (9, 1, "at \N{MINUS SIGN}3.0 s"),
        (600, 3, "at \N{MINUS SIGN}3.000 s"),
    ],
)
def test_when_something_was_is_told_as_the_axis_has_it(later: int, digits: int, words: str) -> None:
    assert when_words(7 * SECOND, 10 * SECOND, (10 + later) * SECOND, digits) == words
