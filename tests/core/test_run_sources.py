"""From what a run's lanes and GIL figures are made, and whether it says so: recorded, sampled, estimated, measured."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from playground.interpreters.facts import InterpreterFacts
from playground.lab.wire import ring
from playground.reading.lanes.started_lanes import Born
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from tests.core import test_run
from tests.core.test_run import MS, NOW, PID, Scene, scene_of

place, scenes, two = test_run.place, test_run.scenes, test_run.two
PLAIN = Recipe(workers=2, job="own", code="def job(i, n):\n    pass\n")
AWAITS = Recipe(workers=2, job="own", code="async def job(i, n):\n    pass\n", model="asyncio")
NO_GIL = InterpreterFacts("python", "3.13.0", "CPython", free_threaded=True, gil_enabled=False)


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


# --- lanes


@pytest.mark.usefixtures("linux")
def test_threads_are_observed_where_linux_shows_them(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two.run._control(NOW).observed
    two.run.probe.why_not = "it may not"
    assert not two.run._control(NOW).observed
    two.run.probe.why_not = None
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        assert not two.run._control(NOW).observed


@pytest.mark.usefixtures("linux")
def test_a_loop_is_not_observed(scenes: list[Scene]) -> None:
    run = scene_of(scenes, Recipe(model="asyncio", job="sleep")).run
    assert (run.reading.control.observed, run.reading.lanes_source) == (False, "recorded")


@pytest.mark.parametrize(
    ("model", "platform", "source"),
    [
        ("threads", "linux", "recorded"),
        ("threads", "darwin", "estimated"),  # what an op waited for, nobody saw
        ("processes", "darwin", "recorded"),  # without a shared GIL it can have been but one thing
        ("asyncio", "darwin", "recorded"),
    ],
)
def test_lanes_of_ops_are_recorded_unless_nobody_saw_the_waits(
    scenes: list[Scene], model: str, platform: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert scene_of(scenes, Recipe(workers=2, model=model)).run.reading.lanes_source == source


@pytest.mark.parametrize(
    ("recipe", "taken", "long", "source"),
    [
        (PLAIN, 0, 0, "estimated"),  # functions tell nothing, and nobody looked
        (PLAIN, 1, 0, "sampled"),
        (AWAITS, 0, 0, "recorded"),  # each step is told of
        (AWAITS, 9, 0, "recorded"),
        (AWAITS, 9, 1, "sampled"),  # and into a long one somebody looked
    ],
)
def test_lanes_of_own_code_are_sampled_once_somebody_has_looked(
    scenes: list[Scene], recipe: Recipe, taken: int, long: int, source: str
) -> None:
    run = scene_of(scenes, recipe).run
    assert run.reading.samples is not None
    run.reading.samples.taken, run.reading.samples.long = taken, long
    assert run.reading.lanes_source == source


# --- who can wait for a GIL


@pytest.mark.parametrize(
    ("recipe", "facts", "shared"),
    [
        (Recipe(model="threads"), InterpreterFacts(), True),
        (Recipe(model="threads"), NO_GIL, False),
        (Recipe(model="threads", host="app"), NO_GIL, False),
        (Recipe(model="processes"), InterpreterFacts(), False),
        (Recipe(model="asyncio"), InterpreterFacts(), False),
        (Recipe(model="serial"), InterpreterFacts(), False),
        (Recipe(model="serial", host="ui"), InterpreterFacts(), True),  # with the window's own threads
    ],
)
def test_who_waits_for_a_gil(scenes: list[Scene], recipe: Recipe, facts: InterpreterFacts, shared: bool) -> None:
    run = scene_of(scenes, recipe).run
    run.engine.facts = facts
    run.pull()
    assert run.reading.lanes.live.shared_gil == shared


@pytest.mark.parametrize(("gils", "shared"), [((7, 8), False), ((7, 7), True), ((7, 8, 7), True)])
def test_interpreters_wait_for_a_gil_where_several_workers_are_in_one(
    scenes: list[Scene], gils: tuple[int, ...], shared: bool
) -> None:
    scene = scene_of(scenes, Recipe(workers=len(gils), model="subinterpreters"))
    run = scene.run
    for index, gil in enumerate(gils):
        scene.worker(index).ring.words[ring.W_GIL_ADDRESS] = gil
    run.pull()
    assert run.reading.lanes.live.shared_gil == shared
    if shared:  # once that is known it stays so
        run.rings.headers = run.rings.headers.copy()
        run.rings.headers[:, ring.W_GIL_ADDRESS] = 0
        run.pull()
        assert run.reading.lanes.live.shared_gil


# --- GILs


def test_gils_that_are_worth_a_ribbon(scenes: list[Scene]) -> None:
    def gils(model: str, facts: InterpreterFacts | None = None) -> list[tuple[int, list[int]]]:
        scene = scene_of(scenes, Recipe(workers=3, model=model))
        scene.engine.facts = facts or scene.engine.facts
        for index, gil in enumerate((7, 8, 7)):
            words = scene.worker(index).ring.words
            forked = model == "processes-threads"  # these have their GILs at the same place
            words[ring.W_GIL_ADDRESS] = 7 if forked else gil
            words[ring.W_PID] = PID + (forked and index == 0)
        scene.run.pull()
        return [(gil.target, [*gil.lanes]) for gil in scene.run.reading.gils]

    assert gils("threads") == gils("asyncio") == [(0, [0, 1, 2])]
    assert gils("asyncio-to-thread") == [(0, [0, 1, 2])]
    assert gils("processes") == gils("serial") == []
    assert gils("subinterpreters") == [(0, [0, 2]), (1, [1])], "by where their GILs lie"
    assert gils("processes-threads") == [(0, [0]), (1, [1, 2])], "by their processes"
    for model in ("threads", "asyncio", "subinterpreters"):
        assert gils(model, NO_GIL) == []


@pytest.mark.parametrize(
    ("facts", "knobs", "note"),
    [
        (InterpreterFacts(), {}, None),
        (NO_GIL, {}, None),
        (InterpreterFacts(free_threaded=True, gil_enabled=True), {"gil": "on"}, None),  # as it was asked to
        (
            InterpreterFacts(free_threaded=True, gil_enabled=True),
            {},
            "The GIL is back: something that was imported turned it on",
        ),
        (
            InterpreterFacts(free_threaded=True, gil_enabled=True, gil_back_by="greenlet"),
            {"gil": "off"},
            "The GIL is back: greenlet turned it on",
        ),
    ],
)
def test_a_gil_that_came_back_is_told(
    scenes: list[Scene], facts: InterpreterFacts, knobs: dict[str, Any], note: str | None
) -> None:
    run = scene_of(scenes, Recipe(knobs=knobs)).run
    run.engine.facts = facts
    run.pull()
    assert run.reading.gil_note == note


def sources(run: Run) -> tuple[str, str]:
    run.pull()
    return run.reading.gil_source, run.reading.ribbon_source


def test_where_the_gil_figures_are_from(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    run, worker = scene.run, scene.worker(0)
    assert sources(run) == ("none", "none"), "no record yet"
    worker.does(10)
    run.pull()
    assert sources(run) == ("estimated", "estimated")
    run.engine.handoffs_per_s = 0.0
    assert sources(run) == ("counter", "counter")
    scene.samples([0x1000])
    run.pull()
    assert sources(run) == ("measured", "measured")
    run.engine.facts = NO_GIL
    assert sources(run) == ("none", "none")


def test_processes_have_a_counter_and_no_ribbon(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="processes"))
    scene.worker(0).does(10)
    scene.run.pull()
    assert sources(scene.run) == ("none", "none")
    scene.run.engine.handoffs_per_s = 5.0
    assert sources(scene.run) == ("counter", "none")


@pytest.mark.parametrize(
    ("model", "ribbon"), [("asyncio", "measured"), ("asyncio-to-thread", "estimated"), ("thread-pool", "measured")]
)
def test_which_of_a_loops_helpers_had_the_gil_is_estimated(scenes: list[Scene], model: str, ribbon: str) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model=model))
    scene.worker(0).does(10)
    scene.samples([0x1000])
    scene.engine.handoffs_per_s = 5.0
    scene.run.pull()
    scene.end()
    assert sources(scene.run) == ("measured", ribbon)


def test_without_samples_a_loops_helpers_are_told_as_they_were_found(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="asyncio-to-thread"))
    scene.worker(0).does(10)
    scene.engine.handoffs_per_s = 5.0
    scene.run.pull()
    assert sources(scene.run) == ("counter", "counter")


# --- strangers


def sampled(scene: Scene, *samples: tuple[float, int, int]) -> None:
    """(ms since the begin, the process that is looked at, who has its GIL)."""
    block, words = ring.map_words(str(scene.run.directory.path / "gil.ring"))
    for ms, target, holder in samples:
        spot = ring.HEADER_BYTES + words[ring.W_HEAD] * ring.PROBE_RECORD.size
        ring.PROBE_RECORD.pack_into(block, spot, scene.begun + int(ms * MS), holder, 0, target, 1)
        words[ring.W_HEAD] += 1
    scene.run.pull()


def test_a_thread_that_the_code_has_started_has_a_name(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, PLAIN)
    run = scene.run
    for index in (0, 1):
        scene.worker(index)
    assert run.reading.started is not None
    run.reading.started._lines += [Born(PID, 5, 0x9000, 0, "A·1"), Born(PID + 1, 6, 0x8000, 0, "A·2")]
    sampled(scene, (0, 0, 0x9000), (100, 1, 0x8000))
    assert run.reading.stranger(scene.begun) == "A·1"
    assert run.reading.stranger(scene.begun + 100 * MS) == "a thread that is no worker", "that was in another process"
    assert run.reading.stranger(NOW) == "a thread that is no worker", "nobody looked"


def test_inside_the_app_it_is_the_window(scenes: list[Scene]) -> None:
    assert scene_of(scenes, Recipe(host="app")).run.reading.stranger(NOW) == "this window"


def test_in_a_loop_it_is_often_the_loop_itself(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="asyncio", job="sleep"))
    for index, state in enumerate((0x7000, 0x7001)):
        scene.worker(index, state=state).ring.enter(ring.SLEEP, scene.begun)
    sampled(scene, (0, 0, 0x7000), (100, 0, 0x7001))
    scene.end()
    assert scene.run.reading.stranger(scene.begun) == "the loop"
    assert scene.run.reading.stranger(scene.begun + 100 * MS) == "a thread that is no worker"


def test_forked_processes_have_threads_at_the_same_places(scenes: list[Scene]) -> None:
    """In the second process nobody whom we know has the state that the first worker has in the first process."""
    scene = scene_of(scenes, Recipe(workers=2, model="processes-threads"))
    for index, state in enumerate((0x7000, 0x7001)):
        scene.worker(index, state=state).ring.words[ring.W_PID] = PID + index
    sampled(scene, (0, 1, 0x7000))
    assert scene.run.reading.stranger(scene.begun) == "a thread that is no worker"
