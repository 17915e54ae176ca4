"""What a lab takes of the cores beside its workers: by hand, and against an observer that reads the system by its own
means."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.figures import lab_cpu, process_tree
from playground.figures.core_threads import CoreThreads
from playground.figures.lab_cpu import LabCpu
from playground.reading import lab_time
from playground.reading.lab_time import CpuLook, LabTime, Part
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import LINUX, recipe_of, running, step, wait_for

MS = 1_000_000
only_linux = pytest.mark.skipif(not LINUX, reason="Linux tells it of other processes")

BUSY_THREADS = """
    import threading
    def burn(over):
        while not over.is_set():
            sum(range(2000))
    def job(i, n):
        over = threading.Event()
        inner = [threading.Thread(target=burn, args=(over,)) for _ in range(3)]
        for one in inner:
            one.start()
        over.wait(1.5)
        over.set()
        for one in inner:
            one.join()
        return i
"""


def own_code(code: str, workers: int = 2, model: str = "threads") -> Recipe:
    return checked(Recipe(job="own", model=model, workers=workers, amount=1, seconds=None, code=textwrap.dedent(code)))


# --- by hand


def test_between_two_looks_it_is_taken_to_have_gone_on_evenly() -> None:
    cpu = LabTime()
    cpu._looks = [(100 * MS, 0), (200 * MS, 40 * MS), (400 * MS, 140 * MS)]
    moments = {0: 0, 100: 0, 150: 20, 200: 40, 250: 65, 400: 140, 900: 140}
    assert {ms: cpu.spent_ns(ms * MS) / MS for ms in moments} == pytest.approx(moments)


def test_of_a_part_that_reaches_out_of_the_time_only_what_lies_in_it_counts() -> None:
    cpu = LabTime()
    cpu._parts = [Part(0, 100, {0: 10}), Part(100, 200, {1: 20}), Part(200, 300, {0: 30})]
    assert cpu.parts(150, 300) == [(cpu._parts[2], 1.0), (cpu._parts[1], 0.5)]
    assert cpu.parts(100, 200) == [(cpu._parts[1], 1.0)]
    assert cpu.parts(300, 400) == []


def test_looks_are_kept_for_minutes_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_time, "KEPT", 10)
    cpu = LabTime()
    for number in range(100):
        cpu.add([CpuLook(number * MS, number, Part(number, number + 1))])
    assert len(cpu._looks) <= 10
    assert len(cpu._parts) <= 10
    assert cpu._looks[0] == (0, 0), "when it began is never forgotten"
    assert cpu.spent_ns(99 * MS) == 99


# --- real processes

TREE = """
import subprocess, sys, time
burn = "import time\\nwhile time.process_time() < %s: pass\\n%s"
ended = [sys.executable, "-S", "-c", burn % (0.3, "")]
live = [sys.executable, "-S", "-c", burn % (0.2, "import time; print('done', flush=True); time.sleep(60)")]
far = [sys.executable, "-S", "-c", burn % (0.1, "import time; print('done', flush=True); time.sleep(60)")]
subprocess.run(ended, check=True)
one = subprocess.Popen(live, stdout=subprocess.PIPE)
two = subprocess.Popen(far, stdout=subprocess.PIPE, start_new_session=True)
one.stdout.readline(), two.stdout.readline()
print(one.pid, two.pid, flush=True)
time.sleep(60)
"""


@only_linux
@pytest.mark.parametrize("late", [False, True], ids=["from the start", "seen late"])
def test_all_processes_of_a_lab_count_those_that_have_ended_too(late: bool) -> None:
    line = [sys.executable, "-S", "-c", TREE]
    lab = subprocess.Popen(line, stdout=subprocess.PIPE, start_new_session=True)
    children: list[int] = []
    try:
        tree = process_tree.LinuxTree(lab.pid)
        assert lab.stdout is not None
        if not late:
            tree.look(search=True)
        children = [int(word) for word in lab.stdout.readline().split()]
        told = tree.look(search=True) / 1e9
        assert tree.pids == {lab.pid, *children}
        own = sum(time.clock_gettime(process_tree.clock_of(pid)) for pid in (lab.pid, *children))
        assert told - own == pytest.approx(0.3, abs=0.05), "the one that has ended"
        assert own > 0.3
    finally:
        for pid in (*children, lab.pid):
            os.kill(pid, 9)
        lab.wait()
        assert lab.stdout is not None
        lab.stdout.close()


@only_linux
def test_what_was_seen_is_never_taken_back() -> None:
    """A process that nobody waits for takes its time with it."""
    lab = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"], start_new_session=True)
    tree = process_tree.LinuxTree(lab.pid)
    try:
        wait_for(lambda: tree.look(search=True) > 100 * MS)
    finally:
        lab.kill()
        lab.wait()
    told = tree.look(search=False)
    assert tree.look(search=True) == told > 100 * MS
    assert tree.pids == frozenset()


@only_linux
def test_a_thread_that_was_a_worker_starts_from_what_it_took_then() -> None:
    burn = "import time\nwhile time.process_time() < %s: pass\nprint('x', flush=True); input()\n"
    line = [sys.executable, "-S", "-c", burn % 0.3 + burn % 0.5]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    pids, one, other = frozenset((process.pid,)), CoreThreads(), CoreThreads()
    try:
        process.stdout.readline()
        assert one.look(pids, {process.pid: frozenset((process.pid,))}) == {}, "a worker: its records tell of it"
        assert sum(other.look(pids).values()) == pytest.approx(300 * MS, rel=0.3)
        assert one.look(pids) == {}, "what it took as a worker is its worker's"
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        assert sum(one.look(pids).values()) == pytest.approx(200 * MS, rel=0.3)
    finally:
        one.close()
        other.close()
        process.kill()
        process.communicate()


# --- real labs


class Observer:
    """Reads the lab's session from /proc, by itself: as often as it is asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []  # when, and CPU seconds of all in the session

    def look(self, lab: int | None) -> None:
        now, ticks = time.perf_counter_ns(), 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == lab:
                ticks += sum(map(int, fields[11:15]))
        if ticks and (not self.seen or ticks / 100 >= self.seen[-1][1]):
            self.seen.append((now, ticks / os.sysconf("SC_CLK_TCK")))

    def cores(self, first: int, last: int) -> float:
        inside = [one for one in self.seen if first <= one[0] <= last]
        return (inside[-1][1] - inside[0][1]) / ((inside[-1][0] - inside[0][0]) / 1e9)


