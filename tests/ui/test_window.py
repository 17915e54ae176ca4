"""The whole window, offscreen, with real labs: what it wires, keeps and tells. tests/e2e has real mouse and keys."""

from __future__ import annotations

import csv
import gc
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from playground.interpreters import known as interpreters
from playground.recipe import limits
from playground.recipe.recipe import BadRecipe, Recipe, sentence
from playground.run.run import Run
from playground.run.way_out_process import Place, WayOut
from ui.application import dress
from ui.kit.labels import Label
from ui.kit.theme import DARK, LIGHT, ThemeSource
from ui.loop import freeze_exit
from ui.settings import last_folder, settings_file
from ui.settings.settings_file import SettingsFile
from ui.window import Window

# Offscreen there is no window manager that could be told a least size.
pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise", extend=True),
]

LIMIT_MS = 60_000
SHORT = Recipe(job="sleep", workers=2, amount=1)
FREEZE = Recipe(model="serial", workers=1, host="ui", seconds=0.2)


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Window]]:
    made: list[Window] = []

    def build(size: tuple[int, int] = (1440, 900)) -> Window:
        window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
        made.append(window)
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield build
    for window in made:
        window.close()


@pytest.fixture
def window(make: Callable[[], Window]) -> Window:
    return make()


@pytest.fixture
def ended(qtbot: QtBot, window: Window) -> Callable[..., Run]:
    """Runs a recipe to its end."""

    def run(recipe: Recipe = SHORT) -> Run:
        started = window.run(recipe)
        assert started is not None
        qtbot.waitUntil(lambda: started.ended, timeout=LIMIT_MS)
        return started

    return run


def act(window: Window, name: str) -> None:
    window.actions_by_name[name].trigger()


# -- at the start


def test_it_says_at_once_what_it_shows(window: Window) -> None:
    assert window.side.verdict.sentence.words() == "Nothing is running."
    assert window.recipe_bar.chip_interpreter.words() == interpreters.own().title
    assert not window.notices.isVisible()


def test_the_clock_begins_with_the_first_picture(qtbot: QtBot, tmp_path: Path) -> None:
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    beats: list[float] = []
    window.clock.beat.connect(lambda _when, late: beats.append(late))
    qtbot.wait(60)
    assert not beats  # how long it takes to come up is not how late its frames are
    window.show()
    qtbot.waitUntil(lambda: bool(beats), timeout=LIMIT_MS)
    window.close()


def test_keys_are_shortcuts_until_a_field_is_asked_for(window: Window) -> None:
    assert window.focusWidget() is window.stage


def test_the_last_recipe_comes_back(make: Callable[[], Window]) -> None:
    first = make()
    first.recipe_bar.chip_workers.stepped.emit(3)
    first.close()
    assert make().recipe_bar.recipe().workers == 7


