"""The observers themselves (tests/truth), checked against programs that are known to do this or that: each says
afterwards, by its own clocks, what it did. And their sums, by tables that were computed by hand."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core import pythons
from tests.truth import calls, compare, elf, table
from tests.truth.calls import GIL, IO, LOCK, PIPE, RUN, SLEEP
from tests.truth.compare import Row, WorkerRow, row_of
from tests.truth.gil import Gil
from tests.truth.kernel import CORE, Process, Shares, Thread
from tests.truth.observer import Observer
from tests.truth.runs import Case, Watched, listed
from tests.truth.series import Series

ROOT = Path(__file__).resolve().parents[2]
WHY_NOT = calls.why_not()
if WHY_NOT:
    pytest.skip(f"nothing can be observed: {WHY_NOT}", allow_module_level=True)

NEAR = 0.03  # parts of 1
BEGIN = """
import json, os, socket, sys, threading
from time import perf_counter, sleep
thread_time = __import__("time").thread_time
sys.stdin.readline()
told, begin = {}, perf_counter()

def start(act):
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread
"""
END = """
print(json.dumps(dict(told, begin=begin, end=perf_counter())), flush=True)
os._exit(0)
"""


@dataclass
class Seen:
    process: Process
    observer: Observer
    told: dict[str, Any]

    def thread(self, name: str) -> Thread:
        tid = self.told[name]["tid"] if isinstance(self.told[name], dict) else self.told[name]
        return next(one for one in self.process.all_threads() if one.tid == tid)

    def span(self, name: str) -> tuple[float, float]:
        """When the thread began and ended, as it says itself if it ended before the program did."""
        own = self.told[name] if isinstance(self.told[name], dict) else self.told
        return self.told["begin"], own["end"]

    def shares(self, name: str) -> Shares:
        shares = self.thread(name).shares(*self.span(name))
        assert shares.covered > 0.9
        assert sum(shares.parts.values()) == pytest.approx(1, abs=0.01)
        return shares


def seen(program: str, python: str = sys.executable) -> Seen:
    """The program, watched from before it begins until it has ended."""
    pipe = subprocess.PIPE
    running = subprocess.Popen([python, "-c", BEGIN + program + END], stdin=pipe, stdout=pipe, text=True)
    with running:
        observer = Observer(running.pid)
        observer.look()
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("\n")
        running.stdin.flush()
        observer.watch(lambda: running.poll() is not None)
        observer.close()
        return Seen(observer.tree.processes[running.pid], observer, json.loads(running.stdout.read()))


# --- programs that do a known thing -----------------------------------------------------------------------------------

DUTY = """
def duty():
    asleep = 0.0
    while perf_counter() - begin < 1.5:
        until = thread_time() + 0.003
        while thread_time() < until:
            pass
        fell_asleep = perf_counter()
        sleep(0.007)
        asleep += perf_counter() - fell_asleep
    told["duty"] = {"tid": threading.get_native_id(), "cpu": thread_time(), "asleep": asleep, "end": perf_counter()}

start(duty).join()
"""


def test_a_thread_that_computes_and_sleeps() -> None:
    """What its naps took, by its own clock, has the waits for a core in it that followed them."""
    made = seen(DUTY)
    begin, end = made.span("duty")
    length, told, parts = end - begin, made.told["duty"], made.shares("duty").parts
    assert parts[RUN] == pytest.approx(told["cpu"] / length, abs=NEAR)
    assert told["asleep"] / length - parts[CORE] - NEAR <= parts[SLEEP] <= told["asleep"] / length + NEAR
    assert parts.get(GIL, 0) + parts.get(LOCK, 0) + parts.get(IO, 0) + parts.get(PIPE, 0) < NEAR


FIGHT = """
def compute(name):
    while perf_counter() - begin < 1.5:
        pass
    told[name] = {"tid": threading.get_native_id(), "cpu": thread_time(), "end": perf_counter()}

for one in [start(lambda name=name: compute(name)) for name in "AB"]:
    one.join()
