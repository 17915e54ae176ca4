"""Very many workers as one band under the GIL ribbons: how many are in each state, from none at the bottom to all at
the top. The cost does not depend on their number."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal

from playground.reading.states import STATE_COUNT, TABLE
from ui.kit.patterns import HEAT_STATES, Pixels, lane_table
from ui.kit.quantities import whole
from ui.stage.pixel_ring import Edges, Levels, Shares, layers, look_up, whole_columns
from ui.stage.run_plot import RunPlot, duration
from ui.stage.time_window import Frame

LEAST_COUNT = 0.5  # workers: a state with as many is seen, however many are in other states


def heat_levels(counts: Shares, workers: int, height: int) -> Levels:
    """(1, columns, states): up to which pixel the states reach when stacked. Each that occurs has a pixel."""
    exact = np.rint(np.cumsum(counts, axis=1) * (height / workers)).astype(np.int16)
    own = np.diff(exact, axis=1, prepend=np.int16(0))
    own = np.where(counts >= LEAST_COUNT, np.maximum(own, 1), own)
    reach: Levels = np.minimum(np.cumsum(own, axis=1), height).astype(np.int16)[None]
    return reach


class HeatPlot(RunPlot):
    opened = Signal(float)  # a double click at x asks for the lanes around some worker

    def make_table(self) -> Pixels:
        return lane_table([self.first_slot], self.rows.height, 0, self.theme, self.ratio, HEAT_STATES)

    def row_pixels(self, edges: Edges, first: int, last: int, frame: Frame) -> Pixels:
        height = self.rows.height
        found = layers(heat_levels(self.counts(edges, frame), self.workers, height), height, 0)
        return look_up(self._table, found, first, last, self.px_column)

    def counts(self, edges: Edges, frame: Frame) -> Shares:
        """(columns, states): how many workers were in each."""
        every = np.float32(self.workers)
        counts: Shares = whole_columns(self.run.lanes.counts(edges, frame.now_ns)[None] / every, edges, frame.now_ns)[0]
        return counts * every

    def describe_row(self, y: float, moment: int, frame: Frame) -> list[str]:
        edges, width = self.column_at(moment, frame)
        counts = self.counts(edges, frame)[0]
        seen = [state for state in range(STATE_COUNT) if counts[state] >= LEAST_COUNT]
        lines = [f"{whole(counts[state])} {TABLE[state].several}" for state in seen]
        rest = self.workers - float(counts.sum())
        if rest >= LEAST_COUNT:
            lines.append(f"{whole(rest)} not begun, paused or ended")
        return [f"{whole(self.workers)} workers", *lines, f"on average over {duration(width)}"]

    def double_click(self, x: float, y: float) -> bool:
        self.opened.emit(x)
        return True
