"""The recipe bar: "Run 4 × Count primes as Threads on CPython 3.11 in a lab process for 20 s", each part a chip.

Choices go through `chip_menus`. Typed words that cannot be run are marked and explained below, and switch Run off; the
recipe stays as it was. The place of the buttons at the right depends on the width of the window alone.

A click on the word "Run" (or F2) turns the sentence into one line to type or paste: see `line_field`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground import catalogue
from playground.recipe.line_reader import from_line
from playground.recipe.line_writer import to_line
from playground.recipe.recipe import BadRecipe, Recipe, with_length
from ui.kit.button import Button, icon_button
from ui.kit.cards import Separator
from ui.kit.drawing import Part, Themed
from ui.kit.labels import Label
from ui.kit.quantities import seconds
from ui.kit.theme import Theme
from ui.loop import freeze_exit
from ui.recipe import lengths
from ui.recipe.chip_menus import ChipMenus
from ui.recipe.chips import Chip, widest_share
from ui.recipe.choices import InterpreterChoice
from ui.recipe.count_chip import CountChip
from ui.recipe.line_field import RecipeField
from ui.recipe.problem_row import ProblemRow

HEIGHT = 60
EDGE_OF_WORD, ROOM_FOR_EDGES = 4, 1100  # px: the gap beside words of the sentence, in a bar at least this wide
LEAST = 1000  # px: a narrower bar has no room for the menu; the palette has all that it offers
# px: in a bar at least this wide the buttons at the right have words, Knobs its value, Search its key. Nothing else
# decides that: whatever the sentence says, Run, Race and Stop stay where they are.
ROOM_FOR_WORDS, ROOM_FOR_VALUE, ROOM_FOR_KEY = 1560, 1640, 1760
WIDEST_VALUE = "8.88 ms"
CHIPS_OF = {"seconds": "length", "amount": "length"}  # fields of a recipe that have no chip of their own


class RecipeBar(Themed, QWidget):
    recipe_changed = Signal(Recipe)
    pasted = Signal()  # something that is no number was pasted into the number of workers

    def __init__(
        self,
        theme: Theme,
        problem_of: Callable[[Recipe], tuple[str, str] | None] = lambda _recipe: None,
        write: Callable[[Recipe], str] = to_line,
        read: Callable[[str], Recipe] = from_line,
    ) -> None:
        """`problem_of` gives the field of a recipe that its interpreter cannot run, and why. `write` and `read` turn a
        recipe into a line and back."""
        super().__init__(theme, "recipe_bar", "Recipe")
        self._problem_of, self._write, self._read = problem_of, write, read
        self._problem: tuple[str, str] | None = None
        self._running = 0
        self._least_width = 0
        self._search_key = ""
        self._make_chips(theme)
        self._make_buttons(theme)
        self._lay_out(theme)
        self.show_recipe(Recipe())

    # --- what the window calls

    def recipe(self) -> Recipe:
        """The recipe that is shown, without typed words that cannot be run."""
        return self.menus.recipe

    def show_recipe(self, recipe: Recipe) -> None:
        recipe = with_length(recipe)
        if recipe != self.menus.recipe:
            self.line.leave()  # the line being typed was for another recipe
        self.menus.recipe = recipe
        self.chip_workers.show_count(recipe.workers)
        self._show()

    def _on_changed(self, recipe: Recipe) -> None:
        self._show()
        self.recipe_changed.emit(recipe)

    def take_recipe(self, recipe: Recipe) -> None:
        """Takes a recipe that the user has typed or pasted."""
        self.show_recipe(recipe)
        self.recipe_changed.emit(recipe)

    def type_line(self) -> None:
        """Turns the sentence into one line to type."""
        self.line.begin(self._written())
        self._show_sentence(False)

    def settle(self) -> None:
        """Takes the line that is being typed, if it is a recipe, as if Enter had been pressed."""
        if self.line.isVisible():
            self.line.take()

    def set_interpreters(self, interpreters: Sequence[InterpreterChoice]) -> None:
        self.menus.set_interpreters(interpreters)
        self._show()

    def name_search_key(self, key: str) -> None:
        self._search_key = key
        self._fit_buttons()

    def set_running(self, runs: int) -> None:
        """Sets how many runs are live: with none there is nothing to stop."""
        if runs != self._running:
            if runs > self._running:  # what the warning was about has begun
                self._problem_row.end_warning()
            self._running = runs
            self.stop_all.setEnabled(runs > 0)

    def set_problem(self, field: str | None, words: str = "") -> None:
        """Sets the field that cannot be run, as others have found; None: all can."""
        problem = (field, words) if field is not None else None
        if problem != self._problem:
            self._problem = problem
            self.show_problem()

    def problem(self) -> str:
        """The words below the chips; empty while the recipe can be run."""
        return self._where_and_why()[1]

    def _where_and_why(self) -> tuple[str, str]:
        if self.line.problem:
            return "line", self.line.problem
        if self.chip_workers.problem:
            return "workers", self.chip_workers.problem
        return self._problem or self._problem_of(self.menus.recipe) or ("", "")

    # --- its parts

    def _make_chips(self, theme: Theme) -> None:
        self.chip_workers = CountChip(theme)
        self.chip_job = Chip(theme, "chip_job", "Job")
        self.chip_model = Chip(theme, "chip_model", "Model")
        self.chip_interpreter = Chip(theme, "chip_interpreter", "Interpreter")
        self.chip_host = Chip(theme, "chip_host", "Where it runs")
        self.chip_length = Chip(theme, "chip_length", "How long it runs")
        self._chips: dict[str, CountChip | Chip] = {
            "workers": self.chip_workers,
            "job": self.chip_job,
            "model": self.chip_model,
            "interpreter": self.chip_interpreter,
            "host": self.chip_host,
            "length": self.chip_length,
        }
        self.menus = ChipMenus(theme, self._chips, self)
        self.menus["workers"].chosen.connect(lambda count: self.chip_workers.take(int(count)))
        self.menus.changed.connect(self._on_changed)
        self.chip_workers.counted.connect(lambda count: self.menus.change(workers=count))
        self.chip_workers.problem_changed.connect(self.show_problem)
        self.chip_workers.pasted.connect(self.pasted)
        self.chip_workers.presets_requested.connect(lambda: self.menus.open("workers"))

    def _make_buttons(self, theme: Theme) -> None:
        self.word_run = Button(theme, "type_recipe", "Run", kind="ghost", px=15, weight=400, padding=3)
        self.word_run.setAccessibleName("Type this recipe as one line")
        self.word_run.setToolTip("Type or paste this recipe as one line")
        self.line = RecipeField(theme, self._read)
        self.line.hide()
        self.more = icon_button(theme, "more", "more", "Open, save, copy or type a recipe", side=28)
        self.run = Button(theme, "run", "Run", "play", "primary", px=14, weight=600, padding=15)
        self.run.setToolTip("Start this recipe")
        self.race = icon_button(theme, "race", "race", "Race: the same recipe on two Pythons", side=36)
        self.stop_all = Button(
            theme, "stop_all", "Stop all", "stop", px=14, padding=15, icon_ink="bad", gap=9, icon_px=14
        )
        self.stop_all.setToolTip("Stop every run")
        self.stop_all.setEnabled(False)
        self.knobs = Button(theme, "knobs", "Knobs", "knobs", "ghost", px=15, weight=400, padding=8, gap=9)
        self.knobs.setToolTip("Switch interval and what else can be set")
        self.theme_button = icon_button(theme, "theme", "sun" if theme.dark else "moon", "Dark or light")
        self.search = Button(theme, "search", "", "search", "ghost", padding=8, gap=8, height=32)
        self.search.setAccessibleName("Find a command")
        self.search.setToolTip("Find a command")
        self.word_run.clicked.connect(self.type_line)
        self.line.taken.connect(self._line_taken)
        self.line.left.connect(lambda: self._show_sentence(True))
        self.line.problem_changed.connect(self.show_problem)

    def _lay_out(self, theme: Theme) -> None:
        chips = iter(self._chips.values())
        self._sentence: list[QWidget] = []
        for word in ("", "×", "as", "on", "in", "for"):
            if word:
                label = Label(theme, word, 15, color="t2")
                self._sentence.append(label)
                self._word_for = label
            self._sentence.append(next(chips))
        left: tuple[Part, ...] = (self.word_run, (self.line, 100), *self._sentence)
        right = (self.more, self.run, self.race, self.stop_all, 8, self.knobs)
        line = Separator(theme, standing=True, strong=True, length=24)
        bar = QWidget()
        self._row = self.in_row(
            *left, ..., *right, 5, line, 5, self.theme_button, self.search, of=bar, edges=(9, 1, 10, 0), gap=0
        )
        self.fit(bar.setFixedHeight, HEIGHT - 1)
        self._problem_row = ProblemRow(theme)
        self._problem_row.setParent(self)
        self.in_column(bar, of=self, edges=(0, 0, 0, 1), gap=0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    # --- showing

    def _show(self) -> None:
        recipe = self.menus.recipe
        job = catalogue.job(recipe.job)
        self.chip_job.set_words(job.title, short=job.name)
        self.chip_job.setToolTip(f"{job.summary}.\nClaim to test: “{job.claim}.”" if job.claim else job.summary)
        self.chip_model.set_words(catalogue.model(recipe.model).title)
        self.chip_host.set_words(recipe.place.title, short=recipe.place.brief)
        self.chip_length.set_words(lengths.words(recipe), short=lengths.short_words(recipe))
        word = "for" if lengths.is_time(recipe) else ""
        self._word_for.set_words(word)
        self._space_words()
        chosen = self.menus.chosen_interpreter
        title, note = chosen.brief
        self.chip_interpreter.set_words(title, note, title.removeprefix("CPython "))
        if chosen.why or recipe.interpreter:
            self.chip_interpreter.setToolTip(f"{chosen.title}: {chosen.why or recipe.interpreter}")
        self._show_value()
        self._fit()
        self.show_problem()

    def _fit(self) -> None:
        """Shares out the width that the buttons leave: chips first lose their notes, then say it shortly; then the
        longest are elided."""
        if self.line.isVisibleTo(self):
            return  # the line has the room of all chips
        chips = [chip for chip in self._chips.values() if isinstance(chip, Chip)]
        wanted, room = [0], 0
        shorter = (self.chip_interpreter, self.chip_host, self.chip_length, self.chip_model, self.chip_job)
        for step in range(-1, len(shorter) + 1):
            for chip in chips:
                chip.noted = step < 0
                chip.shortened = chip in shorter[: max(0, step)]
            wanted = [chip.natural_width() for chip in chips]
            room = self.width() - (self._row.sizeHint().width() - sum(chip.sizeHint().width() for chip in chips))
            if sum(wanted) <= room:
                break
        most = widest_share(wanted, room)
        for chip in chips:
            chip.most_width = most

    def _fit_buttons(self) -> None:
        """Shows of the buttons what the width of the bar has room for; nothing else decides."""
        width, px = self.width(), self.px
        self._space_words()
        self.knobs.note = ""
        self._show_words(False)
        self.search.key = ""
        self.knobs.setFixedWidth(self.knobs.sizeHint().width())
        self.more.hide()
        self._least_width = self._row.minimumSize().width()
        self.more.setVisible(width >= px(LEAST))
        self._show_words(width >= px(ROOM_FOR_WORDS))
        self.search.key = self._search_key if width >= px(ROOM_FOR_KEY) else ""
        self._show_value()

    def _space_words(self) -> None:
        edge = self.px(EDGE_OF_WORD if self.width() >= self.px(ROOM_FOR_EDGES) else 1)
        for widget in self._sentence:
            if isinstance(widget, Label):
                own = edge if widget.words() else 0
                widget.setContentsMargins(own, 0, own, 0)

    def _show_words(self, words: bool) -> None:
        self.knobs.set_words("Knobs" if words else "")
        self.stop_all.set_words("Stop all" if words else "")

    def _show_value(self) -> None:
        """Shows the value of Knobs; the button is as wide for every value."""
        shown = self.width() >= self.px(ROOM_FOR_VALUE)
        self.knobs.note = WIDEST_VALUE if shown else ""
        self.knobs.setFixedWidth(self.knobs.sizeHint().width())
        self.knobs.note = seconds(float(self.menus.recipe.knob("switch_interval"))) if shown else ""

    def show_problem(self) -> None:
        where, words = self._where_and_why()
        warning = "" if words else freeze_exit.warning(self.menus.recipe)
        warned = CHIPS_OF.get(where, where) if words else "host" if warning else ""
        for name, chip in self._chips.items():
            chip.warned = name == warned
        self.chip_host.setToolTip(warning or f"Where it runs: {self.menus.recipe.place.title}")
        anchor = self._chips.get(warned, self.line)
        self._problem_row.say(words or warning, anchor, self, passing=bool(warning))
        self.run.setEnabled(not words)
        self.race.setEnabled(not words and self.menus.recipe.place.other_pythons)

    def _show_sentence(self, shown: bool) -> None:
        for widget in self._sentence:
            widget.setVisible(shown)
        if shown:
            self._fit()

    def _written(self) -> str:
        try:
            return self._write(self.menus.recipe)
        except BadRecipe:  # a line cannot name its interpreter
            return ""

    def _line_taken(self, recipe: Recipe) -> None:
        self._show_sentence(True)
        if recipe != self.menus.recipe:
            self.take_recipe(recipe)

    def rethemed(self) -> None:
        self.menus.set_theme(self.theme)
        self._problem_row.set_theme(self.theme)
        self.theme_button.icon_name = "sun" if self.theme.dark else "moon"
        self.update()

    def minimumSizeHint(self) -> QSize:
        # Words give way in a narrower bar, so they must not keep the window from getting narrower.
        return QSize(self._least_width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_buttons()
        self._fit()
        super().resizeEvent(event)
        self._problem_row.place(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.panel)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self.theme.panel_line)
