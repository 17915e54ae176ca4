"""The user's own code in labs: every kind of it under every model that it fits, in every Python."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from playground import catalogue
from playground.figures.records import STUCK, TIME_UP
from playground.hosts import Host
from playground.lab.wire import ring
from playground.reading import states
from playground.reading.reading import MODULE
from playground.recipe.own_code import error_line, examples, look_at
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import (
    LIMIT_S,
    LINUX,
    START_METHODS,
    family,
    finished,
    left,
    read_again,
    running,
    to_the_end,
    until,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="seen only on systems with process groups")

AWAITING = [entry.name for entry in catalogue.models() if entry.awaits]
MODELS = [
    entry.name for entry in catalogue.models() if "lab" in entry.hosts and pythons.that_can(entry.name) is not None
]
SMALL = {"pool_size": 2, "processes": 2, "interpreters": 2}

every_model = pytest.mark.parametrize("model", MODELS)
every_awaiting = pytest.mark.parametrize("model", AWAITING)
every_python = pytest.mark.parametrize("name", pythons.WANTED)

PLAIN = """
    import time

    def work(i):
        return sum(range(1000 * i))

    def job(i, n):
        time.sleep(0.002)
        return [i, n, work(i)]
"""
PLAIN_ANSWER = [[i, 3, sum(range(1000 * i))] for i in range(3)]

AWAITED = """
    import asyncio

    async def job(i, n):
        await asyncio.sleep(0.002)
        return [i, n, await asyncio.gather(part(1), part(2))]

    async def part(number):
        await asyncio.sleep(0)
        return number
"""

OPS = """
    SHARED = {"door": LOCK, "tasks": queue(2), "open": EVENT, "room": semaphore(2)}

    def work(number):
        return number * number

    def job(i, n):
        if i == 0:
            for number in range(3 * (n - 1)):
                yield Put("tasks", number)
            yield Set("open")
            return n
        found = []
        for _ in range(3):
            yield Acquire("room")
            yield Acquire("door")
            number = yield Get("tasks")
            yield Release("door")
            yield Release("room")
            found.append((yield Call(work, number)))
        yield Sleep(0.001)
        yield Wait("open")
        return found
"""


def recipe_of(code: str, model: str = "threads", **fields: object) -> Recipe:
    knobs = {
        name: value for name, value in SMALL.items() if name in {knob.name for knob in catalogue.model(model).knobs}
    }
    knobs.update(fields.pop("knobs", {}))  # type: ignore[call-overload]
    given: dict[str, object] = {"workers": 3, "interpreter": pythons.that_can(model) or "", **fields}
    return checked(Recipe(job="own", model=model, code=textwrap.dedent(code), knobs=knobs, **given))


def well(run: Run) -> Run:
    assert (run.engine.outcome, run.engine.error) == ("finished", None)
    return run


def parted(answers: object) -> list[object]:
    """Who got which number from a queue is chance."""
    assert isinstance(answers, list)
    first, *others = answers
    return [first, *sorted(number for found in others for number in found)]


# --- every kind, under every model


@every_model
def test_a_plain_function_runs_as_it_is(model: str) -> None:
    with finished(recipe_of(PLAIN, model)) as run:
        assert well(run).reading.answer == PLAIN_ANSWER
        figures = run.statistics()
        assert [worker.ops for worker in figures.workers] == [1, 1, 1]
        assert figures.progress is None
        assert figures.lost_records == 0


FORKED = """
    import os, sys

    {job}
        child = os.fork()
        if not child:
            {child}
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


@pytest.mark.parametrize("job", ["def job(i, n):", "async def job(i, n):", "def job(i, n):\n        yield Call(int)"])
@pytest.mark.parametrize(
    ("child", "code"), [("return 1", 0), ("raise ValueError('of a child')", 1), ("sys.exit(3)", 3)]
)
def test_a_forked_child_that_comes_back_is_not_the_worker(job: str, child: str, code: int) -> None:
    model = "asyncio" if "async" in job else "processes"  # whose workers' clocks a child does not have
    with finished(recipe_of(FORKED.format(job=job, child=child), model, workers=2)) as run:
        assert well(run).reading.answer == [code, code]
        assert len(run.directory.reports()) == 2
        assert ("ValueError: of a child" in run.engine.log) == ("Value" in child)  # type: ignore[attr-defined]


