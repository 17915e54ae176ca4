"""Memory of a run: what a worker takes is a difference, so both sides of it have to be counted in the same way."""

from __future__ import annotations

import os
import sys

import pytest

from playground.cli.carrying_out import carry_out
from playground.figures.memory_use import _own_mb
from playground.lab.watching import machine
from playground.recipe.recipe import Recipe

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells it for free")


def test_the_lab_counts_its_memory_as_the_app_does() -> None:
    counted, seen = machine.own_memory_mb(), _own_mb(os.getpid())
    assert counted is not None
    assert seen is not None
    assert counted == pytest.approx(seen, rel=0.05)


def test_what_a_few_threads_take_is_seen() -> None:
    _, figures = carry_out(Recipe(job="sleep", model="threads", workers=64, seconds=1.0), quiet=True)
    assert figures.memory.per_worker_mb is not None
    assert 0.001 < figures.memory.per_worker_mb < 1.0, "a part of its stack, its objects; not nothing"


def test_threads_share_what_their_process_takes() -> None:
    recipe = Recipe(job="sleep", model="processes-threads", workers=40, seconds=2.5, knobs={"start_method": "fork"})
    run, figures = carry_out(recipe, quiet=True)
    assert len(run.rings.pids_here()) == 2
    assert figures.memory.per_worker_mb is not None
    assert figures.memory.per_worker_mb < 2.0, "a process takes 10 MB, and has 20 of them"
