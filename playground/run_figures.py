"""The figures of a run: the sums that turn its ring headers, lanes and GIL samples into one frozen record."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from playground import lanes
from playground.figures import GilFigures, RunStatistics, Shares, WorkerStatistics, worker_name
from playground.lab import ring as layout
from playground.rings import RingReader

if TYPE_CHECKING:
    from playground.run import Run

RECENT_NS = 2 * 10**9
_STATES = {
    layout.NONE: "not started",
    layout.RUN: "running",
    layout.SLEEP: "sleeping",
    layout.IO: "io",
    layout.LOCK: "blocked",
    layout.PAUSED: "paused",
}


class RunFigures:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._ops: deque[tuple[int, int]] = deque()  # (when, ops done), over the last two seconds
        self._cpu: deque[tuple[int, npt.NDArray[np.float64]]] = deque()  # likewise, CPU ns of each worker

    def statistics(self, now: int) -> RunStatistics:
        run = self._run
        spent = self._spent(now)
        workers = tuple(self._worker(lane, reader, spent[lane]) for lane, reader in enumerate(run.readers))
        seconds = self._seconds(now)
        ops = sum(worker.ops for worker in workers)
        cpu = sum(worker.cpu_s for worker in workers)
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
            progress=self._progress(workers, seconds),
            unit=run.job.unit,
            throughput=throughput,
            throughput_recent=self._recent_rate(now, ops),
            cores_used=cpu / seconds if seconds else 0.0,
            speedup=speedup,
            speedup_basis=basis,
            share=mean_shares([worker.share for worker in workers if worker.share.total() > 0]),
            workers=workers,
            gil=self._gil(workers, seconds),
            lab_mb=run.memory.lab_mb,
            worker_mb=run.memory.worker_mb(run.engine.base_mb, len(run.readers)),
            start_ms=(run.started_ns - run.asked_ns) / 1e6 if run.started_ns else None,
            stop_ms=run.engine.stop_ms,
            lost_records=sum(reader.lost for reader in run.readers) + run.probe_reader.lost,
            probe_cost=self._probe_cost(now),
            recorder_cost=self._recorder_cost(ops, cpu),
            started_ns=run.started_ns,
            ended_ns=run.ended_ns,
            nice=run.engine.nice,
        )

    def _worker(self, lane: int, reader: RingReader, spent: npt.NDArray[np.float64]) -> WorkerStatistics:
        header = reader.header
        started, ended = int(header[layout.W_STARTED]), int(header[layout.W_ENDED])
        state = (
            "ended" if ended or (started and self._run.ended) else _STATES.get(int(header[layout.W_STATE]), "running")
        )
        core = int(header[layout.W_CORE])
        return WorkerStatistics(
            name=worker_name(lane),
            index=lane,
            pid=int(header[layout.W_PID]),
            tid=int(header[layout.W_TID]),
            state=state,
            core=None if core == layout.CORE_UNKNOWN or not started else core,
            cpu_recent=self._recent_cpu(lane),
            cpu_s=int(header[layout.W_CPU]) / 1e9,
            ops=int(header[layout.W_OPS]),
            total=int(header[layout.W_TOTAL]) or None,
            share=_shares(spent),
            error=self._run.errors.get(lane),
        )

    def _spent(self, now: int) -> npt.NDArray[np.float64]:
        """(lanes, states): ns of each lane in each state until now."""
        spent = self._run.lanes.spent.copy()
        if not self._run.ended and not self._run.directory.command & layout.NO_STAMPS:
            tails = self._run.lanes.tails(now)
            np.add.at(spent, (tails["lane"], tails["state"]), tails["end"] - tails["start"])
        return spent

    def _seconds(self, now: int) -> float:
        started = self._run.started_ns
        if started is None:
            return 0.0
        end = self._run.ended_ns or now
        paused = sum(min(resumed, end) - min(since, end) for since, resumed in self._run.pauses)
        return max(0.0, (end - started - paused) / 1e9)

    def _progress(self, workers: tuple[WorkerStatistics, ...], seconds: float) -> float | None:
        parts = []
        if self._run.recipe.amount:
            parts.append(sum(worker.ops for worker in workers) / (self._run.recipe.amount * len(workers)))
        if self._run.recipe.seconds:
            parts.append(seconds / self._run.recipe.seconds)
        if parts and self._run.engine.outcome == "finished":  # after a pause workers resume some ms late
            return 1.0
        return min(1.0, max(parts)) if parts else None

    def _recent_rate(self, now: int, ops: int) -> float:
        cpu = np.array([reader.word(layout.W_CPU) for reader in self._run.readers], np.float64)
        if not self._run.ended:
            self._cpu.append((now, cpu))
            self._ops.append((now, ops))
        while len(self._ops) > 2 and self._ops[1][0] < now - RECENT_NS:
            self._ops.popleft()
            self._cpu.popleft()
        if len(self._ops) < 2:
            return 0.0
        (begun, before), (ended, after) = self._ops[0], self._ops[-1]
        return (after - before) / (ended - begun) * 1e9 if ended > begun else 0.0

    def _recent_cpu(self, lane: int) -> float:
        if len(self._cpu) < 2 or self._run.ended:
            return 0.0
        (begun, before), (ended, after) = self._cpu[0], self._cpu[-1]
        return float(after[lane] - before[lane]) / (ended - begun) if ended > begun else 0.0

    def _speedup(self, throughput: float) -> tuple[float | None, str | None]:
        if self._run.baseline is not None and self._run.baseline[0] > 0:
            return throughput / self._run.baseline[0], self._run.baseline[1]
        if self._run.engine.solo_ns and throughput:
            return throughput * self._run.engine.solo_ns / 1e9, "1 worker, timed before the start"
        return None, None

    def _gil(self, workers: tuple[WorkerStatistics, ...], seconds: float) -> GilFigures:
        source = self._run.gil_source
        if source == "none":
            return GilFigures(why=self._run.probe.why_not)
        if source == "measured":
            free = self._run.holders.free / self._run.holders.samples
            rate = self._run.holders.handoffs_per_s()
            held = {worker.name: round(self._run.holders.held_share(worker.index), 4) for worker in workers}
        else:
            free = None
            total = float(self._run.lanes.spent[:, lanes.RUN].sum())
            held = {
                worker.name: float(self._run.lanes.spent[worker.index, lanes.RUN] / (seconds * 1e9 or 1))
                for worker in workers
            }
            rate = self._run.engine.handoffs_per_s
            if rate is None:
                slice_ns = self._run.lanes.mean_slice_ns(self._run.lanes.latest - RECENT_NS, self._run.lanes.latest)
                rate = total / slice_ns / seconds if slice_ns and seconds else None
        busy = 1.0 if free is None else 1.0 - free
        mean = busy / rate * 1000 if rate and self._run.model.shared_gil else None
        return GilFigures(source, self._run.probe.why_not, rate, mean, held, free, self._run.holders.samples)

    def _probe_cost(self, now: int) -> float | None:
        started, cpu = self._run.probe_reader.word(layout.W_STARTED), self._run.probe_reader.word(layout.W_CPU)
        if not started or not cpu:
            return None
        return cpu / max(1, (self._run.ended_ns or now) - started)

    def _recorder_cost(self, ops: int, cpu_s: float) -> float | None:
        if self._run.engine.stamp_ns is None or self._run.recipe.knob("stamps") == "off":
            return None
        return ops * self._run.engine.stamp_ns / 1e9 / cpu_s if cpu_s else None


def _shares(spent: npt.NDArray[np.float64]) -> Shares:
    total = spent.sum()
    if not total:
        return Shares()
    part = spent / total
    return Shares(
        run=float(part[lanes.RUN]),
        wait_gil=float(part[lanes.GIL]),
        wait_core=float(part[lanes.CORE]),
        blocked=float(part[lanes.LOCK]),
        io=float(part[lanes.IO]),
        sleep=float(part[lanes.SLEEP]),
    )


def mean_shares(shares: list[Shares]) -> Shares:
    if not shares:
        return Shares()
    count = len(shares)
    names = ("run", "wait_gil", "wait_core", "blocked", "io", "sleep")
    return Shares(*(sum(getattr(share, name) for share in shares) / count for name in names))
