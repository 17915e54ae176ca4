"""Recipes into the window and out of it: files opened, dropped, opened before; the clipboard; the menu; the palette."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QGraphicsView
from pytestqt.qtbot import QtBot

from playground.interpreters import known
from playground.recipe.line_grammar import EXAMPLE
from playground.recipe.line_reader import from_line
from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import to_toml
from ui.kit.drop_overlay import KINDS_ONLY, ONE_ONLY, WELCOME
from ui.window import Window

# offscreen no window manager is told
pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]

LIMIT_MS = 60_000
NAPS = Recipe(job="sleep", workers=3, amount=2)
CODE = "def job(i, n):\n    return i\n"


@pytest.fixture
def naps(tmp_path: Path) -> Path:
    file = tmp_path / "naps.toml"
    file.write_text(to_toml(NAPS), encoding="utf-8")
    return file


@pytest.fixture
def opened(window: Window) -> list[tuple[Path, str]]:
    """The code that was opened."""
    files: list[tuple[Path, str]] = []
    window.files.code_opened.connect(lambda path, text: files.append((path, text)))
    return files


def act(window: Window, name: str) -> None:
    window.actions_by_name[name].trigger()


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_: (str(path), "")))


# --- files


def test_a_file_is_opened_as_what_it_is(
    window: Window, naps: Path, opened: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, naps)
    act(window, "open_recipe")
    assert window.recipe_bar.recipe() == NAPS
    mine = tmp_path / "mine.py"
    mine.write_bytes(b"\xef\xbb\xbf" + CODE.replace("\n", "\r\n").encode())
    choose(monkeypatch, mine)
    act(window, "open_recipe")
    assert opened == [(mine, CODE)]
    assert window.notices.words() == []


BROKEN = [
    ("a.toml", b"workers = 0\n", "a.toml: The number of workers must be 1 to 100 000, not 0."),
    ("a.toml", b"workers = \n", "a.toml: This is not TOML"),
    ("a.toml", None, "a.toml: "),
    ("a.py", b"x = '\xff'\n", "is not UTF-8 in line 1"),
    ("a.py", b"#" * 200_001, "is larger than 200 kB"),
    ("a.py", None, "cannot be read"),
    ("a.txt", b"4 x primes as threads", "a.txt cannot be opened; allowed: a recipe (.toml) or Python code (.py)"),
]


@pytest.mark.parametrize(("name", "content", "says"), BROKEN, ids=lambda value: str(value)[:20])
def test_a_broken_file_is_told_and_nothing_else_changes(
    window: Window, opened: list[tuple[Path, str]], tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    before = window.recipe_bar.recipe()
    looked_beside: list[Path] = []
    window.files.opening.connect(looked_beside.append)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    window.files.open(tmp_path / name)
    (notice,) = window.notices.words()
    assert says in notice
    assert window.recipe_bar.recipe() == before
    assert (opened, looked_beside, window.settings.settings.recent) == ([], [], ())


def test_what_was_opened_and_saved_last_is_kept_the_newest_first(
    qtbot: QtBot, make: Callable[[], Window], naps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make()
    files = [naps, *(tmp_path / f"{number}.toml" for number in range(12))]
    for file in files:
        file.write_text(to_toml(NAPS))
        window.files.open(file)
    window.files.open(files[5])
    choose(monkeypatch, tmp_path / "saved.toml")
    act(window, "save_recipe")
    newest = [tmp_path / "saved.toml", files[5], *reversed(files)]
    expected = list(dict.fromkeys(newest))[:10]
    assert window.files.recent() == expected
    window.close()
    again = make()
    assert again.files.recent() == expected
    expected[1].unlink()
    left = [expected[0], *expected[2:]]  # what is gone is not offered
    qtbot.waitUntil(lambda: again.files.recent() == left, timeout=LIMIT_MS)


def test_code_of_another_job_is_not_saved_with_a_recipe(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, tmp_path / "saved.toml")
    window.files.save_recipe(Recipe(code=CODE))
    assert "def job" not in (tmp_path / "saved.toml").read_text()
    window.files.save_recipe(Recipe(job="own", code=CODE))
    assert f"code = '''\n{CODE}'''" in (tmp_path / "saved.toml").read_text()


def test_what_cannot_be_saved_leaves_the_old_file(window: Window, naps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = naps.read_bytes()
    choose(monkeypatch, naps)
    window.files.save_recipe(Recipe(interpreter="/opt/\udcff/python"))
    assert naps.read_bytes() == before
    assert "cannot be written" in window.notices.words()[0]
    assert window.files.recent() == []


# --- dropped


def dragged(*paths: Path, text: str = "") -> QMimeData:
    data = QMimeData()
    if paths:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if text:
        data.setText(text)
    return data


NO_KEYS = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
COPY = Qt.DropAction.CopyAction


def drag_over(window: Window, data: QMimeData) -> bool:
    """Is it welcome?"""
    event = QDragEnterEvent(QPoint(300, 300), COPY, data, *NO_KEYS)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def let_go(window: Window, data: QMimeData) -> None:
    QApplication.sendEvent(window, QDragMoveEvent(QPoint(310, 300), COPY, data, *NO_KEYS))
    QApplication.sendEvent(window, QDropEvent(QPointF(310, 300), COPY, data, *NO_KEYS))


def test_a_recipe_is_dropped(window: Window, naps: Path) -> None:
    overlay, data = window.recipe_ways.overlay, dragged(naps)
    assert drag_over(window, data)
    assert overlay.isVisible()
    assert overlay.geometry() == window.rect()
    assert (overlay.words, overlay.name) == (WELCOME, "naps.toml")
    shown = window.grab().toImage()
    let_go(window, data)
    assert not overlay.isVisible()
    assert window.grab().toImage() != shown
    assert window.recipe_bar.recipe() == NAPS


def test_a_file_that_is_dropped_stays_with_whoever_dragged_it(window: Window, naps: Path) -> None:
    """Who hears that it was moved may remove it."""
    data, either = dragged(naps), COPY | Qt.DropAction.MoveAction
    to_move = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    enter = QDragEnterEvent(QPoint(300, 300), either, data, *to_move)
    move = QDragMoveEvent(QPoint(310, 300), either, data, *to_move)
    drop = QDropEvent(QPointF(310, 300), either, data, *to_move)
    for event in (enter, move, drop):
        assert event.proposedAction() == Qt.DropAction.MoveAction
        event.ignore()
        QApplication.sendEvent(window, event)
        assert (event.isAccepted(), event.dropAction()) == (True, COPY)


def test_code_is_dropped(window: Window, tmp_path: Path, opened: list[tuple[Path, str]]) -> None:
    (tmp_path / "mine.PY").write_text(CODE)
    data = dragged(tmp_path / "mine.PY")
    assert drag_over(window, data)
    let_go(window, data)
    assert opened == [(tmp_path / "mine.PY", CODE)]


@pytest.mark.parametrize(("names", "words"), [(("a.toml", "b.toml"), ONE_ONLY), (("a.png",), KINDS_ONLY)])
def test_what_cannot_be_opened_is_said_before_and_after(window: Window, names: tuple[str, ...], words: str) -> None:
    data = dragged(*(Path("/nowhere") / name for name in names))
    assert drag_over(window, data)
    assert window.recipe_ways.overlay.words == words
    let_go(window, data)
    assert not window.recipe_ways.overlay.isVisible()
    assert window.notices.words() == [f"{words}: nothing was opened."]
    assert window.recipe_bar.recipe() == Recipe()


def test_who_drags_away_drops_nothing(window: Window, naps: Path) -> None:
    assert drag_over(window, dragged(naps))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.recipe_ways.overlay.isVisible()
    assert window.recipe_bar.recipe() == Recipe()


def test_what_is_no_file_is_not_asked_for(window: Window) -> None:
    assert not drag_over(window, dragged(text="hello"))
    assert not window.recipe_ways.overlay.isVisible()


def test_a_file_goes_past_plots_and_fields_to_the_window(window: Window, naps: Path) -> None:
    window.show_recipe(Recipe(job="own", code=CODE))
    act(window, "code")
    window.recipe_bar.type_line()
    data = dragged(naps)  # no event keeps it
    editor, line, count = window.side.code.editor, window.recipe_bar.line, window.recipe_bar.chip_workers
    for part in (editor.viewport(), line, count, *window.stage.findChildren(QGraphicsView)):
        event = QDragEnterEvent(QPoint(5, 5), COPY, data, *NO_KEYS)
        QApplication.sendEvent(part, event)
        assert event.isAccepted()
        assert window.recipe_ways.overlay.isVisible(), part
        QApplication.sendEvent(window, QDragLeaveEvent())
    assert editor.canInsertFromMimeData(dragged(text="words"))


# --- the clipboard


def test_a_copied_line_is_pasted_back(window: Window) -> None:
    recipe = Recipe(job="hash", workers=2, model="processes", seconds=3.0, knobs={"switch_interval": 0.001})
    window.show_recipe(recipe)
    for command in ("copy_line", "copy_sentence"):
        act(window, command)
        copied = QGuiApplication.clipboard().text()
        window.show_recipe(Recipe())
        act(window, "paste_recipe")
        assert window.recipe_bar.recipe() == recipe, copied
        assert window.settings.settings.recipe == recipe
    assert copied.startswith("2 × Hash blocks as processes on CPython")
    assert window.notices.words() == []


def test_ctrl_v_pastes_where_no_field_has_the_keyboard(window: Window, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    QGuiApplication.clipboard().setText("2 x sleep as asyncio\n")
    window.stage.setFocus()
    qtbot.keyClick(window.stage, Qt.Key.Key_V, control)
    qtbot.waitUntil(lambda: window.recipe_bar.recipe().model == "asyncio", timeout=LIMIT_MS)
    QGuiApplication.clipboard().setText("3 x sleep as gevent")
    window.recipe_bar.chip_workers.setFocus()
    qtbot.keyClick(window.recipe_bar.chip_workers, Qt.Key.Key_V, control)
    assert (window.recipe_bar.recipe().workers, window.recipe_bar.recipe().model) == (3, "gevent")
    assert window.recipe_bar.chip_workers.text() == "3"
    window.recipe_bar.type_line()
    QGuiApplication.clipboard().setText("4 x hash as threads")
    qtbot.keyClick(window.recipe_bar.line, Qt.Key.Key_V, control)
    assert window.recipe_bar.line.text() == "4 x hash as threads"
    assert window.recipe_bar.recipe().workers == 3


def test_a_whole_recipe_file_is_pasted_as_one_that_was_opened(window: Window) -> None:
    opened: list[Recipe] = []
    window.files.recipe_opened.connect(opened.append)
    QGuiApplication.clipboard().setText(to_toml(NAPS))
    act(window, "paste_recipe")
    assert opened == [NAPS]
    assert window.recipe_bar.recipe() == NAPS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("4 x prims as threads", "The clipboard does not hold a recipe: There is no job “prims”. Did you mean primes?"),
        ("hello world", "The clipboard does not hold a recipe: There is no job “hello world”. There are: primes"),
        ("workers = 0\n[knobs]", "The clipboard does not hold a recipe: The number of workers must be"),
        (
            "0 x primes as threads",
            "The clipboard does not hold a recipe: The number of workers must be 1 to 100 000, not 0.",
        ),
        (" ", "There is nothing to paste"),
    ],
)
def test_what_is_no_recipe_is_said(window: Window, text: str, says: str) -> None:
    QGuiApplication.clipboard().setText(text)
    act(window, "paste_recipe")
    (notice,) = window.notices.words()
    assert notice.startswith(says)
    assert window.recipe_bar.recipe() == Recipe()


def test_a_line_names_an_interpreter_shortly_and_that_name_finds_it(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    own = known.own()
    other = replace(own, path="/opt/python3.99", facts=replace(own.facts, version="3.99.1"))
    monkeypatch.setattr(window.interpreters, "all", lambda: [own, other])
    recipe = Recipe(interpreter="/opt/python3.99")
    assert window.recipe_lines.write(recipe) == "4 x primes as threads on 3.99"
    assert window.recipe_lines.read("4 x primes as threads on 3.99") == recipe
    assert window.recipe_lines.sentence(recipe) == "4 × Count primes as threads on CPython 3.99 in a lab process"
    assert window.recipe_lines.read(window.recipe_lines.sentence(recipe)) == recipe


def test_no_program_is_started_by_typing_its_path(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = str(tmp_path / "program")
    window.recipe_bar.type_line()
    qtbot.keyClicks(window.recipe_bar.line, f"2 x sleep as threads on {path}")
    assert window.recipe_lines.read(window.recipe_bar.line.text()).interpreter == path
    assert path not in window.interpreters._wanted
    qtbot.keyClick(window.recipe_bar.line, Qt.Key.Key_Return)
    assert path in window.interpreters._wanted
    qtbot.waitUntil(lambda: window.recipe_bar.problem() == f"{path} was not found on this computer.", timeout=LIMIT_MS)


# --- the menu of the bar


def menu_titles(window: Window) -> list[str]:
    return [row.title for row in window.recipe_ways.menu.rows()]


def press(window: Window, title: str) -> None:
    menu = window.recipe_ways.menu
    menu._take(menu_titles(window).index(title))


def test_the_menu_has_all_ways_and_what_was_opened_before(window: Window, qtbot: QtBot, naps: Path) -> None:
    window.files.open(naps)
    window.show_recipe(Recipe())
    qtbot.mouseClick(window.recipe_bar.more, Qt.MouseButton.LeftButton)
    assert window.recipe_ways.menu.isVisible()
    titles = menu_titles(window)
    assert titles[:3] == ["Open a recipe or code…", "Open a file again…", "Save this recipe…"]
    press(window, "Open a file again…")
    recent = window.recipe_ways.recent_menu
    recent._take(0)
    assert window.recipe_bar.recipe() == NAPS
    assert not window.recipe_ways.menu.isVisible()
    qtbot.mouseClick(window.recipe_bar.more, Qt.MouseButton.LeftButton)
    press(window, "Type a recipe")
    assert window.recipe_bar.line.isVisible()
    assert window.focusWidget() is window.recipe_bar.line
    qtbot.mouseClick(window.recipe_bar.more, Qt.MouseButton.LeftButton)
    press(window, "Copy this recipe as one line")
    assert from_line(QGuiApplication.clipboard().text()) == NAPS


def test_the_menu_closes_as_it_opened(window: Window, qtbot: QtBot) -> None:
    for shown in (True, False):
        qtbot.mouseClick(window.recipe_bar.more, Qt.MouseButton.LeftButton)
        assert window.recipe_ways.menu.isVisible() is shown


# --- the palette


def test_a_line_typed_in_the_palette_is_offered_to_be_run(window: Window, qtbot: QtBot) -> None:
    act(window, "palette")
    palette = window.palette_popover
    qtbot.keyClicks(palette.field, "2 x sleep as threads 1 each")
    assert palette.titles() == ["Run 2 × Sleep as threads on " + known.own().title + ", 1 ops each"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    (run,) = window.runs.all
    assert (run.recipe.job, run.recipe.workers, run.recipe.amount) == ("sleep", 2, 1)
    assert window.recipe_bar.recipe() == run.recipe
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)


def test_what_is_no_line_finds_commands(window: Window, qtbot: QtBot, naps: Path) -> None:
    window.files.open(naps)
    act(window, "palette")
    palette = window.palette_popover
    qtbot.keyClicks(palette.field, "naps.toml")
    assert palette.titles() == [f"Open naps.toml in {naps.parent}"]
    palette.field.setText("3 x sleep as thr")
    assert palette.titles() == []
    window.show_recipe(Recipe())
    palette.field.setText("naps")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.recipe_bar.recipe() == NAPS


def test_the_palette_opened_often_leaves_no_actions(window: Window) -> None:
    act(window, "palette")
    before = len(window.actions()) + len(window.offers.actions)
    for _ in range(3):
        act(window, "palette")
        window.palette_popover.field.setText(EXAMPLE)
    assert len(window.actions()) + len(window.offers.actions) == before


# --- running what is being typed


def test_run_takes_the_line_that_is_being_typed(window: Window, qtbot: QtBot) -> None:
    act(window, "type_recipe")
    qtbot.keyClicks(window.recipe_bar.line, "2 x sleep as threads 1 each")
    act(window, "run")
    (run,) = window.runs.all
    assert run.recipe == Recipe(job="sleep", workers=2, amount=1)
    assert not window.recipe_bar.line.isVisible()
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    act(window, "type_recipe")
    qtbot.keyClicks(window.recipe_bar.line, "7 x sleep as asyncio")
    act(window, "copy_line")
    assert QGuiApplication.clipboard().text() == "7 x sleep as asyncio"
    act(window, "type_recipe")
    qtbot.keyClicks(window.recipe_bar.line, "2 x slep")
    act(window, "run")
    assert len(window.runs.all) == 1
    assert "Did you mean sleep?" in window.recipe_bar.problem()


def test_recent_files_have_a_menu_of_their_own(window: Window, qtbot: QtBot, naps: Path) -> None:
    window.files.open(naps)
    window.show_recipe(Recipe())
    window.recipe_ways.open_menu()
    titles = menu_titles(window)
    assert not any("naps" in title for title in titles), "no command stands beside what replaces the recipe"
    press(window, "Open a file again…")
    recent = window.recipe_ways.recent_menu
    assert (window.recipe_ways.menu.isVisible(), recent.isVisible()) == (False, True)
    assert [(row.title, row.note) for row in recent.rows()] == [(naps.name, str(naps.parent))]
    recent._take(0)
    assert window.recipe_bar.recipe().job == "sleep"


# --- back to the recipe before


def test_a_recipe_that_was_replaced_comes_back(window: Window, qtbot: QtBot, naps: Path) -> None:
    window.show_recipe(Recipe(workers=7))
    window.files.open(naps)
    opened = window.recipe_bar.recipe()
    assert opened.job == "sleep"
    window.stage.setFocus()
    qtbot.keyClick(window.stage, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.recipe_bar.recipe() == Recipe(workers=7)
    assert window.knobs.recipe() == Recipe(workers=7)
    assert window.settings.settings.recipe == Recipe(workers=7)
    act(window, "recipe_after")
    assert window.recipe_bar.recipe() == opened


def test_a_chip_is_a_step_too_and_a_text_field_undoes_its_own(window: Window, qtbot: QtBot) -> None:
    window.show_recipe(Recipe(workers=7))
    window.recipe_bar.menus["model"].chosen.emit("processes")
    field = window.recipe_bar.chip_workers
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "31")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.recipe_bar.recipe().model == "processes", "the field took the key"
    act(window, "recipe_before")
    act(window, "recipe_before")
    assert window.recipe_bar.recipe() == Recipe(workers=7)


# --- Python where a recipe was to be

PROGRAM = "    def job(i, n):\n        return i\n"


def test_code_that_is_pasted_as_a_recipe_is_offered_to_the_editor(window: Window) -> None:
    QGuiApplication.clipboard().setText(PROGRAM)
    window.show_recipe(Recipe())
    act(window, "paste_recipe")
    assert window.notices.words() == ["The clipboard holds Python code, not a recipe."]
    assert window.recipe_bar.recipe() == Recipe(), "nothing happens unasked"
    window.notices.action.emit("code pasted")
    assert window.coding.text == "def job(i, n):\n    return i\n"
    assert window.recipe_bar.recipe().job == "own"
    assert window.run() is None, "it came from elsewhere"
    assert window.side.code.ask_bar.isVisible()
    assert "the clipboard" in window.side.code.ask_bar.words.words()
    assert not window.runs.all


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("import os\nprint(os.name)", True),
        ("from time import sleep\nsleep(1)", True),
        ("class A:\n    pass", True),
        ("for i in range(3):\n    print(i)", True),
        ("@cache\ndef f(): ...", True),
        ("async def job(i, n):\n    return 1", True),
        ("workers = 0\nfor = 3", False),
        ("Dear all,\nfor those who come", False),
        ("job = 'sleep'\n[knobs]\nnap = x", False),
        ("def f():\n" + "#" * 300_000, False),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_reads_like_python_is_told_from_what_does_not(window: Window, text: str, is_code: bool) -> None:
    QGuiApplication.clipboard().setText(text)
    act(window, "paste_recipe")
    (words,) = window.notices.words()
    assert words.startswith("The clipboard holds Python code") is is_code
    assert is_code or words.startswith("The clipboard does not hold a recipe: ")


# --- what was done before


def test_saved_is_not_told_beside_a_failure(window: Window, tmp_path: Path) -> None:
    assert window.files.write(tmp_path / "a.toml", "x")
    assert "Saved to" in window.status.message.words()
    assert not window.files.write(tmp_path / "none" / "a.toml", "x")
    assert window.status.message.words() == ""
    assert "cannot be written" in window.notices.words()[0]
