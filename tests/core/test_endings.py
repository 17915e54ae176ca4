"""Ending runs: none waits for another, a Stop is said until it is heard, and what goes wrong in this app with one run
ends that run."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from playground.lab.wire import ring
from playground.recipe.recipe import Recipe
from playground.run import engine, lab_session, probe_process
from playground.run import run as run_module
from playground.run.faults import Faults
from playground.run.run import Run, abandon
from playground.run.run_folder import RunDirectory
from tests.core.labs import LINUX, ROOT, in_group, own_directories, recipe_of, running, step, to_the_end, wait_for

MANY = 8
SLEEPS = Recipe(job="sleep", workers=1)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The traceback in the log is meant."""
    with caplog.at_level(logging.CRITICAL):
        yield
    caplog.clear()


class Several:
    def __init__(self, count: int) -> None:
        self.runs = [Run(number, SLEEPS) for number in range(1, count + 1)]
        for run in self.runs:
            run.start()
        self.until(lambda: all(run.started_ns for run in self.runs))

    def until(self, what: Any) -> float:
        """How long it took."""
        begun = time.monotonic()

        def look() -> bool:
            for run in self.runs:
                step(run)
            return bool(what())

        wait_for(look)
        return time.monotonic() - begun

    def stop(self) -> float:
        for run in self.runs:
            run.stop()
        return self.until(lambda: all(run.ended for run in self.runs))


def test_to_stop_many_takes_as_long_as_one() -> None:
    """A probe that does not end when asked to is given 0.2 s, so that a sum of that would be seen."""
    took: list[float] = []
    for count in (1, MANY):
        several = Several(count)
        try:
            for run in several.runs:
                assert run.probe.pid is not None
                os.kill(run.probe.pid, signal.SIGSTOP)
            took.append(several.stop())
            assert {run.engine.outcome for run in several.runs} == {"stopped"}
        finally:
            abandon(several.runs)
    one, many = took
    print(f"one {one:.2f} s, {MANY}: {many:.2f} s")
    assert many < one + 0.2 * MANY / 2, "not one after the other"


def test_to_abandon_many_takes_as_long_as_one() -> None:
    several = Several(MANY)
    labs = [run.engine.pid for run in several.runs]
    for run in several.runs:
        assert run.probe.pid is not None
        os.kill(run.probe.pid, signal.SIGSTOP)
    begun = time.monotonic()
    abandon(several.runs)
    assert time.monotonic() - begun < 0.2 * MANY
    assert not [lab for lab in labs if in_group(lab)]
    assert not own_directories()


def test_no_order_and_no_look_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither sleeps, nor for a thread or process, in all its life."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("somebody waits")

    run = Run(1, SLEEPS)
    try:
        for module in (lab_session, probe_process, run_module):
            monkeypatch.setattr(module.time, "sleep", never)
        monkeypatch.setattr("threading.Thread.join", never)
        monkeypatch.setattr(subprocess.Popen, "wait", never)
        run.start()
        for order in (None, run.stop):
            if order is not None:
                order()
            until = time.monotonic() + 60
            while not (run.ended if order else run.started_ns) and time.monotonic() < until:
                step(run)
        assert run.engine.outcome == "stopped", run.engine.error
    finally:
        monkeypatch.undo()
        run.abandon()


@pytest.mark.parametrize("size", [10, 120_000])
def test_a_recipe_may_be_larger_than_a_pipe(size: int) -> None:
    """Its lab stands still meanwhile: nobody waits for it to read."""
    code = "def job(i, n):\n    return len(TEXT)\nTEXT = " + repr("é" * size) + "\n"
    with running(Recipe(job="own", workers=1, code=code)) as run:
        to_the_end(run)
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert run.reading.results == {0: size}


@pytest.mark.skipif(not LINUX, reason="stops processes")
def test_a_python_that_reads_nothing_makes_nobody_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = tmp_path / "python"
    deaf.write_text("#!/bin/sh\nexec sleep 600\n")
    deaf.chmod(0o755)
    monkeypatch.setattr(lab_session, "READY_S", 0.3)
    code = "def job(i, n):\n    return 1\n#" + "x" * 150_000
    begun = time.monotonic()
    with running(Recipe(job="own", workers=1, code=code, interpreter=str(deaf))) as run:
        to_the_end(run, 20)
        assert run.engine.outcome == "failed"
        assert "did not start a lab" in (run.engine.error or "")
    assert time.monotonic() - begun < 20


# --- Stop


def test_stop_is_said_until_it_is_heard() -> None:
    """Somebody has written over it: a run in the app could not be ended in any other way."""
    place = RunDirectory(1)
    try:
        made = engine.Engine(Recipe(), place)
        made.stop()
        words = ring.map_words(str(place.path / "control"))[1]
        bell = words[ring.C_BELL]
        words[ring.C_STOP] = 0
        made.ask_in_time()
        assert words[ring.C_STOP] == 1
        assert words[ring.C_BELL] != bell
        words.release()
    finally:
        place.remove()


def test_who_stops_does_not_undo_what_others_have_written() -> None:
    """Each has a word of its own; the bell of one who is overtaken is heard as the other's."""
    place = RunDirectory(1)
    block, words = ring.map_words(str(place.path / "control"))
    try:
        place.set_knob("stamps", "off")
        place.pause(True)
        heard = words[ring.C_BELL]
        words[ring.C_STOP_LAB] = 1
        ring.ring_bell(words, ring.LAB)
        place.pause(False)
        place.set_knob("stamps", "on")
        assert words[ring.C_BELL] != heard
        assert place.stopping
        assert not words[ring.C_STOP]
        assert not place.stopped_by_way_out
        words[ring.C_STOP_LAB], words[ring.C_STOP_OUT] = 0, 1
        assert place.stopping
        assert place.stopped_by_way_out
    finally:
        words.release()
        block.close()
        place.remove()


