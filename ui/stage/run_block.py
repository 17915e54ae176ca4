"""A block of a run's group: a plot, the words at its left and the figures at its right. Words come twice a second;
unchanged ones are not painted again.

A group has one block for all its lanes; or one that counts workers by state and, when opened, one with a few lanes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from playground import catalogue
from playground.figures.records import RunStatistics, WorkerStatistics
from playground.reading.states import ENDED, HELD, NOT_STARTED, SHORT_WORDS, STATE_COUNT
from playground.reading.worker_name import worker_name
from ui.kit.drawing import box, width_of, write
from ui.kit.quantities import compact, whole
from ui.kit.theme import Theme
from ui.stage import ribbons
from ui.stage.band_panel import MARGIN, PLOT_LEFT, BandPanel
from ui.stage.band_plot import RowPlaces
from ui.stage.header_words import percent_words
from ui.stage.heat_plot import HeatPlot
from ui.stage.heights import GroupHeights
from ui.stage.lanes_plot import LanesPlot
from ui.stage.ribbons import Ribbons
from ui.stage.run_plot import RunPlot
from ui.stage.time_window import Frame

LETTERED = 11  # px: lanes at least this high carry words
RECENT_NS = 500_000_000
MOST_COUNTS, LEAST_COUNT = 4, 0.5
LINE = 18  # px, of a line of counts


def rate_words(rate: float) -> str:
    """A rate, short enough to stand before its unit."""
    return f"{rate:.0f}" if rate < 1000 else f"{rate / 1000:.1f} k" if rate < 9950 else f"{rate / 1000:.0f} k"


class RunBlock(BandPanel):
    grounded = False

    def __init__(self, plot: RunPlot, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible)
        self.plot, self.run = plot, plot.run
        self._ribbon_words = ""
        plot.setParent(self)

    @property
    def height_needed(self) -> int:
        return self.plot.rows.logical_bottom

    def rows(self, heights: GroupHeights, ratio: float) -> RowPlaces:
        """Where the rows are with these heights."""
        raise NotImplementedError

    def height_with(self, heights: GroupHeights) -> int:
        return self.rows(heights, 1.0).logical_bottom

    def arrange(self, heights: GroupHeights) -> None:
        self.plot.arrange(self.plot.ribbons, self.rows(heights, self.plot.ratio))
        self.place()

    def show_ribbons(self, own: Ribbons) -> None:
        self.plot.arrange(own, self.plot.rows)
        self.place()
        self.update()

    def place(self) -> None:
        self.plot.setGeometry(self.px(PLOT_LEFT), 0, self.plot_width, max(1, self.height_needed))

    def show_statistics(self, statistics: RunStatistics, over: bool) -> None:
        words = ""
        if self.plot.ribbons.gils and not over:
            rate = statistics.gil.handoffs_per_s
            words = "estimated" if statistics.gil.source == "estimated" else "" if rate is None else rate_words(rate)
        if words != self._ribbon_words:
            self._ribbon_words = words
            self.repaint_figures(0, self.px(ribbons.HEIGHT + 3))

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        if part.left() < self.px(PLOT_LEFT):
            self._draw_ribbon_labels(painter)
            self.draw_labels(painter, part)
        if part.right() >= self.plot_right:
            self._draw_ribbon_figures(painter)
            self.draw_figures(painter, part)

    def draw_labels(self, painter: QPainter, part: QRect) -> None:
        raise NotImplementedError

    def draw_figures(self, painter: QPainter, part: QRect) -> None:
        raise NotImplementedError

    # -- the ribbons

    def _ribbon_room(self, row: int) -> QRectF:
        place = self.plot.ribbons.rows(self.plot.ratio).place(row)
        return self.labels(place.center().y() - self.px(7), self.px(14))

    def _draw_ribbon_labels(self, painter: QPainter) -> None:
        theme = self.theme
        for row in range(self.plot.ribbons.count):
            name, whose = self.plot.ribbons.label(row)
            room = self._ribbon_room(row)
            width = write(painter, room, (name, theme.font(11, 500), theme.t2))
            write(painter, room.adjusted(width + self.px(8), 0, 0, 0), (whose, theme.font(11), theme.t3))

    def _draw_ribbon_figures(self, painter: QPainter) -> None:
        own, theme, px = self.plot.ribbons, self.theme, self.px
        if own.hidden:
            room = self._ribbon_room(own.count - 1)
            room = self.figures(room.top(), room.height())
            write(painter, room, (f"+ {own.hidden} more", theme.font(11), theme.t3), "right")
        if not self._ribbon_words:
            return
        room = self._ribbon_room(0)
        top, height = room.top(), room.height()
        if self._ribbon_words == "estimated":
            write(painter, self.figures(top, height), ("estimated", theme.font(11), theme.t3), "right")
            return
        unit, face = "hand-offs/s", theme.font(11 if len(self._ribbon_words) <= 3 else 10)
        width = width_of(unit, face)
        write(painter, self.figures(top, height), (unit, face, theme.t3), "right")
        room = QRectF(self.plot_right + px(3), top, self.text_right - width - px(4) - self.plot_right - px(3), height)
        write(painter, room, (self._ribbon_words, theme.font(12, 600), theme.t1), "right")


class LanesBlock(RunBlock):
    """Lanes, each with its worker's name, thread and share of a core, where there is room for that."""

    plot: LanesPlot

    def __init__(self, plot: LanesPlot, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(plot, theme, name, accessible)
        self.marked: int | None = None  # the worker that the user asked for
        self._one_process = catalogue.model(plot.run.recipe.model).one_process
        self._figures: list[tuple[str, str]] = []
        self._ids: list[str] = []

    @property
    def lettered(self) -> bool:
        """Are the lanes high enough for words of their own?"""
        return self.plot.rows.height >= LETTERED * self.plot.unit

    def rows(self, heights: GroupHeights, ratio: float) -> RowPlaces:
        top = self.plot.ribbons.height
        return RowPlaces.of(ratio, top, len(self.plot.shown), heights.lane, heights.gap)

    def show_lanes(self, shown: range, marked: int) -> None:
        self.plot.show_lanes(shown)
        self.marked = marked
        self._figures, self._ids = [], []
        self.update()

    def show_statistics(self, statistics: RunStatistics, over: bool) -> None:
        super().show_statistics(statistics, over)
        shown, ids = self.plot.shown, list[str]()
        if self.lettered:
            workers = statistics.workers[shown.start : shown.stop]
            figures = [self._figure(worker) for worker in workers]
            ids = [self._id(worker) for worker in workers]
        else:
            figures = [(percent_words(statistics.cores_recent / max(1, len(statistics.workers))), "each")]
        for row, (new, old) in enumerate(zip(figures, self._figures, strict=False)):
            if new != old:
                place = self.plot.rows.place(row)
                self.repaint_figures(place.top(), max(place.height(), self.px(20)))
        if len(figures) != len(self._figures):
            self.update()
        if ids != self._ids:
            self._ids = ids
            self.update(0, 0, self.px(PLOT_LEFT), self.height())
        self._figures = figures

    def _figure(self, worker: WorkerStatistics) -> tuple[str, str]:
        if worker.state in (NOT_STARTED, HELD, ENDED):  # as the table of tasks words it
            return "", "error" if worker.error else worker.state
        return percent_words(worker.cpu_recent), "" if worker.core is None else f"core {worker.core}"

    def _id(self, worker: WorkerStatistics) -> str:
        name, number = ("tid", worker.tid) if self._one_process else ("pid", worker.pid)
        if not number:
            return ""
        return f"{name} {number}" if self.marked is None else str(number)  # long names leave little room

    def draw_labels(self, painter: QPainter, part: QRect) -> None:
        if not self.lettered:
            self._draw_many(painter)
            return
        theme, px, rows = self.theme, self.px, self.plot.rows
        mono = theme.font(11, mono=True)
        for row in range(rows.count):
            place, lane = rows.place(row), self.plot.shown[row]
            if place.bottom() < part.top() or place.top() > part.bottom():
                continue
            if lane == self.marked:
                plate = QRectF(px(MARGIN - 5), place.center().y() - px(10), px(PLOT_LEFT - MARGIN - 1), px(20))
                box(painter, plate, px(5), theme.accent_soft, None)
            middle = place.center().y()
            box(
                painter, QRectF(px(MARGIN), round(middle - px(5)), px(10), px(10)), px(2.5), self.plot.color(lane), None
            )
            name = worker_name(lane)
            room = QRectF(px(MARGIN + 18), place.top(), px(44 if len(name) > 2 else 34), place.height())
            left = room.left() + max(px(18), write(painter, room, (name, theme.font(13, 600), theme.t1)) + px(6))
            room = QRectF(left, place.top(), px(PLOT_LEFT - 10) - left, place.height())
            if row < len(self._ids) and width_of(self._ids[row], mono) <= room.width():
                write(painter, room, (self._ids[row], mono, theme.t3), "right")

    def _draw_many(self, painter: QPainter) -> None:
        """Draws labels for lanes that are too many for one each."""
        theme, px, top = self.theme, self.px, float(self.plot.ribbons.height)
        count = len(self.plot.shown)
        write(painter, self.labels(top, px(18)), (f"{count} workers", theme.font(13, 600), theme.t1))
        names = f"A to {worker_name(count - 1)}"
        write(painter, self.labels(top + px(17), px(16)), (names, theme.font(11), theme.t3))

    def draw_figures(self, painter: QPainter, part: QRect) -> None:
        theme, rows = self.theme, self.plot.rows
        for row, (percent, core) in enumerate(self._figures):
            place = rows.place(row)
            height = max(place.height(), self.px(20.0))
            top = place.center().y() - height / 2
            if not self.lettered:
                top, height = place.top(), self.px(20.0)
            if top + height < part.top() or top > part.bottom():
                continue
            texts = (percent, theme.font(13, 600), theme.t1), (core, theme.font(11), theme.t3)
            self.write_figure(painter, top, height, texts)


class HeatBlock(RunBlock):
    """Very many workers, counted by state: a scale at the left, the present counts at the right."""

    plot: HeatPlot

    def __init__(self, plot: HeatPlot, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(plot, theme, name, accessible)
        self._counts: list[tuple[str, str]] = []

    def rows(self, heights: GroupHeights, ratio: float) -> RowPlaces:
        return RowPlaces.of(ratio, self.plot.ribbons.height, 1, heights.heat, 0)

    def tell_counts(self, frame: Frame) -> None:
        """Twice a second: shows the most frequent states."""
        last = min(frame.right_ns, frame.now_ns)
        counts = self.plot.counts(np.array([last - RECENT_NS, last], np.int64), frame)[0]
        states = sorted((s for s in range(STATE_COUNT) if counts[s] >= LEAST_COUNT), key=lambda s: -float(counts[s]))
        words = [(compact(round(float(counts[state]))), SHORT_WORDS[state]) for state in states[:MOST_COUNTS]]
        if words != self._counts:
            self._counts = words
            self.setAccessibleDescription(", ".join(f"{count} {state}" for count, state in words))
            self.repaint_figures(0, self.height())

    def seen_counts(self) -> list[tuple[str, str]]:
        """The counts that have room for a whole line."""
        return self._counts[: int(self.plot.rows.place(0).height() // self.px(LINE))]

    def draw_labels(self, painter: QPainter, part: QRect) -> None:
        theme, px, place = self.theme, self.px, self.plot.rows.place(0)
        top = place.top()
        write(painter, self.labels(top + px(17), px(16)), ("how many workers", theme.font(11), theme.t3))
        write(painter, self.labels(top + px(31), px(16)), ("are in each state", theme.font(11), theme.t3))
        for part_of_all, y in ((1.0, top + px(7)), (0.5, place.center().y()), (0.0, place.bottom() - px(6))):
            if part_of_all == 0.5 and y < top + px(60):
                continue
            room = self.labels(y - px(8), px(16)).adjusted(0, 0, px(2), 0)
            write(painter, room, (whole(self.plot.workers * part_of_all), theme.font(11), theme.t2), "right")
            line = {1.0: top, 0.5: round(place.center().y()), 0.0: place.bottom() - 1}[part_of_all]
            painter.fillRect(QRectF(px(PLOT_LEFT - 5), line, px(5), 1), theme.line2)

    def draw_figures(self, painter: QPainter, part: QRect) -> None:
        theme, px, top = self.theme, self.px, self.plot.rows.place(0).top()
        for row, (count, state) in enumerate(self.seen_counts()):
            y, left = top + row * px(LINE), self.plot_right + px(3)
            width = write(painter, self.figures(y, px(LINE)), (state, theme.font(11), theme.t3), "right")
            room = QRectF(left, y, self.text_right - width - px(5) - left, px(LINE))
            write(painter, room, (count, theme.font(13, 600), theme.t1), "right")
