"""A folder of the user may not be entered (HOME is somebody else's, say): the app finds nothing there, and goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from playground.files.reachable import is_file, is_folder, is_there
from playground.interpreters import places
from playground.interpreters.cache import Cache
from playground.run import run_folder
from playground.run.trust import Trust

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of folders as POSIX has them")


def test_nothing_is_there(closed: Path) -> None:
    assert not is_folder(closed / "bin")
    assert not is_there(closed / "bin")
    assert not is_file(closed / "bin" / "python3")


def test_what_can_be_seen_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert [ask(tmp_path) for ask in (is_there, is_folder, is_file)] == [True, True, False]
    assert [ask(tmp_path / "file") for ask in (is_there, is_folder, is_file)] == [True, False, True]
    assert not is_there("a\0b")


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has its folders elsewhere")
def test_there_is_nothing_to_sweep(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "home", lambda: closed / "runs")
    assert run_folder.albums().is_relative_to(closed)
    assert run_folder.sweep() == 0


def test_permissions_last_until_the_end(closed: Path) -> None:
    trust = Trust()
    assert trust.is_new
    trust.grant_code("a = 1")
    assert trust.holds_code("a = 1")


def test_a_python_there_is_none(closed: Path) -> None:
    inside = closed / "bin" / "python3"
    assert places.virtual_environment(inside) is None
    assert places.Places().pythons_in(closed / "bin") == []
    assert Trust().may_start(str(inside))  # and the system refuses it


def test_answers_of_pythons_are_not_kept(closed: Path) -> None:
    answers = Cache()
    answers.save()
    assert answers.all() == []