def test_what_the_settings_have_to_say_is_told(make: Callable[[], Window], tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("rubbish")
    window = make()
    assert any("settings" in words for words in window.notices.words())
    assert (tmp_path / "settings.toml.broken-1").exists()


def test_settings_that_cannot_be_written_any_more_are_told_once(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings_file, "write_whole", full)
    for workers in (5, 6):
        window.recipe_bar.chip_workers.stepped.emit(workers)
        window.settings.wait_until_written()
    qtbot.waitUntil(lambda: bool(window.notices.words()), timeout=LIMIT_MS)
    assert "No space left" in window.notices.words()[0]
    for notice in window.notices.notices():
        window.notices.remove(notice)
    window.teller.tell()
    assert not window.notices.words()


# -- running


def test_a_run_comes_ends_and_goes(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    run = ended()
    assert list(window.stage.groups) == [1]
    assert not window.starters.isVisible()
    assert [one.statistics.number for one in window.runs_panel.runs()] == [1]
    assert window.runs_panel.is_open()
    assert not window.recipe_bar.stop_all.isEnabled()
    window.stage.dismiss_requested.emit(run.number)
    assert window.starters.isVisible()
    assert window.runs.all == []
    assert window.side.verdict.sentence.words() == "Nothing is running."


def test_a_count_that_cannot_be_run_starts_nothing_by_key_either(window: Window) -> None:
    window.recipe_bar.chip_workers.setText("0")
    window.recipe_bar.chip_workers.textEdited.emit("0")
    act(window, "run")
    assert window.runs.all == []
    assert window.recipe_bar.problem()


def test_a_refusal_marks_the_field_and_a_good_choice_clears_it(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_many(_recipe: Recipe) -> None:
        raise BadRecipe("workers", "Too many: this machine holds 4 workers, not 5.")

    monkeypatch.setattr(limits, "check", too_many)
    assert window.run(Recipe(workers=5)) is None
    assert window.recipe_bar.problem() == "Too many: this machine holds 4 workers, not 5."
    assert window.recipe_bar.chip_workers.warned
    assert not window.recipe_bar.run.isEnabled()
    window.recipe_bar.chip_workers.stepped.emit(-1)
    assert window.recipe_bar.run.isEnabled()


def test_freezing_is_asked_for_once(qtbot: QtBot, window: Window) -> None:
    assert window.run(FREEZE) is None
    assert "will freeze for up to 0.2 s" in window.notices.words()[0]
    window.notices.action.emit("not now")
    assert window.runs.all == []
    assert window.run(FREEZE) is None
    window.notices.action.emit("freeze")
    (run,) = window.runs.all
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    assert window.settings.settings.freeze_allowed
    again = window.run(FREEZE)
    assert again is not None
    qtbot.waitUntil(lambda: again.ended, timeout=LIMIT_MS)


def test_the_starter_asks_and_the_window_does_not_ask_again(qtbot: QtBot, window: Window) -> None:
    card = window.starters.cards[-1]
    card.start.click()
    assert card.asking()
    card.yes.click()
    (run,) = window.runs.all
    assert not window.notices.words()
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)


def test_the_same_in_a_lab_even_after_the_run_was_dismissed(qtbot: QtBot, window: Window) -> None:
    window.settings.change(freeze_allowed=True)
    run = window.run(FREEZE)
    assert run is not None
    qtbot.waitUntil(lambda: run.ended and bool(window.notices.words()), timeout=LIMIT_MS)
    act(window, "clear_stage")
    window.notices.action.emit("lab 1")
    (lab,) = window.runs.all
    assert (lab.recipe.host, lab.recipe.model) == ("lab", "threads")
    window.runs.stop_all()
    qtbot.waitUntil(lambda: lab.ended, timeout=LIMIT_MS)


def test_a_notice_moves_nothing_and_goes_with_its_run(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    run = ended()
    parts = (window.stage, window.stage.pulse, window.stage.cores, window.side, window.recipe_bar)
    before = [part.geometry() for part in parts]
    window.runs.failed.emit(run.number, "it went wrong")
    window.notices.add("something else")
    qtbot.wait(20)
    assert [part.geometry() for part in parts] == before
    place = window.notices.geometry().translated(window.notices.parentWidget().mapTo(window, QPoint(0, 0)))
    assert window.notices.isVisible()
    assert window.notices.visibleRegion().boundingRect() == window.notices.rect()
    assert place.bottom() < window.runs_panel.mapTo(window, QPoint(0, 0)).y()
    act(window, "clear_stage")
    assert window.notices.words() == ["something else", "1 run cleared from the stage"]


@pytest.mark.parametrize("how", ["dismissed", "removed from the list"])
def test_both_kinds_of_notices_go_with_their_run(window: Window, ended: Callable[..., Run], how: str) -> None:
    run = ended()
    window.runs.failed.emit(run.number, "it went wrong")
    window.launch.tell_frozen(run.number, 500)
    assert len(window.notices.words()) == 2
    if how == "dismissed":
        window.stage.dismiss_requested.emit(run.number)
    else:
        window.runs_panel.remove(run.number)
    (undo,) = window.notices.words()
    assert undo.startswith("1 run ")


def test_a_fault_stays_told_when_its_run_leaves_by_itself(window: Window, ended: Callable[..., Run]) -> None:
    run = ended()
    window.runs.failed.emit(run.number, "it went wrong")
    window.launch.tell_frozen(run.number, 500)
    window.past_runs.leave(run.number)
    assert window.notices.words() == ["Run 1: it went wrong"]


def test_what_goes_on_keeps_its_notices_when_the_stage_is_cleared(window: Window) -> None:
    run = window.run(Recipe(job="sleep", workers=1))
    assert run is not None
    window.runs.failed.emit(run.number, "it went wrong")
    act(window, "clear_stage")
    assert window.notices.words() == ["Run 1: it went wrong"]
    window.runs.stop(run.number)


def test_what_is_removed_from_the_runs_takes_its_notice_along(window: Window, ended: Callable[..., Run]) -> None:
    run = ended()
    window.runs.failed.emit(run.number, "it went wrong")
    window.runs_panel.remove(run.number)
    assert window.notices.words() == ["1 run removed from the list"]


def test_a_run_that_begins_answers_what_was_asked_before_it(
    qtbot: QtBot, window: Window, ended: Callable[..., Run]
) -> None:
    window.run(FREEZE)
    window.launch.refused.emit("", "There is no space left.")
    assert len(window.notices.words()) == 2
    ended()
    assert window.notices.words() == []


def test_what_could_not_be_saved_is_forgotten_once_it_was(window: Window) -> None:
    window.files.failed.emit("It cannot be written: the disk is full")
    window.recipe_lines.failed.emit("There is nothing to paste")
    window.files.done.emit("Saved")
    assert window.notices.words() == ["There is nothing to paste"]


def test_another_notice_does_not_answer_the_question(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    ended()
    window.run(FREEZE)
    window.notices.action.emit("lab 1")
    window.notices.action.emit("freeze")
    assert [run.recipe.host for run in window.runs.all] == ["lab", "lab", "ui"]
    window.runs.stop_all()
    qtbot.waitUntil(lambda: not window.runs.live, timeout=LIMIT_MS)


def test_endless_work_in_this_app_gets_an_end(qtbot: QtBot, window: Window) -> None:
    run = window.run(Recipe(host="app", workers=1))
    assert run is not None
    assert run.recipe.seconds == 5.0  # offscreen nothing hears Esc while it is frozen
    window.runs.stop_all()
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)


@pytest.mark.parametrize("heard", [True, False])
def test_a_freeze_is_announced_and_as_long_as_can_be_borne(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch, heard: bool
) -> None:
    monkeypatch.setattr(freeze_exit, "is_heard", lambda: heard)
    monkeypatch.setattr(window.runs, "way_out", lambda _number: None)  # no display that could be asked
    bar = window.recipe_bar
    window.show_recipe(Recipe(seconds=20.0))
    words = window.findChild(Label, "recipe_problem")
    assert not words.isVisible()
    bar.menus.take_host("app")
    assert bar.recipe().seconds == 5.0
    how = "Esc stops it" if heard else "nothing can stop it sooner"
    assert words.isVisible()
    assert words.words() == f"This window will freeze for up to 5 s, as the work runs inside it; {how}."
    assert bar.run.isEnabled()
    bar.menus.take_host("lab")
    assert not words.isVisible()
    longer = Recipe(job="sleep", host="app", workers=1, seconds=5.5, amount=1)
    run = window.run(longer)
    assert (run is not None) is heard
    assert ("may take 5 s at most, not 5.5 s" in bar.problem()) is not heard
    if run is not None:
        qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)


def test_the_way_out_knows_where_the_stop_buttons_are(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freeze_exit, "is_heard", lambda: True)
    told: list[tuple[int, list[Place]]] = []
    monkeypatch.setattr(WayOut, "wanted", False)
    monkeypatch.setattr(WayOut, "tell", lambda _self, *orders: told.append(orders))
    run = window.run(Recipe(job="sleep", host="app", workers=1, seconds=5.0))
    assert run is not None
    (number, places), *_ = told
    assert number == int(window.winId())
    buttons = [window.stage.groups[run.number].header.stop_button, window.recipe_bar.stop_all]
    for (left, top, width, height), button in zip(places, buttons, strict=True):
        corner = button.mapTo(window, QPoint(0, 0))
        assert (left, top, width, height) == (corner.x(), corner.y(), button.width(), button.height())
    window.runs.stop_all()


def test_esc_stops_what_runs_in_this_app_and_nothing_else(qtbot: QtBot, window: Window) -> None:
    lab = window.run(Recipe(job="sleep", workers=1))
    here = window.run(Recipe(job="sleep", host="app", workers=1, seconds=5.0))
    assert lab is not None
    assert here is not None
    qtbot.waitUntil(lambda: here.phase == "running", timeout=LIMIT_MS)
    qtbot.keyClick(window.stage, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: here.ended, timeout=LIMIT_MS)
    assert here.statistics().outcome == "stopped"
    qtbot.keyClick(window.stage, Qt.Key.Key_Escape)
    assert lab.engine.asked_at is None
    window.runs.stop_all()
    qtbot.waitUntil(lambda: lab.ended, timeout=LIMIT_MS)


def test_the_freeze_of_a_run_is_not_told_of_the_next(qtbot: QtBot, window: Window) -> None:
    window.settings.change(freeze_allowed=True)
    first = window.run(FREEZE)
    assert first is not None
    qtbot.waitUntil(lambda: first.ended, timeout=LIMIT_MS)
    froze = window.teller._machine(first.statistics()).lateness_max_ms
    assert froze is not None
    assert froze >= 150
    soon = window.stage.window_of_time.now + 1
    figures = structs.replace(first.statistics(), number=9, phase="running", started_ns=soon)
    late = window.teller._machine(figures).lateness_max_ms
    assert late is not None
    assert late < 100  # beats that came since may be a little late
    earlier = structs.replace(figures, started_ns=first.started_ns)
    assert window.teller._machine(earlier).lateness_max_ms >= froze  # type: ignore[operator]


def test_a_defect_is_told_and_nothing_ends(window: Window) -> None:
    window.tell_defect("KeyError: 'x'")
    assert "KeyError" in window.notices.words()[0]


# -- figures leave the window


def chosen_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(path), "")))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: (str(path), "")))