def watched(run: Run, observer: Observer, each: Callable[[], object] = lambda: None) -> None:
    def over() -> bool:
        step(run)
        observer.look(run.engine.pid)
        each()
        return run.ended

    wait_for(over)


@only_linux
@pytest.mark.parametrize("model", ["threads", "processes"])
def test_threads_that_own_code_starts_are_counted_as_the_labs_own(model: str) -> None:
    observer = Observer()
    with running(own_code(BUSY_THREADS, model=model)) as run:
        watched(run, observer)
        figures = run.statistics()
    assert figures.outcome == "finished", figures.error
    assert figures.started_ns is not None
    assert figures.ended_ns is not None
    seen = observer.cores(figures.started_ns, figures.ended_ns)
    assert figures.cores_used == pytest.approx(seen, rel=0.1, abs=0.05)
    assert figures.cores_lab is not None
    assert figures.cores_lab > 0.8 * figures.cores_used
    assert figures.cores_used == pytest.approx(figures.cores_workers + figures.cores_lab)
    assert sum(worker.cpu_s for worker in figures.workers) / figures.seconds == pytest.approx(figures.cores_workers)


@only_linux
def test_a_loop_is_counted_beside_its_coroutines() -> None:
    recipe = checked(Recipe(job="sleep", model="asyncio", workers=400, seconds=1.5, knobs={"nap": 0.01}))
    observer = Observer()
    with running(recipe) as run:
        watched(run, observer)
        figures = run.statistics()
        parts = run.reading.lab_cpu.parts(figures.started_ns or 0, figures.ended_ns or 0) if run.reading.lab_cpu else []
    assert figures.started_ns is not None
    assert figures.ended_ns is not None
    assert figures.cores_lab is not None
    on_cores = sum(sum(part.on_core.values()) * inside for part, inside in parts) / 1e9 / figures.seconds
    assert on_cores == pytest.approx(figures.cores_used, rel=0.3, abs=0.05), "the loop's thread was seen on the cores"
    assert figures.cores_lab > 0.2 * figures.cores_used, "the loop's own part"
    assert figures.cores_workers > 0
    seen = observer.cores(figures.started_ns, figures.ended_ns)
    assert figures.cores_used == pytest.approx(seen, rel=0.15, abs=0.05)


