"""What a run takes over from its rings with each pull: whom it looks at, when it was paused, and what workers left."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
import pytest

from playground import catalogue
from playground.lab.watching import born_threads, thread_looks
from playground.lab.wire import ring
from playground.reading import reading, states
from playground.reading.rings import RECORD
from playground.recipe.recipe import Recipe
from playground.run import live_source
from playground.run import run as run_module
from playground.run.run import Run
from tests.core import test_run
from tests.core.test_run import HOUR_MS, MS, NOW, PID, Scene, scene_of

place, scenes, two = test_run.place, test_run.scenes, test_run.two
PLAIN = Recipe(workers=2, job="own", code="def job(i, n):\n    pass\n")


def wrote(*tasks: int) -> np.ndarray:
    records = np.zeros(len(tasks), RECORD)
    records["task"] = tasks
    return records


def looked_at(run: Run, *tasks: int) -> list[int]:
    """Whose states the next look takes over, if these have written."""
    (batch,) = run.source.pull(NOW)
    return run.reading._to_look_at(msgspec.structs.replace(batch, records=wrote(*tasks))).tolist()


# --- whom it looks at


def test_few_lanes_are_all_looked_at(scenes: list[Scene]) -> None:
    run = scene_of(scenes, Recipe(workers=16)).run
    assert looked_at(run) == [*range(16)]


def test_of_more_lanes_every_fourth_is_looked_at_in_turn_and_who_wrote(scenes: list[Scene]) -> None:
    run = scene_of(scenes, Recipe(workers=17)).run
    turns: list[list[int]] = []
    for _ in range(5):
        turns.append(looked_at(run))
        run.pull()
    assert turns == [[0, 4, 8, 12, 16], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15], [0, 4, 8, 12, 16]]
    assert looked_at(run, 6, 2, 6, 1) == [1, 2, 5, 6, 9, 13]
    run.engine.phase = "ended"
    assert looked_at(run) == [*range(17)], "at the end all"


def test_of_thousands_no_more_are_looked_at_than_so_many(scenes: list[Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_source, "MOST_COPIED", 3)
    run = scene_of(scenes, Recipe(workers=18)).run
    source = run.source
    assert [source._to_look_at(wrote(), over=False, held=False).tolist() for _ in range(2)] == [[1, 7, 13], [2, 8, 14]]
    assert source._to_look_at(wrote(5, 4), over=False, held=False).tolist() == [3, 4, 5, 9, 15]
    assert source._to_look_at(wrote(), over=True, held=False).tolist() == [*range(18)]
    assert (reading.FEW_LANES, reading.STATE_EVERY) == (16, 4)


def test_of_thousands_who_has_begun_is_looked_at_where_a_holder_is_to_be_named(
    scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_source, "MOST_COPIED", 3)
    scene = scene_of(scenes, Recipe(workers=18))
    scene.worker(5)
    source = scene.run.source
    assert 5 not in source._to_look_at(wrote(), over=False, held=False)
    assert 5 in source._to_look_at(wrote(), over=False, held=True)
    assert 5 not in source._to_look_at(wrote(), over=False, held=True), "once"


def test_who_wrote_is_looked_at_in_the_same_pull(scenes: list[Scene]) -> None:
    """The first pull looks at the lanes 1, 5, …; lane 2 has written, lane 3 has not."""
    scene = scene_of(scenes, Recipe(workers=17, model="processes", job="sleep"))
    scene.worker(2).does(10, kind=ring.SLEEP)
    scene.worker(3)
    scene.run.pull()
    now = scene.begun + 20 * MS
    assert [scene.run.reading.lanes.tail(lane, now)[1] for lane in (2, 3)] == [states.UNKNOWN, states.EMPTY]
    for _ in range(2):
        scene.run.pull()
    assert scene.run.reading.lanes.tail(3, now)[1] != states.EMPTY


# --- states


def test_a_lane_is_in_the_state_that_its_header_tells(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=4, model="processes", job="sleep"))
    for index, kind in enumerate((ring.SLEEP, ring.PAUSED, ring.IO)):
        scene.worker(index).ring.enter(kind, scene.begun + index * MS)
    ended = scene.worker(3)
    ended.ring.enter(ring.SLEEP, ended.now)
    ended.ends()
    scene.run.pull()
    now = scene.begun + 10 * MS
    assert scene.run.reading.lanes.states_now(now).tolist() == [states.SLEEP, states.EMPTY, states.IO, states.EMPTY]
    assert [scene.run.reading.lanes.tail(lane, now)[0] - scene.begun for lane in (0, 2)] == [0, 2 * MS]


def test_a_sleep_ends_when_its_header_says(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, model="processes", job="sleep"))
    worker = scene.worker(0)
    worker.ring.enter(ring.SLEEP, worker.now)
    worker.ring.words[ring.W_DUE] = worker.now + 5 * MS
    scene.run.pull()
    now = scene.begun + 9 * MS
    assert [(one.state, (one.end - one.start) // MS) for one in scene.run.reading.lanes.slices(0, now, now)] == [
        (states.SLEEP, 5),
        (states.UNKNOWN, 4),
    ]


def test_headers_say_what_samples_saw(scenes: list[Scene]) -> None:
    """Of code that tells nothing: it is frozen, and so paused since then."""
    scene = scene_of(scenes, PLAIN)
    scene.worker(1).ring.enter(ring.RUN, scene.begun)
    run = scene.run
    run.pull()
    assert run.reading.headers[:, ring.W_STATE].tolist() == [ring.NONE, ring.RUN]
    assert run.freezer is not None
    run.freezer.since = scene.begun + 7 * MS
    run.pull()
    words = run.reading.headers[:, (ring.W_STATE, ring.W_SINCE)]
    assert words.tolist() == [[ring.NONE, 0], [ring.PAUSED, scene.begun + 7 * MS]]
    assert run.rings.headers[1, ring.W_STATE] == ring.RUN, "a copy"


def test_when_a_worker_lived(two: Scene) -> None:
    worker = two.worker(1)
    two.run.pull()
    assert two.run.reading.life(1) == (two.begun, 0)
    worker.does(5)
    worker.ends()
    two.run.pull()
    assert two.run.reading.life(1) == (two.begun, two.begun + 5 * MS)
    assert two.run.reading.life(0) == (0, 0)


def test_whose_threads_are_workers(scenes: list[Scene]) -> None:
    """Two in one process, one in another, one that has ended, and one that has not begun."""
    scene = scene_of(scenes, Recipe(workers=5))
    assert (scene.run.rings.pids_here(), scene.run._worker_threads()) == (set(), {})
    for index in range(4):
        worker = scene.worker(index)
        worker.ring.words[ring.W_PID] = PID + (index == 2)
        worker.ring.words[ring.W_TID] = 100 + index
    worker.does(1)
    worker.ends()
    scene.run.rings.headers = scene.run.rings.headers.copy()
    scene.run.rings.headers[0, ring.W_STARTED] = 1  # with the clock
    scene.run.rings.headers[4, ring.W_PID] = PID + 2
    assert scene.run._worker_threads() == {PID: frozenset({100, 101}), PID + 1: frozenset({102})}
    assert scene.run.rings.pids_here() == {PID, PID + 1, PID + 2}
    loop = scene_of(scenes, Recipe(workers=1, model="asyncio"))
    loop.worker(0).ring.words[ring.W_TID] = 100
    assert loop.run._worker_threads() == {}, "of a loop's thread a part is no worker's"


# --- what else it takes over


def test_up_to_when_it_is_known_what_workers_do(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two.run.reading.pulled_ns == two.run.asked_ns == NOW
    for later in (5, 9):
        monkeypatch.setattr(run_module, "clock", lambda later=later: NOW + later)
        two.run.pull()
        assert two.run.reading.pulled_ns == NOW + later
    two.end()
    monkeypatch.setattr(run_module, "clock", lambda: NOW + 20)
    two.run.pull()
    assert two.run.reading.pulled_ns == NOW + 9, "once it has ended nothing is read any more"


def test_what_its_code_prints_is_read_where_it_is_written(two: Scene) -> None:
    assert two.run.output._path == two.run.directory.path / "output"


def test_samples_of_threads_are_taken_over(scenes: list[Scene]) -> None:
    """Of a worker, and of a thread that its code has started."""
    scene = scene_of(scenes, PLAIN)
    run = scene.run
    scene.worker(0)
    for name in ("threads.ring", "started.ring"):
        block, words = ring.map_words(str(run.directory.path / name))
        for number in (0, 1):
            spot = ring.HEADER_BYTES + number * ring.SAMPLE.size
            ring.SAMPLE.pack_into(block, spot, scene.begun + number * MS, number * MS, 0, 0, 3, thread_looks.RUNS, 1)
        words[ring.W_HEAD] = 2
    (run.directory.path / "born").write_bytes(born_threads.line(PID, 9, 0x9000, 0, "burn"))
    run.pull()
    assert run.reading.samples is not None
    assert run.reading.started is not None
    assert (run.reading.samples.taken, run.reading.started.count) == (2, 1)


def test_records_tell_whose_samples_of_a_loop_are(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=2, model="asyncio"))
    worker, other = (scene.worker(index, state=0x7000) for index in (0, 1))
    for one in (worker, other):
        one.ring.enter(ring.SLEEP, scene.begun)
    worker.does(10)
    worker.ring.index = 1  # in one thread all write to the same ring
    worker.does(10)
    scene.samples([0x7000] * 20)
    scene.end()
    assert scene.run.reading.holders.held.tolist() == [10, 10]


# --- the end


def test_a_run_ended_with_its_last_worker(two: Scene) -> None:
    a, b = two.worker(0), two.worker(1)
    a.does(10)
    a.ends()
    b.does(5)
    b.now += 20 * MS
    b.ends()
    two.end()
    assert two.run.reading.ended_ns == two.begun + 25 * MS
    b.does(99)
    two.run.pull()
    assert two.run.reading.totals.ops == 2, "nothing is read any more"


def test_the_last_record_may_be_later_than_that(two: Scene) -> None:
    a = two.worker(0)
    a.ends()
    a.does(10)
    two.end()
    assert two.run.reading.ended_ns == two.begun + 10 * MS


def test_of_a_run_that_was_killed_the_end_is_when_that_was_seen(two: Scene) -> None:
    worker = two.worker(0)
    worker.ring.enter(ring.SLEEP, worker.now)
    two.end()
    assert two.run.reading.ended_ns == NOW
    assert two.run.reading.lanes.spent[0, states.SLEEP] == HOUR_MS * MS


def test_without_stamps_nobody_knows_what_it_was_doing(two: Scene) -> None:
    worker = two.worker(0)
    worker.ring.enter(ring.SLEEP, worker.now)
    two.run.set_knob("stamps", "off")
    two.end()
    assert two.run.reading.lanes.spent.sum() == 0


def test_samples_of_the_gil_are_taken_over_once_they_are_there(two: Scene) -> None:
    two.worker(0)
    two.samples([0x1000, 0x9000])
    two.run.pull()
    assert (two.run.reading.holders.samples, two.run.reading.holders.held.tolist()) == (2, [1, 0])
    assert two.run.reading.strangers.at(two.begun + MS) == (0, 0x9000)


def test_what_a_loop_held_back_is_told_at_its_end(scenes: list[Scene]) -> None:
    scene = scene_of(scenes, Recipe(workers=1, model="asyncio", job="sleep"))
    scene.worker(0, state=0x7000)
    scene.samples([0x7000])
    scene.run.pull()
    assert scene.run.reading.holders.samples == 0
    scene.end()
    assert scene.run.reading.holders.samples == 1


# --- what workers left


def report(scene: Scene, **fields: Any) -> None:
    with open(scene.run.directory.path / "reports", "a", encoding="utf-8") as file:
        file.write(json.dumps({"error": None, "result": None, **fields}) + "\n")


def test_results_and_errors_are_those_of_the_workers(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    report(two, worker=1, result=7)
    report(two, worker=0, error="Traceback …")
    two.end()
    assert (two.run.reading.results, two.run.errors) == ({1: 7}, {0: "Traceback …"})
    assert two.run.reading.answer is None


def test_an_answer_is_that_of_all_workers_in_their_order(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "answer", lambda job, results: (job, results))
    report(two, worker=1, result=8)
    report(two, worker=0, result=7)
    assert two.run.reading.answer is None
    two.end()
    assert two.run.reading.answer == ("primes", [7, 8])
    two.run.reading.errors = {0: "late"}
    assert two.run.reading.answer is None
