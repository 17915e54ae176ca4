"""A run as it is read: what it does and did, from its batches alone. A view or a report calls `pull(now)` on its own
clock, and looks; `figures.measured` makes one record of all figures.

`take` sends a batch through the stages, which change it on its way, and keeps what comes out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from playground import catalogue
from playground.lab.wire import clocks, ring
from playground.reading.batch import Batch, Beginning, Source
from playground.reading.header_sums import Totals
from playground.reading.holds.held_meanwhile import by_others_ns
from playground.reading.holds.holders import HolderStore
from playground.reading.holds.lock_holds import LockHolds
from playground.reading.holds.owners import Owners, Track, gils_of
from playground.reading.holds.ribbon import Ribbon
from playground.reading.holds.strangers import Strangers
from playground.reading.lab_time import LabTime
from playground.reading.lanes.recorded_lanes import Recorded
from playground.reading.lanes.sampled_lanes import Samples
from playground.reading.lanes.sightings import of_samples
from playground.reading.lanes.started_lanes import StartedThreads
from playground.reading.lanes.store import LaneStore
from playground.reading.lately import Lately
from playground.reading.objects import SharedObject, SharedUse
from playground.reading.picture_tiles import Picture
from playground.reading.printed import OutputReader
from playground.reading.rings import AHEAD_NS, Headers, Records, in_turn
from playground.reading.round_trips import Trips
from playground.reading.stages import stages
from playground.recipe import own_code

FEW_LANES, STATE_EVERY = 16, 4  # with more lanes than a few, each pull looks at the state of every fourth, in turn
MODULE = -1  # the key in `errors` for an error of the user's module, raised before there were workers
Pauses = list[tuple[int, int]]


class Reading(Ribbon):
    def __init__(self, beginning: Beginning, source: Source) -> None:
        recipe = beginning.recipe
        self.control = beginning.control
        self.number, self.recipe, self.asked_ns = self.control.number, recipe, self.control.asked_ns
        self.model, self.job = catalogue.model(recipe.model), catalogue.job(recipe.job)
        self.beginning, self.source = beginning, source
        self.headers: Headers = np.zeros((recipe.workers, ring.HEADER_WORDS), np.uint64)  # as of the last look
        self.words: npt.NDArray[np.uint64] = np.zeros(ring.CONTROL_WORDS, np.uint64)  # of the control block
        self.lanes = LaneStore(recipe.workers, self.model.shared_gil, beginning.cores)
        self.lanes.live.in_turns = self.model.one_loop
        self.recorded = Recorded(recipe.workers)
        self.samples = Samples(recipe.workers) if beginning.watched else None
        self.stages = stages(recipe, self.samples)
        self.started = StartedThreads() if beginning.starts_threads else None
        self.strangers = Strangers()
        self.holders = HolderStore(recipe.workers)
        self.totals, self.lately = Totals(recipe.workers), Lately()
        self.lab_cpu = LabTime() if beginning.lab_looked_at else None
        self.objects = SharedUse(recipe)
        self.locked = LockHolds(self.objects.every)
        self.trips = Trips()
        self.probe = 0, 0  # when the probe began, and its CPU time
        self.lost = self.printed = 0
        self.errors: dict[int, str] = {}
        self.results: dict[int, Any] = {}  # of the workers that have finished
        self.owners = Owners(recipe.workers, self.model.one_loop, helpers=self.model.shared_gil)
        self.pauses: Pauses = []  # when any worker was paused; they do not overlap
        self._pulls = 0
        self.pulled_ns = self.asked_ns  # the moment up to which the workers' doings are known
        self.ended = False  # has the run ended, and has everything that it wrote been read?
        self.ended_ns: int | None = None

    def waits_for(self, lane: int) -> SharedObject | None:
        """The shared object that a worker waits for now."""
        return self.objects.named(int(self.headers[lane, ring.W_OBJECT]))

    def waited_for(self, lane: int, moment: int) -> SharedObject | None:
        """The shared object that a worker waited for at a moment."""
        goes_on = int(self.headers[lane, ring.W_SINCE]) <= moment
        return self.waits_for(lane) if goes_on else self.objects.waited_for(lane, moment)

    # -- taking over

    def pull(self, now: int) -> None:
        """Take over all batches up to `now`."""
        if not self.ended:
            for batch in self.source.pull(now):
                self.take(batch)

    def take(self, batch: Batch) -> None:
        """Take over a batch, as the stages leave it. States come after the records, because a worker's present state
        begins where its last record ends. For a loop, records tell which worker each sample of the GIL's holder means;
        and where the system does not say what threads waited for, these samples do."""
        for stage in self.stages:
            batch = stage(batch)
        control = batch.control
        self._note(batch)
        if batch.sampled is not None:
            self.recorded.sightings.see(of_samples(batch.threads))
            self.lanes.add_sampled(batch.sampled)
        self.owners.ran(batch.records)
        self._take_holders(batch)
        if len(records := batch.for_lanes):
            usual = None if self.samples is None else self.samples.usual
            alone = control.interpreter.gil_enabled and not batch.shared_gil and self.recipe.job != own_code.NAME
            held = partial(by_others_ns, self.holders)
            self.lanes.add(self.recorded.told(records, batch.shared_gil, control.observed, usual, held, alone))
        self._look_at_headers(batch.now, self._to_look_at(batch))
        self.lanes.settle(self.recorded.sightings.edge)
        if self.objects.every:
            self._share(batch.records)
        if self.started is not None:
            self.started.take(batch.started, batch.born)
        if control.over:
            self._finish(batch)

    def _take_holders(self, batch: Batch) -> None:
        if len(batch.holders) or batch.control.over:
            samples, lane = self.owners.of(batch.holders, self.headers, batch.control.over)
            self.holders.add(samples, lane, self.pauses)
            self.strangers.add(samples, lane)

    def _note(self, batch: Batch) -> None:
        self._pulls += 1
        self.control, self.words, self.trips = batch.control, batch.words, batch.trips
        self.probe, self.lost, self.printed = batch.probe, batch.lost, batch.printed
        if len(batch.looked_at) == len(self.headers):  # then the array itself is kept, as a batch never changes
            self.headers = batch.headers
        else:
            self.headers[batch.looked_at] = batch.headers
        self.pauses = list(batch.pauses)
        self.lanes.live.shared_gil, self.lanes.live.observed = batch.shared_gil, batch.control.observed
        if self.lab_cpu is not None:
            self.lab_cpu.add(batch.cpu)

    def _to_look_at(self, batch: Batch) -> npt.NDArray[np.int64]:
        """The lanes whose headers to look at: all if they are few, or at the end; else those that wrote, and some of
        the rest in turn."""
        count = len(self.headers)
        if batch.control.over or count <= FEW_LANES or len(batch.looked_at) < count:
            return batch.looked_at
        return in_turn(count, self._pulls, STATE_EVERY, batch.records)

    def _look_at_headers(self, now: int, lane: npt.NDArray[np.int64]) -> None:
        headers = self.headers if len(lane) == len(self.headers) else self.headers[lane]
        self.totals.look(lane, headers)
        self.lately.note(now, self.totals)
        state = headers[:, ring.W_STATE].astype(np.int64)
        since = headers[:, ring.W_SINCE].astype(np.int64)
        ended = headers[:, ring.W_ENDED] > 0
        # workers go on during the look: what they have written meanwhile is known, and what they do since then
        written = max(self.lanes.latest, int(since[since < now + AHEAD_NS].max(initial=0)))
        self.pulled_ns = max(now, written + 1)
        due = headers[:, ring.W_DUE].astype(np.int64)
        self.lanes.live.set_tails(lane, np.where(ended, ring.NONE, state), since, due)

    def _share(self, records: Records) -> None:
        """Take over what the workers did with the objects that they share."""
        self.locked.add(self.objects.add(records))
        self.objects.complete &= self.stamped and not self.lost
        since = self.started_ns if self.objects.complete else None
        self.locked.look(since, self.pulled_ns, self.headers[:, ring.W_ENDED])

    def _finish(self, batch: Batch) -> None:
        if self.stamped:  # without stamps, a worker's last doings are not known
            self.lanes.finish(self.pulled_ns)
        reports = batch.control.reports
        self.errors = {report.worker: report.error for report in reports if report.error}
        if not self.errors and batch.control.module_error is not None:
            self.errors[MODULE] = batch.control.module_error
        self.results = {report.worker: report.result for report in reports if not report.error}
        self.give_up(max(self.lanes.latest, int(self.headers[:, ring.W_ENDED].max())) or self.pulled_ns)

    def give_up(self, ended_ns: int) -> None:
        """The run has ended, and nothing more will be read."""
        self.ended_ns, self.ended = ended_ns, True

    # -- the run's state and life

    @property
    def started_ns(self) -> int | None:
        return self.totals.started_ns

    @property
    def phase(self) -> str:
        return self.control.phase

    def seconds(self, now: int) -> float:
        """Seconds that the run has been running up to `now`, without pauses."""
        started = self.started_ns
        if started is None:
            return 0.0
        end = self.ended_ns or now
        paused = sum(min(resumed, end) - min(since, end) for since, resumed in self.pauses)
        return max(0.0, (end - started - paused) / 1e9)

    @property
    def picture(self) -> Picture | None:
        """The picture that the workers make together; None if the job makes none."""
        return self.source.picture

    @property
    def output(self) -> OutputReader:
        """The lines that the workers print."""
        return self.source.output

    def word(self, index: int) -> int:
        """A word of the control block."""
        return int(self.words[index])

    @property
    def stamped(self) -> bool:
        """Do workers record what they do?"""
        return not self.words[ring.C_UNSTAMPED]

    def life(self, lane: int) -> tuple[int, int]:
        """When a worker began and ended; 0: it has not."""
        header = self.headers[lane]
        return int(header[ring.W_STARTED]), int(header[ring.W_ENDED])

    @property
    def answer(self) -> Any:
        """The answer of all workers together, once all have finished. It does not depend on which worker did what."""
        if len(self.results) < self.recipe.workers or self.errors:
            return None
        return catalogue.answer(self.recipe.job, [self.results[worker] for worker in sorted(self.results)])

    # -- how it is known

    @property
    def clock_step_ms(self) -> float | None:
        """The step of the clock that counts a thread's CPU time, if it is coarse; None if it is fine."""
        step = self.control.cpu_step_ns
        return step / 1e6 if step > clocks.COARSE_NS else None

    @property
    def lanes_source(self) -> str:
        """How the lanes are known. recorded: workers recorded each op, and the reasons for waits within ops were seen |
        sampled: code that records nothing was watched | estimated: nothing was watched, so what workers did within an
        op is not known; or the system counts their CPU time in steps longer than an op."""
        if self.clock_step_ms is not None:
            return "estimated"
        if self.samples is None:
            return "recorded"
        if not own_code.tells_nothing(self.recipe.job, self.recipe.code):
            return "recorded" if self.control.observed or not self.lanes.live.shared_gil else "estimated"
        awaited = own_code.look_at(self.recipe.code).kind == "async"  # each step is recorded, a long one also sampled
        if self.samples.long if awaited else self.samples.taken:
            return "sampled"
        return "recorded" if awaited else "estimated"

    # -- who holds what

    def stranger(self, moment: int) -> str:
        """The name of the thread, no worker's, that held a GIL at a moment."""
        found = self.strangers.at(moment)
        if found is not None:
            pid, holder = int(self.headers[found[0], ring.W_PID]), found[1]
            name = None if self.started is None else self.started.name_of(pid, holder)
            if name is not None:
                return name
            if self.model.one_loop and holder == int(self.headers[0, ring.W_THREAD_STATE]):
                return "the loop"
        return self.recipe.place.stranger

    @property
    def gils(self) -> tuple[Track, ...]:
        """The GILs, each of which gets a ribbon: none without a GIL, or if each worker is a process."""
        if not self.control.interpreter.gil_enabled:
            return ()
        if self.model.own_gils:
            return gils_of(self.headers, self.model.one_process)
        if self.model.shared_gil or self.model.one_loop:
            return (Track(0, range(len(self.headers))),)
        return ()

    @property
    def gil_note(self) -> str | None:
        """A note for a Python that can run without a GIL, but has it on without being asked to."""
        facts = self.control.interpreter
        if not facts.free_threaded or not facts.gil_enabled or self.recipe.knobs.get("gil") == "on":
            return None
        return f"The GIL is back: {facts.gil_back_by or 'something that was imported'} turned it on"

    @property
    def ribbon_source(self) -> str:
        if self.model.one_loop and self.model.shared_gil and self.gil_source == "measured":
            return "estimated"  # which of the loop's helpers held it is not known
        return self.gil_source if self.gils else "none"

    @property
    def gil_source(self) -> str:
        if not self.control.interpreter.gil_enabled:
            return "none"
        if self.holders.samples:
            return "measured"
        if self.control.handoffs_per_s is not None:
            return "counter"
        return "estimated" if self.gils and self.lanes.latest else "none"
