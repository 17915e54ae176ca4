"""The right column: the verdict above; below it the tabs about one run, or, before the first run, how to read the stage
and what this computer has. In a narrow window it is a drawer over the stage.

The verdict is always there, in a shape that fits. The shape depends on the height of the column and on the tab (a table
of tasks can be low, code and pictures cannot), and not on what an ordinary verdict says."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from playground.figures.records import RunStatistics
from playground.hosts import HERE
from playground.interpreters.known import Interpreter
from playground.verdict.judge import Verdict
from ui.code.code_page import CodePage
from ui.kit.button import icon_button
from ui.kit.drawing import Themed
from ui.kit.quantities import whole
from ui.kit.tabs import TabCard
from ui.kit.theme import Theme
from ui.runs.computer_card import ROW, Fact, OnThisComputer
from ui.runs.how_to_read import HowToRead
from ui.runs.output.output_page import OutputPage
from ui.runs.run_rows import recipe_words
from ui.runs.tasks import TasksPanel
from ui.runs.verdict_card import Shape, VerdictCard
from ui.runs.views.look_page import LookPage

LEAST_WIDTH, MOST_WIDTH = 360, 720  # four tabs with their buttons fit; lines of code are long
DRAWER_EDGE = 12
LEAST_TASKS, LEAST_PAGE = 168, 240  # px: the least height in which tasks, or another tab, can be read
FEWEST_FACTS, MOST_FACTS = 2, 12  # as many as fit below the other card; the menu of interpreters has all


class Side(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "side", "Verdict and tasks")
        self.fit(self.setMinimumWidth, LEAST_WIDTH)
        self.fit(self.setMaximumWidth, MOST_WIDTH)
        self._drawer = False
        self._slots: dict[int, int] = {}
        self._chosen: int | None = None
        self._tasks_wanted: int | None = None  # the run to show in the tasks once its figures are there
        self._interpreters: Sequence[Interpreter] = ()
        self._packages: list[Fact] = []
        self._facts: list[Fact] = []
        self.verdict = VerdictCard(theme)
        self.how_to_read = HowToRead(theme)
        self.computer = OnThisComputer(theme)
        self.tasks = TasksPanel(theme)
        self.code = CodePage(theme)
        self.look = LookPage(theme)
        self.output = OutputPage(theme)
        self.tabs = self._make_tabs(theme)
        self._opened = False  # a tab was asked for before there was a run
        self.is_tall = False  # do the tabs take the whole column?
        self._beginning = self._make_beginning()
        self._beginning.installEventFilter(self)
        parts = (self.verdict, (self._beginning, 1), (self.tabs, 1))
        self._column = self.in_column(*parts, of=self, edges=(0, DRAWER_EDGE, 0, 0), gap=10)
        self._figures: dict[int, RunStatistics] = {}
        self.verdict.runs.describe = self._describe
        self.tabs.chosen_changed.connect(self._fit_verdict)  # the question about code is in a tab
        self.code.ask_bar.seen.connect(self._fit_verdict)
        self._show_parts()

    def _make_beginning(self) -> QScrollArea:
        """What there is to read before the first run. In a low window it scrolls: nothing is squeezed or cut."""
        cards = QWidget()
        self._cards = self.in_column(self.how_to_read, self.computer, ..., of=cards, gap=10)
        area = QScrollArea()
        area.setObjectName("beginning")
        area.setWidget(cards)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for ground in (cards, area.viewport()):
            ground.setAutoFillBackground(False)
        return area

    def _make_tabs(self, theme: Theme) -> TabCard:
        tabs = TabCard(theme, "tabs", "Tasks, code, and what the run shows")
        tabs.add("tasks", "Tasks", self.tasks)
        self.tasks.counted.connect(lambda count: tabs.set_note("tasks", whole(count) if count else ""))
        tabs.add("code", "Code", self.code)
        tabs.add_corner("code", self.code.copy)
        tabs.add("look", "Look", self.look)
        tabs.set_offered("look", False)
        tabs.add("output", "Output", self.output)
        tabs.set_offered("output", False)
        self.tall = icon_button(theme, "tall", "expand", "Give the tabs the whole column", side=28, icon_px=14)
        self.tall.clicked.connect(lambda: self.set_tall(not self.is_tall))
        tabs.corner.addWidget(self.tall)
        return tabs

    def open_tab(self, name: str) -> None:
        """Brings a tab to the front, even before the first run."""
        self.tabs.choose(name)
        self._opened = True
        self._show_parts()

    def set_tall(self, tall: bool) -> None:
        """Gives the tabs the whole column, as code needs, but for the sentence of the verdict."""
        self.is_tall = tall
        self.tall.icon_name = "collapse" if tall else "expand"
        self._fit_verdict()

    def show_verdict(self, verdict: Verdict) -> None:
        if self.verdict.show_verdict(verdict):
            self._fit_verdict()

    def show_tasks(self, runs: list[RunStatistics]) -> None:
        self._figures = {run.number: run for run in runs}
        self.tasks.show_tasks(runs, self._slots)
        if self._tasks_wanted is not None:
            self.tasks.choose_run(self._tasks_wanted)
            self._tasks_wanted = None

    def add_run(self, number: int, slot: int) -> None:
        self._slots[number] = slot
        self._show_parts()

    def remove_run(self, number: int) -> None:
        self._slots.pop(number, None)
        if self._chosen == number:
            self._chosen = max(self._slots, default=None)
        self._show_parts()

    def choose(self, number: int) -> None:
        self._chosen = self._tasks_wanted = number
        self._show_parts()

    def show_interpreters(self, found: Sequence[Interpreter]) -> None:
        self._interpreters = found
        self._show_facts()

    def as_drawer(self, on: bool) -> None:
        """Makes the column a drawer, which paints its own ground over the stage, or a column again."""
        self._drawer = on
        edge = DRAWER_EDGE if on else 0
        self.fit(self._column.setContentsMargins, edge, DRAWER_EDGE, edge, edge)
        self._fit_verdict()
        self.update()

    def show_packages(self, facts: Sequence[Fact]) -> None:
        """Shows the packages that the app's own Python lacks."""
        self._packages = list(facts)
        self._show_facts()

    def _show_facts(self) -> None:
        facts: list[Fact] = [(True, f"{HERE.cores} core{'' if HERE.cores == 1 else 's'}", "")]
        titles: set[str] = set()
        for one in self._interpreters:
            if one.title not in titles:
                titles.add(one.title)
                note = ("with GIL" if one.facts.gil_enabled else "no GIL") if one.available else one.note
                facts.append((one.available, one.title, note))
        self._facts = [facts[0], *self._packages, *facts[1:]]  # what can be mended must not hide behind "and 5 more"
        self._fit_facts()

    def _fit_facts(self) -> None:
        """Shows as many facts as fit below the other card; the last row says how many more there are."""
        # Not by the layout's own sums: new rows count in these only after the next turn of the event loop.
        reading = self.how_to_read.column.heightForWidth(self._beginning.width())
        room = self._beginning.height() - reading - self._cards.spacing() - self.computer.height_without_rows()
        fit = max(FEWEST_FACTS, min(MOST_FACTS, room // self.px(ROW)))
        self.computer.show_facts(self._facts, fit)

    def _fit_verdict(self) -> None:
        """Chooses the verdict's shape: code that is asked about gets all the room, and any tab can be read."""
        asks = not self.code.ask_bar.isHidden() and self.tabs.chosen == "code"
        inner = self.rect() - self._column.contentsMargins()
        least = self.px(LEAST_TASKS if self.tabs.chosen == "tasks" else LEAST_PAGE)
        room = inner.height() - self._column.spacing() - least
        shapes = [Shape.SENTENCE] if self.is_tall or asks else list(Shape)
        if self._empty:
            shapes = [Shape.WHOLE]
        fitting = (shape for shape in shapes if self.verdict.height_as(shape, inner.width()) <= room)
        self.verdict.set_shape(next(fitting, shapes[-1]))

    @property
    def _empty(self) -> bool:
        """Is there nothing yet to show in a tab?"""
        return not self._slots and not self._opened

    def _show_parts(self) -> None:
        self._beginning.setVisible(self._empty)
        self.tabs.setVisible(not self._empty)
        self.verdict.keep_room(bool(self._slots))
        self.verdict.show_runs(sorted(self._slots), self._chosen)
        self._fit_verdict()

    def _describe(self, number: int) -> tuple[str, str]:
        run = self._figures.get(number)
        return ("", "") if run is None else recipe_words(run)

    def rethemed(self) -> None:
        self._fit_facts()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_verdict()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._beginning and event.type() == QEvent.Type.Resize:  # after the column's own
            self._fit_facts()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._drawer:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self.theme.base)
            painter.fillRect(0, 0, 1, self.height(), self.theme.line2)
