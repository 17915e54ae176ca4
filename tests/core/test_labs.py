"""Real labs: the same work under every model, every start method and every Python that this machine has."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.interpreters import known
from playground.lab.jobs import primes
from playground.lab.wire import ring
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from tests import matrix
from tests.core import pythons
from tests.core.labs import (
    LINUX,
    WAYS,
    finished,
    forget_added,
    made_of,
    ops,
    read_again,
    recipe_of,
    running,
    step,
    to_the_end,
    until,
    until_all_work,
    wait_for,
)

shell = pytest.mark.skipif(os.name != "posix", reason="scripts of the shell stand for Pythons")

SIZE = 300

JOBS = {
    # what each op gives back decides the next: an order that differs cannot end in the same result
    "chain": """
def step(worker, number, before):
    return (before * 31 + number * 7 + worker) % 1000003

def ops(worker, amount):
    value, seen = worker, []
    for number in numbers(amount):
        if number % 3 == 2:
            nothing = yield Sleep(0.0001)
            assert nothing is None
        else:
            value = yield Call(step, worker, number, value)
        seen.append(value)
    return seen
""",
    "fixed_primes": """
from playground.lab.jobs.primes import known_counts, ops
def prepare(calibrate, knobs):
    return {"size": 300, "known": known_counts(300)}
""",
    "fixed_hash": """
from playground.lab.jobs.hash import ops
def prepare(calibrate, knobs):
    return {"size": 4096}
""",
    "raising": """
def fail(worker):
    raise ValueError("worker %d has had enough" % worker)

def ops(worker, amount):
    for number in numbers(amount):
        yield Call(int)
        if worker == 1 and number == 5:
            yield Call(fail, worker)
    return "done"
""",
    "talking": """
import os, sys
def talk():
    print('{"event": "ended"}')
    os.write(1, b'{"event": "failed", "error": "not true"}\\\\n')
    sys.stderr.write("a" * 100000)

def ops(worker, amount):
    for _ in numbers(amount):
        yield Call(talk)
