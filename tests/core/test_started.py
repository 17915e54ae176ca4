"""Threads that are no workers: which there are, whose code started them, what they do, which of them has the GIL."""

from __future__ import annotations

import json
import os
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

from playground.lab.watching import born_threads, thread_looks
from playground.lab.watching import started_threads as started
from playground.lab.wire import ring
from playground.reading import states
from playground.reading.holds.strangers import Strangers
from playground.reading.holds.who_held import NOBODY, STRANGER
from playground.reading.lanes.started_lanes import GONE_NS, ROWS, StartedThreads
from playground.reading.rings import PROBE_RECORD, SampleReader
from playground.reading.states import WORDS
from playground.recipe.recipe import Recipe, checked
from playground.run.live_source import WholeLines
from playground.run.run import Run
from tests.core.labs import LINUX, finished, running, step, until, wait_for

MS = 1_000_000
RUNS, SLEEPS, IO, LOCK, GIL = (
    thread_looks.RUNS,
    thread_looks.SLEEPS,
    thread_looks.IO,
    thread_looks.LOCK,
    thread_looks.GIL,
)


class Scene:
    """The files that the probe and the lab write, and who reads them."""

    def __init__(self, folder: Path) -> None:
        ring.create_samples(str(folder / "started.ring"), 4096)
        self.born = folder / born_threads.FILE
        self.born.touch()
        self._block, self._words = ring.map_words(str(folder / "started.ring"))
        self.ring, self.more = SampleReader(folder / "started.ring"), WholeLines(self.born)
        self.threads = StartedThreads()
        self.lines = 0

    def starts(self, worker: int = 0, state: int = 0, name: str = "", pid: int = 5) -> int:
        born_threads.append(str(self.born), born_threads.line(pid, 100 + self.lines, state, worker, name))
        self.lines += 1
        return self.lines - 1

    def put(self, line: int, ms: float, cpu: float, state: int, core_wait: float = 0, core: int = 1) -> None:
        head = self._words[ring.W_HEAD]
        place = ring.HEADER_BYTES + head % 4096 * ring.SAMPLE.size
        numbers = [round(each * MS) for each in (ms, cpu, core_wait)]
        ring.SAMPLE.pack_into(self._block, place, *numbers, line, core, state, 0)
        self._words[ring.W_HEAD] = head + 1

    def pull(self) -> None:
        self.threads.take(self.ring.pull(), self.more.new())

    def told(self, row: int = 0) -> list[tuple[str, float, float]]:
        self.pull()
        pieces = self.threads.lanes.slices(0, 10**18, 0, range(row, row + 1))
        return [(WORDS[one.state], one.start / MS, one.end / MS) for one in pieces]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_between_two_samples_it_ran_as_long_as_the_system_says_and_waited_for_what_was_seen(scene: Scene) -> None:
    line = scene.starts()
    scene.put(line, 1000, 0, SLEEPS)
    scene.put(line, 1010, 0, SLEEPS)
    scene.put(line, 1020, 4, LOCK, core_wait=2)
    scene.put(line, 1030, 4, GIL, core_wait=2)
    assert scene.told() == [
        ("sleeping", 1000, 1012),
        ("waits for a core", 1012, 1014),
        ("running", 1014, 1018),
        ("waits for a lock", 1018, 1025),
        ("waits for the GIL", 1025, 1030),
    ]


def test_a_thread_that_runs_is_a_tick_ahead_of_its_count_and_no_more(scene: Scene) -> None:
    line = scene.starts()
    scene.put(line, 1000, 100, RUNS)
    for ms in range(5, 45, 5):
        scene.put(line, 1000 + ms, 100 + ms - 3, RUNS)
    assert scene.told() == [("running", 1000, 1040)]
    scene.put(line, 1060, 142, SLEEPS)
    assert scene.told()[0] == ("running", 1000, 1042)
    assert scene.threads.rows[0].ran == 42 * MS


def test_what_ran_and_was_kept_from_it_waits_for_what_it_waited_for_before(scene: Scene) -> None:
    line = scene.starts()
    scene.put(line, 990, 0, GIL)
    scene.put(line, 1000, 4, RUNS)
    scene.put(line, 1020, 14, RUNS)
    # 4 of its ms came before the first of these samples, and as many more, of which the system had not told yet
    assert scene.told() == [("waits for the GIL", 990, 992), ("running", 992, 1010), ("waits for the GIL", 1010, 1020)]