def test_nor_does_one_that_the_module_forks_become_a_lab(tmp_path: Path) -> None:
    note = f"open({str(tmp_path / 'jobs')!r}, 'a').write(f'{{child > 0}} ')"
    fork = "import os\nchild = os.fork()\nchild and os.waitpid(child, 0)\n"
    with finished(recipe_of(f"{fork}def job(i, n):\n    {note}\n    return child > 0\n")) as run:
        assert well(run).reading.answer == [True, True, True]
        assert (tmp_path / "jobs").read_text() == "True True True "


@pytest.mark.parametrize("method", START_METHODS)
@pytest.mark.parametrize("model", ["processes", "process-pool", "processes-threads"])
def test_processes_that_are_started_in_every_way(model: str, method: str) -> None:
    with finished(recipe_of(PLAIN, model, knobs={"start_method": method})) as run:
        assert well(run).reading.answer == PLAIN_ANSWER


@every_awaiting
def test_a_coroutine_is_awaited(model: str) -> None:
    with finished(recipe_of(AWAITED, model)) as run:
        assert well(run).reading.answer == [[i, 3, [1, 2]] for i in range(3)]


@every_model
def test_a_generator_of_ops_is_a_job_like_any_other(model: str) -> None:
    at_once = {"pool_size": 3} if "pool" in model else {}
    workers = 1 if model == "serial" else 3  # who waits for one that comes after him waits for ever
    code = OPS if model != "serial" else "def job(i, n):\n    return [(yield Call(int, '7')), (yield Sleep(0.001)), n]"
    with finished(recipe_of(code, model, workers=workers, knobs=at_once)) as run:
        answer = well(run).reading.answer
        assert answer == [[7, None, 1]] if model == "serial" else parted(answer) == [3, 0, 1, 4, 9, 16, 25]


@every_python
def test_every_python(name: str) -> None:
    python = pythons.python(name)
    for code, model in ((PLAIN, "threads"), (PLAIN, "processes"), (AWAITED, "asyncio"), (OPS, "threads")):
        with finished(recipe_of(code, model, interpreter=python.path)) as run:
            well(run)
            assert run.engine.facts.version == python.facts.version
            assert len(run.reading.answer) == 3


def test_it_is_called_as_often_as_it_says() -> None:
    plain = "calls = 0\ndef job(i, n):\n    global calls\n    calls += 1\n    return calls"
    asked = "calls = 0\ndef job(i, n):\n    global calls\n    calls += 1\n    yield Sleep(0)\n    return calls"
    awaited = "calls = 0\nasync def job(i, n):\n    global calls\n    calls += 1\n    return calls"
    for code, model in ((plain, "serial"), (asked, "serial"), (awaited, "asyncio"), (plain, "asyncio-to-thread")):
        with finished(recipe_of(code, model, workers=1, amount=5)) as run:
            assert well(run).reading.answer == [5]
            assert run.statistics().workers[0].ops == 5
            assert run.statistics().progress == 1.0


def test_a_module_runs_once_in_each_process() -> None:
    """In the lab too, where what workers share is made."""
    code = """
        import os
        with open("runs", "a") as file:
            file.write(f"{os.getpid()}\\n")

        def job(i, n):
            return os.getpid()
    """
    for model, processes in (("threads", 1), ("processes", 4)):
        with finished(recipe_of(code, model)) as run:
            pids = set(well(run).reading.answer)
            runs = (run.directory.path / "runs").read_text().split()
            assert len(runs) == len(set(runs)) == processes
            assert pids <= {int(pid) for pid in runs}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{'a': (1, 2)}", {"a": [1, 2]}),
        ("{1, 2}", "{1, 2}"),
        ("{(1, 2): 3}", "{(1, 2): 3}"),
        ("b'x'", "b'x'"),
        ("Odd()", "a Odd that cannot be told: ZeroDivisionError"),
        ("'x' * 200_000", "'" + "x" * 99_999),
    ],
)
def test_a_result_is_told_as_it_is_or_as_python_writes_it(source: str, told: object) -> None:
    code = f"class Odd:\n    def __repr__(self): 1 / 0\ndef job(i, n): return {source}"
    with finished(recipe_of(code, "serial", workers=1)) as run:
        assert well(run).reading.answer == [told]


