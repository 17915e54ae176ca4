"""The UI pulse: how late the window's own event loop answers: the worst in each column, never an average.

A beat says how late it came. While nothing could be painted, no beat came either: the next one then carries the whole
delay, and fills all columns of the hole. Nothing between two beats stays empty: until the later one was due, the window
was on time."""

from __future__ import annotations

from math import log

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from ui.kit.drawing import width_of, write
from ui.kit.patterns import Pixels, pixel
from ui.kit.theme import Theme, mix
from ui.stage.band_panel import PLOT_LEFT, BandPanel
from ui.stage.beats import BAD_MS, LATE_MS, UiBeats, lateness_of
from ui.stage.past_plot import PastPlot
from ui.stage.pixel_ring import PixelRing
from ui.stage.time_window import Frame, TimeWindow

HEIGHT, PADDING = 62, 7
COLUMN = 2  # px
LOW_MS, HIGH_MS = 0.5, 300.0
MOST_CAPS = 200


def reach_of(lateness: npt.NDArray[np.float32], height: int) -> npt.NDArray[np.int32]:
    """The height of columns in pixels: logarithmic, and at least one where there was a beat."""
    part = np.log(np.maximum(lateness, 1e-6) / LOW_MS) / log(HIGH_MS / LOW_MS)
    reach = np.maximum(np.rint(np.clip(part, 0.0, 1.0) * height), 1)
    return np.where(lateness < 0, 0, reach).astype(np.int32)


