"""Which test files are asked about a change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import changed


def test_who_imports_what_was_changed() -> None:
    asked = changed.tests_of(["playground/run/stuck.py", "docs/testing.md"])
    assert "tests/core/test_stuck.py" in asked  # from playground.run import stuck
    assert "tests/core/test_gil.py" not in asked
    assert "tests/ui/test_frame_clock.py" in changed.tests_of(["ui/loop/frame_clock.py"])  # … .frame_clock import


def test_what_was_changed_itself() -> None:
    assert changed.tests_of(["tests/core/test_changed.py"]) == ["tests/core/test_changed.py"]


def test_a_part_of_the_tests_asks_those_that_use_it() -> None:
    asked = changed.tests_of(["tests/core/labs.py"])
    assert {"tests/core/test_labs.py", "tests/core/test_stuck.py"} <= set(asked)


def test_a_package_is_its_own_file() -> None:
    assert changed.name_of("playground/hosts/__init__.py") == "playground.hosts"
    assert "tests/core/test_hosts.py" in changed.tests_of(["playground/hosts/__init__.py"])


def test_nothing_asks_nobody() -> None:
    assert changed.tests_of([]) == []


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_git_knows_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    owner = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    changed.git("init", "-b", "main")
    (tmp_path / "kept.py").touch()
    (tmp_path / "mended.py").touch()
    changed.git("add", ".")
    changed.git(*owner, "commit", "-m", "one")
    changed.git("switch", "-c", "branch")
    (tmp_path / "mended.py").write_text("1\n")
    changed.git(*owner, "commit", "-am", "two")
    (tmp_path / "fresh.py").touch()
    assert changed.files() == ["mended.py", "fresh.py"]
