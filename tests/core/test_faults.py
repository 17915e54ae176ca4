"""Faults: what is killed, hangs or leaks. Whatever happens, a run ends with its reason and nothing of it is left."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from playground.lab.wire import ring
from playground.reading import states
from playground.recipe.recipe import Recipe
from playground.run import lab_session, run_folder
from playground.run.run import Run
from playground.run.run_folder import RunDirectory
from tests import matrix
from tests.core.labs import (
    LINUX,
    POOLS,
    ROOT,
    WAYS,
    add_jobs,
    family,
    finished,
    forget_added,
    in_group,
    left,
    lives,
    made_of,
    ops,
    own_directories,
    recipe_of,
    running,
    to_the_end,
    until,
    until_all_work,
    wait_for,
)

pytestmark = pytest.mark.skipif(not LINUX, reason="looks at processes through /proc")

SPIN = """
from itertools import repeat

def spin(seconds):
    from time import perf_counter
    until = perf_counter() + seconds
    while perf_counter() < until:
        pass

def for_ever():
    return sum(repeat(0))  # C code that never lets go of the GIL, and hears no signal

def ops(worker, amount):
    for number in numbers(amount):
        yield Call(for_ever) if number == 10 else Call(spin, 0.005)
"""
AT_ONCE = SPIN.replace("number == 10", "True")
PROCESSES = [*(way for way in WAYS if way.startswith("processes")), *POOLS]
PARALLEL = ["threads", *PROCESSES]
every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def tight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Jobs that go into a tight C loop: after a while, or while the lab is still being prepared."""
    made_of(tmp_path, monkeypatch, tight=SPIN, tight_at_once=AT_ONCE)
    yield
    monkeypatch.undo()
    forget_added()


def kill(pid: int | None, number: int) -> None:
    """0 would mean this process and all beside it."""
    assert pid
    os.kill(pid, number)


def all_in_the_loop(run: Run) -> bool:
    """A worker of each process: it keeps the GIL from the others."""
    stuck = set(run.rings.column(ring.W_PID)[run.rings.column(ring.W_OPS) == 10].tolist())
    return len(stuck) == run.recipe.workers - (run.recipe.model == "processes-threads")


def any_in_the_loop(run: Run) -> bool:
    return any(word == 10 for word in run.rings.column(ring.W_OPS).tolist())


# --- something of a run is killed


@every_way
def test_a_killed_lab_is_a_crash_with_its_signal_and_its_lanes(way: str) -> None:
    with running(recipe_of(way, workers=3)) as run:
        until(run, lambda: ops(run) > 100) if way == "serial" else until_all_work(run)
        processes = family(run)
        lab = run.engine.pid
        assert lab is not None
        kill(lab, signal.SIGKILL)
        to_the_end(run)
        figures = run.statistics()
        assert figures.outcome == "crashed"
        assert "the lab process was killed by SIGKILL" in (figures.error or "")
        assert not left(processes)
        assert not in_group(lab)
        worked = [worker for worker in figures.workers if worker.ops]
        assert len(worked) == (1 if way == "serial" else 3)
        drawn = run.reading.lanes.slices(0, 2**62, 2**62)
        assert {one.lane for one in drawn if one.state == states.RUN} == {worker.index for worker in worked}
        assert all(worker.share.total() == pytest.approx(1) for worker in worked)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_lab_that_crashes_by_itself_leaves_its_last_words(number: signal.Signals) -> None:
    with running(recipe_of("threads")) as run:
        until_all_work(run)
        kill(run.engine.pid, number)
        to_the_end(run)
        assert run.engine.outcome == "crashed"
        assert number.name in (run.engine.error or "")
        assert "Fatal Python error" in (run.engine.error or ""), "faulthandler's traceback"


@pytest.mark.parametrize(("way", "job"), matrix.spread(PROCESSES, ["primes", "tight"], each=1))
@pytest.mark.usefixtures("tight")
def test_a_killed_worker_process_is_named(way: str, job: str) -> None:
    """Also while the others are in C code that hears nothing."""
    with running(recipe_of(way, workers=3, job=job)) as run:
        until(run, lambda: all_in_the_loop(run)) if job == "tight" else until_all_work(run)
        processes = family(run)
        victim = int(run.rings.headers[1, ring.W_PID])
        kill(victim, signal.SIGKILL)
        to_the_end(run)
        assert run.engine.outcome == "crashed"
        assert f"worker B (pid {victim}) was killed by SIGKILL" in (run.engine.error or "")
        assert not left(processes)


