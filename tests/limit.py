"""Every test has a time limit. One that takes longer fails, with what each thread was doing, and the next one begins.

A thread looks at the time and signals the main thread, where the signal raises. Qt's loop sleeps on through a signal,
so the loop is asked to end too. A test that holds the GIL in C code hears neither: `faulthandler_timeout` in
pyproject.toml ends the whole session then, long after this limit."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

LIMIT_S = 240.0  # for set-up, call and tear-down each; the slowest takes 35 s on a quiet machine with two cores
LOOK_S = 1.0  # how often: also how soon it is tried again where a slot that Qt calls has swallowed what was raised
PYTEST = ("/_pytest/", "/pluggy/", "/pytestqt/")
SIGNAL = getattr(signal, "SIGUSR2", None)  # Windows has none: there only faulthandler's limit counts


class TimeLimit:
    """A plug-in of pytest. Its thread shares no lock with the tests: some of them fork."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self.limit_s = limit_s
        self._until = math.inf
        self._stacks = ""  # of the moment at which the time was up
        self._over = threading.Event()

    def pytest_sessionstart(self) -> None:
        if SIGNAL is not None:
            signal.signal(SIGNAL, self._give_up)
            threading.Thread(target=self._watch, name="time limit of tests", daemon=True).start()

    def pytest_sessionfinish(self) -> None:
        self._over.set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        return (yield from self._limited())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        return (yield from self._limited())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        return (yield from self._limited())

    def _limited(self) -> Iterator[None]:
        self._stacks, self._until = "", time.monotonic() + self.limit_s
        try:
            return (yield)
        finally:
            self._until = math.inf
            if self._stacks:
                let_qt_begin_again()

    def _watch(self) -> None:
        while not self._over.wait(min(LOOK_S, self.limit_s / 4)):
            if time.monotonic() > self._until:
                self._stacks = self._stacks or stacks()
                interrupt()

    def _give_up(self, _number: int, _frame: object) -> None:
        if time.monotonic() > self._until:  # else the test has just come to its end
            pytest.fail(f"took longer than {self.limit_s:g} s\n{self._stacks}")


def stacks() -> str:
    """Where each thread is, without pytest's own part of the way there."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    told = []
    for ident, frame in sys._current_frames().items():
        if ident != threading.get_ident():
            lines = [line for line in traceback.format_stack(frame) if not any(part in line for part in PYTEST)]
            told.append(f"thread {names.get(ident, ident)}:\n{''.join(lines)}")
    return "\n".join(told)


def interrupt() -> None:
    assert SIGNAL is not None
    signal.pthread_kill(threading.main_thread().ident or 0, SIGNAL)
    if app := application():
        app.exit()


def application() -> Any:
    core = sys.modules.get("PySide6.QtCore")
    return core.QCoreApplication.instance() if core else None


def let_qt_begin_again() -> None:
    """Once asked to end, Qt lets no loop begin until the application's own has begun anew."""
    if app := application():
        sys.modules["PySide6.QtCore"].QTimer.singleShot(0, app.quit)
        app.exec()
