"""Stuck: a run in which nobody can go on ends, and says who waits where. One in which somebody still can does not."""

from __future__ import annotations

import ctypes
import os
import signal
import textwrap
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from playground import catalogue
from playground.figures.records import FINISHED, STOPPED, STUCK, TIME_UP
from playground.lab.loops import heartbeat
from playground.lab.wire import ring
from playground.recipe.recipe import Recipe, checked
from playground.run import blocked, proc, stuck
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import LINUX, at_once, family, finished, left, running, to_the_end, until

pytestmark = pytest.mark.skipif(not LINUX, reason="only Linux tells what threads wait in")

DEADLOCK = """
    import threading
    import time

    left, right, both = threading.Lock(), threading.Lock(), threading.Barrier(2)

    def job(i, n):
        first, second = (left, right) if i == 0 else (right, left)
        with first:
            both.wait()
            if i == 0:
                with right: pass
            with left: pass
"""
GREENLETS = DEADLOCK.replace("both.wait()", "time.sleep(0.05)")
PROCESSES = """
    import multiprocessing
    left, right, both = multiprocessing.Lock(), multiprocessing.Lock(), multiprocessing.Barrier(2)

    def job(i, n):
        with (left, right)[i]:
            both.wait()
            with (right, left)[i]: pass
"""
AWAITED = """
    import asyncio
    left, right = asyncio.Lock(), asyncio.Lock()

    async def job(i, n):
        async with (left, right)[i]:
            await asyncio.sleep(0)
            return await other(i)

    async def other(i):
        async with (right, left)[i]: pass
"""
OPS = """
    SHARED = {"left": LOCK, "right": LOCK, "left is held": EVENT, "right is held": EVENT}

    def job(i, n):
        own, other = ("left", "right") if i == 0 else ("right", "left")
        yield Acquire(own)
        yield Set(own + " is held")
        yield Wait(other + " is held")
        yield Acquire(other)
"""
NEVER = """
    SHARED = {"tasks": queue(2), "open": EVENT}

    def job(i, n):
        if i == 0:
            while True:
                yield Put("tasks", 1)
        if i == 1:
            yield Wait("open")
        yield Get("tasks")
        return "had one"
"""
OPS_MODELS = [
    entry.name
    for entry in catalogue.models()
    if "lab" in entry.hosts and entry.name not in ("serial", "monocle") and pythons.that_can(entry.name) is not None
]


def recipe_of(code: str, model: str = "threads", workers: int = 2, **fields: object) -> Recipe:
    known = {knob.name for knob in catalogue.model(model).knobs}
    knobs = {name: value for name, value in {"pool_size": 4, "processes": 2}.items() if name in known}
    knobs.update(fields.pop("knobs", {}))  # type: ignore[call-overload]
    given: dict[str, object] = {"interpreter": pythons.that_can(model) or "", "workers": workers, "seconds": 60.0}
    code = textwrap.dedent(code)
    return checked(Recipe(job="own", model=model, code=code, knobs=knobs, **{**given, **fields}))


def waits(run: Run) -> list[str]:
    assert run.engine.outcome == STUCK, (run.engine.outcome, run.engine.error)
    assert run.engine.error is not None
    return run.engine.error.splitlines()


# --- those that are stuck


@pytest.mark.parametrize("name", [*pythons.CPYTHONS, pythons.PYPY])
def test_two_locks_in_opposite_order(name: str) -> None:
    with running(recipe_of(DEADLOCK, interpreter=pythons.python(name).path)) as run:
        until(run, lambda: run.rings.column(ring.W_STARTED).all())
        processes = family(run)
        to_the_end(run)
        first, *where = waits(run)
        assert first == "Both threads wait for a lock or a queue, and nobody can let them go on."
        lines = ["A waits in line 12, “with right: pass”", "B waits in line 13, “with left: pass”"]
        assert where == (["A waits", "B waits"] if name == pythons.PYPY else lines)  # PyPy's lines are approximate
        assert not left(processes)
        figures = run.statistics()
        assert figures.outcome == STUCK
        assert figures.share.blocked > 0.5  # what they did until then is kept
        assert run.reading.lanes.latest > 0


