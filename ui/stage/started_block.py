"""Threads that are no workers, below the lanes of their run: those started by own code, named after the worker whose
code it was (`A·1`), and threads of the lab itself that burn CPU time."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from playground.figures.records import RunStatistics
from playground.reading.lanes.started_lanes import Row, StartedThreads
from playground.reading.states import EMPTY, SHORT_WORDS, TABLE
from ui.kit.drawing import box, write
from ui.kit.patterns import own_color
from ui.kit.theme import Theme
from ui.stage.band_panel import MARGIN, PLOT_LEFT
from ui.stage.band_plot import RowPlaces
from ui.stage.header_words import percent_words
from ui.stage.heights import GroupHeights
from ui.stage.lanes_plot import LanesPlot
from ui.stage.run_block import RunBlock
from ui.stage.run_plot import duration
from ui.stage.stage_run import StageRun
from ui.stage.time_window import TimeWindow

GAP = 2
LEAST, MOST = 8, 14  # px: the height of a row
RECENT_NS = 1_000_000_000


class StartedRun:
    """The run with its started threads as lanes, for the plot that draws their rows."""

    def __init__(self, run: StageRun, threads: StartedThreads) -> None:
        self._run, self.threads = run, threads
        self.number, self.recipe, self.lanes = run.number, run.recipe, threads.lanes
        self.tracks, self.gil_note, self.ribbon_source = (), None, "none"
        self.pauses = ()  # nobody knows whether a pause held these threads

    def __getattr__(self, name: str) -> object:
        return getattr(self._run, name)


class StartedPlot(LanesPlot):
    def __init__(self, run: StartedRun, first_slot: int, window: TimeWindow, theme: Theme) -> None:
        self.threads = run.threads
        super().__init__(cast("StageRun", run), first_slot, window, theme, range(0))

    def slot(self, lane: int) -> int:
        """The colour of the worker that started the thread; for threads of the lab, the first."""
        return self.first_slot + max(0, self.threads.rows[lane].born.worker)

    def lane_at(self, y: float) -> int | None:
        return None  # these threads are no workers

    def ends_of_lanes(self) -> list[tuple[int, int]]:
        return []  # after a thread's end its row may be another's

    def describe_lane(self, lane: int, moment: int) -> list[str]:
        one, frame = self.threads.rows[lane].born, self.frame
        title = f"{self.run.number}{one.label}" if one.worker >= 0 else f"run {self.run.number}: {one.label}"
        found = self.run.lanes.at(lane, moment, moment if frame is None else frame.now_ns)
        if found is None or found.state == EMPTY:
            return [title, f"thread {one.tid}", "nothing was seen of it here"]
        what = TABLE[found.state].did.format(duration(found.end - found.start))
        return [title, f"thread {one.tid}, started by own code" if one.worker >= 0 else f"thread {one.tid}", what]


class StartedBlock(RunBlock):
    plot: StartedPlot

    def __init__(self, plot: StartedPlot, theme: Theme) -> None:
        number = plot.run.number
        super().__init__(plot, theme, f"run_{number}_started", f"Run {number}: threads that its code started")
        self._figures: list[tuple[str, str]] = []
        self._before: list[tuple[int, int]] = []  # for each row: its thread's line, and the ns it had run
        self._told_ns = 0
        self._whose: list[int] = []  # for each row: the worker that started its thread

    def row_height(self, lane: int) -> int:
        return max(self.px(LEAST), min(self.px(MOST), lane))

    def rows(self, heights: GroupHeights, ratio: float) -> RowPlaces:
        return RowPlaces.of(ratio, self.px(GAP), len(self.plot.shown), self.row_height(heights.lane), self.px(GAP))

    @property
    def height_needed(self) -> int:
        return super().height_needed if self.plot.shown else 0

    def height_with(self, heights: GroupHeights) -> int:
        return super().height_with(heights) if self.plot.shown else 0

    def follow(self) -> bool:
        """Takes the rows as they are now. Are there more or fewer? A row may also have changed its worker."""
        rows = self.plot.threads.rows
        more = len(rows) != len(self.plot.shown)
        self.plot.show_lanes(range(len(rows)))
        whose = [row.born.worker for row in rows]
        if whose != self._whose:
            self._whose = whose
            self.plot.reset()
        return more

    def show_statistics(self, statistics: RunStatistics, over: bool) -> None:
        rows, now = self.plot.threads.rows, max((row.until for row in self.plot.threads.rows), default=0)
        if now - self._told_ns < RECENT_NS // 3 and not over:
            return
        figures = [self._figure(place, row, now, over) for place, row in enumerate(rows)]
        self._before, self._told_ns = [(row.number, row.ran) for row in rows], now
        if figures != self._figures:
            self._figures = figures
            self.update()

    def _figure(self, place: int, row: Row, now: int, over: bool) -> tuple[str, str]:
        if over or now - row.until > RECENT_NS // 3:
            return "", "ended"
        number, ran = self._before[place] if place < len(self._before) else (-1, 0)
        if number != row.number:
            return "", SHORT_WORDS[row.seen]
        return percent_words((row.ran - ran) / max(1, now - self._told_ns)), SHORT_WORDS[row.seen]

    def draw_labels(self, painter: QPainter, part: QRect) -> None:
        theme, px, rows, threads = self.theme, self.px, self.plot.rows, self.plot.threads
        if rows.height < LEAST * self.plot.unit:
            return
        for place, row in enumerate(threads.rows[: rows.count]):
            room = rows.place(place)
            middle = room.center().y()
            color = own_color(self.plot.color(place), theme)
            box(painter, QRectF(px(MARGIN + 8), round(middle - px(3)), px(6), px(6)), px(1.5), color, None)
            label = QRectF(px(MARGIN + 18), middle - px(7), px(PLOT_LEFT - MARGIN - 24), px(14))
            width = write(painter, label, (row.born.label, theme.font(11, 500), theme.t2))
            write(
                painter,
                label.adjusted(width + px(8), 0, 0, 0),
                (str(row.born.tid), theme.font(10, mono=True), theme.t3),
                "right",
            )

    def draw_figures(self, painter: QPainter, part: QRect) -> None:
        theme, px, rows = self.theme, self.px, self.plot.rows
        for place, (percent, what) in enumerate(self._figures[: rows.count]):
            top = rows.place(place).center().y() - px(7)
            texts = (percent, theme.font(11, 600), theme.t1), (what, theme.font(11), theme.t3)
            self.write_figure(painter, top, px(14), texts)
        if self.plot.threads.hidden and self._figures:
            room = self.figures(rows.place(rows.count - 1).bottom() + 1, px(14))
            write(painter, room, (f"+ {self.plot.threads.hidden} more", theme.font(11), theme.t3), "right")
