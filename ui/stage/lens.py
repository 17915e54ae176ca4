"""The lens: 100 ms around any moment of a run, under its lanes: who held the GIL, and a row for each worker with
letters and lengths.

It shows a still picture; its bracket over the lanes moves with the data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED
from playground.reading.lanes.columns import column_shares
from playground.reading.lanes.store import MANY
from playground.reading.states import HELD
from playground.reading.worker_name import worker_name
from ui.kit.drawing import Themed, write
from ui.kit.patterns import lane_table
from ui.kit.quantities import whole
from ui.kit.theme import Theme, ink_on
from ui.stage import ribbons
from ui.stage.band_panel import MARGIN, PLOT_LEFT, PLOT_RIGHT
from ui.stage.lane_layers import lane_layers, paused_columns
from ui.stage.lens_facts import MOST_ROWS, facts, rows_shown, time_running
from ui.stage.lens_fan import FAN, Fan
from ui.stage.lens_place import LENGTH_NS, LensPlace
from ui.stage.pixel_ring import Edges, Shares, look_up
from ui.stage.run_plot import RunPlot, duration
from ui.stage.time_window import MS, Frame, when_words

GIL_ROW, GAP, AXIS = 14, 2, 15
ROW = 11
LETTERED = 34  # px: a slice as wide as this has room for letter and length


class Lens(Themed, QWidget):
    """The lens of a run, below its lanes, as wide as the group."""

    described = Signal(float, float, list)
    left = Signal()

    def __init__(self, lanes: RunPlot, theme: Theme) -> None:
        super().__init__(theme, f"lens_{lanes.run.number}", f"Lens of run {lanes.run.number}: 100 ms in detail")
        self.lanes = lanes
        self.place = LensPlace()
        self.row, self.most = self.px(ROW), MOST_ROWS
        self._still: QPixmap | None = None
        self._only: range | None = None  # the lanes to show, if some were asked for
        self._shown: list[int] = []
        self._facts: list[str] = []
        self._age = ""
        self._dirty: int | None = None
        self.fan = Fan(theme, self)
        self.setMouseTracking(True)

    @property
    def ribbon(self) -> bool:
        """Does the lens have a ribbon? Not with several GILs: the lanes show who runs."""
        return len(self.lanes.ribbons.gils) == 1

    @property
    def plot_width(self) -> int:
        return max(self.px(40), (self.width() - self.px(PLOT_LEFT) - self.px(PLOT_RIGHT)) // 4 * 4)

    @property
    def first_row(self) -> int:
        return self.px(FAN) + self.px(GIL_ROW + GAP + 1 if self.ribbon else 0)

    def set_rows(self, row: int, most: int) -> None:
        """Sets the height of rows, and how many there may be."""
        if (row, most) != (self.row, self.most):
            self.row, self.most = row, most
            self.renew()

    def show_only(self, lanes: range | None) -> None:
        """Shows some of very many lanes; None: those that ran longest."""
        if lanes != self._only:
            self._only = lanes
            self.renew()

    def height_with(self, row: int, most: int) -> int:
        """The height of the lens with at most `most` rows of this height."""
        lanes = self.lanes.workers if self._only is None else len(self._only)
        return self.first_row + min(lanes, most) * (row + self.px(GAP)) + self.px(AXIS)

    def rethemed(self) -> None:
        self.renew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fan.setGeometry(self.px(PLOT_LEFT), 0, self.plot_width + 1, self.px(FAN))
        self.renew()

    def renew(self) -> None:
        """Drops the picture: the moment is another one, or there is more data."""
        self._still = None
        self.update()

    def tick(self, frame: Frame, live: bool) -> None:
        """Keeps the bracket at its moment; cheap while nothing moves."""
        if self.place.follow(frame, live, self.lanes.run.ended_ns, self.lanes.run.started_ns):
            self.renew()
            self.show_age()
        start = self.place.start
        if start is None:
            return
        self.lanes.set_bracket((start, start + LENGTH_NS))
        self.fan.bracket = self.lanes.bracket_place()

    def note_dirty(self, since: int | None) -> None:
        """Notes that late records have come."""
        if since is not None:
            self._dirty = since if self._dirty is None else min(self._dirty, since)

    def tick_slowly(self) -> None:
        """Renews the picture if late records are in it, twice a second."""
        dirty, self._dirty = self._dirty, None
        if dirty is not None and self.place.start is not None and dirty < self.place.start + LENGTH_NS:
            self.renew()
        self.show_age()

    def show_age(self) -> None:
        """Says how long ago the moment is, twice a second."""
        frame, px, start = self.lanes.frame, self.px, self.place.start
        if frame is None or start is None:
            return
        age = when_words(start, frame.reference_ns, frame.now_ns)
        if age != self._age:
            self._age = age
            self.update(QRect(0, px(FAN), px(PLOT_LEFT), px(50)))

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():  # on another screen
            self._still = self._picture()
        painter.drawPixmap(self.px(PLOT_LEFT), self.px(FAN), self._still)
        self._draw_words(painter)

    def _picture(self) -> QPixmap:
        """The picture of the moment, made once: GIL slices, lanes and axis."""
        ratio = self.devicePixelRatioF()
        width, height = self.plot_width, self.height() - self.px(FAN)
        still = QPixmap(round(width * ratio), round(height * ratio))
        still.setDevicePixelRatio(ratio)
        still.fill(QColor(self.theme.panel))
        start = self.place.start
        if start is None:
            return still
        painter = QPainter(still)
        if self.ribbon:
            self._draw_slices(painter, start)
        self._draw_lanes(painter, start, ratio)
        self._draw_axis(painter, height - self.px(AXIS))
        painter.end()
        return still

    def _draw_slices(self, painter: QPainter, start: int) -> None:
        width, theme, px = self.plot_width, self.theme, self.px
        painter.fillRect(QRectF(0, 0, width, px(GIL_ROW)), QColor(theme.track))

        def across(begin: int, end: int) -> tuple[float, float]:
            left, right = (max(0.0, min(1.0, (t - start) / LENGTH_NS)) * width for t in (begin, end))
            return left, right

        frame = self.lanes.frame
        left, right = across(*ribbons.life(self.lanes.run, start + LENGTH_NS if frame is None else frame.now_ns))
        unknown = QColor(ribbons.ink_of(NOT_SAMPLED, theme, self.lanes.color(0)))
        painter.fillRect(QRectF(left, 0, right - left, px(GIL_ROW)), unknown)
        for lane, begin, end in self.lanes.run.hold_slices(start, start + LENGTH_NS, self.lanes.ribbons.gils[0]):
            left, right = across(begin, end)
            if right <= left:
                continue
            painter.fillRect(QRectF(left, 0, right - left, px(GIL_ROW)), QColor(theme.track))
            if lane == NOBODY:
                continue
            color = self.lanes.color(lane) if lane >= 0 else ribbons.ink_of(lane, theme, self.lanes.color(0))
            slab = QRectF(left + 0.5, 0, max(1.0, right - left - 1), px(GIL_ROW))
            painter.fillRect(slab, QColor(color))
            if right - left > px(LETTERED):
                name = worker_name(lane) if lane >= 0 else ""
                words = f"{name}  {(end - begin) / 1e6:.1f}"
                write(painter, slab, (words, theme.font(10, 600), ink_on(color)), "center")

    def _draw_lanes(self, painter: QPainter, start: int, ratio: float) -> None:
        columns = round(self.plot_width * ratio)
        px_ns = max(1, LENGTH_NS // columns)
        edges = start + np.arange(columns + 1, dtype=np.int64) * px_ns
        frame = self.lanes.frame
        now = frame.now_ns if frame is not None else start + LENGTH_NS
        self._shown = self._lanes_to_show(edges, now)
        self._note_facts(edges, now)
        shares = self._shares_of(edges, now)
        row, gap = round(self.row * ratio), round(self.px(GAP) * ratio)
        slots = [self.lanes.slot(lane) for lane in self._shown]
        table = lane_table(slots, row, gap, self.theme, ratio)
        paused = paused_columns(self.lanes.run, self._shown, edges, now)
        found = lane_layers(shares, row, gap, ratio * self.theme.scale, paused)
        pixels = np.ascontiguousarray(look_up(table, found, 0, columns, 1))
        image = QImage(pixels.data, columns, len(pixels), columns * 4, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(0, self.first_row - self.px(FAN)), image)

    def _note_facts(self, edges: Edges, now: int) -> None:
        counts = self.lanes.run.lanes.counts(edges[[0, -1]], now)[0]
        every = range(self.lanes.workers) if self.lanes.workers <= MANY else ()
        paused = paused_columns(self.lanes.run, every, edges[[0, -1]], now)
        self._facts = facts(counts) + ([] if paused is None else [f"{int(paused.sum())} {HELD}"])
        self.setAccessibleDescription(f"At a typical moment: {', '.join(self._facts)}")

    def _lanes_to_show(self, edges: Edges, now: int) -> list[int]:
        if self._only is not None:
            return list(self._only)[: self.most]
        first, last, store = int(edges[0]), int(edges[-1]), self.lanes.run.lanes
        # States that go on count too, but not with thousands of lanes: workers that compute report 20 times a second.
        segments = store.between(first, last, now if store.lanes <= MANY else None)
        return rows_shown(time_running(segments, self.lanes.workers, first, last), self.most)

    def _shares_of(self, edges: Edges, now: int) -> Shares:
        """The shares of the lanes shown, and of no others: with many workers they are most of the cost."""
        store, row_of = self.lanes.run.lanes, np.full(self.lanes.workers, -1, np.int64)
        row_of[self._shown] = np.arange(len(self._shown))
        reach = range(min(self._shown), max(self._shown) + 1)
        segments = store.between(int(edges[0]), int(edges[-1]), now, reach)
        own = segments[row_of[segments["lane"]] >= 0]
        own["lane"] = row_of[own["lane"]]
        return column_shares(own, edges, len(self._shown))

    def _draw_axis(self, painter: QPainter, top: float) -> None:
        wide = self.px(80)
        for part in range(0, 11, 2):
            x = part / 10 * self.plot_width
            words = f"{part * LENGTH_NS // 10 // MS} ms"
            align, left = ("left", 0) if part == 0 else ("right", x - wide) if part == 10 else ("center", x - wide / 2)
            room = QRectF(left, top + 1, wide, self.px(AXIS - 1))
            write(painter, room, (words, self.theme.font(10), self.theme.t3), align)  # type: ignore[arg-type]

    def _draw_words(self, painter: QPainter) -> None:
        theme, px = self.theme, self.px
        for y, text in (
            (9, ("Lens", theme.font(12, 600), theme.t1)),
            (25, (f"{LENGTH_NS // MS} ms", theme.font(11), theme.t2)),
            (40, (self._age, theme.font(11), theme.t3)),
        ):
            if px(FAN + y + 8) <= self.height():
                write(painter, QRectF(px(MARGIN), px(FAN + y - 8), px(70), px(16)), text)
        for index, lane in enumerate(self._shown):
            room = QRectF(px(PLOT_LEFT - 40), self.first_row + index * (self.row + px(GAP)), px(30), self.row)
            write(painter, room, (worker_name(lane), theme.font(10, 600), theme.t2), "right")
        left = px(PLOT_LEFT) + self.plot_width + px(10)
        hidden = self.lanes.workers - len(self._shown)
        words = [*self._facts, *([f"+ {whole(hidden)} more"] if hidden > 0 and self._shown else [])]
        for index, line in enumerate(words):
            room = QRectF(left, px(FAN + GIL_ROW + 6) + index * px(15), self.width() - left - px(MARGIN), px(16))
            if room.bottom() <= self.height():
                write(painter, room, (line, theme.font(11), theme.t2 if index < len(self._facts) else theme.t3))

    # -- the mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, y = event.position().x(), event.position().y()
        lines = self._describe(x - self.px(PLOT_LEFT), y)
        if lines:
            self.described.emit(x, y, lines)
        else:
            self.left.emit()

    def leaveEvent(self, event: object) -> None:
        self.left.emit()

    def _describe(self, x: float, y: float) -> list[str]:
        px = self.px
        start = self.place.start
        if start is None or not 0 <= x < self.plot_width or y < px(FAN):
            return []
        moment = start + int(x / self.plot_width * LENGTH_NS)
        if self.ribbon and y < px(FAN + GIL_ROW):
            lines = self.lanes.describe_ribbon(moment)
        else:
            row = int((y - self.first_row) // (self.row + px(GAP)))
            if not 0 <= row < len(self._shown) or self.lanes.frame is None:
                return []
            lines = self.lanes.describe_lane(self._shown[row], moment)
        return [*lines, f"{duration(moment - start)} into the lens"]