""",
}


@pytest.fixture
def own_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made_of(tmp_path, monkeypatch, **JOBS)
    yield
    monkeypatch.undo()
    forget_added()


every_way = pytest.mark.parametrize("way", WAYS)


def results(run: Run) -> list[object]:
    found = {report.worker: report.result for report in run.directory.reports()}
    return [found.get(index) for index in range(run.recipe.workers)]


def expected_chain(worker: int, amount: int) -> list[int]:
    value, seen = worker, []
    for number in range(amount):
        if number % 3 != 2:
            value = (value * 31 + number * 7 + worker) % 1000003
        seen.append(value)
    return seen


def expected_primes(amount: int) -> int:
    chunks = (range(first, first + SIZE) for first in range(primes.FIRST, primes.FIRST + amount * SIZE, SIZE))
    return sum(all(number % divisor for divisor in range(2, 1050)) for chunk in chunks for number in chunk)


@every_way
@pytest.mark.usefixtures("own_jobs")
def test_every_worker_does_the_same_ops_in_the_same_order(way: str) -> None:
    with finished(recipe_of(way, job="chain", workers=3, amount=40)) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert results(run) == [expected_chain(worker, 40) for worker in range(3)]
        for header, written in zip(run.rings.headers, read_again(run), strict=True):
            ops = written["kind"][written["kind"] != ring.AFTER]  # a sleep may go on for longer than it was to
            assert list(ops) == [ring.SLEEP if n % 3 == 2 else ring.RUN for n in range(40)]
            assert (written["start"][1:] == written["end"][:-1]).all(), "no time between ops"
            assert int(written["start"][0]) >= header[ring.W_STARTED]
            assert int(written["end"][-1]) <= header[ring.W_ENDED]
        figures = run.statistics()
        assert [worker.ops for worker in figures.workers] == [40] * 3
        assert [worker.total for worker in figures.workers] == [40] * 3
        assert [worker.state for worker in figures.workers] == ["ended"] * 3
        assert [worker.share.total() for worker in figures.workers] == pytest.approx([1] * 3)
        assert figures.progress == 1
        assert figures.lost_records == 0
        assert figures.stop_ms is None


@every_way
@pytest.mark.usefixtures("own_jobs")
def test_what_the_jobs_give_is_right(way: str) -> None:
    with finished(recipe_of(way, job="fixed-primes", amount=4)) as run:
        assert results(run) == [expected_primes(4)] * 2
    with finished(recipe_of(way, job="fixed-hash", amount=4)) as run:
        assert results(run) == [hashlib.sha256(b"%08d" % worker * 512).hexdigest() for worker in range(2)]
    with finished(recipe_of(way, job="sleep", amount=4, knobs={"nap": 0.001})) as run:
        assert results(run) == [4, 4]


@every_way
def test_who_sleeps_is_seen_asleep(way: str) -> None:
    with finished(recipe_of(way, job="sleep", amount=4, knobs={"nap": 0.001})) as run:
        share = run.statistics().share
        assert share.sleep + share.wait_core > 0.5
        assert (share.blocked, share.io) == (0, 0)


@every_way
def test_a_worker_has_used_as_much_of_a_core_as_its_ops(way: str) -> None:
    """Also one whose thread was another worker's before. Windows counts CPU time in steps of 10 to 16 ms: there each
    does more, and both ends may be a step off."""
    amount, off = (1500, 0.035) if sys.platform == "win32" else (300, 0.01)
    with finished(recipe_of(way, workers=3, amount=amount)) as run:
        told = [int(records["cpu"].sum()) / 1e9 for records in read_again(run)]
        used = [worker.cpu_s for worker in run.statistics().workers]
        assert used == pytest.approx(told, rel=0.2, abs=off)


@every_way
def test_an_endless_run_goes_on_until_it_is_stopped(way: str) -> None:
    with running(recipe_of(way)) as run:
        until(run, lambda: ops(run) > 200)
        assert run.phase == "running"
        assert run.statistics().progress is None
        run.stop()
        to_the_end(run)
        figures = run.statistics()
        assert (figures.outcome, figures.error) == ("stopped", None)
        assert figures.stop_ms is not None
        assert 0 < figures.stop_ms < 1000
        assert figures.throughput > 0


@every_way
def test_a_timed_run_ends_by_itself(way: str) -> None:
    with finished(recipe_of(way, seconds=0.2)) as run:
        figures = run.statistics()
        assert (figures.outcome, figures.progress) == ("finished", 1)
        assert figures.seconds >= 0.2


@every_way
def test_a_pause_stops_the_work_and_a_resume_goes_on(way: str) -> None:
    with running(recipe_of(way)) as run:
        begun = (lambda: ops(run)) if way == "serial" else (lambda: all(run.rings.column(ring.W_OPS).tolist()))
        until(run, begun)
        run.pause(True)
        alive = np.flatnonzero(run.rings.column(ring.W_STARTED))
        until(run, lambda: (run.rings.column(ring.W_STATE)[alive] == ring.PAUSED).all())
        assert run.phase == "paused"
        before, generation = ops(run), run.rings.column(ring.W_SINCE)[alive].tolist()
        for _ in range(20):
            step(run)
            run.statistics()
        assert ops(run) == before
        assert run.rings.column(ring.W_SINCE)[alive].tolist() == generation
        run.pause(False)
        until(run, lambda: (run.rings.column(ring.W_STATE)[alive] == ring.RUN).all())
        until(run, lambda: ops(run) > before + 50)
        assert run.phase == "running"
        run.stop()
        to_the_end(run)
        written = read_again(run)
        for lane in alive:
            kinds = list(written[lane]["kind"])
            assert kinds.count(ring.PAUSED) == 1
            assert ring.RUN in kinds[kinds.index(ring.PAUSED) :]


@pytest.mark.parametrize("stamps", ["on", "off"])
def test_a_paused_run_can_be_stopped(stamps: str) -> None:
    with running(recipe_of("threads", knobs={"stamps": stamps})) as run:
        until_all_work(run)
        run.pause(True)
        until(run, lambda: all(word == ring.PAUSED for word in run.rings.column(ring.W_STATE).tolist()))
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == "stopped"


def test_without_stamps_a_resumed_worker_is_running_again() -> None:
    with running(recipe_of("threads", knobs={"stamps": "off"})) as run:
        until_all_work(run)
        run.pause(True)
        until(run, lambda: all(word == ring.PAUSED for word in run.rings.column(ring.W_STATE).tolist()))
        run.pause(False)
        until(run, lambda: all(word == ring.RUN for word in run.rings.column(ring.W_STATE).tolist()))


def test_a_pause_stretches_a_timed_run() -> None:
    with running(recipe_of("threads", seconds=0.5)) as run:
        until_all_work(run)
        over = time.perf_counter() + 0.5
        run.pause(True)
        until(run, lambda: time.perf_counter() > over)
        step(run)
        assert run.phase == "paused"
        run.pause(False)
        run.poll()
        assert run.phase == "running"
        to_the_end(run)
        assert run.statistics().outcome == "finished"
        assert run.statistics().progress == 1


@pytest.mark.skipif(not LINUX, reason="hand-offs are counted from outside")
def test_the_switch_interval_takes_effect_while_a_run_is_running() -> None:
    with running(recipe_of("threads", workers=4)) as run:
        until(run, lambda: run.reading.holders.samples > 20)

        def rate(interval: float) -> float:
            run.set_knob("switch_interval", interval)
            until(run, lambda: interval_of(run) == interval)
            before, begun = handoffs(run)
            until(run, lambda: handoffs(run)[1] > begun + 400_000_000)
            after, ended = handoffs(run)
            return (after - before) / (ended - begun)

        # Programs that keep a thread from its core blur the difference: then it takes another look.
        wait_for(lambda: 3 * rate(0.005) < rate(0.0002) > 3 * rate(0.005))


def interval_of(run: Run) -> float:
    """What the interpreter goes by, read from its memory."""
    address = max(run.rings.column(ring.W_GIL_ADDRESS).tolist())  # 0 until a worker has begun
    with open(f"/proc/{run.engine.pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return int.from_bytes(memory.read(8), "little") / 1e6


def handoffs(run: Run) -> tuple[int, int]:
    """By the interpreter's own counter, and when it was read."""
    reader = run.source.holders
    latest = reader._records[(reader.word(ring.W_HEAD) - 1) % reader.capacity]
    return int(latest["switches"]), int(latest["t"])


