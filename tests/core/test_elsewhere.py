"""Places on another computer: its processes may have the numbers of ours, and its clock need not be the app's.

The place with another clock runs real labs and probes here, in which the clock is 5 s ahead."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground import hosts
from playground.hosts import Clock
from playground.lab.wire import ring
from playground.reading.app_time import in_app_time
from playground.reading.batch import Batch
from playground.reading.holds.owners import Owners, gils_of
from playground.reading.holds.who_held import STRANGER
from playground.reading.rings import PROBE_RECORD, RECORD, RingsReader
from playground.recipe.recipe import Recipe
from playground.run.freezer import Freezer
from playground.run.run import Run
from tests.core.added_hosts import add, far  # noqa: F401
from tests.core.labs import LINUX, running, to_the_end, until_all_work

ELSEWHERE = ring.HERE + 1
S = 10**9

AHEAD = """
import sys

from playground.hosts import Clock, Hardware, Host, Lab

SHIFTED = '''
import runpy, sys, time
real = time.perf_counter_ns
time.perf_counter_ns = lambda: real() + 5_000_000_000
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
'''


class Ahead(Hardware):
    clock = Clock(ahead_ns=5_000_000_000, error_ns=2_000_000)


def lab(interpreter, gil):
    return [sys.executable, "-u", "-s", "-c", SHIFTED, "playground.lab"]


def probe():
    return [sys.executable, "-s", "-c", SHIFTED, "playground.lab.watching.probe"]


