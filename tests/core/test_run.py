"""A run's figures, from rings written by hand: a made engine stands in for the lab, so that every number is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.figures.records import RunStatistics
from playground.interpreters.facts import InterpreterFacts
from playground.lab.wire import ring, trip_times
from playground.reading import states
from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED
from playground.reading.raw_output import RawOutput
from playground.recipe.recipe import Recipe
from playground.run import run as run_module
from playground.run import run_folder
from playground.run.run import Run
from playground.run.run_folder import RunDirectory

MS = 1_000_000
PID = 4242
HOUR_MS = 3_600_000
NOW = 10**15  # what the run's clock says


class MadeEngine:
    """Does nothing; the test says what happens."""

    def __init__(self, recipe: Recipe, place: RunDirectory) -> None:
        self.phase = "running"
        self.outcome: str | None = None
        self.error: str | None = None
        self.facts = InterpreterFacts("python", "3.11.7", "CPython", False, True)
        self.nice: int | None = 5
        self.stamp_ns: float | None = 1000.0
        self.watch_ns: float | None = None
        self.cpu_step_ns = 1
        self.solo_ns: float | None = 100_000.0
        self.op_work = 1.0
        self.total = recipe.amount or 0
        self.handoffs_per_s: float | None = None
        self.stop_ms: float | None = None
        self.base_mb: float | None = None
        self.pid: int | None = None
        self.raw_output = RawOutput()
        self.fault: str | None = None
        self.last_s, self.gone, self.paused = 0.0, True, False

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def pause(self, on: bool) -> None: ...
    def poll(self) -> None: ...
    def kill(self) -> None: ...

    def end(self, outcome: str = "finished") -> None:
        self.phase, self.outcome = "ended", outcome


class Worker:
    """A worker whose clock the test turns."""

    def __init__(self, run: Run, index: int, begun: int, state: int = 0) -> None:
        self.ring = ring.Rings(str(run.directory.rings)).ring(index)
        self.ring.begin(1000 + index, state or 0x1000 * (index + 1), begun)
        self.ring.words[ring.W_PID] = PID
        self.now = begun

    def does(self, ms: float, kind: int = ring.RUN, cpu: float | None = None, slept: int = 0, counts: int = 1) -> None:
        words, end = self.ring.words, self.now + int(ms * MS)
        spent = int((ms if cpu is None else cpu) * MS)
        place = self.ring.first + words[ring.W_HEAD] % self.ring.capacity * ring.RECORD.size
        ring.RECORD.pack_into(self.ring.block, place, self.now, end, spent, 0, self.ring.index, 0, kind, slept, 0)
        words[ring.W_HEAD] += 1
        words[ring.W_OPS] += counts
        words[ring.W_CPU] += spent
        self.now = end

    def ends(self) -> None:
        self.ring.end(self.now)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run_folder, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(run_module, "clock", lambda: NOW)
    monkeypatch.setattr(sys, "platform", "linux")  # where somebody sees what each thread does
    return tmp_path


def looked(run: Run) -> RunStatistics:
    """Its figures, as it is now."""
    run.pull()
    return run.statistics()


class Scene:
    def __init__(self, recipe: Recipe) -> None:
        self.run = Run(1, recipe, MadeEngine)
        self.engine = self.run.engine
        self.begun = NOW - HOUR_MS * MS

    def worker(self, index: int, after: float = 0.0, state: int = 0) -> Worker:
        return Worker(self.run, index, self.begun + int(after * MS), state)

    def samples(self, holders: list[int], step: float = 1.0) -> None:
        block, words = ring.map_words(str(self.run.directory.path / "gil.ring"))
        for index, holder in enumerate(holders):
            head = words[ring.W_HEAD]
            place = ring.HEADER_BYTES + head % words[ring.W_CAPACITY] * ring.PROBE_RECORD.size
            moment = self.begun + int(index * step * MS)
            ring.PROBE_RECORD.pack_into(block, place, moment, holder, index, 0, holder != 0)
            words[ring.W_HEAD] = head + 1

    def end(self, outcome: str = "finished") -> RunStatistics:
        self.engine.end(outcome)  # type: ignore[call-arg]
        self.run.pull()
        assert self.run.ended
        return self.run.statistics()


@pytest.fixture
def scenes(place: Path) -> Iterator[list[Scene]]:
    made: list[Scene] = []
    yield made
    for scene in made:
        scene.run.abandon()


@pytest.fixture
def two(scenes: list[Scene]) -> Scene:
    """Two threads."""
    return scene_of(scenes, Recipe(workers=2, model="threads", amount=10))


def scene_of(scenes: list[Scene], recipe: Recipe) -> Scene:
    scenes.append(Scene(recipe))
    return scenes[-1]


def test_the_figures_of_a_run_are_those_of_its_rings(two: Scene) -> None:
    a, b = two.worker(0), two.worker(1)
    for _ in range(10):
        a.does(10, cpu=5, slept=1)
        b.does(20, cpu=5, slept=1)
    a.ends()
    b.ends()
    figures = two.end()
    assert figures.seconds == pytest.approx(0.2)
    assert figures.throughput == pytest.approx(100)
    assert figures.cores_used == pytest.approx(0.5)
    assert [worker.ops for worker in figures.workers] == [10, 10]
    assert [worker.cpu_s for worker in figures.workers] == pytest.approx([0.05, 0.05])
    assert [worker.share.run for worker in figures.workers] == pytest.approx([0.5, 0.25])
    assert [worker.share.wait_gil for worker in figures.workers] == pytest.approx([0.5, 0.75])
    assert figures.share.total() == pytest.approx(1)
    assert figures.progress == 1
    assert figures.speedup == pytest.approx(100 / 10_000)
    assert figures.recorder_cost == pytest.approx(20 * 1e-6 / 0.1)
    assert figures.lost_records == 0
    assert [worker.state for worker in figures.workers] == ["ended", "ended"]


def test_records_that_were_overwritten_are_counted(two: Scene) -> None:
    worker = two.worker(0)
    for _ in range(worker.ring.capacity + 100):
        worker.does(0.01)
    worker.ends()
    figures = two.end()
    assert figures.lost_records >= 100
    assert figures.workers[0].ops == worker.ring.capacity + 100


def test_a_pause_does_not_count_as_time(two: Scene) -> None:
    a, b = two.worker(0), two.worker(1)
    a.does(100)
    b.does(101)
    two.run.pull()
    a.does(1000, kind=ring.PAUSED, cpu=0, counts=0)
    b.does(999, kind=ring.PAUSED, cpu=0, counts=0)
    a.does(100)
    b.does(100)
    a.ends()
    b.ends()
    figures = two.end()
    assert figures.seconds == pytest.approx(0.2)
    assert figures.share.run == pytest.approx(1)


def test_pauses_of_workers_that_run_one_after_the_other_add_up(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="serial", amount=1))
    for index, after in ((0, 0), (1, 600)):
        worker = scene.worker(index, after)
        worker.does(500, kind=ring.PAUSED, cpu=0, counts=0)
        worker.does(100)
        worker.ends()
    assert scene.end().seconds == pytest.approx(0.2)


def test_time_stands_still_while_paused(two: Scene) -> None:
    for index in (0, 1):
        worker = two.worker(index)
        worker.does(100)
        worker.ring.enter(ring.PAUSED, worker.now)
    two.run.pull()
    figures = looked(two.run)
    assert figures.seconds == pytest.approx(0.1), "an hour of pause is left out"
    assert [worker.state for worker in figures.workers] == ["paused", "paused"]
    assert figures.throughput == pytest.approx(20)
    assert two.end("stopped").seconds == pytest.approx(0.1)


def test_what_a_killed_worker_was_in_the_middle_of_counts(two: Scene) -> None:
    worker = two.worker(0)
    worker.ring.enter(ring.SLEEP, worker.now)
    two.run.pull()
    figures = two.end("stopped")
    assert figures.workers[0].share.sleep == pytest.approx(1)
    assert figures.seconds == pytest.approx(3600)
    assert looked(two.run).seconds == figures.seconds, "it has ended: its time does not go on"
    assert two.run.reading.lanes.slices(0, 2**62, 2**62)[0].state == states.SLEEP


def test_a_run_that_never_began_has_no_figures(two: Scene) -> None:
    figures = two.end("failed")
    assert (figures.seconds, figures.throughput, figures.cores_used, figures.share.total()) == (0, 0, 0, 0)
    assert figures.ended_ns is not None
    assert figures.gil.source == "none"
    assert [worker.state for worker in figures.workers] == ["not started", "not started"]


def test_progress_is_that_of_ops_or_of_time_whichever_is_further(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, amount=10))
    scene.worker(0).does(1, counts=5)
    scene.worker(1)
    assert looked(scene.run).progress == pytest.approx(0.25)
    timed = scene_of(scenes, Recipe(workers=1, seconds=7200))
    timed.worker(0)
    assert looked(timed.run).progress == pytest.approx(0.5)
    endless = scene_of(scenes, Recipe(workers=1))
    endless.worker(0)
    assert looked(endless.run).progress is None


# --- the GIL


def test_the_holder_of_each_sample_is_found(two: Scene) -> None:
    for index in (0, 1):
        two.worker(index).does(100)
    two.samples([0x1000] * 60 + [0x2000] * 30 + [0] * 10)
    figures = two.end().gil
    assert figures.source == "measured"
    assert figures.held == {"A": 0.6, "B": 0.3}
    assert figures.free == pytest.approx(0.1)
    assert figures.samples == 100
    assert figures.handoffs_per_s == pytest.approx(1000)
    assert figures.mean_slice_ms == pytest.approx(0.9)


def test_serial_workers_share_a_thread_and_are_told_apart_by_time(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=3, model="serial", amount=1))
    scene.samples([0x1000] * 100)
    for index, (after, ms) in enumerate(((0, 20), (20, 50), (70, 30))):
        worker = scene.worker(index, after, state=0x1000)
        worker.does(ms)
        worker.ends()
    assert scene.end().gil.held == {"A": 0.2, "B": 0.5, "C": 0.3}


def test_without_a_probe_the_ribbon_is_drawn_from_the_stamps(two: Scene) -> None:
    a, b = two.worker(0), two.worker(1)
    a.does(50)
    b.does(50, kind=ring.LOCK, cpu=0)
    a.does(50, kind=ring.LOCK, cpu=0)
    b.does(50)
    a.ends()
    b.ends()
    figures = two.end()
    assert figures.gil.source == "estimated"
    assert figures.gil.held == pytest.approx({"A": 0.5, "B": 0.5})
    edges = two.begun + np.arange(6, dtype=np.int64) * 25 * MS
    assert list(two.run.reading.ribbon(edges)) == [0, 0, 1, 1, -3]
    assert [hold[0] for hold in two.run.reading.hold_slices(two.begun, two.begun + 100 * MS)] == [0, 1]


def test_where_by_their_stamps_none_ran_nobody_had_the_gil(two: Scene) -> None:
    """Estimated, and of the time in which there is anything to go by."""
    a, b = two.worker(0, 20), two.worker(1, 20)
    a.does(30)
    a.does(40, kind=ring.SLEEP, cpu=0)
    a.does(10)
    b.does(80, kind=ring.SLEEP, cpu=0)
    a.ends()
    b.ends()
    two.end()
    edges = two.begun + np.arange(7, dtype=np.int64) * 20 * MS
    assert list(two.run.reading.ribbon(edges)) == [NOT_SAMPLED, 0, 0, NOBODY, 0, NOT_SAMPLED]
    ms = [(lane, (start - two.begun) // MS, (end - two.begun) // MS) for lane, start, end in holds(two, 0, 120)]
    assert ms == [(0, 20, 50), (NOBODY, 50, 90), (0, 90, 100)]
    assert [hold[0] for hold in holds(two, 60, 70)] == [NOBODY]
    assert holds(two, 110, 120) == []


def holds(scene: Scene, first: int, last: int) -> list[tuple[int, int, int]]:
    return scene.run.reading.hold_slices(scene.begun + first * MS, scene.begun + last * MS)


def test_a_pause_is_no_part_of_what_is_told_of_the_gil(two: Scene) -> None:
    """100 ms of A, 100 ms of pause in which nobody has it, 100 ms of B; a hand-off with each sample."""
    states = 0x1000, 0x2000
    a, b = two.worker(0, state=states[0]), two.worker(1, state=states[1])
    for worker in (a, b):
        worker.does(100)
        worker.does(100, kind=ring.PAUSED, cpu=0)
        worker.does(100)
    two.samples([states[0]] * 100 + [0] * 100 + [states[1]] * 101)
    figures = two.end().gil
    assert figures.handoffs_per_s == pytest.approx(1000)
    assert (figures.free, figures.samples) == (0.0, 301)
    assert figures.held == pytest.approx({"A": 100 / 201, "B": 101 / 201}, abs=1e-4)
    assert figures.mean_slice_ms == pytest.approx(1.0)
    assert [hold[0] for hold in holds(two, 0, 300)] == [0, NOBODY, 1]


def test_an_interpreter_without_a_gil_has_no_holder(two: Scene) -> None:
    two.engine.facts = InterpreterFacts("python", "3.13.0", "CPython", True, False)
    two.worker(0).does(10)
    assert two.end().gil.source == "none"


def test_a_closed_run_can_still_be_asked(two: Scene) -> None:
    worker = two.worker(0)
    worker.does(10)
    worker.ends()
    figures = two.end()
    del worker  # Windows deletes no file that somebody has mapped
    two.run.close()
    assert looked(two.run) == figures
    assert not two.run.directory.path.exists()
    two.run.close()


def test_without_a_gil_nobody_waits_for_one(two: Scene) -> None:
    two.engine.facts = InterpreterFacts("python", "3.13.0", "CPython", free_threaded=True, gil_enabled=False)
    a = two.worker(0)
    for _ in range(10):
        a.does(10, cpu=5, slept=1)
    a.ends()
    share = two.end().workers[0].share
    assert (share.wait_gil, share.blocked) == (0.0, pytest.approx(0.5))


def test_making_the_workers_is_a_part_of_starting_them_all(two: Scene) -> None:
    _, control = ring.map_words(str(two.run.directory.path / "control"))
    control[ring.C_CALLED] = two.begun - 30 * MS
    two.worker(0).ends()
    two.worker(1, after=5).ends()
    assert two.end().start_all_ms == pytest.approx(35.0)


def test_what_a_loop_needs_beside_its_threads_is_counted_too(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, model="asyncio-to-thread", amount=10))
    worker = scene.worker(0)
    cpu = scene.run.reading.lab_cpu
    assert cpu is not None
    assert scene.run.lab_cpu is not None
    scene.run.lab_cpu.taken()  # looks by another clock
    cpu._looks = [(worker.now - 50 * MS, 0), (worker.now, 40 * MS), (worker.now + 100 * MS, 110 * MS)]
    for _ in range(10):
        worker.does(10, cpu=5)
    worker.ends()
    figures = scene.end()
    assert (figures.cores_workers, figures.cores_lab) == pytest.approx((0.5, 0.2)), "what it took to start is not in it"
    assert figures.cores_used == pytest.approx(0.7)


# --- what the app itself takes


def test_ops_and_their_cost_make_cores(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, model="asyncio", job="sleep", amount=10))
    scene.engine.watch_ns = float(MS)
    worker = scene.worker(0)
    _, control = ring.map_words(str(scene.run.directory.path / "control"))
    for _ in range(10):
        worker.does(10, cpu=0)
    control[ring.C_LOOP_DUE], control[ring.C_LOOP_CPU] = worker.now, 20 * MS
    worker.ends()
    figures = scene.end()
    assert figures.loop is not None
    assert figures.loop.cores == pytest.approx(0.2)
    assert figures.loop.watch_cores == pytest.approx(10 * 0.001 / 0.1)
    assert figures.recorder_cost == pytest.approx(0.1 / 0.2)


def test_of_a_loop_whose_recording_was_not_measured_nothing_is_told(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, model="asyncio", job="sleep", amount=10))
    worker = scene.worker(0)
    _, control = ring.map_words(str(scene.run.directory.path / "control"))
    worker.does(10)
    control[ring.C_LOOP_DUE], control[ring.C_LOOP_CPU] = worker.now, 20 * MS
    worker.ends()
    figures = scene.end()
    assert figures.loop is not None
    assert (figures.loop.watch_cores, figures.recorder_cost) == (None, None)


def test_measuring_plain_messages_is_no_part_of_starting_the_workers(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, job="ping-pong", model="threads", amount=10))
    board = trip_times.show_on(trip_times.create(str(scene.run.directory.path), 2))
    board[1][trip_times.PLAIN_TOOK] = 42 * MS
    _, control = ring.map_words(str(scene.run.directory.path / "control"))
    control[ring.C_CALLED] = scene.begun - 50 * MS
    scene.worker(0).ends()
    scene.worker(1, after=3).ends()
    assert scene.end().start_all_ms == pytest.approx(3 + 50 - 42)
