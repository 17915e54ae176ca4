"""What happens inside a process that has been forked: the changed code is put in the place of the one on disk, and
pytest runs the tests that could notice."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import sys
import tempfile
import traceback
import types
from collections.abc import Callable, Collection, Iterator
from typing import Any

import hypothesis
import pytest

from tests.mutation.related import ROOT

MEMORY_BYTES = 8 * 2**30  # a change may ask for any number of anything
OPTIONS = (  # pytest-qt's settings are unknown without it
    *("-x", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:pytest-qt", "-p", "no:faulthandler"),
    *("-W", "ignore::pytest.PytestConfigWarning", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-o", "addopts=--strict-markers --import-mode=importlib"),
)
ALOUD = "MUTANTS_ALOUD"
EXAMPLES = 25  # of each test that makes some


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
        if ALOUD not in os.environ:
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
        code = does()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


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


def run(files: Collection[str], seed: int, *plugins: object) -> int:
    return int(pytest.main([*OPTIONS, f"--hypothesis-seed={seed}", *files], plugins=list(plugins)))


def without_memory() -> None:
    """Examples that noticed one change say nothing of the next, and need not be made small. A few are enough: a change
    that only one in a hundred notices is one that no test was written for."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    patient = hypothesis.settings.get_profile("patient")
    few = hypothesis.settings(patient, max_examples=EXAMPLES, database=None, phases=phases, print_blob=False)
    hypothesis.settings.register_profile("mutants", few)
    hypothesis.settings.load_profile("mutants")


# --- a module that is imported changed


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


# --- functions that get other code while everything else stays imported


Functions = dict[tuple[str, str, int], list[types.FunctionType]]


def functions_of(modules: Collection[str]) -> Functions:
    """(module, qualified name, line) → the functions that have the code from there."""
    paths, found = {str(ROOT / module): module for module in modules}, Functions()
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__code__.co_filename in paths:
            code = one.__code__
            found.setdefault((paths[code.co_filename], code.co_qualname, code.co_firstlineno), []).append(one)
    return found


def exchange(functions: Functions, module: str, code: types.CodeType) -> None:
    """ValueError where a function would need other variables from around it."""
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            for function in functions.get((module, inner.co_qualname, inner.co_firstlineno), []):
                function.__code__ = inner
            exchange(functions, module, inner)
