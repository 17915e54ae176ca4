"""The first thing that the README says, run for real: four threads share one core; two processes use both.

How fast this machine is does not matter. Where it is busy with something else, less is claimed: two processes may then
not get both cores, but two threads still never run at the same moment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import numpy as np
import psutil
import pytest

from playground.figures.reach import Machine
from playground.figures.records import RunStatistics
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from playground.verdict.judge import judge
from playground.verdict.waits import FULL
from tests.core.labs import finished, read_again

SECONDS = 2.0
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
QUIET = 0.3  # cores that other programs may take
FOUR_THREADS = checked(Recipe(job="primes", workers=4, model="threads", seconds=SECONDS))
TWO_PROCESSES = checked(Recipe(job="primes", workers=2, model="processes", seconds=SECONDS))

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="labs have not been tried there"),
    pytest.mark.skipif(CORES < 2, reason="one core cannot show the difference"),
]


@dataclass(frozen=True)
class Seen:
    figures: RunStatistics
    machine: Machine
    at_once: float  # part of the time with anybody on a core in which there were two or more

    @property
    def quiet(self) -> bool:
        return self.machine.busy_with_others < QUIET


def seen(recipe: Recipe) -> Seen:
    psutil.cpu_percent(percpu=True)
    with finished(recipe) as run:
        busy = sum(psutil.cpu_percent(percpu=True)) / 100
        figures = run.statistics()
        return Seen(figures, Machine(CORES, busy, max(0.0, busy - figures.cores_used), None), at_once(run))


def at_once(run: Run) -> float:
    """From what workers wrote themselves: ops that were on a core from beginning to end, and which of them overlap."""
    moments, changes = [], []
    for records in read_again(run):
        whole = records[records["cpu"] >= 0.9 * (records["end"] - records["start"])]
        moments += [whole["start"], whole["end"]]
        changes += [np.ones(len(whole)), -np.ones(len(whole))]
    moment, change = np.concatenate(moments), np.concatenate(changes)
    order = np.lexsort((change, moment))
    running, length = np.cumsum(change[order])[:-1], np.diff(moment[order].astype(np.int64))
    return float(length[running >= 2].sum() / length[running >= 1].sum())


def test_four_threads_share_one_core() -> None:
    one = seen(FOUR_THREADS)
    figures, verdict = one.figures, judge(one.figures, one.machine)
    assert figures.outcome == "finished"
    assert figures.cores_used < 1.15
    assert one.at_once < 0.02
    assert figures.share.run == pytest.approx(figures.cores_used / 4, abs=0.05)
    assert all(worker.share.wait_gil > 0.05 for worker in figures.workers)
    if one.quiet:
        assert figures.cores_used > 0.7
        assert figures.share.wait_gil > 0.6
        assert (verdict.kind, verdict.sentence[:20]) == ("gil_bound", "4 threads, but only ")
    else:
        assert verdict.kind in ("gil_bound", "machine_full")


def test_two_processes_use_both() -> None:
    one = seen(TWO_PROCESSES)
    figures, verdict = one.figures, judge(one.figures, one.machine)
    assert figures.outcome == "finished"
    assert figures.share.wait_gil == 0
    assert figures.share.run == pytest.approx(figures.cores_used / 2, abs=0.05)
    assert figures.share.run + figures.share.wait_core > 0.9, "they run, or would if they had a core"
    if one.quiet:
        assert figures.cores_used > 1.5
        assert one.at_once > 0.5
    assert verdict.kind in ("parallel", "machine_full")
    if figures.share.wait_core < FULL:  # this test and the probe need a part of the cores too
        assert (verdict.kind, verdict.sentence[:17]) == ("parallel", "2 processes keep ")
