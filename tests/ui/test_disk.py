"""Threads beside the window look at the files that it shows: a disk that hangs does not make the window hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from ui.code.code_file import CodeFile
from ui.loop.disk import AGAIN_S, Disk
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
LIMIT_MS = 60_000
HANGS_S = 20.0


@pytest.fixture
def disk(qtbot: QtBot) -> Iterator[Disk]:
    parent = QObject()
    yield Disk(parent)
    parent.deleteLater()


def test_what_is_not_known_yet_is_believed_and_then_known(qtbot: QtBot, disk: Disk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    there, gone = tmp_path / "file", tmp_path / "gone"
    with qtbot.waitSignal(disk.changed, timeout=LIMIT_MS):
        assert (disk.is_file(there), disk.is_file(gone), disk.there(tmp_path)) == (True, True, True)
    qtbot.waitUntil(lambda: not disk.is_file(gone) and not disk.is_file(tmp_path), timeout=LIMIT_MS)
    assert disk.is_file(there)
    assert disk.there(tmp_path)


def test_what_has_changed_is_told_and_what_has_not_is_not(qtbot: QtBot, disk: Disk, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    told: list[Path] = []
    disk.changed.connect(told.append)

    def look() -> None:
        disk._looked.clear()
        with qtbot.waitSignal(disk.answered, timeout=LIMIT_MS):
            disk.look(file)

    look()
    look()
    assert told == []
    file.unlink()
    look()
    look()
    assert told == [file]
    file.write_text("longer")
    look()
    assert told == [file, file]


def test_what_is_to_be_used_at_once_is_looked_at_now(disk: Disk, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for there in (True, False):
        disk.look_now(file, HANGS_S)
        assert disk.there(file) is there
        file.unlink(missing_ok=True)


class Dead:
    """A network disk that does not answer: whoever looks there hangs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers = threading.Event()
        self.asked: list[Path] = []
        stat = Path.stat

        def hanging(path: Path, *how: object, **more: object) -> object:
            if path.is_relative_to(folder):
                self.asked.append(path)
                assert self.answers.wait(HANGS_S), "somebody waited for it"
            return stat(path, *how, **more)

        monkeypatch.setattr(Path, "stat", hanging)


@pytest.fixture
def dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Dead]]:
    made: list[Dead] = []

    def make() -> Dead:
        made.append(Dead(tmp_path / "share", monkeypatch))
        return made[-1]

    yield make
    for one in made:
        one.answers.set()


def quick(act: Callable[[], object]) -> object:
    """It does not wait for the disk; how long it takes besides does not matter here."""
    begun = time.monotonic()
    done = act()
    assert time.monotonic() - begun < HANGS_S / 2
    return done


def test_nobody_waits_for_a_disk_and_it_is_asked_once(
    qtbot: QtBot, disk: Disk, tmp_path: Path, dead: Callable[[], Dead]
) -> None:
    share = dead()
    path = tmp_path / "share" / "file"
    assert quick(lambda: disk.is_file(path)) is True
    qtbot.waitUntil(lambda: bool(share.asked), timeout=LIMIT_MS)
    qtbot.wait(int(AGAIN_S * 1000) + 100)
    assert quick(lambda: disk.there(path)) is True
    quick(lambda: disk.look_now(path, 0.05))
    assert disk.there(path) is True
    assert share.asked == [path], "who hangs is not asked again"
    with qtbot.waitSignal(disk.changed, timeout=LIMIT_MS):
        share.answers.set()
    assert disk.is_file(path) is False


@pytest.mark.usefixtures("no_other_pythons")
def test_recent_files_and_pythons_on_a_dead_disk_do_not_stop_the_window(
    make: Callable[[], Window], tmp_path: Path, dead: Callable[[], Dead]
) -> None:
    recent = tmp_path / "share" / "recipe.toml"
    window = make()
    window.settings.change(recent=(str(recent),))
    dead()
    assert quick(window.files.recent) == [recent]
    recipe = Recipe(interpreter=str(tmp_path / "share" / "bin" / "python"))
    assert quick(lambda: window.interpreters.problem(recipe)) is None
    quick(window.shown_interpreters.show)
    quick(window.close)


def test_the_file_of_the_code_is_looked_at_beside_the_window(
    qtbot: QtBot, tmp_path: Path, dead: Callable[[], Dead]
) -> None:
    (tmp_path / "share").mkdir()
    path = tmp_path / "share" / "job.py"
    path.write_text("x = 1\n")
    parent = QObject()
    file = CodeFile(parent)
    file.open(path, "x = 1\n")
    share = dead()
    quick(file._timer.timeout.emit)
    qtbot.waitUntil(lambda: bool(share.asked), timeout=LIMIT_MS)
    quick(file._timer.timeout.emit)
    share.answers.set()
    path.write_text("x = 22\n")
    with qtbot.waitSignal(file.changed_on_disk, timeout=LIMIT_MS) as told:
        pass
    assert told.args == ["x = 22\n"]
    file.shut_down()