# --- what goes wrong


@every_model
def test_an_exception_ends_its_worker_with_the_users_lines(model: str) -> None:
    code = """
        import json

        def read(text):
            return json.loads(text)

        def job(i, n):
            if i == 1:
                return read("{")
            return i
    """
    with finished(recipe_of(code, model)) as run:
        figures = run.statistics()
        assert figures.outcome == "failed"
        assert [worker.error is not None for worker in figures.workers] == [False, True, False]
        error = figures.workers[1].error or ""
        assert error_line(error) == 5
        assert error.count("File ") == error.count('File "your code"') == 2
        assert "    return json.loads(text)" in error
        assert "json.decoder.JSONDecodeError: " in error.splitlines()[-1]
        assert run.reading.results == {0: 0, 2: 2}


@pytest.mark.parametrize(
    ("line", "words", "model", "code"),
    [
        (3, "ZeroDivisionError", "asyncio", "async def job(i, n):\n    x = 1\n    x / 0"),
        (4, "ZeroDivisionError", "asyncio", "async def job(i, n):\n    await a()\nasync def a():\n    1 / 0"),
        (2, "ZeroDivisionError", "threads", "def job(i, n):\n    yield Call(lambda: 1 / 0)"),
        (2, "invalid literal for int", "generators", "def job(i, n):\n    yield Call(int, 'x')"),
        (3, "KeyError", "processes", "def job(i, n):\n    yield Sleep(0)\n    yield Acquire('nothing')"),
        (2, "TypeError", "generators", "def job(i, n):\n    yield Sleep('x')"),
        (2, "KeyError", "generators", "def job(i, n):\n    yield Acquire('nothing')"),
        (3, "KeyError", "greenlet", "def job(i, n):\n    yield Sleep(0)\n    yield Acquire('nothing')"),
        (2, "job yields 5, which is no op", "threads", "def job(i, n):\n    yield 5"),
        (2, "job yields [], which is no op", "asyncio", "def job(i, n):\n    yield []"),
        (2, "your code called sys.exit(3)", "threads", "def job(i, n):\n    raise SystemExit(3)"),
        (2, "your code called sys.exit(3)", "asyncio", "async def job(i, n):\n    raise SystemExit(3)"),
        (2, "your code called sys.exit()", "gevent", "def job(i, n):\n    raise SystemExit"),
        (2, "your code called sys.exit()", "greenlet", "def job(i, n):\n    yield Sleep(0) if exit() else 1"),
        (1, "ZeroDivisionError", "threads", "1 / 0\ndef job(i, n): pass"),
        (1, "your code called sys.exit('no')", "processes", "raise SystemExit('no')\ndef job(i, n): pass"),
        (1, "KeyboardInterrupt", "threads", "raise KeyboardInterrupt\ndef job(i, n): pass"),
        (2, "KeyboardInterrupt", "threads", "def job(i, n):\n    raise KeyboardInterrupt"),
        (2, "KeyboardInterrupt", "asyncio", "async def job(i, n):\n    raise KeyboardInterrupt"),
        (2, "RecursionError", "processes", "def job(i, n):\n    return job(i, n)"),
        (2, "SyntaxError", "3.8", "def job(i, n):\n    match i:\n        case _: pass"),
        (None, "SHARED['a'] is 3; allowed: LOCK", "threads", "SHARED = {'a': 3}\ndef job(i, n): yield Sleep(0)"),
    ],
)
def test_the_line_of_what_went_wrong(line: int | None, words: str, model: str, code: str) -> None:
    if model in pythons.WANTED:  # an older Python than the one that has looked at it
        recipe = recipe_of(code, interpreter=pythons.python(model).path)
    elif pythons.that_can(model) is None:
        pytest.skip(f"nobody here can run {model}")
    else:
        recipe = recipe_of(code, model, workers=1)
    with finished(recipe) as run:
        assert run.engine.outcome == "failed"
        assert words in (run.engine.error or "")
        assert error_line(run.engine.error or "") == line
        assert set(run.errors) <= {0, MODULE}
        assert run.errors
        # Where no line of the code is to blame, the lab's own are told.
        assert ("playground/lab" in (run.engine.error or "")) == (line is None)


