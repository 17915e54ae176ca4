"""Files named at the start, or handed over by the system: shown as others are, and never run unasked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import to_toml
from ui.recipe.opened_files import ENDING
from ui.window import Window

# offscreen no window manager is told
pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]
NAPS = Recipe(job="sleep", workers=3, amount=2)
CODE = "def job(i, n):\n    return i\n"


def test_a_recipe_by_a_relative_path_with_spaces_and_more(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "zwei Wörter"
    folder.mkdir()
    (folder / f"näps{ENDING}").write_text(to_toml(NAPS), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    window.files.open_given([f"zwei Wörter/näps{ENDING}"])
    assert window.recipe_bar.recipe() == NAPS
    assert window.files.recent() == [folder / f"näps{ENDING}"], "found again from another folder"
    assert window.notices.words() == []


def test_code_is_shown_and_not_run(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    window.files.open_given(["mine.py"])
    assert window.settings.settings.code_file == str(tmp_path / "mine.py"), "found again from another folder"
    assert window.coding.text == CODE
    assert window.runs.all == []
    assert window.run() is None, "the user is asked first"
    assert window.runs.all == []


def test_of_several_the_first_is_opened_and_the_others_are_named(window: Window, tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(to_toml(NAPS))
    window.files.open_given([str(tmp_path / name) for name in ("a.toml", "b.toml")])
    assert window.recipe_bar.recipe() == NAPS
    assert window.notices.words() == ["A window shows one file at a time, so these were not opened: b.toml"]


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1_000_000_000)


@pytest.mark.parametrize(
    ("name", "made", "says"),
    [
        ("gone.recipe.toml", lambda path: None, "cannot be read: "),
        ("folder.toml", Path.mkdir, "folder.toml"),
        ("folder", Path.mkdir, "folder cannot be opened; allowed: a recipe (.toml) or Python code (.py)"),
        ("huge.recipe.toml", huge, "is larger than 2000 kB."),
        ("huge.py", huge, "is larger than 200 kB."),
        ("rubbish.toml", lambda path: path.write_bytes(bytes(range(256))), "This is not"),
    ],
)
def test_what_cannot_be_opened_is_told_in_the_window(
    window: Window, tmp_path: Path, name: str, made: Callable[[Path], object], says: str
) -> None:
    made(tmp_path / name)
    before = window.recipe_bar.recipe()
    window.files.open_given([str(tmp_path / name)])
    (notice,) = window.notices.words()
    assert says in notice
    assert window.recipe_bar.recipe() == before


@pytest.mark.skipif(os.name != "posix", reason="names with half a character")
def test_a_name_that_is_no_text_is_opened_and_not_remembered(window: Window, tmp_path: Path) -> None:
    """Settings are text: with such a name in them, nothing could be kept any more."""
    file = tmp_path / "half\udcff.recipe.toml"
    file.write_text(to_toml(NAPS))
    window.files.open_given([str(file)])
    assert window.recipe_bar.recipe() == NAPS
    assert window.settings.settings.recent == ()
    window.files.open_given([str(tmp_path / "no\udcff.toml")])
    assert "no\\udcff.toml" in window.notices.words()[0]


def test_a_saved_recipe_has_the_ending_that_the_system_knows(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def choose(_window: object, _title: str, start: str, _kinds: str) -> tuple[str, str]:
        offered.append(start)
        return str(tmp_path / "naps"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.files.save_recipe(NAPS)
    assert Path(offered[0]).name == "3-sleep-threads.recipe.toml"
    saved = tmp_path / "naps.recipe.toml"
    assert saved.read_text() == to_toml(NAPS)
    window.files.save_recipe(Recipe())
    assert saved.read_text() == to_toml(NAPS), "the dialog has asked about another name"
    assert "is there already" in window.notices.words()[0]
