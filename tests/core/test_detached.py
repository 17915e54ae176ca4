"""Processes that own code detaches from its lab: none of them holds up the end of a run, and none outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from playground.lab.watching import descendants
from playground.recipe.recipe import Recipe
from playground.run import run_folder
from playground.run.leftovers import Leftovers
from tests.core.labs import LINUX, lives, running, to_the_end, until, wait_for
from tests.core.test_faults import app, end, wait_until_gone

pytestmark = pytest.mark.skipif(not LINUX, reason="only Linux shows where a process has gone")

FORKED = """
if os.fork() == 0:
    os.setsid()
    tell()
"""
TWICE = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        tell()
    os._exit(0)
os.wait()
"""
DEAF = """
if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    tell()
"""
PROGRAM = """
subprocess.Popen([sys.executable, "-c", PROGRAM, place], start_new_session=True)
while not os.path.exists(place):
    time.sleep(0.002)
"""
UNMARKED = """
subprocess.Popen([sys.executable, "-c", PROGRAM, place], start_new_session=True, env={})
while not os.path.exists(place):
    time.sleep(0.002)
"""
DAEMON_UNMARKED = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, "-c", PROGRAM, place], {})
    os._exit(0)
os.wait()
while not os.path.exists(place):
    time.sleep(0.002)
"""
WAYS = {
    "forked": FORKED,
    "daemon": TWICE,
    "deaf": DEAF,
    "program": PROGRAM,
    "program without the mark": UNMARKED,
    "daemon without the mark": DAEMON_UNMARKED,
}
CODE = """
import os, signal, subprocess, sys, time

PROGRAM = '''
import os, sys, time
open(sys.argv[1] + ".new", "w").write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
'''