"""


@pytest.mark.parametrize("name", ["here", *pythons.CPYTHONS])
def test_threads_that_fight_for_the_gil(name: str) -> None:
    """Who runs has it, never both at once; nobody, while the next one waits for a core. Who waits, waits for that and
    for nothing else. It is handed on when an interval of 5 ms is over, so at most 200 times a second."""
    if name in ("3.8", "3.9", "3.10") and os.uname().machine != "x86_64":
        pytest.skip("what glibc keeps of a thread is known for x86_64 only")
    made = seen(FIGHT, sys.executable if name == "here" else pythons.python(name).executable)
    held = {}
    gil = made.process.gil
    assert gil is not None, made.process.no_gil
    for who in "AB":
        parts = made.shares(who).parts
        begin, end = made.span(who)
        assert parts[RUN] == pytest.approx(made.told[who]["cpu"] / (end - begin), abs=NEAR)
        assert parts[GIL] > 0.02
        assert parts.get(LOCK, 0) + parts.get(SLEEP, 0) + parts.get(IO, 0) + parts.get(PIPE, 0) < NEAR
        held[who] = gil.held(made.told[who]["tid"], begin, end)
        assert parts[RUN] - NEAR <= held[who] <= parts[RUN] + parts[CORE] + NEAR  # type: ignore[operator]
    assert 0.7 < sum(held.values()) <= 1
    assert 0 < gil.handoffs(made.told["begin"], made.told["end"]) < 210  # type: ignore[operator]


WAITS = """
lock = threading.Lock()
lock.acquire()
empty, _ = os.pipe()
deaf = socket.socket()
deaf.bind(("127.0.0.1", 0))
deaf.listen()

def waits(name, act):
    told[name] = threading.get_native_id()
    act()

import select
start(lambda: waits("lock", lock.acquire))
start(lambda: waits("pipe", lambda: os.read(empty, 1)))
start(lambda: waits("io", deaf.accept))
start(lambda: waits("sleep", lambda: sleep(60)))
start(lambda: waits("select", lambda: select.select([], [], [], 60)))
sleep(1)
"""


def test_threads_that_wait_for_one_thing_only() -> None:
    made = seen(WAITS)
    for name, state in (("lock", LOCK), ("pipe", PIPE), ("io", IO), ("sleep", SLEEP), ("select", SLEEP)):
        assert made.shares(name).parts.get(state, 0) > 1 - NEAR, name


def test_the_cpu_time_of_a_tree_has_all_its_processes_and_threads() -> None:
    """Those too that have ended before the end, and threads that lived for a moment."""
    burn = "import time\\nwhile time.process_time() < 0.3: pass"
    made = seen(f"""
import subprocess
subprocess.run([sys.executable, "-c", "{burn}"], check=True)
def burn():
    while thread_time() < 0.02: pass
for _ in range(10):
    start(burn).join()