def test_a_thread_that_could_have_run_and_did_not_waited_for_a_core_of_which_the_system_tells_later(
    scene: Scene,
) -> None:
    line = scene.starts()
    scene.put(line, 1000, 10, RUNS)
    scene.put(line, 1010, 18, RUNS)
    scene.put(line, 1040, 18, RUNS)
    scene.put(line, 1060, 34, RUNS, core_wait=32)
    assert scene.told() == [
        ("running", 1000, 1012),  # of the 4 ms that may not be counted yet the first 2 had no room
        ("waits for a core", 1012, 1040),
        ("running", 1040, 1056),
        ("waits for a core", 1056, 1060),
    ]
    scene.put(line, 1090, 34, SLEEPS, core_wait=32)
    scene.put(line, 1100, 34, SLEEPS, core_wait=32)
    assert scene.told()[4:] == [("sleeping", 1060, 1100)], "what was told before it was counted is not told again"


def test_of_time_in_which_nobody_looked_nothing_is_told(scene: Scene) -> None:
    line = scene.starts()
    scene.put(line, 1000, 0, SLEEPS)
    scene.put(line, 1300, 250, RUNS)
    assert scene.told() == []


def test_rows_are_named_after_whose_code_started_the_thread(scene: Scene) -> None:
    for line in (scene.starts(0), scene.starts(1), scene.starts(0), scene.starts(-1, name="main thread")):
        scene.put(line, 1000, 0, SLEEPS)
    scene.pull()
    assert [row.born.label for row in scene.threads.rows] == ["A·1", "B·1", "A·2", "main thread"]
    assert [row.born.tid for row in scene.threads.rows] == [100, 101, 102, 103]


def test_more_threads_than_rows_are_counted_and_rows_of_ended_ones_are_given_again(scene: Scene) -> None:
    for _ in range(ROWS + 2):
        scene.put(scene.starts(), 1000, 0, SLEEPS)
    scene.pull()
    assert (scene.threads.count, scene.threads.hidden) == (ROWS, 2)
    later = 1000 + GONE_NS // MS + 1
    scene.put(scene.starts(3), later, 0, SLEEPS)
    scene.put(0, later, 0, SLEEPS)  # this one had a row, which is another's now
    scene.pull()
    assert scene.threads.rows[0].born.label == "D·1"
    assert scene.threads.count == ROWS


def test_a_thread_is_known_by_its_state_in_its_own_process(scene: Scene) -> None:
    scene.put(scene.starts(0, state=77), 1000, 0, SLEEPS)
    scene.put(scene.starts(1, state=77, pid=6), 1000, 0, SLEEPS)
    scene.pull()
    assert [scene.threads.name_of(pid, 77) for pid in (5, 6, 7)] == ["A·1", "B·1", None]
    assert scene.threads.name_of(5, 78) is None


def test_a_half_written_line_is_read_when_it_is_whole(scene: Scene) -> None:
    text = born_threads.line(5, 100, 0, 0, "")
    born_threads.append(str(scene.born), text[:10])
    scene.put(0, 1000, 0, SLEEPS)
    assert scene.told() == []
    born_threads.append(str(scene.born), text[10:])
    scene.put(0, 1010, 0, SLEEPS)
    scene.put(0, 1020, 0, SLEEPS)
    assert scene.told() == [("sleeping", 1010, 1020)]


def test_who_had_the_gil_is_who_was_seen_nearest() -> None:
    strangers = Strangers()
    samples = np.array([(t * MS, holder, 0, 2, 1) for t, holder in ((10, 7), (12, 8), (14, 9))], PROBE_RECORD)
    strangers.add(samples, np.array([STRANGER, NOBODY, STRANGER], np.int32))
    assert strangers.at(11 * MS) == (2, 7)
    assert strangers.at(13 * MS) == (2, 9)
    assert strangers.at(18 * MS) == (2, 9)
    assert strangers.at(20 * MS) is None
    assert strangers.at(4 * MS) is None
    strangers.add(np.array([(t * MS, 7, 0, 2, 1) for t in (50, 100)], PROBE_RECORD), np.full(2, STRANGER, np.int32))
    assert strangers.at(75 * MS) is None, "between two that are far apart it is not known"


# --- real labs

CODE = """
import threading, time
def burn(over):
    while not over.is_set():
        sum(range(2000))
def nap(over):
    inner = threading.Thread(target=over.wait)
    inner.start()
    while not over.is_set():
        time.sleep(0.05)
    inner.join()
def job(i, n):
    over = threading.Event()
    inner = [threading.Thread(target=what, args=(over,)) for what in (burn, nap)]
    for one in inner:
        one.start()
    over.wait(1.2)
    over.set()
    for one in inner:
        one.join()
"""
pytestmark_linux = pytest.mark.skipif(not LINUX, reason="Linux shows what threads of others do")


