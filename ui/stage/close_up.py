"""A few lanes out of very many: those around one worker, below the band that counts all. Enter or a double click opens
them. The worker's number or name can be typed; arrow keys go from worker to worker, and Escape folds the lanes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit

from playground.figures.records import RunStatistics
from playground.reading.worker_name import worker_name
from ui.kit import keys
from ui.kit.drawing import RING, Themed, box, write
from ui.kit.drawn import Drawn
from ui.kit.quantities import whole
from ui.kit.theme import Face, Theme
from ui.stage.band_panel import PLOT_LEFT, BandPanel
from ui.stage.heights import GroupHeights
from ui.stage.lanes_plot import LanesPlot
from ui.stage.run_block import LanesBlock
from ui.stage.run_plot import RunPlot
from ui.stage.stage_run import StageRun
from ui.stage.time_window import TimeWindow

SHOWN, GAP = 7, 3
BAR = 34
FIELD = 72
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -SHOWN, Qt.Key.Key_PageDown: SHOWN}


def lanes_around(worker: int, workers: int, count: int = SHOWN) -> range:
    """`count` lanes with the worker in the middle, or as near to it as the ends allow."""
    first = max(0, min(worker - count // 2, workers - count))
    return range(first, min(workers, first + count))


def worker_of(words: str, workers: int) -> int | None:
    """The worker with a number (from 1) or a name; None if there is none."""
    words = "".join(words.split()).upper()
    if words.isascii() and words.isdigit():
        lane = int(words) - 1
    elif words.isascii() and words.isalpha():
        lane = 0
        for letter in words:
            lane = lane * 26 + ord(letter) - ord("A") + 1
        lane -= 1
    else:
        return None
    return lane if 0 <= lane < workers else None


class WorkerField(Themed, QLineEdit):
    """A field for the name or number of a worker."""

    stepped = Signal(int)
    folded = Signal()
    wrong = Drawn(False)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name, "Worker: its name or its number")
        self.setToolTip("A worker's name or number; up and down go to the next")
        self.fit(self.setFont, Face(13, 600))
        self.setMaxLength(8)
        self.fit(self.setTextMargins, 7, 0, 7, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.folded.emit()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # else the group takes the key too, and opens what is already open

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def paintEvent(self, event: Any) -> None:
        theme = self.theme
        line = theme.warn if self.wrong else theme.accent if self.hasFocus() else theme.line2
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self.px(6), theme.raised, line)
        painter.end()
        super().paintEvent(event)


class Near(BandPanel):
    """The panel: the field, and the lanes below it."""

    grounded = False
    folded = Signal()
    moved = Signal(int)  # to the lanes around another worker

    def __init__(self, run: StageRun, first_slot: int, window: TimeWindow, theme: Theme) -> None:
        super().__init__(theme, f"near_{run.number}", f"Run {run.number}: lanes around one worker")
        self.run, self.workers = run, run.recipe.workers
        self.worker = 0
        plot = LanesPlot(run, first_slot, window, theme, lanes_around(0, self.workers))
        self.block = LanesBlock(plot, theme, f"near_{run.number}_lanes", f"Run {run.number}: a few of its lanes")
        self.field = WorkerField(theme, f"near_{run.number}_worker")
        own = f"near_{run.number}"
        self.previous = self.small_button(f"{own}_previous", "up", "The worker before (up)", lambda: self.step(-1))
        self.next = self.small_button(f"{own}_next", "down", "The worker after (down)", lambda: self.step(1))
        words = keys.tip("Fold these lanes", keys.words(Qt.Key.Key_Escape))
        self.close_button = self.small_button(f"{own}_fold", "close", words, self.folded)
        for part in (self.block, self.field):
            part.setParent(self)
        self.field.stepped.connect(self.step)
        self.field.folded.connect(self.folded)
        self.field.returnPressed.connect(self._take_typed)
        self.field.textEdited.connect(lambda _: self._set_wrong(False))

    @property
    def plot(self) -> LanesPlot:
        return self.block.plot

    @property
    def height_needed(self) -> int:
        return self.px(BAR) + self.block.height_needed

    def height_with(self, heights: GroupHeights) -> int:
        return self.px(BAR) + self.block.height_with(self._own(heights))

    def arrange(self, heights: GroupHeights) -> None:
        self.block.arrange(self._own(heights))
        self.place()

    def _own(self, heights: GroupHeights) -> GroupHeights:
        return replace(heights, lane=heights.near, gap=self.px(GAP))

    # -- which worker

    def show_worker(self, worker: int) -> None:
        self.worker = max(0, min(worker, self.workers - 1))
        self.block.show_lanes(lanes_around(self.worker, self.workers), self.worker)
        self.field.setText(worker_name(self.worker))
        self._set_wrong(False)
        self.update()
        self.moved.emit(self.worker)

    def step(self, steps: int) -> None:
        self.show_worker(self.worker + steps)
        if self.field.hasFocus():
            self.field.selectAll()

    def _take_typed(self) -> None:
        worker = worker_of(self.field.text(), self.workers)
        if worker is None:
            self._set_wrong(True)
        else:
            self.show_worker(worker)
            self.field.selectAll()

    def _set_wrong(self, wrong: bool) -> None:
        self.field.wrong = wrong
        self.update()

    def show_statistics(self, statistics: RunStatistics, over: bool) -> None:
        self.block.show_statistics(statistics, over)

    # -- painting

    def place(self) -> None:
        px = self.px
        self.field.setGeometry(px(PLOT_LEFT), px(5), px(FIELD), px(24))
        left = px(PLOT_LEFT + FIELD + 2)
        for button in (self.previous, self.next):
            button.resize(button.sizeHint())
            button.move(left, px(5 - RING))
            left += button.width() - 2 * px(RING) + px(2)
        self.close_button.resize(self.close_button.sizeHint())
        self.close_button.move(self.text_right + px(RING) - self.close_button.width(), px(5 - RING))
        self.block.setGeometry(0, px(BAR), self.width(), self.height() - px(BAR))

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        theme, px = self.theme, self.px
        write(painter, self.labels(px(5), px(24)), ("Around worker", theme.font(12, 500), theme.t2))
        left = px(PLOT_LEFT + FIELD + 64)
        room = QRectF(left, px(5), self.plot_right - left, px(24))
        words, ink = f"{whole(self.worker + 1)} of {whole(self.workers)}", theme.t3
        if self.field.wrong:
            words = f"there is none: A to {worker_name(self.workers - 1)}, or 1 to {whole(self.workers)}"
            ink = theme.warn
        write(painter, room, (words, theme.font(12), ink))


class CloseUp(QObject):
    """Opens the lanes around a worker in the group of their run, and folds them again."""

    opened, folding = Signal(object), Signal(object)  # the panel with the lanes
    moved = Signal()  # other lanes are open now, or none

    def __init__(self, group: BandPanel, run: StageRun, first_slot: int, window: TimeWindow) -> None:
        super().__init__(group)
        self._group, self._run, self._first_slot, self._window = group, run, first_slot, window
        self._worker = 0  # around whom lanes were opened last
        self.near: Near | None = None
        self.given_up = False  # nothing can be drawn, so nothing opens

    def open(self, worker: int | None = None) -> None:
        """Opens the lanes around a worker; without one, those that were open last."""
        if self.given_up:
            return
        if self.near is None:
            self.near = near = Near(self._run, self._first_slot, self._window, self._group.theme)
            near.setParent(self._group)
            near.folded.connect(self.fold)
            near.moved.connect(self._note_moved)
            near.show()
            self.opened.emit(near)
        self.near.show_worker(self._worker if worker is None else worker)

    def open_at(self, plot: RunPlot, x: float) -> None:
        """Opens the lanes around the worker that ran longest at `x` of a plot, if any did."""
        moment, frame = plot.moment(x), plot.frame
        if moment is not None and frame is not None and self.near is None:
            edges, _ = plot.column_at(moment, frame)
            self.open(max(0, int(self._run.lanes.longest_running(np.asarray(edges))[0])))
        self._ask_for_worker()

    def _ask_for_worker(self) -> None:
        self.open()
        if self.near is not None:
            self.near.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def fold(self) -> None:
        if self.near is not None:
            near, self.near = self.near, None
            self.folding.emit(near)
            focused = near.field.hasFocus()
            near.hide()
            near.deleteLater()
            if focused:
                self._group.setFocus(Qt.FocusReason.OtherFocusReason)
            self.moved.emit()

    def _note_moved(self, worker: int) -> None:
        self._worker = worker
        self.moved.emit()

    def takes(self, event: QKeyEvent) -> bool:
        """Takes a key that the group has got."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask_for_worker()
        elif self.near is not None and key in STEPS:
            self.near.step(STEPS[key])
        elif self.near is not None and key == Qt.Key.Key_Escape:
            self.fold()
        else:
            return False
        return True
