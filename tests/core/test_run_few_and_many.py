"""Figures of runs with few workers, which are looked at all together, or with so many that each is looked at when it is
asked for; and the corners of sums: the first look, the last step of a histogram, a moment without time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from playground.figures import gil_figures, speedup, worker_figures
from playground.lab.wire import ring
from playground.reading.batch import Baseline
from playground.reading.reading import Reading
from playground.recipe.recipe import Recipe
from playground.run import live_source
from tests.core import test_measured, test_run
from tests.core.test_measured import control, sampled
from tests.core.test_run import HOUR_MS, NOW, Scene, looked, scene_of

place, scenes, turn_clock = test_run.place, test_run.scenes, test_measured.turn_clock


def two_processes(scenes: list[Scene]) -> Scene:
    """Within the last hour A has ended, after a quarter of it, and B sleeps since then."""
    scene = scene_of(scenes, Recipe(workers=2, model="processes", amount=10))
    a, b = scene.worker(0), scene.worker(1)
    a.does(HOUR_MS / 4)
    a.ends()
    b.does(HOUR_MS / 4)
    b.ring.enter(ring.SLEEP, b.now)
    scene.run.pull()
    return scene


@pytest.mark.parametrize("most", [1, 2])
def test_each_worker_is_told_the_same_however_many_there_are(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    scene = two_processes(scenes)
    monkeypatch.setattr(worker_figures, "MOST_COPIED", most)
    a, b = looked(scene.run).workers
    assert (a.name, a.state, a.cpu_s, a.ops) == ("A", "ended", HOUR_MS / 4000, 1)
    assert (b.name, b.state, b.cpu_s, b.ops) == ("B", "sleeping", HOUR_MS / 4000, 1)
    assert a.started_ns == b.started_ns == scene.run.started_ns
    assert (a.ended_ns, b.ended_ns) == (a.started_ns + HOUR_MS / 4 * 1_000_000, None)  # type: ignore[operator]
    assert (a.share.run, a.share.sleep) == (pytest.approx(1), 0)
    assert (b.share.run, b.share.sleep) == (pytest.approx(0.25), pytest.approx(0.75))


def test_of_few_a_moment_is_kept_and_of_many_it_is_as_they_are_then(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="processes", amount=10))
    worker = scene.worker(0)
    seen = []
    for most in (2, 1):
        monkeypatch.setattr(worker_figures, "MOST_COPIED", most)
        workers = worker_figures.Workers(scene.run.reading, NOW, None)
        worker.does(1)
        scene.run.pull()
        seen.append(workers[0].ops)
    assert seen == [0, 2]


def test_what_one_of_many_does_is_known_although_it_began_that_after_the_figures_were_made(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_figures, "MOST_COPIED", 1)
    scene = scene_of(scenes, Recipe(workers=2, model="processes", amount=10))
    worker = scene.worker(0)
    workers = worker_figures.Workers(scene.run.reading, worker.now, None)
    worker.does(1)
    worker.ring.enter(ring.SLEEP, worker.now)
    scene.run.pull()
    assert workers[0].state == "sleeping"


def test_few_are_looked_at_for_the_sums_and_many_as_they_write(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="processes", amount=10))
    worker = scene.worker(0)
    scene.run.pull()
    worker.ring.words[ring.W_OPS] += 3600
    assert scene.run.statistics().throughput == 0, "what has not been pulled is not known"
    monkeypatch.setattr(live_source, "MOST_COPIED", 1)
    monkeypatch.setattr(scene.run.source, "_looks", 1)
    assert looked(scene.run).throughput == 0
    monkeypatch.setattr(live_source, "MOST_COPIED", 2)
    assert looked(scene.run).throughput == pytest.approx(1.0)


def test_of_very_many_that_have_ended_the_share_is_that_of_their_time(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_figures, "MOST_COPIED", 1)
    scene = scene_of(scenes, Recipe(workers=2, model="processes", amount=10))
    for index, (ms, kind) in enumerate(((100, ring.RUN), (300, ring.SLEEP))):
        worker = scene.worker(index)
        worker.does(ms, kind=kind, cpu=ms if kind == ring.RUN else 0)
        worker.ends()
    assert scene.end().share.run == pytest.approx(0.25)
    assert looked(scene.run).workers[1].share.sleep == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("state", "started", "ended", "over", "words"),
    [
        (ring.NONE, 0, 0, False, "not started"),
        (ring.NONE, 5, 0, False, "unknown"),
        (ring.RUN, 0, 0, False, "unknown"),
        (ring.PAUSED, 5, 0, False, "paused"),
        (ring.PAUSED, 5, 0, True, "ended"),
        (ring.RUN, 5, 0, True, "ended"),
        (ring.NONE, 0, 9, True, "ended"),
        (ring.NONE, 0, 0, True, "not started"),
    ],
)
def test_who_does_nothing_has_a_word_for_it(state: int, started: int, ended: int, over: bool, words: str) -> None:
    header = np.zeros(ring.HEADER_WORDS, np.uint64)
    header[ring.W_STATE], header[ring.W_STARTED], header[ring.W_ENDED] = state, started, ended
    assert worker_figures._without_state(header, over) == words


def test_what_both_readers_lost_is_lost(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1))
    scene.run.rings.lost, scene.run.source.holders.lost = 7, 5
    assert looked(scene.run).lost_records == 12


def test_an_answer_is_told_when_all_is_over(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reading, "answer", property(lambda _: 42))
    scene = scene_of(scenes, Recipe(workers=1))
    scene.worker(0).ends()
    assert looked(scene.run).answer is None
    assert scene.end().answer == 42


# --- rates


def test_two_looks_make_a_rate(scenes: list[Scene], turn_clock: Callable[[float], None]) -> None:
    scene = scene_of(scenes, Recipe(workers=1))
    worker = scene.worker(0)
    scene.run.pull()
    assert looked(scene.run).throughput_recent == 0.0
    worker.does(0.001, cpu=500, counts=30)
    turn_clock(1.0)
    figures = looked(scene.run)
    assert (figures.throughput_recent, figures.cores_recent) == (pytest.approx(30), pytest.approx(0.5))


def test_two_looks_at_one_moment_make_none(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1))
    worker = scene.worker(0)
    scene.run.pull()
    worker.does(0.001, counts=30)
    assert looked(scene.run).throughput_recent == 0.0


def test_looks_that_are_far_apart_reach_back_to_the_last_one(
    scenes: list[Scene], turn_clock: Callable[[float], None]
) -> None:
    scene = scene_of(scenes, Recipe(workers=1))
    worker = scene.worker(0)
    for moment, counts in ((0.0, 0), (3.0, 600), (6.0, 30)):
        worker.does(0.001, counts=counts)
        turn_clock(moment)
        scene.run.pull()
        rate = looked(scene.run).throughput_recent
    assert rate == pytest.approx(10)


def test_a_slow_baseline_is_one_too(scenes: list[Scene]) -> None:
    scene = test_measured.ten_per_second(scenes)
    scene.run.baseline = Baseline(0.5, speedup.BEFORE)
    assert scene.end().speedup == pytest.approx(20.0)


# --- loops


@pytest.mark.parametrize(
    ("counts", "p50", "p99"),
    [
        ({40: 50, 48: 50}, 1.024, 4.096),  # the 50th of 100 is in the first half
        ({40: 49, 48: 51}, 4.096, 4.096),
        ({40: 99, 48: 1}, 1.024, 1.024),
        ({40: 98, 48: 2}, 1.024, 4.096),
    ],
)
def test_percentiles_are_those_of_the_counts(
    scenes: list[Scene], counts: dict[int, int], p50: float, p99: float
) -> None:
    scene, words = test_measured.loop_scene(scenes)
    words[ring.C_LOOP_BEATS], words[ring.C_LOOP_LATE_MAX] = 100, HOUR_MS * 10**6
    for step, beats in counts.items():
        words[ring.C_LOOP_COUNTS + step] = beats
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.late_p50_ms, beat.late_p99_ms) == (pytest.approx(p50), pytest.approx(p99))


def test_the_last_step_counts_as_well(scenes: list[Scene]) -> None:
    scene, words = test_measured.loop_scene(scenes)
    words[ring.C_LOOP_BEATS], words[ring.C_LOOP_LATE_MAX] = 2, 2 * 10**9
    words[ring.C_LOOP_COUNTS + 40] = words[ring.C_LOOP_COUNTS + ring.LOOP_COUNTS - 1] = 1
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.late_p50_ms, beat.late_p99_ms) == (pytest.approx(1.024), pytest.approx(2000.0))


def test_a_loop_in_which_nobody_has_begun_has_no_rates(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="asyncio"))
    words = control(scene)
    words[ring.C_LOOP_BEATS], words[ring.C_LOOP_CPU], words[ring.C_SWITCHES] = 1, 10**9, 9
    beat = looked(scene.run).loop
    assert beat is not None
    assert (beat.cores, beat.switches_per_s) == (0.0, 0.0)


# --- the GIL


def test_parts_of_samples_are_rounded(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2))
    for index in (0, 1):
        scene.worker(index).does(100)
    sampled(scene, [(0, 0x1000, 0), (0, 0x1000, 1), (0, 0x2000, 2)])
    assert scene.end().gil.held == {"A": 0.6667, "B": 0.3333}


def test_hand_offs_are_estimated_up_to_so_many(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.reading.lanes.store.MANY", 2)
    scene = scene_of(scenes, Recipe(workers=2))
    a, b = scene.worker(0), scene.worker(1, after=10)
    a.does(10)
    b.does(10)
    a.ends()
    b.ends()
    assert scene.end().gil.handoffs_per_s == pytest.approx(100)


@pytest.mark.parametrize(("most", "named"), [(2, {"A", "B"}), (3, {"A", "B", "C"}), (4, {"A", "B", "C", "D"})])
def test_no_more_are_named_than_can_be_told(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch, most: int, named: set[str]
) -> None:
    """Three of four have held it."""
    monkeypatch.setattr(gil_figures, "MOST_HELD_TOLD", most)
    scene = scene_of(scenes, Recipe(workers=4))
    for index in range(4):
        scene.worker(index).does(100)
    sampled(scene, [(0, 0x1000, 0), (0, 0x2000, 1), (0, 0x3000, 2)])
    assert set(scene.end().gil.held) == named
