"""Subinterpreters: several GILs in one process are told apart, and each is watched. What they do is in test_models."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from playground.lab.blocking import pipes
from playground.lab.watching import gil
from playground.reading.holds.who_held import STRANGER
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import LINUX, finished, forget_added, made_of, running, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="seen only on systems with process groups")
ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60
every_python = pytest.mark.parametrize("name", ["3.12", "3.13", "3.14", "3.15", *pythons.FREE_THREADED])
with_a_gil = pytest.mark.parametrize("name", ["3.12", "3.13", "3.14", "3.15"])

UNREADY = """
def ops(worker, amount):
    if worker == 1:
        raise OSError("not this one")
    return some(amount)

def some(amount):
    for _ in numbers(amount):
        yield Call(int)
"""


def recipe(name: str, **fields: object) -> Recipe:
    python = pythons.python(name)
    why = python.models.get("subinterpreters", "it was not asked")
    if why is not None:
        pytest.skip(why)
    return Recipe(model="subinterpreters", interpreter=python.path, **fields)


def until_watched(run: Run) -> list[list[int]]:
    """Who was seen to hold each GIL; that of a lab that gets few of the cores is often free."""
    until(run, lambda: run.reading.holders.samples > 200 and all(run.statistics().gil.held.values()))
    figures = run.statistics().gil
    assert figures.source == "measured", figures.why
    samples = run.reading.holders.between(0, 2**62)
    assert (samples["lane"] == STRANGER).mean() < 0.1
    samples = samples[samples["lane"] >= 0]
    return sorted(np.unique(samples["lane"][samples["target"] == one]).tolist() for one in np.unique(samples["target"]))


@pytest.mark.skipif(not LINUX, reason="the GIL is read from outside only there")
@with_a_gil
def test_each_interpreter_has_a_gil_that_its_worker_holds(name: str) -> None:
    with running(recipe(name, workers=3)) as run:
        assert until_watched(run) == [[0], [1], [2]]
        assert [list(one.lanes) for one in run.reading.gils] == [[0], [1], [2]]
        assert not run.reading.lanes.live.shared_gil


@pytest.mark.skipif(not LINUX, reason="the GIL is read from outside only there")
@with_a_gil
def test_workers_of_one_interpreter_share_its_gil(name: str) -> None:
    with running(recipe(name, workers=3, knobs={"interpreters": 2})) as run:
        assert until_watched(run) == [[0, 2], [1]]
        assert [list(one.lanes) for one in run.reading.gils] == [[0, 2], [1]]
        assert run.reading.lanes.live.shared_gil, "what they wait for is the GIL"
        until(run, lambda: run.statistics().workers[0].share.wait_gil > 0)


@every_python
def test_what_goes_wrong_inside_is_told_outside(name: str) -> None:
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
from playground.lab.blocking import interpreter_workers as interpreters
one = interpreters.Interpreter()
one.run("import sys")
try:
    one.run("raise ValueError('had enough')")
except Exception as problem:
    print(json.dumps(str(problem)), flush=True)
interpreters.leave_at_once()
"""
    assert "had enough" in said(name, code)


@with_a_gil
def test_an_interpreter_of_a_pool_finds_its_own_gil(name: str) -> None:
    """Inside, where there is ctypes; the same record that the main interpreter finds from outside."""
    code = """
import json, os, sys, tempfile
sys.path.insert(0, sys.argv[1])
from playground.lab.watching import gil
from playground.lab.blocking import interpreter_workers as interpreters
one = interpreters.Interpreter()
outside = gil.of_interpreter(one.number, one.set_switch_interval)
place = os.path.join(tempfile.mkdtemp(), "found")
one.run("import sys; sys.path.insert(0, %r)\\n"
        "from playground.lab.watching import gil\\nprint(gil.find(), file=open(%r, 'w'))"
        % (sys.argv[1], place))
with open(place) as file:
    print(json.dumps([str(outside), str(gil.find()), file.read().strip()]), flush=True)
interpreters.leave_at_once()
"""
    outside, own, inside = said(name, code)  # type: ignore[str-unpack]
    assert outside != own
    assert inside == outside or (name == "3.12" and inside == "None")


def said(name: str, code: str) -> str | list[str]:
    python = pythons.python(name)
    if python.models.get("subinterpreters") is not None:
        pytest.skip("it has no subinterpreters")
    line = [python.executable, "-c", code, str(ROOT)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    answer: str | list[str] = json.loads(done.stdout)
    return answer


@every_python
def test_a_worker_that_cannot_get_ready_does_not_hold_up_the_others(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_of(tmp_path, monkeypatch, unready=UNREADY)
    try:
        with finished(recipe(name, job="unready", workers=3, amount=2)) as run:
            assert run.engine.outcome == "failed"
            assert "worker B raised" in (run.engine.error or "")
            assert "not this one" in (run.engine.error or "")
            assert [worker.ops for worker in run.statistics().workers] == [2, 0, 2]
    finally:
        monkeypatch.undo()
        forget_added()


# --- what they share


def test_an_interpreter_that_is_not_there_has_no_gil() -> None:
    assert gil.of_interpreter(10**6, lambda seconds: None) is None
    assert gil.thread_state_of(10**6, threading.get_ident(), threading.get_native_id()) == 0


@pytest.mark.skipif(not gil.LAYOUT, reason="only CPython has thread states")
def test_a_thread_is_known_by_its_two_numbers() -> None:
    assert gil.thread_state_of(0, threading.get_ident(), threading.get_native_id()) in (gil.thread_state(), 0)
    assert gil.thread_state_of(0, threading.get_ident(), 0) == 0


def test_a_queue_of_pipes_takes_items_of_any_size() -> None:
    queue, items = pipes.Queue(2), ["a" * size for size in (0, 1, 70_000, 300_000)]
    taken: list[object] = []
    taker = threading.Thread(target=lambda: taken.extend(queue.get() for _ in items))
    taker.start()
    for item in items:
        queue.put(item)
    taker.join(LIMIT_S)
    assert taken == items


def test_an_event_of_pipes_lets_all_go_on() -> None:
    event, seen = pipes.Event(), []
    waiters = [threading.Thread(target=lambda: (event.wait(), seen.append(1))) for _ in range(5)]
    for waiter in waiters:
        waiter.start()
    assert not seen
    event.set()
    for waiter in waiters:
        waiter.join(LIMIT_S)
    event.wait()
    assert len(seen) == 5