@pytest.mark.parametrize("recipe", [SHORT, Recipe(workers=2, host="app", seconds=0.4)])
def test_finished_runs_are_exported(
    window: Window, ended: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recipe: Recipe
) -> None:
    ended(recipe)
    chosen_file(monkeypatch, tmp_path / "runs.json")
    window.runs_panel.export_menu.chosen.emit("json")
    exported = json.loads((tmp_path / "runs.json").read_text())
    assert [(run["number"], run["outcome"]) for run in exported] == [(1, "finished")]
    chosen_file(monkeypatch, tmp_path / "runs.csv")
    window.runs_panel.export_menu.chosen.emit("csv")
    with (tmp_path / "runs.csv").open(newline="") as file:
        assert [row["outcome"] for row in csv.DictReader(file)] == ["finished"]


def test_a_recipe_is_saved_and_opened(window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen_file(monkeypatch, tmp_path / "mine.toml")
    window.show_recipe(Recipe(workers=3, model="processes", seconds=2.0))
    act(window, "save_recipe")
    assert tomllib.loads((tmp_path / "mine.toml").read_text())["workers"] == 3
    window.show_recipe(Recipe())
    act(window, "open_recipe")
    assert window.recipe_bar.recipe() == Recipe(workers=3, model="processes", seconds=2.0)


def test_what_cannot_be_saved_or_opened_is_told(
    window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chosen_file(monkeypatch, tmp_path / "none" / "mine.toml")
    act(window, "save_recipe")
    assert "cannot be written" in window.notices.words()[0]
    (tmp_path / "bad.toml").write_text("workers = 0")
    window.files.open_recipe(tmp_path / "bad.toml")
    assert window.notices.words()[1] == "bad.toml: The number of workers must be 1 to 100 000, not 0."
    assert window.recipe_bar.recipe() == Recipe()


def test_file_dialogs_begin_where_the_user_was_last(
    window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(
            QFileDialog, name, staticmethod(lambda _, __, start, *___: (asked.append(start), ("", ""))[1])
        )
    documents, last = tmp_path / "Documents", tmp_path / "lectures"
    documents.mkdir()
    last.mkdir()
    monkeypatch.setattr(last_folder.QStandardPaths, "writableLocation", staticmethod(lambda _: str(documents)))  # type: ignore[attr-defined]

    def ask_all() -> None:
        asked.clear()
        window.files.ask()
        window.files.save_recipe(Recipe())
        window.files.export("csv", "")
        window.coding.saving.save_as()

    names = ("4-primes-threads.recipe.toml", "runs.csv", "job.py")
    ask_all()
    assert asked == [str(documents), *(str(documents / name) for name in names)]
    window.settings.change(recent=(str(tmp_path / "gone" / "a.toml"), str(last / "b.toml")))
    ask_all()
    assert asked == [str(last), *(str(last / name) for name in names)]
    documents.rmdir()
    window.settings.change(recent=())
    ask_all()
    assert asked[0] == str(Path.home())


def test_no_file_chosen_changes_nothing(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: ("", "")))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: ("", "")))
    for name in ("save_recipe", "open_recipe"):
        act(window, name)
    window.runs_panel.export_menu.chosen.emit("csv")
    assert not window.notices.words()


