"""The course of a run through the window: what each part gets when a run begins, and when it has ended."""

from __future__ import annotations

from playground.run.run import Run
from ui.code.coding import Coding
from ui.recipe.bar import RecipeBar
from ui.recipe.launch import Launch
from ui.recipe.races import Races
from ui.runs.live_runs import LiveRuns
from ui.runs.runs_panel import RunsPanel
from ui.settings.settings_file import SettingsFile
from ui.shell.right_column import Side
from ui.shell.teller import Teller
from ui.shell.troubles import Troubles
from ui.stage.stage import Stage

ROOM_FOR_RUNS = 760  # px: in a lower window the list of runs would leave no room for the stage
LONG_FREEZE_MS = 100


class RunCourse:
    def __init__(
        self,
        runs: LiveRuns,
        stage: Stage,
        side: Side,
        teller: Teller,
        panel: RunsPanel,
        bar: RecipeBar,
        coding: Coding,
        launch: Launch,
        races: Races,
        troubles: Troubles,
        settings: SettingsFile,
    ) -> None:
        self._runs, self._stage, self._side, self._teller, self._panel = runs, stage, side, teller, panel
        self._bar, self._coding, self._launch, self._races = bar, coding, launch, races
        self._troubles, self._settings = troubles, settings
        self._list_opened = False
        runs.added.connect(self._begin)
        runs.ended.connect(self._end)
        runs.amended.connect(lambda run: panel.amend(run.statistics()))
        panel.open_changed.connect(self._keep_list_open)

    def _begin(self, run: Run, slot: int) -> None:
        self._troubles.forget_start()
        self._open_list()
        if self._stage.window_of_time.end is not None:
            self._stage.live()
        try:
            self._stage.add_run(run.reading, slot)
        except Exception as problem:
            self._runs.fail(run.number, "drawing it", problem)
        self._side.add_run(run.number, slot)
        self._teller.choose(run.number)
        self._bar.set_running(len(self._runs.live))

    def _end(self, run: Run) -> None:
        figures = run.statistics()
        p99, longest = self._teller.note_end(figures)
        self._panel.add(figures, p99, self._teller.disturbed(figures))
        self._bar.set_running(len(self._runs.live))
        if figures.recipe.place.freezes and longest >= LONG_FREEZE_MS:
            self._launch.tell_frozen(run.number, longest)
        self._races.run_ended(run)
        if not self._runs.live:
            self._stage.ended.stay_at_end()
        self._teller.tell()
        if run.number == self._teller.chosen:
            self._coding.choose_run(run)  # shows what its workers ended with

    def _open_list(self) -> None:
        """Opens the list once, when a run begins, as the stage changes then anyway: at a run's end nothing moves."""
        if not self._list_opened and self._panel.window().height() >= self._panel.px(ROOM_FOR_RUNS):
            self._list_opened = True
            self._panel.set_open(self._settings.settings.runs_open)

    def _keep_list_open(self, is_open: bool) -> None:
        if self._list_opened or self._panel.runs():
            self._settings.change(runs_open=is_open)
