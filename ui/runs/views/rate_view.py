"""How much is done per second: now, as a figure, and over the whole run or its last minute, as a curve.

What the run has done is counted four times a second, also while nobody looks. Each point of the curve is the mean over
the second before it; where nobody counted for longer, the mean over all of that time."""

from __future__ import annotations

from collections import deque
from math import floor, log10
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF

from playground.run.run import Run
from ui.kit.drawing import write
from ui.kit.quantities import MINUS, compact, figure, plain, whole
from ui.kit.theme import Theme, mix
from ui.runs.views.view import FIGURE_HEIGHT, TEXT_NS, View, paint_figure

SECOND = 10**9
SAMPLE_NS, WINDOW_NS = SECOND // 4, 60 * SECOND
OVER = 4  # samples: a point of the curve is the mean over these
AXIS, SCALE = 16, 40
LENGTHS = (5, 10, 20, 30, 60)  # s that are shown of a run without a set length
STEPS = (0.2, 0.5, 1, 2, 5, 10, 15)  # s between marks
MOST_MARKS = 5
Side = Literal["left", "right", "center"]


class RateView(View):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "rate")
        self.restart()

    def restart(self) -> None:
        self._samples: deque[tuple[int, int]] = deque()  # a moment, and how much was done by then
        self._words = ("–", "", "")
        self._told_at = 0

    def note(self, now_ns: int) -> None:
        run = self.run
        if run is None or run.reading.started_ns is None:
            return
        if not self._samples:
            self._samples.append((run.reading.started_ns, 0))
        end = run.reading.ended_ns if run.ended else None
        moment = now_ns if end is None else max(end, self._samples[-1][0])
        if end is not None and self._samples[-1][0] >= end:
            return
        if end is not None or moment - self._samples[-1][0] >= SAMPLE_NS:
            self._samples.append((moment, run.reading.totals.ops))
            while len(self._samples) > 2 + OVER and self._samples[OVER + 1][0] < moment - WINDOW_NS:
                self._samples.popleft()
            self.update()

    def look(self, now_ns: int) -> None:
        if self.run is not None and now_ns - self._told_at >= TEXT_NS:
            self._told_at = now_ns
            words = self._told(self.run)
            if words != self._words:
                self._words = words
                self.say(f"{words[0]} {words[1]}, {words[2]}")
                self.update()

    def _told(self, run: Run) -> tuple[str, str, str]:
        """The figure, its unit, and a line about it."""
        unit = f"{run.job.unit}/s"
        if len(self._samples) < 2:
            return "–", unit, "nothing is done yet"
        done, (end, ops) = run.reading.totals.ops, self._samples[-1]
        mean = ops / max(1, end - (run.reading.started_ns or 0)) * SECOND
        if run.ended:
            return number(mean), unit, f"on average; {whole(done)} {run.job.unit} in all"
        _, rate = self.curve()
        note = f"now; {number(mean)} on average, {whole(done)} {run.job.unit} so far"
        return number(float(rate[-1])), unit, note

    def curve(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Moments, and how much was done per second up to each."""
        moments, done = (np.array(column, np.int64) for column in zip(*self._samples, strict=True))
        first = np.maximum(0, np.arange(1, len(moments)) - OVER)
        spans = np.maximum(1, moments[1:] - moments[first])
        return moments[1:], (done[1:] - done[first]) / spans * SECOND

    def shown(self) -> tuple[int, int, bool]:
        """The first moment shown, the length in ns, and whether that is the whole run."""
        run, begun, now = self.run, self._samples[0][0], self._samples[-1][0]
        if run is None or now - (run.reading.started_ns or begun) > WINDOW_NS:
            return now - WINDOW_NS, WINDOW_NS, False
        age = (now - begun) / SECOND
        return begun, int(length_shown(age, run.ended, run.recipe.seconds) * SECOND), True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room, px = QPainter(self), self.inside(), self.px
        paint_figure(painter, self, *self._words)
        plot = room.adjusted(0, px(FIGURE_HEIGHT + 8), -px(SCALE), -px(AXIS))
        if plot.height() < px(20):
            return
        known = len(self._samples) > 1
        most = nice(float(self.curve()[1].max())) if known else 1.0
        self._paint_grid(painter, plot, most if known else None)
        if known:
            self._paint_times(painter, plot)
            self._paint_curve(painter, plot, most)

    def _paint_grid(self, painter: QPainter, plot: QRectF, most: float | None) -> None:
        theme, px = self.theme, self.px
        painter.fillRect(plot, QColor(theme.track))
        for part in (0.5, 1.0):
            y = round(plot.bottom() - part * plot.height())
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), QColor(theme.line1))
            if most is not None:
                words = compact(most * part) if most * part >= 100 else plain(most * part)
                place = QRectF(plot.right() + px(6), y - px(7) + px(7) * (part == 1.0), px(SCALE), px(14))
                write(painter, place, (words, theme.font(10), theme.t3))

    def _paint_times(self, painter: QPainter, plot: QRectF) -> None:
        """Paints the time scale: seconds of the run where all of it is shown, else seconds before now or its end."""
        (_, length, whole_run), px = self.shown(), self.px
        ink, length_s = QColor(mix(self.theme.track, self.theme.line1, 0.6)), length / SECOND
        for second in marks(length_s):
            x = round(plot.left() + second / length_s * plot.width())
            if plot.left() < x < plot.right() - 1:
                painter.fillRect(QRectF(x, plot.top(), 1, plot.height()), ink)
            words = f"{plain(second) if second else 0} s" if whole_run else self._before(length_s - second)
            left = min(max(x - px(20.0), plot.left()), plot.right() - px(40))
            side: Side = "left" if left > x - px(20) else "right" if left < x - px(20) else "center"
            room = QRectF(left, plot.bottom() + px(2), px(40), px(AXIS - 2))
            write(painter, room, (words, self.theme.font(10), self.theme.t3), side)

    def _before(self, seconds: float) -> str:
        if seconds:
            return f"{MINUS}{plain(seconds)} s"
        return "end" if self.run is not None and self.run.ended else "now"

    def _paint_curve(self, painter: QPainter, plot: QRectF, most: float) -> None:
        moments, rate = self.curve()
        start, length, _ = self.shown()
        x = plot.left() + (moments - start) / length * plot.width()
        y = plot.bottom() - np.minimum(rate / most, 1.0) * plot.height()
        left = float(plot.left() + (self._samples[0][0] - start) / length * plot.width())
        points = [QPointF(left, float(y[0])), *(QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True))]
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QPainterPath(QPointF(left, plot.bottom()))
        for point in points:
            area.lineTo(point)
        area.lineTo(points[-1].x(), plot.bottom())
        painter.fillPath(area, QColor(self.theme.accent_soft))
        painter.setPen(QPen(QColor(self.theme.accent), self.px(1.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.restore()


def length_shown(age: float, ended: bool, wanted: float | None) -> float:
    """How many seconds are shown of a run no older than a minute: all of an ended run; else its set length or, without
    one, a length from a list, so that the scale seldom changes."""
    if ended:
        return max(STEPS[0], age)
    if wanted is not None and age <= wanted <= LENGTHS[-1]:
        return wanted
    return next((length for length in LENGTHS if length >= age), LENGTHS[-1])


def marks(length: float) -> list[float]:
    """The seconds that have a mark: whole multiples of a round step."""
    step = next((step for step in STEPS if length / step <= MOST_MARKS), STEPS[-1])
    return [number * step for number in range(int(length / step * 1.0001) + 1)]


def number(value: float) -> str:
    return figure(value) if value < 10_000 else compact(value)


def nice(value: float) -> float:
    """The next round number up that has a round half."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value * 0.999)