HOST = Host(name="ahead", title="a lab ahead", by=Lab(lab, probe), models_of="lab", hardware=Ahead())
"""


# --- workers are known by place and process


@pytest.fixture
def rings(tmp_path: Path) -> Iterator[tuple[ring.Rings, RingsReader]]:
    """Two workers here, then two elsewhere; the first of each has the same pid and the same thread state."""
    ring.create(str(tmp_path / "rings"), 16, lanes=4, streams=4)
    made, reader = ring.Rings(str(tmp_path / "rings")), RingsReader(tmp_path / "rings")
    for lane in range(4):
        own = made.ring(lane)
        own.begin(10 + lane, 0x10 + lane % 2, S)
        own.words[ring.W_PID], own.words[ring.W_GIL_ADDRESS] = 100 + lane % 2, 0x5000
        own.words[ring.W_GIL_LAYOUT] = 1
        own.words[ring.W_PLACE] = ring.HERE if lane < 2 else ELSEWHERE
    yield made, reader
    reader.close()


def test_a_run_elsewhere_has_the_number_of_its_computer_from_the_start(tmp_path: Path) -> None:
    ring.create(str(tmp_path / "rings"), 16, lanes=2, streams=2, place=ELSEWHERE)
    reader = RingsReader(tmp_path / "rings")
    assert reader.column(ring.W_PLACE).tolist() == [ELSEWHERE, ELSEWHERE]
    reader.close()


def test_who_holds_a_gil_is_told_by_place_too(rings: tuple[ring.Rings, RingsReader]) -> None:
    _, reader = rings
    seen = np.zeros(5, PROBE_RECORD)
    for index, (target, holder) in enumerate(((0, 0x10), (2, 0x10), (1, 0x11), (3, 0x11), (2, 0x99))):
        seen[index] = (2 * S + index, holder, 0, target, 1)
    lanes = Owners(4, one_loop=False, helpers=False).of(seen, reader.headers, False)[1]
    assert lanes.tolist() == [0, 2, 1, 3, STRANGER]


def test_each_place_has_gils_of_its_own(rings: tuple[ring.Rings, RingsReader]) -> None:
    made, reader = rings
    assert [gil.lanes for gil in gils_of(reader.headers, False)] == [(0,), (1,), (2,), (3,)]
    for lane in (1, 3):
        made.ring(lane).words[ring.W_PID] = 100
    assert [gil.lanes for gil in gils_of(reader.headers)] == [(0, 1), (2, 3)]


def test_a_probe_looks_at_the_processes_of_its_own_place(rings: tuple[ring.Rings, RingsReader]) -> None:
    made, _ = rings
    here, there = (ring.headers_at(made.words, 4, place) for place in (ring.HERE, ELSEWHERE))
    assert [header[ring.W_PID] for header in here] == [100, 101, 0, 0]
    assert [header[ring.W_PID] for header in there] == [0, 0, 100, 101]
    made.ring(3).words[ring.W_ENDED] = 5
    assert there[3][ring.W_ENDED] == 5, "and sees what goes on there"


@pytest.mark.skipif(not LINUX, reason="only there processes are stopped")
def test_no_process_here_is_stopped_for_a_worker_elsewhere(rings: tuple[ring.Rings, RingsReader]) -> None:
    made, reader = rings
    for lane in range(4):
        made.ring(lane).enter(ring.RUN, S)
    assert set(Freezer(reader)._busy()) == {100, 101}
    for lane in (0, 1):
        made.ring(lane).words[ring.W_PID] = 0
    assert set(Freezer(reader)._busy()) == set()


def test_a_run_knows_its_processes_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: told.append(pid))
    run = Run(1, Recipe(workers=3))
    try:
        for lane, (place, pid) in enumerate(((ring.HERE, 100), (ELSEWHERE, 100), (ELSEWHERE, 101))):
            own_ring = ring.Rings(str(run.directory.rings)).ring(lane)
            own_ring.begin(10 + lane, 1, time.perf_counter_ns())
            own_ring.words[ring.W_PLACE], own_ring.words[ring.W_PID] = place, pid
        assert run.rings.pids_here() == {100}, "memory is read of these"
        assert run._worker_threads() == {100: frozenset({10})}, "and threads are looked at"
    finally:
        run.close()


# --- a clock of its own


def batch_of(**fields: object) -> Batch:
    empty = dict.fromkeys(Batch.__struct_fields__)
    records, headers = np.zeros(1, RECORD), np.zeros((2, ring.HEADER_WORDS), np.uint64)
    records["start"], records["end"], records["cpu"] = 7 * S, 8 * S, 3 * S
    headers[0, [ring.W_STARTED, ring.W_SINCE, ring.W_CPU]] = 6 * S, 7 * S, 6 * S
    words = np.zeros(64, np.uint64)
    words[[ring.C_CALLED, ring.C_PROBE_RATE]] = 6 * S, 1000
    sample = np.zeros(1, PROBE_RECORD)
    sample["t"] = 9 * S
    made = {"records": records, "headers": headers, "words": words, "probe": (6 * S, 6 * S), "holders": sample}
    return Batch(**{**empty, **made, "threads": sample, "started": sample, "now": 4 * S, **fields})


def test_moments_are_put_into_the_apps_time_and_nothing_else_is() -> None:
    there = batch_of()
    here = in_app_time(there, Clock(ahead_ns=5 * S))
    assert (here.records["start"][0], here.records["end"][0], here.records["cpu"][0]) == (2 * S, 3 * S, 3 * S)
    header = here.headers[0]
    assert (header[ring.W_STARTED], header[ring.W_SINCE], header[ring.W_CPU]) == (S, 2 * S, 6 * S)
    assert not here.headers[1].any(), "0 is never"
    assert (here.words[ring.C_CALLED], here.words[ring.C_IDLE], here.words[ring.C_PROBE_RATE]) == (S, 0, 1000)
    assert (here.probe, here.now) == ((S, 6 * S), 4 * S)
    assert [part["t"][0] for part in (here.holders, here.threads, here.started)] == [4 * S] * 3
    assert there.records["start"][0] == 7 * S, "a batch is never changed"
    assert in_app_time(there, Clock(error_ns=5)) is there


@pytest.fixture
def ahead(far: Path) -> Recipe:  # noqa: F811
    add(far, "ahead", AHEAD)
    return Recipe(workers=3, host="ahead", amount=60)


def test_a_run_by_another_clock_stands_in_the_apps_time(ahead: Recipe) -> None:
    began = time.perf_counter_ns()
    with running(ahead) as run:
        until_all_work(run)
        now = time.perf_counter_ns()
        assert run.started_ns is not None
        assert began < run.started_ns < now
        assert 0.0 < run.statistics().seconds < (now - began) / S
        to_the_end(run)
        over = time.perf_counter_ns()
        figures = run.statistics()
        assert figures.outcome == "finished"
        assert [worker.ops for worker in figures.workers] == [60] * 3
        assert figures.lost_records == 0
        segments = run.reading.lanes.between(0, 2**62)
        assert began < segments["start"].min() < segments["end"].max() < over
        assert run.reading.ended_ns is not None
        assert run.started_ns < run.reading.ended_ns < over
        for lane in range(3):
            share = figures.workers[lane].share
            assert share.run > 0.0
            not_told = 0.0 if LINUX else share.unknown  # CPU time may come in steps that are longer than what it did
            assert share.run + share.wait_gil + share.wait_core + not_told > 0.5, "it computes, or would"
        if LINUX and figures.gil.source == "measured":
            held = run.reading.holders.between(0, 2**62)
            assert began < held["t"].min() < held["t"].max() < over


def test_lines_that_it_prints_stand_in_the_apps_time(ahead: Recipe, tmp_path: Path) -> None:
    code = "def job(i, n):\n    print('hello')\n"
    recipe = Recipe(job="own", code=code, workers=1, host=ahead.host)
    began = time.perf_counter_ns()
    with running(recipe) as run:
        to_the_end(run)
        lines = run.output.pull()
    assert [line.text for line in lines] == ["hello"]
    assert began < lines[0].at_ns < time.perf_counter_ns()


def test_the_error_of_a_clock_is_told(ahead: Recipe) -> None:
    assert hosts.named("ahead").hardware.clock.note == "times ± 2 ms"
    assert hosts.named("lab").hardware.clock.note == ""
