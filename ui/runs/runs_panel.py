"""The panel of ended runs, newest first, with their figures side by side; two of them can be compared.

Bars of throughput compare runs of the same job only: a chunk is not a block."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.figures.finished import FinishedRun
from playground.figures.records import RunStatistics
from playground.figures.this_computer import computer, moment
from playground.recipe.recipe import Recipe
from ui.kit.button import Button, icon_button
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.drawing import Themed
from ui.kit.labels import Label
from ui.kit.menu import Menu
from ui.kit.theme import Theme
from ui.runs.comparison import Comparison
from ui.runs.run_export import as_text
from ui.runs.run_rows import RunColumn, recipe_words
from ui.runs.run_table import RunTable

OPEN_HEIGHT, CLOSED_HEIGHT = 180, 36
MOST_RUNS = 1000  # with more, the oldest leave the list; each costs some kilobytes
HEAD = 38
COMPARISON_WIDTH = 324
MARGINS = 20
ModelIndex = QModelIndex | QPersistentModelIndex


class RunsPanel(Themed, QWidget):
    run_again = Signal(Recipe)
    open_changed = Signal(bool)
    removed = Signal(int)  # the number of a run, which can be put back
    forgotten = Signal(int)  # … which cannot

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "runs", "Runs")
        self._open = True
        self._removed: dict[int, tuple[int, FinishedRun]] = {}  # by number: the row it had, and the run
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table = RunTable(theme)
        self.model = self.table.runs
        self.table.toggled.connect(self.check)
        self.table.delete_pressed.connect(self.remove)
        self.table.menu_requested.connect(self._open_context_menu)
        self._comparison = Comparison(theme)
        self.fit(self._comparison.setFixedWidth, COMPARISON_WIDTH - 24)
        self.export_menu = ChoiceMenu(theme, "menu_export", "Export the runs", least_width=220)
        left = self.in_column(self._make_head(theme), (self.table, 1), gap=0)
        self.in_row((left, 1), self._comparison, of=self, edges=(8, 1, 12, 0), gap=12)
        self.toggle = icon_button(theme, "runs_toggle", "down", "Show or hide the runs", side=28)
        self.toggle.setParent(self)
        self.toggle.clicked.connect(lambda: self.set_open(not self._open))
        self.set_open(True)
        self._show()

    # --- what the window calls

    def add(self, run: RunStatistics, ui_p99_ms: float | None, disturbed: bool = False) -> None:
        began, here = moment(run.started_ns), computer()
        self.model.add(FinishedRun(run, ui_p99_ms=ui_p99_ms, disturbed=disturbed, began=began, computer=here))
        for oldest in self.model.runs[MOST_RUNS:]:
            self.model.remove(oldest.number)
            self.forgotten.emit(oldest.number)
        self._show()

    def finished(self, number: int) -> FinishedRun | None:
        row = self.model.row_of(number)
        return None if row < 0 else self.model.runs[row]

    def amend(self, run: RunStatistics) -> None:
        """Corrects the row of a run that came to another end than was reported."""
        known = self.known(run.number)
        if known is not None:
            self.replace(replace(known, statistics=run))

    def check(self, number: int) -> None:
        """Checks or unchecks a run."""
        self.model.toggle(number)
        self._show()

    def remove(self, number: int) -> None:
        row = self.model.row_of(number)
        if row >= 0:
            self._removed[number] = row, self.model.runs[row]
            self.model.remove(number)
            self._show()
            self.removed.emit(number)

    def put_back(self, number: int) -> None:
        if number in self._removed:
            row, run = self._removed.pop(number)
            self.model.put_back(run, row)
            self._show()

    def forget(self, number: int) -> None:
        """A removed run will not be put back."""
        if self._removed.pop(number, None) is not None:
            self.forgotten.emit(number)

    def known(self, number: int) -> FinishedRun | None:
        """A run of the list, or one that was removed and may be put back."""
        return self._removed[number][1] if number in self._removed else self.finished(number)

    def replace(self, run: FinishedRun) -> None:
        """Replaces a known run, of which more is known or less is kept."""
        if run.number in self._removed:
            self._removed[run.number] = self._removed[run.number][0], run
        self.model.replace(run)

    def set_open(self, is_open: bool) -> None:
        changed, self._open = is_open != self._open, is_open
        self.fit(self.setFixedHeight, OPEN_HEIGHT if is_open else CLOSED_HEIGHT)
        self.toggle.icon_name = "down" if is_open else "up"
        self._show()
        if changed:
            self.open_changed.emit(is_open)

    def is_open(self) -> bool:
        return self._open

    def runs(self) -> Sequence[FinishedRun]:
        return tuple(self.model.runs)

    def comparison(self) -> str:
        """The sentence about the two checked runs; empty without two."""
        return self._comparison.sentence.words() if self.model.pair() else ""

    def compare(self, one: int, other: int) -> None:
        """Checks these two runs, and no others, and opens the panel."""
        if self.model.row_of(one) >= 0 and self.model.row_of(other) >= 0:
            self.model.check([one, other])
            self.set_open(True)
            self._show()

    # --- its parts

    def _make_head(self, theme: Theme) -> QWidget:
        self._head = QWidget()
        title = Label(theme, "Runs", 13, 600, "t1")
        self._count = Label(theme, "", 13, color="t3")
        self._selected = Label(theme, "", 13, color="t2")
        self._last = Label(theme, "", 12, color="t3")
        self.export = Button(theme, "export", "Export", "export", "ghost", px=13, weight=400, height=28, padding=8)
        self.export.setToolTip("Save the figures of these runs")
        self.export.clicked.connect(self._open_export)
        parts = (title, self._count, self._selected, ..., self._last, self.export)
        self._head_row = self.in_row(*parts, of=self._head, edges=(8, 0, 6, 0), gap=9)
        return self._head

    # --- showing

    def _show(self) -> None:
        runs, checked, pair = self.model.runs, len(self.model.checked), self.model.pair()
        self.fit(self._head.setFixedHeight, HEAD if self._open else CLOSED_HEIGHT - 1)
        self._count.set_words(f"{len(runs)} finished" if runs else "Finished runs line up here, to compare")
        hint = "click a run to see it again" if len(runs) == 1 else "click a run to see it again, check two to compare"
        self._selected.set_words("" if not self._open or not runs else f"· {checked} selected" if checked else hint)
        self._selected.set_ink("t2" if checked else "t3")
        self._last.set_words("" if self._open or not runs else self._last_words(runs[0]))
        self.export.setVisible(self._open and bool(runs))
        self.table.setVisible(self._open)
        self._comparison.setVisible(self._open and pair is not None)
        self.fit(self._head_row.setContentsMargins, 8, 0, 34 if self._comparison.isHidden() else 6, 0)
        if pair is not None:
            self._comparison.show_pair(*pair)
        self._fit_columns()

    def _last_words(self, run: FinishedRun) -> str:
        title, details = recipe_words(run.statistics)
        return f"last: {run.number} · {title} · {details} · {self.model.words(run, RunColumn.THROUGHPUT)}"

    def _fit_columns(self) -> None:
        beside = self.px(COMPARISON_WIDTH) if not self._comparison.isHidden() else 0
        self.table.fit_columns(self.width() - self.px(MARGINS) - beside)

    # --- menus

    def _open_export(self) -> None:
        choices = [Choice("csv", "CSV", "for a spreadsheet"), Choice("json", "JSON", "everything")]
        self.export_menu.set_choices(choices, "")
        self.export_menu.open_below(self.export, align_right=True)

    def _open_context_menu(self, row: int, place: QPoint) -> None:
        if row < 0:
            return
        run = self.model.runs[row]
        menu = Menu(self, "run_menu", self.theme)
        menu.addAction("Run again", lambda: self.run_again.emit(run.statistics.recipe))
        menu.addAction("Copy as text", lambda: QGuiApplication.clipboard().setText(as_text(run)))
        menu.addSeparator()
        menu.addAction("Remove", lambda: self.remove(run.number))
        menu.popup(place)

    def rethemed(self) -> None:
        self.export_menu.set_theme(self.theme)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.toggle.resize(self.toggle.sizeHint())
        self.toggle.move(self.width() - self.toggle.width() - self.px(4), 1)
        self.toggle.raise_()
        self._fit_columns()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.panel)
        painter.fillRect(0, 0, self.width(), 1, self.theme.line1)