def test_who_yields_no_op_hears_of_it_and_may_go_on() -> None:
    code = """
        def job(i, n):
            try:
                yield 5
            except TypeError:
                yield Sleep(0)
                return "told"
    """
    with finished(recipe_of(code, workers=1)) as run:
        assert well(run).reading.answer == ["told"]


@pytest.mark.parametrize("model", MODELS)
def test_what_an_op_raises_is_raised_at_its_yield(model: str) -> None:
    code = """
        def job(i, n):
            try:
                yield Call(int, "x")
            except ValueError:
                yield Sleep(0.001)
                return "caught"
    """
    with finished(recipe_of(code, model)) as run:
        assert well(run).reading.answer == ["caught"] * 3


# --- stop and pause


WAITS = ("import time; time.sleep(1000)", "import threading as t; t.Event().wait()")
AFEW = [name for name in ("threads", "processes", "asyncio", "gevent") if name in MODELS]


@pytest.mark.parametrize(
    ("model", "code"),
    [*((model, "while True: pass") for model in MODELS), *((model, code) for model in AFEW for code in WAITS)],
)
def test_stop_ends_whatever_it_does(model: str, code: str) -> None:
    with running(recipe_of(f"def job(i, n):\n    {code}", model, workers=2)) as run:
        until(run, lambda: run.rings.column(ring.W_STARTED).any())
        processes = family(run)
        run.stop()
        to_the_end(run)
        assert (run.engine.outcome, run.engine.error) == ("stopped", None)
        assert not left(processes)


def test_a_run_is_over_after_its_seconds() -> None:
    with finished(recipe_of("def job(i, n):\n    while True: pass", workers=2, seconds=0.3)) as run:
        assert run.engine.outcome == TIME_UP


STEPS = "def job(i, n):\n    while True:\n        sum(range(500))\n        checkpoint()"


@pytest.mark.parametrize("model", [name for name in MODELS if name not in ("serial",)])
def test_checkpoints_count_and_tell_the_line_and_there_it_pauses(model: str) -> None:
    with running(recipe_of(STEPS, model, workers=2)) as run:
        until(run, lambda: run.statistics().workers[0].ops > 50)
        assert int(run.rings.headers[0, ring.W_LINE]) == 4
        run.pause(True)
        until(run, lambda: (run.rings.column(ring.W_STATE) == ring.PAUSED).any() and paused(run))
        before = run.rings.column(ring.W_OPS).sum()
        time.sleep(0.05)
        assert run.rings.column(ring.W_OPS).sum() == before
        run.pause(False)
        until(run, lambda: run.rings.column(ring.W_OPS).sum() > before + 50)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"


def paused(run: Run) -> bool:
    states = run.rings.column(ring.W_STATE)[run.rings.column(ring.W_STARTED) > 0]
    return bool((states != ring.RUN).all())


def stands_still(run: Run) -> bool:
    before, moment = run.reading.lanes.spent.sum(), time.monotonic()
    until(run, lambda: time.monotonic() > moment + 0.3)
    return bool(run.reading.lanes.spent.sum() - before < 0.05e9)


