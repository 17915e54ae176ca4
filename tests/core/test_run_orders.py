"""What a run passes on to its parts, and in which order: each part here only writes down what it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground import limits
from playground import run as run_module
from playground.figures import Change
from playground.lab import picture as picture_layout
from playground.lab import ring as layout
from playground.recipe import Recipe
from playground.run import Run
from tests.core import test_run
from tests.core.test_run import MS, NOW, PID, MadeEngine, Scene, scene_of

place, scenes, two = test_run.place, test_run.scenes, test_run.two
PLAIN = "def job(i, n):\n    pass\n"
Told = list[tuple[Any, ...]]


class Part:
    """Stands for a part of a run."""

    def __init__(self, told: Told, name: str, **fields: Any) -> None:
        self._told, self._name = told, name
        self.__dict__.update(fields)

    def __getattr__(self, order: str) -> Any:
        def obey(*given: Any) -> Any:
            self._told.append((self._name, order, *given))
            return self.__dict__.get("answer")

        return obey


def engine_of(told: Told, **fields: Any) -> Any:
    return Part(told, "engine", **{"phase": "running", "paused": False, "pid": 77, **fields})


@pytest.fixture
def told(two: Scene) -> Told:
    """Of the run of `two`."""
    told: Told = []
    run: Any = two.run
    run.engine = engine_of(told)
    run.probe = Part(told, "probe", pid=88)
    run.lab_cpu = Part(told, "lab_cpu")
    run.freezer = Part(told, "freezer")
    run.memory = Part(told, "memory")
    run._stuck = Part(told, "stuck", answer=None)
    return told


# --- making one


def test_a_run_is_that_of_its_recipe(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(limits, "allow_open_files", asked.append)
    recipe = Recipe(workers=3, model="thread-pool", knobs={"pool_size": 2, "switch_interval": 0.01})
    run = scene_of(scenes, recipe).run
    assert (run.number, run.recipe, run.model.name, run.job.name) == (1, recipe, "thread-pool", "primes")
    assert (run.asked_ns, asked) == (NOW, [3])
    assert (run.directory.workers, run.directory.streams, len(run.rings), run.lanes.lanes) == (3, 3, 3, 3)
    assert (run.lanes.shared_gil, run.lanes.in_turns) == (True, False)
    assert (run.errors, run.results, run.pauses, run.baseline) == ({}, {}, [], None)
    assert (run.ended, run.ended_ns, run.started_ns) == (False, None, None)


def test_its_knobs_hold_before_it_starts(scenes: list[Scene]) -> None:
    knobs: dict[str, float | int | str] = {"switch_interval": 0.01, "probe_rate": 200, "stamps": "off"}
    directory = scene_of(scenes, Recipe(knobs=knobs)).run.directory
    assert (directory.word(layout.C_SWITCH_INTERVAL), directory.word(layout.C_PROBE_RATE)) == (10 * MS, 200)
    assert directory.command & layout.NO_STAMPS
    assert not scene_of(scenes, Recipe()).run.directory.command & layout.NO_STAMPS


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
    assert (run.samples is not None, run.freezer is not None, run.started is not None) == (
        watched,
        frozen,
        starts_threads,
    )
    assert run.lanes.in_turns == (run.directory.streams == 1) == recipe.model.startswith("asyncio")
    assert (run.lab_cpu is not None) == (recipe.host == "lab")


# --- orders


def test_orders_reach_the_engine(two: Scene, told: Told) -> None:
    two.run.start()
    two.run.pause(True)
    two.run.pause(False)
    two.run.stop()
    assert told == [
        ("engine", "start"),
        ("probe", "start"),
        ("engine", "pause", True),
        ("engine", "pause", False),
        ("engine", "stop"),
    ]


def test_each_part_hears_of_a_poll(two: Scene, told: Told) -> None:
    """What has been reaped is not known any more, so the lab's CPU time is read first."""
    two.worker(0)
    two.run.poll()
    *first, memory = told
    assert first == [
        ("lab_cpu", "look", 77, 88, two.run._worker_threads),
        ("engine", "poll"),
        ("freezer", "poll", False, 77),
        ("probe", "poll"),
        ("stuck", "poll"),
    ]
    assert memory[:3] == ("memory", "sample", 77)
    assert memory[3]() == {PID}


def test_who_is_paused_is_frozen(two: Scene, told: Told) -> None:
    run: Any = two.run
    run.engine.paused = True
    run.poll()
    assert ("freezer", "poll", True, 77) in told
    run.freezer = run.lab_cpu = None
    del told[:]
    run.poll()
    assert [one[0] for one in told] == ["engine", "probe", "stuck", "memory"]


def test_a_run_that_is_stuck_ends(two: Scene, told: Told) -> None:
    run: Any = two.run
    run._stuck = Part(told, "stuck", answer="A waits")
    run.poll()
    assert ("engine", "is_stuck", "A waits") in told