def test_the_sentence_is_copied(window: Window) -> None:
    act(window, "copy_sentence")
    python = interpreters.own().title
    told = f"{sentence(window.recipe_bar.recipe())} on {python} in a lab process"
    assert QGuiApplication.clipboard().text() == told


# -- looks


def test_themes_switch_and_are_kept(window: Window) -> None:
    for name in ("light", "dark"):
        act(window, "theme")
        assert window.themes.theme.name == name
        assert window.settings.settings.theme == name
    act(window, "theme_system")
    assert window.settings.settings.theme == "system"


def test_narrow_windows_have_a_drawer(qtbot: QtBot, make: Callable[..., Window]) -> None:
    window = make((1024, 640))
    assert not window.side.isVisible()
    act(window, "details")
    assert window.side.isVisible()
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: window.side.isVisible() and window.side.x() > window.stage.width() // 2, timeout=LIMIT_MS)
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: not window.side.isVisible(), timeout=LIMIT_MS)


def test_the_smallest_window_shows_all_of_each_starter(qtbot: QtBot, make: Callable[..., Window]) -> None:
    window = make((1024, 640))
    for card in window.starters.cards:
        for widget in (card, card.start):
            qtbot.waitUntil(lambda w=widget: w.visibleRegion().boundingRect() == w.rect(), timeout=LIMIT_MS)