def test_stamping_can_be_switched_off_and_on_while_a_run_is_running() -> None:
    with running(recipe_of("threads")) as run:
        until_all_work(run)
        run.set_knob("stamps", "off")
        settled = ops(run) + 50
        until(run, lambda: ops(run) > settled)
        heads = run.rings.column(ring.W_HEAD)
        settled = ops(run) + 200
        until(run, lambda: ops(run) > settled)
        assert (run.rings.column(ring.W_HEAD) == heads).all()
        run.set_knob("stamps", "on")
        until(run, lambda: (run.rings.column(ring.W_HEAD) > heads + 20).all())


# --- work that fails


@every_way
@pytest.mark.usefixtures("own_jobs")
def test_a_worker_that_raises_fails_the_run_and_not_the_others(way: str) -> None:
    with finished(recipe_of(way, job="raising", workers=3, amount=10)) as run:
        figures = run.statistics()
        assert figures.outcome == "failed"
        assert "worker B raised" in (figures.error or "")
        assert "ValueError: worker 1 has had enough" in (figures.error or "")
        assert [worker.error is not None for worker in figures.workers] == [False, True, False]
        assert [worker.ops for worker in figures.workers] == [10, 6, 10]
        assert results(run) == ["done", None, "done"]


@every_way
@pytest.mark.usefixtures("own_jobs")
def test_what_a_job_prints_is_not_taken_for_an_answer(way: str) -> None:
    with finished(recipe_of(way, job="talking", amount=3)) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert run.statistics().progress == 1


@pytest.mark.usefixtures("own_jobs")
def test_a_job_that_cannot_be_prepared_fails_the_run(tmp_path: Path) -> None:
    path = tmp_path / "playground" / "lab" / "jobs" / "chain.py"
    refusal = (
        "\ndef prepare(calibrate, knobs):\n    raise OSError('no such picture')\nJOB = JOB._replace(prepare=prepare)\n"
    )
    path.write_text(path.read_text() + refusal)
    with finished(recipe_of("threads", job="chain", amount=3)) as run:
        assert run.engine.outcome == "failed"
        assert "OSError: no such picture" in (run.engine.error or "")


@pytest.mark.usefixtures("own_jobs")
def test_threads_that_the_system_refuses_fail_the_run(tmp_path: Path) -> None:
    """Those that have begun would otherwise keep the lab alive for ever."""
    path = tmp_path / "playground" / "lab" / "models" / "threads.py"
    refusal = "\n_start, _left = Thread.start, [3]\ndef start(self):\n    _left[0] -= 1\n    if _left[0] < 0:\n"
    refusal += '        raise RuntimeError("can\'t start new thread")\n    _start(self)\nThread.start = start\n'
    path.write_text(path.read_text() + refusal)
    with finished(recipe_of("threads", workers=6)) as run:
        assert run.engine.outcome == "failed"
        assert "can't start new thread" in (run.engine.error or "")


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no file that somebody has mapped")
@pytest.mark.usefixtures("own_jobs")
def test_a_worker_that_cannot_begin_fails_the_run() -> None:
    with running(recipe_of("threads", workers=3, job="chain", amount=10)) as run:
        run.directory.rings.unlink()
        to_the_end(run)
        assert run.engine.outcome == "failed"
        assert "rings" in (run.engine.error or "")


