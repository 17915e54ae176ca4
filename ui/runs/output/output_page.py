"""The output tab: what all workers of a run, or one, print, and at the end what they raised.

It looks at most ten times a second, and only while it is seen: until then, lines wait in the run's own file."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedLayout, QWidget

from playground.reading.worker_name import worker_name
from playground.run.past_run import PastRun
from playground.run.run import Run
from ui.kit import icons
from ui.kit.button import icon_button
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.controls import Control
from ui.kit.drawing import RING, Themed, box, width_of, write
from ui.kit.labels import Label
from ui.kit.quantities import whole
from ui.kit.theme import Theme
from ui.runs.output.output_list import OutputList
from ui.runs.output.output_paint import EDGE
from ui.runs.output.output_rows import OutputRows, printed_by

EVERY_NS, TELL_NS = 100_000_000, 500_000_000
ALL, NOBODY = "all", -1
MOST_CHOICES = 500
CHIP_EDGE, CHEVRON = 8, 12


class FilterChip(Control):
    """The worker whose lines are shown, or all, and a chevron."""

    radius = 6.0

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "output_filter", "Whose lines are shown")
        self.setToolTip("Whose lines are shown")
        self._words = "All"

    def set_words(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(f"Whose lines are shown: {words}")
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        return self._words

    def sizeHint(self) -> QSize:
        px, words = self.px, ceil(width_of(self._words, self.theme.font(12, 500)))
        return QSize(words + 2 * px(CHIP_EDGE) + px(CHEVRON + 4) + 2 * px(RING), px(24) + 2 * px(RING))

    def draw(self, painter: QPainter) -> None:
        rect, theme, px, side = self.seen(), self.theme, self.px, self.px(CHEVRON)
        box(painter, rect, px(self.radius), theme.hover if self.hovered() else None, theme.line1)
        color = theme.t1 if self.isEnabled() else theme.t3
        write(painter, rect.adjusted(px(CHIP_EDGE), 0, -px(CHIP_EDGE), 0), (self._words, theme.font(12, 500), color))
        square = QRectF(rect.right() - px(CHIP_EDGE) - side + px(1), rect.center().y() - side / 2, side, side)
        icons.paint(painter, "down", square, theme.t3, px(1.3))


class OutputPage(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "output")
        self._run: Run | PastRun | None = None
        self._slot = 0
        self._worker: int | None = None
        self._looked_at = self._told_at = 0
        self.rows = OutputRows()
        self.list = OutputList(theme, self.rows)
        self._empty = Label(theme, "What workers print is shown here.", 13, color="t3", wrap=True)
        self.fit(self._empty.setContentsMargins, 15, 12, 15, 12)
        self.filter = FilterChip(theme)
        self.filter.clicked.connect(self._open_menu)
        self.menu = ChoiceMenu(theme, "output_menu", "Whose lines are shown")
        self.menu.chosen.connect(self._on_chosen)
        self.copy = icon_button(theme, "output_copy", "copy", "Copy all lines", side=28, icon_px=14)
        self.copy.clicked.connect(self.list.copy_all)
        self.figures = Label(theme, "", 11, color="t3")
        lines = QWidget()
        edges = (EDGE - RING, 2, EDGE - 2 * RING, 0)
        head = self.in_row(self.filter, self.figures, ..., self.copy, edges=edges, gap=6)
        self.in_column(head, (self.list, 1), of=lines, gap=0)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(lines)

    def show_run(self, run: Run | PastRun | None, slot: int) -> None:
        """Shows the output of a run; `slot` is the colour of its first worker."""
        if run is not self._run or slot != self._slot:
            self._run, self._slot = run, slot
            self._show(None)

    def tick(self, now_ns: int) -> None:
        """With each frame, while the page is seen."""
        if self._run is None or now_ns - self._looked_at < EVERY_NS:
            return
        self._looked_at = now_ns
        first = self.rows.first
        self._run.output.look()
        self.list.begin_at(self._started_ns())
        if self.rows.follow():
            self.list.rows_changed(first)
            self._show_list()
        if now_ns - self._told_at >= TELL_NS:
            self._told_at = now_ns
            self._tell()

    def _show(self, worker: int | None) -> None:
        self._worker = worker
        if self._run is not None:
            self._run.output.look()
        self.rows.show(self._run, worker)
        self.filter.set_words(self._title(worker))
        self.list.restart(self._slot, self._started_ns(), badges=worker is None)
        self._show_list()
        self._tell()

    def _tell(self) -> None:
        if self._run is not None:
            output = self._run.output
            lines = output.total if self._worker is None else output.lines_of(self._worker)
            self.figures.set_words(lines_words(lines))

    def _started_ns(self) -> int:
        return 0 if self._run is None else self._run.started_ns or self._run.asked_ns

    def _show_list(self) -> None:
        self._stack.setCurrentIndex(1 if len(self.rows) or self._worker is not None else 0)

    def _title(self, worker: int | None) -> str:
        return "All" if worker is None else "Others" if worker == NOBODY else worker_name(worker)

    def _open_menu(self) -> None:
        if self._run is None:
            return
        output = self._run.output
        found = printed_by(output, self._run.recipe.workers, MOST_CHOICES)
        choices = [Choice(ALL, "All", lines_words(output.total))]
        for worker, lines in sorted(found, key=lambda each: (each[0] < 0, each[0])):
            choices.append(Choice(str(worker), self._title(worker), lines_words(lines)))
        self.menu.set_choices(choices, ALL if self._worker is None else str(self._worker))
        self.menu.open_below(self.filter)

    def _on_chosen(self, value: str) -> None:
        self._show(None if value == ALL else int(value))

    def rethemed(self) -> None:
        self.menu.set_theme(self.theme)
        self.update()


def lines_words(lines: int) -> str:
    return f"{whole(lines)} line{'' if lines == 1 else 's'}"