def test_the_smallest_window_asks_in_whole_words(qtbot: QtBot, make: Callable[..., Window]) -> None:
    window = make((1024, 640))
    card = window.starters.cards[-1]
    card.start.click()
    assert card.asking()
    for label in card.findChildren(Label):
        if label.isVisible():
            wanted = label.heightForWidth(label.width()) if label.hasHeightForWidth() else label.sizeHint().height()
            qtbot.waitUntil(lambda w=label, h=wanted: w.height() >= h, timeout=LIMIT_MS)
            assert label.visibleRegion().boundingRect().height() >= wanted
    card.no.click()


@pytest.mark.parametrize(("height", "opens"), [(640, False), (900, True)])
def test_the_list_of_runs_opens_by_itself_where_there_is_room(
    qtbot: QtBot, make: Callable[..., Window], height: int, opens: bool
) -> None:
    window = make((1280, height))
    assert not window.runs_panel.is_open()
    run = window.run(SHORT)
    assert run is not None
    assert window.runs_panel.is_open() is opens, "with its beginning: at its end nothing moves"
    qtbot.waitUntil(lambda: bool(window.runs_panel.runs()), timeout=LIMIT_MS)
    assert window.runs_panel.is_open() is opens
    assert len(window.runs_panel.runs()) == 1


