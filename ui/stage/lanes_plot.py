"""The lanes of a run as a plot: all lanes, under the GIL ribbons, or a few of very many.

A lane is a stacked column chart: the height of a state is its share of the column's time. Zoomed in, each column holds
one state, and the lane shows exact slices: one rule for all zooms."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from playground.reading.states import WORDS
from ui.kit.patterns import Pixels, lane_table
from ui.kit.theme import Theme
from ui.stage.band_plot import RowPlaces
from ui.stage.lane_layers import lane_layers, paused_columns
from ui.stage.pixel_ring import Edges, Shares, best_width, look_up, mean_burst_ns, stepped, whole_columns
from ui.stage.ribbons import Ribbons
from ui.stage.run_plot import RunPlot, duration
from ui.stage.stage_run import StageRun
from ui.stage.time_window import Frame, TimeWindow

NARROW = 11  # px
LOOK_FOR_ENDS = 15  # frames
NEIGHBOURHOOD_NS = 2 * 10**9
MOST_TOLD, LEAST_TOLD = 4, 0.01  # states of a column: how many are listed, and from which share on


class LanesPlot(RunPlot):
    def __init__(
        self, run: StageRun, first_slot: int, window: TimeWindow, theme: Theme, shown: range | None = None
    ) -> None:
        self.shown = range(run.recipe.workers) if shown is None else shown  # the lanes, one row each
        self.ends: list[tuple[int, int]] = []
        super().__init__(run, first_slot, window, theme)

    def show_lanes(self, shown: range) -> None:
        if shown != self.shown:
            self.shown = shown
            self.reset()

    def arrange(self, own: Ribbons, rows: RowPlaces) -> None:
        assert rows.count == len(self.shown)
        super().arrange(own, rows)

    def consider_width(self, frame: Frame) -> None:
        if self.rows.height < NARROW * self.unit:
            # In so low a lane, a short slice in a wide column would round to nothing.
            self.column = 1
            return
        last = min(frame.right_ns, frame.now_ns)
        first = max(frame.left_ns, last - NEIGHBOURHOOD_NS)
        slice_ns = mean_burst_ns(self.run.lanes.between(first, last, among=self.shown))
        if slice_ns is not None:
            self.column = stepped(best_width(slice_ns, frame.px_ns * self.unit), self.column)

    def make_table(self) -> Pixels:
        slots = [self.slot(lane) for lane in self.shown]
        return lane_table(slots, self.rows.height, self.rows.gap, self.theme, self.ratio)

    def row_pixels(self, edges: Edges, first: int, last: int, frame: Frame) -> Pixels:
        shares, rows = self._shares(edges, frame), self.rows
        paused = paused_columns(self.run, self.shown, edges, frame.now_ns)
        found = lane_layers(shares, rows.height, rows.gap, self.unit, paused)
        return look_up(self._table, found, first, last, self.px_column)

    def refresh(self, frame: Frame) -> bool:
        if self._refreshes % LOOK_FOR_ENDS == 0:
            self.ends = self.ends_of_lanes()
        return super().refresh(frame)

    def ends_of_lanes(self) -> list[tuple[int, int]]:
        """(row, when) for each lane that has ended."""
        ends = ((row, self.run.life(lane)[1]) for row, lane in enumerate(self.shown))
        return [(row, ended) for row, ended in ends if ended]

    def draw_over(self, painter: QPainter) -> None:
        """Closes lanes that have ended by a line."""
        super().draw_over(painter)
        for row, ended in self.ends:
            x = self.x_of(ended)
            if row < self.rows.count and 0 <= x < self.width():
                place = self.rows.place(row)
                painter.fillRect(QRectF(x, place.top(), 1, place.height()), QColor(self.theme.line2))

    def _shares(self, edges: Edges, frame: Frame) -> Shares:
        return whole_columns(self.run.lanes.shares(edges, frame.now_ns, self.shown), edges, frame.now_ns)

    def lane_at(self, y: float) -> int | None:
        row = self.rows.row_at(y)
        return None if row is None else self.shown[row]

    def describe_row(self, y: float, moment: int, frame: Frame) -> list[str]:
        row = self.rows.row_at(y)
        if row is None:
            return []
        return self.describe_lane(self.shown[row], moment) + self._describe_column(row, moment, frame)

    def _describe_column(self, row: int, moment: int, frame: Frame) -> list[str]:
        """What a column holds, where that is several slices."""
        edges, width = self.column_at(moment, frame)
        return shares_words(self._shares(edges, frame)[row, 0], f"in the {duration(width)} around it:")


def shares_words(shares: Shares, when: str) -> list[str]:
    """A line for each state; the shares add up to all of the time."""
    parts = sorted(((float(share), WORDS[state]) for state, share in enumerate(shares) if share > 0.0), reverse=True)
    told = [part for part in parts[:MOST_TOLD] if part[0] >= LEAST_TOLD]
    if len(told) < 2:
        return []
    rest = 1.0 - sum(share for share, _ in told)  # also time without a state: before the worker began, after its end
    told += [(rest, "other")] if rest >= LEAST_TOLD else []
    return [when, *(f"{words} {share * 100:.0f} %" for share, words in told)]