# --- the time of a run


@pytest.mark.parametrize(("paused_s", "left_s"), [(2.0, 1.0), (0.5, 1.0)])
def test_a_pause_before_the_first_worker_begins_does_not_lengthen_the_run(
    paused_s: float, left_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(engine, "clock", lambda: now[0])
    place = RunDirectory(1)
    try:
        made = engine.Engine(Recipe(seconds=1.0), place)
        made.pause(True)
        now[0] += paused_s  # it still starts
        made.ask_in_time()
        place._words[ring.C_BEGUN] = 1
        made.ask_in_time()
        now[0] += 0.5  # its worker has begun, and pauses
        made.ask_in_time()
        made.pause(False)
        now[0] += left_s - 0.01
        made.ask_in_time()
        assert made.asked_at is None
        now[0] += 0.02
        made.ask_in_time()
        assert made.asked_at is not None
    finally:
        place.remove()


# --- faults


class Torn(Exception):
    pass


def tear(*_: object) -> Any:
    raise Torn("in two")


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("where", ["poll", "pull", "statistics", "stop", "remove", "kill"])
def test_a_fault_ends_the_run_once_with_its_reason(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    doing = {
        "poll": "looking after it",
        "kill": "looking after it",
        "pull": "reading what it wrote",
        "statistics": "adding up its figures",
        "stop": "stopping it",
        "remove": "removing its files",
    }
    with running(recipe_of("processes-fork", job="sleep", workers=2)) as run:
        wait_for(lambda: (step(run), run.started_ns)[1])
        lab = psutil.Process(run.engine.pid)
        processes = [lab, *lab.children(recursive=True)]
        torn: Any = run
        remove = run.directory.remove
        if where in ("poll", "kill"):
            torn.engine.poll = tear
        if where == "kill":
            torn.engine.kill = tear
        if where == "pull":
            torn.rings.pull = tear
        if where == "statistics":
            monkeypatch.setattr(run_module, "measured", tear)
            run.statistics()
        if where == "stop":
            torn.engine.stop = tear
            run.stop()
            run.fail("drawing it", ValueError("later"))
        if where == "remove":
            torn.directory.remove = tear
            run.stop()
            to_the_end(run)
            run.remove()
        to_the_end(run)
        run.let_go()
        why = f"this app failed at {doing[where]}: Torn: in two"
        assert run.fault == why
        figures = run.statistics()
        assert (figures.phase, figures.outcome, figures.error) == ("ended", "failed", why)
        run.fail("drawing it", ValueError("later"))
        assert run.statistics().error == why, "the first is the reason"
        if where == "kill":
            torn.engine.kill = lambda: None
            return  # then there is nothing left to kill them with but the end of the lab itself
        wait_for(lambda: not [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE], 5)
        torn.directory.remove = remove


@pytest.mark.usefixtures("quiet")
def test_a_fault_that_is_noted_while_the_run_ends_is_its_reason() -> None:
    """By another thread, between the last look at faults and the end."""

    class Ending(engine.Engine):
        def __setattr__(self, name: str, value: object) -> None:
            if name == "phase" and value == "ended":
                faults.note("drawing it", ValueError("torn"))
            super().__setattr__(name, value)

    directory = RunDirectory(1)
    try:
        ending = Ending(SLEEPS, directory)
        faults = Faults(1, ending)
        ending.end("finished", None)
    finally:
        directory.remove()
    assert (ending.outcome, ending.error) == ("failed", faults.first)


def test_that_it_cannot_start_is_no_defect_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    directory = RunDirectory(1)
    try:
        faults = Faults(1, engine.Engine(SLEEPS, directory))
        faults.note("starting it", engine.CannotStart("Stop would not be heard"))
    finally:
        directory.remove()
    assert faults.first == "Stop would not be heard"
    assert not caplog.records


CLI = """
import sys
sys.path.insert(0, sys.argv[1])
from playground.cli import commands as cli
from playground.reading import rings
from playground.run import lab_session as session, run
def tear(*_): raise LookupError("in two")
where = sys.argv[2]
if where == "pull": rings.RingsReader.pull = tear
if where == "poll": session.Session.poll = tear
if where == "statistics": run.measured = tear
seconds = "0.5" if where == "statistics" else "600"  # which are asked for at the end
sys.exit(cli.main(["run", "--job", "sleep", "--workers", "1", "--seconds", seconds]))
"""


@pytest.mark.parametrize("where", ["pull", "poll", "statistics"])
def test_the_command_line_says_so_ends_with_1_and_leaves_nothing(where: str) -> None:
    line = [sys.executable, "-c", CLI, str(ROOT), where]
    made = subprocess.run(line, capture_output=True, text=True, cwd="/", timeout=120, check=False)
    assert made.returncode == 1
    told = made.stderr.splitlines()[-1]
    assert told.startswith("the run failed: this app failed at ")
    assert told.endswith("LookupError: in two")


def test_a_run_that_cannot_be_made_leaves_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "Reading", tear)
    with pytest.raises(Torn):
        Run(1, Recipe())
    assert not own_directories()


@pytest.mark.usefixtures("quiet")
def test_figures_that_cannot_be_had_at_all_are_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(7, Recipe(workers=3))
    monkeypatch.setattr(run_module, "measured", tear)
    figures = run.statistics()
    assert (figures.number, figures.phase, len(figures.workers)) == (7, "starting", 3)
    assert {worker.state for worker in figures.workers} == {"unknown"}
    run.abandon()