@pytest.mark.skipif(not LINUX, reason="elsewhere it pauses at its next checkpoint only")
@pytest.mark.parametrize("model", ["threads", "processes", "asyncio", "asyncio-to-thread"])
def test_code_that_never_asks_is_paused_all_the_same(model: str) -> None:
    with running(recipe_of("def job(i, n):\n    while True: pass", model, workers=2)) as run:
        until(run, lambda: run.reading.lanes.spent[0, states.RUN] > 0.05e9)
        run.pause(True)
        until(run, lambda: run.freezer and run.freezer.since)
        pids = run.rings.pids_here()
        until(run, lambda: all(psutil.Process(pid).status() == psutil.STATUS_STOPPED for pid in pids))
        until(run, lambda: run.statistics().workers[0].state == "paused")
        until(run, lambda: stands_still(run))  # samples from before may come in late
        assert run.phase == "paused"
        run.pause(False)
        ran = run.reading.lanes.spent[:, states.RUN].sum()
        until(run, lambda: run.reading.lanes.spent[:, states.RUN].sum() > ran + 0.1e9)
        assert run.statistics().workers[0].state != "paused"
        life = time.perf_counter_ns() - (run.started_ns or 0)
        assert run.reading.lanes.spent[0].sum() < life - 0.3e9
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"


@pytest.mark.skipif(not LINUX, reason="elsewhere it pauses at its next checkpoint only")
@pytest.mark.parametrize("model", ["threads", "processes"])
def test_what_is_stopped_while_it_stands_still_leaves_nothing(model: str) -> None:
    with running(recipe_of("def job(i, n):\n    while True: pass", model, workers=2)) as run:
        until(run, lambda: run.rings.column(ring.W_STARTED).all())
        run.pause(True)
        until(run, lambda: run.freezer and run.freezer.since)
        processes = family(run)
        run.stop()
        to_the_end(run)
        assert (run.engine.outcome, run.engine.error) == ("stopped", None)
        assert not left(processes)


def test_who_pauses_by_itself_need_not_be_stopped() -> None:
    with running(recipe_of(STEPS, workers=2)) as run:
        until(run, lambda: run.rings.column(ring.W_OPS).all())
        run.pause(True)
        until(run, lambda: (run.rings.column(ring.W_STATE) == ring.PAUSED).all())
        moment = time.monotonic()
        until(run, lambda: time.monotonic() > moment + 0.3)
        assert run.freezer is not None
        assert run.freezer.since is None


# --- lanes that are told exactly


def kinds(run: Run, lane: int) -> list[int]:
    return list(read_again(run)[lane]["kind"])


def test_checkpoints_cut_a_lane_into_steps() -> None:
    code = "def job(i, n):\n    for _ in range(3):\n        sum(range(1000)); checkpoint()"
    with finished(recipe_of(code, workers=1)) as run:
        assert kinds(well(run), 0) == [ring.RUN] * 4
        records = read_again(run)[0]
        assert (records["start"][1:] == records["end"][:-1]).all()
        assert run.statistics().workers[0].ops == 4


def test_a_coroutine_tells_what_it_waits_for() -> None:
    code = """
        import asyncio

        door = asyncio.Lock()
        reached = None

        async def job(i, n):
            global reached
            if i == 0:
                reached = asyncio.Event()
                async with door:
                    await asyncio.sleep(0.3)
                reached.set()
                reader, writer = await asyncio.open_connection("127.0.0.1", await serve())
                await reader.read()
                writer.close()
                return
            await asyncio.sleep(0.01)
            async with door:
                pass
            await reached.wait()

        async def serve():
            async def answer(reader, writer):
                await asyncio.sleep(0.05)
                writer.close()
            server = await asyncio.start_server(answer, "127.0.0.1", 0)
            return server.sockets[0].getsockname()[1]
    """
    with finished(recipe_of(code, "asyncio", workers=2)) as run:
        spent = well(run).reading.lanes.spent / 1e9
        assert spent[0, states.SLEEP] > 0.29
        assert spent[1, states.SLEEP] > 0.009
        assert spent[1, states.LOCK] > 0.1
        assert ring.IO in kinds(run, 0)


