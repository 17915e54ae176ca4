"""What a worker writes about each op, with clocks that the test turns: nothing is made up, little is asked."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.lab.blocking import blocking
from playground.lab.blocking.blocking import Blocking
from playground.lab.recording import control, drive, stamps
from playground.lab.recording.control import Control, Stopped
from playground.lab.wire import clocks, ring
from playground.lab.wire.ops import LOCK, Acquire, Call, Get, Op, Put, Release, Shared, Sleep, numbers, queue
from playground.reading.rings import RingsReader

US = 1000
MS = 1000 * US


class Machine:
    """Wall clock, CPU clock, and what the operating system tells of the thread."""

    doubt = 0

    def __init__(self) -> None:
        self.wall = 5 * 10**9
        self.cpu = 10**9
        self.waited = 0
        self.slept = 0
        self.asked = 0  # how often the CPU clock was read

    def clock(self) -> int:
        return self.wall

    def cpu_clock(self) -> int:
        self.asked += 1
        return self.cpu

    def core(self) -> int:
        return 1

    def core_wait_ns(self) -> int:
        return self.waited

    def naps(self) -> int:
        return self.slept

    def does(self, cpu: int, gil: int = 0, core: int = 0) -> None:
        self.wall += cpu + gil + core
        self.cpu += cpu
        self.waited += core
        self.slept += gil > 0


class Scene:
    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch, capacity: int = 4096) -> None:
        for path in (place / "control", place / "ring"):
            path.unlink(missing_ok=True)
        self.machine = Machine()
        ring.create_control(str(place / "control"))
        ring.create(str(place / "ring"), capacity)
        self.control = Control(str(place / "control"))
        self.ring = ring.Rings(str(place / "ring")).ring(0)
        self.reader = RingsReader(place / "ring")
        self.ring.begin(1, 1, self.machine.wall)
        monkeypatch.setattr(control, "clock", self.machine.clock)
        monkeypatch.setattr(drive, "clock", self.machine.clock)
        monkeypatch.setattr(drive, "cpu_clock", self.machine.cpu_clock)
        monkeypatch.setattr(blocking.time, "sleep", lambda seconds: self.machine.does(0, gil=int(seconds * 1e9)))  # type: ignore[attr-defined]

    def drive(self, ops: Iterable[Any], shared: dict[str, Shared] | None = None) -> object:
        ops, shared = ops if isinstance(ops, Generator) else (op for op in ops), shared or {}
        carry_out = Blocking(blocking.make(shared, blocking.ThreadKit))
        return drive.drive(self.ring, self.machine, self.control, ops, carry_out, numbers(shared))

    def do(self, parts: list[tuple[int, int, int]]) -> np.ndarray:
        self.drive([Call(self.machine.does, *part) for part in parts])
        return self.reader.pull()


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(tmp_path, monkeypatch)


def test_every_op_has_its_time_and_the_next_begins_where_it_ended(scene: Scene) -> None:
    begun = scene.machine.wall
    written = scene.do([(150 * US, 0, 0)] * 500)
    assert list(written["end"] - written["start"]) == [150 * US] * 500
    assert int(written["start"][0]) == begun
    assert (written["start"][1:] == written["end"][:-1]).all()
    assert list(written["cpu"]) == [150 * US] * 500
    assert set(written["kind"]) == {ring.RUN}
    assert scene.ring.words[ring.W_OPS] == 500


def test_the_cpu_clock_is_asked_seldom_while_nothing_disturbs(scene: Scene) -> None:
    scene.do([(150 * US, 0, 0)] * 2000)  # 0.3 s
    assert 30 <= scene.machine.asked <= 100


def test_a_wait_is_seen_at_once_and_whole(scene: Scene) -> None:
    parts = [(150 * US, 0, 0)] * 300
    parts[100] = (150 * US, 15_000 * US, 0)
    parts[200] = (150 * US, 0, 4_000 * US)
    written = scene.do(parts)
    gil, core = written[100], written[200]
    assert (int(gil["end"] - gil["start"]), bool(gil["flags"]), int(gil["core_wait"])) == (15_150 * US, True, 0)
    assert (int(core["end"] - core["start"]), bool(core["flags"]), int(core["core_wait"])) == (
        4150 * US,
        False,
        4000 * US,
    )
    assert abs(int(gil["cpu"]) - 150 * US) <= 40 * US
    assert abs(int(core["cpu"]) - 150 * US) <= 40 * US
    assert int(core["core"]) == 1


PARTS = st.tuples(
    st.sampled_from((150 * US, 140 * US, 160 * US, 10 * US, 900 * US)) | st.integers(1, 2000 * US),
    st.sampled_from((0, 0, 0, 0, 5 * US, 5000 * US)),
    st.sampled_from((0, 0, 0, 0, 7 * US, 3000 * US)),
)


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=200))
def test_in_all_the_records_tell_of_as_much_cpu_time_as_was_used(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[int, int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        scene = Scene(tmp_path_factory.mktemp("worker"), monkeypatch)
        written = scene.do(parts)
    told = written["cpu"].astype(np.int64).cumsum()
    used = np.array([part[0] for part in parts]).cumsum()
    wall = written["end"].astype(np.int64) - written["start"].astype(np.int64)
    assert list(wall) == [sum(part) for part in parts]
    assert (told >= used).all(), "what a worker used is never kept back"
    # what is told too early is what one 10 ms look, and an op beyond it, may hide: a fifth of the time at most
    assert (told - used <= 0.2 * (clocks.LOOK_NS + 2 * wall.max())).all()


def test_work_that_gets_slower_or_faster_is_followed(scene: Scene) -> None:
    written = scene.do([(size * US, 0, 0) for size in [150] * 100 + [400] * 100 + [30] * 1000 + [150] * 100])
    assert list(written["cpu"]) == list(written["end"] - written["start"])
    assert scene.machine.asked < 500


def test_ops_of_two_sizes_do_not_hide_waits(scene: Scene) -> None:
    """A short op that waited is not taken for a long one that did not."""
    rng = random.Random(1)
    parts = []
    for number in range(2000):
        long = number % 2 == 0
        waited = 250 * US if rng.random() < 0.05 and not long else 0
        parts.append((300 * US if long else 10 * US, waited, 0))
    written = scene.do(parts)
    waited = np.array([part[1] for part in parts])
    lost = written["end"] - written["start"] - written["cpu"]
    assert (lost[waited > 0] > 200 * US).mean() > 0.95


def test_a_wait_of_work_that_has_become_faster_is_seen(scene: Scene) -> None:
    """What counts as quick is learned anew after each look at the system, not only when an op takes longer."""
    parts = [(400 * US, 0, 0)] * 100 + [(30 * US, 0, 0)] * 1000
    parts[1000] = (30 * US, 200 * US, 0)
    written = scene.do(parts)
    assert int(written["cpu"][1000]) == 30 * US


def test_a_sleep_is_no_cpu_time(scene: Scene) -> None:
    scene.drive([Call(scene.machine.does, 150 * US), Sleep(0.01), Call(scene.machine.does, 150 * US)])
    written = scene.reader.pull()
    assert list(written["kind"]) == [ring.RUN, ring.SLEEP, ring.RUN]
    assert list(written["cpu"]) == [150 * US, 0, 150 * US]
    assert int(written["end"][1] - written["start"][1]) == 10_000 * US


def test_the_job_gets_what_its_ops_gave(scene: Scene) -> None:
    def job() -> Generator[Any, Any, Any]:
        first = yield Call(int, "41")
        nothing = yield Sleep(0.001)
        return first, nothing

    assert scene.drive(job()) == (41, None)


def test_a_ring_goes_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(tmp_path, monkeypatch, capacity=7)
    scene.drive([Call(scene.machine.does, number * US) for number in range(1, 20)])
    assert list(scene.reader.pull()["cpu"]) == [number * US for number in range(14, 20)]
    assert scene.reader.lost == 13


def test_a_pause_at_the_end_of_a_ring_is_followed_by_its_first_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the end of a ring lies another worker's."""
    scene = Scene(tmp_path, monkeypatch, capacity=7)

    def paused(seconds: float) -> None:
        scene.machine.wall += int(seconds * 1e9)
        turn(scene, ring.C_PAUSE, on=False)

    monkeypatch.setattr(control, "sleep", paused)

    def job() -> Iterator[Any]:
        for number in range(6):
            yield Call(scene.machine.does, (number + 1) * US)
            if number == 5:
                turn(scene, ring.C_PAUSE, on=True)
        yield Call(scene.machine.does, 70 * US)
        yield Call(scene.machine.does, 80 * US)

    scene.drive(job())
    written = scene.reader.pull()
    assert list(written["kind"]) == [ring.RUN] * 3 + [ring.PAUSED] + [ring.RUN] * 2
    assert list(written["cpu"]) == [4 * US, 5 * US, 6 * US, 0, 70 * US, 80 * US]
    assert (written["start"][1:] == written["end"][:-1]).all()