def test_ops_that_wait_for_each_other_under_every_model() -> None:
    with at_once({model: recipe_of(OPS, model) for model in OPS_MODELS}) as runs:
        for model, run in runs.items():
            first, *where = waits(run)
            assert first.startswith(f"Both {catalogue.model(model).worker[1]} wait for a lock")
            line = "waits in line 9, “yield Acquire(other)”"
            assert where == [f"A {line}", f"B {line}"], model


def test_a_queue_that_nobody_empties_and_an_event_that_nobody_sets() -> None:
    models = ["threads", "processes", "asyncio", "generators"]
    with at_once({model: recipe_of(NEVER, model, 3) for model in models}) as runs:
        for model, run in runs.items():
            first, *where = waits(run)
            assert first.startswith("2 of 3 "), model
            assert where == ['A waits in line 7, “yield Put("tasks", 1)”', 'B waits in line 9, “yield Wait("open")”']
            assert run.reading.results == {2: "had one"}, model


@pytest.mark.parametrize("start_method", ["fork"])
def test_locks_of_processes(start_method: str) -> None:
    with finished(recipe_of(PROCESSES, "processes", knobs={"start_method": start_method})) as run:
        line = "waits in line 8, “with (right, left)[i]: pass”"
        assert waits(run)[1:] == [f"A {line}", f"B {line}"]


def test_a_queue_of_processes_is_a_pipe() -> None:
    code = "import multiprocessing\nq = multiprocessing.Queue()\ndef job(i, n): return q.get()"
    with finished(recipe_of(code, "processes", knobs={"start_method": "fork"})) as run:
        assert waits(run)[1:] == [f"{name} waits in line 3, “def job(i, n): return q.get()”" for name in "AB"]


@pytest.mark.parametrize("model", ["asyncio", "asyncio-to-thread"])
def test_coroutines_that_wait_for_each_other(model: str) -> None:
    with finished(recipe_of(AWAITED, model)) as run:
        line = "waits in line 11, “async with (right, left)[i]: pass”"
        assert waits(run)[1:] == [f"A {line}", f"B {line}"]


@pytest.mark.skipif(pythons.that_can("gevent") is None, reason="nobody here has gevent")
def test_greenlets_that_wait_for_each_other() -> None:
    with finished(recipe_of(GREENLETS, "gevent")) as run:
        assert waits(run)[1:] == ["A waits in line 12, “with right: pass”", "B waits in line 13, “with left: pass”"]


def test_threads_that_a_loop_has_for_its_workers() -> None:
    with finished(recipe_of(DEADLOCK, "asyncio-to-thread")) as run:
        assert waits(run)[1:] == ["A waits in line 12, “with right: pass”", "B waits in line 13, “with left: pass”"]


def test_a_worker_that_waits_for_itself_and_holds_up_its_loop() -> None:
    code = "import threading\ndoor = threading.Lock()\ndef job(i, n):\n    door.acquire()\n    door.acquire()"
    with finished(recipe_of(code, "asyncio")) as run:
        assert waits(run) == [
            "1 of 2 coroutines waits for a lock or a queue, and nobody can let it go on.",
            "A waits in line 5, “door.acquire()”",
        ]


# --- those that are not