def test_the_tasks_that_a_coroutine_starts_are_parts_of_its_lane() -> None:
    code = """
        import asyncio
        import time

        async def part():
            until = time.thread_time() + 0.05
            while time.thread_time() < until:
                pass
            await asyncio.sleep(0.05)

        async def job(i, n):
            await asyncio.gather(part(), part())
    """
    with finished(recipe_of(code, "asyncio", workers=1)) as run:
        worker = well(run).statistics().workers[0]
        assert worker.cpu_s > 0.09  # both of them
        assert run.reading.lanes.spent[0, states.SLEEP] / 1e9 > 0.045


def test_gevent_switches_where_patched_code_seems_to_block() -> None:
    if pythons.that_can("gevent") is None:
        pytest.skip("nobody here has gevent")
    code = """
        import queue, socket, threading, time

        door, tasks = threading.Lock(), queue.Queue()
        a, b = socket.socketpair()

        def job(i, n):
            if i == 0:
                with door:
                    time.sleep(0.3)
                a.recv(1)
                return tasks.get()
            with door:
                pass
            time.sleep(0.3)
            b.send(b"x")
            time.sleep(0.3)
            tasks.put(7)
            return 0
    """
    with finished(recipe_of(code, "gevent", workers=2)) as run:
        assert well(run).reading.answer == [7, 0]
        spent = run.reading.lanes.spent / 1e9
        assert spent[0, states.SLEEP] > 0.29
        assert spent[0, states.IO] > 0.1
        assert spent[0, states.LOCK] > 0.1
        assert spent[1, states.LOCK] > 0.1
        assert spent[1, states.SLEEP] > 0.59
        assert (run.reading.lanes.spent[:, states.RUN] / 1e9 < 0.09).all()


def test_without_patching_gevent_is_held_up() -> None:
    if pythons.that_can("gevent") is None:
        pytest.skip("nobody here has gevent")
    code = """
        import time

        def job(i, n):
            begun = time.perf_counter()
            time.sleep(0.5)
            return [begun, time.perf_counter()]
    """
    for patched, apart in (("yes", False), ("no", True)):
        with finished(recipe_of(code, "gevent", workers=2, knobs={"monkey_patch": patched})) as run:
            (_, first_ends), (second_begins, _) = sorted(well(run).reading.answer)
            assert (second_begins >= first_ends) == apart


# --- lanes that are sampled


@pytest.mark.skipif(not LINUX, reason="only Linux tells what another thread waits for")
@pytest.mark.parametrize("model", ["threads", "processes", "asyncio-to-thread", "subinterpreters"])
def test_what_plain_code_does_is_seen_from_outside(model: str) -> None:
    """Of 0.3 s of each: computing, sleeping, a lock, a socket. On a busy machine they wait for a core too."""
    if pythons.that_can(model) is None:
        pytest.skip(f"nobody here can run {model}")
    code = """
        import socket, threading, time

        def wait_for_a_lock():
            door = threading.Lock()
            door.acquire()
            door.acquire(timeout=0.3)

        def wait_for_a_socket():
            a, b = socket.socketpair()
            a.settimeout(0.3)
            try:
                a.recv(1)
            except OSError:
                pass

        def job(i, n):
            until = time.thread_time() + 0.3
            while time.thread_time() < until:
                sum(range(100))
            time.sleep(0.3)
            wait_for_a_lock()
            wait_for_a_socket()
    """
    with finished(recipe_of(code, model, workers=2)) as run:
        well(run)
        assert run.reading.lanes_source == run.statistics().lanes_source == "sampled"
        for worker, spent in zip(run.statistics().workers, run.reading.lanes.spent / 1e9, strict=True):
            assert spent[states.RUN] == pytest.approx(worker.cpu_s, abs=0.08)
            for state in (states.SLEEP, states.LOCK, states.IO):
                assert 0.2 < spent[state] < 0.4 + 0.3 * spent[states.CORE], states.WORDS[state]
            started, ended = run.reading.life(worker.index)
            life = (ended - started) / 1e9
            assert spent.sum() == pytest.approx(life, abs=0.05)
        assert_whole(run)


