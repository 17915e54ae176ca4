"""The cores: a strip for each, filled by how busy it was, coloured by the worker that ran there.

Usage is sampled about ten times a second; `playground.figures.core_parts` finds whose it was. Workers are stacked
first, then what their runs need beside them (hatched), then this app, and last other programs, in grey. Nothing is
interpolated: a sample is as wide as the time that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from playground.figures.core_parts import APP, OTHER, OWN, SLOTS, LiveRun, Owner
from playground.hosts import CoreSample
from ui.kit.drawing import box, width_of, write
from ui.kit.patterns import Pixels, core_table, own_color, pixel
from ui.kit.theme import Theme
from ui.stage.band_panel import MARGIN, PERCENT_RIGHT, PLOT_LEFT, BandPanel
from ui.stage.band_plot import RowPlaces
from ui.stage.core_history import CoreHistory
from ui.stage.heights import CoreHeights
from ui.stage.past_plot import PastPlot
from ui.stage.pixel_ring import PixelRing, layers, levels, look_up
from ui.stage.time_window import Frame, TimeWindow

RECORDS_COME_NS = 15_000_000
LETTERED = 12  # px: rows at least this far apart carry words
TOP = 8
LEAST_TOLD = 0.005
CHIP = 13  # px, of the chip beside a name
BESIDE = "start-up, loop, own threads"  # what a lab takes beside its workers


class CoresPlot(PastPlot[CoreHistory]):
    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        self.newest = CoreHistory(0)
        self.rows = RowPlaces()
        self._table: Pixels = np.zeros((1, 1, 1), np.uint32)
        super().__init__(window, theme)

    def add(self, sample: CoreSample, runs: Sequence[LiveRun]) -> None:
        if self.newest.cores != len(sample.usage):
            self.newest = CoreHistory(len(sample.usage))
        self.newest.names.update({live.first_slot % SLOTS: f"run {live.run.number}" for live in runs})
        self.note_dirty(self.newest.add(sample, runs))

    def arrange(self, rows: RowPlaces) -> None:
        if rows != self.rows:
            self.rows = rows
            self.reset()

    def refresh(self, frame: Frame) -> bool:
        return 0 < self.rows.count == self.newest.cores and super().refresh(frame)

    def make_ring(self, width: int) -> PixelRing:
        ring = PixelRing(max(1, self.rows.bottom), width)
        ring.pixels[:] = pixel(self.theme.panel)
        self._table = core_table(SLOTS, self.rows.count, self.rows.height, self.rows.gap, self.theme, self.ratio)
        return ring

    def paint_columns(self, ring: PixelRing, first: int, last: int, frame: Frame) -> None:
        edges = np.arange(first, last + 1, dtype=np.int64) * frame.px_ns
        parts = self.shown.per_column(edges, frame.right_ns)
        found = layers(levels(parts, self.rows.height), self.rows.height, self.rows.gap)
        block = look_up(self._table, found, first, last, 1)
        ring.write(first, block[: ring.height])

    def row_around(self, y: float) -> tuple[float, float] | None:
        return self.rows.around(y)

    def describe(self, x: float, y: float) -> list[str]:
        moment, core = self.moment(x), self.rows.row_at(y)
        if moment is None or core is None:
            return []
        history = self.shown
        row = int(history.find(np.array([moment], np.int64), moment)[0])
        if row < 0:
            return [f"core {core}", "not sampled here"]
        sample, owner = history.samples[row], history.owners[row][core]
        lines = [f"core {core}", f"{sample.usage[core] * 100:.0f} % busy"]
        if owner is not None and owner.lane is not None:
            lines.append(f"{owner.name}: {owner.part * 100:.0f} %")
        parts = history.parts[row, core]
        for slot in np.flatnonzero(parts[OWN:APP] > LEAST_TOLD):
            whose = history.names.get(int(slot), "a run")
            lines.append(f"{whose}: {BESIDE}: {parts[OWN + slot] * 100:.0f} %")
        for layer, whose in ((APP, "this window"), (OTHER, "other programs")):
            if parts[layer] > LEAST_TOLD:
                lines.append(f"{whose}: {parts[layer] * 100:.0f} %")
        return [*lines, f"sampled over {sample.dt_ns / 1e6:.0f} ms"]


def name_within(name: str, room: float, theme: Theme) -> str:
    """The name of who has a core, as it fits beside the chip. A number alone is that of a run."""
    return name if width_of(name, theme.font(11)) + theme.px(CHIP) <= room else name.removeprefix("run ")


class CoreFigure(NamedTuple):
    """What stands beside a core: its percentage, whether to stress that, and who is there."""

    percent: str
    busy: bool
    owner: Owner | None


class CoresPanel(BandPanel):
    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        super().__init__(theme, "cores", "Cores: how busy each is, and with what")
        self.plot = CoresPlot(window, theme)
        self.plot.setParent(self)
        self._window = window
        self._pending: list[CoreSample] = []
        self._busy = ""
        self._figures: list[CoreFigure] = []
        self._usage: npt.NDArray[np.float32] = np.zeros(0, np.float32)  # in the sample that is shown
        window.changed.connect(self.update)

    @property
    def count(self) -> int:
        return self.plot.newest.cores or (len(self._pending[-1].usage) if self._pending else 0)

    def arrange(self, heights: CoreHeights) -> None:
        self.plot.arrange(RowPlaces.of(float(self.devicePixelRatioF()), 0, self.count, heights.row, heights.gap))
        self.place()

    def place(self) -> None:
        self.plot.setGeometry(self.px(PLOT_LEFT), self.px(TOP), self.plot_width, max(1, self.plot.rows.logical_bottom))

    def add(self, sample: CoreSample) -> bool:
        """Keeps a sample until the workers' records of that time have come. Is the number of cores new?"""
        new = len(sample.usage) != self.count
        self._pending.append(sample)
        return new

    def take_over(self, now: int, runs: Sequence[LiveRun]) -> None:
        """Finds the owners in samples once the workers' records of that time have come."""
        while self._pending and now - self._pending[0].t_ns > RECORDS_COME_NS:
            self.plot.add(self._pending.pop(0), runs)

    # -- words, twice a second

    def show_figures(self) -> None:
        """Shows the figures of now; where the picture stands at an end, of then."""
        history, px, end = self.plot.shown, self.px, self._window.end
        last = history.count
        if end is not None:
            last = min(last, int(np.searchsorted(history.end[:last], end.moment)) + 1)
        if not last:
            return
        usage = np.mean([sample.usage for sample in history.samples[max(0, last - 5) : last]], axis=0)
        self._usage = history.samples[last - 1].usage
        busy = f"{usage.sum():.1f} of {history.cores} busy"
        if busy != self._busy:
            self._busy = busy
            self.setAccessibleDescription(busy)
            self.update(0, 0, px(PLOT_LEFT), self.height())
        figures = [
            CoreFigure(f"{used * 100:.0f} %", bool(used > 0.05), owner)
            for used, owner in zip(usage, history.owners[last - 1], strict=True)
        ]
        for core, (new, old) in enumerate(zip(figures, self._figures, strict=False)):
            if new != old and self._lettered:
                place = self.plot.rows.place(core)
                self.repaint_figures(px(TOP) + place.top() - px(3), place.height() + px(6))
        if len(figures) != len(self._figures) or not self._lettered:
            self.repaint_figures(0, self.height())
        self._figures = figures

    @property
    def _lettered(self) -> bool:
        return self.plot.rows.pitch >= LETTERED * self.plot.unit

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        theme, px = self.theme, self.px
        if part.left() < px(PLOT_LEFT):
            write(painter, QRectF(px(MARGIN), px(9), px(70), px(18)), ("Cores", theme.font(13, 600), theme.t1))
            write(painter, QRectF(px(MARGIN), px(28), px(92), px(16)), (self._busy, theme.font(11), theme.t3))
            self._draw_numbers(painter)
        if part.right() >= self.plot_right:
            self._draw_figures(painter, part)
            bottom = px(TOP) + self.plot.rows.bottom / self.plot.ratio
            self.draw_edge(painter, px(TOP - 2), bottom, not self._window.frozen)

    def _draw_numbers(self, painter: QPainter) -> None:
        rows, px = self.plot.rows, self.px
        step = next(n for n in (1, 2, 4, 8, 16, 32, 64, 128) if n * rows.pitch >= LETTERED * self.plot.unit or n == 128)
        for core in range(0, rows.count, step):
            place = rows.place(core)
            room = QRectF(px(PLOT_LEFT - 40), px(TOP) + place.center().y() - px(7), px(30), px(14))
            write(painter, room, (str(core), self.theme.font(11), self.theme.t2), "right")

    def _draw_figures(self, painter: QPainter, part: QRect) -> None:
        if not self._lettered:
            self._draw_summary(painter)
            return
        theme, px, rows = self.theme, self.px, self.plot.rows
        for core, (percent, busy, owner) in enumerate(self._figures[: rows.count]):
            place = rows.place(core)
            top, height = px(TOP) + place.center().y() - px(8), px(16.0)
            if top + height < part.top() or top > part.bottom():
                continue
            ink = theme.t1 if busy else theme.t3
            write(painter, self.percent_room(top, height), (percent, theme.font(12, 600), ink), "right")
            if owner is not None:
                room = QRectF(self.gutter + px(PERCENT_RIGHT + 4), top, 0, height)
                room.setRight(self.text_right)
                name = name_within(owner.name, room.width(), theme)
                width = write(painter, room, (name, theme.font(11), theme.t2), "right")
                left = self.text_right - max(width + px(CHIP), px(28))
                chip = QRectF(left, top + px(4), px(8), px(8))
                color = theme.worker(owner.slot)
                box(painter, chip, px(2), color if owner.lane is not None else own_color(color, theme), None)

    def _draw_summary(self, painter: QPainter) -> None:
        """Draws a summary where cores are too many for a figure each: all together, and the busiest."""
        if not self._figures:
            return
        theme, px, usage = self.theme, self.px, self._usage
        words = [
            (f"{usage.mean() * 100:.0f} %", "of all"),
            (f"{usage.max() * 100:.0f} %", f"core {int(usage.argmax())}"),
        ]
        for row, (percent, what) in enumerate(words):
            top = px(TOP) + row * px(18.0)
            texts = (percent, theme.font(12, 600), theme.t1), (what, theme.font(11), theme.t3)
            self.write_figure(painter, top, px(16), texts)
