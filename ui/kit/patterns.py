"""Patterns: how each state is painted. Colour says who, pattern says what.

A pattern is a small square of pixels, scaled to the screen's pixel ratio. The rasteriser looks pixels up in a table of
them by absolute column, so that a pattern moves with the data it marks; Qt's brushes for legends come from the same."""

from __future__ import annotations

from functools import cache
from math import lcm, sqrt

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QBrush, QImage, QPixmap

from playground.reading.states import CORE, EMPTY, GIL, IO, LOCK, PAUSED, RUN, SLEEP, TURN, UNKNOWN
from ui.kit.theme import Theme, mix

Pixels = npt.NDArray[np.uint32]
HATCH, DOTS, CROSS, LINES, BARS = 6, 4, 7, 4, 6  # px from one to the next
BAR, BAR_GAP, PAIRS = 2, 2, 42  # px: of the two bars of a pause, and from one pair to the next
MOST_OF_BAR = 12  # px: how high they are at most
# as the rasteriser counts them: seven that stack, none, base line, bars
STATES = (RUN, CORE, IO, LOCK, GIL, TURN, UNKNOWN, EMPTY, SLEEP, PAUSED)
ASLEEP = PAUSED + 1  # sleeping, where that is an area: how many do
HEAT_STATES = (RUN, CORE, IO, LOCK, GIL, TURN, UNKNOWN, ASLEEP, EMPTY)  # likewise: eight that stack, and none
LEGEND = (RUN, GIL, CORE, TURN, LOCK, IO, SLEEP, UNKNOWN)


def pixel(color: str) -> int:
    """`#rrggbb` as QImage's RGB32."""
    return 0xFF000000 | int(color[1:], 16)


def _size(px: int, ratio: float) -> int:
    return max(2, round(px * ratio))


def period(ratio: float) -> int:
    """After so many columns every pattern begins again."""
    return lcm(*(_size(px, ratio) for px in (HATCH, DOTS, CROSS, LINES, BARS)))


def _diagonal(size: int, width: float, rising: bool) -> npt.NDArray[np.float64]:
    """How much of each pixel a 45° line covers; lines repeat every `size`."""
    y, x = np.mgrid[0:size, 0:size]
    place = (x + y if rising else x - y) % size
    distance = np.minimum(place, size - place) / sqrt(2)
    covered: npt.NDArray[np.float64] = np.clip(width / 2 + 0.5 - distance, 0.0, 1.0)
    return covered


