"""What a run is made of, before it starts: that follows from its recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground.lab.wire import ring
from playground.recipe import limits
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from tests.core import test_run
from tests.core.test_run import MS, NOW, MadeEngine, Scene, scene_of

place, scenes = test_run.place, test_run.scenes
PLAIN = "def job(i, n):\n    pass\n"


def test_a_run_is_that_of_its_recipe(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(limits, "allow_open_files", asked.append)
    recipe = Recipe(workers=3, model="thread-pool", knobs={"pool_size": 2, "switch_interval": 0.01})
    run = scene_of(scenes, recipe).run
    assert (run.number, run.recipe, run.model.name, run.job.name) == (1, recipe, "thread-pool", "primes")
    assert (run.asked_ns, asked) == (NOW, [3])
    assert (run.directory.workers, run.directory.streams, len(run.rings), run.reading.lanes.lanes) == (3, 3, 3, 3)
    assert (run.reading.lanes.live.shared_gil, run.reading.lanes.live.in_turns) == (True, False)
    assert (run.errors, run.reading.results, run.reading.pauses, run.baseline) == ({}, {}, [], None)
    assert (run.ended, run.reading.ended_ns, run.started_ns) == (False, None, None)


def test_its_knobs_hold_before_it_starts(scenes: list[Scene]) -> None:
    knobs: dict[str, float | int | str] = {"switch_interval": 0.01, "probe_rate": 200, "stamps": "off"}
    directory = scene_of(scenes, Recipe(knobs=knobs)).run.directory
    assert (directory.word(ring.C_SWITCH_INTERVAL), directory.word(ring.C_PROBE_RATE)) == (10 * MS, 200)
    assert directory.word(ring.C_UNSTAMPED)
    assert not scene_of(scenes, Recipe()).run.directory.word(ring.C_UNSTAMPED)


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (Recipe(model="serial"), (True, True, 1)),
        (Recipe(model="threads"), (True, False, None)),
        (Recipe(model="thread-pool", knobs={"pool_size": 3}), (True, False, 3)),
        (Recipe(model="processes"), (False, False, None)),
        (Recipe(model="processes-threads"), (False, True, None)),
    ],
)
def test_whose_memory_is_told_is_that_of_its_model(
    scenes: list[Scene], recipe: Recipe, expected: tuple[bool, bool, int | None]
) -> None:
    memory = scene_of(scenes, recipe).run.memory
    several = recipe.model in ("processes-threads", "serial") and scene_of(scenes, recipe).run.model.own_gils
    assert (memory.one_process, memory.at_once) == (expected[0], expected[2])
    assert memory.several_each == several == (recipe.model == "processes-threads")


@pytest.mark.parametrize(
    ("recipe", "watched", "frozen", "starts_threads"),
    [
        (Recipe(), True, False, False),
        (Recipe(model="asyncio", job="sleep"), False, False, False),
        (Recipe(job="own", code=PLAIN), True, True, True),
        (Recipe(job="own", code=PLAIN, host="app"), True, True, False),
        (Recipe(job="own", code="def job(i, n):\n    yield Sleep(1)\n"), True, False, True),
        (Recipe(job="own", code="def job(i, n):\n    yield Sleep(1)\n", model="asyncio"), False, False, True),
        (Recipe(job="own", code="async def job(i, n):\n    pass\n", model="asyncio"), True, True, True),
        (Recipe(job="own", code=PLAIN, model="asyncio-to-thread"), True, True, False),
        (Recipe(job="own", code=f"async {PLAIN}", model="asyncio-to-thread"), True, True, True),
    ],
)
def test_who_is_looked_at(
    scenes: list[Scene], recipe: Recipe, watched: bool, frozen: bool, starts_threads: bool
) -> None:
    run = scene_of(scenes, recipe).run
    assert run.directory.starts_threads is starts_threads
    assert (run.reading.samples is not None, run.freezer is not None, run.reading.started is not None) == (
        watched,
        frozen,
        starts_threads,
    )
    assert run.reading.lanes.live.in_turns == (run.directory.streams == 1) == recipe.model.startswith("asyncio")
    assert (run.lab_cpu is not None) == (recipe.host == "lab")


def test_made_by_whom_it_was_asked(place: Path) -> None:
    seen = []

    class Noted(MadeEngine):
        def __init__(self, recipe: Recipe, directory: Any) -> None:
            super().__init__(recipe, directory)
            seen.append((recipe, directory))

    run = Run(7, Recipe(workers=1), Noted)
    assert (run.number, seen) == (7, [(run.recipe, run.directory)])
    run.abandon()