def recipe(code: str = CODE, model: str = "threads", workers: int = 2) -> Recipe:
    text = textwrap.dedent(code)
    return checked(Recipe(job="own", model=model, workers=workers, amount=1, seconds=None, code=text))


def share(run: Run, row: int, *of: int) -> float:
    assert run.reading.started is not None
    spent = run.reading.started.lanes.spent[row]
    return float(spent[list(of)].sum() / spent.sum())


@pytestmark_linux
@pytest.mark.parametrize("model", ["threads", "processes"])
def test_threads_that_own_code_starts_have_rows_that_say_what_they_do(model: str) -> None:
    with finished(recipe(model=model)) as run:
        assert run.engine.outcome == "finished", run.engine.error
        started = run.reading.started
        assert started is not None
        labels = [row.born.label for row in started.rows]
        assert sorted(labels) == ["A·1", "A·2", "A·3", "B·1", "B·2", "B·3"], "those that these start are theirs too"
        lines = [json.loads(line) for line in (run.directory.path / born_threads.FILE).read_text().splitlines()]
        assert len(lines) == 6
        busy = sorted(range(6), key=lambda row: -started.rows[row].ran)[:2]
        assert {labels[row][0] for row in busy} == {"A", "B"}
        for row in range(6):
            if row in busy:
                assert share(run, row, states.RUN, states.GIL, states.CORE) > 0.8, labels[row]
                ran = started.lanes.spent[row, states.RUN]
                assert ran == pytest.approx(started.rows[row].ran, abs=30 * MS)
            else:
                assert share(run, row, states.SLEEP, states.LOCK, states.GIL, states.CORE) > 0.8, labels[row]
        naps = [row for row in range(6) if share(run, row, states.SLEEP) > 0.5]
        waits = [row for row in range(6) if share(run, row, states.LOCK) > 0.5]
        assert (len(naps), len(waits)) == (2, 2)


@pytestmark_linux
def test_the_ribbon_says_which_started_thread_has_the_gil() -> None:
    with running(recipe(CODE.replace("1.2", "60"), workers=1)) as run:
        until(
            run, lambda: run.reading.strangers._chunks and run.reading.started is not None and run.reading.started.rows
        )
        seen: set[str] = set()

        def named() -> bool:
            step(run)
            for chunk in run.reading.strangers._chunks:
                seen.update(run.reading.stranger(int(t)) for t in chunk["t"][-3:])
            assert not run.ended, seen
            return "A·1" in seen

        wait_for(named)


@pytestmark_linux
def test_a_thread_that_nobody_told_of_has_a_row_once_it_burns() -> None:
    code = """
        import _thread, time
        def burn():
            while True:
                sum(range(2000))
        def job(i, n):
            _thread.start_new_thread(burn, ())
            time.sleep(1.5)
    """
    with running(recipe(code, workers=1)) as run:
        until(run, lambda: run.reading.started is not None and run.reading.started.rows)
        assert run.reading.started is not None
        assert run.reading.started.rows[0].born.worker == -1
        assert run.reading.started.rows[0].born.label


@pytest.mark.parametrize(
    ("made", "rows"),
    [
        (Recipe(workers=1, seconds=1.0), False),
        (recipe(), True),
        (recipe("async def job(i, n): pass", "asyncio"), True),
        (recipe("async def job(i, n): pass", "asyncio-to-thread"), True),
        (recipe("def job(i, n): pass", "asyncio-to-thread"), False),  # its lanes tell of these threads
    ],
)
def test_rows_are_there_for_threads_that_no_lane_tells_of(made: Recipe, rows: bool) -> None:
    run = Run(1, checked(made))
    try:
        assert (run.reading.started is not None) == rows
        assert (run.directory.path / born_threads.FILE).exists() == rows
    finally:
        run.close()


@pytestmark_linux
def test_a_thread_that_is_a_worker_has_no_row(tmp_path: Path) -> None:
    ring.create(str(tmp_path / "rings"), 16, lanes=1)
    ring.create_samples(str(tmp_path / "started.ring"), 64)
    tid = threading.get_native_id()
    (tmp_path / born_threads.FILE).write_bytes(born_threads.line(os.getpid(), tid, 0, 0, "") * 2)
    words = ring.Rings(str(tmp_path / "rings")).ring(0).words
    words[ring.W_PID], words[ring.W_TID] = os.getpid(), tid
    looks = started.Started(str(tmp_path), thread_looks.Calls(os.uname().machine))
    looks.sample(0)
    assert looks._live == {}
    words[ring.W_ENDED] = 1
    born_threads.append(str(tmp_path / born_threads.FILE), born_threads.line(os.getpid(), tid, 0, 0, ""))
    looks.sample(0)
    assert list(looks._live) == [2]
    looks._live.popitem()[1].close()