class PulsePlot(PastPlot[UiBeats]):
    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        self.newest = UiBeats()
        self._worst = np.zeros(0, np.float32)
        self._caps: dict[str, QPixmap] = {}
        self._dashes: list[tuple[int, QPixmap]] = []
        self._painted, self.awaited = False, False  # `awaited`: asked for, and not painted yet
        super().__init__(window, theme)

    @property
    def column(self) -> int:
        return max(1, round(COLUMN * self.unit))

    def add_beat(self, moment: int, lateness_ms: float) -> None:
        self.note_dirty(self.newest.add(moment, lateness_ms))

    def refresh(self, frame: Frame) -> bool:
        new = super().refresh(frame)
        self.awaited |= new
        return new

    def make_ring(self, width: int) -> PixelRing:
        theme, column = self.theme, self.column
        ring = PixelRing(self.px_height, -(-width // column) * column)
        ring.capacity = ring.capacity // column * column
        self._worst = np.full(ring.capacity // column, -1.0, np.float32)
        limits = ((LATE_MS, theme.warn), (BAD_MS, theme.bad))
        self._dashes = [(self._level(value), self._dash(color)) for value, color in limits]
        self._caps = {color: self._cap(color) for _, color in limits}
        return ring

    def _level(self, value: float) -> int:
        """The height of a lateness, in device pixels from the top."""
        return self.px_height - int(reach_of(np.array([value], np.float32), self.px_height)[0])

    def _dash(self, color: str) -> QPixmap:
        """A dashed line, drawn once and kept: Qt takes a third of a millisecond to dash one."""
        unit = self.unit
        strip = QPixmap(self.px_width, max(1, round(unit)))
        strip.fill(Qt.GlobalColor.transparent)
        painter = QPainter(strip)
        for x in range(0, strip.width(), round(6 * unit)):
            painter.fillRect(x, 0, round(2 * unit), strip.height(), QColor(mix(self.theme.track, color, 0.55)))
        painter.end()
        return strip

    def _cap(self, color: str) -> QPixmap:
        side = round(7 * self.unit)
        dot = QPixmap(side, side)
        dot.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawEllipse(QPointF(side / 2, side / 2), 2.5 * self.unit, 2.5 * self.unit)
        painter.end()
        return dot

    def paint_columns(self, ring: PixelRing, first: int, last: int, frame: Frame) -> None:
        column = self.column
        first, last = first // column, -(-last // column)
        edges = np.arange(first, last + 1, dtype=np.int64) * (column * frame.px_ns)
        worst = self.shown.per_column(edges)
        self._worst[np.arange(first, last) % len(self._worst)] = worst
        ring.write(first * column, np.repeat(self._pixels(worst, ring.height), column, axis=1))

    def _pixels(self, worst: npt.NDArray[np.float32], height: int) -> Pixels:
        theme = self.theme
        reach = reach_of(worst, height)
        up = np.arange(height, 0, -1)[:, None]
        inks = np.array([pixel(color) for color in (theme.ok, theme.warn, theme.bad)], np.uint32)
        ink = inks[(worst >= LATE_MS).astype(int) + (worst >= BAD_MS)]
        body = np.where(worst < LATE_MS, np.uint32(pixel(mix(theme.track, theme.ok, 0.62))), ink)
        filled = np.where(up <= reach - max(1, round(self.unit)), body, ink)
        return np.where(up <= reach, filled, np.uint32(pixel(theme.track)))

    def take_painted(self) -> bool:
        """Has the pulse been painted since the last call?"""
        painted, self._painted = self._painted, False
        return painted

    def draw(self, painter: QPainter) -> None:
        self._painted, self.awaited = True, False
        if self._ring is None or self.frame is None:
            painter.fillRect(QRectF(0, 0, self.px_width, self.height() * self.ratio), QColor(self.theme.track))
            return
        self.draw_ring(painter, self._ring, self.frame)
        for y, strip in self._dashes:
            painter.drawPixmap(0, y, strip)
        self._draw_caps(painter, self.frame)

    def _draw_caps(self, painter: QPainter, frame: Frame) -> None:
        """Draws a dot on each late column; on the last one of neighbours that are equally late."""
        column = self.column
        numbers = np.arange(frame.left // column, frame.right // column + 1)
        worst = self._worst[numbers % len(self._worst)]
        ends = np.flatnonzero((worst >= LATE_MS) & (worst > np.append(worst[1:], -1)))[-MOST_CAPS:]
        tops = self.px_height - reach_of(worst[ends], self.px_height)
        for number, late, top in zip(numbers[ends], worst[ends], tops, strict=True):
            dot = self._caps[self.theme.bad if late >= BAD_MS else self.theme.warn]
            x = int(number) * column - frame.left + (column - dot.width()) // 2
            painter.drawPixmap(x, max(int(top) - dot.height() // 2, -2), dot)

    def describe(self, x: float, y: float) -> list[str]:
        moment = self.moment(x)
        late = None if moment is None else self._worst_near(moment)
        if late is None:
            return ["UI pulse", "nothing measured here"]
        what = "on time" if late < LATE_MS else "late" if late < BAD_MS else "frozen"
        return ["UI pulse", f"{late:.1f} ms late at most: {what}"]

    def _worst_near(self, moment: int) -> float | None:
        if self.frame is None:
            return None
        wide = self.column * self.frame.px_ns
        start = moment // wide * wide
        found = float(self.shown.per_column(np.array([start, start + wide], np.int64))[0])
        return None if found < 0 else found


class PulsePanel(BandPanel):
    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        super().__init__(theme, "pulse", "UI pulse: how late this window's own frames are")
        self.plot = PulsePlot(window, theme)
        self.plot.setParent(self)
        self._window = window
        self._words, self._unit = "–", "ms"
        self._p99: float | None = None
        self.fit(self.setFixedHeight, HEIGHT)
        window.changed.connect(self.update)

    def lateness(self, now: int, window_s: float) -> tuple[float, float, float] | None:
        """p50, p99 and max of the lateness, in ms."""
        return lateness_of(self.plot.newest.since(now - int(window_s * 1e9)))

    def lateness_then(self, moment: int, window_s: float) -> tuple[float, float, float] | None:
        """The same for the time that is shown."""
        return lateness_of(self.plot.shown.since(moment - int(window_s * 1e9), moment))

    def longest(self, since: int) -> float:
        """The largest lateness of all beats since a moment, in ms."""
        return float(self.plot.newest.since(since).max(initial=0.0))

    def show_p99(self, p99: float | None) -> None:
        words, unit = "–" if p99 is None else f"{p99:.1f}" if p99 < 99.95 else f"{p99:.0f}", "ms"
        if p99 is not None and p99 >= 999.5:  # four digits would not fit
            words, unit = f"{p99 / 1000:.1f}", "s"
        if (words, unit) != (self._words, self._unit):
            self._words, self._unit, self._p99 = words, unit, p99
            self.setAccessibleDescription(f"99 % of frames: {words} {unit}")
            self.repaint_figures(0, self.height())

    def _level_ink(self) -> str:
        if self._p99 is None or self._p99 < LATE_MS:
            return self.theme.t1
        return self.theme.warn if self._p99 < BAD_MS else self.theme.bad

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        theme, px, height = self.theme, self.px, self.height()
        if part.left() < px(PLOT_LEFT):
            write(painter, self.labels(height * 0.35 - px(9), px(18)), ("UI pulse", theme.font(13, 600), theme.t1))
            # The limits' numbers stand at the plot's edge; the hint has to end before them.
            hint = ("how late frames are", theme.font(11), theme.t3)
            write(painter, self.labels(height * 0.65 - px(7), px(18)).adjusted(0, 0, px(4), 0), hint)
            bottom, inner = height - px(PADDING), height - 2 * px(PADDING)
            for value, words in ((LATE_MS, "16 ms"), (BAD_MS, "100")):
                y = bottom - int(reach_of(np.array([value], np.float32), inner)[0])
                room = QRectF(px(PLOT_LEFT - 60), y - px(7), px(54), px(14))
                write(painter, room, (words, theme.font(10), theme.t3), "right")
        if part.right() > self.plot_right:
            self._draw_number(painter)
            self.draw_edge(painter, 0, height - px(PADDING), not self._window.frozen)

    def _draw_number(self, painter: QPainter) -> None:
        theme, px, height = self.theme, self.px, self.height()
        unit = (self._unit, theme.font(13, 500), theme.t2)
        room = self.figures(0, height)
        unit_width = width_of(*unit[:2])
        write(painter, QRectF(room.left(), height * 0.5 - px(9), room.width(), px(18)), unit, "right")
        number = QRectF(room.left() - px(6), height * 0.42 - px(16), room.width() + px(2) - unit_width, px(32))
        write(painter, number, (self._words, theme.font(27, 600), self._level_ink()), "right")
        below = QRectF(room.left(), height * 0.8 - px(8), room.width(), px(16))
        write(painter, below, ("99 % of frames", theme.font(11), theme.t3), "right")

    def place(self) -> None:
        px = self.px
        self.plot.setGeometry(px(PLOT_LEFT), px(PADDING), self.plot_width, px(HEIGHT) - 2 * px(PADDING))
