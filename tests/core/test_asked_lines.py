"""The lines that plain functions are at: noted when the app asks, under every kind of model, and harmful to nobody."""

from __future__ import annotations

import os
import signal
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from playground.figures.records import STUCK
from playground.lab.wire import ring
from playground.reading.states import EMPTY, LOCK, RUN, SLEEP
from playground.run import asked_lines
from playground.run.asked_lines import EVERY_NS, AskedLines
from tests.core.labs import LINUX, running, until
from tests.core.test_own_runs import recipe_of

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGURG"), reason="this system has no such signal")

BUSY = """
    def spin():
        while True:
            sum(range(100))

    def job(i, n):
        if i == 0:
            while True:
                sum(range(100))
        spin()
"""


@pytest.mark.parametrize("model", ["threads", "thread-pool", "processes", "process-pool", "processes-threads"])
def test_whoever_is_asked_tells_the_line(model: str) -> None:
    with running(recipe_of(BUSY, model, workers=2, knobs={"pool_size": 2} if "pool" in model else {})) as run:

        def found() -> bool:
            run.pull()
            run.ask_for_lines()
            lines = run.rings.column(ring.W_LINE).tolist()
            return lines[0] in (8, 9) and lines[1] in (3, 4)

        until(run, lambda: run.reading.totals.begun == 2)
        until(run, found)


def test_nobody_tells_unasked() -> None:
    with running(recipe_of(BUSY, "threads", workers=2)) as run:
        until(run, lambda: run.statistics().seconds > 1)
        assert run.rings.column(ring.W_LINE).tolist() == [0, 0]


SLEEPER = """
    import time

    def job(i, n):
        begun = time.monotonic()
        time.sleep(1.5)
        return time.monotonic() - begun
"""


@pytest.mark.parametrize("model", ["serial", "threads", "processes"])
def test_who_is_asked_in_its_sleep_sleeps_on(model: str) -> None:
    with running(recipe_of(SLEEPER, model, workers=1)) as run:
        while not run.ended:
            run.poll()
            run.pull()
            run.ask_for_lines()
            time.sleep(0.02)
        assert run.engine.outcome == "finished"
        assert run.reading.answer[0] >= 1.5


LOCKED = """
    from threading import Lock
    import time

    one, two = Lock(), Lock()

    def job(i, n):
        mine, other = (one, two) if i == 0 else (two, one)
        with mine:
            time.sleep(0.3)
            with other:
                pass
"""


@pytest.mark.skipif(not LINUX, reason="elsewhere nobody sees that nobody can go on")
def test_a_deadlock_is_found_although_somebody_asks_all_the_time() -> None:
    begun = time.monotonic()
    with running(recipe_of(LOCKED, "threads", workers=2)) as run:
        while not run.ended and time.monotonic() - begun < 60:
            run.poll()
            run.pull()
            run.ask_for_lines()
            time.sleep(0.02)
        assert run.engine.outcome == STUCK


class Asked:
    """A run of three workers in processes of their own; its states are what a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.states = [RUN, RUN, EMPTY]
        headers = np.zeros((3, ring.HEADER_WORDS), np.uint64)
        headers[:, ring.W_PID] = (101, 102, 103)
        self.headers = headers
        rings: Any = type("Rings", (), {"__len__": lambda _: len(self.states), "headers": headers})()
        lanes = SimpleNamespace(states_now=lambda now: np.array(self.states, np.uint8))
        reading: Any = SimpleNamespace(lanes=lanes, pulled_ns=10**15)
        self.told: list[int] = []
        monkeypatch.setattr(asked_lines.os, "kill", lambda pid, number: self.told.append(pid))  # type: ignore[attr-defined]
        self._lines, self._now = AskedLines(rings, reading), 10**12

    def ask(self, after: int = EVERY_NS) -> list[int]:
        self.told.clear()
        self._now += after
        self._lines.ask(self._now)
        return sorted(self.told)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def test_who_is_there_is_asked_a_few_times_a_second(asked: Asked) -> None:
    assert asked.ask() == [101, 102]
    assert asked.ask(EVERY_NS - 1) == []
    assert asked.ask(1) == [101, 102]
    asked.headers[0, ring.W_ENDED] = 5
    assert asked.ask() == [102]
    asked.headers[0, ring.W_ENDED] = 0
    asked.headers[1, ring.W_PLACE] = ring.HERE + 1
    assert asked.ask() == [101], "a process elsewhere may have the number of one here"
    asked.headers[0, ring.W_PID] = os.getpid()
    assert asked.ask() == []


def test_who_waits_for_a_lock_is_asked_once(asked: Asked) -> None:
    asked.states = [LOCK, SLEEP, EMPTY]
    assert asked.ask() == [101, 102]
    assert asked.ask() == [102]
    asked.states = [RUN, LOCK, EMPTY]
    assert asked.ask() == [101, 102]
    asked.states = [LOCK, LOCK, EMPTY]
    assert asked.ask() == [101]
    assert asked.ask() == []


def test_a_run_of_very_many_is_left_alone(asked: Asked) -> None:
    asked.states = [RUN] * 101
    assert asked.ask() == []
