"""The group of one run: its header, the GIL ribbon over its lanes, the lens, and what happened to it.

The header and the figures beside the lanes are words from the run's statistics, which come twice a second; a word that
did not change is not painted again."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent

from playground import catalogue
from playground.figures import RunStatistics, WorkerStatistics, worker_name
from ui import icons
from ui.panels.controls import RING, Button, Text, badge, box, width_of, write
from ui.stage.band import MARGIN, PERCENT_RIGHT, PLOT_LEFT, BandPanel, Rows
from ui.stage.lanes_plot import LanesPlot
from ui.stage.layout import GroupHeights
from ui.stage.lens import LENGTH_NS, Lens, height_for
from ui.stage.source import StageRun
from ui.stage.time_window import Frame, TimeWindow
from ui.theme import Theme, font

HEADER = 34
RIBBON, RIBBON_GAP = 10, 4
MESSAGE = 50
BOTTOM = 8
BUTTON = 24
LETTERED = 11  # px: lanes at least this high carry words
HEAT_FROM = 100
PROGRESS = 104
DIMMED = 0.6
TROUBLE = ("crashed", "failed")


def throughput_words(value: float) -> str:
    if value >= 10_000:
        return f"{value:,.0f}".replace(",", "\u2009")
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percent_words(part: float) -> str:
    return f"{part * 100:.0f} %"


class GroupPanel(BandPanel):
    pause_requested = Signal(int, bool)
    stop_requested = Signal(int)
    run_again_requested = Signal(int)
    dismiss_requested = Signal(int)
    chosen = Signal(int)
    resized = Signal()  # it needs another height now

    def __init__(self, run: StageRun, first_slot: int, window: TimeWindow, theme: Theme) -> None:
        super().__init__(theme, f"run_{run.number}", f"Run {run.number}")
        self.run, self._window = run, window
        self.job, self.model = catalogue.job(run.recipe.job), catalogue.model(run.recipe.model)
        self.workers = run.recipe.workers
        self.statistics: RunStatistics | None = None
        self.emphasis = False
        self.lens_on = False
        self.dimmed = False
        self.pending_dirty: int | None = None
        self._header: tuple[str, ...] = ()
        self._figures: list[tuple[str, str]] = []
        self._ids: list[str] = []
        self._ribbon_words = ""
        self._message = ""
        self.plot = LanesPlot(run, first_slot, window, theme)
        self.plot.setParent(self)
        self.lens = Lens(self.plot, theme)
        self.lens.setParent(self)
        self.lens.hide()
        self.plot.bracket_dragged.connect(self._put_lens)
        self._make_buttons()
        window.changed.connect(self.update)

    def _make_buttons(self) -> None:
        number = self.run.number
        self.pause_button = self._button("pause", "pause", f"Pause run {number}")
        self.stop_button = self._button("stop", "stop", f"Stop run {number}")
        self.again_button = self._button("again", "again", f"Run {number} again")
        self.dismiss_button = self._button("dismiss", "close", f"Dismiss run {number}")
        self.pause_button.clicked.connect(lambda: self.pause_requested.emit(number, not self.paused))
        self.stop_button.clicked.connect(lambda: self.stop_requested.emit(number))
        self.again_button.clicked.connect(lambda: self.run_again_requested.emit(number))
        self.dismiss_button.clicked.connect(lambda: self.dismiss_requested.emit(number))
        self.message_button = Button(
            self.theme, f"run_{number}_message_again", "Run again", px=13, height=28, padding=12, accessible="Run again"
        )
        self.message_button.setParent(self)
        self.message_button.clicked.connect(lambda: self.run_again_requested.emit(number))
        self._show_buttons()

    def _button(self, name: str, icon: str, words: str) -> Button:
        button = Button(
            self.theme,
            f"run_{self.run.number}_{name}",
            icon=icon,
            height=BUTTON,
            padding=5,
            icon_px=14,
            icon_ink="t2",
            accessible=words,
            tip=words,
        )
        button.setParent(self)
        return button

    # -- state

    @property
    def paused(self) -> bool:
        return self.statistics is not None and self.statistics.phase == "paused"

    @property
    def over(self) -> bool:
        return self.run.ended or (self.statistics is not None and self.statistics.phase == "ended")

    @property
    def trouble(self) -> bool:
        return self.statistics is not None and self.statistics.outcome in TROUBLE

    @property
    def heat(self) -> bool:
        return self.workers > HEAT_FROM

    @property
    def _lettered(self) -> bool:
        """Are the lanes high enough for words of their own?"""
        return not self.heat and self.plot.rows.height >= LETTERED * self.plot.ratio

    @property
    def ribbon(self) -> bool:
        return self.run.has_ribbon

    @property
    def lanes_top(self) -> int:
        return RIBBON + RIBBON_GAP if self.ribbon else 0

    def set_theme(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self.lens.set_theme(theme)
        for button in (*self._header_buttons(), self.message_button):
            button.set_theme(theme)
        super().set_theme(theme)

    def set_emphasis(self, on: bool) -> None:
        if on != self.emphasis:
            self.emphasis = on
            self.update(0, 0, PLOT_LEFT, HEADER)

    def set_lens(self, on: bool) -> None:
        if on != self.lens_on:
            self.lens_on = on
            self.lens.setVisible(on)
            if not on:
                self.lens.place.release()
                self.plot.set_bracket(None)
            self.resized.emit()

    def put_lens(self, moment: int) -> None:
        """Its middle at a moment."""
        self._put_lens(moment - LENGTH_NS // 2)

    def move_lens(self, steps: float) -> None:
        if self.lens.place.start is not None:
            self._put_lens(self.lens.place.start + int(steps * LENGTH_NS / 2))

    def _put_lens(self, start: object) -> None:
        if isinstance(start, int):
            self.lens.place.put(start)
            self.lens.renew()
            self.lens.show_age()

    # -- height

    def height_with(self, heights: GroupHeights) -> int:
        """Its whole height with lanes, gaps and lens rows of the given heights."""
        rows = self._rows(heights, 1.0)
        lens = height_for(self.workers, self.ribbon, heights.lens_row, heights.lens_rows) if self.lens_on else 0
        return HEADER + rows.logical_bottom + (lens + 4 if lens else BOTTOM) + (MESSAGE if self._message else 0)

    def _rows(self, heights: GroupHeights, ratio: float) -> Rows:
        if self.heat:
            return Rows.of(ratio, self.lanes_top, 1, heights.heat, 0)
        return Rows.of(ratio, self.lanes_top, self.workers, heights.lane, heights.gap)

    def arrange(self, heights: GroupHeights) -> None:
        ratio = float(self.devicePixelRatioF())
        rows = self._rows(heights, ratio)
        self.plot.arrange(round(RIBBON * ratio) if self.ribbon else 0, rows, self.heat)
        self.lens.set_rows(heights.lens_row, heights.lens_rows)
        self._place(rows)

    def _place(self, rows: Rows) -> None:
        self.plot.setGeometry(PLOT_LEFT, HEADER, self.plot_width, rows.logical_bottom)
        top = HEADER + rows.logical_bottom
        if self.lens_on:
            height = height_for(self.workers, self.ribbon, self.lens.row, self.lens.most)
            self.lens.setGeometry(0, top, self.width(), height)
            self.lens.lower()
        self._place_buttons()

    def _place_buttons(self) -> None:
        right = self.text_right + RING
        for button in reversed(self._header_buttons()):
            if button.isVisibleTo(self):
                button.resize(button.sizeHint())
                right -= button.width()
                button.move(right, 5 - RING)
                right += 2 * RING - 4
        self.message_button.setVisible(bool(self._message) and self.over)
        size = self.message_button.sizeHint()
        middle = self.height() - MESSAGE // 2 - 4
        self.message_button.setGeometry(
            self.text_right - size.width() + RING, middle - size.height() // 2, size.width(), size.height()
        )

    def _header_buttons(self) -> list[Button]:
        return [self.pause_button, self.stop_button, self.again_button, self.dismiss_button]

    def _show_buttons(self) -> None:
        over = self.over
        for button, shown in zip(self._header_buttons(), (not over, not over, over, over), strict=True):
            button.setVisible(shown)
        self.pause_button.set_icon("play" if self.paused else "pause")
        words = f"{'Go on with' if self.paused else 'Pause'} run {self.run.number}"
        if words != self.pause_button.toolTip():
            self.pause_button.setToolTip(words)
            self.pause_button.setAccessibleName(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place(self.plot.rows)

    # -- each frame

    def refresh(self, frame: Frame, live: bool) -> None:
        dirty = self.run.lanes.take_dirty()
        self.plot.note_dirty(dirty)
        self.note_dirty(dirty)
        if self.visibleRegion().isEmpty():
            return  # scrolled out of sight; what is dirty stays noted
        self.plot.refresh(frame)
        if self.lens_on:
            self.lens.tick(frame, live)

    def note_dirty(self, since: int | None) -> None:
        if since is not None and self.lens_on:
            self.pending_dirty = since if self.pending_dirty is None else min(self.pending_dirty, since)

    # -- twice a second

    def show_statistics(self, statistics: RunStatistics) -> None:
        self.statistics = statistics
        was_message = self._message
        self._message = self._message_words(statistics)
        self.plot.crashed = self.trouble
        self._show_buttons()
        self._show_header(statistics)
        self._show_figures(statistics)
        self._place_buttons()
        if self._message != was_message:
            self.resized.emit()

    def tick_slowly(self, frame: Frame) -> None:
        self.plot.consider_width(frame)
        if self.lens_on:
            self.lens.note_dirty(self.pending_dirty)
            self.pending_dirty = None
            self.lens.show_age()
        ended = self.run.ended_ns
        dimmed = bool(self.over and ended and ended < frame.left_ns)
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def _message_words(self, statistics: RunStatistics) -> str:
        if statistics.outcome not in TROUBLE:
            return ""
        lines = (statistics.error or "").strip().splitlines()
        if statistics.outcome == "crashed":  # who was killed, by what; then the lab's last words
            return f"{lines[0][:1].upper()}{lines[0][1:]}." if lines else "The lab process stopped."
        return f"The run failed: {lines[-1]}" if lines else "The run failed."

    def _show_header(self, statistics: RunStatistics) -> None:
        header = (*self._title(), *self._right(statistics), str(statistics.outcome), statistics.phase)
        if header != self._header:
            self._header = header
            self.setAccessibleDescription(" · ".join(part for part in header if part))
            self.update(0, 0, self.width(), HEADER)

    def _title(self) -> tuple[str, str]:
        recipe = self.run.recipe
        parts = [self.model.title.lower()]
        if self.statistics is not None and self.statistics.interpreter.version:
            parts.append(self.statistics.interpreter.short)
        if recipe.host == "app":
            parts.append("in this app")
        elif recipe.host == "ui":
            parts.append("on the UI thread")
        parts += self._gil_words()
        return f"{self.workers} × {self.job.title}", "  ·  ".join(parts)

    def _gil_words(self) -> list[str]:
        statistics = self.statistics
        if statistics is not None and not statistics.interpreter.gil_enabled:
            return ["no GIL"]
        if not self.ribbon:
            return [] if self.workers == 1 else ["each has its own GIL"]
        pid = statistics.pid if statistics is not None else None
        return [f"pid {pid}"] if pid and self.run.recipe.host == "lab" else []

    def _right(self, statistics: RunStatistics) -> tuple[str, str, str]:
        """Progress, throughput, unit."""
        if statistics.phase == "starting":
            return "starting", "", ""
        rate = statistics.throughput if self.over else statistics.throughput_recent
        if statistics.progress is None or self.over:
            progress = f"{statistics.seconds:.0f} s" if statistics.seconds >= 10 else f"{statistics.seconds:.1f} s"
        else:
            progress = percent_words(statistics.progress)
        return progress, throughput_words(rate), f"{statistics.unit}/s"

    def _tag(self) -> tuple[str, bool] | None:
        """A word of state, and whether it is bad."""
        if self.statistics is None:
            return None
        if self.trouble:
            return str(self.statistics.outcome), True
        if self.statistics.phase in ("paused", "stopping"):
            return self.statistics.phase, False
        return (str(self.statistics.outcome), False) if self.over and self.statistics.outcome else None

    def _show_figures(self, statistics: RunStatistics) -> None:
        if not self._lettered:
            mean = sum(worker.cpu_recent for worker in statistics.workers) / max(1, len(statistics.workers))
            figures = [(percent_words(mean), "each")]
            ids: list[str] = []
        else:
            figures = [self._figure(worker) for worker in statistics.workers]
            ids = [self._id(worker) for worker in statistics.workers]
        for row, (new, old) in enumerate(zip(figures, self._figures, strict=False)):
            if new != old:
                self._repaint_row(row)
        if len(figures) != len(self._figures):
            self.update()
        if ids != self._ids:
            self._ids = ids
            self.update(0, HEADER, PLOT_LEFT, self.plot.height())
        self._figures = figures
        self._show_ribbon_words(statistics)

    def _figure(self, worker: WorkerStatistics) -> tuple[str, str]:
        if self.over or worker.state in ("not started", "ended"):
            return "", "error" if worker.error else "ended" if self.over else worker.state
        return percent_words(worker.cpu_recent), "" if worker.core is None else f"core {worker.core}"

    def _id(self, worker: WorkerStatistics) -> str:
        if not self.model.one_process:
            return f"pid {worker.pid}" if worker.pid else ""
        return f"tid {worker.tid}" if worker.tid else ""

    def _repaint_row(self, row: int) -> None:
        place = self.plot.rows.place(row)
        self.repaint_figures(HEADER + place.top(), max(place.height(), 20))

    def _show_ribbon_words(self, statistics: RunStatistics) -> None:
        words = ""
        if self.ribbon and not self.over:
            rate = statistics.gil.handoffs_per_s
            words = "estimated" if statistics.gil.source == "estimated" else "" if rate is None else f"{rate:.0f}"
        if words != self._ribbon_words:
            self._ribbon_words = words
            self.repaint_figures(HEADER - 3, RIBBON + 6)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw_ground(painter, self.theme.trouble_line if self.trouble else None)
        if self.dimmed:
            painter.setOpacity(DIMMED)
        self.draw_words(painter, event.rect())

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        if part.top() < HEADER:
            self._draw_header(painter)
        if part.left() < PLOT_LEFT:
            self._draw_labels(painter, part)
        if part.right() >= self.plot_right:
            self._draw_figures(painter, part)
            bottom = HEADER + self.plot.rows.bottom / self.plot.ratio
            self.draw_edge(painter, HEADER - 2, bottom + 1, not self._window.frozen and not self.dimmed)
        if self._message and part.bottom() > self.height() - MESSAGE - 8:
            self._draw_message(painter)

    def _draw_header(self, painter: QPainter) -> None:
        theme = self.theme
        fill = theme.bad if self.trouble else theme.accent_fill if self.emphasis else theme.hover
        place = QRectF(MARGIN, 7, 20 if self.run.number < 100 else 28, 20)
        if self.trouble:
            box(painter, place, 5, fill, None)
            ink = "#14171C" if theme.dark else "#FFFFFF"
            write(painter, place, (str(self.run.number), font(12, 600), ink), "center")
        else:
            badge(painter, place, str(self.run.number), theme, fill)
        left = place.right() + 10
        right = self._draw_right(painter)
        title, details = self._title()
        left += write(painter, QRectF(left, 8, right - left, 19), (title, font(13, 600), theme.t1))
        tag = self._tag()
        tag_width = width_of(tag[0], font(11, 600)) + 26 if tag else 0.0
        text: Text = (f"  ·  {details}", font(13), theme.t2)
        room = right - left - tag_width
        if room > 60:
            left += write(painter, QRectF(left, 8, room, 19), text)
        if tag and right - left >= tag_width:
            self._draw_tag(painter, left + 12, *tag)

    def _draw_tag(self, painter: QPainter, left: float, words: str, bad: bool) -> None:
        theme = self.theme
        plate = QRectF(left, 8, width_of(words, font(11, 600)) + 14, 19)
        box(painter, plate, 5, theme.bad_soft if bad else theme.hover, None)
        write(painter, plate, (words, font(11, 600), theme.bad if bad else theme.t2), "center")

    def _draw_right(self, painter: QPainter) -> float:
        """Progress and throughput; where they begin."""
        theme, right = self.theme, float(self.plot_right)
        if self.statistics is None:
            return right - 12
        progress, rate, unit = self._right(self.statistics)
        if rate:
            right -= write(painter, QRectF(right - 120, 8, 120, 19), (unit, font(12), theme.t3), "right") + 5
            right -= write(painter, QRectF(right - 90, 8, 90, 19), (rate, font(13, 600), theme.t1), "right")
        left = self.plot_right - 262.0
        bar = self.statistics.progress if not self.over else None
        if self.plot_width < 420:  # no room for it
            return right - 14
        if bar is None:
            write(painter, QRectF(left + PROGRESS - 60, 8, 96, 19), (progress, font(12), theme.t2), "right")
            return left + PROGRESS - 24 if rate else left + PROGRESS - 40
        box(painter, QRectF(left, 15, PROGRESS, 5), 2.5, theme.line1, None)
        filled = max(5.0, PROGRESS * min(1.0, bar))
        box(painter, QRectF(left, 15, filled, 5), 2.5, theme.accent, None)
        write(painter, QRectF(left + PROGRESS + 8, 8, 44, 19), (progress, font(12), theme.t2))
        return left - 14

    def _draw_labels(self, painter: QPainter, part: QRect) -> None:
        theme, rows = self.theme, self.plot.rows
        if self.ribbon:
            write(painter, self.labels(HEADER - 3, RIBBON + 6), ("GIL held by", font(11, 500), theme.t2))
        if not self._lettered:
            self._draw_many(painter)
            return
        for row in range(rows.count):
            place = rows.place(row).translated(0, HEADER)
            if place.bottom() < part.top() or place.top() > part.bottom():
                continue
            middle = place.center().y()
            box(painter, QRectF(MARGIN, round(middle - 5), 10, 10), 2.5, self.plot.color(row), None)
            room = QRectF(MARGIN + 18, place.top(), 34, place.height())
            write(painter, room, (worker_name(row), font(13, 600), theme.t1))
            if row < len(self._ids):
                room = QRectF(MARGIN + 36, place.top(), PLOT_LEFT - 10 - MARGIN - 36, place.height())
                write(painter, room, (self._ids[row], font(11, mono=True), theme.t3), "right")

    def _draw_many(self, painter: QPainter) -> None:
        """Too many lanes for a label each."""
        theme, top = self.theme, float(HEADER + self.lanes_top)
        write(painter, self.labels(top, 18), (f"{self.workers} workers", font(13, 600), theme.t1))
        names = f"A to {worker_name(self.workers - 1)}"
        words = "how many are in" if self.heat else names
        write(painter, self.labels(top + 17, 16), (words, font(11), theme.t3))
        if self.heat:
            write(painter, self.labels(top + 31, 16), ("each state", font(11), theme.t3))

    def _draw_figures(self, painter: QPainter, part: QRect) -> None:
        theme, rows = self.theme, self.plot.rows
        if self._ribbon_words:
            self._draw_handoffs(painter)
        for row, (percent, core) in enumerate(self._figures):
            place = rows.place(row).translated(0, HEADER)
            height = max(place.height(), 20.0)
            top = place.center().y() - height / 2
            if not self._lettered:
                top, height = place.top(), 20.0
            if top + height < part.top() or top > part.bottom():
                continue
            write(painter, self.percent_room(top, height), (percent, font(13, 600), theme.t1), "right")
            left = self.gutter + PERCENT_RIGHT + 4
            room = QRectF(left, top, self.text_right - left, height)
            write(painter, room, (core, font(11), theme.t3), "right")

    def _draw_handoffs(self, painter: QPainter) -> None:
        theme = self.theme
        top, height = HEADER - 3.0, RIBBON + 6.0
        if self._ribbon_words == "estimated":
            write(painter, self.figures(top, height), ("estimated", font(11), theme.t3), "right")
            return
        unit = "hand-offs/s"
        width = width_of(unit, font(11))
        write(painter, self.figures(top, height), (unit, font(11), theme.t3), "right")
        room = QRectF(self.plot_right + 3, top, self.text_right - width - 4 - self.plot_right - 3, height)
        write(painter, room, (self._ribbon_words, font(12, 600), theme.t1), "right")

    def _draw_message(self, painter: QPainter) -> None:
        theme = self.theme
        top = self.height() - MESSAGE - 2
        icons.paint(painter, "warn", QRectF(MARGIN + 2, top + 5, 16, 16), theme.bad)
        left = MARGIN + 28
        room = QRectF(left, top + 3, self.text_right - left - 130, 20)
        write(painter, room, (self._message, font(13, 500), theme.t1))
        kept = "This window is not affected. Data up to that moment is kept."
        write(painter, room.translated(0, 19), (kept, font(12), theme.t2))

    # -- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.run.number)
        super().mousePressEvent(event)