HELPED = """
    import threading, time
    door = threading.Lock()
    door.acquire()
    def let_go():
        time.sleep({long})
        door.release()
    def job(i, n):
        if i == 0:
            threading.Thread(target=let_go).start()
        with door: return "in"
"""
LONG = stuck.STUCK_S + 2 * stuck.EVERY_S + stuck.STACKS_S + 1  # by then it would have been said
NOT_STUCK = {
    "a helper sleeps, and will let go of the lock": ("threads", HELPED),
    "a wait with a limit": (
        "threads",
        """
        import threading
        def job(i, n): return "in" if not threading.Event().wait({long}) else "set"
        """,
    ),
    "a timer will set the event": (
        "threads",
        """
        import threading
        event = threading.Event()
        def job(i, n):
            if i == 0: threading.Timer({long}, event.set).start()
            event.wait()
            return "in"
        """,
    ),
    "another program will end": (
        "threads",
        """
        import subprocess, sys, threading
        door = threading.Lock()
        def job(i, n):
            with door:
                subprocess.run([sys.executable, "-c", "import time; time.sleep({long})"])
            return "in"
        """,
    ),
    "somebody outside has an end of the pipe": (
        "threads",
        """
        import os, subprocess, sys
        reader, writer = os.pipe()
        code = "import os, time; os.fork() and os._exit(0); os.setsid(); time.sleep({long}); os.write(%d, b'..')"
        subprocess.run([sys.executable, "-c", code % writer], pass_fds=[writer])
        def job(i, n):
            os.read(reader, 1)
            return "in"
        """,
    ),
    "an alarm": (
        "serial",
        """
        import signal, threading
        door = threading.Semaphore(0)
        def rings(number, frame):
            door.release(2)
        def job(i, n):
            if i == 0:
                signal.signal(signal.SIGALRM, rings)
                signal.setitimer(signal.ITIMER_REAL, {long})
            door.acquire()
            return "in"
        """,
    ),
    "a socket": (
        "threads",
        """
        import socket, subprocess, sys, threading
        server = socket.create_server(("127.0.0.1", 0))
        code = "import os, socket, time; os.fork() and os._exit(0); os.setsid(); time.sleep({long});" \\
            "socket.create_connection(('127.0.0.1', %d))" % server.getsockname()[1]
        door = threading.Lock()
        def job(i, n):
            with door:
                if i == 0:
                    subprocess.run([sys.executable, "-c", code])
                    server.accept()
            return "in"
        """,
    ),
    "one computes": (
        "threads",
        """
        import threading, time
        door = threading.Lock()
        def job(i, n):
            with door:
                until = time.thread_time() + {long}
                while time.thread_time() < until: pass
            return "in"
        """,
    ),
    "a loop has a timer": (
        "asyncio",
        """
        import asyncio
        door = asyncio.Lock()
        async def job(i, n):
            async with door: await asyncio.sleep({long})
            return "in"
        """,
    ),
    "a thread will call the loop": (
        "asyncio",
        """
        import asyncio, threading
        event = asyncio.Event()
        async def job(i, n):
            loop = asyncio.get_running_loop()
            if i == 0:
                threading.Timer({long}, lambda: loop.call_soon_threadsafe(event.set)).start()
            await event.wait()
            return "in"
        """,
    ),
    "a loop waits for a pipe": (
        "asyncio",
        """
        import asyncio
        event = asyncio.Event()
        async def job(i, n):
            if i == 0:
                await (await asyncio.create_subprocess_exec("sleep", "{long}")).wait()
                event.set()
            await event.wait()
            return "in"
        """,
    ),
    "a greenlet sleeps": ("gevent", HELPED),
    "processes whose helper sleeps": (
        "processes",
        """
        SHARED = {{"door": EVENT}}
        def job(i, n):
            if i == 0:
                yield Sleep({long})
                yield Set("door")
            yield Wait("door")
            return "in"
        """,
    ),
}


def test_somebody_can_go_on() -> None:
    able = {why: one for why, one in NOT_STUCK.items() if pythons.that_can(one[0]) is not None}
    long = 2 * LONG  # so many at once are looked at less often
    with at_once({why: recipe_of(code.format(long=long), model) for why, (model, code) in able.items()}) as runs:
        for why, run in runs.items():
            assert (why, run.engine.outcome, run.engine.error) == (why, FINISHED, None)
            assert (why, run.reading.answer) == (why, ["in", "in"])


