"""A process in which all tests are collected and have been run once, unchanged, to see which lines each test
runs, and how long it takes. Forks of it run some tests again, with other code in a function, and begin at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.mutation import inside
from tests.mutation.changes import Change, changed
from tests.mutation.related import ROOT


@dataclass(frozen=True)
class Known:
    """What was seen of the tests while nothing was changed."""

    lines: dict[str, set[tuple[str, int]]]
    seconds: dict[str, float]

    def of(self, change: Change, files: list[str]) -> dict[str, float]:
        """Tests that run the change. What is done while a module is imported, all run."""
        tests = [name for name in self.lines if name.partition("::")[0] in files]
        if change.in_function:
            wanted = {(change.module, number) for number in change.lines}
            tests = [name for name in tests if self.lines[name] & wanted]
        return {name: self.seconds[name] for name in tests}


class Nursery:
    def __init__(self, modules: Collection[str], work: Callable[[Nursery], None]) -> None:
        self.modules, self.work = modules, work
        self.short = {str(ROOT / module): module for module in modules}
        self.known = Known({}, {})
        self.failed: list[str] = []
        self.watching = True
        self._current: set[tuple[str, int]] = set()
        self._items: dict[str, pytest.Item] = {}
        self._functions: inside.Functions = {}

    # -- run by pytest

    def pytest_configure(self) -> None:
        inside.without_memory()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {item.nodeid: item for item in session.items}
        self._run(session.items)
        if not self.failed and not session.testsfailed:
            self.watching = False
            self._functions = inside.functions_of(self.modules)
            self.work(self)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if not self.watching:
            return (yield)
        self._current = self.known.lines[item.nodeid] = set()
        self.known.seconds[item.nodeid] = 0.0
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self.watching:
            self.known.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def _run(self, items: list[pytest.Item]) -> None:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return

    def _trace(self, frame: types.FrameType, event: str, argument: object) -> Any:
        module = self.short.get(frame.f_code.co_filename)
        if module is None:
            return None
        current = self._current

        def line(frame: types.FrameType, event: str, argument: object) -> Any:
            current.add((module, frame.f_lineno))
            return line

        return line(frame, event, argument)

    # -- run by the work

    def begin(self, change: Change, source: str, tests: dict[str, float]) -> int:
        def does() -> int:
            code = compile(changed(source, change.place), str(ROOT / change.module), "exec")
            inside.exchange(self._functions, change.module, code)
            self._run([self._items[name] for name in sorted(tests, key=tests.__getitem__)])
            return 1 if self.failed else 0

        return inside.in_fork(does)


def put_away(pid: int) -> None:
    """Asked to end, a nursery ends its forks first."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
