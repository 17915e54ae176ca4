"""The group of one run: header, ribbons over lanes, lens, and what happened to the run.

Over a hundred workers the lanes are one band, which can be opened around a worker."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent

from playground.figures.records import RunStatistics
from playground.reading.lanes.store import MANY
from ui.kit import keys
from ui.kit.drawing import write
from ui.kit.theme import Theme
from ui.stage import group_header, group_message
from ui.stage.band_panel import MARGIN, BandPanel
from ui.stage.close_up import CloseUp, Near
from ui.stage.group_header import GroupHeader
from ui.stage.group_message import GroupMessage, kept_words, message_words
from ui.stage.heat_plot import HeatPlot
from ui.stage.heights import GroupHeights
from ui.stage.lanes_plot import LanesPlot
from ui.stage.lens import Lens
from ui.stage.lens_place import LENGTH_NS
from ui.stage.ribbons import Ribbons, ribbons_of
from ui.stage.run_block import HeatBlock, LanesBlock, RunBlock
from ui.stage.run_plot import RunPlot
from ui.stage.stage_run import StageRun
from ui.stage.started_block import StartedBlock, StartedPlot, StartedRun
from ui.stage.time_window import Frame, TimeWindow

HEADER = group_header.HEIGHT
BOTTOM = 8
NO_PICTURE = "The picture of this run cannot be drawn."
BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.OtherFocusReason)


class GroupPanel(BandPanel):
    chosen = Signal(int)
    resized = Signal()  # the group needs another height now

    def __init__(self, run: StageRun, first_slot: int, window: TimeWindow, theme: Theme) -> None:
        super().__init__(theme, f"run_{run.number}", f"Run {run.number}")
        self.run, self._window, self.first_slot = run, window, first_slot
        self.run_number = run.number
        self.workers = run.recipe.workers
        self.statistics: RunStatistics | None = None
        self.lens_on = False
        self.broken = False
        self._ring = False  # did the focus come by keyboard?
        self.header = GroupHeader(run, theme)
        self.close_up = CloseUp(self, run, first_slot, window)
        self.block = self._make_block(window, theme)
        self.plot.ribbons = ribbons_of(run, False, theme.scale)
        self.started = self._make_started(window, theme)
        self.message = GroupMessage(theme, run.number)
        self.lens = Lens(self.plot, theme)
        for part in (self.header, self.block, self.started, self.message, self.lens):
            if part is not None:
                part.setParent(self)
        self.lens.hide()
        self.plot.bracket_dragged.connect(self._put_lens)
        self.close_up.opened.connect(lambda near: near.plot.bracket_dragged.connect(self._put_lens))
        self.close_up.opened.connect(lambda _: self.resized.emit())
        self.close_up.moved.connect(self._show_near)
        self.message.run_again_requested.connect(lambda: self.header.run_again_requested.emit(run.number))
        window.changed.connect(self.update)

    def _make_block(self, window: TimeWindow, theme: Theme) -> HeatBlock | LanesBlock:
        number = self.run.number
        if not self.heat:
            lanes = LanesPlot(self.run, self.first_slot, window, theme)
            return LanesBlock(lanes, theme, f"run_{number}_lanes", f"Run {number}: its lanes")
        plot = HeatPlot(self.run, self.first_slot, window, theme)
        plot.opened.connect(lambda x: self.close_up.open_at(plot, x))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        enter = keys.words(Qt.Key.Key_Return)
        words = f"Run {number}: how many workers are in each state. {enter} opens the lanes around one"
        return HeatBlock(plot, theme, f"run_{number}_heat", words)

    def _make_started(self, window: TimeWindow, theme: Theme) -> StartedBlock | None:
        threads = self.run.started
        if threads is None:
            return None
        return StartedBlock(StartedPlot(StartedRun(self.run, threads), self.first_slot, window, theme), theme)

    # -- state

    @property
    def plot(self) -> RunPlot:
        return self.block.plot

    @property
    def blocks(self) -> list[RunBlock | Near]:
        """What stands between header and lens, from the top."""
        return [block for block in (self.block, self.close_up.near, self.started) if block is not None]

    @property
    def _seen(self) -> list[RunBlock | Near]:
        return [block for block in self.blocks if block is not self.started or self.started.plot.shown]

    @property
    def plots(self) -> list[RunPlot]:
        return [block.plot for block in self._seen]

    @property
    def over(self) -> bool:
        return self.header.words.over

    @property
    def trouble(self) -> bool:
        return self.header.words.trouble

    @property
    def heat(self) -> bool:
        return self.workers > MANY

    def set_theme(self, theme: Theme) -> None:
        self.plot.ribbons = replace(self.plot.ribbons, scale=theme.scale)
        super().set_theme(theme)

    def break_down(self) -> None:
        """The run cannot be drawn: a line says so instead of lanes."""
        self.broken = self.close_up.given_up = True
        for part in (*self.blocks, self.lens):
            part.hide()
        self.setAccessibleDescription(NO_PICTURE)
        self.resized.emit()
        self.update()

    # -- the lens

    def set_lens(self, on: bool) -> None:
        on = on and not self.broken
        if on != self.lens_on:
            self.lens_on = on
            self.lens.setVisible(on)
            if not on:
                self.lens.place.release()
                for plot in self.plots:
                    plot.set_bracket(None)
            self.resized.emit()

    def put_lens(self, moment: int) -> None:
        """Puts the middle of the lens at a moment."""
        self._put_lens(moment - LENGTH_NS // 2)

    def move_lens(self, steps: float) -> None:
        if self.lens.place.start is not None:
            self._put_lens(self.lens.place.start + int(steps * LENGTH_NS / 2))

    def _put_lens(self, start: object) -> None:
        if isinstance(start, int):
            self.lens.place.put(start)
            self.lens.renew()
            self.lens.show_age()

    # -- a few of very many lanes

    def open_worker(self, worker: int | None = None) -> None:
        """Opens the lanes around a worker of a run that is one band; without one, those that were open last."""
        if self.heat:
            self.close_up.open(worker)

    def _show_near(self) -> None:
        near = self.close_up.near
        self.lens.show_only(None if near is None else near.plot.shown)
        if near is None:
            self.resized.emit()
        elif self.statistics is not None:
            near.show_statistics(self.statistics, self.over)

    # -- height

    def height_with(self, heights: GroupHeights) -> int:
        """The height of the whole group with lanes, gaps and lens rows of these heights."""
        px = self.px
        height = px(HEADER) + sum(block.height_with(heights) for block in self.blocks)
        height += self.lens.height_with(heights.lens_row, heights.lens_rows) + px(4) if self.lens_on else px(BOTTOM)
        return height + (px(group_message.HEIGHT) if self.message.words else 0)

    def arrange(self, heights: GroupHeights) -> None:
        for block in self.blocks:
            block.arrange(heights)
        self.lens.set_rows(heights.lens_row, heights.lens_rows)
        self.place()

    def place(self) -> None:
        px, width, top = self.px, self.width(), self.px(HEADER)
        self.header.setGeometry(0, 0, width, px(HEADER))
        for block in self.blocks:
            block.setGeometry(0, top, width, block.height_needed)
            top += block.height_needed
        if self.lens_on:
            self.lens.setGeometry(0, top, width, self.lens.height_with(self.lens.row, self.lens.most))
            self.lens.lower()
        message_top = self.height() - px(group_message.HEIGHT) - px(2)
        self.message.setGeometry(0, message_top, width, px(group_message.HEIGHT))

    # -- each frame

    def refresh(self, frame: Frame, live: bool) -> None:
        if self.broken:
            return
        dirty = self.run.lanes.take_dirty()
        if self.lens_on:
            self.lens.note_dirty(dirty)
        for plot in self.plots:
            plot.note_dirty(dirty)
        if self.started is not None:
            self.started.plot.note_dirty(self.started.plot.run.lanes.take_dirty())
        if self.visibleRegion().isEmpty():
            for plot in self.plots:  # scrolled out of sight: what is dirty stays noted
                plot.let_go()
            return
        for plot in self.plots:
            plot.refresh(frame)
        if self.lens_on:
            self.lens.tick(frame, live)
            for plot in self.plots:
                plot.set_bracket(self.plot.bracket)

    # -- twice a second

    def show_statistics(self, statistics: RunStatistics) -> None:
        self.statistics = statistics
        self.header.show_statistics(statistics)
        self.setAccessibleDescription(self.header.accessibleDescription() if not self.broken else NO_PICTURE)
        if not self.broken:
            self._show_in_picture(statistics)
        if self.message.show_words(message_words(statistics), kept_words(statistics)):
            self.update()
            self.resized.emit()

    def _show_in_picture(self, statistics: RunStatistics) -> None:
        self._show_ribbons(ribbons_of(self.run, not statistics.interpreter.gil_enabled, self.theme.scale))
        for plot in self.plots:
            plot.crashed = self.trouble
        for block in self.blocks:
            block.show_statistics(statistics, self.over)
        if self.started is not None and self.started.follow():
            self.resized.emit()

    def _show_ribbons(self, own: Ribbons) -> None:
        """Shows the ribbons. Their number is known once the lab has answered, or its workers have begun."""
        before = self.plot.ribbons
        if own != before:
            self.block.show_ribbons(own)
            if own.height != before.height:
                self.resized.emit()

    def tick_slowly(self, frame: Frame) -> None:
        if self.broken:
            return
        for plot in self.plots:
            if not plot.blank:
                plot.consider_width(frame)
        if isinstance(self.block, HeatBlock) and not self.plot.blank:
            self.block.tell_counts(frame)
        if self.lens_on:
            self.lens.tick_slowly()
        ended = self.run.ended_ns
        dimmed = bool(self.over and ended and ended < frame.left_ns)
        for part in (self, self.header, self.block, self.started):
            if part is not None:
                part.dimmed = dimmed

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        line = self.theme.accent if self._ring and self.hasFocus() else None
        painter = QPainter(self)
        self.draw_ground(painter, self.theme.trouble_line if self.trouble else line)
        self.draw_words(painter, event.rect())

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        px = self.px
        if self.broken:
            room = QRectF(px(MARGIN + 2), px(HEADER + 4), self.width() - 2 * px(MARGIN), px(20))
            write(painter, room, (NO_PICTURE, self.theme.font(13), self.theme.t2))
            return
        live = not self._window.frozen and not self.dimmed
        self.draw_edge(painter, px(HEADER - 2), self._seen[-1].geometry().bottom() + px(2), live)

    # -- mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.run.number)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.heat or not self.close_up.takes(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in BY_KEYBOARD
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)
