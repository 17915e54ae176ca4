"""A run, from the app's side: the lab (or the in-app threads) that does it, the rings it writes, and what follows from
them. Whoever draws or reports calls `pull` on their own clock and reads `statistics()`; nothing is ever pushed."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from playground import catalogue, lanes, limits
from playground.directory import RunDirectory
from playground.engine import Engine, read_report
from playground.figures import RunStatistics
from playground.holders import NOBODY, HolderStore
from playground.lab import ring as layout
from playground.lanes import LaneStore
from playground.memory import MemoryFigures
from playground.probing import Probe
from playground.recipe import Recipe
from playground.rings import PROBE_RECORD, RingReader
from playground.run_figures import RunFigures
from playground.session import Session

NOT_SAMPLED = -3
FEW_LANES, STATE_EVERY = 16, 4  # of more lanes than a few, each pull looks at the state of every fourth, in turn
GONE_S = 0.5  # what is killed has ended long before
clock = time.perf_counter_ns


MakeEngine = Callable[[Recipe, RunDirectory], Engine]


class Run:
    def __init__(self, number: int, recipe: Recipe, make_engine: MakeEngine = Session) -> None:
        self.number = number
        self.recipe = recipe
        self.model = catalogue.model(recipe.model)
        self.job = catalogue.job(recipe.job)
        self.asked_ns = clock()
        limits.allow_open_files(recipe.workers)
        self.directory = RunDirectory(recipe.workers)
        for name in ("switch_interval", "probe_rate", "stamps"):
            self.directory.set_knob(name, recipe.knob(name))
        self.engine = make_engine(recipe, self.directory)
        self.probe = Probe(self.directory)
        self.memory = MemoryFigures(one_process=self.model.one_process)
        self.readers = [RingReader(self.directory.ring(index)) for index in range(recipe.workers)]
        self.probe_reader = RingReader(self.directory.path / "gil.ring", PROBE_RECORD)
        # Inside this app even a single worker shares the GIL: with the window's own threads.
        self.lanes = LaneStore(recipe.workers, self.model.shared_gil or recipe.host != "lab")
        self.holders = HolderStore(recipe.workers)
        self.baseline: tuple[float, str] | None = None  # ops/s of one worker, and where that is from
        self.errors: dict[int, str] = {}
        self._lane_of: dict[tuple[int, int], int] = {}  # (pid, thread state) → lane
        self._unseen = set(range(recipe.workers))  # lanes that are not in it yet
        self.pauses: list[tuple[int, int]] = []  # when any worker was paused; they do not overlap
        self._figures = RunFigures(self)
        self._pulls = 0
        self._started = False
        self._drained = False
        self._drained_ns = 0

    # -- orders; from the thread that owns the engine

    def start(self) -> None:
        self._started = True
        self.engine.start()
        self.probe.start()

    def poll(self) -> None:
        """Some fifty times a second. When the run has ended this has seen to its processes."""
        self.engine.poll()
        self.probe.poll()
        if self.engine.phase == "ended":
            self.probe.stop()
        else:
            self.memory.sample(self.engine.pid, lambda: self.worker_pids)

    def stop(self) -> None:
        self.engine.stop()

    def pause(self, on: bool) -> None:
        self.engine.pause(on)

    def set_knob(self, name: str, value: float | str) -> None:
        self.directory.set_knob(name, value)

    def abandon(self) -> None:
        """The app is closing: everything away, at once."""
        self.engine.kill()
        until = time.monotonic() + GONE_S
        while self._started and self.engine.phase != "ended" and time.monotonic() < until:
            self.engine.poll()
            time.sleep(0.002)
        self.probe.stop()
        self.close()

    def let_go(self) -> None:
        """Unmap the rings. What was drawn and counted stays readable."""
        for reader in (*self.readers, self.probe_reader):
            reader.close()

    def close(self) -> None:
        self.let_go()
        self.directory.remove()

    # -- reading; from the thread that draws

    @property
    def ended(self) -> bool:
        """Ended, and everything it wrote has been read."""
        return self._drained

    @property
    def phase(self) -> str:
        if self.engine.phase == "running" and self.engine.paused:
            return "paused"
        return self.engine.phase

    @property
    def worker_pids(self) -> set[int]:
        return {pid for reader in self.readers if (pid := reader.word(layout.W_PID))}

    @property
    def started_ns(self) -> int | None:
        starts = [word for reader in self.readers if (word := reader.word(layout.W_STARTED))]
        return min(starts, default=None)

    @property
    def ended_ns(self) -> int | None:
        if not self._drained:
            return None
        ends = [reader.word(layout.W_ENDED) for reader in self.readers]
        return max(self.lanes.latest, *ends) or self._drained_ns

    def pull(self) -> None:
        """Take over what the rings have that is new. Cheap when there is nothing."""
        if self._drained:
            return
        over = self.engine.phase == "ended"
        self._pulls += 1
        for lane, reader in enumerate(self.readers):
            pending = reader.pending
            if pending:
                self._take(lane, reader.pull())
            if pending or over or (lane + self._pulls) % STATE_EVERY == 0 or len(self.readers) <= FEW_LANES:
                self._look_at_state(lane, reader)
        self.lanes.settle()
        if self.probe_reader.pending:
            self._take_samples()
        if over:
            self._drain()

    def _look_at_state(self, lane: int, reader: RingReader) -> None:
        state, since = reader.word(layout.W_STATE), reader.word(layout.W_SINCE)
        if reader.word(layout.W_ENDED):
            self.lanes.set_tail(lane, layout.NONE, since)
        elif reader.word(layout.W_STARTED):
            self.lanes.set_tail(lane, state, since)
            if state == layout.PAUSED:
                self._note_pause(since, clock())

    def _drain(self) -> None:
        self._drained_ns = clock()
        if not self.directory.command & layout.NO_STAMPS:  # without stamps it is not known what a worker did
            self.lanes.finish(self._drained_ns)
        self._collect_errors()
        self._drained = True

    def _take(self, lane: int, records: npt.NDArray[np.void]) -> None:
        pauses = records[records["kind"] == layout.PAUSED]
        for pause in pauses:
            self._note_pause(int(pause["start"]), int(pause["end"]))
        self.lanes.add(lane, records)

    def _note_pause(self, start: int, end: int) -> None:
        apart = [pause for pause in self.pauses if pause[1] < start or end < pause[0]]
        touching = [pause for pause in self.pauses if pause[0] <= end and start <= pause[1]]
        starts, ends = zip((start, end), *touching, strict=True)
        self.pauses = [*apart, (min(starts), max(ends))]

    def _take_samples(self) -> None:
        """A thread state is one lane's until another lane begins in it (serial workers share a thread)."""
        samples = self.probe_reader.pull()
        for started, lane in self._beginners():
            before = int(np.searchsorted(samples["t"], started))
            self.holders.add(samples[:before], self._lane_of, self._pid_of_target)
            samples = samples[before:]
            reader = self.readers[lane]
            self._lane_of[reader.word(layout.W_PID), reader.word(layout.W_THREAD_STATE)] = lane
            self._unseen.discard(lane)
        self.holders.add(samples, self._lane_of, self._pid_of_target)

    def _beginners(self) -> list[tuple[int, int]]:
        """(start, lane) of each that has begun since we last looked."""
        return sorted((start, lane) for lane in self._unseen if (start := self.readers[lane].word(layout.W_STARTED)))

    def _pid_of_target(self, target: int) -> int:
        return self.readers[target].word(layout.W_PID)

    def _collect_errors(self) -> None:
        for index in range(len(self.readers)):
            report = read_report(self.directory, index)
            if report and report.get("error"):
                self.errors[index] = str(report["error"])

    # -- the ribbon

    @property
    def has_ribbon(self) -> bool:
        return self.model.shared_gil and self.recipe.workers > 0

    @property
    def ribbon_source(self) -> str:
        return self.gil_source if self.has_ribbon else "none"

    @property
    def gil_source(self) -> str:
        if not self.engine.facts.gil_enabled:
            return "none"
        if self.holders.samples:
            return "measured"
        if self.engine.handoffs_per_s is not None:
            return "counter"
        return "estimated" if self.model.shared_gil and self.lanes.latest else "none"

    def ribbon(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Per column the lane that held the GIL longest (holders.NOBODY, STRANGER, −3 unknown)."""
        if self.holders.samples:
            return self.holders.longest(edges)
        running = self.lanes.shares(edges, int(edges[-1]))[:, :, lanes.RUN]
        best = running.argmax(axis=0).astype(np.int32)
        return np.where(running.max(axis=0) < 0.05, NOT_SAMPLED, best).astype(np.int32)

    def gil_slices(self, first: int, last: int) -> list[tuple[int, int, int]]:
        """(lane, start, end) of each hold that touches the window."""
        if not self.has_ribbon:
            return []
        if self.holders.samples:
            return [hold for hold in self.holders.slices(first, last) if hold[0] != NOBODY]
        pieces = self.lanes.slices(first, last, last)
        return [(piece.lane, piece.start, piece.end) for piece in pieces if piece.state == lanes.RUN]

    # -- figures

    def statistics(self) -> RunStatistics:
        return self._figures.statistics(clock())
