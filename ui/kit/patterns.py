"""Patterns: how each state is painted. Colour says who, pattern says what. The pattern of a state is in its row of
`playground/reading/states.py`; a new pattern is a new entry in PAINTS.

A pattern is a small square of pixels, scaled to the screen's pixel ratio. The rasteriser looks pixels up in a table by
absolute column, so that a pattern moves with the data it marks; the brushes of legends are made of the same squares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from math import lcm, sqrt

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QBrush, QImage, QPixmap

from playground.reading.states import EMPTY, PAUSED, TABLE
from ui.kit.theme import Theme, mix

Pixels = npt.NDArray[np.uint32]
HATCH, DOTS, CROSS, LINES, BARS = 6, 4, 7, 4, 6  # px from one mark to the next
BAR, BAR_GAP, PAIRS = 2, 2, 42  # px: the bars of a pause, the gap in a pair, from pair to pair
MOST_OF_BAR = 12  # px: the greatest height of bars
LINE = "base line"  # the pattern of a state that is a line at the bottom of a lane, and no area
AREAS = tuple(row.number for row in TABLE if row.pattern != LINE)
LINED = tuple(row.number for row in TABLE if row.pattern == LINE)
# as the rasteriser counts them: those that stack, none, base lines, bars
STATES = (*AREAS, EMPTY, *LINED, PAUSED)
AREA_OF = {state: PAUSED + 1 + place for place, state in enumerate(LINED)}  # … where they are areas all the same:
HEAT_STATES = (*(AREA_OF.get(row.number, row.number) for row in TABLE), EMPTY)  # how many workers are in each


def pixel(color: str) -> int:
    """`#rrggbb` as QImage's RGB32."""
    return 0xFF000000 | int(color[1:], 16)


def _size(px: int, ratio: float) -> int:
    return max(2, round(px * ratio))


def _diagonal(size: int, width: float, rising: bool) -> npt.NDArray[np.float64]:
    """How much of each pixel a 45° line covers; lines repeat every `size`."""
    y, x = np.mgrid[0:size, 0:size]
    place = (x + y if rising else x - y) % size
    distance = np.minimum(place, size - place) / sqrt(2)
    covered: npt.NDArray[np.float64] = np.clip(width / 2 + 0.5 - distance, 0.0, 1.0)
    return covered


def _square_grid(size: int) -> npt.NDArray[np.int_]:
    return np.mgrid[0:size, 0:size]


def _plain(ratio: float) -> npt.NDArray[np.float64]:
    return np.zeros((1, 1))


def _hatched(ratio: float) -> npt.NDArray[np.float64]:
    return _diagonal(_size(HATCH, ratio), 1.1 * ratio, True)


def _crossed(ratio: float) -> npt.NDArray[np.float64]:
    size = _size(CROSS, ratio)
    both: npt.NDArray[np.float64] = np.maximum(_diagonal(size, ratio, True), _diagonal(size, ratio, False))
    return both


def _dotted(ratio: float) -> npt.NDArray[np.float64]:
    dot = max(2, round(2 * ratio))
    y, x = _square_grid(_size(DOTS, ratio))
    return np.asarray((x < dot) & (y < dot), np.float64)


