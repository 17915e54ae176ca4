"""The recipe bar: a sentence that can always be run, or says why not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground import catalogue, hosts
from playground.recipe.recipe import Recipe, checked
from ui.kit.choice_menu import Choice, ChoiceMenu
from ui.kit.fonts import load_fonts
from ui.kit.labels import Label
from ui.kit.theme import DARK, LIGHT
from ui.recipe import choices
from ui.recipe.bar import InterpreterChoice, RecipeBar  # type: ignore[attr-defined]
from ui.recipe.chips import widest_share

# The offscreen platform says so of every window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

OTHER = InterpreterChoice("/opt/python3.13", "CPython 3.13", "GIL")
MISSING = InterpreterChoice("/opt/python3.14", "CPython 3.14", "", False, "not found on this computer")


@pytest.fixture
def bar(qtbot: QtBot) -> RecipeBar:
    load_fonts()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1440, 700)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    bar = RecipeBar(DARK)
    column.addWidget(bar)
    column.addStretch(1)
    bar.set_interpreters([InterpreterChoice("", "CPython 3.11", "GIL"), OTHER, MISSING])
    window.show()
    qtbot.waitExposed(window)
    bar.window_kept = window  # type: ignore[attr-defined]  # else it is collected
    return bar


@pytest.fixture
def told(bar: RecipeBar) -> list[Recipe]:
    recipes: list[Recipe] = []
    bar.recipe_changed.connect(recipes.append)
    return recipes


def open_menu(bar: RecipeBar, name: str) -> ChoiceMenu:
    getattr(bar, f"chip_{name}").click()
    menu = bar.window().findChild(ChoiceMenu, f"menu_{name}")
    assert menu is not None
    assert menu.isVisible()
    return menu


def press(widget: QWidget, key: Qt.Key, words: str = "") -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, words))


def choose(bar: RecipeBar, name: str, title: str) -> None:
    menu = open_menu(bar, name)
    row = next(row for row, choice in enumerate(menu.rows()) if choice.title == title)
    menu._take(row)


def type_count(bar: RecipeBar, qtbot: QtBot, words: str) -> None:
    bar.chip_workers.selectAll()
    qtbot.keyClicks(bar.chip_workers, words)


def test_it_reads_as_a_sentence(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(workers=12, job="hash", model="processes"))
    assert bar.chip_workers.text() == "12"
    assert bar.chip_job.words() == "Hash blocks"
    assert bar.chip_model.words() == "Processes"
    assert bar.chip_interpreter.words() == "CPython 3.11"
    assert bar.chip_host.words() == "a lab process"
    assert bar.chip_job.accessibleName() == "Job: Hash blocks"


def test_every_control_has_a_name(bar: RecipeBar) -> None:
    chips = ["chip_workers", "chip_job", "chip_model", "chip_interpreter", "chip_host"]
    for name in [*chips, "run", "stop_all", "knobs", "theme", "search"]:
        control = bar.findChild(QWidget, name)
        assert control is not None, name
        assert control.accessibleName(), name


def test_stop_all_is_off_while_nothing_runs(bar: RecipeBar, qtbot: QtBot) -> None:
    assert not bar.stop_all.isEnabled()
    bar.set_running(2)
    with qtbot.waitSignal(bar.stop_all.clicked, timeout=1000):
        press(bar.stop_all, Qt.Key.Key_Return)
    bar.set_running(0)
    assert not bar.stop_all.isEnabled()


def test_a_typed_count_is_taken_at_once(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    type_count(bar, qtbot, "16")
    assert told[-1].workers == 16
    assert bar.run.isEnabled()


@pytest.mark.parametrize("words", ["0", "100001", "-3", "four", "1.5", "٤"])
def test_a_bad_count_is_marked_and_switches_run_off(bar: RecipeBar, qtbot: QtBot, words: str) -> None:
    before = bar.recipe()
    bar.chip_workers.selectAll()
    bar.chip_workers.insert(words)
    bar.chip_workers.textEdited.emit(words)
    assert bar.chip_workers.warned
    assert not bar.run.isEnabled()
    assert "1 to 100 000" in bar.problem().replace("\u2009", " ")
    assert bar.recipe() == before
    type_count(bar, qtbot, "3")
    assert (bar.chip_workers.warned, bar.run.isEnabled(), bar.problem()) == (False, True, "")
    assert bar.recipe().workers == 3


def test_an_empty_count_goes_back_when_left(bar: RecipeBar, qtbot: QtBot) -> None:
    bar.chip_workers.setFocus()
    bar.chip_workers.clear()
    bar.chip_workers.textEdited.emit("")
    assert not bar.run.isEnabled()
    bar.chip_workers.editingFinished.emit()
    assert bar.chip_workers.text() == "4"
    assert bar.run.isEnabled()


def test_wheel_and_arrow_keys_step_within_the_range(bar: RecipeBar) -> None:
    def turn(notches: int) -> None:
        middle = QPointF(bar.chip_workers.rect().center())
        place = QPointF(bar.chip_workers.mapToGlobal(middle))
        none = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(bar.chip_workers, QWheelEvent(middle, place, QPoint(), QPoint(0, 120 * notches), *none))

    turn(1)
    assert bar.recipe().workers == 5
    turn(-1)
    press(bar.chip_workers, Qt.Key.Key_Up)
    assert bar.recipe().workers == 5
    bar.show_recipe(Recipe(workers=1))
    press(bar.chip_workers, Qt.Key.Key_Down)
    assert bar.recipe().workers == 1
    assert bar.problem() == ""


def test_presets_are_a_press_away(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    edge = QPoint(bar.chip_workers.width() - 14, bar.chip_workers.height() // 2)
    qtbot.mouseClick(bar.chip_workers, Qt.MouseButton.LeftButton, pos=edge)
    menu = bar.window().findChild(ChoiceMenu, "menu_workers")
    assert menu is not None
    assert [choice.title for choice in menu.rows()] == ["1", "2", "4", "8", "16", "32", "64"]
    press(menu, Qt.Key.Key_Down)
    press(menu, Qt.Key.Key_Return)
    assert told[-1].workers == 8
    assert bar.chip_workers.text() == "8"
    assert not menu.isVisible()


def test_choosing_another_job_and_model(bar: RecipeBar, told: list[Recipe]) -> None:
    choose(bar, "job", "Hash blocks")
    choose(bar, "model", "Processes")
    assert (told[-1].job, told[-1].model) == ("hash", "processes")


def test_this_app_forces_threads_and_this_python(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(model="processes", interpreter=OTHER.path, knobs={"start_method": "spawn"}))
    choose(bar, "host", "this app")
    recipe = bar.recipe()
    assert (recipe.host, recipe.model, recipe.interpreter, recipe.knobs) == ("app", "threads", "", {})
    assert bar.chip_model.words() == "Threads"


def test_the_ui_thread_forces_serial_and_an_end_and_gives_back_the_length(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(seconds=20.0))
    choose(bar, "host", "the UI thread")
    recipe = bar.recipe()
    assert (recipe.host, recipe.model, recipe.seconds) == ("ui", "serial", 2.0)
    choose(bar, "host", "a lab process")
    assert bar.recipe().seconds == 20.0


def test_a_model_that_cannot_run_there_goes_to_a_lab(bar: RecipeBar) -> None:
    choose(bar, "host", "this app")
    choose(bar, "model", "Processes")
    assert bar.recipe().host == "lab"


def test_another_python_goes_to_a_lab(bar: RecipeBar) -> None:
    choose(bar, "host", "this app")
    choose(bar, "interpreter", "CPython 3.13")
    assert (bar.recipe().host, bar.recipe().interpreter) == ("lab", OTHER.path)
    assert bar.chip_interpreter.words() == "CPython 3.13"


def test_whatever_is_chosen_can_be_run(bar: RecipeBar) -> None:
    places = [place.name for place in hosts.every()]
    for host in places:
        for model in [entry for entry in catalogue.models() if entry.available]:
            for first in (host, model.name):
                bar.show_recipe(Recipe())
                for step in (first, model.name if first == host else host):
                    bar.menus.take_host(step) if step in places else bar.menus.take_model(step)
                checked(bar.recipe())


def test_what_is_missing_says_why_and_cannot_be_taken(bar: RecipeBar, told: list[Recipe]) -> None:
    menu = open_menu(bar, "interpreter")
    row = menu.rows()[3]
    assert (row.title, row.note, row.available) == ("CPython 3.14", "not found on this computer", False)
    menu._take(3)
    assert told == []
    assert menu.isVisible()


def test_models_are_those_of_the_chosen_interpreter(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    command = '"/opt/py" -m pip install gevent'
    models = {"processes": "needs gevent", "serial": "only PyPy has it", "threads": None}
    bar.set_interpreters([InterpreterChoice("", "CPython 3.11", models=models, commands={"processes": command})])
    menu = open_menu(bar, "model")
    rows = {choice.value: choice for choice in menu.rows()}
    assert (rows["threads"].available, rows["threads"].note) == (True, catalogue.model("threads").summary)
    assert (rows["serial"].available, rows["serial"].note, rows["serial"].action) == (False, "only PyPy has it", "")
    assert (rows["processes"].note, rows["processes"].action) == ("needs gevent", "Copy command")
    press_row(menu, "serial")
    assert QApplication.clipboard().text() != command
    press_row(menu, "processes")
    assert QApplication.clipboard().text() == command
    assert next(choice for choice in menu.rows() if choice.value == "processes").action == "Copied"
    assert menu.isVisible()
    assert told == []


def test_a_model_that_only_another_python_can_run_is_a_press_away(bar: RecipeBar, told: list[Recipe]) -> None:
    lacking = {"threads": None, "serial": "needs PyPy"}
    own = InterpreterChoice("", "CPython 3.11", models=lacking)
    pypy = InterpreterChoice("/usr/bin/pypy3", "PyPy 3.9", models={"threads": None, "serial": None})
    bar.set_interpreters([own, InterpreterChoice("/old", "CPython 3.7", "", False, "is older than 3.8"), pypy])
    menu = open_menu(bar, "model")
    (row,) = [choice for choice in menu.rows() if choice.value == "serial"]
    assert (row.available, row.note, row.action) == (False, "needs PyPy", "Use PyPy 3.9")
    press_row(menu, "serial")
    assert (told[-1].model, told[-1].interpreter) == ("serial", "/usr/bin/pypy3")
    assert not menu.isVisible()
    (row,) = [choice for choice in open_menu(bar, "model").rows() if choice.value == "serial"]
    assert (row.available, row.action) == (True, "")


def test_what_is_found_by_typing_can_be_mended_by_enter(bar: RecipeBar, told: list[Recipe], qtbot: QtBot) -> None:
    own = InterpreterChoice("", "CPython 3.11", models={"threads": None, "serial": "needs PyPy"})
    pypy = InterpreterChoice("/usr/bin/pypy3", "PyPy 3.9", models={"threads": None, "serial": None})
    bar.set_interpreters([own, pypy])
    menu = open_menu(bar, "model")
    qtbot.keyClicks(menu.field, "serial")
    qtbot.keyClick(menu.field, Qt.Key.Key_Return)
    assert (told[-1].model, told[-1].interpreter) == ("serial", "/usr/bin/pypy3")


def press_row(menu: ChoiceMenu, value: str) -> None:
    menu._list.setCurrentIndex(menu._model.index(menu._model.row_of(value), 0))
    press(menu, Qt.Key.Key_Return)


def test_a_python_is_located_from_the_menu(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    gone = InterpreterChoice("/gone", "python3", "", False, "not found on this computer", missing=True)
    bar.set_interpreters([InterpreterChoice("", "CPython 3.11"), gone])
    for value in ("locate", "/gone"):
        menu = open_menu(bar, "interpreter")
        assert [(choice.title, choice.action) for choice in menu.rows()][1:] == [("Locate…", ""), ("python3", "Locate")]
        with qtbot.waitSignal(bar.menus.locate_requested, timeout=1000):
            press_row(menu, value)
        assert not menu.isVisible()
    assert told == []


def test_pythons_come_into_the_open_menu_as_they_are_found(bar: RecipeBar, qtbot: QtBot) -> None:
    menu = open_menu(bar, "interpreter")
    qtbot.keyClicks(menu.field, "3.1")
    menu._make_current(1)
    more = [InterpreterChoice(f"/opt/{number}", f"CPython 3.{number}", "GIL") for number in (14, 12)]
    bar.set_interpreters([InterpreterChoice("", "CPython 3.11", "GIL"), more[0], OTHER, more[1]])
    titles = [choice.title for choice in menu.rows()]
    assert titles == ["CPython 3.11", "CPython 3.14", "CPython 3.13", "CPython 3.12"]
    assert menu.at(menu.current_row()).value == OTHER.path
    menu.field.clear()
    assert menu.rows()[-1].title == "Locate…"


def test_what_its_interpreter_cannot_run_is_said_below(qtbot: QtBot) -> None:
    bar = RecipeBar(DARK, lambda recipe: ("interpreter", "It is gone.") if recipe.interpreter == OTHER.path else None)
    qtbot.addWidget(bar)
    bar.set_interpreters([InterpreterChoice("", "CPython 3.11"), OTHER])
    assert (bar.problem(), bar.run.isEnabled()) == ("", True)
    bar.show_recipe(Recipe(interpreter=OTHER.path))
    assert (bar.problem(), bar.run.isEnabled(), bar.chip_interpreter.warned) == ("It is gone.", False, True)
    bar.show_recipe(Recipe())
    assert (bar.problem(), bar.run.isEnabled(), bar.chip_interpreter.warned) == ("", True, False)


def test_where_nothing_is_taken_enter_takes_the_first_that_can_be(qtbot: QtBot) -> None:
    menu = ChoiceMenu(DARK, "commands", "Commands")
    qtbot.addWidget(menu)
    taken: list[str] = []
    menu.chosen.connect(taken.append)
    rows = [Choice("away", "Away", available=False), Choice("one", "One"), Choice("two", "Two")]
    menu.set_choices(rows, "")
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.keyClicks(menu.field, "tw")
    menu.field.clear()
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert taken == ["one", "one"]
    menu.set_choices(rows, "two")
    assert menu.current_row() == 2
    menu.set_choices([rows[0]], "")
    assert menu.current_row() == -1


def test_a_menu_shows_what_is_taken_and_finds_what_is_typed(bar: RecipeBar, qtbot: QtBot, told: list[Recipe]) -> None:
    menu = open_menu(bar, "model")
    assert menu.at(menu.current_row()).title == "Threads"
    qtbot.keyClicks(menu.field, "processes one")  # title and note
    assert [choice.title for choice in menu.rows()] == ["Processes"]
    press(menu.field, Qt.Key.Key_Return)
    assert told[-1].model == "processes"


def test_a_menu_closes_by_esc_a_press_elsewhere_and_its_chip(bar: RecipeBar, qtbot: QtBot) -> None:
    menu = open_menu(bar, "host")
    press(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()
    open_menu(bar, "host")
    qtbot.mouseClick(bar.window(), Qt.MouseButton.LeftButton, pos=QPoint(30, 600))
    assert not menu.isVisible()
    open_menu(bar, "host")
    qtbot.mouseClick(bar.chip_host, Qt.MouseButton.LeftButton)
    assert not menu.isVisible()


def test_a_problem_found_elsewhere_is_shown_at_its_chip(bar: RecipeBar) -> None:
    bar.set_problem("interpreter", "CPython 3.14 was not found on this computer.")
    assert bar.chip_interpreter.warned
    assert not bar.chip_host.warned
    assert not bar.run.isEnabled()
    assert "not found" in bar.problem()
    bar.set_problem(None)
    assert (bar.chip_interpreter.warned, bar.run.isEnabled(), bar.problem()) == (False, True, "")


def test_an_interpreter_that_nobody_knows_is_named_by_its_file(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(interpreter="/somewhere/python3.9"))
    assert bar.chip_interpreter.words() == "python3.9"


@pytest.mark.parametrize(
    ("width", "note", "words"), [(1640, "5 ms", "Knobs"), (1639, "", "Knobs"), (1559, "", ""), (1024, "", "")]
)
def test_in_a_narrow_window_buttons_give_up_words(bar: RecipeBar, width: int, note: str, words: str) -> None:
    bar.window().resize(width, 640)
    assert (bar.knobs.note, bar.knobs.words()) == (note, words)
    assert bar.window().width() == width  # it fits
    assert bar.search.geometry().right() <= width


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
def test_the_buttons_stay_where_they_are_whatever_the_sentence_says(bar: RecipeBar, qtbot: QtBot, width: int) -> None:
    bar.window().resize(width, 640)
    buttons = (bar.more, bar.run, bar.race, bar.stop_all, bar.knobs, bar.theme_button, bar.search)
    QApplication.processEvents()
    before = [button.geometry() for button in buttons]

    def stay(what: str) -> None:
        QApplication.processEvents()
        assert [button.geometry() for button in buttons] == before, what
        assert all(chip.width() <= chip.sizeHint().width() for chip in (bar.chip_job, bar.chip_host))
        assert bar.more.x() > max(widget.geometry().right() for widget in bar._sentence if widget.isVisible())

    stay("as it begins")
    bar.show_recipe(Recipe(job="ping-pong", workers=100_000, model="asyncio"))
    stay("another sentence")
    bar.show_recipe(Recipe(job="sleep", workers=1, model="serial", host="ui", seconds=1.0))
    stay("on the UI thread, which cannot be raced")
    bar.show_recipe(Recipe(knobs={"switch_interval": 0.00225}))
    stay("another value beside Knobs")
    bar.set_running(3)
    stay("something runs")
    bar.set_problem("job", "It is gone. " * 20)
    stay("a problem")
    bar.set_interpreters([InterpreterChoice("", "CPython 3.13 free-threaded with a very long name", "no GIL")])
    stay("a long name")
    bar.type_line()
    QApplication.processEvents()
    assert [button.geometry() for button in buttons] == before, "a line to type"


def test_what_is_wrong_lies_over_the_window_and_moves_nothing(bar: RecipeBar) -> None:
    row = bar._problem_row
    height = bar.height()
    bar.set_problem("model", "allowed: " + "serial, threads, processes, " * 20)
    QApplication.processEvents()
    assert row.isVisible()
    assert bar.height() == height
    words = bar.window().findChild(Label, "recipe_problem")
    assert words.height() >= words.heightForWidth(words.width()) > 30  # all of it, in several lines
    assert row.y() >= height
    assert row.visibleRegion().boundingRect() == row.rect()
    assert bar.window().rect().contains(row.geometry())
    bar.window().resize(1024, 640)
    assert bar.window().rect().contains(row.geometry())
    bar.set_problem(None)
    assert not row.isVisible()


def test_a_warning_goes_when_what_it_warns_of_begins(bar: RecipeBar) -> None:
    row = bar._problem_row
    bar.show_recipe(Recipe(host="app", workers=1, seconds=2.0))
    assert row.isVisible()
    bar.set_running(0)
    assert row.isVisible()
    bar.set_running(1)
    assert not row.isVisible()
    assert bar.chip_host.warned
    bar.set_problem("job", "It is gone.")
    bar.set_running(2)
    assert row.isVisible()


def test_one_line_of_what_is_wrong_takes_one_line(bar: RecipeBar) -> None:
    bar.set_problem("job", "There is no job “prims”. Did you mean primes?")
    QApplication.processEvents()
    words = bar.window().findChild(Label, "recipe_problem")
    assert words.heightForWidth(words.width()) <= 20
    assert bar._problem_row.height() <= 40


def test_a_warning_goes_by_itself_and_its_chip_keeps_it(bar: RecipeBar, qtbot: QtBot) -> None:
    row = bar._problem_row
    row._timer.setInterval(1)
    bar.show_recipe(Recipe(host="app", workers=1, seconds=2.0))
    assert row.isVisible()
    qtbot.waitUntil(lambda: not row.isVisible())
    assert "will freeze for up to 2 s" in bar.chip_host.toolTip()
    assert bar.chip_host.warned
    bar.show_problem()
    assert not row.isVisible()  # said once
    bar.set_problem("job", "It is gone.")
    qtbot.wait(20)
    assert row.isVisible()  # a problem stays
    bar.set_problem(None)
    bar.show_recipe(Recipe())
    assert (row.isVisible(), bar.chip_host.warned) == (False, False)
    assert "freeze" not in bar.chip_host.toolTip()


def test_long_names_are_elided_before_the_window_grows(bar: RecipeBar) -> None:
    bar.set_interpreters([InterpreterChoice("", "CPython 3.13 free-threaded with a very long name", "no GIL")])
    bar.window().resize(1024, 640)
    assert bar.window().width() == 1024
    assert bar.search.geometry().right() <= 1024


def test_a_sentence_that_does_not_fit_is_said_shortly_before_it_is_cut(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(seconds=20.0))
    chips = (bar.chip_job, bar.chip_model, bar.chip_interpreter, bar.chip_host, bar.chip_length)
    seen = {}
    for width in (1440, 1280, 1130):
        bar.window().resize(width, 640)
        QApplication.processEvents()
        seen[width] = [chip.seen_words() for chip in chips]
        assert all(chip.width() >= chip.natural_width() for chip in chips), "whole words"
    assert seen[1440] == ["Count primes", "Threads", "CPython 3.11", "a lab process", "20 s"]
    assert seen[1130] == ["Count primes", "Threads", "3.11", "a lab", "20 s"]
    assert seen[1280][:2] == ["Count primes", "Threads"]
    assert bar.chip_host.words() == "a lab process", "what it is called does not change"
    for job in catalogue.jobs():
        bar.show_recipe(Recipe(job=job.name, seconds=20.0))
        bar.window().resize(1024, 640)
        QApplication.processEvents()
        assert bar.chip_job.seen_words() in (job.name, job.title), "a name to type, rather than half a title"
        assert len(job.name) > 8 or bar.chip_job.width() >= bar.chip_job.natural_width()


def test_width_is_shared_out_to_the_longest_last() -> None:
    assert widest_share([100, 200, 300], 1000) == 300
    assert widest_share([100, 200, 300], 500) == 200
    assert widest_share([100, 200, 300], 400) == 150
    assert widest_share([], 100) == 0


def test_the_theme_switches_live(bar: RecipeBar) -> None:
    dark = bar.grab().toImage()
    bar.set_theme(LIGHT)
    assert bar.grab().toImage() != dark
    assert bar.chip_host.theme is LIGHT
    bar.set_theme(DARK)
    assert bar.grab().toImage() == dark


@pytest.mark.parametrize(
    ("model", "host", "taken"),
    [
        ("processes", "app", "threads"),
        ("threads", "app", "threads"),
        ("thread-pool", "app", "qthreadpool"),
        ("qthreadpool", "lab", "thread-pool"),
        ("qthread", "lab", "threads"),
        ("qthread", "ui", "serial"),
        ("asyncio", "ui", "serial"),
        ("serial", "lab", "serial"),
    ],
)
def test_another_host_takes_the_model_that_is_most_like(model: str, host: str, taken: str) -> None:
    assert choices.nearest_model(model, hosts.named(host)) == taken


def test_a_job_says_which_claim_it_tests(bar: RecipeBar) -> None:
    bar.show_recipe(Recipe(job="hash"))
    assert "Code in C can get around the GIL" in bar.chip_job.toolTip()
    bar.show_recipe(Recipe(job="sleep"))
    assert "Waiting lets go of the GIL" in bar.chip_job.toolTip()