def until_suspected(run: Run) -> None:
    until(run, lambda: run._stuck._same is not None)


def test_whoever_is_stopped_by_the_system_goes_on_later() -> None:
    """A worker holds the lock, and its process is stopped; the other one waits."""
    code = """
        SHARED = {"door": LOCK, "held": EVENT}
        def job(i, n):
            if i == 0:
                yield Acquire("door")
                yield Set("held")
                yield Call(sum, range(10**9))
            yield Wait("held")
            yield Acquire("door")
    """
    with running(recipe_of(code, "processes")) as run:
        until(run, lambda: run.rings.column(ring.W_OPS).tolist() == [2, 1])
        pid = int(run.rings.column(ring.W_PID)[0])
        os.kill(pid, signal.SIGSTOP)
        seconds = run.statistics().seconds
        until(run, lambda: run.statistics().seconds > seconds + LONG)
        assert run.engine.outcome is None
        os.kill(pid, signal.SIGCONT)


def test_a_paused_run_is_not_stuck() -> None:
    with running(recipe_of(DEADLOCK)) as run:
        until_suspected(run)
        run.pause(True)
        clock = stuck.clock()
        until(run, lambda: stuck.clock() > clock + LONG)
        assert run.phase == "paused"
        run.pause(False)
        to_the_end(run)
        assert run.engine.outcome == STUCK


def test_stop_comes_first() -> None:
    with running(recipe_of(DEADLOCK)) as run:
        until_suspected(run)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == STOPPED


def test_a_limit_that_comes_first() -> None:
    with finished(recipe_of(DEADLOCK, seconds=stuck.STUCK_S / 2)) as run:
        assert run.engine.outcome == TIME_UP


# --- the watch, by a clock of the test's own


