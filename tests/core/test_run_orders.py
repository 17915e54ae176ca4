"""What a run passes on to its parts, and in which order: each part here only writes down what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from playground.lab.wire import picture_file as picture_layout
from playground.lab.wire import ring
from playground.recipe.recipe import Recipe
from playground.run import run as run_module
from playground.run.run import Run
from playground.run.stuck import StuckWatch
from tests.core import test_run
from tests.core.test_run import MS, PID, MadeEngine, Scene, scene_of

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
    known = {
        "phase": "running",
        "paused": False,
        "pid": 77,
        "outcome": None,
        "fault": None,
        "last_s": 1.0,
        "gone": True,
    }
    return Part(told, "engine", **{**known, **fields})


@pytest.fixture
def told(two: Scene) -> Told:
    """Of the run of `two`."""
    told: Told = []
    run: Any = two.run
    run.engine = engine_of(told)
    run.probe = Part(told, "probe", pid=88, running=False)
    run.lab_cpu = Part(told, "lab_cpu", processes={})
    run.freezer = Part(told, "freezer")
    run.memory = Part(told, "memory")
    run._stuck = Part(told, "stuck", answer=None)
    return told


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
        ("engine", "note_processes", {}),
        ("engine", "poll"),
        ("freezer", "poll", False, 77),
        ("probe", "poll"),
        ("stuck", "poll", True, 77),
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


def test_a_paused_run_is_asked_for_no_lines_and_is_not_stuck(two: Scene, told: Told) -> None:
    run: Any = two.run
    run._asked_lines = Part(told, "lines")
    run.ask_for_lines()
    assert [one[:2] for one in told] == [("lines", "ask")]
    run.engine.paused = True
    del told[:]
    run.ask_for_lines()
    assert told == []
    run.poll()
    assert ("stuck", "poll", False, 77) in told


def test_a_run_that_is_stuck_ends(two: Scene, told: Told) -> None:
    run: Any = two.run
    run._stuck = Part(told, "stuck", answer="A waits")
    run.poll()
    assert ("engine", "is_stuck", "A waits") in told


def test_who_runs_is_not_stuck_at_the_first_look(two: Scene, told: Told) -> None:
    run: Any = two.run
    run._stuck = StuckWatch(run.recipe, run.directory, run.rings)
    run.engine.pid = None
    two.worker(0)
    run.poll()
    assert ("engine", "is_stuck") not in [one[:2] for one in told]
    assert isinstance(Run(2, Recipe(), MadeEngine)._stuck, StuckWatch)


def test_a_run_that_has_ended_lets_its_watchers_go(two: Scene, told: Told) -> None:
    """Its engine is asked on: something of it may still be there."""
    run: Any = two.run
    run.engine.phase = "ended"
    run.poll()
    assert [one[:2] for one in told] == [("engine", "poll"), ("probe", "stop"), ("probe", "poll"), ("lab_cpu", "close")]
    run.lab_cpu = None
    run.poll()
    assert told[-1] == ("probe", "poll")


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
    assert run.directory.word(ring.C_SWITCH_INTERVAL) == 250 * MS
    assert run.changes.plain == (("switch_interval", 0.25, 0.005, 1.5),)
    two.engine.end()  # type: ignore[call-arg]
    run.set_knob("switch_interval", 0.5)
    assert run.directory.word(ring.C_SWITCH_INTERVAL) == 500 * MS
    assert [value for _, value, _, _ in run.changes.plain] == [0.25], "nobody hears of it any more"


# --- letting go


def test_everything_is_let_go(two: Scene, told: Told) -> None:
    run: Any = two.run
    source, output = run.source, run.output
    names = ("rings", "holders", "threads", "started", "_picture")
    kept = {name: getattr(source, name) for name in names}
    for name in names:
        setattr(source, name, Part(told, name))
    run.output = Part(told, "output")
    run.let_go()
    assert told == [*((name, "close") for name in names), ("output", "let_go")]
    assert run.directory.path.exists()
    source.threads = source.started = source._picture = None
    del told[:]
    for part in filter(None, kept.values()):
        part.close()  # Windows deletes no file that somebody has mapped
    run.close()
    assert [one[0] for one in told] == ["rings", "holders", "output"]
    assert not run.directory.path.exists()
    run.output = output
    for name, part in kept.items():
        setattr(source, name, part)


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
    """So long as its engine may take; it is killed anew at each look."""
    fake, run = FakeTime(), two.run
    monkeypatch.setattr(run_module, "time", fake)
    run.start()
    engine: Any = run.engine
    engine.last_s, engine.gone = 0.5, False

    def poll() -> None:
        told.append(("engine", "poll"))
        if ends_after is not None:
            engine.phase, engine.gone = "ended", True

    engine.poll = poll
    del told[:]
    run.abandon()
    assert fake.slept == [0.002] * (ends_after or 2)
    assert [one[:2] for one in told[:2]] == [("engine", "kill"), ("probe", "stop")]
    assert told.count(("engine", "kill")) == 1 + (ends_after or 2)
    assert (("lab_cpu", "close") in told) == (ends_after is not None)
    assert not run.directory.path.exists()


def test_who_was_never_started_is_not_waited_for(two: Scene, told: Told) -> None:
    run: Any = two.run
    run.lab_cpu = None
    run.engine.last_s = 60.0
    run.abandon()
    assert told == [("engine", "kill"), ("probe", "stop")]
    assert not run.directory.path.exists()


# --- the picture


def test_the_picture_of_a_run_is_there_once_it_has_been_made(scenes: list[Scene]) -> None:
    run = scene_of(scenes, Recipe(job="mandelbrot")).run
    assert run.reading.picture is None
    picture_layout.create(str(run.directory.path / "picture"), 2, 1, 4)
    shown = run.reading.picture
    assert shown is not None
    assert shown.width == 8
    assert run.reading.picture is shown
    run.let_go()
    assert shown._block.closed
    other = scene_of(scenes, Recipe(job="primes")).run
    picture_layout.create(str(other.directory.path / "picture"), 2, 1, 4)
    assert other.reading.picture is None
