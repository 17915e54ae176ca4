"""Rows of tests: the whole has every file, and none twice; `--quick` has the tests that find most."""

from __future__ import annotations

import fnmatch
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import rows
from tests.mutation.related import RELATED

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    path.relative_to(ROOT).as_posix()
    for part in ("core", "ui", "e2e")
    for path in (ROOT / "tests" / part).glob("test_*.py")
}


def files_of(name: str) -> list[str]:
    found: list[str] = []
    for part in rows.rows()[name].tests:
        path = ROOT / part.partition("::")[0]
        found += [one.relative_to(ROOT).as_posix() for one in path.glob("test_*.py")] if path.is_dir() else [part]
    return found


def test_the_whole_has_each_file_once() -> None:
    assert sorted(file for name in rows.WHOLE for file in files_of(name)) == sorted(FILES)


def test_what_needs_no_qt_is_run_without_it() -> None:
    core = rows.rows()["core"]
    assert core.without_qt
    assert all(file.startswith("tests/core/") for file in core.tests)


def test_the_quick_ones_have_all_that_mutants_are_asked_of() -> None:
    asked = {file for patterns in RELATED.values() for name in patterns for file in fnmatch.filter(FILES, name)}
    assert asked
    assert asked <= set(files_of("quick-core"))


@pytest.mark.parametrize("chosen", [*rows.LABS, *rows.ZOOMED, *rows.DRIVEN])
def test_the_chosen_ones_are_there(chosen: str) -> None:
    file, _, name = chosen.partition("[")[0].partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert chosen in [test for row in rows.QUICK for test in rows.rows()[row].tests]


def test_a_file_that_is_not_there_cannot_be_left_out() -> None:
    with pytest.raises(LookupError, match=r"tests/core has no test_nobody\.py"):
        rows.files("core", but="faults nobody")


ROWS = """
import sys
from pathlib import Path
from tests import rows
rows.sys.executable = sys.argv[1]
print(rows.beside(sys.argv[2:]))
"""
STANDS_FOR_PYTHON = """#!/bin/sh
for last; do :; done
echo "this is $last"
[ "$last" = waits ] && exec sleep 600
if [ "$last" = crashes ]; then echo "Fatal Python error: Segmentation fault"; echo "  File one.py"; exit 245; fi
[ "$last" != fails ]
"""


def command(folder: Path, *names: str) -> list[str]:
    python = folder / "python"
    python.write_text(STANDS_FOR_PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return [sys.executable, "-c", ROWS, str(python), *names]


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands for Python")
def test_rows_run_beside_each_other_and_say_which_failed(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path, "passes", "fails"), cwd=ROOT, capture_output=True, text=True, check=True)
    *lines, code, failed = done.stdout.splitlines()
    assert sorted(lines) == ["fails  | this is fails", "passes | this is passes"]
    assert code == "fails  | ended with exit code 1"
    assert failed == "['fails']"


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands for Python")
def test_where_a_row_crashed_is_said_at_the_end(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path, "crashes", "passes"), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-4:] == [
        "crashes | Fatal Python error: Segmentation fault",
        "crashes |   File one.py",
        "crashes | ended with exit code 245",
        "['crashes']",
    ]
    assert done.stdout.count("passes  | this is passes") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands for Python")
def test_who_is_asked_to_end_asks_the_rows(tmp_path: Path) -> None:
    process = subprocess.Popen(command(tmp_path, "waits"), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "waits | this is waits\n"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60)[0].splitlines()[-1] == "['waits']"


@pytest.mark.parametrize(("ends", "some"), [("pass", False), ("assert False", True), ("import os; os._exit(1)", False)])
def test_a_row_that_crashed_has_no_failed_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, some: bool
) -> None:
    monkeypatch.setattr(rows, "KEPT", tmp_path)
    file = tmp_path / "test_one.py"
    file.write_text(f"def test_it():\n    {ends}\n", encoding="utf-8")
    cache = f"cache_dir={tmp_path / 'core' / 'cache'}"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        os.devnull,
        "--rootdir",
        str(tmp_path),
        "-o",
        cache,
        str(file),
    ]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert rows.has_failed_tests("core") == some