LEAVES = """
import subprocess
from ..wire.declaration import Job
from ..wire.ops import Call

left = []


def leave():
    nothing = subprocess.DEVNULL
    left.append(subprocess.Popen(["sleep", "600"], stdin=nothing, stdout=nothing, stderr=nothing))
    return left[-1].pid


def ops(worker, amount):
    return (yield Call(leave))


JOB = Job("leaves", "Leave", "Starts a program, and does not wait for it", unit="programs", ops=ops)
"""


def test_what_a_lab_leaves_behind_ends_with_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_of(tmp_path, monkeypatch, leaves=LEAVES)
    with finished(Recipe(job="leaves", workers=1, amount=1)) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert isinstance(run.reading.results[0], int)
        assert not psutil.pid_exists(run.reading.results[0]) or not lives(psutil.Process(run.reading.results[0]))
        assert not in_group(run.engine.pid)
    monkeypatch.undo()
    forget_added()


def test_nobody_is_killed_once_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number may be somebody else's by then."""
    with finished(recipe_of("threads", amount=5)) as run:
        killed: list[tuple[int, int]] = []
        monkeypatch.setattr(lab_session.os, "killpg", lambda *arguments: killed.append(arguments))  # type: ignore[attr-defined]
        run.engine.kill()
        run.engine.poll()
        assert killed == []


def test_of_what_a_lab_says_the_last_is_kept() -> None:
    place = RunDirectory(1)
    try:
        made = lab_session.Session(Recipe(), place)
        for number in range(100):
            made._keep(b"%02d" % number * 4096)
        assert len(made.log) == lab_session.LOG_BYTES == 65_536
        assert made.log.endswith("99")
        assert made.log.startswith("92")
    finally:
        place.remove()


def test_a_killed_probe_does_not_end_the_run() -> None:
    with running(recipe_of("threads")) as run:
        until(run, lambda: run.reading.holders.samples > 20)
        kill(run.probe.pid, signal.SIGKILL)
        settled = ops(run) + 200
        until(run, lambda: run.probe.why_not and ops(run) > settled)
        figures = run.statistics()
        assert figures.gil.source == "measured", "what was seen until then"
        assert "SIGKILL" in (figures.gil.why or "")
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"


def test_a_lab_that_stands_still_is_stopped() -> None:
    with running(recipe_of("threads")) as run:
        until_all_work(run)
        processes = family(run)
        kill(run.engine.pid, signal.SIGSTOP)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert not left(processes)


# --- stop


@every_way
@pytest.mark.usefixtures("tight")
def test_a_tight_c_loop_can_be_stopped(way: str) -> None:
    with running(recipe_of(way, job="tight")) as run:
        # in a shared interpreter the first one to get there keeps the GIL, and the others never do
        until(run, lambda: any_in_the_loop(run) if way in ("serial", "threads") else all_in_the_loop(run))
        processes = family(run)
        lab = run.engine.pid
        run.stop()
        to_the_end(run)
        assert (run.engine.outcome, run.engine.error) == ("stopped", None)
        assert not left(processes)
        assert not in_group(lab)
        assert run.engine.stop_ms is not None
        assert run.engine.stop_ms < 1000, "asked for 150 ms, then killed"


@pytest.mark.usefixtures("tight")
def test_a_lab_that_hangs_while_it_is_prepared_can_be_stopped() -> None:
    with running(recipe_of("threads", job="tight-at-once")) as run:
        until(run, lambda: run.engine.facts.version)
        processes = family(run)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"
        assert not left(processes)


@every_way
def test_a_run_can_be_stopped_at_any_moment_of_its_start(way: str) -> None:
    for polls in (0, 1, 5, 20, 60):
        with running(recipe_of(way)) as run:
            for _ in range(polls):
                run.poll()
                time.sleep(0.001)
            processes = family(run)
            run.stop()
            to_the_end(run)
            assert run.engine.outcome == "stopped", run.engine.error
            assert not left(processes)


@every_way
def test_an_abandoned_run_leaves_nothing(way: str) -> None:
    with running(recipe_of(way)) as run:
        until(run, lambda: ops(run) > 20)
        processes, lab = family(run), run.engine.pid
        run.abandon()
        assert not left(processes)
        assert not in_group(lab)
        assert not run.directory.path.exists()


