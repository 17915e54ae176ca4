"""A Python without a GIL: nothing to measure, nothing to draw; an import that brings the GIL back is told at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core import pythons
from tests.core.labs import forget_added, made_of, ops, recipe_of, running, to_the_end, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="labs of other Pythons are tried on POSIX systems")

OLD = """
#include <Python.h>
static struct PyModuleDef old = {PyModuleDef_HEAD_INIT, "oldfashioned", 0, -1, 0};
PyMODINIT_FUNC PyInit_oldfashioned(void) { return PyModule_Create(&old); }
"""
JOB = """
def ops(worker, amount):
    import sys
    sys.path.insert(0, {folder!r})
    yield Call(sum, range(2000))
    import oldfashioned
    while True:
        yield Call(sum, range(2000))
"""


@pytest.fixture(scope="module")
def free() -> str:
    return pythons.python("3.13t").path


@pytest.fixture
def extension(free: str, tmp_path: Path) -> Path:
    """The folder of an extension module that has not declared to do without a GIL."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no C compiler to make an extension module with")
    told = "import sysconfig as s; print(s.get_paths()['include'], s.get_config_var('EXT_SUFFIX'))"
    include, suffix = subprocess.check_output([free, "-c", told], text=True).split()
    (tmp_path / "old.c").write_text(OLD)
    line = [compiler, "-shared", "-fPIC", f"-I{include}", "-o", str(tmp_path / f"oldfashioned{suffix}")]
    if sys.platform == "darwin":
        line += ["-undefined", "dynamic_lookup"]
    subprocess.run([*line, str(tmp_path / "old.c")], check=True)
    return tmp_path


@pytest.fixture
def importing(extension: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made_of(tmp_path, monkeypatch, importing=JOB.format(folder=str(extension)))
    yield
    monkeypatch.undo()
    forget_added()


def test_there_is_no_gil_to_hold(free: str) -> None:
    with running(recipe_of("threads", interpreter=free, workers=2)) as run:
        until(run, lambda: ops(run) > 200)
        assert not run.engine.facts.gil_enabled
        assert run.reading.gils == ()
        assert run.reading.gil_note is None
        run.stop()
        to_the_end(run)
        figures = run.statistics()
    assert figures.gil.source == "none"
    assert figures.share.wait_gil == 0
    assert figures.interpreter.short.endswith("free-threaded")


def test_it_can_be_started_with_its_gil_on(free: str) -> None:
    with running(recipe_of("threads", interpreter=free, workers=2, knobs={"gil": "on"})) as run:
        until(run, lambda: run.reading.holders.samples > 50)
        assert run.engine.facts.gil_enabled
        assert len(run.reading.gils) == 1
        assert run.reading.gil_note is None, "as asked for"


@pytest.mark.usefixtures("importing")
def test_an_import_that_turns_the_gil_on_is_told_while_it_runs(free: str) -> None:
    with running(recipe_of("threads", interpreter=free, job="importing", workers=2)) as run:
        until(run, lambda: run.reading.gil_note)
        assert run.reading.gil_note == "The GIL is back: oldfashioned turned it on"
        assert len(run.reading.gils) == 1
        run.stop()
        to_the_end(run)
        assert run.engine.facts.gil_enabled
