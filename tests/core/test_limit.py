"""The time limit of tests, on tests that would never end: each fails with where it was, and the next one passes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import limit

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(limit.SIGNAL is None, reason="this system has no signal for it")
CONFTEST = """
from tests.limit import TimeLimit

def pytest_configure(config):
    config.pluginmanager.register(TimeLimit(0.3))
"""
WITHOUT_QT = """
import subprocess, threading, time, pytest

def test_asleep():
    time.sleep(600)

def test_waits_for_a_lock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()

def test_waits_for_a_program():
    subprocess.run(["sleep", "5"])

def test_computes_and_takes_no_notice():
    while True:
        try:
            time.sleep(600)
        except Exception:
            pass

def test_passes():
    time.sleep(0.05)

@pytest.fixture
def never_there():
    time.sleep(600)

def test_is_not_set_up(never_there):
    pass

@pytest.fixture
def never_away():
    yield
    time.sleep(600)

def test_does_not_go(never_away):
    threading.Thread(target=time.sleep, args=(5,), name="a helper", daemon=True).start()
"""
WITH_QT = """
import time
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QDialog, QMenu

def test_a_loop(qtbot):
    QEventLoop().exec()

def test_a_dialog(qtbot):
    QDialog().exec()

def test_a_menu(qtbot):
    menu = QMenu()
    menu.addAction("one")
    menu.exec()

def test_the_app(qapp):
    qapp.exec()

def test_slots_that_take_all_the_time(qtbot):
    timer = QTimer()
    timer.timeout.connect(lambda: time.sleep(0.01))
    timer.start(0)
    QEventLoop().exec()

def test_passes(qtbot, qapp):
    for wait in (lambda: qtbot.wait(50), lambda: (QTimer.singleShot(50, qapp.quit), qapp.exec())):
        began = time.perf_counter()
        wait()
        assert time.perf_counter() - began > 0.04, "loops begin again"
"""


IN_C = """def test_in_c():
    sum(range(10**12))
"""


def said(folder: Path, tests: str, *options: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [*line, "-rA", *options, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def outcomes(text: str) -> dict[str, str]:
    lines = [line.split() for line in text.splitlines() if line.startswith(("PASSED ", "FAILED ", "ERROR "))]
    return {line[1].partition("::")[2]: line[0] for line in lines}


def test_each_that_never_ends_fails_and_the_next_one_is_run(tmp_path: Path) -> None:
    text = said(tmp_path, WITHOUT_QT)
    assert outcomes(text) == {
        "test_asleep": "FAILED",
        "test_waits_for_a_lock": "FAILED",
        "test_waits_for_a_program": "FAILED",
        "test_computes_and_takes_no_notice": "FAILED",
        "test_passes": "PASSED",
        "test_is_not_set_up": "ERROR",
        "test_does_not_go": "ERROR",
    }
    assert text.count("took longer than 0.3 s") >= 6
    assert "thread MainThread:" in text
    assert "thread a helper:" in text
    assert "    lock.acquire()" in text, "where it was"


@pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="no Qt here")
def test_a_loop_of_qt_that_never_ends_ends_too(tmp_path: Path) -> None:
    found = outcomes(said(tmp_path, WITH_QT))
    assert found.pop("test_passes") == "PASSED"
    assert len(found) == 5
    assert set(found.values()) == {"FAILED"}


def test_one_that_lets_nothing_else_run_ends_the_session_later(tmp_path: Path) -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert options["faulthandler_timeout"] > 2 * limit.LIMIT_S
    exits = f"faulthandler_exit_on_timeout={options['faulthandler_exit_on_timeout']}"
    text = said(tmp_path, IN_C, "-o", exits, "-o", "faulthandler_timeout=1")
    assert "Timeout (0:00:01)!" in text
    assert ", line 2 in test_in_c" in text, "where it was"