# --- the app is killed

APP = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from playground.cli import commands as cli; from playground.start import command; from playground import catalogue
from playground.lab import jobs
if sys.argv[2]:
    command.source_root = lambda: Path(sys.argv[2])
    jobs.__path__ = [*jobs.__path__, str(Path(sys.argv[2]) / "playground" / "lab" / "jobs")]
sys.exit(cli.main(["run", "--no-baseline", "--json", *sys.argv[3:]]))
"""


def app(way: str, *more: str, jobs: str = "") -> subprocess.Popen[str]:
    """The command line as a process of its own, running two endless workers."""
    model, knobs = {**WAYS, **POOLS}[way]
    line = ["--model", model, "--workers", "2", "--seconds", "600", *more]
    line += [word for name, value in knobs.items() for word in ("--set", f"{name}={value}")]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", APP, str(ROOT), jobs, *line], stdout=pipe, stderr=pipe, text=True, cwd="/"
    )


def ops_of(process: subprocess.Popen[str]) -> list[int]:
    """What each worker of it has done so far."""
    home = run_folder.home()
    found = list(home.glob(f"{process.pid}-*/rings")) if home.is_dir() else []
    words = np.frombuffer(found[0].read_bytes(), "<u8") if found else np.zeros(0, "<u8")
    lanes = int(words[ring.W_LANES]) if len(words) else 0  # made, and not yet filled in
    return [int(words[lane * ring.HEADER_WORDS + ring.W_OPS]) for lane in range(lanes)]


def wait_until_it_works(process: subprocess.Popen[str], count: int = 1, everyone: bool = True) -> list[psutil.Process]:
    """Everything it has started."""

    def works() -> bool:
        assert process.poll() is None
        done = [ops >= count for ops in ops_of(process)]
        return len(done) == 2 and (all(done) if everyone else any(done))

    wait_for(works)
    return psutil.Process(process.pid).children(recursive=True)


def wait_until_gone(processes: list[psutil.Process], limit_s: float = 5.0) -> float:
    """How long it took. The bar is one second; the limit allows for a machine with much else to do."""
    begun = time.monotonic()
    until = begun + limit_s
    while left(processes):
        assert time.monotonic() < until, left(processes)
        time.sleep(0.005)
    return time.monotonic() - begun


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.mark.parametrize(("way", "job"), matrix.spread([*WAYS, *POOLS], ["primes", "sleep", "tight"], each=1))
def test_nothing_outlives_an_app_that_is_killed(way: str, job: str, tmp_path: Path) -> None:
    add_jobs(tmp_path, tight=SPIN)
    process = app(way, "--job", job, jobs=str(tmp_path))
    try:
        count = 10 if job == "tight" else 1
        started = wait_until_it_works(process, count, everyone=way.startswith("processes"))
        assert len(started) >= (4 if way.startswith("processes") else 2), "the probe, the lab, its workers"
        places = list(run_folder.home().glob(f"{process.pid}-*"))
        assert way != "processes-pooled-spawn" or named_semaphores(process.pid)
        process.kill()
        print(f"gone after {wait_until_gone(started) * 1000:.0f} ms")
        process.wait()
        assert places
        assert run_folder.sweep() >= 1
        assert not [place for place in places if place.exists()]
        assert not named_semaphores(process.pid)
    finally:
        end(process)


def named_semaphores(app: int) -> list[Path]:
    """Those of the labs of an app."""
    return list(Path("/dev/shm").glob(f"sem.mp-{app}-*"))


@pytest.mark.parametrize(("way", "job"), matrix.spread(PARALLEL, ["primes", "tight"], each=1))
def test_workers_end_with_their_lab_though_the_app_cannot_see_to_it(way: str, job: str, tmp_path: Path) -> None:
    add_jobs(tmp_path, tight=SPIN)
    process = app(way, "--job", job, jobs=str(tmp_path))
    try:
        started = wait_until_it_works(process, 10 if job == "tight" else 1, everyone=way != "threads")
        lab = next(one for one in started if "playground.lab" in one.cmdline())
        others = [one for one in started if one.ppid() != process.pid]
        process.send_signal(signal.SIGSTOP)
        lab.kill()
        wait_until_gone(others)
        wait_for(lambda: not in_group(lab.pid), 5.0)
    finally:
        end(process)
        run_folder.sweep()


@pytest.mark.parametrize(("way", "after_ms"), matrix.spread(PARALLEL, [0, 30, 80, 150, 300], each=2))
def test_nothing_outlives_an_app_that_is_killed_while_it_starts_a_lab(way: str, after_ms: int) -> None:
    process = app(way, "--workers", "8")
    try:
        wait_for(lambda: ops_of(process))
        time.sleep(after_ms / 1000)  # the moment does not matter: any of them has to be safe
        started = psutil.Process(process.pid).children(recursive=True)
        groups = {os.getpgid(one.pid) for one in started if lives(one)} - {os.getpgid(0)}
        process.kill()
        wait_until_gone(started)
        wait_for(lambda: not [pid for group in groups for pid in in_group(group)], 5.0)
    finally:
        end(process)
        run_folder.sweep()


def test_workers_that_are_still_being_started_end_with_the_app() -> None:
    """A Python that starts is tied to nobody yet; dozens of them on a few cores would go on for seconds."""
    process = app("processes-spawn", "--workers", "64")
    try:
        wait_for(lambda: sum(ops > 0 for ops in ops_of(process)) >= 8)
        started = psutil.Process(process.pid).children(recursive=True)
        lab = next(one for one in started if "playground.lab" in one.cmdline())
        process.kill()
        wait_for(lambda: not in_group(lab.pid), 1.5)
    finally:
        end(process)
        run_folder.sweep()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@every_way
def test_a_signal_ends_the_run_politely_and_its_figures_are_printed(way: str, number: signal.Signals) -> None:
    process = app(way)
    try:
        started = wait_until_it_works(process, everyone=way != "serial")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        figures = json.loads(out)
        assert process.returncode == 0, err
        assert figures["outcome"] == "stopped"
        assert any(worker["ops"] for worker in figures["workers"])
        assert not left(started)
        assert not list(run_folder.home().glob(f"{process.pid}-*"))
    finally:
        end(process)


def test_the_next_start_sweeps_away_what_a_killed_app_left() -> None:
    process = app("threads")
    wait_until_it_works(process)
    end(process)
    stale = list(run_folder.home().glob(f"{process.pid}-*"))
    assert stale
    line = [sys.executable, "-c", APP, str(ROOT), "", "--job", "sleep", "--amount", "1", "--workers", "1"]
    subprocess.run(line, capture_output=True, check=True, timeout=30)
    assert not [path for path in stale if path.exists()]


def test_a_reader_that_goes_away_is_no_crash() -> None:
    line = [sys.executable, "-c", APP, str(ROOT), "", "--job", "sleep", "--amount", "1", "--workers", "1"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


# --- nothing leaks


def held() -> dict[str, object]:
    """What this process holds, and what it has made."""
    gc.collect()  # what an earlier test left is not what this one leaks
    maps = Path("/proc/self/maps").read_text()
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "children": sorted(child.pid for child in psutil.Process().children(recursive=True)),
        "directories": own_directories(),
        "rings mapped": maps.count("concurrency-playground"),
    }


@pytest.mark.parametrize("many", [60, pytest.param(200, marks=pytest.mark.matrix)])
def test_many_runs_in_a_row_leak_nothing(many: int) -> None:
    recipes = [
        recipe_of("threads", job="sleep", amount=2, knobs={"nap": 0.0005}),
        recipe_of("serial"),
        recipe_of("threads"),
        recipe_of("processes-fork"),
        Recipe(interpreter="/nonexistent/python"),
    ]
    for recipe in recipes:  # what is made once, at the first use, is no leak
        start_and_stop(recipe)
    before = held()
    memory = []
    for number in range(many):
        start_and_stop(recipes[number % len(recipes)])
        if number + 1 in (many // 2, many):
            memory.append(psutil.Process().memory_info().rss)
    assert held() == before
    assert memory[1] < memory[0] * 1.25


def start_and_stop(recipe: Recipe) -> None:
    with running(recipe) as run:
        run.poll()
        if recipe.amount is None:
            run.stop()
        to_the_end(run)
        run.statistics()


def test_a_finished_run_holds_nothing_once_it_is_closed() -> None:
    with finished(recipe_of("threads", amount=1)):
        pass
    before = held()
    for way in WAYS:
        with finished(recipe_of(way, amount=1)):
            pass
    assert held() == before