def assert_whole(run: Run) -> None:
    """Nothing is told twice: the segments of a lane follow one another."""
    segments = run.reading.lanes.between(0, 1 << 62)
    for lane in range(run.reading.lanes.lanes):
        own = np.sort(segments[segments["lane"] == lane], order="start")
        assert (own["start"][1:] >= own["end"][:-1]).all()


@pytest.mark.skipif(not LINUX, reason="only Linux tells what another thread waits for")
@pytest.mark.parametrize("name", ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", pythons.PYPY])
def test_waiting_for_the_gil_is_not_taken_for_a_lock(name: str) -> None:
    code = """
        import time

        def job(i, n):
            until = time.thread_time() + 0.3
            while time.thread_time() < until:
                sum(range(100))
    """
    with finished(recipe_of(code, workers=3, interpreter=pythons.python(name).path)) as run:
        spent = well(run).reading.lanes.spent.sum(axis=0) / 1e9
        assert run.reading.lanes_source == "sampled"
        assert spent[states.GIL] + spent[states.CORE] > 0.6  # of three that take 0.3 s each, two always wait
        assert spent[states.GIL] > 0.1
        assert spent[states.LOCK] + spent[states.SLEEP] + spent[states.IO] < 0.1 * spent.sum()


@pytest.mark.skipif(not LINUX, reason="only Linux tells what another thread waits for")
def test_a_long_call_is_seen_while_it_goes_on() -> None:
    """Its lane grows, its CPU time is counted, and what it does now is told."""
    code = "import time\ndef job(i, n):\n    while i: pass\n    time.sleep(1000)"
    with running(recipe_of(code, workers=2)) as run:
        until(
            run,
            lambda: run.reading.lanes.spent[0, states.SLEEP] > 0.2e9 and run.reading.lanes.spent[1, states.RUN] > 0.2e9,
        )
        sleeper, busy = run.statistics().workers
        assert (sleeper.state, busy.state) == ("sleeping", "running")
        assert sleeper.share.sleep > 0.8
        assert busy.cpu_s > 0.15
        assert run.reading.lanes.spent[0, states.RUN] < 0.1e9
        now = time.perf_counter_ns()
        assert run.reading.lanes.tail(0, now)[1] == states.SLEEP
        run.stop()
        to_the_end(run)
        assert_whole(run)


def test_where_nobody_can_look_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "probe", property(lambda _: lambda: [sys.executable, "-c", "pass"]))
    with finished(recipe_of("import time\ndef job(i, n): time.sleep(0.05)", workers=1)) as run:
        assert well(run).statistics().lanes_source == "estimated"
        assert run.reading.lanes.spent[0].sum() > 0.05e9


@pytest.mark.parametrize(("model", "code"), [("threads", OPS), ("asyncio", AWAITED)])
def test_what_code_tells_itself_is_recorded(model: str, code: str) -> None:
    with finished(recipe_of(code, model)) as run:
        assert well(run).statistics().lanes_source == "recorded"


def test_recorded_lanes_say_so() -> None:
    with finished(checked(Recipe(job="sleep", workers=1, amount=1))) as run:
        assert run.reading.lanes_source == run.statistics().lanes_source == "recorded"
        assert run.directory.samples.exists()  # what a sleep really waits for is looked at
    with finished(checked(Recipe(job="sleep", model="asyncio", workers=1, amount=1))) as run:
        assert run.reading.lanes_source == "recorded"
        assert not run.directory.samples.exists()  # of workers in one thread it cannot be seen


# --- examples


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_every_example_runs(example: object) -> None:
    text = example.text  # type: ignore[attr-defined]
    models = {"async": ["asyncio"], "ops": ["generators"]}.get(look_at(text).kind, ["threads"])
    for model in models:
        with finished(recipe_of(text, model, workers=2), 3 * LIMIT_S) as run:
            if example.title == "Deadlock":  # type: ignore[attr-defined]
                assert run.engine.outcome == STUCK
                continue
            well(run)
            assert len(run.reading.answer) == 2
