"""What workers that take turns write, with clocks that the test turns: each step, each wait, each switch, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.lab.loops import heartbeat, turns
from playground.lab.loops.helper_calls import Ran
from playground.lab.loops.turns import Steps, Turns
from playground.lab.recording import control, worker
from playground.lab.recording.control import Control
from playground.lab.recording.order import Order
from playground.lab.wire import ring
from playground.lab.wire.ops import LOCK, TURN, Acquire, Block, Call, Op, Ops, Release, Sleep, numbers
from playground.reading.rings import RingsReader

US, MS = 1_000, 1_000_000
WORKERS = 3


class Machine:
    """Wall clock and CPU clock, and what the operating system tells of the thread."""

    doubt = 0

    def __init__(self) -> None:
        self.wall, self.cpu, self.waited, self.slept = 5 * 10**9, 10**9, 0, 0

    def clock(self) -> int:
        return self.wall

    def cpu_clock(self) -> int:
        return self.cpu

    def core(self) -> int:
        return 1

    def core_wait_ns(self) -> int:
        return self.waited

    def naps(self) -> int:
        return self.slept

    def computes(self, ns: int, core_wait: int = 0) -> str:
        self.wall += ns + core_wait
        self.cpu += ns
        self.waited += core_wait
        return "done"


KIND_NAMES = ("none", "run", "sleep", "io", "lock", "paused", "turn", "after")


class Scene:
    """Workers of one loop, which do what `jobs` says; the test is their scheduler."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        ring.create_control(str(place / "control"))
        ring.create(str(place / "rings"), 1024, WORKERS)
        self.machine = Machine()
        self.jobs: dict[int, Any] = {}
        self.order = Order(str(place), {"workers": WORKERS, "amount": None, "knobs": {}}, {})
        self.control = Control(str(place / "control"))
        self.words = self.control.words
        self.reader = RingsReader(place / "rings")
        for module in (turns, worker, control, heartbeat):
            monkeypatch.setattr(module, "clock", self.machine.clock)
        for module in (turns, heartbeat):
            monkeypatch.setattr(module, "cpu_clock", self.machine.cpu_clock)
        monkeypatch.setattr(worker, "ops_of", lambda order, index: self.jobs[index]())

    def turns(self, yields: bool = False, remote: bool = False) -> Turns:
        return Turns(self.order, self.machine, yields, remote)

    def steps(self, *ops: Op, **kind: bool) -> Steps:
        """The first worker, with these to do."""
        self.jobs[0] = lambda: (op for op in ops)
        return self.turns(**kind).steps()[0]

    def written(self) -> list[tuple[int, str, int, int]]:
        """(worker, kind, start, length), in µs since the beginning."""
        return [
            (int(one["task"]), KIND_NAMES[one["kind"]], *micro(one["start"] - BEGUN, one["end"] - one["start"]))
            for one in self.pulled()
        ]

    def reports(self) -> str:
        return Path(self.order.path("reports")).read_text()

    def pulled(self) -> np.ndarray:
        """The records that tell of any time; the first worker's turn often comes at once."""
        records = self.reader.pull()
        return records[records["end"] > records["start"]]


BEGUN = 5 * 10**9


