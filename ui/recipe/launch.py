"""Launch: what stands between the Run button and a run. A recipe that cannot be run is refused with its field, code
from elsewhere is shown first, and before the first freeze of this window the user is asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from playground import hosts
from playground.recipe.recipe import Recipe, changed
from playground.run.run import Run
from ui.code.coding import Coding
from ui.kit.notices import Notices
from ui.loop import freeze_exit
from ui.recipe.bar import RecipeBar
from ui.recipe.current import CurrentRecipe
from ui.recipe.known_interpreters import KnownInterpreters
from ui.runs.live_runs import LiveRuns
from ui.runs.runs_panel import RunsPanel
from ui.settings.settings_file import SettingsFile

STARTING = "a start"  # the cause of notices that mean nothing any more once a run has begun
ABOUT_RUN = "run {}"  # … of notices that stay as long as the run is on the stage
FREEZE, NOT_NOW = "freeze", "not now"
IN_LAB = "lab "  # begins the action of a notice that runs something beside the window


class Launch(QObject):
    refused = Signal(str, str)  # field, words

    def __init__(
        self,
        recipe_bar: RecipeBar,
        current: CurrentRecipe,
        coding: Coding,
        interpreters: KnownInterpreters,
        runs: LiveRuns,
        panel: RunsPanel,
        notices: Notices,
        settings: SettingsFile,
    ) -> None:
        super().__init__(recipe_bar)
        self._recipe_bar, self._current, self._coding = recipe_bar, current, coding
        self._interpreters, self._settings = interpreters, settings
        self._runs, self._panel, self._notices = runs, panel, notices
        self._waiting: Recipe | None = None  # would freeze this window; the user has not answered yet

    def run(self, recipe: Recipe | None = None) -> Run | None:
        """Starts a recipe, or the one in the bar. None where it did not start (yet): the user was told why."""
        if recipe is None:
            self._recipe_bar.settle()
        self._coding.flush()
        if recipe is None and self._recipe_bar.problem():
            self._recipe_bar.show_problem()
            return None
        recipe = self._interpreters.resolved(recipe or self._recipe_bar.recipe())
        self._interpreters.look_now(recipe)
        problem = self._interpreters.problem(recipe)
        if problem is not None:
            self.refused.emit(*problem)
            return None
        asked = recipe
        pythons = self._interpreters.unasked_of(asked)
        if not self._coding.may_run(asked, lambda: self.run(self._coding.newest(asked)), pythons):
            return None
        if unheard := freeze_exit.too_long(recipe):
            self.refused.emit("seconds", unheard)
            return None
        if recipe.place.stops_window and not self._settings.settings.freeze_allowed:
            self._ask_to_freeze(recipe)
            return None
        self._settings.change(recipe=recipe)
        return self._runs.start(recipe)

    def show_and_run(self, recipe: Recipe) -> None:
        self._current.show(recipe)
        self.run(recipe)

    def run_again(self, number: int) -> None:
        run = self._runs.shown(number)
        if run is not None:
            self.show_and_run(run.recipe)

    def _run_in_lab(self, number: int) -> None:
        """Repeats a run that froze this window, but beside it."""
        run = self._panel.finished(number)  # the run may have left the stage
        if run is not None:
            recipe = run.statistics.recipe
            self.show_and_run(changed(recipe, host=hosts.usual().name, model="threads"))

    def tell_frozen(self, number: int, ms: float) -> None:
        words = f"This window froze for {ms / 1000:.1f} s because the work ran in it."
        self._notices.add(words, [(f"{IN_LAB}{number}", "Run in a lab process")], about=ABOUT_RUN.format(number))

    def answer(self, action: str) -> None:
        """Carries out the action of a notice."""
        if action.startswith(IN_LAB):
            self._run_in_lab(int(action.removeprefix(IN_LAB)))
            return
        if action not in (FREEZE, NOT_NOW):
            return
        waiting, self._waiting = self._waiting, None
        if action == FREEZE and waiting is not None:
            self._settings.change(freeze_allowed=True)
            self.run(waiting)

    def _ask_to_freeze(self, recipe: Recipe) -> None:
        self._waiting = recipe
        words = freeze_exit.warning(recipe)
        self._notices.add(words, [(FREEZE, "Freeze it"), (NOT_NOW, "Not now")], about=STARTING)