def test_an_op_that_raises_has_its_time_once(scene: Scene) -> None:
    def fail() -> None:
        scene.machine.does(400 * US)
        raise ValueError("no")

    def job() -> Iterator[Any]:
        yield Call(scene.machine.does, 150 * US)
        with contextlib.suppress(ValueError):
            yield Call(fail)
        for _ in range(200):
            yield Call(scene.machine.does, 150 * US)

    scene.drive(job())
    written = scene.reader.pull()
    assert list(written["cpu"]) == [150 * US, 400 * US] + [150 * US] * 200
    assert list(written["end"] - written["start"]) == list(written["cpu"])


@pytest.mark.parametrize(("gil", "slept"), [(0, 0), (300, 1)])
def test_an_op_that_raises_slept_only_if_it_did(scene: Scene, gil: int, slept: int) -> None:
    """… and what it waited for a core is its own, not the next one's."""

    def fail() -> None:
        scene.machine.does(400 * US, gil=gil * US, core=50 * US)
        raise ValueError("no")

    def job() -> Iterator[Any]:
        yield Call(scene.machine.does, 150 * US)
        with contextlib.suppress(ValueError):
            yield Call(fail)
        for _ in range(2):
            yield Call(scene.machine.does, 15_000 * US)

    scene.drive(job())
    written = scene.reader.pull()
    assert list(written["flags"]) == [written["flags"][0], slept | ring.FAILED, 0, 0]
    assert list(written["core_wait"]) == [0, 50 * US, 0, 0]


