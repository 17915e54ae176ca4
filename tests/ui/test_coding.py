"""Your own code in the window: the editor and the recipe, its file, what is wrong with it, and the user's word that
code from elsewhere may run."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from playground.files.whole_file import write_whole
from playground.recipe import own_code
from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import to_toml
from playground.run.run import Run
from playground.run.trust import MOST, fingerprint
from playground.verdict.judge import Verdict
from playground.verdict.key_figures import Figure
from ui.code.code_editor import CodeEditor
from ui.code.coding import Coding
from ui.code.trusted_code import CodeTrust, unseen
from ui.runs.verdict_card import Shape
from ui.settings.settings_file import SettingsFile
from ui.shell.split import Middle
from ui.window import Window

# Offscreen there is no window manager that could be told a least size.
pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]

LIMIT_MS = 60_000
MINE = "def job(i, n):\n    return i\n"
THEIRS = "def job(i, n):\n    return 'theirs'\n"
BROKEN = "def job(i, n)\n    return i\n"
FAILS = "def job(i, n):\n    if i == 1:\n        raise ValueError('not one')\n    return i\n"


@pytest.fixture
def editor(window: Window) -> CodeEditor:
    """The editor, with what the user has typed into it."""
    window.recipe_bar.take_recipe(Recipe(job="own", workers=2))
    editor = window.side.code.editor
    editor.setFocus()
    editor.selectAll()
    type_text(editor, MINE)
    window.coding.flush()
    return editor


def type_text(editor: CodeEditor, text: str) -> None:
    """As by a person who undoes the indent that comes by itself."""
    for number, line in enumerate(text.split("\n")):
        if number:
            QTest.keyClick(editor, Qt.Key.Key_Return)
            cursor = editor.textCursor()
            for _ in range(cursor.positionInBlock()):
                cursor.deletePreviousChar()
        QTest.keyClicks(editor, line)


def bar(window: Window) -> Recipe:
    return window.recipe_bar.recipe()


def asks(window: Window) -> str:
    ask_bar = window.side.code.ask_bar
    return ask_bar.words.words() if ask_bar.isVisible() else ""


def press(window: Window, name: str) -> None:
    button = getattr(window.side.code.ask_bar, name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def ended(qtbot: QtBot, run: Run | None) -> Run:
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    return run


# -- the editor and the recipe


def test_own_code_begins_with_an_example_in_the_editor(window: Window) -> None:
    window.recipe_bar.take_recipe(Recipe(job="own"))
    assert bar(window).code == window.side.code.editor.text() == own_code.examples()[0].text
    assert window.side.tabs.page_seen("code")
    assert window.side.code.shown_text() is window.side.code.editor
    assert not window.side.code.editor.isReadOnly()


def test_the_recipe_follows_what_is_typed(qtbot: QtBot, window: Window, editor: CodeEditor) -> None:
    assert bar(window).code == MINE
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor, "# more")
    qtbot.waitUntil(lambda: bar(window).code == f"{MINE}# more", timeout=LIMIT_MS)
    window.recipe_bar.chip_workers.stepped.emit(1)
    QTest.keyClicks(editor, "!")
    window.recipe_bar.chip_workers.stepped.emit(1)  # while it is not taken over yet
    assert editor.text() == f"{MINE}# more!"
    assert (bar(window).code, bar(window).workers) == (editor.text(), 4)


def test_another_job_has_no_code_and_the_text_stays(window: Window, editor: CodeEditor) -> None:
    window.recipe_bar.take_recipe(Recipe(job="primes", code=MINE))
    assert bar(window).code == ""
    assert window.side.code.shown_text() is not window.side.code.editor
    assert editor.text() == MINE
    window.recipe_bar.take_recipe(Recipe(job="own"))
    assert bar(window).code == MINE


def test_who_deletes_everything_gets_no_example(window: Window, editor: CodeEditor) -> None:
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    window.coding.flush()
    assert (bar(window).job, bar(window).code, editor.text()) == ("own", "", "")
    assert not window.recipe_bar.run.isEnabled()


def test_the_examples_are_listed_with_what_they_show(window: Window, editor: CodeEditor) -> None:
    tools = window.side.code.tools
    tools.examples.click()
    assert tools.menu.isVisible()
    assert len(tools.menu.rows()) == len(own_code.examples()) > 1
    shown = tools.menu.at(1)
    assert shown.title == own_code.examples()[1].title
    assert own_code.examples()[1].summary.startswith(shown.note)
    QTest.keyClick(tools.menu, Qt.Key.Key_Down)
    QTest.keyClick(tools.menu, Qt.Key.Key_Return)
    assert bar(window).code in {one.text for one in own_code.examples()}


def test_an_example_can_be_taken_back(window: Window, editor: CodeEditor) -> None:
    example = own_code.examples()[-1]
    window.side.code.tools.example_chosen.emit(example.title)
    assert bar(window).code == editor.text() == example.text
    editor.undo()
    window.coding.flush()
    assert bar(window).code == MINE


def test_an_example_brings_a_model_that_can_run_it(window: Window, editor: CodeEditor) -> None:
    awaits = next(one for one in own_code.examples() if own_code.look_at(one.text).kind == "async")
    window.side.code.tools.example_chosen.emit(awaits.title)
    assert (bar(window).code, bar(window).model) == (awaits.text, "asyncio")
    assert not window.recipe_bar.problem()


def test_the_text_survives_the_window(make: Callable[[], Window]) -> None:
    first = make()
    first.recipe_bar.take_recipe(Recipe(job="own"))
    editor = first.side.code.editor
    editor.selectAll()
    type_text(editor, MINE)
    first.close()  # before it was taken over
    second = make()
    assert second.side.code.editor.text() == bar(second).code == MINE
    assert second.run() is not None  # it is known to be the user's
    second.recipe_bar.take_recipe(Recipe(job="sleep"))
    second.close()
    third = make()
    assert bar(third).job == "sleep"
    assert third.side.code.editor.text() == MINE


def test_the_column_has_one_width_over_all_tabs_and_texts(qtbot: QtBot, window: Window, editor: CodeEditor) -> None:
    middle = window.findChild(Middle)
    assert middle is not None
    splitter = window.side.parent()
    for wanted in (400, 560):
        splitter.moveSplitter(splitter.width() - wanted - splitter.handleWidth(), 1)
        assert window.side.width() == wanted
        for tab in ("tasks", "code"):
            for view in ("Script", "Job"):
                window.side.tabs.choose(tab)
                window.side.code.choose(view)
                QApplication.processEvents()
                assert (window.side.width(), middle.side_width) == (wanted, wanted)
    window.close()
    assert window.settings.settings.right_width == 560


# -- what is wrong with it


def test_what_is_wrong_is_told_at_its_line_and_run_is_off(window: Window, editor: CodeEditor) -> None:
    editor.selectAll()
    type_text(editor, BROKEN)
    window.coding.flush()
    told = window.side.code.problem.words()
    assert told.startswith("Line 1: ")
    assert window.recipe_bar.problem() == told
    (mark,) = editor.marks()
    assert (mark.line, mark.ground, mark.dot) == (1, "bad", True)
    assert not window.recipe_bar.run.isEnabled()
    assert window.run() is None
    assert window.runs.all == []
    editor.undo()
    window.coding.flush()
    editor.selectAll()
    type_text(editor, MINE)
    window.coding.flush()
    assert not window.recipe_bar.problem()
    assert not window.side.code.problem.isVisible()
    assert editor.marks() == []


def test_what_a_model_cannot_do_is_told(window: Window, editor: CodeEditor) -> None:
    editor.selectAll()
    type_text(editor, "async def job(i, n):\n    return i")
    window.coding.flush()
    assert "await" in window.recipe_bar.problem()
    window.recipe_bar.take_recipe(Recipe(job="own", model="asyncio", code=editor.text()))
    assert not window.recipe_bar.problem()


def test_an_exception_is_told_at_its_line(qtbot: QtBot, window: Window, editor: CodeEditor) -> None:
    editor.selectAll()
    type_text(editor, FAILS)
    window.coding.flush()
    run = ended(qtbot, window.run())
    assert list(run.errors) == [1]
    (mark,) = editor.marks()
    assert (mark.line, mark.words, mark.ground) == (3, "B: ValueError: not one", "bad")
    editor.mark_pressed.emit(mark.pressed)
    assert window.side.tabs.chosen == "output"
    QTest.keyClicks(editor, " ")
    assert editor.marks() == []  # lines are others now


@pytest.mark.skipif(not hasattr(signal, "SIGURG"), reason="nobody can be asked here")
def test_while_it_runs_the_lines_are_marked_at_which_its_workers_are(
    qtbot: QtBot, window: Window, editor: CodeEditor
) -> None:
    editor.selectAll()
    type_text(editor, "def job(i, n):\n    while True:\n        sum(range(99))\n")
    window.coding.flush()
    run = window.run()
    assert run is not None

    def marked() -> bool:
        badges = {name for mark in editor.marks() if mark.line in (2, 3) for name, _ in mark.badges}
        return badges == {"A", "B"}

    qtbot.waitUntil(marked, timeout=LIMIT_MS)
    window.runs.stop(run.number)
    ended(qtbot, run)
    qtbot.waitUntil(lambda: not editor.marks(), timeout=LIMIT_MS)


@pytest.mark.parametrize(
    ("code", "words", "line"),
    [
        ("x = 3\ny = 1 / 0\n" + MINE, "ZeroDivisionError: division by zero", 2),
        ("raise SystemExit(3)\n" + MINE, "called sys.exit(3)", 1),
    ],
)
def test_what_the_module_raises_is_told_at_its_line_and_by_the_verdict(
    qtbot: QtBot, window: Window, editor: CodeEditor, code: str, words: str, line: int
) -> None:
    editor.selectAll()
    type_text(editor, code)
    window.coding.flush()
    run = ended(qtbot, window.run())
    (mark,) = editor.marks()
    assert (mark.line, mark.words, mark.ground) == (line, words, "bad")
    qtbot.waitUntil(lambda: f"in line {line}" in window.side.verdict.reason.words(), timeout=LIMIT_MS)
    assert words.removeprefix("called ") in window.side.verdict.reason.words()
    assert "Traceback" not in window.side.verdict.reason.words()
    editor.mark_pressed.emit(mark.pressed)
    output = window.side.output
    qtbot.waitUntil(lambda: output.list.rows.end > 0, timeout=LIMIT_MS)
    assert run.errors[-1].strip().splitlines()[-1] in output.list.rows.as_text(range(output.list.rows.end))


# -- trust


@pytest.mark.parametrize(
    ("line", "far"),
    [
        (" " * 80 + "x" * 41, True),  # blanks first
        (" " * 79 + "x" * 42, False),
        ("a" + " " * 40 + "x" * 80, True),  # behind something
        ("a" + " " * 39 + "x" * 81, False),
        (" " * 80 + "x" * 40, False),  # it ends where it is still seen
    ],
)
def test_what_stands_far_to_the_right_is_told(line: str, far: bool) -> None:
    assert unseen(f"import os\n{line}") == ("Line 2 goes on far to the right." if far else "")


def open_theirs(window: Window, path: Path, code: str = THEIRS) -> None:
    path.write_text(to_toml(Recipe(job="own", workers=2, code=code)) if path.suffix == ".toml" else code)
    window.files.open(path)


@pytest.mark.parametrize("name", ["colleague.py", "colleague.toml"])
def test_code_from_elsewhere_is_shown_and_run_only_on_the_users_word(
    qtbot: QtBot, window: Window, tmp_path: Path, name: str
) -> None:
    open_theirs(window, tmp_path / name)
    assert window.side.code.editor.text() == bar(window).code == THEIRS
    assert window.side.tabs.page_seen("code")
    window.side.tabs.choose("tasks")
    assert window.run() is None
    assert window.runs.all == []
    assert asks(window) == f"This code came from **{name}**. Look at it before it runs."
    assert window.side.tabs.page_seen("code")
    press(window, "not_now")
    assert not asks(window)
    assert window.run() is None
    press(window, "run_it")
    (run,) = window.runs.all
    assert ended(qtbot, run).reading.answer is not None
    assert not asks(window)
    ended(qtbot, window.run())  # asked once
    window.side.code.tools.example_chosen.emit(own_code.examples()[0].title)
    window.show_recipe(Recipe(job="own", workers=1, code=THEIRS))
    ended(qtbot, window.run())  # and for good


def test_a_file_is_asked_about_again_only_when_its_text_has_changed(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    place = tmp_path / "mine.py"
    open_theirs(window, place)
    assert window.run() is None
    press(window, "run_it")
    ended(qtbot, window.runs.all[-1])
    open_theirs(window, place)
    ended(qtbot, window.run())
    open_theirs(window, place, THEIRS.replace("theirs", "others"))
    assert window.run() is None
    assert asks(window) == "**mine.py** has changed since you let it run. Look at it before it runs."
    press(window, "run_it")
    ended(qtbot, window.runs.all[-1])
    open_theirs(window, tmp_path / "other.py", "def job(i, n):\n    return 'a third'\n")
    assert window.run() is None
    assert asks(window) == "This code came from **other.py**. Look at it before it runs."


def test_a_change_by_the_user_does_not_make_it_known(window: Window, tmp_path: Path) -> None:
    open_theirs(window, tmp_path / "colleague.py")
    editor = window.side.code.editor
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor, "# ")
    window.coding.flush()
    assert window.run() is None
    assert "colleague.py" in asks(window)
    editor.undo()
    window.coding.flush()
    assert window.run() is None


def test_nothing_brings_it_back_unasked(window: Window, editor: CodeEditor, tmp_path: Path) -> None:
    open_theirs(window, tmp_path / "colleague.py")
    window.side.code.tools.example_chosen.emit(own_code.examples()[0].title)
    editor.undo()
    window.coding.flush()
    assert editor.text() == own_code.examples()[0].text
    window.show_recipe(Recipe(job="own", code=THEIRS))
    assert window.run() is None


def all_ways() -> list[Callable[[Window], object]]:
    def palette(window: Window) -> None:
        window._open_palette()
        action = next(one for one in window.offers.actions if one.text() == "Run 2 × Your own code as threads")
        action.trigger()

    def again(window: Window) -> None:
        window.runs_panel.run_again.emit(bar(window))

    return [
        lambda window: window.run(),
        lambda window: window.run(bar(window)),
        lambda window: window.actions_by_name["run"].trigger(),
        lambda window: window.recipe_bar.run.click(),
        lambda window: window.starters.start_requested.emit(bar(window)),
        lambda window: window.race_menu.raced.emit("gil on", True),
        palette,
        again,
    ]


@pytest.mark.parametrize("way", range(len(all_ways())))
def test_all_ways_to_run_ask(window: Window, tmp_path: Path, way: int) -> None:
    open_theirs(window, tmp_path / "colleague.toml")
    all_ways()[way](window)
    assert window.runs.all == []
    assert asks(window)


def test_what_was_asked_for_is_what_is_done_after_a_yes(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    open_theirs(window, tmp_path / "colleague.toml")
    window.run(Recipe(job="own", workers=3, code=THEIRS))
    press(window, "run_it")
    (run,) = window.runs.all
    assert (run.recipe.workers, run.recipe.code) == (3, THEIRS)
    ended(qtbot, run)


def test_the_users_own_text_is_put_aside_for_code_from_elsewhere(
    make: Callable[[], Window], window: Window, editor: CodeEditor, tmp_path: Path
) -> None:
    open_theirs(window, tmp_path / "colleague.py")
    assert window.notices.words() == ["Your previous code was set aside."]
    window.close()
    second = make()
    assert second.side.code.editor.text() == THEIRS
    assert second.run() is None  # not known after a start either
    assert second.notices.words() == ["Your previous code was set aside."]
    second.notices.action.emit("code back")
    assert second.side.code.editor.text() == bar(second).code == MINE
    assert second.run() is not None
    second.runs.stop_all()


def test_what_was_typed_into_code_from_elsewhere_is_put_aside_too(window: Window, tmp_path: Path) -> None:
    open_theirs(window, tmp_path / "colleague.py")
    editor = window.side.code.editor
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor, "# an hour of work")
    edited = editor.text()
    window.coding.flush()
    path = tmp_path / "another.py"
    path.write_text(MINE)
    window.files.open(path)
    assert editor.text() == MINE
    window.notices.action.emit("code back")
    assert editor.text() == edited
    assert window.run() is None  # it is still somebody's


def test_an_offer_to_bring_it_back_is_not_pushed_out_by_mere_news(
    window: Window, editor: CodeEditor, tmp_path: Path
) -> None:
    open_theirs(window, tmp_path / "colleague.py")
    for number in range(5):
        window.notices.add(f"News {number}")
    seen = [notice.words for notice in window.notices.notices() if notice.isVisible()]
    assert seen == ["Your previous code was set aside.", "News 4"]


def test_the_last_hundred_texts_are_remembered(tmp_path: Path) -> None:
    trust = CodeTrust(SettingsFile(tmp_path))
    for number in range(MOST + 5):
        trust.grant(str(number))
    trust.grant("7")
    again = CodeTrust(SettingsFile(tmp_path))
    assert [trust.holds(str(number)) for number in (0, 4, 5, 7, 104)] == [False, False, True, True, True]
    assert again.holds("7")
    assert not again.holds("7 ")
    kept = json.loads((tmp_path / "trust.json").read_text())["code"]
    assert len(kept) == MOST
    assert kept[-1] == fingerprint("7")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (THEIRS, ""),
        ("a = 1  \t# tab\n" + "b = " + "1 + " * 60 + "1\n", ""),
        ("a = 1\n# \N{RIGHT-TO-LEFT OVERRIDE}txt\n", "Line 2 has signs that are not seen: \\u202e."),
        ("a = '\x1b[8m'\n", "Line 1 has signs that are not seen: \\x1b."),
        ("a = 1" + " " * 150 + "; import this", "Line 1 goes on far to the right."),
    ],
)
def test_what_is_not_seen_is_told(text: str, words: str) -> None:
    assert unseen(text) == words


def test_examples_need_no_word(tmp_path: Path) -> None:
    trust = CodeTrust(SettingsFile(tmp_path))
    assert all(trust.holds(example.text) for example in own_code.examples())


# -- files


@pytest.fixture
def save_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    def answer(path: Path) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(path), "")))

    return answer


def test_it_is_saved_and_its_name_tells_what_is_not(
    window: Window, editor: CodeEditor, tmp_path: Path, save_as: Callable[[Path], None]
) -> None:
    page, path = window.side.code, tmp_path / "mine.py"
    assert page.caption.words() == "not saved as a file"
    save_as(path)
    QTest.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert path.read_text() == MINE
    assert page.caption.words() == "mine.py"
    assert "mine.py" in window.status.message.words()
    QTest.keyClicks(editor, "# more")
    assert page.caption.words() == "mine.py •"
    page.tools.save.click()
    assert path.read_text() == editor.text()
    assert page.caption.words() == "mine.py"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith(".new")] == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_file_that_cannot_be_written_is_told_and_kept(tmp_path: Path, window: Window, editor: CodeEditor) -> None:
    window.coding.saving.save_to(tmp_path / "nowhere" / "mine.py")
    (words,) = window.notices.words()
    assert "cannot be written" in words
    assert "kept in the editor" in words
    assert editor.text() == MINE


def test_a_file_is_written_whole_and_keeps_what_it_was(tmp_path: Path) -> None:
    path, link = tmp_path / "real.py", tmp_path / "link.py"
    path.write_text("old")
    path.chmod(0o755)
    link.symlink_to(path)
    write_whole(link, b"new\n")
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == ("new\n", 0o755, True)
    folder = tmp_path / "folder.py"
    folder.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(folder, b"x")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder.py", "link.py", "real.py"]


def test_another_text_is_not_saved_over_the_file(
    window: Window, editor: CodeEditor, tmp_path: Path, save_as: Callable[[Path], None]
) -> None:
    save_as(tmp_path / "mine.py")
    window.coding.saving.save()
    assert window.run(Recipe(job="own", code=THEIRS)) is None  # it is shown instead
    assert editor.text() == THEIRS
    assert window.coding.file.path is None
    save_as(tmp_path / "theirs.py")
    window.coding.saving.save()
    assert (tmp_path / "mine.py").read_text() == MINE


def changed_elsewhere(window: Window, path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, ns=(1, 1))
    window.coding.file.look()


@pytest.fixture
def saved(window: Window, editor: CodeEditor, tmp_path: Path, save_as: Callable[[Path], None]) -> Path:
    path = tmp_path / "mine.py"
    save_as(path)
    window.coding.saving.save()
    return path


def test_changed_on_disk_it_can_be_read_again(window: Window, editor: CodeEditor, saved: Path) -> None:
    window.coding.file.look()
    assert window.notices.words() == []
    changed_elsewhere(window, saved, THEIRS)
    assert window.notices.words() == ["mine.py was changed by another program."]
    assert editor.text() == MINE
    window.notices.action.emit("code reload")
    assert editor.text() == bar(window).code == THEIRS
    assert window.side.code.caption.words() == "mine.py"
    assert window.run() is None  # nobody has looked at it yet


def test_changed_on_disk_the_own_text_can_be_kept(window: Window, editor: CodeEditor, saved: Path) -> None:
    changed_elsewhere(window, saved, THEIRS)
    window.notices.action.emit("code keep")
    assert editor.text() == MINE
    assert window.side.code.caption.words() == "mine.py •"
    changed_elsewhere(window, saved, MINE)
    assert window.side.code.caption.words() == "mine.py"


def test_what_another_program_wrote_just_now_is_not_saved_over(window: Window, editor: CodeEditor, saved: Path) -> None:
    window.coding.file._timer.stop()  # it has not looked yet
    QTest.keyClicks(editor, "# more")
    saved.write_text(THEIRS)
    os.utime(saved, ns=(1, 1))
    window.coding.saving.save()
    assert saved.read_text() == THEIRS
    assert window.notices.words() == ["mine.py was changed by another program."]
    assert "not saved" in window.status.message.words()
    window.coding.saving.save()  # the user knows by now
    assert saved.read_text() == editor.text()
    assert window.notices.words() == []


def test_what_is_read_again_is_what_is_there_now(window: Window, editor: CodeEditor, saved: Path) -> None:
    window.coding.file._timer.stop()
    changed_elsewhere(window, saved, THEIRS)
    saved.write_text(FAILS)
    window.notices.action.emit("code reload")
    assert editor.text() == FAILS


def test_a_notice_about_a_file_goes_with_the_file(window: Window, editor: CodeEditor, saved: Path) -> None:
    changed_elsewhere(window, saved, FAILS)
    other = saved.with_name("other.py")
    open_theirs(window, other)
    assert "mine.py was changed by another program." not in window.notices.words()
    window.notices.action.emit("code keep")
    assert window.side.code.caption.words() == "other.py"


def test_a_file_that_is_gone_is_told_once(window: Window, editor: CodeEditor, saved: Path) -> None:
    saved.unlink()
    window.coding.file.look()
    window.coding.file.look()
    (words,) = window.notices.words()
    assert "is gone" in words
    for notice in window.notices.notices():
        window.notices.remove(notice)
    window.coding.file.look()
    assert window.notices.words() == []


def test_its_own_look_at_the_disk_finds_a_change(qtbot: QtBot, window: Window, editor: CodeEditor, saved: Path) -> None:
    saved.write_text(THEIRS + "# longer")
    qtbot.waitUntil(lambda: bool(window.notices.words()), timeout=LIMIT_MS)


def test_the_file_is_known_again_after_a_start(make: Callable[[], Window], window: Window, saved: Path) -> None:
    window.close()
    second = make()
    assert second.coding.file.path == saved
    assert second.side.code.caption.words() == "mine.py"
    second.close()
    saved.unlink()
    assert make().coding.file.path is None


def test_the_parts_end_with_the_window(window: Window, saved: Path) -> None:
    timers = [one for one in window.findChildren(Coding)[0].file.children() if one.objectName() == "code file"]
    assert [timer.isActive() for timer in timers] == [True]  # type: ignore[attr-defined]
    window.close()
    assert [timer.isActive() for timer in timers] == [False]  # type: ignore[attr-defined]


# -- room for it


def whole(window: Window) -> bool:
    """Has the verdict all the height that it needs?"""
    card = window.side.verdict
    return card.height() >= card.heightForWidth(card.width())


def long_verdict() -> Verdict:
    figures = tuple(Figure(f"Figure {number}", "1.0", "of 2") for number in range(5))
    return Verdict("turns", "4 coroutines take turns in one thread.", "Each waited for its turn. " * 6, figures=figures)


def test_a_problem_does_not_crush_the_verdict(qtbot: QtBot, window: Window, editor: CodeEditor) -> None:
    window.side.show_verdict(long_verdict())
    window.resize(1440, 720)
    qtbot.waitUntil(lambda: window.height() == 720 and whole(window), timeout=LIMIT_MS)
    editor.selectAll()
    type_text(editor, BROKEN)
    window.coding.flush()
    page = window.side.code
    qtbot.waitUntil(lambda: page.problem.isVisible() and page.problem.height() > 20, timeout=LIMIT_MS)
    assert window.side.verdict.isVisible()
    assert whole(window)


def test_where_there_is_room_for_one_the_verdict_shrinks_to_its_sentence(
    qtbot: QtBot, window: Window, editor: CodeEditor
) -> None:
    card = window.side.verdict
    window.side.add_run(1, 0)  # room is kept from the first run on
    window.side.show_verdict(long_verdict())
    for height, runs_open, of_tasks, of_code in (
        (900, False, Shape.WHOLE, Shape.WHOLE),
        (900, True, Shape.WHOLE, Shape.BRIEF),  # a table can be lower than a text
        (640, False, Shape.BRIEF, Shape.BRIEF),
        (640, True, Shape.SENTENCE, Shape.SENTENCE),
        (900, False, Shape.WHOLE, Shape.WHOLE),
    ):
        window.resize(1440, height)
        window.runs_panel.set_open(runs_open)
        for tab, shape in (("tasks", of_tasks), ("code", of_code)):
            window.side.tabs.choose(tab)
            qtbot.waitUntil(lambda shape=shape: card.shape == shape and whole(window), timeout=LIMIT_MS)
            assert card.isVisible()


def test_code_is_looked_at_with_all_the_room_there_is(window: Window, tmp_path: Path) -> None:
    open_theirs(window, tmp_path / "colleague.py")
    card = window.side.verdict
    assert card.shape == Shape.WHOLE
    window.run()
    assert card.isVisible()
    assert card.short.visibleRegion().boundingRect().height() >= 20
    assert card.shape == Shape.SENTENCE
    press(window, "not_now")
    assert card.shape == Shape.WHOLE
