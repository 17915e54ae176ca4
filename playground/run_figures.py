"""The figures of a run: the sums that turn its ring headers, lanes and GIL samples into one frozen record."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from playground import lab_cores, lanes, states, trips
from playground.figures import (
    FINISHED,
    TIME_UP,
    GilFigures,
    LoopFigures,
    RunStatistics,
    Shares,
    WorkerStatistics,
    worker_name,
)
from playground.lab import loop
from playground.lab import ring as layout
from playground.lanes import LaneStore

if TYPE_CHECKING:
    from playground.run import Run

RECENT_NS = 2 * 10**9
MOST_HELD_TOLD = 512
MOST_COPIED = 2048  # workers: to copy what there is of more would take longer than a frame
_SHARES = tuple(state.share for state in states.TABLE)
_WORDS = (  # of a header: what is told of a worker
    layout.W_STARTED,
    layout.W_ENDED,
    layout.W_STATE,
    layout.W_PID,
    layout.W_TID,
    layout.W_CPU,
    layout.W_CORE,
    layout.W_OPS,
    layout.W_TOTAL,
)


class Workers(Sequence[WorkerStatistics]):
    """The workers of a run at one moment. There may be a hundred thousand, so records are made on demand; above 2048
    workers a record shows the moment of access."""

    def __init__(self, run: Run, now: int | None, recent_cpu: npt.NDArray[np.float64] | None) -> None:
        """`now`: until when to count what they are in the middle of, if at all."""
        self._count, self._now = len(run.rings), now
        copied = self._count <= MOST_COPIED
        self._live = None if copied else run
        self._headers = run.headers(np.arange(self._count))[:, _WORDS] if copied else None
        self._spent = _spent_until(run.lanes, now) if copied else None
        self._by_all = run.lanes.spent_by_all(now)
        self._states = run.lanes.states_now(min(now, run.pulled_ns)) if copied and now is not None else None
        self._recent = recent_cpu
        self._errors, self._results, self._over = run.errors, run.results, run.ended

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workers) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self._one(lane) for lane in range(len(self))[index])
        return self._one(range(len(self))[index])

    @property
    def share(self) -> Shares:
        """The mean of those that have done anything; of very many, that of all their time."""
        spent = self._by_all[None, :] if self._spent is None or self._count > MOST_COPIED else self._spent
        part = _parts(spent)
        alive = part[part.any(axis=1)]
        return _shares(alive.mean(axis=0)) if len(alive) else Shares()

    def settled(self) -> Workers:
        """Of a run that has ended, and will soon not be there any more: the same, and nothing else of it."""
        if self._live is None and self._spent is not None and self._spent.dtype == np.float32:
            return self
        if self._live is None:
            assert self._headers is not None
            assert self._spent is not None
            return Workers.of(self._headers, self._spent, self._errors, self._results)
        every = np.arange(self._count)
        headers, spent = self._live.headers(every)[:, _WORDS], _spent_until(self._live.lanes, self._now)
        return Workers.of(headers, spent, self._errors, self._results)

    @classmethod
    def of(cls, headers: Any, spent: Any, errors: dict[int, str], results: dict[int, Any]) -> Workers:
        """Of a run that is over, by what `arrays` gave."""
        made = cls.__new__(cls)
        made._count, made._now, made._live = len(headers), None, None
        made._headers, made._spent = headers, spent.astype(np.float32)
        made._by_all, made._states, made._recent = spent.sum(axis=0, dtype=np.float64), None, None
        made._errors, made._results, made._over = errors, results, True
        return made

    @property
    def arrays(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[Any], dict[int, str], dict[int, Any]]:
        """Of settled ones: all there is to them."""
        assert self._headers is not None
        assert self._spent is not None
        return self._headers, self._spent, self._errors, self._results

    def _one(self, lane: int) -> WorkerStatistics:
        if self._live is not None:
            words, spent = self._live.rings.headers[lane, _WORDS], _spent_until(self._live.lanes, self._now, lane)
        else:
            assert self._headers is not None
            assert self._spent is not None
            words, spent = self._headers[lane], self._spent[lane : lane + 1]
        header = dict(zip(_WORDS, words.tolist(), strict=True))
        started, ended = header[layout.W_STARTED], header[layout.W_ENDED]
        over = bool(ended) or self._over
        state = states.EMPTY if over else self._state(lane)
        core = header[layout.W_CORE]
        return WorkerStatistics(
            name=worker_name(lane),
            index=lane,
            pid=header[layout.W_PID],
            tid=header[layout.W_TID],
            state=_without_state(header, over) if state == states.EMPTY else states.TABLE[state].name,
            core=None if core == layout.CORE_UNKNOWN or not started else core,
            cpu_recent=float(self._recent[lane]) if self._recent is not None else 0.0,
            cpu_s=header[layout.W_CPU] / 1e9,
            ops=header[layout.W_OPS],
            total=header[layout.W_TOTAL] or None,
            share=_shares(_parts(spent)[0]),
            error=self._errors.get(lane),
            result=self._results.get(lane),
            started_ns=started or None,
            ended_ns=ended or None,
        )

    def _state(self, lane: int) -> int:
        if self._states is not None:
            return int(self._states[lane])
        if self._live is None or self._now is None:
            return states.EMPTY
        return self._live.lanes.tail(lane, max(self._now, self._live.pulled_ns))[1]


def _without_state(header: dict[int, int], over: bool) -> str:
    """Of a worker that does nothing."""
    state, known = header[layout.W_STATE], bool(header[layout.W_STARTED] or header[layout.W_ENDED])
    if over:
        return states.ENDED if known else states.NOT_STARTED  # its turn never came
    if state == layout.PAUSED:
        return states.HELD
    return "unknown" if known or state != layout.NONE else states.NOT_STARTED


class RunFigures:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._ops: deque[tuple[int, int]] = deque()  # (when, ops done), over the last two seconds
        self._last: RunStatistics | None = None  # of a run that has ended: nothing of it changes any more
        self._cpu: deque[tuple[int, npt.NDArray[np.int64]]] = deque()  # likewise, CPU ns of each worker
        self._trips = trips.Trips(0, None)

    def statistics(self, now: int) -> RunStatistics:
        if self._last is None:
            made = self._made(now)
            self._last = made if self._run.ended else None
            return made
        engine = self._run.engine
        if self._last.outcome != engine.outcome:  # its files could not be removed
            self._last = replace(self._last, outcome=engine.outcome, error=engine.error)
        return self._last

    def _made(self, now: int) -> RunStatistics:
        run = self._run
        if len(run.rings) <= MOST_COPIED:  # so few are looked at all together; of more, those that wrote have been
            every = np.arange(len(run.rings))
            run.totals.look(every, run.headers(every))
        self.look_at_trips()
        ops_recent = self._recent_rate(now)
        stamped = not run.ended and run.directory.stamping
        recent_cpu = self._recent_cpu()
        workers = Workers(run, now if stamped else None, recent_cpu)
        seconds = self._seconds(now)
        ops, cpu = run.totals.ops, float(run.totals.cpu_ns.sum()) / 1e9
        beat = self._loop(seconds, now)
        cores = lab_cores.cores_of(run, seconds, now, stamped)
        throughput = ops / seconds if seconds else 0.0
        speedup, basis = self._speedup(throughput)
        return RunStatistics(
            number=run.number,
            recipe=run.recipe,
            phase=run.phase,
            outcome=run.engine.outcome,
            error=run.engine.error,
            interpreter=run.engine.facts,
            pid=run.engine.pid,
            seconds=seconds,
            progress=self._progress(ops, seconds),
            unit=run.job.unit,
            throughput=throughput,
            throughput_recent=ops_recent,
            cores_used=cores.used,
            cores_workers=cores.workers,
            cores_lab=cores.lab,
            speedup=speedup,
            speedup_basis=basis,
            share=workers.share,
            workers=workers,
            gil=self._gil(seconds),
            lab_mb=run.memory.lab_mb,
            worker_mb=run.memory.worker_mb(run.engine.base_mb, len(run.rings)),
            start_ms=(run.started_ns - run.asked_ns) / 1e6 if run.started_ns else None,
            start_all_ms=self._start_all_ms(),
            stop_ms=run.engine.stop_ms,
            lost_records=run.rings.lost + run.probe_reader.lost,
            probe_cost=self._probe_cost(now),
            recorder_cost=self._recorder_cost(ops, cpu, beat),
            started_ns=run.started_ns,
            ended_ns=run.ended_ns,
            nice=run.engine.nice,
            cores_recent=0.0 if recent_cpu is None else float(recent_cpu.sum()),
            loop=beat,
            work_per_s=throughput * run.engine.op_work,
            work=run.job.work or run.job.unit,
            begun=run.totals.begun,
            lanes_source=run.lanes_source,
            clock_step_ms=run.clock_step_ms,
            printed=self._run.output.total,
            answer=run.answer if run.ended else None,
            trip_us=self._trips.median_us,
            plain_trip_us=self._trips.plain_us,
            changes=run.changes.all,
        )

    def look_at_trips(self) -> None:
        """Of a run whose files are gone what they told last."""
        told = trips.read(self._run.directory.path) if self._run.job.look == "trips" else None
        self._trips = told or self._trips

    def _loop(self, seconds: float, now: int) -> LoopFigures | None:
        word = self._run.directory.word
        beats, due = word(layout.C_LOOP_BEATS), word(layout.C_LOOP_DUE)
        if not self._run.model.one_loop or not (beats or due):
            return None
        counts = np.array([word(layout.C_LOOP_COUNTS + step) for step in range(layout.LOOP_COUNTS)])
        reached = np.cumsum(counts)
        overdue = max(0, (self._run.ended_ns or now) - due) if due and self._run.phase != "paused" else 0
        worst = max(word(layout.C_LOOP_LATE_MAX), overdue)
        p50 = p99 = float(worst)  # until there was a first beat: workers that never let go keep it away
        if beats:
            p50, p99 = (loop.late_ns_of(int(np.searchsorted(reached, part * reached[-1]))) for part in (0.5, 0.99))
        return LoopFigures(
            late_p50_ms=min(p50, worst) / 1e6,
            late_p99_ms=min(p99, worst) / 1e6,
            late_max_ms=worst / 1e6,
            beats=beats,
            cores=word(layout.C_LOOP_CPU) / (seconds * 1e9) if seconds else 0.0,
            switches_per_s=word(layout.C_SWITCHES) / seconds if seconds else 0.0,
            switches_source="trace" if word(layout.C_SWITCHES_TRACED) else "counted",
            watch_cores=self._watch_cores(seconds),
        )

    def _start_all_ms(self) -> float | None:
        """To begin many takes little when all are made first, as threads and coroutines are: making them counts."""
        began, called = self._run.totals.start_all_ms, self._run.directory.word(layout.C_CALLED)
        first = self._run.started_ns
        if began is None or first is None or not called:
            return began
        return began + (first - called) / 1e6 - self._trips.plain_took_ms  # as messages were measured in between

    def _seconds(self, now: int) -> float:
        return self._run.seconds(now)

    def _progress(self, ops: int, seconds: float) -> float | None:
        parts = []
        if self._run.recipe.amount:
            total = self._run.engine.total * self._run.recipe.workers
            parts.append(ops / total if total else float((self._run.rings.column(layout.W_ENDED) > 0).mean()))
        if self._run.recipe.seconds:
            parts.append(seconds / self._run.recipe.seconds)
        if parts and self._run.engine.outcome in (FINISHED, TIME_UP):  # after a pause workers resume some ms late
            return 1.0
        return min(1.0, max(parts)) if parts else None

    def _recent_rate(self, now: int) -> float:
        if not self._run.ended:
            self._cpu.append((now, self._run.totals.cpu_ns.copy()))
            self._ops.append((now, self._run.totals.ops))
        while len(self._ops) > 2 and self._ops[1][0] < now - RECENT_NS:
            self._ops.popleft()
            self._cpu.popleft()
        if len(self._ops) < 2:
            return 0.0
        (begun, before), (ended, after) = self._ops[0], self._ops[-1]
        return (after - before) / (ended - begun) * 1e9 if ended > begun else 0.0

    def _recent_cpu(self) -> npt.NDArray[np.float64] | None:
        if len(self._cpu) < 2 or self._run.ended:
            return None
        (begun, before), (ended, after) = self._cpu[0], self._cpu[-1]
        return (after - before) / (ended - begun) if ended > begun else None

    def _speedup(self, throughput: float) -> tuple[float | None, str | None]:
        if self._run.recipe.workers == 1:
            return None, None
        if self._run.baseline is not None and self._run.baseline[0] > 0:
            return throughput * self._run.engine.op_work / self._run.baseline[0], self._run.baseline[1]
        if self._run.engine.solo_ns and throughput:
            return throughput * self._run.engine.solo_ns / 1e9, "1 worker, timed before the start"
        return None, None

    def _gil(self, seconds: float) -> GilFigures:
        source = self._run.gil_source
        if source == "none":
            return GilFigures(why=self._run.probe.why_not)
        if source == "measured":
            holders = self._run.holders
            free, rate = holders.free_share, holders.handoffs_per_s(self._run.pauses)
            held = {name: round(holders.held_share(lane), 4) for lane, name in self._told(holders.held)}
        else:
            free = None
            total = float(self._run.lanes.spent_by_all()[states.RUN])
            ran = self._run.lanes.spent[:, states.RUN]
            held = {name: float(ran[lane] / (seconds * 1e9 or 1)) for lane, name in self._told(ran)}
            rate = self._run.engine.handoffs_per_s
            if rate is None and len(self._run.rings) <= lanes.MANY:
                slice_ns = self._run.lanes.mean_slice_ns(self._run.lanes.latest - RECENT_NS, self._run.lanes.latest)
                rate = total / slice_ns / seconds if slice_ns and seconds else None
        busy = 1.0 if free is None else 1.0 - free
        gils = len(self._run.gils) if self._run.lanes.shared_gil else 0
        alone = (
            self._run.recipe.workers == 1 and self._run.recipe.host == "lab"
        )  # who hands it over to nobody has no slice
        mean = busy * gils / rate * 1000 if rate and gils and not alone else None
        return GilFigures(source, self._run.probe.why_not, rate, mean, held, free, self._run.holders.samples)

    def _told(self, held: npt.NDArray[Any]) -> list[tuple[int, str]]:
        """The workers to name: all, or of very many only those that held it at all."""
        told = range(len(held)) if len(held) <= MOST_HELD_TOLD else np.flatnonzero(held)[:MOST_HELD_TOLD]
        return [(int(lane), worker_name(int(lane))) for lane in told]

    def _probe_cost(self, now: int) -> float | None:
        started, cpu = self._run.probe_reader.word(layout.W_STARTED), self._run.probe_reader.word(layout.W_CPU)
        if not started or not cpu:
            return None
        return cpu / max(1, (self._run.ended_ns or now) - started)

    def _watch_cores(self, seconds: float) -> float | None:
        """Reckoned: how many ops there were, and what one was seen to cost."""
        each = self._run.engine.watch_ns
        return None if each is None or not seconds else self._run.totals.ops * each / 1e9 / seconds

    def _recorder_cost(self, ops: int, cpu_s: float, beat: LoopFigures | None) -> float | None:
        if self._run.model.one_loop:  # to have no stamps spares a part of it
            return None if beat is None or beat.watch_cores is None or not beat.cores else beat.watch_cores / beat.cores
        if self._run.engine.stamp_ns is None or self._run.recipe.knob("stamps") == "off":
            return None
        return ops * self._run.engine.stamp_ns / 1e9 / cpu_s if cpu_s else None


def _spent_until(store: LaneStore, now: int | None, lane: int | None = None) -> npt.NDArray[np.float64]:
    """(lanes, states): ns of all lanes, or of one, in each state; `now` counts what they are in the middle of."""
    among = range(store.lanes) if lane is None else range(lane, lane + 1)
    spent = store.spent[among.start : among.stop].copy()
    if now is not None:
        tails = store.tails(now, among)
        np.add.at(spent, (tails["lane"] - among.start, tails["state"]), tails["end"] - tails["start"])
    return spent


def _parts(spent: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total = spent.sum(axis=1, keepdims=True)
    return spent / np.where(total > 0, total, 1.0)


def _shares(part: npt.NDArray[np.float64]) -> Shares:
    return Shares(**{name: float(value) for name, value in zip(_SHARES, part, strict=True)})