def test_a_run_that_has_ended_lets_its_watchers_go(two: Scene, told: Told) -> None:
    run: Any = two.run
    run.engine.phase = "ended"
    run.poll()
    assert [one[:2] for one in told] == [
        ("engine", "poll"),
        ("freezer", "poll"),
        ("probe", "poll"),
        ("stuck", "poll"),
        ("probe", "stop"),
        ("lab_cpu", "close"),
    ]
    run.lab_cpu = None
    run.poll()
    assert told[-1] == ("probe", "stop")


@pytest.mark.parametrize(
    ("phase", "paused", "expected"),
    [
        ("running", False, "running"),
        ("running", True, "paused"),
        ("starting", True, "starting"),
        ("stopping", True, "stopping"),
        ("ended", True, "ended"),
    ],
)
def test_only_what_runs_is_paused(two: Scene, phase: str, paused: bool, expected: str) -> None:
    engine: Any = two.engine
    engine.phase, engine.paused = phase, paused
    assert two.run.phase == expected


def test_a_knob_that_is_turned_is_told_and_noted(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    run, worker = two.run, two.worker(0)
    worker.does(10)
    run.pull()
    monkeypatch.setattr(run_module, "clock", lambda: two.begun + 1500 * MS)
    run.set_knob("switch_interval", 0.25)
    assert run.directory.word(layout.C_SWITCH_INTERVAL) == 250 * MS
    assert run.changes.all == (Change("switch_interval", 0.25, 0.005, 1.5),)
    two.engine.end()
    run.set_knob("switch_interval", 0.5)
    assert run.directory.word(layout.C_SWITCH_INTERVAL) == 500 * MS
    assert len(run.changes.all) == 1


# --- letting go


def test_everything_is_let_go(two: Scene, told: Told) -> None:
    run: Any = two.run
    names = ("rings", "probe_reader", "samples", "started", "output")
    kept = {name: getattr(run, name) for name in names}
    for name in names:
        setattr(run, name, Part(told, name))
    run._picture = Part(told, "picture")
    run.let_go()
    assert told == [
        ("rings", "close"),
        ("probe_reader", "close"),
        ("samples", "close"),
        ("started", "close"),
        ("picture", "close"),
        ("output", "let_go"),
    ]
    assert run.directory.path.exists()
    run.samples = run.started = run._picture = None
    del told[:]
    run.close()
    assert [one[0] for one in told] == ["rings", "probe_reader", "output"]
    assert not run.directory.path.exists()
    for name, part in kept.items():
        setattr(run, name, part)


class FakeTime:
    """Goes on only where somebody sleeps: by a quarter of a second."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += 0.25


@pytest.mark.parametrize("ends_after", [1, None])
def test_who_is_abandoned_is_killed_and_waited_for_a_moment(
    two: Scene, told: Told, ends_after: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a second at most."""
    fake, run = FakeTime(), two.run
    monkeypatch.setattr(run_module, "time", fake)
    run.start()
    engine: Any = run.engine

    def poll() -> None:
        told.append(("engine", "poll"))
        if ends_after is not None:
            engine.phase = "ended"

    engine.poll = poll
    del told[:]
    run.abandon()
    polls = ends_after or 2
    assert told == [("engine", "kill"), *[("engine", "poll")] * polls, ("probe", "stop"), ("lab_cpu", "close")]
    assert fake.slept == [0.002] * polls
    assert not run.directory.path.exists()


def test_who_was_never_started_is_not_waited_for(two: Scene, told: Told) -> None:
    run: Any = two.run
    run.lab_cpu = None
    run.abandon()
    assert told == [("engine", "kill"), ("probe", "stop")]
    assert not run.directory.path.exists()


# --- the picture


def test_the_picture_of_a_run_is_there_once_it_has_been_made(scenes: list[Scene]) -> None:
    run = scene_of(scenes, Recipe(job="mandelbrot")).run
    assert run.picture is None
    picture_layout.create(str(run.directory.path / "picture"), 2, 1, 4)
    shown = run.picture
    assert shown is not None
    assert shown.width == 8
    assert run.picture is shown
    run.let_go()
    assert shown._block.closed
    other = scene_of(scenes, Recipe(job="primes")).run
    picture_layout.create(str(other.directory.path / "picture"), 2, 1, 4)
    assert other.picture is None


def test_made_by_whom_it_was_asked(place: Path) -> None:
    seen = []

    class Noted(MadeEngine):
        def __init__(self, recipe: Recipe, directory: Any) -> None:
            super().__init__(recipe, directory)
            seen.append((recipe, directory))

    run = Run(7, Recipe(workers=1), Noted)
    assert (run.number, seen) == (7, [(run.recipe, run.directory)])
    run.abandon()
