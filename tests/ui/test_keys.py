"""Keys are called as this platform calls them, and by the command that has them: no words of the window name one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from pytestqt.qtbot import QtBot

from ui.actions import COMMANDS
from ui.kit import keys
from ui.kit.theme import ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.window import Window

ROOT = Path(__file__).parents[2]
# The commands themselves, what they cannot have, and the functions that make words of a key.
OWNERS = ("ui/actions.py", "ui/kit/keys.py", "ui/kit/reserved_keys.py")
NAMED = re.compile(r"Ctrl|⌘|\bF\d{1,2}\b|\bEsc\b|\bEnter\b|\bReturn\b|\(Space\)|Shift\+|Alt\+|Cmd")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """All words of a program but for its docstrings."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def test_no_word_of_the_window_names_a_key_itself() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in sorted((ROOT / "ui").rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in OWNERS
        for line, words in texts(ast.parse(path.read_text(encoding="utf-8")))
        if NAMED.search(words)
    ]
    assert not found


def test_the_search_sees_what_it_is_to_see() -> None:
    tree = ast.parse('"""Ctrl+K"""\ndef f():\n    """Esc."""\n    return f"Find ({x}, Ctrl+K)"')
    assert [words for _, words in texts(tree) if NAMED.search(words)] == [", Ctrl+K)"]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    yield window
    window.close()


def test_what_does_the_same_by_mouse_names_the_key(window: Window) -> None:
    bar = window.recipe_bar
    assert bar.run.toolTip() == "Start this recipe (Ctrl+Enter)"
    assert bar.search.toolTip() == "Find a command (Ctrl+K)"
    assert bar.word_run.toolTip().endswith("(F2)")
    assert window.stage.bar.live.toolTip() == "Freeze the picture; the work goes on (Space)"
    window.stage.freeze(True)
    assert window.stage.bar.live.toolTip() == "Back to live (Space)", "other words, the same key"


def test_a_key_that_was_changed_is_told_everywhere(window: Window) -> None:
    window.actions_by_name["stop_all"].setShortcut(QKeySequence("Ctrl+Alt+S"))
    assert window.recipe_bar.stop_all.toolTip() == "Stop every run (Ctrl+Alt+S)"
    window.actions_by_name["stop_all"].setShortcuts([])
    assert window.recipe_bar.stop_all.toolTip() == "Stop every run"


def test_a_key_is_called_as_it_is_written_on_it() -> None:
    assert keys.words(Qt.Key.Key_Return) == "Enter"
    assert keys.words(QKeySequence("Ctrl+Return")) == "Ctrl+Enter"
    assert keys.words(Qt.Key.Key_Escape) == "Esc"
    assert keys.words(QAction()) == ""
    assert (keys.badge("Ctrl+Shift+K"), keys.badge("Ctrl++"), keys.badge("+")) == ("Ctrl Shift K", "Ctrl +", "+")
    assert (keys.tip("Run", "F5"), keys.tip("Run", "")) == ("Run (F5)", "Run")


def test_no_two_commands_have_the_same_key() -> None:
    every = [key for command in COMMANDS for key in command.keys]
    assert len(set(every)) == len(every)
