"""Samples of threads, and the lanes that follow from them: of samples made up here, so that every ns is known."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from playground.lab.watching import thread_looks
from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading import states
from playground.reading.lanes.sampled_lanes import FAR_NS, TICK_NS, Samples, Watched
from playground.reading.rings import RECORD, SampleReader
from playground.reading.states import WORDS
from tests.core.labs import LINUX, wait_for
from tests.core.recorded import RecordedLanes

MS = 1_000_000
CORE = 3
RUNS, SLEEPS, IO, LOCK, GIL = (
    thread_looks.RUNS,
    thread_looks.SLEEPS,
    thread_looks.IO,
    thread_looks.LOCK,
    thread_looks.GIL,
)


class Scene:
    """A lane store, and the ring in which samples are put as the probe does."""

    def __init__(self, folder: Path, shared_gil: bool = False) -> None:
        ring.create_samples(str(folder / "threads.ring"), 64)
        self._block, self._words = ring.map_words(str(folder / "threads.ring"))
        self.store = RecordedLanes(2, shared_gil)
        self.ring = SampleReader(folder / "threads.ring")
        self.samples = Samples(2)
        self.store.usual_wait = self.samples.usual

    def put(self, ms: float, cpu: float, state: int, core_wait: float = 0, lane: int = 0, long: bool = True) -> None:
        head = self._words[ring.W_HEAD]
        place = ring.HEADER_BYTES + head % 64 * ring.SAMPLE.size
        numbers = [round(each * MS) for each in (ms, cpu, core_wait)]
        ring.SAMPLE.pack_into(self._block, place, *numbers, lane, CORE, state, int(long))
        self._words[ring.W_HEAD] = head + 1

    def record(self, start: float, end: float, cpu: float, lane: int = 0, core_wait: float = 0) -> None:
        record, kind = np.zeros(1, RECORD), ring.RUN
        record["core_wait"] = round(core_wait * MS)
        record["start"], record["end"], record["cpu"] = (round(each * MS) for each in (start, end, cpu))
        record["task"], record["kind"], record["flags"] = lane, kind, SLEPT
        record["core"] = CORE
        records, told = self.samples.taken_out(record)
        self.store.add_sampled(told)
        self.store.write(records)

    def pull(self) -> list[tuple[str, float, float]]:
        """What lane 0 did so far: state, and from when to when in ms."""
        self.store.sampled(self.samples, self.ring.pull())
        self.store.settled()
        own = self.store.slices(0, 10**18, 0, range(1))
        return [(WORDS[one.state], one.start / MS, one.end / MS) for one in own]

    def spent(self, state: int) -> float:
        return float(self.store.spent[0, state]) / MS


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_lane_is_what_was_seen(scene: Scene) -> None:
    scene.put(100, 7, thread_looks.BEGINS)
    scene.put(120, 27, RUNS)
    scene.put(125, 30, SLEEPS)
    scene.put(130, 30, SLEEPS)
    scene.put(135, 33, LOCK)
    assert scene.pull() == [
        ("running", 100, 123),
        ("sleeping", 123, 131),
        ("running", 131, 134),
        ("waits for a lock", 134, 135),
    ]
    assert scene.spent(states.RUN) == 26


def test_a_wait_for_a_core_is_told_by_the_systems_count(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 5, SLEEPS, core_wait=10)
    scene.pull()
    assert (scene.spent(states.RUN), scene.spent(states.CORE), scene.spent(states.SLEEP)) == (5, 10, 5)


def test_who_could_run_and_did_not_waited_for_a_core_and_that_is_counted_once(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 20, RUNS)
    scene.put(60, 20, RUNS)  # the system counts the wait when it is over
    scene.pull()
    assert scene.spent(states.CORE) == 40 - TICK_NS / MS
    scene.put(65, 20, SLEEPS, core_wait=40)
    scene.pull()
    assert scene.spent(states.RUN) + scene.spent(states.CORE) + scene.spent(states.SLEEP) == 65
    assert scene.spent(states.CORE) == pytest.approx(40, abs=TICK_NS / MS)


def test_a_wait_for_a_core_at_the_end_of_another_wait_is_counted_late(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 0, IO)
    scene.put(120, 0, RUNS)  # it could go on since long ago, but the system does not say so yet
    scene.put(125, 5, RUNS, core_wait=80)
    scene.pull()
    assert scene.spent(states.CORE) == pytest.approx(80, abs=TICK_NS / MS)
    assert scene.spent(states.IO) == pytest.approx(40, abs=TICK_NS / MS)
    assert scene.store.spent[0].sum() == 125 * MS


def test_a_wait_for_a_core_that_only_the_record_knows(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(100, 0, IO)
    scene.pull()
    scene.record(0, 101, cpu=1, core_wait=60)
    assert (scene.spent(states.RUN), scene.spent(states.CORE), scene.spent(states.IO)) == (1, 60, 40)


def test_a_running_threads_count_may_be_a_tick_old(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    for ms, counted in ((20, 18), (25, 22), (30, 26), (35, 34), (40, 38)):
        scene.put(ms, counted, RUNS)
    assert scene.pull() == [("running", 0, 40)]


def test_what_was_ahead_of_the_count_is_taken_back(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 18, RUNS)  # taken for 20
    scene.put(30, 20, SLEEPS)  # in all 20: none since
    scene.pull()
    assert (scene.spent(states.RUN), scene.spent(states.SLEEP)) == (20, 10)


@pytest.mark.parametrize(("state", "named"), [(GIL, "waits for the GIL"), (IO, "in I/O"), (LOCK, "waits for a lock")])
def test_every_wait_has_its_name(scene: Scene, state: int, named: str) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 0, state)
    assert scene.pull() == [(named, 0, 20)]


def test_when_the_op_ends_its_record_tells_only_the_rest(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 5, SLEEPS)
    scene.put(25, 5, SLEEPS)
    scene.pull()
    scene.record(0, 31, cpu=9)
    assert scene.spent(states.RUN) == 9
    assert scene.spent(states.SLEEP) == 22
    assert scene.store.spent[0].sum() == 31 * MS
    assert scene.pull()[-1][2] == 31


def test_a_record_that_knows_better_puts_the_sums_right(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 17, RUNS)  # taken for 20
    scene.pull()
    scene.record(0, 20, cpu=17)
    assert scene.spent(states.RUN) == 17
    assert scene.store.spent[0].sum() == 20 * MS


def test_a_sample_that_comes_after_the_record_of_its_op_is_too_late(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 0, SLEEPS)
    scene.pull()
    scene.record(0, 30, cpu=0)
    for ms in (27, 28, 29):
        scene.put(ms, 0, SLEEPS)
    scene.pull()
    assert scene.store.spent[0].sum() == 30 * MS


def test_the_next_op_begins_where_the_last_one_ended(scene: Scene) -> None:
    for begin in (0, 30):
        scene.put(begin, 0, thread_looks.BEGINS)
        scene.put(begin + 20, 0, SLEEPS)
        scene.pull()
        scene.record(begin, begin + 30, cpu=0)
    assert scene.pull() == [("sleeping", 0, 60)]


def test_of_a_short_op_samples_tell_only_what_it_waited_for(scene: Scene) -> None:
    scene.put(4, 0, IO, long=False)
    assert scene.pull() == []
    scene.record(0, 10, cpu=4)
    assert scene.spent(states.IO) == 6
    scene.record(0, 10, cpu=4, lane=1)
    assert scene.store.spent[1, states.LOCK] == 6 * MS  # nobody has seen what that one waits for


def test_what_was_seen_while_a_long_op_was_short_counts(scene: Scene) -> None:
    scene.put(5, 5, RUNS, long=False)
    scene.put(10, 5, IO, long=False)
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(21, 5, IO)
    assert scene.pull() == [("running", 0, 5), ("in I/O", 5, 21)]


def test_a_gap_between_samples_is_left_open(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 0, SLEEPS)
    scene.put(30 + FAR_NS / MS, 0, SLEEPS)
    scene.put(35 + FAR_NS / MS, 0, SLEEPS)
    assert [round(end - start) for _, start, end in scene.pull()] == [20, 5]


def test_the_live_edge_shows_what_was_seen_last(scene: Scene) -> None:
    scene.store.live.set_tails(np.array([0]), np.array([ring.RUN]), np.array([1]))
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(20, 0, SLEEPS)
    scene.pull()
    assert scene.store.tail(0, 22 * MS) == (20 * MS, states.SLEEP)
    scene.record(0, 30, cpu=0)
    scene.store.live.set_tails(np.array([0]), np.array([ring.RUN]), np.array([30 * MS]))
    assert scene.store.tail(0, 32 * MS) == (30 * MS, states.RUN)


def test_headers_get_what_samples_know(scene: Scene) -> None:
    headers = np.zeros((2, ring.HEADER_WORDS), np.uint64)
    headers[:, ring.W_STATE], headers[:, ring.W_SINCE], headers[:, ring.W_CPU] = ring.RUN, 50 * MS, 3 * MS
    scene.put(50, 100, thread_looks.BEGINS)
    scene.put(80, 108, IO)
    scene.pull()
    both = scene.samples.corrected(np.arange(2), headers.copy())
    assert list(both[:, ring.W_CPU] // MS) == [11, 3]
    assert list(both[:, ring.W_STATE]) == [ring.IO, ring.RUN]
    assert list(both[:, ring.W_CORE]) == [CORE, 0]
    headers[0, ring.W_SINCE] = 81 * MS  # another op by now: it knows all of the last one
    assert list(scene.samples.corrected(np.arange(2), headers)[:, ring.W_CPU] // MS) == [3, 3]


def test_a_full_ring_does_no_harm(scene: Scene) -> None:
    scene.put(0, 0, thread_looks.BEGINS)
    for ms in range(20, 220):
        scene.put(ms, 0, SLEEPS)
    *_, (state, _, end) = scene.pull()
    assert (state, end) == ("sleeping", 219)


STEPS = some.lists(
    some.tuples(some.integers(1, 50), some.integers(0, 60), some.integers(0, 60), some.sampled_from(range(5)))
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_no_time_is_lost_or_told_twice(steps: list[tuple[int, int, int, int]]) -> None:
    """Whatever the system counts, in jumps or late: pieces follow one another, and fill the time."""
    one, at, cpu, core_wait = Watched(0, 0, 0, 0), 0, 0, 0
    seen = (states.RUN, states.SLEEP, states.IO, states.LOCK, states.GIL)
    spent = dict.fromkeys(range(states.STATE_COUNT + 1), 0)
    for length, ran, waited, state in steps:
        before = at
        at, cpu, core_wait = at + length * MS, cpu + ran * MS, core_wait + waited * MS
        for start, end, _, _, kind in one.to(at, cpu, core_wait, seen[state], states.LOCK):
            assert start == before
            assert end > start
            spent[kind] += end - start
            before = end
        assert before == at
    for _, state, ns, _ in one.put_right():
        spent[state] -= ns
        spent[states.CORE] += ns
    assert min(spent.values()) >= 0
    assert [one.ran.told, one.waited.told] == [spent[states.RUN], spent[states.CORE]]
    assert spent[states.RUN] <= cpu + TICK_NS + len(steps) * 30_000


def pieces_of(one: Watched, at: int, cpu: int, core_wait: int, state: int) -> list[tuple[int, int, int]]:
    """(from, to, state), in ms."""
    told = one.to(at * MS, cpu * MS, core_wait * MS, state, states.GIL)
    return [(start // MS, end // MS, kind) for start, end, _, _, kind in told]


def test_a_wait_for_a_core_that_was_told_before_it_was_counted_is_told_once() -> None:
    one = Watched(0, 0, 0, 0)
    assert pieces_of(one, 5, 5, 0, states.RUN) == [(0, 5, states.RUN)]
    assert pieces_of(one, 10, 5, 0, states.RUN) == [(5, 9, states.RUN), (9, 10, states.CORE)], "a tick ahead, at most"
    assert one.waited.untold(1 * MS) == 0
    assert pieces_of(one, 15, 5, 1, states.LOCK) == [(10, 15, states.LOCK)]


def test_what_a_thread_used_while_it_was_held_is_not_told() -> None:
    one = Watched(0, 0, 0, 0)
    assert pieces_of(one, 5, 5, 0, states.LOCK) == [(0, 5, states.RUN)]
    one.skip(20 * MS, 12 * MS, 3 * MS)
    assert pieces_of(one, 25, 12, 3, states.LOCK) == [(20, 25, states.LOCK)]
    assert one.cpu == 12 * MS, "a header tells of all that it used"


# --- what the system says


@pytest.mark.parametrize(
    ("machine", "text", "state"),
    [
        ("x86_64", b"running\n", RUNS),
        ("x86_64", b"230 0x1 0x1 0x7f 0x0 0x0 0x0 0x7ffc 0x7f1\n", SLEEPS),  # clock_nanosleep
        ("x86_64", b"270 0x0 0x0 0x0 0x0 0x7f 0x0 0x7ffc 0x7f1\n", SLEEPS),  # pselect6 of nothing
        ("x86_64", b"270 0x5 0x7f 0x0 0x0 0x7f 0x0 0x7ffc 0x7f1\n", IO),
        ("x86_64", b"23 0x0 0x0 0x0 0x0 0x7f 0x0 0x7ffc 0x7f1\n", SLEEPS),  # select
        ("x86_64", b"7 0x7f 0x0 0x64 0x0 0x0 0x0 0x7ffc 0x7f1\n", SLEEPS),  # poll of nothing
        ("x86_64", b"7 0x7f 0x1 0x64 0x0 0x0 0x0 0x7ffc 0x7f1\n", IO),
        ("x86_64", b"202 0x1048 0x189 0x0 0x0 0x0 0x0 0x7ffc 0x7f1\n", GIL),
        ("x86_64", b"202 0x1100 0x189 0x0 0x0 0x0 0x0 0x7ffc 0x7f1\n", LOCK),
        ("x86_64", b"202 0xfff 0x189 0x0 0x0 0x0 0x0 0x7ffc 0x7f1\n", LOCK),
        ("x86_64", b"61 0x48 0x0 0x0 0x0 0x0 0x0 0x7ffc 0x7f1\n", LOCK),  # wait4
        ("x86_64", b"45 0x3 0x7f 0xa 0x0 0x0 0x0 0x7ffc 0x7f1\n", IO),  # recvfrom
        ("x86_64", b"-1 0x7ffc 0x7f1\n", IO),  # a page
        ("x86_64", b"", IO),
        ("aarch64", b"115 0x1 0x1 0x7f 0x0 0x0 0x0 0x7ffc 0x7f1\n", SLEEPS),
        ("aarch64", b"72 0x0 0x0 0x0 0x0 0x7f 0x0 0x7ffc 0x7f1\n", SLEEPS),
        ("aarch64", b"73 0x7f 0x0 0x64 0x0 0x0 0x0 0x7ffc 0x7f1\n", SLEEPS),
        ("aarch64", b"98 0x1048 0x189 0x0 0x0 0x0 0x0 0x7ffc 0x7f1\n", GIL),
        ("aarch64", b"202 0x3 0x7f 0x0 0x0 0x0 0x0 0x7ffc 0x7f1\n", IO),  # accept
    ],
)
def test_a_system_call_tells_what_a_thread_waits_for(machine: str, text: bytes, state: int) -> None:
    gil = (0x1000, 0x1000 + thread_looks.GIL_BYTES)
    assert thread_looks.Calls(machine).state(text, gil) == state


def test_where_the_gil_is_not_known_a_futex_may_be_its() -> None:
    text = b"202 0x1000 0x80 0x0 0x0 0x0 0x0 0x7f 0x7f"
    calls = thread_looks.Calls("x86_64")
    assert calls.state(text, thread_looks.NOWHERE) == thread_looks.UNSURE
    assert calls.state(text, (0x1000, 0x1100)) == GIL
    assert calls.state(text, (0x1001, 0x1100)) == calls.state(text, (0xF00, 0x1000)) == LOCK


@pytest.mark.parametrize(("shared", "named"), [(True, "not known"), (False, "waits for a lock")])
def test_without_a_gil_it_is_a_lock(scene: Scene, shared: bool, named: str) -> None:
    scene.store.live.shared_gil = shared
    scene.put(0, 0, thread_looks.BEGINS)
    scene.put(30, 0, thread_looks.UNSURE)
    assert scene.pull() == [(named, 0, 30)]


def test_another_kind_of_machine_is_not_guessed_at() -> None:
    assert not thread_looks.Calls("riscv64").known


@pytest.mark.skipif(not LINUX, reason="only Linux tells")
def test_a_thread_of_this_process_is_seen() -> None:
    told: list[int] = []
    door = threading.Lock()
    door.acquire()

    def wait() -> None:
        told.append(threading.get_native_id())
        door.acquire()

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_for(lambda: told)
    seen = thread_looks.Thread(
        os.getpid(), told[0], 1, thread_looks.Calls(os.uname().machine)
    )  # a GIL that is elsewhere
    try:
        wait_for(lambda: seen.look(True)[0] == LOCK)
        before = seen.look(True)[1]
        time.sleep(0.01)
        assert seen.look(True)[1] == before  # it did not run meanwhile
    finally:
        door.release()
        waiting.join()
    with pytest.raises(OSError):
        wait_for(lambda: seen.look(True) and False)  # until the system has noticed that it is gone
    seen.close()