class Watched:
    """A run of which the test says what its threads wait in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.seen, self.outside, self.asked, self.looks = 100.0, frozenset({"a"}), False, 0, 0
        monkeypatch.setattr(stuck, "clock", lambda: self.now)
        monkeypatch.setattr(stuck.time, "thread_time", lambda: 0.0)  # type: ignore[attr-defined]
        words = {ring.C_IDLE: 0, ring.C_LOOP_BEATS: 0}
        self.words = words
        columns = {ring.W_STARTED: [1, 1], ring.W_ENDED: [0, 0]}
        self.columns = columns
        self.rings: Any = SimpleNamespace(column=lambda word: np.array(columns.get(word, [0, 0])), headers=None)
        self.directory: Any = SimpleNamespace(word=words.__getitem__, path="nowhere")
        monkeypatch.setattr(blocked, "family", lambda lab: self)
        monkeypatch.setattr(stuck, "words", lambda recipe, headers, waiting, threads: f"{len(waiting)} wait")
        self.running, self.lab = True, 1
        self.begin(Recipe(workers=2))
        self.spared: list[int | None] = []

    def begin(self, recipe: Recipe) -> None:
        self.watch = stuck.StuckWatch(recipe, self.directory, self.rings)

    def look(self, spared: int | None) -> object:
        self.looks += 1
        self.spared.append(spared)
        return self.seen

    def woken_from_outside(self) -> bool:
        return self.outside

    def ask_for_stacks(self) -> list[int]:
        self.asked += 1
        return []

    def after(self, seconds: float) -> str | None:
        """Polled fifty times a second."""
        until, said = self.now + seconds, None
        while self.now < until and said is None:
            self.now += 0.02
            said = self.watch.poll(self.running, self.lab)
        return said


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_it_is_said_after_so_long_without_anything(watched: Watched) -> None:
    assert watched.after(stuck.STUCK_S) is None
    assert watched.after(2 * stuck.EVERY_S) == "2 wait"
    assert watched.asked == 1


def test_it_is_said_within_three_seconds() -> None:
    assert stuck.STUCK_S + 3 * stuck.EVERY_S + stuck.STACKS_S < 3


def test_one_that_has_run_meanwhile_begins_it_anew(watched: Watched) -> None:
    assert watched.after(stuck.STUCK_S - 0.1) is None
    watched.seen = frozenset({"b"})
    assert watched.after(stuck.STUCK_S) is None
    assert watched.after(2 * stuck.EVERY_S) == "2 wait"


@pytest.mark.parametrize("change", ["free", "ended", "paused", "in this app"])
def test_when_nothing_is_said(watched: Watched, change: str) -> None:
    if change == "free":
        watched.seen = None
    elif change == "ended":
        watched.columns[ring.W_ENDED] = [9, 9]
    elif change == "paused":
        watched.running = False
    else:
        watched.begin(Recipe(host="app"))
    assert watched.after(20) is None
    if change != "free":
        assert not watched.looks


def test_a_pause_begins_it_anew(watched: Watched) -> None:
    assert watched.after(stuck.STUCK_S - 0.1) is None
    watched.running = False
    assert watched.after(1) is None
    watched.running = True
    assert watched.after(stuck.STUCK_S) is None
    assert watched.after(2 * stuck.EVERY_S) == "2 wait"


def test_who_can_be_woken_from_outside_is_looked_at_later(watched: Watched) -> None:
    watched.outside = True
    assert watched.after(20) is None
    assert not watched.asked
    watched.outside = False
    assert watched.after(stuck.LATER_S + stuck.STUCK_S + 2 * stuck.EVERY_S) == "2 wait"


def test_looking_costs_little_while_somebody_can_go_on(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.seen = None
    used = [0.0]

    def thread_time() -> float:
        used[0] += 0.005  # so each look takes 5 ms
        return used[0]

    monkeypatch.setattr(stuck.time, "thread_time", thread_time)  # type: ignore[attr-defined]
    watched.after(60)
    assert watched.looks * 0.005 <= 60 * stuck.PART + 0.005
    assert watched.looks > 10


@pytest.mark.parametrize(
    ("beats", "idle", "spared", "said"),
    [(True, 5, 1, True), (True, 0, None, False), (False, 0, None, True), (False, 5, None, True)],
)
def test_a_loop_that_beats_is_spared_only_if_nothing_else_wakes_it(
    watched: Watched, beats: bool, idle: int, spared: int | None, said: bool
) -> None:
    """One that no longer beats is a thread like any other."""
    watched.begin(Recipe(workers=2, model="asyncio"))
    watched.words[ring.C_IDLE] = idle
    for _ in range(20):
        watched.words[ring.C_LOOP_BEATS] += beats
        found = watched.after(stuck.EVERY_S)
        if found:
            break
    assert bool(found) == said
    assert set(watched.spared) == ({spared} if said else set())


# --- what a thread waits in


@pytest.fixture
def here() -> blocked.Family:
    """This process, as if it were a lab."""
    return blocked.Family(os.getpid(), blocked.CALLS["x86_64"])


def call(number: int, *given: int) -> list[bytes]:
    words = [*given, *[0] * (6 - len(given)), 0x7FFF, 0x7FFE]
    return [b"%d" % number, *(b"0x%x" % word for word in words)]


MINUS_ONE = 0xFFFFFFFFFFFFFFFF


@pytest.mark.parametrize(
    ("words", "free"),
    [
        ([b"running"], True),
        ([b"-1", b"0x7f", b"0x7f"], True),
        (call(202, 0x1000, 0x189, 0, 0), False),  # futex, without a limit
        (call(202, 0x1000, 0x189, 0, 0x7F00), True),
        (call(449, 1, 2, 0, 0), False),
        (call(449, 1, 2, 0, 0x7F00), True),
        (call(455, 1, 2, 3, 4, 0), False),
        (call(455, 1, 2, 3, 4, 0x7F00), True),
        (call(61, 77), False),  # wait4
        (call(247, 1, 77), False),
        (call(230, 1, 0, 0x7F00), True),  # clock_nanosleep
        (call(232, 4, 0x1000, 10, MINUS_ONE), True),  # epoll_wait, of one that is no servant
        (call(999), True),
    ],
)
def test_which_calls_end_by_themselves(here: blocked.Family, words: list[bytes], free: bool) -> None:
    assert here._is_free(os.getpid(), 1, words) == free


def test_a_fork_server_of_the_lab_only_answers_others(here: blocked.Family, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its workers bear the same name, and wait for whom they like."""
    monkeypatch.setattr(blocked, "_is_servant", lambda pid: True)
    forever, limited = call(232, 4, 0x1000, 10, MINUS_ONE), call(232, 4, 0x1000, 10, 500)
    assert here._is_free(77, 77, forever)
    here._of_lab = {77}
    assert not here._is_free(77, 77, forever)
    assert here._is_free(77, 77, limited)
    assert here._is_free(77, 78, forever)


