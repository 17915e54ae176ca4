"""The window: makes the parts, lays them out, and wires them. It holds no logic of its own beyond who tells whom.

Two clocks drive it: the frame clock pulls and draws, the readout turns figures into words twice a second."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from playground import hosts
from playground.hosts import HERE
from playground.interpreters.known import Interpreter
from playground.recipe import recipe as recipes
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from playground.run.trust import Trust
from playground.run.way_out_process import Place
from ui.actions import Actions
from ui.code.coding import Coding
from ui.code.trusted_code import words_beside
from ui.kit import keys
from ui.kit.notices import Notices
from ui.kit.popover import Popover
from ui.kit.theme import Theme, ThemeSource
from ui.loop import freeze_exit
from ui.loop.apart import apart
from ui.loop.frame_clock import FrameClock
from ui.recipe.bar import RecipeBar
from ui.recipe.history import RecipeHistory
from ui.recipe.interpreter_choices import choices
from ui.recipe.knobs import KnobsPopover
from ui.recipe.known_interpreters import KnownInterpreters
from ui.recipe.launch import ABOUT_RUN, STARTING, Launch
from ui.recipe.opened_files import Files
from ui.recipe.packages import Packages
from ui.recipe.palette import Palette
from ui.recipe.race_menu import RaceMenu
from ui.recipe.races import Races, opponents, pair
from ui.recipe.starters import Starters
from ui.recipe.suggestions import TypedRecipe, suggestions
from ui.recipe.typed_lines import RecipeLines
from ui.recipe.ways import RecipeWays
from ui.runs.live_runs import LiveRuns
from ui.runs.output.output_tab import OutputTab
from ui.runs.runs_panel import RunsPanel
from ui.runs.status_bar import StatusBar
from ui.runs.verdict_strip import VerdictStrip
from ui.runs.views.look_tab import LookTab
from ui.settings.appearance import Appearance
from ui.settings.settings import SettingsFile
from ui.settings.window_place import WindowPlace
from ui.shell.code_tab import CodeTab
from ui.shell.keyboard import Keyboard
from ui.shell.past_runs import PastRuns
from ui.shell.readout import Readout
from ui.shell.right_column import Side
from ui.shell.split import Middle
from ui.stage.stage import Stage
from ui.workers.core_sampler import CoreSampler
from ui.workers.lab_worker import LabWorker

IDLE_FRAMES_PER_S = 5  # nothing runs: only the pulse and the cores move, and a glance is all there is
IDLE_BEATS_PER_S = 20  # to be there at all must not cost more than 2 % of a core
FIND_AFTER_MS = 1000  # asking other Pythons who they are takes both cores of a small machine: not while it starts
ROOM_FOR_RUNS = 760  # px: in a lower window the list of runs would take the stage's place
EARLIER = 0.25  # of the window, per key press
FAULT = "fault of run {}"  # what a notice is about


class Window(QMainWindow):
    def __init__(self, themes: ThemeSource, settings: SettingsFile) -> None:
        super().__init__()
        self.themes = themes
        self.settings = settings
        self.painted = False
        self._shut = False
        self._suggested: list[QAction] = []
        self._settings_told: str | None = None
        self._make_parts(themes.theme)
        self._lay_out()
        self._note_themed(themes.theme)
        self._wire()
        self._restore()

    # -- what the app, the bench and the tests call

    def show_recipe(self, recipe: Recipe) -> None:
        recipe = self.coding.with_code(self.interpreters.resolved(recipe))
        self.recipe_history.note(recipe)
        self.coding.show_recipe(recipe)
        self.recipe_bar.show_recipe(recipe)
        self.knobs.show_recipe(recipe)
        self.recipe_bar.set_problem(None)

    def run(self, recipe: Recipe | None = None) -> Run | None:
        return self.launch.run(recipe)

    def show_at(self, size: QSize | None) -> None:
        """`size` is for pictures and measurements; without it the window comes back as it was left."""
        if size is not None:
            self.resize(size)
        else:
            self.appearance.fit_screen()
            self.place.restore()
        self.show()

    def tell_defect(self, words: str, times: int = 1) -> None:
        """One that was told and closed does not come back."""
        about = f"defect {words}"
        if times > 1 and all(notice.about != about for notice in self.notices.notices()):
            return
        self.notices.forget(about)
        often = f" ({times:,} times)" if times > 1 else ""
        self.notices.add(f"Something in this window went wrong: {words}{often}. Runs go on.", trouble=True, about=about)

    def tell_unpainted(self, number: int, problem: Exception) -> None:
        """The picture of a run cannot be painted."""
        self.stage.break_down(number)
        self.runs.fail(number, "drawing it", problem)

    def shut_down(self) -> None:
        """Ends all runs and threads; nothing of the app is left when this returns."""
        if self._shut:
            return
        self._shut = True
        self.clock.stop()
        self.coding.shut_down()
        self.packages.shut_down()
        self.interpreters.shut_down()
        self.sampler.shut_down()
        self.runs.shut_down()
        self.past_runs.shut_down()
        self.settings.close()

    # -- parts

    def _make_parts(self, theme: Theme) -> None:
        self.setWindowTitle("Concurrency Playground")
        self.place = WindowPlace(self, self.settings, theme)
        self.clock = FrameClock(self)
        self.sampler = CoreSampler()
        words = words_beside(self.settings)
        self.interpreters = KnownInterpreters(self.settings, words, self)
        self.packages = Packages(self.interpreters, self)
        self.lab_worker = LabWorker()
        self.runs = LiveRuns(self.lab_worker, self)
        self.recipe_history = RecipeHistory()
        self.recipe_lines = RecipeLines(self.interpreters, self)
        self._make_panels(theme, words)
        self._make_followers()

    def _make_panels(self, theme: Theme, words: Trust) -> None:
        self.notices = Notices(theme)
        self.side = Side(theme)
        self.coding = Coding(self.side.code, self.settings, words, self.notices, self)
        self.recipe_bar = RecipeBar(theme, self._problem, self.recipe_lines.write, self.recipe_lines.read)
        self.launch = Launch(
            self.recipe_bar, self.coding, self.interpreters, self.runs, self.notices, self.settings, self
        )
        self.knobs = KnobsPopover(theme)
        self.palette_popover = Palette(theme)
        self.race_menu = RaceMenu(theme)
        self.races = Races(self.runs.start, self)
        self.stage = Stage(theme)
        self.starters = Starters(theme, self.settings.settings.freeze_allowed)
        self.runs_panel = RunsPanel(theme)
        self._runs_opened = False
        self.status = StatusBar(theme)
        self.actions_by_name = Actions(self)
        self.files = Files(self, self.settings, self.interpreters.disk)
        self.recipe_ways = RecipeWays(theme, self, self.recipe_bar, self.files, self.recipe_lines)
        self.typed_recipe = TypedRecipe(
            self.recipe_lines.read, self.recipe_lines.brief_sentence, self._show_and_run, self
        )
        self.strip = VerdictStrip(theme)

    def _make_followers(self) -> None:
        """What follows the runs: figures and words, tabs, those that have left the stage."""
        self.look_tab = LookTab(self.side.tabs, self.side.look, self.runs)
        self.output_tab = OutputTab(self.side.tabs, self.side.output, self.runs)
        self.readout = Readout(self.runs, self.sampler, self.stage, self.side, self.strip, self.status, self)
        self.past_runs = PastRuns(self.runs, self.stage, self.side, self.readout, self.runs_panel, self._on_left, self)

    def _note_themed(self, theme: Theme) -> None:
        """All that changes its colours with the theme; what the keyboard goes through is among it."""
        areas = (self.recipe_bar, self.strip, self.notices, self.stage, self.side, self.runs_panel, self.status)
        self.keyboard = Keyboard(theme, self, self.stage, areas)
        parts = (
            self.keyboard.ring,
            self.recipe_bar,
            self.knobs,
            self.palette_popover,
            self.race_menu,
            self.recipe_ways,
            self.notices,
        )
        below = (self.stage, self.starters, self.side, self.strip, self.runs_panel, self.status)
        around = (self.place, self._middle)  # last: what they hold has its new sizes then
        self.appearance = Appearance(self, self.themes, self.settings, (*parts, *below, *around))

    def _lay_out(self) -> None:
        self.stage.set_empty(self.starters)
        kept = self.settings.settings
        self._middle = Middle(
            self.themes.theme, self.notices, self.strip, self.stage, self.side, kept.right_width, kept.right_open
        )
        whole = QWidget()
        whole.setObjectName("whole")
        stack = QVBoxLayout(whole)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for part, stretch in ((self.recipe_bar, 0), (self._middle, 1), (self.runs_panel, 0), (self.status, 0)):
            stack.addWidget(part, stretch)
        self.setCentralWidget(whole)
        self.code_tab = CodeTab(self.side, self._middle, self.stage, self.runs, self.readout, self.coding)

    def _wire(self) -> None:
        self.clock.beat.connect(self.stage.add_beat)
        self.clock.frame.connect(self._on_frame)
        self.readout.told.connect(self._set_pace)
        self.readout.told.connect(self._tell_settings)
        self.readout.told.connect(lambda: self.look_tab.tell(self.readout.chosen))
        self.readout.told.connect(lambda: self.output_tab.tell(self.readout.chosen))
        self._wire_files()
        self._wire_interpreters()
        self._wire_runs()
        self._wire_recipe()
        self._wire_stage()
        self._wire_side()
        self._wire_actions()

    def _wire_files(self) -> None:
        """What is opened, typed and pasted."""
        self.files.opening.connect(self.coding.note_opening)
        self.files.code_opened.connect(self.coding.open_file)
        self.coding.recipe_changed.connect(self._on_recipe_changed)
        self.side.code.told.connect(self.status.show_message)
        self.side.code.tools.open_requested.connect(self.files.ask)
        self.recipe_lines.code_found.connect(self.coding.offer_pasted)
        self.files.recipe_opened.connect(self.coding.note_recipe)
        self.files.recipe_opened.connect(self.interpreters.note_recipe)
        self.coding.pythons_allowed.connect(self.interpreters.take_answer)
        self.files.recipe_opened.connect(self.show_recipe)
        for source in (self.files, self.recipe_lines, self.coding):
            source.done.connect(self.status.show_message)
            about = type(source).__name__
            source.done.connect(lambda _, about=about: self.notices.forget(about))
            source.failed.connect(lambda words, about=about: self.notices.add(words, trouble=True, about=about))
            source.failed.connect(lambda _: self.status.show_message(""))  # what was done before is not told beside it

    def _wire_interpreters(self) -> None:
        self.files.opening.connect(self.interpreters.look_beside)
        self.interpreters.changed.connect(self._on_interpreters)
        self.interpreters.located.connect(self.recipe_bar.take_interpreter)
        self.interpreters.located.connect(lambda _: self.notices.forget("a Python"))
        self.interpreters.refused.connect(lambda words: self.notices.add(words, trouble=True, about="a Python"))
        self.recipe_bar.locate_requested.connect(self.interpreters.locate)
        self.recipe_bar.use_requested.connect(self.interpreters.add)
        self.recipe_bar.install_requested.connect(self.packages.press)
        self.side.computer.pressed.connect(lambda package: self.packages.press("", package))
        self.packages.changed.connect(self._show_interpreters)
        self.packages.installed.connect(self.status.show_message)
        self.recipe_bar.menu_opened.connect(self._look_again)

    def _wire_runs(self) -> None:
        self.runs.way_out = self._way_out
        self.readout.told.connect(self.runs.tell_way_out)
        self.runs.added.connect(self._on_added)
        self.runs.added.connect(self.look_tab.begin)
        self.runs.ended.connect(self._on_ended)
        self.runs.amended.connect(lambda run: self.runs_panel.amend(run.statistics()))
        self.runs.refused.connect(self._on_refused)
        self.launch.refused.connect(self._on_refused)
        self.launch.run_in_lab_requested.connect(self._run_in_lab)
        self.runs.failed.connect(self._on_failed)

    def _wire_recipe(self) -> None:
        """The bar, and what hangs below it."""
        self.recipe_bar.recipe_changed.connect(self._on_recipe_changed)
        self.knobs.recipe_changed.connect(self._on_recipe_changed)
        self.knobs.live_knob_changed.connect(self.runs.set_knob)
        self.knobs.frame_rate_changed.connect(self.appearance.set_frame_rate)
        self.appearance.frame_rate_changed.connect(self._on_frame_rate)
        self.appearance.zoomed.connect(self.status.show_message)
        self.recipe_bar.run_requested.connect(self.run)
        self.recipe_bar.chip_workers.returnPressed.connect(self.keyboard.focus_stage)
        self.recipe_bar.line.done.connect(self.keyboard.focus_stage)
        self.recipe_bar.race_requested.connect(self._open_race)
        self.race_menu.raced.connect(self._race)
        self.races.finished.connect(self.runs_panel.compare)
        self.recipe_bar.stop_all_requested.connect(self.runs.stop_all)
        self.recipe_bar.theme_toggle_requested.connect(self.appearance.toggle_theme)
        self.recipe_bar.palette_requested.connect(self._open_palette)
        self.recipe_bar.knobs_requested.connect(self._open_knobs)

    def _wire_stage(self) -> None:
        """What lies on it, too."""
        self.starters.start_requested.connect(self._on_starter)
        self.starters.freeze_allowed.connect(lambda: self.settings.change(freeze_allowed=True))
        self.notices.action.connect(self._on_notice)
        self.stage.draw_failed.connect(lambda number, problem: self.runs.fail(number, "drawing it", problem))
        self.stage.pause_requested.connect(self.runs.pause)
        self.stage.stop_requested.connect(self.runs.stop)
        self.stage.run_again_requested.connect(self._run_again)
        self.stage.dismiss_requested.connect(self._dismiss)
        self.stage.lane_clicked.connect(lambda number, _lane, _t: self.readout.choose(number))
        self.stage.run_chosen.connect(self.readout.choose)
        self.stage.lens_toggled.connect(lambda on: self.settings.change(lens_open=on))

    def _wire_side(self) -> None:
        """The right column and the list of runs."""
        self.strip.details_requested.connect(self._middle.toggle_side)
        for part in (self.side.verdict, self.side.output):
            part.copied.connect(lambda: self.status.show_message("Copied"))
        self.side.run_chosen.connect(self.readout.choose)
        self.runs_panel.run_again.connect(self._show_and_run)
        self.runs_panel.export_requested.connect(self._export)
        self.runs_panel.open_changed.connect(self._on_runs_open)
        self.runs_panel.removed.connect(self._forget_notices)
        self.side.tasks.worker_chosen.connect(self._on_worker_chosen)

    def _wire_actions(self) -> None:
        act = self.actions_by_name.on
        act("run", self._run_by_key)
        act("race", self._open_race)
        act("stop_all", self.runs.stop_all)
        act("pause", self._pause_newest)
        act("freeze", lambda: self.stage.freeze(not self.stage.frozen))
        act("live", self.stage.live)
        act("begin", self.stage.to_begin)
        act("zoom_in", lambda: self.stage.step_zoom(-1))
        act("zoom_out", lambda: self.stage.step_zoom(1))
        act("lens", lambda: self.stage.show_lens(not self.stage.lens_on))
        act("earlier", lambda: self.stage.pan(EARLIER))
        act("later", lambda: self.stage.pan(-EARLIER))
        act("knobs", self._open_knobs)
        act("palette", self._open_palette)
        act("theme", self.appearance.toggle_theme)
        act("theme_system", self.appearance.follow_system)
        act("larger", lambda: self.appearance.zoom(1))
        act("smaller", lambda: self.appearance.zoom(-1))
        act("usual_size", lambda: self.appearance.zoom(0))
        act("details", self._middle.toggle_side)
        act("lens_earlier", lambda: self.stage.move_lens(-1))
        act("lens_later", lambda: self.stage.move_lens(1))
        act("runs_panel", lambda: self.runs_panel.set_open(not self.runs_panel.is_open()))
        act("full_screen", self.appearance.toggle_full_screen)
        act("smooth", self.appearance.toggle_screen_share)
        act("reduced_motion", self.appearance.toggle_reduced_motion)
        act("code", self.code_tab.go_to)
        act("save_code", self.coding.save)
        act("copy_script", self.side.code.copy_as_script)
        act("clear_stage", self._clear_stage)
        act("next_area", lambda: self.keyboard.to_area(1))
        act("area_before", lambda: self.keyboard.to_area(-1))
        act("quit", self.close)
        act("recipe_before", lambda: self._go_to_recipe(self.recipe_history.back()))
        act("recipe_after", lambda: self._go_to_recipe(self.recipe_history.forth()))
        self.recipe_ways.wire(self.actions_by_name)
        self._name_keys()

    def _name_keys(self) -> None:
        bar, above = self.recipe_bar, self.stage.bar
        for name, control in (
            ("type_recipe", bar.word_run),
            ("run", bar.run),
            ("race", bar.race),
            ("stop_all", bar.stop_all),
            ("knobs", bar.knobs),
            ("theme", bar.theme_button),
            ("palette", bar.search),
            ("freeze", above.live),
            ("zoom_out", above.zoom_out),
            ("zoom_in", above.zoom_in),
            ("lens", above.lens),
            ("details", self.strip.details),
            ("runs_panel", self.runs_panel.toggle),
        ):
            self.actions_by_name.name_key(name, control)
        bar.name_search_key(keys.badge(keys.words(self.actions_by_name["palette"])))
        bar.line.run_key = keys.words(self.actions_by_name["run"])

    def _restore(self) -> None:
        kept = self.settings.settings
        self.interpreters.restore()
        self.coding.restore()
        self.show_recipe(kept.recipe)
        self.knobs.show_frame_rate(kept.frame_rate)
        self.stage.show_lens(kept.lens_open)
        self.stage.window_of_time.set_span(round(kept.time_window_s * 1e9))
        self.side.set_tall(kept.tabs_tall)
        self.side.tabs.wish(kept.tab)
        self.runs_panel.set_open(False)  # until something may come into it
        self.side.show_machine(HERE.cores)
        self.stage.setFocus()  # keys are shortcuts until a field is asked for
        self.sampler.start(CoreSampler.Priority.HighPriority)
        self.readout.tell()

    # -- clocks

    def _on_frame(self, now: int) -> None:
        apart(self.runs.pull)
        apart(self._take_core_samples)
        apart(self.stage.tick, now)
        if self.stage.pulse.plot.awaited and self.windowHandle().isExposed():
            self.clock.note_awaited()
        for part in (self.readout, self.look_tab, self.output_tab, self.code_tab):
            apart(part.tick, now)
        apart(self.past_runs.tick)

    def _take_core_samples(self) -> None:
        for sample in self.sampler.take():
            self.readout.note_cores(sample)
            self.stage.add_core_sample(sample)

    def _set_pace(self) -> None:
        busy = bool(self.runs.live) or self.stage.in_sight
        if busy:
            self.clock.set_frame_rate(self.settings.settings.frame_rate)
        else:
            self.clock.set_frame_rate(IDLE_FRAMES_PER_S, IDLE_BEATS_PER_S)

    # -- runs

    def _on_added(self, run: Run, slot: int) -> None:
        self.notices.forget(STARTING)
        self.recipe_bar.set_problem(None)
        self._open_runs()
        if self.stage.window_of_time.end is not None:
            self.stage.live()
        try:
            self.stage.add_run(run.reading, slot)
        except Exception as problem:
            self.runs.fail(run.number, "drawing it", problem)
        self.side.add_run(run.number, slot)
        self.readout.choose(run.number)
        self.recipe_bar.set_running(len(self.runs.live))
        self._set_pace()

    def _on_ended(self, run: Run) -> None:
        figures = run.statistics()
        p99, longest = self.readout.note_end(figures)
        self.runs_panel.add(figures, p99, self.readout.disturbed(figures))
        self.recipe_bar.set_running(len(self.runs.live))
        if figures.recipe.place.freezes and longest >= 100:
            self.launch.tell_frozen(run.number, longest)
        self.races.run_ended(run)
        if not self.runs.live:
            self.stage.stay_at_end()
        self.readout.tell()
        if run.number == self.readout.chosen:
            self.coding.choose_run(run)  # what its workers ended with

    def _way_out(self, number: int) -> tuple[int, list[Place]] | None:
        group = self.stage.groups.get(number)
        buttons: list[QWidget] = [] if group is None else [group.header.stop_button]
        return freeze_exit.places(self, [*buttons, self.recipe_bar.stop_all])

    def _on_failed(self, number: int, words: str) -> None:
        """Told until somebody has dismissed the run: it may leave the stage by itself before anybody looks."""
        self.notices.add(f"Run {number}: {words}", trouble=True, about=FAULT.format(number))

    def _on_refused(self, field: str, words: str) -> None:
        if field:
            self.recipe_bar.set_problem(field, words)
        else:
            self.notices.add(words, trouble=True, about=STARTING)

    def _open_runs(self) -> None:
        """Once, with a run that begins, as then the stage changes anyway: at its end nothing moves."""
        if not self._runs_opened and self.height() >= self.themes.theme.px(ROOM_FOR_RUNS):
            self._runs_opened = True
            self.runs_panel.set_open(self.settings.settings.runs_open)

    def _on_runs_open(self, is_open: bool) -> None:
        if self._runs_opened or self.runs_panel.runs():
            self.settings.change(runs_open=is_open)

    def _on_worker_chosen(self, number: int, worker: int) -> None:
        if number != self.readout.chosen:
            self.readout.choose(number)
        self.stage.open_worker(number, worker)

    def _pause_newest(self) -> None:
        live = self.runs.live
        if live:
            self.runs.pause(live[-1].number, live[-1].phase != "paused")

    def _run_again(self, number: int) -> None:
        run = self.runs.shown(number)
        if run is not None:
            self._show_and_run(run.recipe)

    def _show_and_run(self, recipe: Recipe) -> None:
        self.show_recipe(recipe)
        self.run(recipe)

    def _dismiss(self, number: int) -> None:
        self.past_runs.leave(number)
        if self.runs.shown(number) is None:  # one that goes on stays
            self._forget_notices(number)

    def _on_left(self, number: int) -> None:
        self.side.look.forget(number)
        self.output_tab.tell(None)
        self.notices.forget(ABOUT_RUN.format(number))

    def _forget_notices(self, number: int) -> None:
        for about in (ABOUT_RUN, FAULT):
            self.notices.forget(about.format(number))

    def _clear_stage(self) -> None:
        for number in self.runs.numbers:
            self._dismiss(number)

    def _on_starter(self, recipe: Recipe) -> None:
        self.stage.setFocus()  # the button that was pressed is about to go
        self._show_and_run(recipe)

    def _on_notice(self, action: str) -> None:
        if not self.coding.answer_notice(action):
            self.launch.answer(action)

    def _run_in_lab(self, number: int) -> None:
        """A run that froze this window, once more but beside it."""
        for run in self.runs_panel.runs():  # it may have left the stage
            if run.statistics.number == number:
                self._show_and_run(recipes.changed(run.statistics.recipe, host=hosts.usual().name, model="threads"))
                return

    # -- recipe

    def _on_recipe_changed(self, recipe: Recipe) -> None:
        self.show_recipe(recipe)
        self.settings.change(recipe=recipe)

    def _go_to_recipe(self, recipe: Recipe | None) -> None:
        """One that stood there before, or after."""
        if recipe is not None:
            self._on_recipe_changed(recipe)
            self.status.show_message(self.recipe_lines.brief_sentence(recipe))

    def _problem(self, recipe: Recipe) -> tuple[str, str] | None:
        """The field of a recipe that cannot be run, and why."""
        return self.coding.problem(recipe) or self.interpreters.problem(recipe)

    def _find_interpreters(self) -> None:
        if not self._shut:
            self.interpreters.search()
            if self.settings.kept:
                self.packages.bring_first()

    def _look_again(self, menu: str) -> None:
        if menu in ("model", "interpreter"):
            self.interpreters.search_again()

    def _show_interpreters(self) -> None:
        known, found = self.interpreters, self.interpreters.all()
        self.recipe_bar.set_interpreters(choices(found, known.unasked, self.packages, known.disk.there))
        self.side.show_packages([fact for one in found if one.path == "" for fact in self.packages.facts(one)])

    def _on_interpreters(self, found: list[Interpreter]) -> None:
        self._show_interpreters()
        self.side.show_interpreters(found)
        recipe = self.recipe_bar.recipe()
        if self.interpreters.resolved(recipe) != recipe:
            self.show_recipe(recipe)

    def _tell_settings(self) -> None:
        """What could not be read at the start, or written since: that is found out beside the UI."""
        message = self.settings.message
        if message is not None and message != self._settings_told:
            self._settings_told = message
            self.notices.add(message)

    def _export(self, kind: str) -> None:
        self.files.export(kind, self.runs_panel.as_csv() if kind == "csv" else self.runs_panel.as_json())

    # -- look

    def _on_frame_rate(self, rate: int) -> None:
        self.knobs.show_frame_rate(rate)
        self.status.show_message(f"{rate} frames per second")
        self._set_pace()

    def _open_palette(self) -> None:
        for old in self._suggested:
            old.deleteLater()
        problem_of = self._problem
        self._suggested = suggestions(self.recipe_bar.recipe(), self._show_and_run, self, problem_of)
        offered = [*self.actions_by_name.all(), *self.recipe_ways.to_open(), *self._suggested]
        self.palette_popover.open_with(offered, self.recipe_bar.search, self.typed_recipe.made_of)

    def _open_knobs(self) -> None:
        self.knobs.open_below(self.recipe_bar.knobs, align_right=True)

    def _open_race(self) -> None:
        self.recipe_bar.settle()
        if not self.recipe_bar.race.isEnabled():
            return
        found = self.interpreters.all()
        own = self.recipe_bar.chip_interpreter.words()
        self.race_menu.set_title(f"Race {own} against")
        self.race_menu.set_choices(opponents(self.recipe_bar.recipe(), found), "")
        self.race_menu.open_below(self.recipe_bar.race)

    def _race(self, opponent: str, at_once: bool) -> None:
        self.coding.flush()
        recipe = self.recipe_bar.recipe()
        pythons = self.interpreters.unasked_of(*pair(recipe, opponent))
        if self.coding.may_run(recipe, lambda: self._race(opponent, at_once), pythons):
            self.races.start(recipe, opponent, at_once)

    # -- the keyboard

    def _run_by_key(self) -> None:
        """From wherever: what is open closes, what is being typed counts."""
        for popover in self.findChildren(Popover):
            popover.close_popover()
        self.run()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self.keyboard.to_next(forward)

    # -- Qt

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.keyboard.keeps(cast(QKeyEvent, event)):
            event.accept()
            return True
        done = super().event(event)
        # With an update request Qt paints, and brings it to the screen. The pulse moves in every picture of the stage.
        if event.type() == QEvent.Type.UpdateRequest and self.stage.pulse.plot.take_painted():
            self.clock.note_shown()
        return done

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted and not self._shut:
            self.painted = True
            self.clock.start()  # not before: how long the start took says nothing about the window
            QTimer.singleShot(FIND_AFTER_MS, self._find_interpreters)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is the way out where this window still answers, too."""
        if event.key() != Qt.Key.Key_Escape or not self.runs.stop_inside():
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.place.keep()
        self.settings.change(
            right_width=self._middle.side_width,
            right_open=self._middle.side_wanted,
            tab=self.side.tabs.wished,
            tabs_tall=self.side.is_tall,
            time_window_s=self.stage.window_of_time.span / 1e9,
        )
        self.shut_down()
        super().closeEvent(event)
