"""The sums of a run's figures, each against one that was worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from playground.figures import gil_figures, speedup, worker_figures
from playground.figures import records as words
from playground.figures.records import GilFigures, RunStatistics, Shares
from playground.interpreters.facts import InterpreterFacts
from playground.lab.wire import ring, trip_times
from playground.reading.batch import Baseline
from playground.reading.header_sums import Totals
from playground.recipe.recipe import Recipe
from playground.run import run as run_module
from tests.core import test_run
from tests.core.made_runs import LOOP, made
from tests.core.test_run import HOUR_MS, MS, NOW, PID, Scene, looked, scene_of

place, scenes = test_run.place, test_run.scenes
SECOND = 10**9


@pytest.fixture
def turn_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """To so many seconds after the moment that a scene takes for now."""

    def turn(seconds: float) -> None:
        monkeypatch.setattr(run_module, "clock", lambda: NOW + round(seconds * SECOND))

    return turn


def control(scene: Scene) -> memoryview:
    return ring.map_words(str(scene.run.directory.path / "control"))[1]


# --- progress and speed


def test_progress_is_what_is_further_of_ops_and_of_time(scenes: list[Scene]) -> None:
    """An hour of two; then 18 of 20 ops."""
    scene = scene_of(scenes, Recipe(workers=2, amount=10, seconds=7200))
    first = scene.worker(0)
    first.does(1, counts=5)
    scene.worker(1)
    assert looked(scene.run).progress == pytest.approx(0.5)
    first.does(1, counts=13)
    assert looked(scene.run).progress == pytest.approx(0.9)
    first.does(1, counts=13)
    assert looked(scene.run).progress == 1.0, "never more than all"


def test_where_ops_are_not_known_progress_is_of_workers(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=4, amount=10))
    scene.engine.total = 0
    scene.worker(0).ends()
    scene.worker(1)
    assert looked(scene.run).progress == pytest.approx(0.25)


def test_what_has_finished_is_all_done(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, seconds=7200))
    scene.worker(0).does(10)
    assert scene.end().progress == 1.0
    endless = scene_of(scenes, Recipe(workers=1))
    endless.worker(0).does(10)
    assert endless.end().progress is None
    stopped = scene_of(scenes, Recipe(workers=1, seconds=1.0))
    worker = stopped.worker(0)
    worker.does(500)
    worker.ends()
    assert stopped.end("stopped").progress == pytest.approx(0.5)


def ten_per_second(scenes: list[Scene], workers: int = 2) -> Scene:
    scene = scene_of(scenes, Recipe(workers=workers, amount=10))
    for index in range(workers):
        worker = scene.worker(index)
        worker.does(1000, cpu=500, counts=10 // workers)
        worker.ends()
    return scene


def test_work_is_ops_times_what_one_op_does(scenes: list[Scene]) -> None:
    scene = ten_per_second(scenes)
    scene.engine.op_work = 3.0
    figures = scene.end()
    assert (figures.throughput, figures.work_per_s) == (pytest.approx(10), pytest.approx(30))
    assert (figures.unit, figures.work) == (scene.run.job.unit, scene.run.job.work)


def test_a_speed_up_over_one_that_was_run_before_goes_by_work(scenes: list[Scene]) -> None:
    scene = ten_per_second(scenes)
    scene.engine.op_work = 3.0
    scene.run.baseline = Baseline(6.0, speedup.BEFORE)
    figures = scene.end()
    assert figures.speedup == pytest.approx(5.0), "30 of work a second, where one made 6"
    assert figures.speedup_basis == "1 worker, run before"


@pytest.mark.parametrize("baseline", [None, Baseline(0.0, speedup.BEFORE)])
def test_else_it_goes_by_one_op_that_was_timed_alone(scenes: list[Scene], baseline: Baseline | None) -> None:
    scene = ten_per_second(scenes)
    scene.engine.op_work = 3.0
    scene.run.baseline = baseline
    scene.engine.solo_ns = 200_000_000.0
    figures = scene.end()
    assert figures.speedup == pytest.approx(2.0), "alone 5 a second"
    assert figures.speedup_basis == "1 worker, timed before the start"


def test_without_anything_to_compare_with_there_is_no_speed_up(scenes: list[Scene]) -> None:
    scene = ten_per_second(scenes)
    scene.engine.solo_ns = None
    assert (scene.end().speedup, looked(scene.run).speedup_basis) == (None, None)
    alone = ten_per_second(scenes, workers=1)
    alone.run.baseline = Baseline(6.0, speedup.BEFORE)
    assert (alone.end().speedup, looked(alone.run).speedup_basis) == (None, None), "one over one"
    idle = scene_of(scenes, Recipe(workers=2, amount=10))
    idle.worker(0)
    assert idle.end().speedup is None


def test_recent_rates_follow_a_change(scenes: list[Scene], turn_clock: Callable[[float], None]) -> None:
    """100 ops and a whole core in the first second, ten ops and a tenth of a core in each one after it."""
    scene = scene_of(scenes, Recipe(workers=2))
    a, b = scene.worker(0), scene.worker(1)
    scene.run.pull()
    assert (looked(scene.run).throughput_recent, looked(scene.run).cores_recent) == (0.0, 0.0)
    seen = []
    for second in range(1, 5):
        a.does(0.001, cpu=750 if second == 1 else 100, counts=90 if second == 1 else 10)
        if second == 1:
            b.does(0.001, cpu=250, counts=10)
        turn_clock(second)
        scene.run.pull()
        figures = looked(scene.run)
        workers = [round(worker.cpu_recent, 3) for worker in figures.workers]
        seen.append((round(figures.throughput_recent, 3), round(figures.cores_recent, 3), workers))
    assert seen == [
        (100.0, 1.0, [0.75, 0.25]),
        (55.0, 0.55, [0.425, 0.125]),
        (40.0, 0.4, [0.317, 0.083]),
        (10.0, 0.1, [0.1, 0.0]),
    ]
    scene.engine.end("stopped")  # type: ignore[call-arg]
    scene.run.pull()
    turn_clock(60)
    ended = looked(scene.run)
    assert (ended.cores_recent, [worker.cpu_recent for worker in ended.workers]) == (0.0, [0.0, 0.0])


def test_rates_of_the_last_two_seconds_look_no_further_back(
    scenes: list[Scene], turn_clock: Callable[[float], None]
) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    worker = scene.worker(0)
    for moment, counts in ((0.0, 0), (1.0, 100), (1.9, 0), (3.5, 16)):
        worker.does(0.001, counts=counts)
        turn_clock(moment)
        scene.run.pull()
        rate = looked(scene.run).throughput_recent
    assert rate == pytest.approx(16 / 2.5), "two seconds ago lay between 1 s and 1.9 s, so it is 16 since 1 s"


def test_to_ask_for_figures_changes_none(scenes: list[Scene], turn_clock: Callable[[float], None]) -> None:
    """Two runs of the same, pulled at the same moments; one is asked a hundred times as often, in between as well."""
    told = []
    for often in (0, 100):
        turn_clock(0)
        scene = scene_of(scenes, Recipe(workers=2, amount=100))
        workers = [scene.worker(0), scene.worker(1)]
        for tick in range(40):
            for worker in workers:
                worker.does(1, cpu=0.5)
            turn_clock(tick / 10)
            scene.run.pull()
            for _ in range(often):
                turn_clock(tick / 10 + 0.05)
                scene.run.statistics()
        turn_clock(4)
        going_on = scene.run.statistics()
        scene.engine.end("stopped")  # type: ignore[call-arg]
        scene.run.pull()
        told.append((going_on, scene.run.statistics()))
    assert told[0] == told[1]
    assert told[0][0].throughput_recent == pytest.approx(42 / 2.2), "since 1.8 s"


# --- who is counted


def test_a_worker_that_never_began_has_no_part_in_means(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=4, model="processes", amount=10))
    for index, cpu in ((0, 100), (1, 60)):
        worker = scene.worker(index)
        worker.does(100, cpu=cpu)
        worker.ends()
    scene.worker(2, after=20).ends()
    scene.run.pull()
    figures = looked(scene.run)
    assert figures.begun == 3
    assert figures.start_all_ms is None
    assert [worker.state for worker in figures.workers][3] == "not started"
    ended = scene.end("stopped")
    assert ended.share.run == pytest.approx(0.8), "100 % and 60 %; nothing is known of the others"
    assert ended.share.total() == pytest.approx(1)
    assert ended.workers[3].share == Shares()
    assert [worker.state for worker in ended.workers] == ["ended", "ended", "ended", "not started"]


def test_a_share_is_the_mean_over_workers_and_of_very_many_over_their_time(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(scenes, Recipe(workers=3, model="processes", amount=10))
    for index, (ms, cpu) in enumerate(((100, 100), (300, 0))):
        worker = scene.worker(index)
        worker.does(ms, kind=ring.RUN if cpu else ring.SLEEP, cpu=cpu)
        worker.ends()
    run = scene.run
    run.pull()
    few = worker_figures.Workers(run.reading, None, None)
    assert (few.share.run, few.share.sleep) == (pytest.approx(0.5), pytest.approx(0.5))
    monkeypatch.setattr(worker_figures, "MOST_COPIED", 2)
    many = worker_figures.Workers(run.reading, None, None)
    assert (many.share.run, many.share.sleep) == (pytest.approx(0.25), pytest.approx(0.75))
    assert [worker.share for worker in many] == [worker.share for worker in few]
    assert [worker.cpu_s for worker in many] == [0.1, 0.0, 0.0]
    assert len(many) == 3
    assert many[-1].name == "C"
    assert [worker.name for worker in many[:2]] == ["A", "B"]
    assert few == worker_figures.Workers(run.reading, None, None)
    assert few != [*few]


def test_what_a_worker_is_in_the_middle_of_counts_until_now(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, model="threads", job="sleep"))
    worker = scene.worker(0)
    worker.does(HOUR_MS / 4, cpu=HOUR_MS / 4)
    worker.ring.enter(ring.SLEEP, worker.now)
    scene.run.pull()
    share = looked(scene.run).share
    assert (share.run, share.sleep + share.unknown) == (pytest.approx(0.25), pytest.approx(0.75))


def test_of_a_worker_everything_is_told(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, amount=7))
    worker = scene.worker(0)
    worker.does(100, cpu=30, counts=5)
    worker.ring.words[ring.W_CORE], worker.ring.words[ring.W_TOTAL] = 3, 7
    scene.worker(1).ring.words[ring.W_CORE] = ring.CORE_UNKNOWN
    a, b = looked(scene.run).workers
    assert (a.name, a.index, a.pid, a.tid, a.core, a.cpu_s, a.ops, a.total) == ("A", 0, PID, 1000, 3, 0.03, 5, 7)
    assert (b.name, b.index, b.tid, b.core, b.ops, b.total) == ("B", 1, 1001, None, 0, None)
    assert (a.error, a.result) == (None, None)


def test_a_core_is_told_of_those_that_have_begun(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    scene.worker(0)
    assert [worker.core for worker in looked(scene.run).workers] == [0, None]


# --- loops


def loop_scene(scenes: list[Scene]) -> tuple[Scene, memoryview]:
    scene = scene_of(scenes, Recipe(workers=2, model="asyncio"))
    scene.worker(0)
    words = control(scene)
    words[ring.C_LOOP_CPU], words[ring.C_SWITCHES] = HOUR_MS * MS // 4, 7200
    return scene, words


def test_how_late_a_loop_is_comes_from_its_counts(scenes: list[Scene]) -> None:
    """Four steps double a microsecond: 40 is 1.024 ms, 48 is 4.096 ms, 60 is 32.768 ms."""
    scene, words = loop_scene(scenes)
    for step, beats in ((40, 90), (48, 9), (60, 1)):
        words[ring.C_LOOP_COUNTS + step] = beats
    words[ring.C_LOOP_BEATS], words[ring.C_LOOP_LATE_MAX] = 100, 40 * MS
    words[ring.C_LOOP_DUE] = NOW + 5 * MS
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.late_p50_ms, beat.late_p99_ms, beat.late_max_ms) == pytest.approx((1.024, 4.096, 40.0))
    assert (beat.beats, beat.cores, beat.switches_per_s) == (100, pytest.approx(0.25), pytest.approx(2.0))
    assert beat.switches_source == "counted"
    words[ring.C_SWITCHES_TRACED] = 1
    words[ring.C_LOOP_LATE_MAX] = 3 * MS
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.late_p50_ms, beat.late_p99_ms, beat.late_max_ms) == pytest.approx((1.024, 3.0, 3.0)), "at worst"
    assert beat.switches_source == "trace"
    words[ring.C_LOOP_LATE_MAX] = MS
    beat = looked(scene.run).loop
    assert beat is not None
    assert beat.late_p50_ms == pytest.approx(1.0)


def test_a_beat_that_does_not_come_is_late_until_now(scenes: list[Scene], turn_clock: Callable[[float], None]) -> None:
    scene, words = loop_scene(scenes)
    assert looked(scene.run).loop is None, "before the first beat is due there is nothing to tell"
    words[ring.C_LOOP_DUE] = NOW - 5 * SECOND
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.late_p50_ms, beat.late_p99_ms, beat.late_max_ms, beat.beats) == (5000, 5000, 5000, 0)
    scene.engine.paused = True
    beat = looked(scene.run).loop
    assert beat is not None
    assert beat.late_max_ms == 0, "while it is paused no beat is late"
    scene.engine.paused = False
    scene.engine.end("stopped")  # type: ignore[call-arg]
    scene.run.pull()
    turn_clock(60)
    beat = looked(scene.run).loop
    assert beat is not None
    assert beat.late_max_ms == pytest.approx(5000), "it has ended: no beat gets later"


def test_a_loop_that_has_ended_was_as_late_as_it_was(scenes: list[Scene]) -> None:
    scene, words = loop_scene(scenes)
    words[ring.C_LOOP_BEATS], words[ring.C_LOOP_LATE_MAX] = 3, 7 * MS
    words[ring.C_LOOP_COUNTS] = 3
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.late_p50_ms, beat.late_p99_ms, beat.late_max_ms) == (0, 0, 7)


def test_only_a_loop_has_a_beat(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    scene.worker(0)
    words = control(scene)
    words[ring.C_LOOP_BEATS] = words[ring.C_LOOP_DUE] = 1
    assert looked(scene.run).loop is None


def test_pauses_are_left_out_of_the_time_of_a_loop(scenes: list[Scene]) -> None:
    """A loop of two workers, paused for half of the hour."""
    scene = scene_of(scenes, Recipe(workers=2, model="asyncio"))
    words = control(scene)
    words[ring.C_LOOP_BEATS], words[ring.C_LOOP_CPU], words[ring.C_SWITCHES] = 1, 1800 * SECOND, 3600
    for index in (0, 1):
        worker = scene.worker(index)
        worker.does(HOUR_MS / 4, cpu=0)
        worker.does(HOUR_MS / 2, kind=ring.PAUSED, cpu=0, counts=0)
        worker.does(HOUR_MS / 4, cpu=0)
    scene.run.pull()
    figures = looked(scene.run)
    assert figures.seconds == pytest.approx(1800)
    assert figures.loop is not None
    assert (figures.loop.cores, figures.loop.switches_per_s) == (pytest.approx(1.0), pytest.approx(2.0))


# --- starting


def test_how_long_it_took_to_begin(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    assert looked(scene.run).start_ms is None
    scene.run.asked_ns = scene.begun - 80 * MS
    scene.worker(0)
    scene.worker(1, after=5)
    figures = looked(scene.run)
    assert figures.start_ms == pytest.approx(80.0)
    assert figures.start_all_ms == pytest.approx(5.0), "it was not told when they were made"
    control(scene)[ring.C_CALLED] = scene.begun - 30 * MS
    assert looked(scene.run).start_all_ms == pytest.approx(35.0)


# --- the GIL


def sampled(scene: Scene, samples: list[tuple[int, int, int]]) -> None:
    """(target, holder, its counter of hand-offs), one a millisecond for each target."""
    block, words = ring.map_words(str(scene.run.directory.path / "gil.ring"))
    times: dict[int, int] = {}
    for target, holder, switches in samples:
        moment = scene.begun + times.get(target, 0) * MS
        times[target] = times.get(target, 0) + 1
        spot = ring.HEADER_BYTES + words[ring.W_HEAD] * ring.PROBE_RECORD.size
        ring.PROBE_RECORD.pack_into(block, spot, moment, holder, switches, target, holder != 0)
        words[ring.W_HEAD] += 1


def test_two_gils(scenes: list[Scene]) -> None:
    """Two processes with two threads each. In 100 ms the first GIL changes hands 200 times and is never free, the
    second changes hands 50 times and is free half of the time: 2500 a second, of slices of 0.6 ms on average."""
    scene = scene_of(scenes, Recipe(workers=4, model="processes-threads"))
    for index in range(4):
        worker = scene.worker(index)
        worker.ring.words[ring.W_PID] = PID + index % 2
        worker.does(100)
    first = [(0, 0x1000 if index % 4 else 0x3000, 2 * index) for index in range(101)]
    second = [(1, 0 if index % 2 else 0x2000, index // 2) for index in range(101)]
    sampled(scene, [sample for pair in zip(first, second, strict=True) for sample in pair])
    gil = scene.end().gil
    assert gil.source == "measured"
    assert gil.samples == 202
    assert gil.free == pytest.approx(50 / 202)
    assert gil.handoffs_per_s == pytest.approx(2500)
    assert gil.mean_slice_ms == pytest.approx((1 - 50 / 202) * 2 / 2500 * 1000)
    assert gil.held == {
        "A": pytest.approx(75 / 101, abs=1e-4),
        "B": pytest.approx(51 / 101, abs=1e-4),
        "C": pytest.approx(26 / 101, abs=1e-4),
        "D": 0.0,
    }


def test_by_the_lab_s_own_counter(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    for index, cpu in ((0, HOUR_MS / 4), (1, HOUR_MS / 2)):
        scene.worker(index).does(HOUR_MS, cpu=cpu)
    scene.engine.handoffs_per_s = 500.0
    gil = scene.end().gil
    assert (gil.source, gil.handoffs_per_s, gil.mean_slice_ms, gil.free) == ("counter", 500.0, pytest.approx(2.0), None)
    assert gil.held == {"A": pytest.approx(0.25), "B": pytest.approx(0.5)}


def test_from_the_stamps_alone(scenes: list[Scene]) -> None:
    """Each ran for ten times 10 ms, in turns, and both never at once."""
    scene = scene_of(scenes, Recipe(workers=2))
    a, b = scene.worker(0), scene.worker(1)
    for _ in range(10):
        a.does(10)
        b.does(10, kind=ring.LOCK, cpu=0)
        a.does(10, kind=ring.LOCK, cpu=0)
        b.does(10)
    a.ends()
    b.ends()
    gil = scene.end().gil
    assert (gil.source, gil.free, gil.samples) == ("estimated", None, 0)
    assert gil.held == {"A": pytest.approx(0.5), "B": pytest.approx(0.5)}
    assert gil.handoffs_per_s == pytest.approx(100)
    assert gil.mean_slice_ms == pytest.approx(10)


def test_of_very_many_hand_offs_are_not_estimated(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.reading.lanes.store.MANY", 1)
    scene = scene_of(scenes, Recipe(workers=2))
    scene.worker(0).does(10)
    gil = scene.end().gil
    assert (gil.source, gil.handoffs_per_s, gil.mean_slice_ms) == ("estimated", None, None)


def test_of_very_many_only_those_are_named_that_held_it(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gil_figures, "MOST_HELD_TOLD", 2)
    scene = scene_of(scenes, Recipe(workers=4))
    for index in range(4):
        scene.worker(index).does(100)
    sampled(scene, [(0, 0x2000, index) for index in range(10)] + [(0, 0x4000, 10)])
    assert set(scene.end().gil.held) == {"B", "D"}
    few = scene_of(scenes, Recipe(workers=2))
    for index in range(2):
        few.worker(index).does(100)
    sampled(few, [(0, 0x2000, index) for index in range(10)])
    assert set(few.end().gil.held) == {"A", "B"}


def test_why_it_is_not_measured_is_told(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    scene.engine.facts = InterpreterFacts("python", "3.13.0", "CPython", True, False)
    scene.run.probe.why_not = "there is none"
    scene.worker(0).does(10)
    gil = scene.end().gil
    assert (gil.source, gil.why, gil.handoffs_per_s, gil.held) == ("none", "there is none", None, {})
    other = scene_of(scenes, Recipe(workers=2))
    other.run.probe.why_not = "it died"
    other.worker(0).does(10)
    assert other.end().gil.why == "it died"


def test_where_each_has_a_gil_of_its_own_a_slice_says_nothing(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="processes"))
    for index in (0, 1):
        scene.worker(index).does(100)
    sampled(scene, [(0, 0x1000, index) for index in range(11)])
    gil = scene.end().gil
    assert gil.handoffs_per_s == pytest.approx(1000)
    assert gil.mean_slice_ms is None


@pytest.mark.parametrize(
    ("recipe", "mean"), [(Recipe(workers=1), None), (Recipe(workers=1, host="app", seconds=9.0), 1.0)]
)
def test_who_hands_the_gil_over_to_nobody_has_no_slice(scenes: list[Scene], recipe: Recipe, mean: float | None) -> None:
    """In this app the window is another."""
    scene = scene_of(scenes, recipe)
    scene.worker(0).does(100)
    sampled(scene, [(0, 0x1000, index) for index in range(11)])
    gil = scene.end().gil
    assert gil.handoffs_per_s == pytest.approx(1000)
    assert gil.mean_slice_ms == (None if mean is None else pytest.approx(mean))


# --- what watching costs


def test_the_cost_of_the_probe_does_not_shrink_after_the_end(
    scenes: list[Scene], turn_clock: Callable[[float], None]
) -> None:
    scene = scene_of(scenes, Recipe(workers=1))
    worker = scene.worker(0)
    worker.does(10_000)
    worker.ends()
    assert looked(scene.run).probe_cost is None, "nothing is known of it yet"
    _, words = ring.map_words(str(scene.run.directory.path / "gil.ring"))
    words[ring.W_STARTED] = scene.begun
    assert looked(scene.run).probe_cost is None
    words[ring.W_CPU] = SECOND
    assert looked(scene.run).probe_cost == pytest.approx(SECOND / (HOUR_MS * MS))
    scene.engine.end()  # type: ignore[call-arg]
    scene.run.pull()
    turn_clock(10)
    assert looked(scene.run).probe_cost == pytest.approx(0.1), "a second in the ten that it ran"


def recorder_cost(scenes: list[Scene], recipe: Recipe, stamp_ns: float | None = 1000.0, cpu: float = 50.0) -> object:
    scene = scene_of(scenes, recipe)
    scene.engine.stamp_ns = stamp_ns
    scene.worker(0).does(100, cpu=cpu, counts=100)
    return scene.end().recorder_cost


def test_what_recording_costs(scenes: list[Scene]) -> None:
    """100 stamps of 1 µs, in 50 ms of CPU time."""
    assert recorder_cost(scenes, Recipe(workers=1)) == pytest.approx(0.002)
    assert recorder_cost(scenes, Recipe(workers=1), stamp_ns=None) is None
    assert recorder_cost(scenes, Recipe(workers=1), cpu=0.0) is None
    assert recorder_cost(scenes, Recipe(workers=1, knobs={"stamps": "off"})) is None
    assert recorder_cost(scenes, Recipe(workers=1, model="asyncio")) is None


def test_without_stamps_nothing_is_said_of_what_they_did(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, knobs={"stamps": "off"}))
    worker = scene.worker(0)
    worker.ring.enter(ring.RUN, worker.now)
    scene.run.pull()
    assert looked(scene.run).share == Shares()


# --- memory, trips


def test_memory_is_what_the_lab_grew_by_for_each(scenes: list[Scene]) -> None:
    def each(recipe: Recipe, base: float | None = 10.0, lab: float | None = 50.0) -> tuple[float | None, float | None]:
        scene = scene_of(scenes, recipe)
        scene.engine.base_mb, scene.run.memory.lab_mb = base, lab
        figures = scene.end("stopped")
        return figures.memory.lab_mb, figures.memory.per_worker_mb

    assert each(Recipe(workers=4)) == (50.0, 10.0)
    assert each(Recipe(workers=4, model="serial")) == (50.0, 40.0), "one at a time had it all"
    assert each(Recipe(workers=8, model="thread-pool", knobs={"pool_size": 2})) == (50.0, 20.0), "two at a time"
    assert each(Recipe(workers=2, model="thread-pool")) == (50.0, 20.0)
    assert each(Recipe(workers=4), base=None) == (50.0, None)
    assert each(Recipe(workers=4), lab=None) == (None, None)
    assert each(Recipe(workers=4), lab=10.69) == (10.69, None), "so much it grows by chance"
    assert each(Recipe(workers=4), lab=10.71)[1] == pytest.approx(0.1775)


def write_trips(folder: Path, rows: np.ndarray) -> None:
    with open(trip_times.create(str(folder), len(rows)), "r+b") as file:
        file.seek(trip_times.FIRST * 8)
        file.write(rows.tobytes())


def test_round_trips_are_told_while_their_file_is_there_and_after(
    scenes: list[Scene], turn_clock: Callable[[float], None]
) -> None:
    scene = scene_of(scenes, Recipe(workers=2, job="ping-pong"))
    scene.worker(0)
    scene.run.pull()
    assert looked(scene.run).round_trip_us is None
    told = {trip_times.MADE: (10, 10), trip_times.MEDIAN: (40_000, 60_000), trip_times.PLAIN: (10_000, 11_000)}
    rows = np.zeros((2, trip_times.WORDS), "<u8")
    for word, values in told.items():
        rows[:, word] = values
    write_trips(scene.run.directory.path, rows)
    turn_clock(1)
    scene.run.pull()
    assert looked(scene.run).round_trip_us == pytest.approx(50.0)
    assert looked(scene.run).plain_round_trip_us == pytest.approx(10.5)
    (scene.run.directory.path / trip_times.NAME).unlink()
    turn_clock(2)
    scene.run.pull()
    assert looked(scene.run).round_trip_us == pytest.approx(50.0)
    other = scene_of(scenes, Recipe(workers=2))
    write_trips(other.run.directory.path, rows)
    other.run.pull()
    assert looked(other.run).round_trip_us is None, "no job that sends messages"


# --- the whole


def test_what_a_run_is_stands_in_its_figures(scenes: list[Scene]) -> None:
    recipe = Recipe(workers=2, amount=3)
    scene = scene_of(scenes, recipe)
    scene.engine.error, scene.engine.pid, scene.engine.stop_ms = "oh", 77, 12.5
    worker = scene.worker(0)
    worker.does(10)
    worker.ends()
    now = looked(scene.run)
    assert (now.number, now.recipe, now.phase, now.outcome, now.ended_ns) == (1, recipe, "running", None, None)
    ended = scene.end("failed")
    assert (ended.phase, ended.outcome, ended.error, ended.pid, ended.stop_ms) == ("ended", "failed", "oh", 77, 12.5)
    assert (ended.nice, ended.interpreter, ended.printed) == (5, scene.engine.facts, 0)
    assert (ended.started_ns, ended.ended_ns) == (scene.begun, scene.begun + 10 * MS)
    assert (ended.lanes_source, ended.answer) == (scene.run.reading.lanes_source, None)


def test_the_figures_of_a_run_that_has_ended_stay(scenes: list[Scene], turn_clock: Callable[[float], None]) -> None:
    scene = scene_of(scenes, Recipe(workers=1))
    scene.worker(0).does(10)
    ended = scene.end()
    turn_clock(60)
    assert looked(scene.run) is ended


def test_what_is_not_told_of_a_run_is_nothing() -> None:
    assert [Shares(), Shares().total()] == [Shares(0, 0, 0, 0, 0, 0, 0, 0), 0.0]  # type: ignore[call-arg]
    facts, gil, run = InterpreterFacts(), GilFigures(), made(cores=0.5)
    assert (facts.free_threaded, facts.gil_enabled, facts.gil_enabled_at_end) == (False, True, None)
    assert (gil.source, gil.samples, gil.held, gil.free) == ("none", 0, {}, None)
    assert (run.cores_recent, run.printed, run.lanes_source, run.changes) == (0.0, 0, "recorded", ())
    assert RunStatistics(number=1, recipe=Recipe()).cores_workers == 0.0


def test_what_watching_a_loop_takes_is_told_where_it_is_much() -> None:
    """Of one core."""
    part = 0.05
    for watch, told in ((None, None), (part, None), (part + 0.01, part + 0.01), (0.9, 0.9)):
        assert made(cores=1.0, loop=replace(LOOP, watch_cores=watch)).recording_cores == told
    assert made(cores=4.0, loop=replace(LOOP, watch_cores=4 * part + 0.01)).recording_cores == pytest.approx(
        4 * part + 0.01
    )
    assert made(cores=4.0, loop=replace(LOOP, watch_cores=4 * part)).recording_cores is None
    assert made().recording_cores is None


def test_less_than_a_fiftieth_of_their_time_is_not_spoken_of() -> None:
    assert words.LEAST_SHARE == 0.02


def test_how_a_run_ends_has_these_names() -> None:
    """Files and scripts rely on them."""
    assert (words.FINISHED, words.TIME_UP, words.STOPPED) == ("finished", "time is up", "stopped")
    assert words.TROUBLE == ("failed", "crashed", "stuck") == (words.FAILED, words.CRASHED, words.STUCK)


# --- totals


def headers(*rows: tuple[int, int, int]) -> np.ndarray:
    """(ops, CPU ns, started) of each."""
    made = np.zeros((len(rows), ring.HEADER_WORDS), np.uint64)
    made[:, (ring.W_OPS, ring.W_CPU, ring.W_STARTED)] = rows
    return made


def test_totals_are_those_of_the_last_look_at_each() -> None:
    totals = Totals(3)
    assert (totals.ops, totals.started_ns, totals.begun, totals.start_all_ms) == (0, None, 0, None)
    totals.look(np.array([0, 1]), headers((5, 100, 9 * MS), (7, 50, 0)))
    assert (totals.ops, totals.started_ns, totals.begun, totals.start_all_ms) == (12, 9 * MS, 1, None)
    totals.look(np.array([1, 2]), headers((8, 60, 4 * MS), (1, 5, 11 * MS)))
    assert (totals.ops, totals.started_ns, totals.begun) == (14, 4 * MS, 3)
    assert totals.start_all_ms == 7.0
    totals.look(np.array([2]), headers((4, 25, 11 * MS)))
    assert (totals.ops, list(totals.cpu_ns), totals.start_all_ms) == (17, [100, 60, 25], 7.0)
    totals.look(np.array([0]), headers((5, 100, 9 * MS)))
    assert (totals.started_ns, totals.start_all_ms) == (4 * MS, 7.0)