def micro(*times: Any) -> tuple[int, ...]:
    return tuple(int(one) // US for one in times)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    made = Scene(tmp_path, monkeypatch)
    yield made
    made.reader.close()
    made.order.unmap()


def test_a_worker_goes_on_until_it_has_to_wait_and_is_told_what_came_of_it(scene: Scene) -> None:
    seen = []

    def job() -> Ops:
        seen.append((yield Call(scene.machine.computes, 100 * US)))
        seen.append((yield Sleep(0.001)))
        seen.append((yield Call(scene.machine.computes, 50 * US)))
        return seen

    scene.jobs[0] = job
    steps = scene.turns().steps()[0]
    scene.machine.wall += 10 * US  # until its turn comes
    waits_for = steps.next()
    assert isinstance(waits_for, Sleep)
    assert scene.reader.headers[0, ring.W_STATE] == ring.SLEEP
    scene.machine.wall += 1000 * US
    assert steps.next("slept well") is None
    assert seen == ["done", "slept well", "done"]
    assert scene.written() == [
        (0, "turn", 0, 10),
        (0, "run", 10, 100),
        (0, "sleep", 110, 1000),
        (0, "run", 1110, 50),
    ]
    assert [int(scene.reader.headers[0, word]) for word in (ring.W_OPS, ring.W_CPU)] == [3, 150 * US]
    assert int(scene.reader.headers[0, ring.W_ENDED]) == scene.machine.wall
    assert '"result": ["done", "slept well", "done"]' in scene.reports()


def test_what_a_worker_does_between_its_ops_is_its_own_running(scene: Scene) -> None:
    """No moment of it is left out: also what its code does before the first op, and after the last."""

    def job() -> Ops:
        scene.machine.computes(300 * US)
        yield Call(scene.machine.computes, 100 * US)
        scene.machine.computes(200 * US)
        yield Sleep(0.001)
        scene.machine.computes(70 * US, core_wait=40 * US)
        yield Sleep(0.001)
        scene.machine.computes(60 * US)

    scene.jobs[0] = job
    steps = scene.turns().steps()[0]
    for _ in range(3):
        steps.next()
        scene.machine.wall += 1000 * US
    assert [int(flags) & ring.BETWEEN for flags in scene.reader._records[0]["flags"][:7]] == [0, 0, 4, 0, 4, 0, 4]
    assert scene.written() == [
        (0, "run", 0, 400),
        (0, "run", 400, 200),
        (0, "sleep", 600, 1000),
        (0, "run", 1600, 110),
        (0, "sleep", 1710, 1000),
        (0, "run", 2710, 60),
    ]
    assert int(scene.reader.headers[0, ring.W_CPU]) == 730 * US


def test_a_moment_before_a_wait_is_told_with_it(scene: Scene) -> None:
    def job() -> Ops:
        for _ in range(2):
            scene.machine.computes(turns.SHORT_NS)
            yield Sleep(0.001)

    scene.jobs[0] = job
    steps = scene.turns().steps()[0]
    for _ in range(3):
        steps.next()
        scene.machine.wall += 1000 * US
    records = scene.pulled()
    assert [int(one["cpu"]) for one in records] == [turns.SHORT_NS] * 2
    assert {int(one["core"]) for one in records} == {1}, "else the cores would not know whose it was"
    spans = [micro(one["start"] - BEGUN, one["end"] - BEGUN) for one in records]
    assert spans == [(0, 1050), (1050, 2100)], "one record each, without a gap"
    assert int(scene.reader.headers[0, ring.W_CPU]) == 2 * turns.SHORT_NS


def test_a_block_in_a_loop_leaves_no_gap_either(scene: Scene) -> None:
    """As files that are read: each op is short, and what lies between them is as long."""

    def job() -> Ops:
        for _ in range(3):
            scene.machine.computes(20 * US)
            yield Block(scene.machine.computes, 30 * US)

    scene.jobs[0] = job
    assert scene.turns().steps()[0].next() is None
    records = scene.pulled()
    assert [micro(one["start"] - BEGUN, one["end"] - BEGUN) for one in records] == [(0, 50), (50, 100), (100, 150)]
    assert {int(one["kind"]) for one in records} == {ring.IO}
    assert {int(one["cpu"]) for one in records} == {50 * US}
    assert all(int(one["flags"]) & ring.HELD_UP for one in records), "the loop stood still meanwhile"


def test_a_sleep_lasts_as_long_as_it_says_and_the_rest_is_waiting_for_the_turn(scene: Scene) -> None:
    steps = scene.steps(Sleep(0.001), Sleep(0.001))
    steps.next()
    scene.machine.wall += 1000 * US + turns.LATE_NS  # type: ignore[attr-defined]  # on time, as sleeps go
    steps.next()
    scene.machine.wall += 31_000 * US
    assert steps.next() is None
    assert scene.written() == [
        (0, "sleep", 0, 1050),
        (0, "sleep", 1050, 1000),
        (0, "turn", 2050, 30_000),
    ]


def test_a_lock_is_waited_for_until_the_worker_goes_on_and_giving_it_back_is_no_wait(scene: Scene) -> None:
    steps = scene.steps(Acquire("door"), Release("door"))
    steps.next()
    assert scene.reader.headers[0, ring.W_STATE] == ring.LOCK
    scene.machine.wall += 700 * US
    steps.next()
    scene.machine.wall += 2 * US
    steps.next()
    wait, release = scene.pulled()
    assert (int(wait["kind"]), int(wait["end"] - wait["start"]), int(wait["cpu"])) == (ring.LOCK, 700 * US, 0)
    assert (int(release["kind"]), int(release["cpu"])) == (ring.RUN, 2 * US)


def test_what_it_waits_for_is_told_until_it_goes_on(scene: Scene) -> None:
    scene.order.numbers = numbers({"door": LOCK, "belt": LOCK})
    waits_for: list[int] = []
    look = Call(lambda: waits_for.append(int(scene.reader.headers[0, ring.W_OBJECT])))
    steps = scene.steps(Acquire("belt"), look, Release("belt"), look)
    steps.next()
    assert int(scene.reader.headers[0, ring.W_OBJECT]) == 2
    scene.machine.wall += 700 * US
    steps.next()
    scene.machine.wall += 2 * US
    assert int(scene.reader.headers[0, ring.W_OBJECT]) == 0, "who gives something back waits for nothing"
    assert steps.next() is None
    assert waits_for == [0, 0]
    assert [int(one["object"]) for one in scene.pulled() if one["object"]] == [2, -2]


def test_a_call_that_took_longer_than_it_computed_waited_for_a_core(scene: Scene) -> None:
    steps = scene.steps(Call(scene.machine.computes, 100 * US, 4000 * US))
    assert steps.next() is None
    (call,) = scene.pulled()
    assert [int(call[name]) for name in ("cpu", "core_wait", "flags", "core")] == [100 * US, 4000 * US, 0, 1]


def test_whoever_lets_go_after_each_call_waits_for_its_turn_in_between(scene: Scene) -> None:
    steps = scene.steps(*[Call(scene.machine.computes, 100 * US)] * 2, yields=True)
    assert steps.next() is TURN
    scene.machine.wall += 300 * US
    assert steps.next() is TURN
    assert steps.next() is None
    assert scene.written() == [
        (0, "run", 0, 100),
        (0, "turn", 100, 300),
        (0, "run", 400, 100),
    ]
    assert scene.reader.headers[0, ring.W_OPS] == 2


def test_a_call_in_another_thread_runs_there_and_the_rest_is_waiting_for_the_turn(scene: Scene) -> None:
    steps = scene.steps(Call(int), remote=True)
    assert isinstance(steps.next(), Call)
    assert scene.reader.headers[0, ring.W_STATE] == ring.TURN
    began = scene.machine.wall + 40 * US
    scene.machine.wall += 300 * US
    steps.ran(Ran(None, ring.RUN, began, began + 200 * US, 150 * US, 20 * US, 1))
    assert steps.next() is None
    turn, run, turn_again = scene.pulled()
    assert [int(one["kind"]) for one in (turn, run, turn_again)] == [ring.TURN, ring.RUN, ring.TURN]
    assert [int(one["end"] - one["start"]) for one in (turn, run, turn_again)] == [40 * US, 200 * US, 60 * US]
    assert [int(run[name]) for name in ("cpu", "core_wait", "core")] == [150 * US, 20 * US, 1]
    assert scene.reader.headers[0, ring.W_CPU] == 150 * US


def test_a_switch_is_counted_when_another_worker_goes_on(scene: Scene) -> None:
    for index in range(WORKERS):
        scene.jobs[index] = lambda: (TURN for _ in range(9))
    made = scene.turns()
    every = made.steps()
    for index in (0, 0, 1, 1, 1, 2, 0):
        every[index].next()
    assert made.beats.switches == 4
    made.beats.next_s()
    assert [scene.words[word] for word in (ring.C_SWITCHES, ring.C_SWITCHES_TRACED)] == [4, 0]


def test_greenlet_tells_of_each_switch_where_it_is_asked(scene: Scene) -> None:
    greenlet = pytest.importorskip("greenlet")
    scene.jobs = {index: lambda: (TURN for _ in range(9)) for index in range(WORKERS)}
    made = scene.turns()
    made.trace()
    try:
        for steps in made.steps():
            steps.next()  # another worker, and yet the same greenlet
        main = greenlet.getcurrent()
        other = greenlet.greenlet(lambda: [main.switch() for _ in range(10)])
        for _ in range(7):
            other.switch()
    finally:
        greenlet.settrace(None)
    made.beats.end()
    assert [scene.words[word] for word in (ring.C_SWITCHES, ring.C_SWITCHES_TRACED)] == [14, 1]


# --- trouble


def test_what_went_wrong_is_raised_in_the_worker_and_reported(scene: Scene) -> None:
    steps = scene.steps(Sleep(1.0))
    steps.next()
    assert steps.fail(OSError("no such server")) is None
    assert "OSError: no such server" in scene.reports()
    assert scene.reader.headers[0, ring.W_ENDED]


def test_live_hands_each_op_over_until_the_worker_is_done(scene: Scene) -> None:
    done: list[Op] = []
    steps = scene.steps(Sleep(0.1), Call(int), Acquire("door"))
    steps.live(done.append)
    assert [type(op) for op in done] == [Sleep, Acquire]


def test_live_raises_in_the_worker_what_went_wrong(scene: Scene) -> None:
    steps = scene.steps(Sleep(0.1), Sleep(0.2))
    steps.live(lambda op: 1 // 0)
    assert "ZeroDivisionError" in scene.reports()


def test_a_turn_to_begin_is_written_under_the_lock_of_the_stream(scene: Scene) -> None:
    """Helpers of the loop may write at that moment."""
    made = scene.turns(remote=True)
    scene.jobs[0] = lambda: (op for op in (Sleep(0.1),))
    steps, held = made.steps()[0], list[bool]()
    write = made._write

    def seen(*record: int) -> None:
        assert made.lock is not None
        held.append(made.lock.locked())
        write(*record)

    made._write = seen
    scene.machine.wall += 5 * MS
    steps.next()
    assert held[0]
    assert scene.written()[0] == (0, "turn", 0, 5000)


def order(scene: Scene, word: int, on: bool = True) -> None:
    scene.words[word] = int(on)
    ring.ring_bell(scene.words, ring.APP)


def test_a_stopped_worker_ends_before_its_next_op_and_reports_nothing(scene: Scene) -> None:
    steps = scene.steps(Sleep(0.1), Call(scene.machine.computes, 1))
    steps.next()
    order(scene, ring.C_STOP)
    assert steps.next() is None
    assert scene.machine.cpu == 10**9
    assert not scene.reports()


def test_a_worker_that_comes_to_its_turn_when_the_run_is_over_does_not_begin(scene: Scene) -> None:
    steps = scene.steps(Call(scene.machine.computes, 1))
    order(scene, ring.C_STOP)
    assert steps.next() is None
    assert [int(scene.reader.headers[0, word]) for word in (ring.W_STARTED, ring.W_STATE)] == [0, ring.TURN]


# --- the heartbeat


def beat(scene: Scene, beats: heartbeat.Beats, late: int) -> None:
    scene.machine.wall += heartbeat.PERIOD_NS + late
    beats.next_s()


def test_a_beat_is_late_by_how_much_it_missed_its_time(scene: Scene) -> None:
    beats = scene.turns().beats
    beats.next_s()
    for late in (0, 2 * MS, 2 * MS, 40 * MS):
        beat(scene, beats, late)
    counts = {step: scene.words[ring.C_LOOP_COUNTS + step] for step in range(ring.LOOP_COUNTS)}
    counts = {step: count for step, count in counts.items() if count}
    assert list(counts.values()) == [1, 2, 1]
    assert [heartbeat.late_ns_of(step) for step in counts] == pytest.approx([0, 2 * MS, 40 * MS], rel=0.1)
    assert scene.words[ring.C_LOOP_BEATS] == 4
    assert scene.words[ring.C_LOOP_LATE_MAX] == 40 * MS


def test_a_beat_that_never_came_is_told_at_the_end(scene: Scene) -> None:
    beats = scene.turns().beats
    beats.next_s()
    scene.machine.wall += heartbeat.PERIOD_NS + 500 * MS
    beats.end()
    assert [scene.words[word] for word in (ring.C_LOOP_BEATS, ring.C_LOOP_LATE_MAX)] == [1, 500 * MS]
    assert scene.words[ring.C_LOOP_DUE] == 0


def test_a_pause_makes_no_beat_late(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def wake(seconds: float) -> None:
        scene.machine.wall += 900 * MS
        order(scene, ring.C_PAUSE, on=False)

    monkeypatch.setattr(control, "sleep", wake)
    scene.jobs[0] = lambda: (op for op in (Sleep(0.001), Sleep(0.001)))
    made = scene.turns()
    steps = made.steps()[0]
    made.beats.next_s()
    steps.next()
    order(scene, ring.C_PAUSE)
    scene.machine.wall += MS
    steps.next()
    scene.machine.wall += heartbeat.PERIOD_NS
    made.beats.next_s()
    assert scene.words[ring.C_LOOP_LATE_MAX] == MS
    assert (0, "paused", 1000, 900_000) in scene.written()