def job(i, n):
    place = {place!r} + str(i)
    def tell():
        with open(place + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(place + ".new", place)
        time.sleep(600)
        os._exit(0)
    {detach}
    while not os.path.exists(place):
        time.sleep(0.002)
    {then}
    return int(open(place).read())
"""
STAY = "while True: time.sleep(0.01)"


def code(place: Path, way: str, then: str = "pass") -> str:
    return CODE.format(place=str(place), detach=WAYS[way].strip().replace("\n", "\n    "), then=then)


def recipe(place: Path, way: str, then: str = "pass", **fields: object) -> Recipe:
    return Recipe(**{"job": "own", "workers": 1, "code": code(place, way, then), **fields})


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and lives(psutil.Process(pid))


def detached(place: Path, workers: int = 1) -> list[int]:
    places = [Path(f"{place}{worker}") for worker in range(workers)]
    return [int(one.read_text()) for one in places if one.exists()]


@pytest.mark.parametrize("model", ["threads", "processes"])
@pytest.mark.parametrize("way", WAYS)
def test_it_neither_holds_up_the_end_nor_outlives_it(way: str, model: str, tmp_path: Path) -> None:
    """It would sleep for ten minutes, and holds all pipes of its lab."""
    with running(recipe(tmp_path / "pid", way, model=model, workers=2)) as run:
        begun = time.monotonic()
        to_the_end(run)
        print(f"ended after {time.monotonic() - begun:.2f} s")
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert sorted(run.reading.results) == [0, 1]
        assert not [pid for pid in run.reading.results.values() if alive(pid)]


@pytest.mark.parametrize("model", ["threads", "processes"])
@pytest.mark.parametrize("way", WAYS)
def test_it_ends_when_the_run_is_stopped(way: str, model: str, tmp_path: Path) -> None:
    with running(recipe(tmp_path / "pid", way, STAY, model=model)) as run:
        until(run, lambda: detached(tmp_path / "pid"))
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert not [pid for pid in detached(tmp_path / "pid") if alive(pid)]


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_when_its_lab_is_killed(way: str, tmp_path: Path) -> None:
    with running(recipe(tmp_path / "pid", way, STAY)) as run:
        until(run, lambda: detached(tmp_path / "pid"))
        (pid,) = detached(tmp_path / "pid")
        if "without" in way:  # then it is known only by having been seen
            assert run.lab_cpu is not None
            until(run, lambda: run.lab_cpu is not None and pid in run.lab_cpu.processes)
        lab = run.engine.pid
        assert lab is not None
        os.kill(lab, signal.SIGKILL)
        to_the_end(run)
        assert run.engine.outcome == "crashed"
        assert not alive(pid)


@pytest.mark.parametrize("way", ["forked", "daemon", "deaf", "program"])
@pytest.mark.parametrize("model", ["threads", "processes-fork"])
def test_it_ends_when_the_app_is_killed(way: str, model: str, tmp_path: Path) -> None:
    """The probe sees to that: it hears of it, and nobody else is left."""
    text = tmp_path / "job.py"
    text.write_text(code(tmp_path / "pid", way, STAY))
    process = app(model, "--job", "own", "--code", str(text))
    try:
        wait_for(lambda: len(detached(tmp_path / "pid", 2)) == 2)
        started = [psutil.Process(pid) for pid in detached(tmp_path / "pid", 2)]
        process.kill()
        print(f"gone after {wait_until_gone(started) * 1000:.0f} ms")
    finally:
        end(process)
        run_folder.sweep()


def test_it_ends_with_an_app_that_is_killed_while_its_lab_stands_still(tmp_path: Path) -> None:
    """The lab cannot see to it; its mark tells the probe what was of it."""
    text = tmp_path / "job.py"
    text.write_text(code(tmp_path / "pid", "daemon", STAY))
    process = app("threads", "--job", "own", "--code", str(text))
    try:
        wait_for(lambda: len(detached(tmp_path / "pid", 2)) == 2)
        started = [psutil.Process(pid) for pid in detached(tmp_path / "pid", 2)]
        for one in psutil.Process(process.pid).children():
            if "playground.lab" in one.cmdline():
                one.suspend()
        process.kill()
        wait_until_gone(started)
    finally:
        end(process)
        run_folder.sweep()


def probes_of(app: int) -> list[psutil.Process]:
    return [one for one in psutil.Process(app).children() if "playground.lab.watching.probe" in one.cmdline()]


def test_what_even_the_probe_has_not_ended_is_ended_at_the_next_start(tmp_path: Path) -> None:
    text = tmp_path / "job.py"
    text.write_text(code(tmp_path / "pid", "daemon", STAY))
    process = app("threads", "--job", "own", "--code", str(text))
    try:
        wait_for(lambda: len(detached(tmp_path / "pid", 2)) == 2)
        started = [psutil.Process(pid) for pid in detached(tmp_path / "pid", 2)]
        wait_for(lambda: probes_of(process.pid))
        psutil.Process(process.pid).suspend()  # it would start another
        for one in probes_of(process.pid):
            one.kill()
        process.kill()
        process.wait()
        assert all(lives(one) for one in started)
        run_folder.sweep()
        wait_until_gone(started)
    finally:
        end(process)


# --- who is taken for whose


@pytest.fixture
def stranger() -> psutil.Process:
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def test_a_number_that_was_given_to_somebody_else_is_left_alone(stranger: psutil.Process) -> None:
    """Known by its number, but it began at another moment."""
    began = descendants.started(stranger.pid)
    assert descendants.of(descendants.NOBODY, "nothing", 0, {stranger.pid: began}) == {stranger.pid: began}
    assert descendants.of(descendants.NOBODY, "nothing", 0, {stranger.pid: began - 1}) == {}
    descendants.kill({stranger.pid: began - 1})
    time.sleep(0.05)
    assert lives(stranger)
    descendants.kill({stranger.pid: began})
    wait_for(lambda: not lives(stranger))


def test_a_lab_whose_number_is_somebody_elses_has_no_group(stranger: psutil.Process) -> None:
    began = descendants.started(stranger.pid)
    assert descendants.of(stranger.pid, "nothing", began) == {stranger.pid: began}
    assert descendants.of(stranger.pid, "nothing", began - 1) == {}


def test_what_a_lab_has_left_ends_and_not_the_group_that_has_its_number_now(
    stranger: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftovers = Leftovers("nothing")
    began = descendants.started(stranger.pid)
    monkeypatch.setattr(descendants, "started", lambda _pid: began - 1)  # the lab that had the number before
    leftovers.began(stranger.pid)
    monkeypatch.undo()
    own = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        leftovers.note({own.pid: descendants.started(own.pid)})
        assert leftovers.kill()
        own.wait(60)
        assert lives(stranger)
    finally:
        own.kill()
        own.wait()


def test_what_is_older_than_a_lab_is_not_its_own(stranger: psutil.Process) -> None:
    began = descendants.started(stranger.pid)
    assert descendants.of(descendants.NOBODY, "nothing", began + 1, {stranger.pid: began}) == {}


def test_where_the_system_does_not_show_it_the_group_and_the_children_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(descendants, "ABLE", False)
    with running(recipe(tmp_path / "pid", "program", STAY)) as run:
        until(run, lambda: detached(tmp_path / "pid"))
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert not [pid for pid in detached(tmp_path / "pid") if alive(pid)]


def test_a_lab_that_was_never_started_has_left_nothing() -> None:
    assert not Leftovers("nothing").kill()


def test_the_mark_is_a_whole_word_of_the_environment() -> None:
    environment = {**os.environ, descendants.MARK: "7-7-71"}
    process = subprocess.Popen(["sleep", "600"], env=environment)
    try:
        wait_for(lambda: descendants.of(descendants.NOBODY, "7-7-71"))
        assert list(descendants.of(descendants.NOBODY, "7-7-71")) == [process.pid]
        assert descendants.of(descendants.NOBODY, "7-7-7") == {}
    finally:
        process.kill()
        process.wait()