@pytest.mark.parametrize(("waited", "seen"), [(60, True), (31, True), (29, False)])
def test_what_an_op_lost_is_looked_into_from_30_us_on(scene: Scene, waited: int, seen: bool) -> None:
    """Between two looks that come anyway, every 10 ms."""
    parts = [(150 * US, 0, 0)] * 20
    parts[10] = (150 * US, 0, waited * US)
    written = scene.do(parts)
    assert int(written["core_wait"][10]) == (waited * US if seen else 0)


def test_a_stop_comes_before_the_next_op(scene: Scene) -> None:
    def job() -> Iterator[Any]:
        for _ in range(5):
            yield Call(int)
        turn(scene, ring.C_STOP, on=True)
        yield Call(pytest.fail, "was told to stop")

    with pytest.raises(Stopped):
        scene.drive(job())
    assert scene.ring.words[ring.W_OPS] == 5


def test_what_is_asked_for_while_a_worker_attends_is_heard_before_its_next_op(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = scene.control.words

    def stop_meanwhile(_nanoseconds: int) -> None:
        words[ring.C_STOP] = 1
        ring.ring_bell(words, ring.APP)

    monkeypatch.setattr(control, "apply_switch_interval", stop_meanwhile)
    done: list[int] = []
    with pytest.raises(Stopped):
        scene.drive([Call(done.append, number) for number in range(3)])
    assert len(done) <= 1


def test_a_bell_that_was_rung_says_what_it_never_said(scene: Scene) -> None:
    """Of two who ring at once one is overwritten, and both are heard."""
    said = set()
    for who in (ring.APP, ring.LAB, ring.OUT) * 3:
        ring.ring_bell(scene.control.words, who)
        said.add(scene.control.words[ring.C_BELL])
    assert len(said) == 9


def test_an_op_that_the_model_cannot_do_is_named(scene: Scene) -> None:
    class Fly(Op):
        kind = ring.RUN

    with pytest.raises(TypeError, match="Fly"):
        scene.drive([Fly()])


def test_nothing_is_claimed_about_time_without_stamps(scene: Scene) -> None:
    def job() -> Iterator[Any]:
        yield Call(scene.machine.does, 150 * US)
        turn(scene, ring.C_UNSTAMPED, on=True)
        for _ in range(5):
            yield Call(scene.machine.does, 1000 * US)
        turn(scene, ring.C_UNSTAMPED, on=False)
        yield Call(scene.machine.does, 150 * US)

    scene.drive(job())
    written = scene.reader.pull()
    assert list(written["end"] - written["start"]) == [150 * US] * 2
    assert list(written["cpu"]) == [150 * US] * 2
    assert scene.ring.words[ring.W_OPS] == 7


class Seen(Get):
    """Notes which object the header names meanwhile, and since when."""

    __slots__ = ("seen",)

    def __init__(self, name: str, seen: Callable[[], object]) -> None:
        super().__init__(name)
        self.seen = seen

    @property
    def arguments(self) -> tuple[()]:  # type: ignore[override]
        self.seen()
        return ()


def test_the_header_names_what_is_waited_for_and_nothing_in_other_ops(scene: Scene) -> None:
    """After each op: the object of the header, and whether it was entered anew."""
    seen: list[tuple[int, int]] = []
    words, begun = scene.ring.words, scene.machine.wall

    def look() -> None:
        seen.append((words[ring.W_OBJECT], (words[ring.W_SINCE] - begun) // MS))
        scene.machine.does(MS)

    def job() -> Iterator[Any]:
        for name in ("belt", "belt", "bag"):
            yield Put(name, 0)
        for name in ("belt", "belt", "bag"):
            yield Seen(name, look)
        yield Put("bag", 0)
        yield Call(look)
        yield Seen("bag", look)
        yield Call(look)
        yield Sleep(0.001)
        yield Call(look)
        yield Acquire("door")
        yield Release("door")
        yield Call(look)

    scene.drive(job(), {"door": LOCK, "belt": queue(), "bag": queue()})
    assert [thing for thing, _ in seen] == [2, 2, 3, 0, 3, 0, 0, 0]
    assert [since for _, since in seen] == [0, 0, 2, 3, 4, 5, 7, 8]
    written = scene.reader.pull()
    assert [int(one) for one in written["object"]] == [-2, -2, -3, 2, 2, 3, -3, 0, 3, 0, 0, 0, 1, -1, 0]
    assert words[ring.W_OBJECT] == 0


def test_a_paused_worker_waits_for_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    words, seen = scene.ring.words, []

    def pause(_seconds: float) -> None:
        seen.append((words[ring.W_STATE], words[ring.W_OBJECT]))
        turn(scene, ring.C_PAUSE, on=False)

    def job() -> Iterator[Any]:
        yield Acquire("door")
        turn(scene, ring.C_PAUSE, on=True)
        yield Seen("belt", lambda: seen.append((words[ring.W_STATE], words[ring.W_OBJECT])))

    monkeypatch.setattr(control, "sleep", pause)
    belt = {"door": LOCK, "belt": queue()}
    things = blocking.make(belt, blocking.ThreadKit)
    things["belt"].put(0)
    drive.drive(scene.ring, scene.machine, scene.control, job(), Blocking(things), numbers(belt))
    assert seen == [(ring.PAUSED, 0), (ring.LOCK, 2)]


@pytest.mark.parametrize("lost_at", [1, 2, 30, 100, 250])
def test_a_stamp_costs_no_more_where_the_thread_lost_its_core_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost_at: int
) -> None:
    machine, looks = Machine(), itertools.count(1)

    def clock() -> int:
        machine.does(US, core=8000 * US if next(looks) == lost_at else 0)
        return machine.clock()

    monkeypatch.setattr(stamps, "clock", clock)
    assert US <= stamps.measure_stamp_ns(str(tmp_path)) <= 1.1 * US


def turn(scene: Scene, word: int, on: bool) -> None:
    scene.control.words[word] = int(on)
    ring.ring_bell(scene.control.words, ring.APP)