@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
def test_the_right_column_keeps_its_colours_as_a_drawer_and_back(
    qtbot: QtBot, qapp: QApplication, make: Callable[..., Window]
) -> None:
    before = qapp.palette(), qapp.font(), qapp.styleSheet()
    dress(qapp, DARK)
    try:
        window = make((1440, 900))
        window.themes.changed.connect(lambda theme: dress(qapp, theme))
        window.show_recipe(Recipe(job="own", code="def job(i, n):\n    return i\n"))
        window.code_tab.go_to()
        texts: list[QWidget] = [window.side.code.editor, window.side.verdict.reason]
        for theme in (LIGHT, DARK):
            window.themes.toggle()
            for width in (1100, 1440):
                window.resize(width, 900)
                qtbot.wait(20)
                window._middle.open_side()
                qtbot.waitUntil(lambda: texts[0].isVisible(), timeout=LIMIT_MS)
                assert texts[0].palette().color(QPalette.ColorRole.Text).name() == QColor(theme.t1).name()
                assert texts[1].palette().color(QPalette.ColorRole.WindowText).name() == QColor(theme.t2).name()
        window.close()
    finally:
        qapp.setStyleSheet(before[2])
        qapp.setPalette(before[0])
        qapp.setFont(before[1])


def test_before_the_first_run_no_room_is_kept_in_the_verdict(qtbot: QtBot, window: Window) -> None:
    window.code_tab.go_to()
    card = window.side.verdict
    qtbot.waitUntil(lambda: window.side.tabs.isVisible() and card.height() < 200, timeout=LIMIT_MS)
    assert card.reason.isVisible()


def test_runs_that_were_shut_stay_shut(qtbot: QtBot, make: Callable[..., Window]) -> None:
    window = make((1280, 900))
    run = window.run(SHORT)
    assert run is not None
    window.runs_panel.set_open(False)
    qtbot.waitUntil(lambda: bool(window.runs_panel.runs()), timeout=LIMIT_MS)
    assert not window.runs_panel.is_open()
    second = window.run(SHORT)
    assert second is not None
    qtbot.waitUntil(lambda: len(window.runs_panel.runs()) == 2, timeout=LIMIT_MS)
    assert not window.runs_panel.is_open()
    assert not window.settings.settings.runs_open


@pytest.mark.parametrize("height", [640, 720, 800, 900, 1080])
def test_the_right_column_cuts_nothing(qtbot: QtBot, make: Callable[..., Window], height: int) -> None:
    window = make((1440, height))
    own = interpreters.own()
    many = [replace(own, facts=replace(own.facts, version=f"3.{minor}.0")) for minor in range(8, 20)]
    window.side.show_interpreters(many)
    qtbot.wait(50)  # the layouts have their say
    qtbot.waitUntil(lambda: whole(window.side.verdict) and whole(window.side.how_to_read), timeout=LIMIT_MS)
    computer = window.side.computer
    assert computer.height() >= computer.sizeHint().height()
    if height >= 720:
        assert computer.visibleRegion().boundingRect() == computer.rect()  # nothing need be scrolled
    assert computer.facts()[0][1].partition(" ")[2].startswith("core")
    assert computer.rest() == f"and {13 - len(computer.facts())} more"
    assert computer._rest.toolTip().count("CPython") == 13 - len(computer.facts())


def whole(card: QWidget) -> bool:
    return card.height() >= card.layout().heightForWidth(card.width())


def test_facts_that_are_known_before_the_window_is_shown_have_their_room(qtbot: QtBot, tmp_path: Path) -> None:
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path / "settings"))
    qtbot.addWidget(window)
    own = interpreters.own()
    known = [replace(own, facts=replace(own.facts, version=f"3.{minor}.0")) for minor in range(8, 20)]
    window.side.show_interpreters(known)
    window.resize(1440, 900)  # the column hears of it before what is in it has its place
    window.show()
    qtbot.waitExposed(window)
    rows = window.side.computer.rows()
    assert rows > 6
    window.side._fit_facts()
    assert window.side.computer.rows() == rows, "nothing is left to be put right"
    window.close()