@pytest.mark.parametrize("state", ["S", "T", "t"])
def test_who_has_been_stopped_may_go_on(here: blocked.Family, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    seen = frozenset({(1, 1, b"202", b"0 0 0")})
    monkeypatch.setattr(here, "_look", lambda pids, spared: seen)
    monkeypatch.setattr(here, "_members", lambda: [proc.Process(1, "S", 0, 1, 1), proc.Process(2, state, 1, 1, 1)])
    assert here.look(None) == (seen if state == "S" else None)


def test_a_pipe_of_the_run_is_no_way_out_a_file_is(here: blocked.Family) -> None:
    reader, writer = os.pipe()
    with open(os.devnull) as file:
        assert not here._is_free(os.getpid(), os.getpid(), call(0, reader))
        assert not here._is_free(os.getpid(), os.getpid(), call(1, writer))
        assert here.pipes == {os.readlink(f"/proc/self/fd/{reader}")}  # noqa: PTH115
        assert here._is_free(os.getpid(), os.getpid(), call(0, file.fileno()))
    os.close(reader)
    os.close(writer)


def test_what_a_poll_waits_for(here: blocked.Family) -> None:
    reader, writer = os.pipe()
    with open(os.devnull) as file:
        for descriptors, free in (((reader, -1, writer), False), ((reader, file.fileno()), True)):
            polled = (ctypes.c_int * (2 * len(descriptors)))()
            polled[::2] = list(descriptors)
            place = ctypes.addressof(polled)
            assert here._is_free(os.getpid(), 1, call(7, place, len(descriptors), MINUS_ONE)) == free
            assert here._is_free(os.getpid(), 1, call(7, place, len(descriptors), 0xFFFFFFFF)) == free
            assert here._is_free(os.getpid(), 1, call(271, place, len(descriptors), 0)) == free
            assert here._is_free(os.getpid(), 1, call(7, place, len(descriptors), 500))
            assert here._is_free(os.getpid(), 1, call(271, place, len(descriptors), 0x7F00))
    os.close(reader)
    os.close(writer)


def test_a_pipe_that_somebody_else_has_too(here: blocked.Family) -> None:
    reader, writer = os.pipe()
    here._is_free(os.getpid(), os.getpid(), call(0, reader))
    assert not here.woken_from_outside()
    pid = os.fork()
    if not pid:
        signal.pause()
    try:
        assert here.woken_from_outside()
        here._pids.append(pid)  # one of the run itself
        assert not here.woken_from_outside()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(writer)


def test_an_alarm_may_wake(here: blocked.Family) -> None:
    before = signal.signal(signal.SIGALRM, lambda *what: None)
    assert here.woken_from_outside()
    signal.signal(signal.SIGALRM, before)
    assert not here.woken_from_outside()


def test_the_family_are_all_that_it_has_started(here: blocked.Family) -> None:
    child = os.fork()
    if not child:
        os.setsid()
        signal.pause()
    try:
        assert {one.pid for one in here._members()} >= {os.getpid(), child}
        assert os.getppid() not in {one.pid for one in here._members()}
        while os.getsid(child) != child:  # it has begun just now
            os.sched_yield()
        one = next(one for one in proc.processes() if one.pid == child)
        assert (one.parent, one.group, one.session) == (os.getpid(), child, child)
        os.kill(child, signal.SIGSTOP)
        os.waitpid(child, os.WUNTRACED)
        assert {one.pid: one.state for one in proc.processes()}[child] == "T"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_thread_that_waits_for_a_lock(here: blocked.Family) -> None:
    """Of this very process."""
    gate, told = threading.Lock(), []
    gate.acquire()
    waiting = threading.Thread(target=lambda: (told.append(threading.get_native_id()), gate.acquire()))
    waiting.start()
    try:
        state: Callable[[], bytes] = lambda: proc.read(os.getpid(), told[0], "syscall")  # noqa: E731
        while not told or state().startswith(b"running"):
            pass
        assert not here._is_free(os.getpid(), told[0], state().split())
    finally:
        gate.release()
        waiting.join()


# --- the loop's own word for it


def test_a_beat_tells_since_when_nothing_else_can_wake_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    now, words, noted = [1000], memoryview(bytearray(8 * ring.CONTROL_WORDS)).cast("Q"), []
    monkeypatch.setattr(heartbeat, "clock", lambda: now[0])
    beats = heartbeat.Beats(words)
    beats.note = lambda: noted.append(now[0])
    told = []
    for idle in (False, True, True, False, True, True, True):
        now[0] += 600_000_000
        beats.idle = lambda idle=idle: idle
        beats.next_s()
        told.append(words[ring.C_IDLE])
    assert told == [0, 1_200_001_000, 1_200_001_000, 0, 3_000_001_000, 3_000_001_000, 3_000_001_000]
    assert noted == [4_200_001_000]  # once, when it had lasted for long


# --- words

STACKS = """Thread 0x00007f01 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 320 in wait
  File "your code", line 12 in take
  File "your code", line 5 in job

Current thread 0x00007F02 (most recent call first):
  File "your code", line 99 in job

Thread 0x00007f03 [worker 1] (most recent call first):
  File "your code", line 7 in job
"""


def test_the_innermost_line_of_your_code_in_each_thread() -> None:
    assert stuck.lines_of(4, STACKS) == {(4, 0x7F01): 12, (4, 0x7F03): 7}
    assert stuck.lines_of(4, STACKS.replace("first)", "first, approximate line numbers)")) == {}


@pytest.mark.parametrize(
    ("workers", "waiting", "words"),
    [
        (1, 1, "The thread waits for a lock or a queue, and nobody can let it go on."),
        (2, 2, "Both threads wait for a lock or a queue, and nobody can let them go on."),
        (3, 3, "All 3 threads wait for a lock or a queue, and nobody can let them go on."),
        (3, 1, "1 of 3 threads waits for a lock or a queue, and nobody can let it go on."),
        (3, 2, "2 of 3 threads wait for a lock or a queue, and nobody can let them go on."),
    ],
)
def test_the_first_line_says_how_many(workers: int, waiting: int, words: str) -> None:
    assert stuck.headline(Recipe(workers=workers), waiting) == words


def test_of_many_the_first_are_told() -> None:
    headers = np.zeros((20, ring.HEADER_WORDS), np.uint64)
    for number, header in enumerate(headers):
        header[ring.W_PID], header[ring.W_IDENT], header[ring.W_LINE] = 7, 1000 + number, 2
    code = "first()\n" + "x" * 80 + "\n    third()"
    recipe = Recipe(workers=20, code=code)
    told = stuck.words(recipe, headers, list(range(20)), {(7, 1000): 3, (8, 1001): 1, (7, 1002): 9}).splitlines()
    assert told[1] == "A waits in line 3, “third()”"
    assert told[2] == f"B waits in line 2, “{'x' * 59}…”"
    assert told[3] == "C waits in line 9"
    assert told[-1] == "and 12 more"
    assert len(told) == 1 + stuck.MOST_TOLD + 1
