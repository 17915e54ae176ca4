"""Columns: numbers → pixels, and the ring that keeps these pixels.

Pixels are counted from the start of the clock, and a column is `width` pixels. A column is painted again only if its
data was not complete yet: a frame computes the few new columns, and two blits show the ring. All rows of a band are
computed at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter

from playground.reading.lanes.segments import Segments
from playground.reading.states import RUN
from ui.kit.patterns import Pixels

SPARE = 64  # pixels kept beyond those shown
UNSEEN_GAP_NS = 1_500_000
Span = tuple[int, int]
Shares = npt.NDArray[np.float32]
Edges = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]  # in pixels from the left edge
Levels = npt.NDArray[np.int16]


class PixelRing:
    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width
        self.capacity = width + SPARE
        self.pixels: Pixels = np.zeros((height, self.capacity), np.uint32)
        self._image = QImage(self.pixels.data, self.capacity, height, self.capacity * 4, QImage.Format.Format_RGB32)
        self.kept: Span = (0, 0)  # painted, and final unless late records change it

    def forget(self) -> None:
        self.kept = (0, 0)

    def missing(self, left: int, right: int, dirty: int | None = None) -> list[Span]:
        """The parts of [left, right) to paint, if everything from `dirty` on may have changed."""
        low, high = self.kept
        if dirty is not None:
            high = min(high, dirty)
        if high <= low or left > high or right < low:
            return [(left, right)]
        return [span for span in ((left, low), (max(high, left), right)) if span[0] < span[1]]

    def keep(self, left: int, right: int, final: int, dirty: int | None = None) -> None:
        """Notes that [left, right) is painted; what lies before `final` will not change."""
        low, high = self.kept
        if dirty is not None:
            high = min(high, dirty)
        if high <= low or left > high or right < low:
            low, high = left, right
        low, high = max(min(low, left), right - self.capacity), min(max(high, right), left + self.capacity)
        self.kept = (low, min(high, final))

    def write(self, first: int, block: Pixels, top: int = 0) -> None:
        count, place = block.shape[1], first % self.capacity
        rows = self.pixels[top : top + block.shape[0]]
        whole = min(count, self.capacity - place)
        rows[:, place : place + whole] = block[:, :whole]
        if whole < count:
            rows[:, : count - whole] = block[:, whole:]

    def draw(self, painter: QPainter, left: int, width: int, lines: Places, ink: int) -> None:
        """Draws the ring at the painter's origin, in device pixels, with gridlines at `lines`.

        The lines are mixed into the pixels and taken out again: a tall, thin, half-transparent rectangle is Qt's
        slowest shape (nine take 0.4 ms; mixed in, 0.04 ms)."""
        places = (left + lines) % self.capacity
        plain = self.pixels[:, places]
        self.pixels[:, places] = mixed(plain, ink)
        self._blit(painter, left, width)
        self.pixels[:, places] = plain

    def _blit(self, painter: QPainter, left: int, width: int) -> None:
        start = left % self.capacity
        whole = min(width, self.capacity - start)
        painter.drawImage(QPoint(0, 0), self._image, QRect(start, 0, whole, self.height))
        if whole < width:
            painter.drawImage(QPoint(whole, 0), self._image, QRect(0, 0, width - whole, self.height))


def mixed(pixels: Pixels, ink: int) -> Pixels:
    """Pixels with 35 % of `ink` mixed in."""
    red_blue, green = np.uint32(0xFF00FF), np.uint32(0x00FF00)
    keep, add = np.uint32(166), np.uint32(90)  # of 256
    outer = ((pixels & red_blue) * keep + (np.uint32(ink) & red_blue) * add) >> np.uint32(8)
    inner = ((pixels & green) * keep + (np.uint32(ink) & green) * add) >> np.uint32(8)
    return np.uint32(0xFF000000) | (outer & red_blue) | (inner & green)


def column_edges(first: int, last: int, width: int, px_ns: int) -> Edges:
    """The edges in ns of the columns that pixels [first, last) touch."""
    return np.arange(first // width, -(-last // width) + 1, dtype=np.int64) * (width * px_ns)


def whole_columns(shares: Shares, edges: Edges, now: int) -> Shares:
    """Shares of whole columns: the newest one is not over yet, so its shares are of the part that is."""
    if now >= int(edges[-1]):
        return shares
    past = np.clip((now - edges[:-1]) / (edges[1] - edges[0]), 0.01, 1.0).astype(np.float32)
    normal: Shares = np.minimum(shares / past[None, :, None], np.float32(1.0))
    return normal


def levels(shares: Shares, height: int) -> Levels:
    """(rows, columns, layers): the pixel, from the bottom, up to which the layers reach when stacked in order."""
    reach: Levels = np.rint(np.minimum(np.cumsum(shares, axis=2), 1.0) * height).astype(np.int16)
    return reach


def layers(reach: Levels, height: int, gap: int) -> npt.NDArray[np.uint8]:
    """(rows, pixels of a row from its top, columns): the layer of each pixel; the number of layers where it has
    none."""
    rows, columns, count = reach.shape
    up = np.arange(height - 1, -1, -1, dtype=np.int16)[None, :, None]
    found = np.zeros((rows, height + gap, columns), np.uint8)
    for layer in range(count):
        found[:, :height] += up >= reach[:, None, :, layer]
    return found


def look_up(table: Pixels, found: npt.NDArray[np.uint8], first: int, last: int, width: int) -> Pixels:
    """(pixel rows, last − first): pixels by row, layer, and the phase of the pattern at each absolute pixel."""
    rows, kinds, phases = table.shape
    flat = found.reshape(rows, -1)
    if width > 1:
        skip = first - first // width * width
        flat = np.repeat(flat, width, axis=1)[:, skip : skip + last - first]
    place = np.arange(rows, dtype=np.int32)[:, None] * (kinds * phases)
    phase = (np.arange(first, last) % phases).astype(np.int32)
    index = flat.astype(np.int32)
    index *= phases
    index += place
    index += phase[None, :]
    return np.asarray(table.reshape(-1).take(index))


def stepped(width: float, old: int) -> int:
    """The column width in px (1, 2, 4 or 8) nearest to `width`; `old` stays unless another is clearly better."""
    if old / 1.7 <= width <= old * 1.7 and old in (1, 2, 4, 8):
        return old
    return next((step for step in (1, 2, 4) if width < step * 1.42), 8)


def mean_burst_ns(segments: Segments) -> float | None:
    """How long workers run at a stretch. Interruptions too short to see do not end a stretch: on a busy machine a turn
    of 5 ms on the GIL is full of them, and columns made for its pieces would show noise."""
    runs = segments[segments["state"] == RUN]
    if not len(runs):
        return None
    runs = runs[np.lexsort((runs["start"], runs["lane"]))]
    gap = runs["start"][1:] - runs["end"][:-1]
    new = (runs["lane"][1:] != runs["lane"][:-1]) | (gap > UNSEEN_GAP_NS)
    return float((runs["end"] - runs["start"]).sum() / (1 + new.sum()))


def best_width(slice_ns: float | None, px_ns: float) -> float:
    """The width for about eight slices a column, if a slice is too short to be seen on its own."""
    if slice_ns is None or slice_ns >= 3 * px_ns:
        return 1.0
    return min(8.0, max(1.0, 8 * slice_ns / px_ns))