def test_while_it_starts_its_cores_are_those_of_its_start() -> None:
    told: list[tuple[float, float | None]] = []
    with running(recipe_of("processes-spawn", job="primes", workers=4, amount=50)) as run:

        def note() -> None:
            cpu = run.reading.lab_cpu
            if run.started_ns is None and cpu is not None and cpu.spent_ns(2**62) > 20 * MS:
                figures = run.statistics()
                if figures.started_ns is None:  # it looks anew: they may have begun just now
                    told.append((figures.cores_used, figures.cores_lab))
                    assert figures.cores_workers == 0

        watched(run, Observer(), note)
        assert run.statistics().outcome == "finished"
    assert told
    assert all(used == lab and used > 0 for used, lab in told)


def test_in_this_app_only_the_workers_are_told_of() -> None:
    run = Run(1, checked(Recipe(host="app", workers=1, seconds=1.0)))
    try:
        assert run.reading.lab_cpu is None
        assert run.statistics().cores_lab is None
    finally:
        run.close()


def test_looking_takes_little_of_a_core() -> None:
    """Counted in processes that are asked, not in time: each look asks each of them once, and searches seldom."""
    asked: list[bool] = []

    class Tree:
        pids = frozenset(range(64))

        def look(self, search: bool) -> int:
            asked.append(search)
            return 0

    cpu, now = LabCpu(), [10**12]
    cpu._began = now[0] - lab_cpu.STARTING_NS
    cpu._tree, cpu._threads_at = Tree(), 2**62
    original, lab_cpu.clock = lab_cpu.clock, lambda: now[0]
    try:
        for _ in range(500):  # ten seconds
            cpu.look(1, None, dict)
            now[0] += 20 * MS
    finally:
        lab_cpu.clock = original
    assert len(asked) <= 10_000 / (64 * 2) + 1
    assert sum(asked) <= 10_000 / (3 * 64 * 2) + 1


def test_new_processes_are_looked_for_sooner_while_there_are_ever_more() -> None:
    searched: list[int] = []
    now = [10**12]

    class Tree:
        pids = frozenset[int]()

        def look(self, search: bool) -> int:
            if search:
                searched.append(now[0])
                if len(searched) < 5:
                    self.pids = frozenset(range(len(searched)))
            return 0

    cpu = LabCpu()
    cpu._began = now[0] - lab_cpu.STARTING_NS + 60 * MS
    cpu._tree, cpu._threads_at = Tree(), 2**62
    original, lab_cpu.clock = lab_cpu.clock, lambda: now[0]
    try:
        for _ in range(100):
            cpu.look(1, None, dict)
            now[0] += 20 * MS
    finally:
        lab_cpu.clock = original
    apart = [(after - before) / MS for before, after in itertools.pairwise(searched)]
    assert apart[:2] == [20] * 2, "at each look while the lab starts: what a process took is known from its begin on"
    assert apart[2:4] == [80] * 2, "there was just a new one"
    assert set(apart[4:]) == {200}