sleep(0.05)
times = os.times()
told["cpu"] = times.user + times.system + times.children_user + times.children_system
""")
    assert made.observer.tree.cpu.grown(0, made.told["end"]) == pytest.approx(made.told["cpu"], abs=0.04)
    assert made.told["cpu"] > 0.5


def test_the_place_of_a_symbol_is_where_the_linker_put_it() -> None:
    found = elf.in_process(os.getpid(), "_PyRuntime", "python")
    assert found is not None
    assert found.address == ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    assert elf.in_process(os.getpid(), "_PyRuntim", "python") is None


# --- sums, by hand ----------------------------------------------------------------------------------------------------


@contextmanager
def thread_of(cpu: list[tuple[float, float]], waited: list[tuple[float, float]], states: str) -> Iterator[Thread]:
    """A thread with readings of our own; `states`: one letter a tenth of a second, from 0 on."""
    thread = Thread(os.getpid(), os.getpid(), calls.Calls(os.getpid(), lambda _: False))
    for series, readings in ((thread.cpu, cpu), (thread.waited, waited)):
        for time, value in readings:
            series.add(time, value * 1e9)
    names = {"r": RUN, "g": GIL, "s": SLEEP, "l": LOCK}
    thread.looked = [number / 10 for number in range(len(states))]
    thread.states = [names[letter] for letter in states]
    yield thread
    thread.close()


def test_shares_are_sums_and_only_the_rest_is_split_as_the_samples_were() -> None:
    with thread_of([(0, 0), (2, 1.0)], [(0, 0), (2, 0.2)], "rgssrgssrgss") as thread:
        shares = thread.shares(0.0, 2.0)
        assert shares.parts[RUN] == pytest.approx(0.5)
        assert shares.parts[CORE] == pytest.approx(0.1)
        assert shares.parts[GIL] + shares.parts[SLEEP] == pytest.approx(0.4)
        # 3 samples of the GIL at a tenth each; 6 of sleep, of which the last stands for all that comes after it
        assert shares.parts[SLEEP] / shares.parts[GIL] == pytest.approx((0.1 * 5 + 0.05 + 0.45) / 0.3)
        assert shares.covered == 1
        assert thread.shares(0.5, 0.7).samples == 2 + 1


def test_a_thread_that_was_watched_for_a_part_of_the_time_says_so() -> None:
    with thread_of([(1, 0), (2, 0.5)], [(1, 0), (2, 0)], "") as thread:
        shares = thread.shares(0.0, 2.0)
        assert shares.covered == pytest.approx(0.5)
        assert shares.parts == pytest.approx({RUN: 0.5, CORE: 0.0, "unseen": 0.5})
        assert thread.shares(3.0, 4.0).covered == 0


def test_a_series_is_straight_between_readings_and_flat_outside() -> None:
    series = Series()
    assert series.grown(0, 9) == 0
    series.add(1, 10)
    series.add(3, 20)
    assert [series.at(time) for time in (0, 1, 1.5, 3, 4)] == [10, 10, 12.5, 20, 20]
    assert series.grown(2, 9) == 5


def test_holders_are_counted_in_samples_and_hand_offs_by_the_interpreters_own_count() -> None:
    gil = object.__new__(Gil)
    gil.times, gil.holders, gil.counts = [0.0, 1.0, 2.0, 3.0], [7, 0, 7, 9], [100, 110, 130, 130]
    assert [gil.held(tid, 0, 3) for tid in (7, 9, 8)] == [0.5, 0.25, 0]
    assert gil.held(7, 1.5, 2.5) == 1
    assert gil.handoffs(0, 2) == 15
    assert (gil.held(7, 4, 5), gil.handoffs(2.5, 3.5)) == (None, None)


def shares(run: float = 0, gil: float = 0, core: float = 0, lock: float = 0, io: float = 0, sleep: float = 0) -> Any:
    return {RUN: run, GIL: gil, CORE: core, LOCK: lock, IO: io, SLEEP: sleep}


@pytest.mark.parametrize(
    ("told", "seen", "unknown", "off"),
    [
        (shares(run=0.7, sleep=0.3), shares(run=0.7, sleep=0.3), 0.0, shares()),
        (shares(run=0.2, sleep=0.8), shares(run=0.2, gil=0.5, sleep=0.3), 0.0, shares(gil=-0.5, sleep=0.5)),
        (shares(run=0.2, sleep=0.3), shares(run=0.2, gil=0.5, sleep=0.3), 0.5, shares()),
        (shares(run=0.2), shares(run=0.2, gil=0.5, sleep=0.3), 0.6, shares(sleep=-0.2)),  # unknown goes but once
        (shares(run=0.5), shares(run=0.2, gil=0.8), 0.5, shares(run=0.3, gil=-0.3)),  # and excuses nothing told
    ],
)
def test_differences(told: Any, seen: Any, unknown: float, off: Any) -> None:
    assert compare.differences(told, seen, unknown) == pytest.approx(off)


@pytest.mark.parametrize(
    ("parts", "told", "found", "expected"),
    [
        ({PIPE: 0.6, RUN: 0.4}, shares(run=0.4, lock=0.6), True, shares(run=0.4, lock=0.6)),
        ({PIPE: 0.6, RUN: 0.4}, shares(run=0.4, io=0.6), True, shares(run=0.4, io=0.6)),
        ({PIPE: 0.6, LOCK: 0.4}, shares(lock=0.5, io=0.5), True, shares(lock=0.5, io=0.5)),
        ({LOCK: 1.0}, shares(gil=0.4, lock=0.6), True, shares(lock=1.0)),
        ({LOCK: 1.0}, shares(gil=0.4, lock=0.6), False, shares(gil=0.4, lock=0.6)),  # which futex is whose is not known
    ],
)
def test_what_may_be_either_of_two_is_as_told(parts: Any, told: Any, found: bool, expected: Any) -> None:
    assert compare.as_told(Shares(parts, 1.0, 9), told, found) == pytest.approx(expected)


# --- rows -------------------------------------------------------------------------------------------------------------


def watched(thread: Thread, gil: object = None, busy: bool = False, cpu: float = 1.0, **told: Any) -> Watched:
    """A run of two seconds with one worker, that thread."""
    tree_cpu = Series()
    tree_cpu.add(0, 0)
    tree_cpu.add(2, cpu)
    process = SimpleNamespace(gil=gil, read=Series(), written=Series())
    another = SimpleNamespace(gil=SimpleNamespace(handoffs=lambda *_: 50.0), read=Series(), written=Series())
    tree = SimpleNamespace(cpu=tree_cpu, processes={thread.pid: process, 1: another}, thread=lambda *_: thread)
    machine = SimpleNamespace(cores=lambda *_: 0.7, opened_per_s=lambda *_: 5.0)
    observer: Any = SimpleNamespace(tree=tree, machine=machine, cost=0.1)
    worker = {"name": "A", "cpu_s": 1.0, "pid": thread.pid, "tid": thread.tid, "share": {"run": 0.5, "sleep": 0.5}}
    worker |= {"started_ns": 1, "ended_ns": 2 * 10**9}
    figures = {"outcome": "finished", "seconds": 2.0, "started_ns": 1, "ended_ns": 2 * 10**9, "cores_used": 0.5}
    figures |= {"round_trip_us": None, "work_per_s": None, "throughput": 7.0, "work": "naps", "loop": None}
    figures |= {"gil": {"handoffs_per_s": 3.0, "held": {"A": 0.5}}}
    worker |= told.pop("worker", {})
    return Watched(Case("sleep", "threads", busy), {**figures, **told, "workers": [worker]}, observer)


HALF = [(0.0, 0.0), (2.0, 1.0)]
NONE = [(0.0, 0.0), (2.0, 0.0)]


def test_a_run_that_is_as_told_is_ok() -> None:
    with thread_of(HALF, NONE, "s" * 20) as thread:
        row = row_of(watched(thread))
        assert row.verdict == "ok"
        assert row.told == pytest.approx(shares(run=0.5, sleep=0.5))
        assert row.seen == pytest.approx(shares(run=0.5, sleep=0.5), abs=1e-6)
        assert row.others == pytest.approx(0.7 - 0.5 - 0.1)
        assert (row.rate_told, row.rate_unit) == (7.0, "naps")


def test_hand_offs_are_those_of_the_processes_that_have_workers() -> None:
    gil = SimpleNamespace(handoffs=lambda *_: 4.0, held=lambda *_: 0.25)
    with thread_of(HALF, NONE, "s" * 20) as thread:
        row = row_of(watched(thread, gil=gil))
        assert (row.handoffs_told, row.handoffs_seen) == (3.0, 4.0)
        assert (row.workers[0].held_told, row.workers[0].held_seen) == (0.5, 0.25)
        assert row_of(watched(thread)).handoffs_seen is None
        elsewhere = watched(thread, gil=gil)
        elsewhere.case = Case("sleep", "subinterpreters", False)  # they have others than the one that is found
        row = row_of(elsewhere)
        assert (row.handoffs_seen, row.workers[0].held_seen) == (None, None)


@pytest.mark.parametrize(
    ("busy", "run", "missed"),
    [(False, 0.545, []), (False, 0.557, ["run +6 (A)"]), (True, 0.575, []), (True, 0.587, ["run +9 (A)"])],
)
def test_the_bar_is_five_points_alone_and_eight_beside_others(busy: bool, run: float, missed: list[str]) -> None:
    share = {"run": run, "sleep": 0.5}
    with thread_of(HALF, NONE, "s" * 20) as thread:
        assert row_of(watched(thread, busy=busy, worker={"share": share})).missed == missed


@pytest.mark.parametrize(("cpu", "missed"), [(1.09, []), (1.11, ["cores -0.06"]), (0.91, []), (0.89, ["cores +0.06"])])
def test_the_bar_of_cores_is_a_twentieth(cpu: float, missed: list[str]) -> None:
    """Over two seconds, in which 0.5 cores were told."""
    with thread_of(HALF, NONE, "s" * 20) as thread:
        row = row_of(watched(thread, cpu=cpu))
        assert [one.rpartition(" ")[0] for one in row.missed] == [one.rpartition(" ")[0] for one in missed]
        assert bool(row.missed) == bool(missed)


def test_what_a_worker_waited_in_a_queue_is_left_out() -> None:
    """Half of its time it had no thread; of the rest it ran a half."""
    share = {"run": 0.25, "sleep": 0.25, "wait_turn": 0.5}
    with thread_of(HALF, NONE, "s" * 20) as thread:
        assert row_of(watched(thread, worker={"share": share})).missed == []


def test_unknown_time_may_have_been_anything_but_only_once() -> None:
    with thread_of(HALF, NONE, "s" * 20) as thread:
        row = row_of(watched(thread, worker={"share": {"run": 0.5, "unknown": 0.5}}))
        assert (row.verdict, row.unknown) == ("ok", 0.5)
        row = row_of(watched(thread, worker={"share": {"run": 0.5, "sleep": 0.2, "unknown": 0.2}}))
        assert row.missed == ["sleep -10 (A)"]


def test_workers_in_one_thread_are_compared_as_that_thread() -> None:
    loop = {"late_p50_ms": 3.0, "cores": 0.56}
    with thread_of(HALF, NONE, "s" * 20) as thread:
        row = row_of(watched(thread, loop=loop))
        assert row.missed == ["loop's thread +6"]
        assert row.told == {}
        assert row.workers[0].why == "one thread is all that the kernel sees"
        assert row_of(watched(thread, loop=dict(loop, cores=0.52))).verdict.startswith("ok; of shares: one thread")


def test_workers_that_never_began_are_not_compared() -> None:
    with thread_of(HALF, NONE, "s" * 20) as thread:
        row = row_of(watched(thread, worker={"started_ns": None}))
        assert row.verdict == "ok; of shares: it never began"
        assert row_of(watched(thread, started_ns=None)).verdict == "the app does not tell when it ran"


def test_a_refused_run_says_why() -> None:
    row = row_of(Watched(Case("fetch", "greenlet", False), None, None, "bad recipe: job is …"))
    assert row.verdict == "bad recipe: job is …"
    assert not row.missed


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_marks_what_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("mix", "threads", False, outcome="finished", cores_told=0.99, cores_seen=0.98)
    row.told, row.seen = shares(run=0.25, sleep=0.75), shares(run=0.251, gil=0.49, sleep=0.259)
    row.workers = [WorkerRow("A", {}, held_told=0.25, held_seen=0.24)]
    row.missed = ["gil -49 (A)", "sleep +49 (A)"]
    text = table.row_line(row)
    words = text.split()
    assert words[:9] == ["mix", "threads", "alone", "25/25", "0/49!", "0/0", "0/0", "0/0", "75/26!"]
    assert words[9:11] == ["0.99/0.98", "25/24"]
    assert text.endswith("off: gil -49 (A), sleep +49 (A)")

    document = tmp_path / "truth.md"
    document.write_text(f"before\n\n{table.BEGIN}\nstale\n{table.END}\n\nafter\n", encoding="utf-8")
    monkeypatch.setattr(table, "DOCUMENT", document)
    table.write([row])
    made = document.read_text(encoding="utf-8")
    assert made.startswith("before\n")
    assert made.endswith("\n\nafter\n")
    assert text in made
    assert "stale" not in made
    assert "0 of 1 runs are within the bars" in made
    table.write([row])
    assert document.read_text(encoding="utf-8") == made


def test_the_document_has_a_place_for_the_table() -> None:
    text = table.DOCUMENT.read_text(encoding="utf-8")
    assert text.count(table.BEGIN) == text.count(table.END) == 1
    assert text.index(table.BEGIN) < text.index(table.END)


def test_the_app_is_asked_which_jobs_and_models_there_are() -> None:
    assert {"primes", "mix", "sleep", "fetch", "hash", "ping-pong"} <= set(listed("jobs"))
    assert "own" not in listed("jobs"), "it needs code to run"
    models = set(listed("models"))
    assert {"serial", "threads", "thread-pool", "processes", "process-pool", "asyncio"} <= models
    assert not {"qthread", "qthreadpool"} & models, "they need the window"


def test_a_run_of_the_app_is_compared() -> None:
    """Of which only is asked that all was observed: how well it agrees is what the table is for."""
    options = ["--jobs", "sleep", "--models", "threads", "--alone", "--seconds", "1", "--workers", "2", "--json"]
    command = [sys.executable, "-m", "tests.truth", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    (row,) = json.loads(done.stdout)
    assert done.returncode == bool(row["missed"]), done.stderr
    assert row["why"] == ""
    assert [worker["why"] for worker in row["workers"]] == ["", ""]
    for worker in row["workers"]:
        assert sum(worker["seen"].values()) == pytest.approx(1, abs=0.01)
        assert sum(worker["told"].values()) + worker["unknown"] == pytest.approx(1, abs=0.01)
        assert worker["cpu_seen"] == pytest.approx(worker["cpu_told"], abs=0.02)
    assert row["plain"]["unit"] == "naps"
