"""What the plots of a run share, whether of lanes or of workers counted by state: ribbons on top, pixels that are kept
and pixels that are new, the bracket of the lens, and where the run came to a bad end."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter

from playground.reading.holds.owners import GIL
from playground.reading.holds.who_held import NOBODY
from playground.reading.states import EMPTY, ENDED, HELD, LOCK, NOT_STARTED, RUN, TABLE
from playground.reading.worker_name import worker_name
from ui.kit.drawing import box, width_of, write
from ui.kit.patterns import Pixels, pixel
from ui.kit.theme import Theme
from ui.stage import ribbons
from ui.stage.band_plot import SETTLE_NS, BandPlot, RowPlaces
from ui.stage.pixel_ring import Edges, PixelRing, column_edges
from ui.stage.ribbons import RibbonPaint, Ribbons
from ui.stage.stage_run import StageRun
from ui.stage.time_window import Frame, TimeWindow

# Records that change painted columns are taken in at once, or with many lanes on every fourth frame: 64 threads wait up
# to a third of a second for their turn, and all of that would be painted again for each.
FEW_LANES, BACK_EVERY = 16, 4


def duration(ns: float) -> str:
    """A length of time: 5.0 ms, 1.24 s, 150 µs."""
    if ns >= 1e9:
        return f"{ns / 1e9:.2f} s"
    if ns >= 1e8:
        return f"{ns / 1e6:.0f} ms"
    return f"{ns / 1e6:.1f} ms" if ns >= 1e6 else f"{ns / 1e3:.0f} µs"


class RunPlot(BandPlot):
    bracket_dragged = Signal(object)  # the moment at which the lens is to begin

    def __init__(self, run: StageRun, first_slot: int, window: TimeWindow, theme: Theme) -> None:
        self.run, self.first_slot = run, first_slot
        self.workers = run.recipe.workers
        self.rows = RowPlaces()
        self.ribbons = Ribbons()
        self.bracket: tuple[int, int] | None = None  # first and last moment under the lens
        self.column = 1
        self.crashed = False
        self._scale = (0, 0)
        self._table: Pixels = np.zeros((1, 1, 1), np.uint32)
        self._refreshes = 0
        self.blank = False  # the run has left the window for good, and the ring shows that
        self._seized = 0.0
        super().__init__(window, theme)
        self.view.grip = self

    # -- what each kind of plot does in its own way

    def make_table(self) -> Pixels:
        """The patterns of these rows, in this theme."""
        raise NotImplementedError

    def row_pixels(self, edges: Edges, first: int, last: int, frame: Frame) -> Pixels:
        """The pixels below the ribbons, from `first` up to `last`."""
        raise NotImplementedError

    def consider_width(self, frame: Frame) -> None:
        """Widens columns where slices are too short to be seen; called about twice a second."""

    def lane_at(self, y: float) -> int | None:
        return None

    def describe_row(self, y: float, moment: int, frame: Frame) -> list[str]:
        raise NotImplementedError

    # -- its look

    def slot(self, lane: int) -> int:
        return self.first_slot + lane

    def color(self, lane: int) -> str:
        return self.theme.worker(self.slot(lane))

    def arrange(self, own: Ribbons, rows: RowPlaces) -> None:
        if (own, rows) != (self.ribbons, self.rows):
            self.ribbons, self.rows = own, rows
            self.reset()

    def reset(self) -> None:
        self._ring, self.blank = None, False
        super().reset()

    def let_go(self) -> None:
        """Drops the pixels of an ended run out of sight: up to two megabytes, and quickly made again."""
        if self._ring is not None and self.run.ended:
            self.reset()

    def set_bracket(self, bracket: tuple[int, int] | None) -> None:
        if bracket != self.bracket:
            self.bracket = bracket
            self.repaint_soon()

    # -- painting what is new

    @property
    def px_column(self) -> int:
        return max(1, round(self.column * self.unit))

    def refresh(self, frame: Frame) -> bool:
        if self._stays_blank(frame):
            self.frame = frame
            return False
        if self._ring is None:
            self._ring = PixelRing(max(1, self.rows.bottom), frame.width)
            self._ring.pixels[:] = pixel(self.theme.panel)
            self._table = self.make_table()
        ring = self._ring
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
        # At the live edge there are always columns to paint; only new pixels are worth a repaint.
        fresh = moved or any(last - first > self._edge(frame) for first, last in spans)
        self.frame = frame
        if self._is_over(frame):
            self._paint(ring, frame.left, frame.left + ring.capacity, frame)
            self.blank = fresh = True
        if fresh:
            self.repaint_soon()
        return fresh

    def _is_over(self, frame: Frame) -> bool:
        """Has the end of the run left the window at its left edge?"""
        ended = self.run.ended_ns
        return bool(self.run.ended and ended and ended < frame.left_ns - self.px_column * frame.px_ns)

    def _stays_blank(self, frame: Frame) -> bool:
        """Is the run still out of the window? Such a run costs nothing, however many others go on."""
        if self.blank and self._is_over(frame) and self._scale == (frame.px_ns, self.px_column):
            return True
        if self.blank and self._ring is not None:
            self._ring.forget()
        self.blank = False
        return False

    def _edge(self, frame: Frame) -> int:
        return 2 * self.px_column + int(SETTLE_NS // frame.px_ns)

    def _paint(self, ring: PixelRing, first: int, last: int, frame: Frame) -> None:
        edges = column_edges(first, last, self.px_column, frame.px_ns)
        block = self.row_pixels(edges, first, last, frame)
        ring.write(first, block[: ring.height - self.rows.top], self.rows.top)
        if self.ribbons.count:
            look = RibbonPaint(self.theme, self.ratio)
            ring.write(first, ribbons.paint(self.run, self.ribbons, self.first_slot, (first, last), frame, look))

    def draw_over(self, painter: QPainter) -> None:
        super().draw_over(painter)
        if self.frame is None:
            return
        self._draw_end(painter, self.frame)
        place = self.bracket_place()
        if place is not None:
            painter.setPen(QColor(self.theme.t1))
            painter.drawRect(QRectF(place[0] + 0.5, 0.5, place[1] - place[0] - 1, self.height()))

    def bracket_place(self) -> tuple[int, int] | None:
        """Left and right of the bracket, in px; at least 3 apart, so that it can be grabbed."""
        if self.bracket is None or self.frame is None:
            return None
        left, right = (self.x_of(moment) for moment in self.bracket)
        if right < 0 or left > self.width():
            return None
        return int(max(-2, left)), int(min(self.width() + 2, max(right, left + self.px(3))))

    def x_of(self, moment: int) -> float:
        return 0.0 if self.frame is None else round(self.frame.pixel(moment) / self.ratio)

    def _draw_end(self, painter: QPainter, frame: Frame) -> None:
        """Draws a red line where a lab died, and when that was."""
        theme, px, ended = self.theme, self.px, self.run.ended_ns
        if not self.crashed or ended is None:
            return
        x = self.x_of(ended)
        if not 0 <= x < self.width():
            return
        painter.fillRect(QRectF(x - px(1), 0, px(2), self.height()), QColor(theme.bad))
        text = ("stopped here", theme.font(11, 600), theme.bad)
        width = width_of(text[0], text[1])
        left = x + px(9) if x + width + px(20) < self.width() else x - width - px(12)
        middle = self.rows.place(self.rows.count // 2)
        plate = QRectF(left - px(4), min(middle.top(), self.height() - px(17)), width + px(8), px(17))
        box(painter, plate, px(4), theme.panel, None)
        write(painter, plate.adjusted(px(4), 0, 0, 0), text)

    # -- the bracket of the lens

    def seize(self, x: float) -> bool:
        place = self.bracket_place()
        if place is None or not place[0] - self.px(5) <= x <= place[1] + self.px(5):
            return False
        self._seized = x - place[0]
        return True

    def drag(self, x: float) -> None:
        moment = self.moment(x - self._seized)
        if moment is not None:
            self.bracket_dragged.emit(moment)

    # -- what is under the mouse

    def describe(self, x: float, y: float) -> list[str]:
        moment = self.moment(x)
        if moment is None or self.frame is None:
            return []
        if y * self.ratio < self.rows.top:
            row = self.ribbons.rows(self.ratio).row_at(y)
            return [] if row is None else self.describe_ribbon(moment, row)
        return self.describe_row(y, moment, self.frame)

    def row_around(self, y: float) -> tuple[float, float] | None:
        rows = self.ribbons.rows(self.ratio) if y * self.ratio < self.rows.top else self.rows
        return rows.around(y)

    def describe_ribbon(self, moment: int, row: int = 0) -> list[str]:
        track, which = self.ribbons.tracks[row], self.ribbons.held(row)
        if track is None:
            return ["there is no GIL", "workers run whenever they have a core"]
        hold = ribbons.hold_at(self.run, track, moment)
        by_stamps = track.kind == GIL and self.run.ribbon_source == "estimated"
        estimated = ["estimated from the workers' own stamps"] if by_stamps else []
        if hold is None:
            started, ended = ribbons.life(self.run, moment if self.frame is None else self.frame.now_ns)
            return [f"not known who holds {which}" if started <= moment < ended else f"nobody holds {which}"]
        if hold[0] == NOBODY:
            return [f"nobody holds {which}", *estimated]
        who = worker_name(hold[0]) if hold[0] >= 0 else self.run.stranger(moment)
        return [f"{who} holds {which}", f"for {duration(hold[2] - hold[1])}", *estimated]

    def describe_lane(self, lane: int, moment: int) -> list[str]:
        title = f"{self.run.number}{worker_name(lane)}"
        now = moment if self.frame is None else self.frame.now_ns
        found = self.run.lanes.at(lane, moment, now)
        if found is None or found.state == EMPTY:
            return [title, self._why_empty(lane, moment) if moment < now else "not yet"]
        length = duration(found.end - found.start)
        waited = self.run.waited_for(lane, moment) if found.state == LOCK else None
        lines = [title, f"waited {length} for {waited.words}" if waited else TABLE[found.state].did.format(length)]
        if found.core is not None and found.state == RUN:
            lines.append(f"on core {found.core}")
        return lines

    def _why_empty(self, lane: int, moment: int) -> str:
        began, ended = self.run.life(lane)
        if not began or moment < began:
            return NOT_STARTED
        if any(since <= moment < until for since, until in self.run.pauses):
            return HELD
        return ENDED if moment >= (ended or self.run.ended_ns or moment + 1) else "not known"

    def column_at(self, moment: int, frame: Frame) -> tuple[Edges, int]:
        """The edges of the column at a moment, and its width."""
        width = self.px_column * frame.px_ns
        start = moment // width * width
        return np.array([start, start + width], np.int64), width