def _cover(state: int, ratio: float) -> npt.NDArray[np.float64]:
    """How much of each pixel of the square is in the line colour."""
    if state == GIL:
        return _diagonal(_size(HATCH, ratio), 1.1 * ratio, True)
    if state == LOCK:
        size = _size(CROSS, ratio)
        both: npt.NDArray[np.float64] = np.maximum(_diagonal(size, ratio, True), _diagonal(size, ratio, False))
        return both
    if state == CORE:
        size, dot = _size(DOTS, ratio), max(2, round(2 * ratio))
        y, x = np.mgrid[0:size, 0:size]
        return np.asarray((x < dot) & (y < dot), np.float64)
    if state == IO:
        size, line = _size(LINES, ratio), max(1, round(ratio))
        y = np.mgrid[0:size, 0:size][0]
        return np.asarray((y >= size // 2) & (y < size // 2 + line), np.float64)
    if state == TURN:
        size, line = _size(BARS, ratio), max(1, round(ratio))
        x = np.mgrid[0:size, 0:size][1]
        return np.asarray((x >= size // 2) & (x < size // 2 + line), np.float64)
    return np.zeros((1, 1))


def _inks(state: int, color: str, theme: Theme) -> tuple[str, str]:
    """Ground and line colour."""
    track = theme.track
    faint = mix(track, color, 0.13 if theme.dark else 0.10)
    inks = {
        RUN: (color, color),
        GIL: (faint, mix(track, color, 0.56 if theme.dark else 0.62)),
        CORE: (faint, mix(track, color, 0.85)),
        TURN: (faint, mix(track, color, 0.6)),
        LOCK: (mix(track, theme.bad, 0.20), mix(track, theme.bad, 0.62)),
        IO: (track, mix(track, color, 0.75)),
        SLEEP: (mix(track, color, 0.6), mix(track, color, 0.6)),
        UNKNOWN: (mix(track, theme.t3, 0.40), mix(track, theme.t3, 0.40)),  # no worker's colour: nobody saw it
        ASLEEP: (mix(track, color, 0.22), mix(track, color, 0.22)),
    }
    return inks.get(state, (track, track))


@cache
def square(state: int, color: str, theme: Theme, ratio: float) -> Pixels:
    """The pixels of one pattern."""
    ground, line = _inks(state, color, theme)
    return _mixed(ground, line, _cover(state, ratio * theme.scale))


def _mixed(ground: str, line: str, cover: npt.NDArray[np.float64]) -> Pixels:
    low, high = ([int(ink[i : i + 2], 16) for i in (1, 3, 5)] for ink in (ground, line))
    channels = [np.rint(a + (b - a) * cover).astype(np.uint32) for a, b in zip(low, high, strict=True)]
    red, green, blue = channels
    return (np.uint32(0xFF000000) | red << 16 | green << 8 | blue).astype(np.uint32)


def hatch(theme: Theme, ratio: float) -> Pixels:
    """For what is not there, and cannot be: 45° on track."""
    unit = ratio * theme.scale
    cover = _diagonal(_size(HATCH, unit), 1.1 * unit, True)
    return _mixed(theme.track, mix(theme.track, theme.t3, 0.6), cover)


def lane_table(
    slots: list[int], height: int, gap: int, theme: Theme, ratio: float, states: tuple[int, ...] = STATES
) -> Pixels:
    """(rows, states, period): the pixel to paint, for each row of a band of lanes, each state and each phase.

    Rows in the gaps are the panel's colour whatever the state."""
    unit = ratio * theme.scale
    count, pitch, phases = len(slots), height + gap, period(unit)
    rows = np.arange(count * pitch)
    slot_of = np.repeat(np.arange(count), pitch)
    table = np.empty((len(rows), len(states), phases), np.uint32)
    x = np.arange(phases)
    kinds = sorted({slot % len(theme.workers) for slot in slots})
    place = {slot: index for index, slot in enumerate(kinds)}
    pattern_of = np.array([place[slot % len(theme.workers)] for slot in slots])[slot_of]
    for index, state in enumerate(states):
        squares = np.stack([square(state, theme.worker(slot), theme, ratio) for slot in kinds])
        size = squares.shape[1]
        table[:, index, :] = squares[pattern_of[:, None], (rows % size)[:, None], (x % size)[None, :]]
    if PAUSED in states:
        within = (rows % pitch)[:, None] - height / 2
        bars = (abs(within + 0.5) <= min(height / 4, MOST_OF_BAR * unit / 2)) & _in_a_bar(phases, unit)[None, :]
        table[:, states.index(PAUSED), :][bars] = pixel(theme.t3)
    table[rows % pitch >= height] = pixel(theme.panel)
    return table


def _in_a_bar(phases: int, ratio: float) -> npt.NDArray[np.bool_]:
    """Which columns of the pattern's period the bars of a pause are in."""
    bar, gap = _size(BAR, ratio), _size(BAR_GAP, ratio)
    apart = min(
        (size for size in range(1, phases + 1) if phases % size == 0), key=lambda size: abs(size - PAIRS * ratio)
    )
    x = np.arange(phases) % apart
    return (x < bar) | ((x >= bar + gap) & (x < 2 * bar + gap))


def own_color(color: str, theme: Theme) -> str:
    """Of what a run needs beside its workers; `color` is its first worker's."""
    return mix(theme.other, color, 0.45)


def own_square(color: str, theme: Theme, ratio: float) -> Pixels:
    """Hatched against the hatching of waits: falling, and in the run's own colour."""
    own, unit = own_color(color, theme), ratio * theme.scale
    return _mixed(own, mix(own, theme.track, 0.55), _diagonal(_size(HATCH, unit), 1.4 * unit, False))


def app_square(theme: Theme, ratio: float) -> Pixels:
    """Of this app's own share of a core: lines, in the grey of other programs."""
    unit = ratio * theme.scale
    size, line = _size(LINES, unit), max(1, round(unit))
    y = np.mgrid[0:size, 0:size][0]
    return _mixed(theme.track, theme.other, np.asarray(y % size < line, np.float64))


def core_table(slots: int, count: int, height: int, gap: int, theme: Theme, ratio: float) -> Pixels:
    """As lane_table, for cores: workers, what their runs need beside them, this app, other programs, and nothing."""
    workers = theme.workers[:slots]
    plain = [np.full((1, 1), pixel(color), np.uint32) for color in (*workers, theme.other, theme.track)]
    hatched = [own_square(color, theme, ratio) for color in workers]
    squares = [*plain[:slots], *hatched, app_square(theme, ratio), *plain[slots:]]
    rows, x = np.arange(count * (height + gap)), np.arange(period(ratio * theme.scale))
    layers = [square[(rows % len(square))[:, None], (x % len(square))[None, :]] for square in squares]
    table = np.ascontiguousarray(np.stack(layers, axis=1).astype(np.uint32))
    table[rows % (height + gap) >= height] = pixel(theme.panel)
    return table


def state_brush(state: int, color: str, theme: Theme, ratio: float) -> QBrush:
    """For legends and bars. Sleeping is a line at the bottom, which its user draws."""
    pixels = np.ascontiguousarray(square(EMPTY if state == SLEEP else state, color, theme, ratio))
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return QBrush(QPixmap.fromImage(image))
