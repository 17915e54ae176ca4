"""The stage: bar, axis, pulse, the groups of all runs, and the cores, one under the other on one clock.

The owner of the clock calls `tick` once per frame; nothing here has a timer. A tick computes new columns and asks for
repaints of what moved; twice a second it updates words, column widths and the lens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from playground.figures.core_parts import LiveRun
from playground.figures.records import RunStatistics
from playground.hosts import CoreSample
from ui.kit.drawing import Themed
from ui.kit.theme import Theme
from ui.stage.axis import HEIGHT as AXIS_HEIGHT
from ui.stage.axis import AxisRow
from ui.stage.band_panel import MARGIN, PLOT_LEFT
from ui.stage.band_plot import BandPlot
from ui.stage.beside import Beside
from ui.stage.close_up import Near
from ui.stage.cores_band import CoresPanel
from ui.stage.ended_runs import LATELY_NS, EndedRuns
from ui.stage.groups import Groups
from ui.stage.heights import PANEL_GAP, plan
from ui.stage.hover import RowedPlot
from ui.stage.pointing import Pointing
from ui.stage.pulse import HEIGHT as PULSE_HEIGHT
from ui.stage.pulse import PulsePanel
from ui.stage.run_group import GroupPanel
from ui.stage.run_plot import RunPlot
from ui.stage.stage_bar import HEIGHT as BAR_HEIGHT
from ui.stage.stage_bar import StageBar
from ui.stage.stage_run import StageRun
from ui.stage.ticks import TICK_ROOM, grid
from ui.stage.time_window import TimeWindow, age_words

SLOW_NS = 500_000_000
QUICK_NS, READABLE_NS = 300_000_000, 95_000_000
TOP = 2


class Stage(Themed, QWidget):
    pause_requested = Signal(int, bool)
    stop_requested = Signal(int)
    draw_failed = Signal(int, object)  # the run with a picture that is given up, and what was raised
    run_again_requested = Signal(int)
    dismiss_requested = Signal(int)
    lane_clicked = Signal(int, int, object)  # run, lane, moment in ns
    run_chosen = Signal(int)
    frozen_changed = Signal(bool)
    lens_toggled = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "stage", "Stage")
        self.fit(self.setMinimumSize, 420, 300)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.window_of_time = TimeWindow(self)
        self.groups: dict[int, GroupPanel] = {}
        self._chosen: int | None = None
        self._empty: QWidget | None = None
        self._slow_at = 0
        self._drawn_at = 0
        self._overdue = False  # a frame was due while nobody could see the stage
        self._needs_layout = True
        self._build(self.theme)
        self.ended = EndedRuns(self.groups, self.window_of_time, self.pulse, self.cores)
        self.window_of_time.frozen_changed.connect(self.frozen_changed)
        self.window_of_time.changed.connect(self._show_window)

    def _build(self, theme: Theme) -> None:
        window = self.window_of_time
        self.bar = StageBar(window, theme)
        self.pulse = PulsePanel(window, theme)
        self.axis = AxisRow(window, theme, self.pulse.plot.view)
        self.cores = CoresPanel(window, theme)
        self._scroll = Groups(theme)
        self._scroll_bar = self._scroll.scroll_bar
        for part in (self.bar, self.axis, self.pulse, self._scroll, self._scroll_bar, self.cores):
            part.setParent(self)
        self.pointing = Pointing(self, window, theme, self.plots, self.pointed_plots)
        self.pointing.reached.connect(self.bring_into_view)
        self.pointing.pressed.connect(self._press_pointed)
        self.card, self.under_mouse = self.pointing.card, self.pointing.under_mouse
        self.bar.lens_toggled.connect(self._show_lens)
        self._listen(self.pulse.plot)
        self._listen(self.cores.plot)

    # -- runs

    def add_run(self, run: StageRun, first_slot: int) -> None:
        group = GroupPanel(run, first_slot, self.window_of_time, self.theme)
        group.header.pause_requested.connect(self.pause_requested)
        group.header.stop_requested.connect(self.stop_requested)
        group.header.run_again_requested.connect(self.run_again_requested)
        group.header.dismiss_requested.connect(self.dismiss_requested)
        group.chosen.connect(self.run_chosen)
        group.resized.connect(self._need_layout)
        group.close_up.opened.connect(lambda near: self._show_near(group, near))
        group.close_up.folding.connect(lambda near: self._let_go(near.plot))
        group.lens.described.connect(lambda x, y, lines: self.card.tell(lines, self.pointing.place(group.lens, x, y)))
        group.lens.left.connect(self.card.hide)
        self._take_in(group, group.plot)
        if group.started is not None:
            self._take_in(group, group.started.plot)
        self.groups[run.number] = group
        self._scroll.hold(group)
        self.choose(run.number)
        self._layout()
        self._scroll.bring_into_view(group)

    def remove_run(self, number: int) -> None:
        group = self.groups.pop(number)
        self.ended.forget(number)
        for plot in group.plots:
            self._let_go(plot)
        group.hide()
        group.deleteLater()
        if self._chosen == number:
            self.choose(next(reversed(self.groups), None))
        end = self.window_of_time.end
        if end is not None and (end.run == number or not self.groups):
            self.live()
        self._layout()

    def stop_buttons(self, number: int) -> list[QWidget]:
        return [self.groups[number].header.stop_button] if number in self.groups else []

    def open_worker(self, number: int, worker: int) -> None:
        """Opens the lanes around a worker of a run that is one band."""
        if number in self.groups:
            self.groups[number].open_worker(worker)

    def choose(self, number: int | None) -> None:
        """Chooses the run that the verdict is about: its badge is filled, the lens is on it."""
        self._chosen = number
        for own, group in self.groups.items():
            group.header.emphasis = own == number
            group.set_lens(own == number and self.bar.lens.isChecked())

    def set_empty(self, widget: QWidget | None) -> None:
        """Sets what is shown between pulse and cores while there is no run."""
        if self._empty is not None and self._empty is not widget:
            self._empty.setParent(None)
        self._empty = widget
        if widget is not None:
            widget.setParent(self)
        self._layout()

    def show_statistics(self, statistics: list[RunStatistics]) -> None:
        for record in statistics:
            group = self.groups.get(record.number)
            if group is not None:
                self._of_group(group, group.show_statistics, record)

    def show_disturbance(self, number: int, short: str, whole: str) -> None:
        """Shows what other programs took from a run; empty: nothing."""
        if number in self.groups:
            self.groups[number].header.show_disturbance(short, whole)

    # -- measurements

    def add_beat(self, t_ns: int, lateness_ms: float) -> None:
        self.pulse.plot.add_beat(t_ns, lateness_ms)
        self.pointing.beat()

    def add_core_sample(self, sample: CoreSample) -> None:
        if self.cores.add(sample):
            self._need_layout()

    @property
    def busy_with_others(self) -> float:
        """Cores that other programs have now: what belongs neither to runs nor to this app."""
        return self.cores.plot.newest.busy_with_others()

    def lateness(self, window_s: float = 10.0) -> tuple[float, float, float] | None:
        """p50, p99 and max of the UI's lateness in ms; None before the first heartbeat."""
        return self.pulse.lateness(self.window_of_time.now, window_s)

    # -- time

    @property
    def frozen(self) -> bool:
        return self.window_of_time.frozen

    def freeze(self, on: bool) -> None:
        self.window_of_time.freeze(on)

    def zoom(self, factor: float) -> None:
        self.window_of_time.zoom(factor, 0.5 if self.window_of_time.offset else 1.0)

    def step_zoom(self, direction: int) -> None:
        """Goes to the next usual length: −1 shorter, +1 longer."""
        self.window_of_time.step(direction)

    def pan(self, part: float) -> None:
        self.window_of_time.pan(part)

    def live(self) -> None:
        self.window_of_time.live()

    def show_end(self, number: int, beside: Beside | None = None) -> None:
        """Shows the end of a run, whenever that was."""
        group = self.groups.get(number)
        if group is not None and group.run.ended_ns:
            self.ended.show(group, group.run.ended_ns, beside)
            self._scroll.bring_into_view(group)

    @property
    def lens_on(self) -> bool:
        return self.bar.lens.isChecked()

    def show_lens(self, on: bool) -> None:
        self.bar.lens.setChecked(on)

    def move_lens(self, steps: float) -> None:
        """Moves the lens by half widths of its own; negative is earlier."""
        group = self._chosen_group()
        if group is not None and group.lens_on:
            group.move_lens(steps)

    def to_begin(self) -> None:
        """Moves the beginning of the chosen run to the left edge."""
        group = self._chosen_group()
        if group is not None and group.run.started_ns:
            self.window_of_time.show_from(group.run.started_ns)

    def bring_into_view(self, widget: QWidget) -> None:
        """Scrolls to a part of a run that has got the keyboard."""
        if self._scroll.isAncestorOf(widget):
            self._scroll.ensureWidgetVisible(widget, 0, 0)

    def tick(self, now_ns: int) -> None:
        """Draws one frame."""
        window = self.window_of_time
        window.tick(now_ns)
        if self._needs_layout:
            self._layout()
        self.cores.take_over(now_ns, self._live_runs())
        if not self._seen():
            self._overdue = True
        elif self._worth_drawing(now_ns):
            self._drawn_at = now_ns
            self._draw_frame()
        if now_ns - self._slow_at >= SLOW_NS:
            self._slow_at = now_ns
            self._tick_slowly()
        self.pointing.tick(now_ns)

    def _seen(self) -> bool:
        """Is any part on the screen? Not while the window is minimised or, if the system says so, covered."""
        window = self.window()
        return self.isVisible() and not window.isMinimized() and window.windowHandle().isExposed()

    def _worth_drawing(self, now: int) -> bool:
        """Is this frame worth drawing? A live window so short that each frame is another picture needs but ten a
        second."""
        window = self.window_of_time
        return window.frozen or window.span >= QUICK_NS or now - self._drawn_at >= READABLE_NS

    def _draw_frame(self) -> None:
        self._overdue = False
        frame = self.window_of_time.frame(self.pulse.plot.px_width)
        self.pulse.plot.refresh(frame)
        for group in self.groups.values():
            self._of_group(group, group.refresh, frame, not self.frozen)
        self.cores.plot.refresh(frame)

    def _of_group(self, group: GroupPanel, draw: Callable[..., None], *given: object) -> None:
        """Draws a part of one run's picture. If that fails the group says so, and the others go on."""
        try:
            draw(*given)
        except Exception as problem:
            if not group.broken:  # a broken group fails again at its words, and that was reported
                self.break_down(group.run.number)
                self.draw_failed.emit(group.run.number, problem)

    def break_down(self, number: int) -> None:
        """Gives up the picture of a run; its words stay."""
        group = self.groups.get(number)
        if group is not None and not group.broken:
            self.pointing.forget(*group.plots)
            group.break_down()
            self._need_layout()

    def _tick_slowly(self) -> None:
        end = self.window_of_time.end
        figures = self.lateness() if end is None else self.pulse.lateness_then(end.moment, 10.0)
        self.bar.live.show_words()
        self.ended.note_beside()
        self.pulse.show_p99(None if figures is None else figures[1])
        self.cores.show_figures()
        for number, group in self.groups.items():
            shown = end if end is not None and end.run == number else None
            age = None if shown is None else age_words(self.window_of_time.now - shown.moment)
            group.header.set_age(f"ended {age} ago" if age else "")
            if group.plot.frame is not None:
                self._of_group(group, group.tick_slowly, group.plot.frame)

    @property
    def told_at(self) -> int:
        """When figures were last updated, which is twice a second."""
        return self._slow_at

    def _live_runs(self) -> list[LiveRun]:
        """The runs that had a core of this computer lately: samples are looked at a second time."""
        lately = self.window_of_time.now - LATELY_NS
        return [
            LiveRun(group.run, group.first_slot)
            for group in self.groups.values()
            if (not group.run.ended or (group.run.ended_ns or 0) > lately) and group.run.recipe.place.hardware.here
        ]

    def _show_window(self) -> None:
        """Shows another part of time: tells pyqtgraph, whose links pass it on, and sets the gridlines."""
        self._drawn_at = 0
        left, right = self.window_of_time.x_range
        self.pulse.plot.view.setXRange(left, right, padding=0)
        ticks = grid(self.window_of_time, self.pulse.plot.width(), self.px(TICK_ROOM))
        for plot in self.plots():
            plot.show_ticks(ticks)
        self.axis.axis.update()

    def plots(self) -> list[BandPlot]:
        return [self.pulse.plot, self.cores.plot, *(plot for group in self.groups.values() for plot in group.plots)]

    # -- the mouse

    def _listen(self, plot: BandPlot) -> None:
        self.pointing.listen(plot)
        if plot is not self.pulse.plot:
            plot.setXLink(self.pulse.plot.view)

    def _take_in(self, group: GroupPanel, plot: RunPlot) -> None:
        """Takes in a new plot of a run."""
        plot.clicked.connect(lambda x, y: self._lane_clicked(group, plot, x, y))
        self._listen(plot)

    def _show_near(self, group: GroupPanel, near: Near) -> None:
        self._take_in(group, near.plot)
        self._layout()
        self._scroll.ensureWidgetVisible(near, 0, 0)

    def _let_go(self, plot: RunPlot) -> None:
        self.pointing.forget(plot)
        plot.setXLink(None)

    def _lane_clicked(self, group: GroupPanel, plot: RunPlot, x: float, y: float) -> None:
        self.run_chosen.emit(group.run.number)
        moment, lane = plot.moment(x), plot.lane_at(y)
        if moment is None:
            return
        if group.lens_on:
            group.put_lens(moment)
        if lane is not None:
            self.lane_clicked.emit(group.run.number, lane, moment)

    # -- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.pointing.takes(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointing.end()

    def pointed_plots(self) -> list[RowedPlot]:
        """The plots that the keyboard goes through: those of the chosen run, and the cores."""
        group = self._chosen_group()
        return [*(group.plots if group is not None else []), self.cores.plot]

    def _press_pointed(self, plot: RunPlot, x: float, y: float) -> None:
        group = self._chosen_group()
        if group is not None:
            self._lane_clicked(group, plot, x, y)

    def _chosen_group(self) -> GroupPanel | None:
        return self.groups.get(self._chosen) if self._chosen is not None else None

    # -- layout

    def _show_lens(self, on: bool) -> None:
        self.choose(self._chosen)
        self.lens_toggled.emit(on)

    def _need_layout(self) -> None:
        self._needs_layout = True

    def _layout(self) -> None:
        """Gives everything its place."""
        self._needs_layout, px = False, self.px
        width = self.width() - 2 * px(MARGIN)
        if width < px(100):
            return
        self.bar.setGeometry(px(MARGIN - 4), px(TOP), width + px(4), px(BAR_HEIGHT))
        top = px(TOP) + px(BAR_HEIGHT)
        self.pulse.setGeometry(px(MARGIN), top + px(AXIS_HEIGHT), width, px(PULSE_HEIGHT))
        self.axis.setGeometry(px(MARGIN) + px(PLOT_LEFT), top, self.pulse.plot_width, px(AXIS_HEIGHT))
        top += px(AXIS_HEIGHT) + px(PULSE_HEIGHT) + px(PANEL_GAP)
        groups = list(self.groups.values())
        for group in groups:
            group.resize(width, group.height())
        heights = plan(
            self.height() - top - px(PANEL_GAP),
            [group.workers for group in groups],
            self.cores.count,
            lambda index, own: groups[index].height_with(own),
            self.theme.scale,
        )
        core_height = heights.cores.panel(self.cores.count)
        core_top = self.height() - px(PANEL_GAP) - core_height
        if not heights.scrolls and groups:
            core_top = top + sum(
                group.height_with(own) + px(PANEL_GAP) for group, own in zip(groups, heights.groups, strict=True)
            )
        at_end = self._scroll.at_end
        self.cores.setGeometry(px(MARGIN), core_top, width, core_height)
        self.cores.arrange(heights.cores)
        self._scroll.setGeometry(0, top, self.width(), core_top - px(PANEL_GAP) - top)
        self._scroll_bar.setGeometry(self.width() - px(MARGIN), top, px(MARGIN), core_top - px(PANEL_GAP) - top)
        self._scroll.lay_out(groups, heights.groups, width, at_end)
        self._layout_empty(QRectF(px(MARGIN), top, width, core_top - px(PANEL_GAP) - top))
        self._show_window()
        self.update()

    def _layout_empty(self, room: QRectF) -> None:
        if self._empty is not None:
            self._empty.setVisible(not self.groups)
            self._empty.setGeometry(room.toRect())
        self._scroll.setVisible(bool(self.groups))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), self.px
        painter.fillRect(event.rect(), QColor(self.theme.base))
        if not self.frozen:
            # The live edge reaches up to the word "now".
            x = px(MARGIN) + self.pulse.plot_right
            painter.fillRect(QRectF(x, self.pulse.y() - px(4), px(1), px(4)), QColor(self.theme.t1))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:  # the window was moved to another screen
            for plot in self.plots():
                plot.reset()
            self._need_layout()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._layout()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """When the window is seen again, completes the picture before it is painted."""
        if event.type() == QEvent.Type.Expose and self._overdue and self._seen():
            self._draw_frame()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        self.window().windowHandle().installEventFilter(self)  # once, however often it is asked
        self._layout()
        super().showEvent(event)
