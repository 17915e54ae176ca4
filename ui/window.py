"""The window: makes the parts, lays them out and wires them. It decides nothing: what happens in each frame, with
trouble, and when a run begins, ends or leaves is in `shell`; how a recipe comes to run, in `recipe`."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from playground.recipe.recipe import Recipe
from playground.run.run import Run
from playground.run.trust import Trust
from ui.actions import Actions
from ui.code.coding import Coding
from ui.code.trusted_code import words_beside
from ui.help.help import Help
from ui.kit import keys
from ui.kit.notices import Notices
from ui.kit.popover import Popover
from ui.kit.theme import Theme, ThemeSource
from ui.loop import freeze_exit
from ui.loop.apart import apart
from ui.loop.frame_clock import REDUCED_FRAMES, SCREEN_SHARE_FRAMES, FrameClock
from ui.preferences.preferences import Preferences
from ui.recipe.bar import RecipeBar
from ui.recipe.current import CurrentRecipe, first_problem
from ui.recipe.knobs import KnobsPopover
from ui.recipe.known_interpreters import KnownInterpreters
from ui.recipe.launch import Launch
from ui.recipe.offers import Offer, Offers, of_the_sentence
from ui.recipe.opened_files import Files
from ui.recipe.packages import Packages
from ui.recipe.palette import Palette
from ui.recipe.race_menu import RaceMenu
from ui.recipe.race_start import RaceStart
from ui.recipe.races import Races
from ui.recipe.starters import Starters
from ui.recipe.suggestions import TypedRecipe, suggested
from ui.recipe.typed_lines import RecipeLines
from ui.recipe.ways import RecipeWays
from ui.runs.live_runs import LiveRuns
from ui.runs.output.output_tab import OutputTab
from ui.runs.run_export import exported
from ui.runs.runs_panel import RunsPanel
from ui.runs.status_bar import StatusBar
from ui.runs.verdict_strip import VerdictStrip
from ui.runs.views.look_tab import LookTab
from ui.settings.appearance import Appearance
from ui.settings.settings_file import SettingsFile
from ui.settings.window_place import WindowPlace
from ui.shell import settings_wires
from ui.shell.code_tab import CodeTab
from ui.shell.frames import Frames
from ui.shell.kept_places import KeptPlaces
from ui.shell.keyboard import Keyboard
from ui.shell.newer import Newer
from ui.shell.past_runs import PastRuns
from ui.shell.right_column import Side
from ui.shell.run_course import RunCourse
from ui.shell.shown_interpreters import ShownInterpreters
from ui.shell.split import Middle
from ui.shell.teller import Teller
from ui.shell.troubles import Troubles
from ui.shell.undoing import Undoing, offer_code, offer_runs
from ui.stage.stage import Stage
from ui.workers.core_sampler import CoreSampler
from ui.workers.lab_worker import LabWorker

FIND_AFTER_MS = 1000  # ms: asking other Pythons takes both cores of a small machine, so not during the start
EARLIER = 0.25  # of the window, per key press


class Window(QMainWindow):
    def __init__(self, themes: ThemeSource, settings: SettingsFile) -> None:
        super().__init__()
        self.themes = themes
        self.settings = settings
        self.painted = False
        self._shut = False
        self._make_parts(themes.theme)
        self._lay_out()
        self._note_themed(themes.theme)
        self._wire()
        self._restore()

    # -- what the app, the bench and the tests call

    def show_recipe(self, recipe: Recipe) -> None:
        self.current.show(recipe)

    def run(self, recipe: Recipe | None = None) -> Run | None:
        return self.launch.run(recipe)

    def show_at(self, size: QSize | None) -> None:
        """`size` is for screenshots and measurements; without it the window comes back as it was left."""
        if size is not None:
            self.resize(size)
        else:
            self.appearance.fit_screen()
            self.place.restore()
        self.show()

    def tell_defect(self, words: str, times: int = 1, trace: str = "") -> None:
        self.troubles.tell_defect(words, times, trace)

    def tell_unpainted(self, number: int, problem: Exception) -> None:
        """The picture of a run cannot be painted."""
        self.stage.break_down(number)
        self.runs.fail(number, "drawing it", problem)

    def shut_down(self) -> None:
        """Ends all runs and threads; none is left when this returns."""
        if self._shut:
            return
        self._shut = True
        self.clock.stop()
        for part in (
            self.newer,
            self.coding,
            self.packages,
            self.interpreters,
            self.sampler,
            self.runs,
            self.past_runs,
        ):
            apart(part.shut_down)
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
        self.recipe_lines = RecipeLines(self.interpreters, self)
        self._make_panels(theme, words)
        self._make_followers()

    def _make_panels(self, theme: Theme, words: Trust) -> None:
        self.notices = Notices(theme)
        self.side = Side(theme)
        self.coding = Coding(self.side.code, self.settings, words, self.notices, self)
        lines, problem_of = self.recipe_lines, first_problem(self.coding.problem, self.interpreters.problem)
        self.recipe_bar = RecipeBar(theme, problem_of, lines.write, lines.read)
        self.status = StatusBar(theme)
        self.actions_by_name = Actions(self)
        self.help = Help(theme, self, self.actions_by_name, self.status.help)
        self.troubles = Troubles(self.notices, self.recipe_bar, self.settings, self.help)
        self.runs_panel = RunsPanel(theme)
        self.knobs = KnobsPopover(theme)
        self.current = CurrentRecipe(self.recipe_bar, self.knobs, self.coding, self.interpreters, self.settings)
        self.launch = Launch(
            self.recipe_bar,
            self.current,
            self.coding,
            self.interpreters,
            self.runs,
            self.runs_panel,
            self.notices,
            self.settings,
        )
        self.palette_popover = Palette(theme)
        self.race_menu = RaceMenu(theme)
        self.races = Races(self.runs.start, self)
        self.race_start = RaceStart(self.race_menu, self.races, self.recipe_bar, self.coding, self.interpreters)
        self.stage = Stage(theme)
        self.starters = Starters(theme, self.settings.settings.freeze_allowed)
        self.preferences = Preferences(theme, self, self.settings, self.actions_by_name, words)
        self.files = Files(self, self.settings, self.interpreters.disk)
        self.recipe_ways = RecipeWays(theme, self, self.recipe_bar, self.files, lines)
        run = self.launch.show_and_run
        self.typed_recipe = TypedRecipe(lines.read, lines.brief_sentence, run, self)
        self.offers = Offers(self, self.settings)
        self.offers.add(self.recipe_ways.to_open)
        self.offers.add(lambda: of_the_sentence(self.recipe_bar.menus))
        self.offers.add(lambda: [Offer(one.title, one.show, "Guide") for one in self.help.offered()])
        self.offers.add(lambda: suggested(self.recipe_bar.recipe(), run, problem_of))
        self.palette_popover.taken.connect(self.offers.note)
        self.strip = VerdictStrip(theme)

    def _make_followers(self) -> None:
        """Makes what follows the runs: figures and words, tabs, runs that have left the stage."""
        self.look_tab = LookTab(self.side.tabs, self.side.look, self.runs)
        self.output_tab = OutputTab(self.side.tabs, self.side.output, self.runs)
        self.teller = Teller(self.runs, self.sampler, self.stage, self.side, self.strip, self.status)
        self.past_runs = PastRuns(self.runs, self.stage, self.side, self.teller, self.runs_panel)
        self.run_course = RunCourse(
            self.runs,
            self.stage,
            self.side,
            self.teller,
            self.runs_panel,
            self.recipe_bar,
            self.coding,
            self.launch,
            self.races,
            self.troubles,
            self.settings,
        )
        self.shown_interpreters = ShownInterpreters(
            self.interpreters, self.packages, self.recipe_bar, self.side, self.current
        )

    def _note_themed(self, theme: Theme) -> None:
        """Collects the parts that pass a theme on to their children; the keyboard goes through some of them."""
        areas = (self.recipe_bar, self.strip, self.notices, self.stage, self.side, self.runs_panel, self.status)
        self.keyboard = Keyboard(theme, self, self.stage, areas)
        over = (self.keyboard.ring, self.knobs, self.palette_popover, self.race_menu, self.recipe_ways, self.help)
        parts = (*over, self.preferences, self.recipe_bar, self.runs_panel, self.status, self.place, self._middle)
        self.appearance = Appearance(self, self.themes, self.settings, parts)

    def _lay_out(self) -> None:
        self.stage.set_empty(self.starters)
        kept = self.settings.settings
        self._middle = Middle(self.themes.theme, self.notices, self.strip, self.stage, self.side, kept)
        whole = QWidget()
        whole.setObjectName("whole")
        stack = QVBoxLayout(whole)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for part, stretch in ((self.recipe_bar, 0), (self._middle, 1), (self.runs_panel, 0), (self.status, 0)):
            stack.addWidget(part, stretch)
        self.setCentralWidget(whole)
        time = self.stage.window_of_time
        self.kept_places = KeptPlaces(self, self.settings, self.place, self._middle, self.side, time)
        self.code_tab = CodeTab(self.side, self._middle, self.stage, self.runs, self.teller, self.coding)

    def _wire(self) -> None:
        after = [part.tick for part in (self.look_tab, self.output_tab, self.code_tab, self.past_runs)]
        self.frames = Frames(self.clock, self.runs, self.sampler, self.stage, self.teller, self.settings, after)
        self.teller.told.connect(self.troubles.tell_settings)
        self.teller.told.connect(self.kept_places.follow)
        self.teller.told.connect(lambda: self.look_tab.tell(self.teller.chosen))
        self.teller.told.connect(lambda: self.output_tab.tell(self.teller.chosen))
        self._wire_files()
        self._wire_interpreters()
        self._wire_runs()
        self._wire_recipe()
        self._wire_stage()
        self._wire_side()
        self._wire_actions()
        self.newer = Newer(self.settings, self.notices, self)

    def _wire_files(self) -> None:
        """Wires what is opened, typed and pasted."""
        self.files.opening.connect(self.coding.note_opening)
        self.files.code_opened.connect(self.coding.open_file)
        self.side.code.told.connect(self.status.show_message)
        self.side.code.tools.open_requested.connect(self.files.ask)
        self.recipe_lines.code_found.connect(self.coding.offer_pasted)
        self.files.recipe_opened.connect(self.coding.note_recipe)
        self.files.recipe_opened.connect(self.interpreters.note_recipe)
        self.coding.consent.pythons_allowed.connect(self.interpreters.take_answer)
        self.files.recipe_opened.connect(self.current.show)
        for source in (self.files, self.recipe_lines, self.coding):
            source.done.connect(self.status.show_message)
            about = type(source).__name__
            source.done.connect(lambda _, about=about: self.notices.forget(about))
            source.failed.connect(lambda words, about=about: self.notices.add(words, trouble=True, about=about))
            source.failed.connect(lambda _: self.status.show_message(""))  # no old success beside a failure

    def _wire_interpreters(self) -> None:
        self.files.opening.connect(self.interpreters.look_beside)
        self.interpreters.located.connect(self.recipe_bar.menus.take_interpreter)
        self.interpreters.located.connect(lambda _: self.notices.forget("a Python"))
        self.interpreters.refused.connect(lambda words: self.notices.add(words, trouble=True, about="a Python"))
        self.recipe_bar.menus.locate_requested.connect(self.interpreters.locate)
        self.recipe_bar.menus.use_requested.connect(self.interpreters.add)
        self.recipe_bar.menus.install_requested.connect(self.packages.press)
        self.side.computer.pressed.connect(lambda package: self.packages.press("", package))
        self.packages.installed.connect(self.status.show_message)

    def _wire_runs(self) -> None:
        stop_all = self.recipe_bar.stop_all
        self.runs.way_out = lambda number: freeze_exit.places(self, [*self.stage.stop_buttons(number), stop_all])
        self.teller.told.connect(self.runs.tell_way_out)
        self.runs.added.connect(self.look_tab.begin)
        self.runs.refused.connect(self.troubles.tell_refused)
        self.launch.refused.connect(self.troubles.tell_refused)
        self.runs.failed.connect(self.troubles.tell_failed)
        self.past_runs.left.connect(self.side.look.forget)
        self.past_runs.left.connect(lambda _: self.output_tab.tell(None))
        self.past_runs.left.connect(self.troubles.forget_left)
        self.past_runs.dismissed.connect(self.troubles.forget_run)

    def _wire_recipe(self) -> None:
        """Wires the recipe bar and what hangs below it."""
        for source in (self.coding, self.recipe_bar, self.knobs):
            source.recipe_changed.connect(self.current.change)
        self.knobs.live_knob_changed.connect(self.runs.set_knob)
        self.knobs.frame_rate_changed.connect(self.appearance.set_frame_rate)
        self.appearance.frame_rate_changed.connect(self.knobs.show_frame_rate)
        self.appearance.frame_rate_changed.connect(lambda rate: self.status.show_message(f"{rate} frames per second"))
        self.appearance.frame_rate_changed.connect(lambda _: self.frames.set_pace())
        self.appearance.zoomed.connect(self.status.show_message)
        self.recipe_bar.chip_workers.returnPressed.connect(self.keyboard.focus_stage)
        self.recipe_bar.line.done.connect(self.keyboard.focus_stage)
        self.races.finished.connect(self.runs_panel.compare)
        self.current.went.connect(lambda recipe: self.status.show_message(self.recipe_lines.brief_sentence(recipe)))

    def _wire_stage(self) -> None:
        """Wires the stage, and what lies over it."""
        self.starters.start_requested.connect(lambda _: self.stage.setFocus())  # the pressed button goes
        self.starters.start_requested.connect(self.launch.show_and_run)
        self.starters.freeze_allowed.connect(lambda: self.settings.change(freeze_allowed=True))
        self.notices.action.connect(self._on_notice)
        self.stage.draw_failed.connect(lambda number, problem: self.runs.fail(number, "drawing it", problem))
        self.stage.pause_requested.connect(self.runs.pause)
        self.stage.stop_requested.connect(self.runs.stop)
        self.stage.run_again_requested.connect(self.launch.run_again)
        self.stage.dismiss_requested.connect(self.past_runs.dismiss)
        self.stage.lane_clicked.connect(lambda number, _lane, _t: self.teller.choose(number))
        self.stage.run_chosen.connect(self.teller.choose)
        self.stage.lens_toggled.connect(lambda on: self.settings.change(lens_open=on))

    def _wire_side(self) -> None:
        """Wires the right column and the list of runs."""
        for part in (self.side.verdict, self.side.output.list):
            part.copied.connect(lambda: self.status.show_message("Copied"))
        self.side.verdict.runs.chosen.connect(self.teller.choose)
        self.runs_panel.run_again.connect(self.launch.show_and_run)
        self.runs_panel.export_menu.chosen.connect(
            lambda kind: self.files.export(kind, exported(self.runs_panel.runs(), kind))
        )
        for gone in (self.runs_panel.removed, self.runs_panel.forgotten):
            gone.connect(self.troubles.forget_run)
        self.side.tasks.worker_chosen.connect(self.teller.choose_worker)

    def _wire_actions(self) -> None:
        self.undoing = Undoing(self.notices, self.current, self.actions_by_name["recipe_before"])
        offer_runs(self.undoing, self.runs_panel, self.past_runs)
        offer_code(self.undoing, self.coding)
        act = self.actions_by_name.on
        act("run", self._run_by_key)
        act("race", self.race_start.open_menu)
        act("stop_all", self.runs.stop_all)
        act("pause", self.runs.pause_newest)
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
        act("smooth", lambda: self.appearance.toggle_rate(SCREEN_SHARE_FRAMES))
        act("reduced_motion", lambda: self.appearance.toggle_rate(REDUCED_FRAMES))
        act("code", self.code_tab.go_to)
        act("save_code", self.coding.saving.save)
        act("copy_script", self.side.code.copy_as_script)
        act("clear_stage", self.past_runs.dismiss_all)
        act("next_area", lambda: self.keyboard.to_area(1))
        act("area_before", lambda: self.keyboard.to_area(-1))
        act("quit", self.close)
        act("recipe_before", self.undoing.back)
        act("recipe_after", self.current.forth)
        self.recipe_ways.wire(self.actions_by_name)
        self._name_keys()
        settings_wires.connect(
            self.preferences,
            self.actions_by_name,
            self.appearance,
            self.stage,
            self.interpreters,
            self.teller,
            self.status,
            self.notices,
            self.starters,
            self.settings,
        )
        settings_wires.make_app_menu(self, self.actions_by_name)

    def _name_keys(self) -> None:
        bar, above, actions = self.recipe_bar, self.stage.bar, self.actions_by_name
        actions.name_key("type_recipe", bar.word_run)
        actions.name_key("freeze", above.live)
        actions.name_key("zoom_out", above.zoom_out)
        actions.name_key("zoom_in", above.zoom_in)
        actions.name_key("lens", above.lens)
        actions.name_key("runs_panel", self.runs_panel.toggle)
        actions.press_with("run", bar.run)
        actions.press_with("race", bar.race)
        actions.press_with("stop_all", bar.stop_all)
        actions.press_with("knobs", bar.knobs)
        actions.press_with("theme", bar.theme_button)
        actions.press_with("palette", bar.search)
        actions.press_with("details", self.strip.details)
        actions.tell_key("palette", lambda key: bar.name_search_key(keys.badge(key)))
        actions.tell_key("run", lambda key: setattr(bar.line, "run_key", key))

    def _restore(self) -> None:
        kept = self.settings.settings
        self.interpreters.restore(earlier=not self.settings.safe)
        self.coding.restore()
        self.show_recipe(kept.recipe)
        self.knobs.show_frame_rate(kept.frame_rate)
        self.stage.show_lens(kept.lens_open)
        self.stage.window_of_time.set_span(round(kept.time_window_s * 1e9))
        self.side.set_tall(kept.tabs_tall)
        self.side.tabs.wish(kept.tab)
        self.runs_panel.set_open(False)  # until a run may come into it
        self.stage.setFocus()  # keys are shortcuts until a field is asked for
        self.sampler.start(CoreSampler.Priority.HighPriority)
        self.teller.tell()
        self.help.tell_update(self.settings, self.notices)

    def _on_notice(self, action: str) -> None:
        parts = (self.undoing, self.newer, self.troubles, self.help, self.coding)
        if not any(part.answer_notice(action) for part in parts):
            self.launch.answer(action)

    def _find_interpreters(self) -> None:
        if not self._shut and not self.settings.safe:
            self.interpreters.search()
            if self.settings.kept:
                self.packages.bring_first()
            self.newer.look()

    def _open_palette(self) -> None:
        offered = [*self.actions_by_name.all(), *self.offers.renew()]
        made_of, lately = self.typed_recipe.made_of, self.offers.lately
        self.palette_popover.open_with(offered, self.recipe_bar.search, made_of, lately)

    def _open_knobs(self) -> None:
        self.knobs.open_below(self.recipe_bar.knobs, align_right=True)

    # -- the keyboard

    def _run_by_key(self) -> None:
        """Runs from wherever the keyboard is: popovers close, what is being typed counts."""
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
        # On an update request Qt paints to the screen. The pulse moves in every picture of the stage.
        if event.type() == QEvent.Type.UpdateRequest and self.stage.pulse.plot.take_painted():
            self.clock.note_shown()
        return done

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted and not self._shut:
            self.painted = True
            self.clock.start()  # not before: the start's own length says nothing about the window
            QTimer.singleShot(FIND_AFTER_MS, self._find_interpreters)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is a way out also while this window responds."""
        if event.key() != Qt.Key.Key_Escape or not self.runs.stop_inside():
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.kept_places.keep()
        self.shut_down()
        super().closeEvent(event)
