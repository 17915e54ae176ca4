"""What is printed inside the app: also where the app has no standard output, as a packaged one on Windows."""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path

import pytest

from playground.interpreters import asking
from playground.reading.printed import OutputReader
from playground.recipe.recipe import Recipe
from playground.run import lab_session, probe_process, run_folder, way_out_process
from playground.run.run_folder import RunDirectory
from playground.start import windows_job
from ui.workers import printing


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDirectory:
    monkeypatch.setattr(run_folder, "home", lambda: tmp_path / "home")
    return RunDirectory(1)


def test_without_a_standard_output_what_a_worker_prints_is_kept_all_the_same(
    place: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    made = printing.Printing(place)
    printing.divide()
    try:
        print("for nobody")
        print("nor this", file=sys.stderr, flush=True)
        with made.of(0):
            print("hello")
        with pytest.raises(io.UnsupportedOperation):
            sys.stdout.fileno()
    finally:
        printing.unite()
        made.close()
    assert sys.stdout is None
    assert sys.stderr is None
    reader = OutputReader(place.path / "output")
    assert [line.text for line in reader.pull()] == ["hello"]
    reader.let_go()
    place.remove()


@pytest.mark.skipif(sys.platform == "win32", reason="elsewhere the flag is refused, which shows that it is given")
@pytest.mark.parametrize("who", ["lab", "probe", "way out", "asked"])
def test_no_process_of_ours_opens_a_console(who: str, place: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_job, "NO_CONSOLE", 0x08000000)
    made = {
        "lab": lambda: lab_session.Session(Recipe(), place).start(),
        "probe": lambda: probe_process.Probe(place).start(),
        "way out": lambda: way_out_process.WayOut(place.path).start(),
        "asked": lambda: asking._said(sys.executable, threading.Event()),
    }
    with pytest.raises(ValueError, match="creationflags"):
        made[who]()
    place.remove()
