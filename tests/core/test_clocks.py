"""Where the system counts a thread's CPU time in long steps, what workers did is estimated, and said to be. Where it
does not say what kept a thread waiting, that is unknown, and not a wait for the GIL or a lock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from playground.figures.finished import FinishedRun, as_json
from playground.figures.records import RunStatistics
from playground.lab.wire import clocks, cycles, ring
from playground.reading import states
from playground.reading.rings import RECORD
from playground.recipe.recipe import Recipe, checked
from playground.run.probe_process import Probe
from playground.run.run import Run
from playground.verdict.judge import judge
from tests.core.labs import LINUX, finished
from tests.core.made_runs import MACHINE, made
from tests.core.recorded import RecordedLanes

TICK = 15_625_000
LINE = 'exact: Callable[[], int] = getattr(time, "thread_time_ns", time.process_time_ns)'
COARSE = f'exact: Callable[[], int] = lambda: getattr(time, "thread_time_ns")() // {TICK} * {TICK}'
USAGE = "_usage_of_thread = resource.RUSAGE_THREAD"
linux = pytest.mark.skipif(not LINUX, reason="a fine clock is made a coarse one here")


class Time:
    """A thread that computes all the while: each look takes 0.3 µs of it."""

    def __init__(self, tick: int) -> None:
        self.ns, self.tick = 1_000_007, tick

    def now(self) -> int:
        self.ns += 300
        return self.ns

    def cpu(self) -> int:
        self.ns += 300
        return self.ns // self.tick * self.tick


@pytest.mark.parametrize(("tick", "step"), [(1, 600), (100, 600), (TICK, TICK), (10_000_000, 10_000_000)])
def test_the_step_of_a_clock(tick: int, step: int) -> None:
    time = Time(tick)
    begun = time.ns
    found = clocks.step_of(time.cpu, time.now)
    assert found == pytest.approx(step, abs=100)
    assert (found > clocks.COARSE_NS) == (tick > clocks.COARSE_NS)
    assert time.ns - begun <= clocks.LONGEST_TRY_NS + 1000
    if tick <= 100:
        assert time.ns - begun < 10_000, "a fine clock costs a start nothing"


def test_a_clock_that_stands_still_is_coarse() -> None:
    time = Time(10**12)
    assert clocks.step_of(time.cpu, time.now) == clocks.LONGEST_TRY_NS


class Kept(Time):
    """One that waits for a core, 25 ms before each of some looks at the time: its fine CPU clock stands still then."""

    def __init__(self, waits: int) -> None:
        super().__init__(1)
        self.waits, self.waited = waits, 0

    def now(self) -> int:
        if self.waits:
            self.waits -= 1
            self.waited += 25_000_000
        return super().now() + self.waited


@pytest.mark.parametrize("waits", [1, 2, 30])
def test_who_waits_for_a_core_does_not_take_a_fine_clock_for_a_coarse_one(waits: int) -> None:
    time = Kept(waits)
    still = time.cpu()
    assert clocks.step_of(lambda: still if time.waits else time.cpu(), time.now) < clocks.COARSE_NS


@linux
def test_the_clock_of_this_system_is_used_as_it_is() -> None:
    assert not clocks.coarse
    assert clocks.cpu_clock is clocks.exact


@given(st.sampled_from((0, 1, TICK // 2, TICK - 1)), st.lists(st.tuples(st.integers(1, 40_000_000), st.booleans())))
@example(TICK - 1, [(1, True)])
def test_an_estimate_is_never_behind_the_count_nor_a_step_before_it(ran: int, pieces: list[tuple[int, bool]]) -> None:
    """Pieces of a thread's life: how long, and whether it computed. `ran`: what it had computed before the first look,
    of which the count tells whole steps only."""
    moment, begun = 0, ran
    estimate = clocks.Estimate(lambda: ran // TICK * TICK, TICK, lambda: moment)
    told = estimate()
    for ns, computes in pieces:
        moment += ns
        ran += ns if computes else 0
        before, told = told, estimate()
        assert 0 <= told - before <= (ns + TICK if begun else max(ns, TICK))
        assert ran // TICK * TICK <= told <= ran // TICK * TICK + TICK
    if not begun and all(computes for _, computes in pieces):
        assert told == ran, "who computes all the while is told exactly"


def test_who_comes_back_from_a_wait_has_not_computed_meanwhile() -> None:
    moment = ran = 3_000_000
    estimate = clocks.Estimate(lambda: ran // TICK * TICK, TICK, lambda: moment)
    moment, ran = moment + 2_000_000, ran + 2_000_000
    assert estimate() == 2_000_000
    moment += 500_000_000
    assert estimate.resumed() == 2_000_000
    moment, ran = moment + 1_000_000, ran + 1_000_000
    assert estimate() == 3_000_000, "what went by before is not computed afterwards either"
    moment, ran = moment + 500_000_000, TICK
    assert estimate.resumed() == TICK, "the system's count is believed"


def test_a_worker_that_begins_has_a_step_before_it() -> None:
    """A run that is over within a step, in a thread that is a step ahead of its count: it would seem to have computed
    nothing, and to have waited for a core all the while."""
    moment = ran = 0
    estimate = clocks.Estimate(lambda: ran // TICK * TICK, TICK, lambda: moment)
    moment = ran = TICK - 1_000_000
    estimate()
    moment += 100_000_000  # it waits
    assert estimate() == TICK
    estimate.begin()
    before = estimate()
    moment, ran = moment + 900_000, ran + 900_000
    assert estimate() - before == 900_000


@linux
def test_a_short_run_has_computed(changed_lab: Callable[..., None]) -> None:
    clock_of(changed_lab)
    with finished(checked(Recipe(workers=1, amount=8, model="serial"))) as run:
        figures = run.statistics()
    assert (figures.seconds or 0) < 0.5
    assert parts(figures)["run"] > 0.3, parts(figures)


# -- the processor's cycles, where the system counts them


class Machine:
    """A thread of a machine with a time stamp counter of 2.5 GHz; it has a core for one part in `busy`."""

    def __init__(self, per_ns: float = 2.5, busy: int = 1, uneven: float = 0.0) -> None:
        self.ns, self.ran, self.counted, self.looks = 0, 0, 0.0, 0
        self.per_ns, self.busy, self.uneven = per_ns, busy, uneven

    def passes(self, ns: int, computing: bool = True) -> None:
        self.ns += ns
        if computing:
            self.ran += ns
            self.counted += ns * self.per_ns * (1 + self.uneven * self.looks / 5000)

    def now(self) -> int:
        self.looks += 1
        self.passes(300, computing=self.looks // 5000 % self.busy == 0)
        return self.ns

    def cycles(self) -> int:
        return int(self.counted)


@pytest.mark.parametrize("per_ns", [0.024, 1.0, 2.5, 5.1])
def test_the_speed_of_the_cycles_is_found(per_ns: float) -> None:
    machine = Machine(per_ns)
    assert cycles.speed(machine.cycles, machine.now) == pytest.approx(per_ns, rel=0.005)


def test_it_is_found_where_others_have_the_core_now_and_then() -> None:
    machine = Machine(busy=2)
    assert cycles.speed(machine.cycles, machine.now) == pytest.approx(2.5, rel=0.01)


@pytest.mark.parametrize(
    "machine", [Machine(per_ns=0.0), Machine(per_ns=90.0), Machine(uneven=0.2)], ids=["none", "too fast", "uneven"]
)
def test_cycles_that_make_no_sense_are_not_believed(machine: Machine) -> None:
    assert cycles.clock(machine.now, machine.cycles) is None


def test_an_estimate_by_cycles_knows_what_was_computed_between_two_steps() -> None:
    """The thread computes 1 ms in each 4, without a wait that anybody records."""
    machine = Machine()
    cycling = cycles.clock(machine.now, machine.cycles)
    assert cycling is not None
    machine.ran = 0
    estimate = clocks.Estimate(lambda: machine.ran // TICK * TICK, TICK, machine.now, cycling)
    for times in range(1, 10):
        machine.passes(1_000_000)
        machine.passes(3_000_000, computing=False)
        asked = estimate() if times % 2 else estimate.resumed()
        assert asked == pytest.approx(times * 1_000_000, rel=0.01)


def test_an_estimate_by_cycles_stays_within_a_step_of_the_systems_count() -> None:
    machine = Machine()
    estimate = clocks.Estimate(lambda: 0, TICK, machine.now, lambda: 7 * machine.ran)
    machine.passes(50_000_000)
    assert estimate() == TICK
    estimate = clocks.Estimate(lambda: 3 * TICK, TICK, machine.now, lambda: 0)
    assert estimate() == 3 * TICK


# -- a real lab with such a clock


def clock_of(changed_lab: Callable[..., None]) -> None:
    changed_lab("wire/clocks.py", (LINE, COARSE))


def parts(figures: RunStatistics) -> dict[str, float]:
    share = figures.share
    return {name: getattr(share, name) for name in share.__struct_fields__}


@linux
@pytest.mark.parametrize("model", ["processes", "threads", "asyncio", "asyncio-to-thread"])
def test_workers_that_compute_are_told_to_compute(changed_lab: Callable[..., None], model: str) -> None:
    clock_of(changed_lab)
    with finished(checked(Recipe(workers=2, model=model, seconds=1.5))) as run:
        figures = run.statistics()
    assert figures.outcome in ("finished", "time is up"), figures.error
    assert figures.clock_step_ms is not None
    longest = clocks.LONGEST_TRY_NS  # where there was no core to find it out
    assert TICK <= figures.clock_step_ms * 1e6 <= longest
    assert figures.lanes_source == as_json(FinishedRun(figures))["lanes_source"] == "estimated"
    assert as_json(FinishedRun(figures))["clock_step_ms"] == figures.clock_step_ms
    assert f"steps of **{figures.clock_step_ms:.1f} ms**, so the lanes are estimated" in judge(figures, MACHINE).reason
    share = parts(figures)
    assert share["blocked"] < 0.05, share
    for worker in figures.workers:
        if worker.ended_ns is None or not worker.cpu_s:  # its turn never came
            continue
        counted = worker.cpu_s * 1e9 / (worker.ended_ns - (worker.started_ns or 0))
        if model != "asyncio-to-thread":  # its helpers' calls are what runs there
            assert worker.share.run == pytest.approx(counted, rel=0.4, abs=0.02), share


@linux
def test_sums_are_the_systems(changed_lab: Callable[..., None]) -> None:
    clock_of(changed_lab)
    with finished(checked(Recipe(workers=2, model="processes", seconds=0.5))) as run:
        for worker in run.statistics().workers:
            ticks = worker.cpu_s * 1e9 / TICK
            assert ticks == pytest.approx(round(ticks), abs=1e-6)
            assert ticks > 0


@linux
def test_who_sleeps_is_not_told_to_compute(changed_lab: Callable[..., None]) -> None:
    clock_of(changed_lab)
    with finished(checked(Recipe(job="sleep", workers=2, model="threads", seconds=1.0))) as run:
        share = parts(run.statistics())
    assert share["run"] < 0.1, share
    assert share["sleep"] > 0.5, share


# -- what nobody can know


@linux
@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("model", ["threads", "processes", "asyncio-to-thread"])
def test_what_a_thread_was_kept_waiting_by_where_the_system_does_not_tell(
    changed_lab: Callable[..., None], monkeypatch: pytest.MonkeyPatch, model: str, coarse: bool
) -> None:
    """As on Windows: no count of how often a thread gave up its core, no core waits, nobody who looks at threads. Who
    had the GIL is seen all the same; and who has one to itself, and computes, waits for nothing but a core."""
    share = _shares_without_the_system(changed_lab, monkeypatch, model, coarse)
    assert share["blocked"] < 0.02, share
    if model == "threads":
        assert share["wait_gil"] > 0.3, share
        assert share["wait_core"] < 0.05, share  # what is too little to be looked into
    if model == "processes":
        assert (share["wait_gil"], share["unknown"]) == (0, 0), share
        assert share["run"] + share["wait_core"] > 0.95, share
    if model == "asyncio-to-thread":
        assert share["wait_gil"] + share["unknown"] < 0.3, share  # one of them at a time: there is little to wait for


@linux
@pytest.mark.parametrize("coarse", [False, True])
def test_without_a_probe_what_threads_that_share_a_gil_waited_for_is_not_known(
    changed_lab: Callable[..., None], monkeypatch: pytest.MonkeyPatch, coarse: bool
) -> None:
    """As on macOS, where no program may read another."""
    monkeypatch.setattr(Probe, "start", lambda probe: setattr(probe, "why_not", "not allowed here"))
    share = _shares_without_the_system(changed_lab, monkeypatch, "threads", coarse)
    assert share["wait_gil"] < 0.02, share
    assert share["blocked"] < 0.02, share
    assert share["wait_core"] < 0.05, share
    assert share["unknown"] > 0.4, share


def _shares_without_the_system(
    changed_lab: Callable[..., None], monkeypatch: pytest.MonkeyPatch, model: str, coarse: bool
) -> dict[str, float]:
    control = Run._control
    monkeypatch.setattr(Run, "_control", lambda run, now: replace(control(run, now), observed=False))
    changed_lab("watching/machine.py", (USAGE, "_usage_of_thread = -1"))
    changed_lab("watching/machine.py", ("if LINUX:\n            try:", "if False:\n            try:"))
    if coarse:
        clock_of(changed_lab)
    with finished(checked(Recipe(workers=3, model=model, seconds=1.0))) as run:
        return parts(run.statistics())


def spent(records: list[tuple[int, int, int, int, int]], shared_gil: bool, observed: bool = False) -> dict[str, int]:
    """Of one lane's records (ms from, to, CPU time; kind; flags), by state."""
    store = RecordedLanes(1, shared_gil)
    store.live.observed = observed
    made = np.zeros(len(records), RECORD)
    for record, (start, end, cpu, kind, flags) in zip(made, records, strict=True):
        record["start"], record["end"], record["cpu"] = start * 1_000_000, end * 1_000_000, cpu * 1_000_000
        record["kind"], record["flags"] = kind, flags
    store.write(made)
    return {states.TABLE[n].name: round(ns / 1e6) for n, ns in enumerate(store.spent[0]) if ns}


D, S = ring.DOUBT, 1


@pytest.mark.parametrize("shared_gil", [True, False])
@pytest.mark.parametrize(
    ("kind", "flags", "unknown"),
    [
        (ring.RUN, D, 3),
        (ring.RUN, D | S, 3),
        (ring.RUN, S, 0),
        (ring.RUN, 0, 0),
        (ring.AFTER, D, 3),
        (ring.SLEEP, D, 0),  # it did what it asked for
        (ring.LOCK, D, 0),
        (ring.IO, D, 0),
    ],
)
def test_losses_in_doubt_are_not_known(shared_gil: bool, kind: int, flags: int, unknown: int) -> None:
    told = spent([(1, 5, 1, kind, flags)], shared_gil)
    assert told.get("unknown", 0) == unknown, told
    assert sum(told.values()) == 4
    if unknown:
        assert set(told) == {"running", "unknown"} or set(told) == {"run", "unknown"}


def test_a_clock_that_is_fine_is_not_spoken_of() -> None:
    assert "CPU time in steps" not in judge(made(), MACHINE).reason
