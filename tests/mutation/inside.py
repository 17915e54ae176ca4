"""What happens inside a process that has been forked for one change, or for one look at what runs what: the changed
module is put in the place of the one on disk, and pytest runs the tests that could notice."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Callable, Collection, Iterator
from typing import Any

import hypothesis
import pytest

from tests.mutation.related import ROOT

MEMORY_BYTES = 8 * 2**30  # a change may ask for any number of anything
OPTIONS = (  # pytest-qt's settings are unknown without it
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:pytest-qt", "-p", "no:faulthandler"),
    *("-W", "ignore::pytest.PytestConfigWarning", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-o", "addopts=--strict-markers --import-mode=importlib"),
)


def in_fork(does: Callable[[], int]) -> int:
    """A process of its own group, which says nothing and ends with what `does` returns."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        os.chdir(ROOT)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        if "MUTANTS_ALOUD" not in os.environ:
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
        code = does()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def run(files: Collection[str], seed: int, *plugins: object, options: tuple[str, ...] = OPTIONS) -> int:
    return int(pytest.main([*options, f"--hypothesis-seed={seed}", *files], plugins=list(plugins)))


class Loader(importlib.machinery.SourceFileLoader):
    """Gives a module code that is not the one of its file."""

    code: types.CodeType

    def get_code(self, fullname: str) -> types.CodeType:
        return self.code


class Instead(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, code: types.CodeType) -> None:
        self.name, self.path = module.removesuffix(".py").replace("/", "."), str(ROOT / module)
        self.loader = Loader(self.name, self.path)
        self.loader.code = code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self.loader)


class Chosen:
    """Of the tests of some files those that run a changed line, the quickest first. Tests that nobody has seen before
    are run too: the change itself may have renamed them."""

    def __init__(self, chosen: dict[str, float], known: Collection[str]) -> None:
        self.chosen, self.known = chosen, known

    def pytest_configure(self) -> None:
        without_memory()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self.chosen or item.nodeid not in self.known]
        items.sort(key=lambda item: self.chosen.get(item.nodeid, 0.0))


def without_memory() -> None:
    """Examples that noticed one change say nothing of the next, and need not be made small."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    patient = hypothesis.settings.get_profile("patient")
    hypothesis.settings.register_profile("mutants", patient, database=None, phases=phases, print_blob=False)
    hypothesis.settings.load_profile("mutants")


class Watch:
    """Which lines of the modules each test runs, and how long it takes."""

    def __init__(self, modules: Collection[str]) -> None:
        self.short = {str(ROOT / module): module for module in modules}
        self.lines: dict[str, set[tuple[str, int]]] = {}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.current: set[tuple[str, int]] = set()

    def pytest_configure(self) -> None:
        without_memory()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.current = self.lines[item.nodeid] = set()
        self.seconds[item.nodeid] = 0.0
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def trace(self, frame: types.FrameType, event: str, argument: object) -> Any:
        module = self.short.get(frame.f_code.co_filename)
        if module is None:
            return None
        current = self.current

        def line(frame: types.FrameType, event: str, argument: object) -> Any:
            current.add((module, frame.f_lineno))
            return line

        return line(frame, event, argument)


@contextlib.contextmanager
def warm() -> Iterator[None]:
    """Everything that tests import, apart from the project itself, and a place where its bytecode is kept meanwhile."""
    for name in ("hypothesis.strategies", "msgspec", "numpy.testing", "platformdirs", "psutil", "asyncio"):
        importlib.import_module(name)
    before = sys.pycache_prefix, sys.dont_write_bytecode
    with tempfile.TemporaryDirectory() as folder:
        sys.pycache_prefix, sys.dont_write_bytecode = folder, False
        try:
            yield
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before