def test_screen_share_and_reduced_motion_draw_less_often(
    qtbot: QtBot, window: Window, ended: Callable[..., Run]
) -> None:
    ended()
    act(window, "live")  # at its end nothing moves
    act(window, "smooth")
    assert window.settings.settings.frame_rate == 30
    assert window.clock.frames_per_s == 30
    act(window, "reduced_motion")
    assert (window.clock.frames_per_s, window.clock.beats_per_s) == (5, 60)  # what is measured stays the same
    assert window.knobs.frame_rate.taken() == "5"
    act(window, "reduced_motion")
    assert window.clock.frames_per_s == 60


def test_every_command_can_be_called_at_any_time(qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: ("", "")))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: ("", "")))
    started: list[Run] = []
    window.runs.added.connect(lambda run, _slot: started.append(run))
    commands = [action for action in window.actions_by_name.all() if action.objectName() != "action_quit"]
    for _ in range(2):
        for action in commands:
            action.trigger()
            QApplication.processEvents()
    assert len(started) == 2
    window.runs.stop_all()
    qtbot.waitUntil(lambda: not window.runs.live, timeout=LIMIT_MS)
    for action in commands:
        if action.objectName() != "action_run":
            action.trigger()
    assert not [words for words in window.notices.words() if "cleared from the stage" not in words]


# -- the end


def test_closing_keeps_the_size_and_ends_all_threads(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    run = window.run(Recipe(workers=2))
    assert run is not None
    qtbot.waitUntil(lambda: run.phase == "running", timeout=LIMIT_MS)
    window.resize(1300, 820)
    window.close()
    assert tomllib.loads((tmp_path / "settings.toml").read_text())["window_place"]
    assert not run.directory.path.exists()
    window.shut_down()  # again: nothing happens


def test_runs_that_come_and_go_leave_no_objects(qtbot: QtBot, window: Window, ended: Callable[..., Run]) -> None:
    def objects() -> int:
        act(window, "clear_stage")
        window.runs_panel.model.remove(next(iter(window.runs_panel.runs())).statistics.number)
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        QApplication.processEvents()
        gc.collect()
        return len(window.findChildren(QObject))

    ended()
    objects()
    ended()
    before = objects()
    for _ in range(8):
        ended()
        after = objects()
    assert after < before + 8  # not even one for each run; a timer that is about to go is none


def test_ctrl_return_in_a_popover_field_belongs_to_the_field(qtbot: QtBot, window: Window) -> None:
    act(window, "palette")
    assert window.palette_popover.isVisible()
    qtbot.keyClick(window.palette_popover.field, Qt.Key.Key_Escape)
    assert not window.palette_popover.isVisible()
    assert window.focusWidget() is window.stage


def test_the_clock_hears_of_pictures_that_are_asked_for_and_shown(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(window.clock, "note_awaited", lambda: heard.append("awaited"))
    monkeypatch.setattr(window.clock, "note_shown", lambda: heard.append("shown"))

    def pair() -> bool:
        return "awaited" in heard and "shown" in heard[heard.index("awaited") :]

    qtbot.waitUntil(pair, timeout=LIMIT_MS)
    window.stage.freeze(True)
    frames: list[int] = []
    window.clock.frame.connect(frames.append)
    qtbot.waitUntil(lambda: len(frames) > 3, timeout=LIMIT_MS)  # what was under way is on the screen
    heard.clear()
    qtbot.waitUntil(lambda: len(frames) > 6, timeout=LIMIT_MS)
    assert heard == []  # it stands still because somebody wanted it to
    window.stage.freeze(False)
    qtbot.waitUntil(pair, timeout=LIMIT_MS)
    window.hide()
    heard.clear()
    frames.clear()
    qtbot.waitUntil(lambda: len(frames) > 3, timeout=LIMIT_MS)
    assert heard == []


@pytest.mark.parametrize(
    ("name", "command"),
    [("search", "palette"), ("knobs", "knobs"), ("theme_button", "theme"), ("stop_all", "stop_all")],
)
def test_a_click_in_the_bar_carries_out_its_command_once(qtbot: QtBot, window: Window, name: str, command: str) -> None:
    button, carried_out = getattr(window.recipe_bar, name), []
    button.setEnabled(True)
    window.actions_by_name[command].triggered.connect(lambda: carried_out.append(command))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert carried_out == [command]