def _striped(px: int, axis: int, ratio: float) -> npt.NDArray[np.float64]:
    """A line in the middle of each square; axis 0: horizontal."""
    size, line = _size(px, ratio), max(1, round(ratio))
    place = _square_grid(size)[axis]
    return np.asarray((place >= size // 2) & (place < size // 2 + line), np.float64)


@dataclass(frozen=True)
class Paint:
    """How a pattern looks: ground and line colour for a worker's colour, and how much of each pixel is line."""

    inks: Callable[[str, Theme], tuple[str, str]]
    cover: Callable[[float], npt.NDArray[np.float64]] = _plain


def _faint(color: str, theme: Theme) -> str:
    return mix(theme.track, color, 0.13 if theme.dark else 0.10)


def _even(part: float) -> Paint:
    """An even mix with this part of the worker's colour."""
    return Paint(lambda color, theme: (mix(theme.track, color, part), mix(theme.track, color, part)))


PAINTS = {
    "solid": Paint(lambda color, theme: (color, color)),
    "hatched": Paint(
        lambda color, theme: (_faint(color, theme), mix(theme.track, color, 0.56 if theme.dark else 0.62)), _hatched
    ),
    "dots": Paint(lambda color, theme: (_faint(color, theme), mix(theme.track, color, 0.85)), _dotted),
    "bars": Paint(
        lambda color, theme: (_faint(color, theme), mix(theme.track, color, 0.6)), partial(_striped, BARS, 1)
    ),
    "cross": Paint(
        lambda color, theme: (mix(theme.track, theme.bad, 0.20), mix(theme.track, theme.bad, 0.62)), _crossed
    ),
    "lines": Paint(lambda color, theme: (theme.track, mix(theme.track, color, 0.75)), partial(_striped, LINES, 0)),
    # no worker's colour: nobody saw what the worker did
    "grey": Paint(lambda color, theme: (mix(theme.track, theme.t3, 0.40), mix(theme.track, theme.t3, 0.40))),
    LINE: _even(0.6),
}
NOTHING = Paint(lambda color, theme: (theme.track, theme.track))
PAINT_OF = {row.number: PAINTS[row.pattern] for row in TABLE} | {area: _even(0.22) for area in AREA_OF.values()}


@cache
def period(ratio: float) -> int:
    """The number of columns after which all patterns begin again."""
    return lcm(*(paint.cover(ratio).shape[1] for paint in PAINTS.values()))


def line_color(color: str, theme: Theme) -> str:
    """The colour of the base line of a worker."""
    return PAINTS[LINE].inks(color, theme)[0]


@cache
def square(state: int, color: str, theme: Theme, ratio: float) -> Pixels:
    """The pixels of one pattern."""
    paint = PAINT_OF.get(state, NOTHING)
    return _mixed(*paint.inks(color, theme), paint.cover(ratio * theme.scale))


def _mixed(ground: str, line: str, cover: npt.NDArray[np.float64]) -> Pixels:
    low, high = ([int(ink[i : i + 2], 16) for i in (1, 3, 5)] for ink in (ground, line))
    channels = [np.rint(a + (b - a) * cover).astype(np.uint32) for a, b in zip(low, high, strict=True)]
    red, green, blue = channels
    return (np.uint32(0xFF000000) | red << 16 | green << 8 | blue).astype(np.uint32)


def hatch(theme: Theme, ratio: float) -> Pixels:
    """The hatching for something that cannot be there: 45° on track."""
    return _mixed(theme.track, mix(theme.track, theme.t3, 0.6), _hatched(ratio * theme.scale))


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
    """The colour of what a run needs beside its workers; `color` is that of its first worker."""
    return mix(theme.other, color, 0.45)


def own_square(color: str, theme: Theme, ratio: float) -> Pixels:
    """Hatched the other way than waits: falling, and in the run's own colour."""
    own, unit = own_color(color, theme), ratio * theme.scale
    return _mixed(own, mix(own, theme.track, 0.55), _diagonal(_size(HATCH, unit), 1.4 * unit, False))


def app_square(theme: Theme, ratio: float) -> Pixels:
    """This app's own share of a core: lines, in the grey of other programs."""
    unit = ratio * theme.scale
    size, line = _size(LINES, unit), max(1, round(unit))
    y = np.mgrid[0:size, 0:size][0]
    return _mixed(theme.track, theme.other, np.asarray(y % size < line, np.float64))


def core_table(slots: int, count: int, height: int, gap: int, theme: Theme, ratio: float) -> Pixels:
    """Like lane_table, for cores: workers, what their runs need beside them, this app, other programs, nothing."""
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
    """A brush for legends and bars. For a state that is a line (LINED) the caller draws that line."""
    pixels = np.ascontiguousarray(square(EMPTY if state in LINED else state, color, theme, ratio))
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return QBrush(QPixmap.fromImage(image))