@pytest.mark.usefixtures("own_jobs")
def test_a_worker_that_cannot_even_leave_a_report_fails_the_run() -> None:
    with running(recipe_of("threads", workers=3, job="chain", amount=10)) as run:
        (run.directory.path / "reports").unlink()
        (run.directory.path / "reports").mkdir()
        to_the_end(run)
        assert run.engine.outcome == "failed"
        assert "reports" in (run.engine.error or "")


# --- every Python


@pytest.mark.parametrize(
    ("name", "way"),
    # test_models asks each Python first what it can, and leaves out what it cannot even import; here nobody asks.
    matrix.product(
        pythons.WANTED,
        list(WAYS),
        always=lambda name, way: (
            way in ("threads", "processes-spawn", "processes-forkserver") or name in (pythons.CPYTHONS[0], pythons.PYPY)
        ),
    ),
)
@pytest.mark.usefixtures("own_jobs")
def test_every_python_can_be_a_lab(name: str, way: str) -> None:
    one = pythons.python(name)
    with finished(recipe_of(way, job="chain", amount=20, interpreter=one.path)) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert results(run) == [expected_chain(worker, 20) for worker in range(2)]
        assert run.engine.facts.version == one.facts.version
        assert run.statistics().progress == 1


@pytest.mark.skipif(not LINUX, reason="the GIL is read from outside only there")
@pytest.mark.parametrize("name", pythons.WANTED)
def test_the_gil_of_every_cpython_is_measured(name: str) -> None:
    one = pythons.python(name)
    with running(recipe_of("threads", interpreter=one.path)) as run:
        if not one.facts.gil_enabled or one.facts.implementation != "CPython":
            until(run, lambda: ops(run) > 500)
            assert run.reading.gil_source == ("estimated" if one.facts.gil_enabled else "none")
            return
        until(run, lambda: run.reading.holders.samples > 200)
        figures = run.statistics().gil
        assert figures.source == "measured", figures.why
        assert sum(figures.held.values()) + (figures.free or 0) > 0.9, "the holders are workers"
        assert figures.handoffs_per_s


def test_a_python_of_another_folder_is_found_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").symlink_to(os.path.realpath(known.own().facts.path))
    monkeypatch.chdir(tmp_path)
    with finished(recipe_of("serial", job="sleep", amount=1, interpreter="./python", knobs={"nap": 0.001})) as run:
        assert run.engine.outcome == "finished", run.engine.error


@shell
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exit 0", "ended with exit code 0"),
        ("echo no such module >&2; exit 1", "no such module"),
        ('{python} "$@"', "wrapper"),
    ],
)
def test_what_is_no_lab_is_named_with_the_reason(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "python3"
    path.write_text("#!/bin/sh\n" + text.format(python=known.own().facts.path) + "\n")
    path.chmod(0o755)
    with finished(Recipe(interpreter=str(path), amount=1)) as run:
        assert run.engine.outcome == "failed"
        assert str(path) in (run.engine.error or "")
        assert says in (run.engine.error or "")


@shell
def test_one_that_hangs_does_not_hang_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.run.lab_session.READY_S", 0.3)
    path = tmp_path / "python3"
    path.write_text("#!/bin/sh\nsleep 600\n")
    path.chmod(0o755)
    with finished(Recipe(interpreter=str(path), amount=1)) as run:
        assert run.engine.outcome == "failed"
        assert "0.3 s" in (run.engine.error or "")


def test_one_that_is_not_there_is_named() -> None:
    with finished(Recipe(interpreter="/nonexistent/python", amount=1)) as run:
        assert run.engine.outcome == "failed"
        assert re.search(r"nonexistent.python' cannot be started: \w+", run.engine.error or "")


# --- many


@pytest.mark.skipif(not LINUX, reason="counts threads through /proc")
def test_threads_begin_together() -> None:
    """One that works already would make starting the next one ever slower."""
    with running(recipe_of("threads", workers=48)) as run:
        until(run, lambda: ops(run) > 0)
        assert len(list(Path(f"/proc/{run.engine.pid}/task").iterdir())) >= 48


@pytest.mark.parametrize(("way", "workers"), [("threads", 500), ("threads", 2000), ("processes-fork", 64)])
def test_many_workers(way: str, workers: int) -> None:
    with running(recipe_of(way, job="sleep", workers=workers, knobs={"nap": 0.05})) as run:
        until(run, lambda: all(run.rings.column(ring.W_OPS).tolist()), 60)
        run.stop()
        to_the_end(run)
        figures = run.statistics()
        assert figures.outcome == "stopped"
        assert json.dumps(run.engine.error) == "null"
        assert all(worker.ops for worker in figures.workers)
        assert figures.lost_records == 0
