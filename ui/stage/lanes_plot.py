"""The lanes of one run under its GIL ribbon, as one plot.

A lane is a stacked column chart: the height of a state is its share of the column's time. Zoomed in, a column holds one
state, and the lane has become exact slices: one rule for all zooms. Over a hundred workers, one band shows how many of
them are in each state."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter

from playground.figures import worker_name
from playground.holders import NOBODY, STRANGER
from playground.lanes import CORE, EMPTY, GIL, IO, LOCK, RUN, SLEEP, STATE_COUNT
from ui.panels.controls import box, width_of, write
from ui.stage.band import SETTLE_NS, BandPlot, Rows
from ui.stage.columns import (
    PixelRing,
    Shares,
    best_width,
    column_edges,
    layers,
    levels,
    look_up,
    mean_burst_ns,
    stepped,
    whole_columns,
)
from ui.stage.patterns import STATES, WORDS, Pixels, lane_table, pixel
from ui.stage.source import StageRun
from ui.stage.time_window import Frame, TimeWindow
from ui.theme import Theme, font

STACKED = 5  # RUN, CORE, IO, LOCK, GIL; a sleeping lane has only its base line
SLEEP_LAYER = STATES.index(SLEEP)
BASE_LINE = 2  # px
NARROW = 11  # px
# What records say of columns that were painted already is corrected at once, or with many lanes on every fourth frame:
# 64 threads wait up to a third of a second for their turn, and all that time would be painted anew for each.
FEW_LANES, BACK_EVERY = 16, 4
DID = {RUN: "ran {}", CORE: "waited {} for a core", IO: "in I/O for {}", LOCK: "waited {} for a lock"}
DID |= {GIL: "waited {} for the GIL", SLEEP: "slept {}"}
NEIGHBOURHOOD_NS = 2 * 10**9


def duration(ns: float) -> str:
    """5.0 ms, 1.24 s, 150 µs."""
    if ns >= 1e9:
        return f"{ns / 1e9:.2f} s"
    if ns >= 1e8:
        return f"{ns / 1e6:.0f} ms"
    return f"{ns / 1e6:.1f} ms" if ns >= 1e6 else f"{ns / 1e3:.0f} µs"


def ago(moment: int, now: int) -> str:
    return f"{max(0, now - moment) / 1e9:.3f} s ago"


class LanesPlot(BandPlot):
    bracket_dragged = Signal(object)  # the moment at which the lens is to begin

    def __init__(self, run: StageRun, first_slot: int, window: TimeWindow, theme: Theme) -> None:
        self.run, self.first_slot = run, first_slot
        self.workers = run.recipe.workers
        self.heat = False
        self.rows = Rows(1.0, 0, 0, 1, 0)
        self.ribbon_height = 0
        self.bracket: tuple[int, int] | None = None  # first and last moment under the lens
        self.column = 1
        self._ring: PixelRing | None = None
        self._table: Pixels = np.zeros((1, 1, 1), np.uint32)
        self._scale = (0, 0)
        self._dirty: int | None = None
        self._refreshes = 0
        self._seized = 0.0
        self.crashed = False
        super().__init__(window, theme)
        self.view.grip = self

    # -- what it looks like

    def slot(self, lane: int) -> int:
        return self.first_slot + lane

    def color(self, lane: int) -> str:
        return self.theme.worker(self.slot(lane))

    def arrange(self, ribbon: int, rows: Rows, heat: bool) -> None:
        if (ribbon, rows, heat) != (self.ribbon_height, self.rows, self.heat):
            self.ribbon_height, self.rows, self.heat = ribbon, rows, heat
            self.reset()

    def reset(self) -> None:
        self._ring = None
        super().reset()

    def set_bracket(self, bracket: tuple[int, int] | None) -> None:
        if bracket != self.bracket:
            self.bracket = bracket
            self.repaint_soon()

    # -- painting what is new

    def note_dirty(self, since: int | None) -> None:
        """Records have come that may change the picture from `since` on."""
        if since is not None:
            self._dirty = since if self._dirty is None else min(self._dirty, since)

    def consider_width(self, frame: Frame) -> None:
        """Wider columns where slices are too short to be seen; asked for about once a second."""
        if self.rows.height < NARROW * self.ratio:
            # A short slice in a wide column of so low a lane would round to nothing.
            self.column = 1
            return
        last = min(frame.right_ns, frame.now_ns)
        first = max(frame.left_ns, last - NEIGHBOURHOOD_NS)
        slice_ns = mean_burst_ns(self.run.lanes.between(first, last))
        if slice_ns is not None:
            self.column = stepped(best_width(slice_ns, frame.px_ns * self.ratio), self.column)

    @property
    def px_column(self) -> int:
        return max(1, round(self.column * self.ratio))

    def refresh(self, frame: Frame) -> bool:
        if self._ring is None:
            self._build(frame.width)
        ring = self._ring
        assert ring is not None
        if self._scale != (frame.px_ns, self.px_column):
            self._scale = (frame.px_ns, self.px_column)
            ring.forget()
        self._refreshes += 1
        dirty = None
        if self.run.lanes.lanes <= FEW_LANES or self._refreshes % BACK_EVERY == 0:
            dirty, self._dirty = self._dirty, None
        since = None if dirty is None else dirty // (frame.px_ns * self.px_column) * self.px_column
        spans = ring.missing(frame.left, frame.right, since)
        for first, last in spans:
            self._paint(ring, first, last, frame)
        final = (frame.now_ns - SETTLE_NS) // (frame.px_ns * self.px_column) * self.px_column
        ring.keep(frame.left, frame.right, final, since)
        moved = self.frame is None or frame.left != self.frame.left
        # At the live edge there are always columns to paint, but only new pixels are worth a repaint.
        fresh = moved or any(last - first > self._edge(frame) for first, last in spans)
        self.frame = frame
        if fresh:
            self.repaint_soon()
        return fresh

    def _edge(self, frame: Frame) -> int:
        return 2 * self.px_column + int(SETTLE_NS // frame.px_ns)

    def _build(self, width: int) -> None:
        self._ring = PixelRing(max(1, self.rows.bottom), width)
        self._ring.pixels[:] = pixel(self.theme.panel)
        slots = [self.slot(row) for row in range(self.rows.count)]
        self._table = lane_table(slots, self.rows.height, self.rows.gap, self.theme, self.ratio)

    def _paint(self, ring: PixelRing, first: int, last: int, frame: Frame) -> None:
        edges = column_edges(first, last, self.px_column, frame.px_ns)
        shares = whole_columns(self.run.lanes.shares(edges, frame.now_ns), edges, frame.now_ns)
        block = self._pixels(shares, first, last)
        ring.write(first, block[: ring.height - self.rows.top], self.rows.top)
        if self.ribbon_height:
            ring.write(first, self._ribbon(first, last, frame))

    def _pixels(self, shares: Shares, first: int, last: int) -> Pixels:
        if self.heat:
            shares = shares.mean(axis=0, keepdims=True)
        rows = self.rows
        found = layers(levels(shares[:, :, :STACKED], rows.height), rows.height, rows.gap)
        base = max(1, round(BASE_LINE * self.ratio)) if rows.height > 6 * self.ratio else 1
        line = found[:, rows.height - base : rows.height]
        asleep = (shares[:, None, :, SLEEP] > 0.5) & (line == STATES.index(EMPTY))
        line[asleep] = SLEEP_LAYER
        return look_up(self._table, found, first, last, self.px_column)

    def _ribbon(self, first: int, last: int, frame: Frame) -> Pixels:
        edges = column_edges(first, last, max(1, round(self.ratio)), frame.px_ns)
        holders = self.run.ribbon(edges)
        theme = self.theme
        inks = [theme.track, theme.other, theme.track, *map(theme.worker, range(len(theme.workers)))]
        slot = 3 + (self.first_slot + holders) % len(theme.workers)
        place = np.where(holders >= 0, slot, np.where(holders == NOBODY, 0, np.where(holders == STRANGER, 1, 2)))
        row = np.array([pixel(ink) for ink in inks], np.uint32)[place]
        width = max(1, round(self.ratio))
        skip = first - first // width * width
        row = np.repeat(row, width)[skip : skip + last - first]
        return np.repeat(row[None, :], self.ribbon_height, axis=0)

    def draw(self, painter: QPainter) -> None:
        height = round(self.height() * self.ratio)
        if self._ring is None or self.frame is None:
            painter.fillRect(0, 0, self.px_width, height, QColor(self.theme.panel))
            return
        self.draw_ring(painter, self._ring, self.frame)

    def draw_over(self, painter: QPainter) -> None:
        super().draw_over(painter)
        if self.frame is None:
            return
        self._draw_end(painter, self.frame)
        if self.bracket is not None:
            place = self.bracket_place()
            if place is not None:
                painter.setPen(QColor(self.theme.t1))
                painter.drawRect(QRectF(place[0] + 0.5, 0.5, place[1] - place[0] - 1, self.height()))

    def bracket_place(self) -> tuple[int, int] | None:
        """Left and right of the bracket, in px; at least 3 wide, so that it can be taken hold of."""
        if self.bracket is None or self.frame is None:
            return None
        left, right = (self.x_of(moment) for moment in self.bracket)
        if right < 0 or left > self.width():
            return None
        return int(max(-2, left)), int(min(self.width() + 2, max(right, left + 3)))

    def x_of(self, moment: int) -> float:
        return 0.0 if self.frame is None else round(self.frame.pixel(moment) / self.ratio)

    def _draw_end(self, painter: QPainter, frame: Frame) -> None:
        """Where a lab died: a red line, and when that was."""
        ended = self.run.ended_ns
        if not self.crashed or ended is None:
            return
        x = self.x_of(ended)
        if not 0 <= x < self.width():
            return
        theme = self.theme
        painter.fillRect(QRectF(x - 1, 0, 2, self.height()), QColor(theme.bad))
        text = (f"stopped, −{(frame.reference_ns - ended) / 1e9:.1f} s", font(11, 600), theme.bad)
        width = width_of(text[0], text[1])
        left = x + 9 if x + width + 20 < self.width() else x - width - 12
        middle = self.rows.place(self.rows.count // 2)
        plate = QRectF(left - 4, min(middle.top(), self.height() - 17), width + 8, 17)
        box(painter, plate, 4, theme.panel, None)
        write(painter, plate.adjusted(4, 0, 0, 0), text)

    # -- the bracket of the lens

    def seize(self, x: float) -> bool:
        place = self.bracket_place()
        if place is None or not place[0] - 5 <= x <= place[1] + 5:
            return False
        self._seized = x - place[0]
        return True

    def drag(self, x: float) -> None:
        moment = self.moment(x - self._seized)
        if moment is not None:
            self.bracket_dragged.emit(moment)

    # -- what is under the mouse

    def lane_at(self, y: float) -> int | None:
        return None if self.heat else self.rows.row_at(y)

    def describe(self, x: float, y: float) -> list[str]:
        moment = self.moment(x)
        if moment is None or self.frame is None:
            return []
        if y * self.ratio < self.ribbon_height:
            return self.describe_ribbon(moment)
        lane = self.lane_at(y)
        if lane is not None:
            return self.describe_lane(lane, moment) + self._describe_column(lane, moment, self.frame)
        return self._describe_all(moment, self.frame) if self.heat else []

    def describe_ribbon(self, moment: int) -> list[str]:
        reach = 100_000_000
        hold = next((h for h in self.run.gil_slices(moment - reach, moment + reach) if h[1] <= moment < h[2]), None)
        estimated = ["estimated from the workers' own stamps"] if self.run.ribbon_source == "estimated" else []
        if hold is None or hold[0] == NOBODY:
            return ["nobody holds the GIL", *estimated]
        who = worker_name(hold[0]) if hold[0] >= 0 else "a thread that is no worker"
        return [f"{who} holds the GIL", f"for {duration(hold[2] - hold[1])}", *estimated]

    def describe_lane(self, lane: int, moment: int) -> list[str]:
        title = f"{self.run.number}{worker_name(lane)}"
        now = moment if self.frame is None else self.frame.now_ns
        found = self.run.lanes.at(lane, moment, now)
        if found is None or found.state not in DID:
            started, ended = self.run.started_ns, self.run.ended_ns
            over = "ended" if ended and moment >= ended else "paused" if started and moment > started else "not started"
            return [title, over if moment < now else "not yet"]
        lines = [title, DID[found.state].format(duration(found.end - found.start))]
        if found.core is not None and found.state == RUN:
            lines.append(f"on core {found.core}")
        return lines

    def _column_shares(self, moment: int, frame: Frame) -> tuple[Shares, int]:
        width = self.px_column * frame.px_ns
        start = moment // width * width
        edges = np.array([start, start + width], np.int64)
        return whole_columns(self.run.lanes.shares(edges, frame.now_ns), edges, frame.now_ns)[:, 0], width

    def _describe_column(self, lane: int, moment: int, frame: Frame) -> list[str]:
        """Where a column holds several slices, what is in it altogether."""
        shares, width = self._column_shares(moment, frame)
        return _shares_words(shares[lane], f"these {duration(width)}")

    def _describe_all(self, moment: int, frame: Frame) -> list[str]:
        shares, _ = self._column_shares(moment, frame)
        counts = [(state, float(shares[:, state].sum())) for state in range(STATE_COUNT)]
        return [f"{self.workers} workers", *(f"{count:.0f} {WORDS[state]}" for state, count in counts if count >= 0.5)]


def _shares_words(shares: Shares, when: str) -> list[str]:
    parts = [(float(share), WORDS[state]) for state, share in enumerate(shares) if share > 0.01]
    if len(parts) < 2:
        return []
    parts.sort(reverse=True)
    return [f"{when}: " + ", ".join(f"{words} {share * 100:.0f} %" for share, words in parts[:2])]
