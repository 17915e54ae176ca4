"""A command, a file or a slip: what the first word means, and what is said where it is neither."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from playground.cli import first_word

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("word", "is_file", "is_slip"),
    [
        *((command, False, False) for command in ("run", "list", "script", "lesson", "bench", "", "--recipe", "-h")),
        *((gone, True, False) for gone in ("gone.toml", "gone.recipe.toml", "GONE.PY", "a_folder/gone", "my ölé.toml")),
        *(
            (slip, False, True)
            for slip in ("rn", "4 x primes as threads", "4 x primes on /usr/bin/python3", "toml", "x " * 5000)
        ),
    ],
)
def test_a_word(word: str, is_file: bool, is_slip: bool) -> None:
    assert (first_word.is_file(word), first_word.is_slip([word])) == (is_file, is_slip)


def test_what_is_there_is_a_file_but_a_command_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("notes", "run"):
        Path(name).write_text("")
    assert first_word.is_file("notes")
    assert not first_word.is_file("run")
    assert first_word.is_file("./run")
    assert first_word.is_file(str(tmp_path)), "a folder: the window says why not"
    assert not first_word.is_slip([])


def test_a_slip_names_what_was_meant_and_what_there_is(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "rn", "x"], capture_output=True, encoding="utf-8", cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    first, *_ = done.stderr.splitlines()
    assert first == "There is no command “rn”, and no file of that name. Did you mean run?"
    assert "FILE.recipe.toml" in done.stderr
    assert "run, list, script, lesson, bench" in done.stderr


def test_a_slip_cannot_move_what_the_terminal_shows() -> None:
    assert "\x1b" not in first_word.told("\x1b[2Jrun")
