"""Lanes of code that records nothing: the probe's samples of its threads (lab/watching/thread_looks.py) → segments.
Samples of threads that record their ops are sightings (sightings.py).

Between two samples the system's own count says how long the thread ran and how long it waited for a core; the rest was
the wait that the samples saw. For a running thread the count may be one scheduler tick old, so a lane may run ahead of
it by as much; the surplus is taken back later. The sums are right, and an edge is off by a tick at most.

In short ops, samples only say what was waited for; the ops' records say how long they took."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from playground.lab.watching import thread_looks
from playground.lab.wire import ring
from playground.reading import states
from playground.reading.lanes.recorded_lanes import UNSEEN_NS
from playground.reading.lanes.segments import NEVER, SEGMENT, Moved, Numbers, Pieces, Sampled, pieces_of
from playground.reading.rings import Headers, Records

TICK_NS = 4_000_000  # of most schedulers; some tick every millisecond
KEPT = 8  # samples of a short op, which may become a long one
FAR_NS = 10_000_000_000  # two samples of a thread so far apart have nothing to say about the time between
_KIND_OF = {row.number: row.kinds[0] for row in states.ASKED}

NOTHING = np.empty(0, SEGMENT)
NO_SAMPLES = Sampled(NOTHING, [], [])


class Account:
    """An account of one kind of time, running or waiting for a core: what the system has counted, and what segments
    have told. Segments may be ahead of the count by a tick, and then tell less afterwards."""

    __slots__ = ("base", "counted", "skipped", "told")

    def __init__(self, base: int) -> None:
        self.base = self.counted = base  # the system's count when the op began, and at the last sample
        self.told = 0  # ns that segments have told
        self.skipped = 0  # ns that are not to be told

    def untold(self, counted: int) -> int:
        """ns of a count that segments have yet to tell; below 0: they are ahead of the count."""
        return counted - self.base - self.skipped - self.told

    def tell(self, counted: int, room: int, slack: int = 0) -> int:
        """How much of the time since the last sample, `room`, is told as this kind. `slack`: by how much segments may
        be ahead of the count."""
        part = max(0, min(self.untold(counted) + slack, room))
        self.told += part
        return part

    def skip_to(self, counted: int) -> None:
        self.skipped += counted - self.counted
        self.counted = counted


class Watched:
    """The op that a worker is in the middle of, told up to its last sample."""

    def __init__(self, lane: int, since: int, cpu: int, core_wait: int) -> None:
        self.lane = lane
        self.since = self.until = since
        self.state = states.EMPTY  # not seen yet
        self.core = ring.CORE_UNKNOWN
        self.ran, self.waited = Account(cpu), Account(core_wait)
        self._rest_state, self._rest_ns = states.EMPTY, 0  # the last wait that was told, and its length
        self._late: Moved = []  # the ends of waits that were really waits for a core

    @property
    def cpu(self) -> int:
        return self.ran.counted - self.ran.base

    def to(self, t: int, cpu: int, core_wait: int, state: int, usual: int) -> Pieces:
        """The pieces from the last sample to a new one at `t`. Each nanosecond is told once: as running, as a wait for
        a core, or as the rest, which was another wait. `usual`: what this worker waits for where no sample saw it."""
        before, length = self.state, t - self.until
        ran = self.ran.tell(cpu, length, TICK_NS if state == states.RUN else 0)
        self.found_late(self.waited.untold(core_wait) - (length - ran))
        waited = self.waited.tell(core_wait, length - ran)
        rest = length - ran - waited
        if before == state == states.RUN and cpu == self.ran.counted:
            self.waited.told += rest  # it was ready and did not run: the system counts such a wait only at its end
            waited, rest = waited + rest, 0
        elif rest < UNSEEN_NS:
            ran, rest = ran + rest, 0
        parts = self._in_order(before, state, ran, waited, rest, usual)
        assert sum(ns for _, ns in parts) == length, "each moment is told once"
        pieces = pieces_of(parts, self.until, self.lane, self.core)
        self.until, self.state, self.ran.counted, self.waited.counted = t, state, cpu, core_wait
        self._rest_state, self._rest_ns = parts[-1]
        if before == self._rest_state:  # the same wait at both ends
            self._rest_ns += parts[0][1]
        return pieces

    @staticmethod
    def _in_order(before: int, state: int, ran: int, waited: int, rest: int, usual: int) -> list[tuple[int, int]]:
        """(state, ns) of the time since the last sample, in order, by the states at both ends. The rest goes to the end
        at which the worker waited; if it waited at both ends, half of it goes to each."""
        if before in (states.RUN, states.EMPTY):
            return [(states.RUN, ran), (states.CORE, waited), (usual if state == states.RUN else state, rest)]
        first, last = (rest, before) if state == states.RUN else (rest // 2, state)
        return [(before, first), (states.CORE, waited), (states.RUN, ran), (last, rest - first)]

    def found_late(self, ns: int) -> None:
        """Correct the last wait: `ns` of it were a wait for a core, which the system counts only when it is over."""
        ns = min(ns, self._rest_ns)
        if ns > 0:
            self._late.append((self.lane, self._rest_state, ns, states.CORE))
            self._rest_ns -= ns
            self.waited.told += ns

    def put_right(self) -> Moved:
        """What was found late since the last call."""
        late, self._late = self._late, []
        return late

    def skip(self, t: int, cpu: int, core_wait: int) -> None:
        """Skip the time up to `t`, in which the process was stopped."""
        self.until, self.state = t, states.EMPTY
        self.ran.skip_to(cpu)
        self.waited.skip_to(core_wait)


class Samples:
    """The samples of a run's threads that record nothing, and what follows from them for its lanes."""

    def __init__(self, lanes: int) -> None:
        self.usual = np.full(lanes, states.EMPTY, np.uint8)  # by lane: what is waited for within a call, if seen
        self._shared_gil = False
        self._watched: dict[int, Watched] = {}
        self._short: dict[int, deque[tuple[int, int, int, int]]] = {}  # lane → its last samples
        self._since = np.full(lanes, NEVER, np.int64)  # by lane: when the watched op began
        self._recorded = np.zeros(lanes, np.int64)  # by lane: the end of its last record
        self.taken = self.long = 0  # numbers of samples: all, and those within long ops, from which lanes are drawn

    def take(self, samples: Records, shared_gil: bool, still: Sequence[tuple[int, int]] = ()) -> Sampled:
        """Take over samples; to be called before the records of the same time are added. `still`: from when to when the
        processes were stopped."""
        self._shared_gil = shared_gil
        if not len(samples):
            return Sampled(NOTHING, [], [])
        self.taken += len(samples)
        pieces: Pieces = []
        for t, cpu, core_wait, lane, core, said, flags in samples.tolist():
            state = states.OF_SEEN.get(said)
            if state is not None and state != states.RUN:
                self.usual[lane] = state
            if t < self._recorded[lane]:
                continue
            if any(since <= t <= until for since, until in still):
                if lane in self._watched:
                    self._watched[lane].skip(t, cpu, core_wait)
                continue
            if flags & thread_looks.LONG:
                self.long += 1
                pieces += self._long(lane, core, t, cpu, core_wait, state)
            elif state is not None:
                self._short.setdefault(lane, deque(maxlen=KEPT)).append((t, cpu, core_wait, state))
        watched = self._watched.values()
        moved = [each for one in watched for each in one.put_right()]
        return Sampled(np.array(pieces, SEGMENT), moved, [(one.lane, one.state) for one in watched])

    def _long(self, lane: int, core: int, t: int, cpu: int, core_wait: int, state: int | None) -> Pieces:
        one = self._watched.get(lane)
        if state is None or one is None or t - one.until > FAR_NS:
            one = self._watched[lane] = Watched(lane, t, cpu, core_wait)
            one.core, self._since[lane] = core, t
            before = self._short.pop(lane, ())
            return [piece for sample in before if sample[0] > t for piece in one.to(*sample, self._usual(lane))]
        one.core = core
        return one.to(t, cpu, core_wait, state, self._usual(lane))

    def _usual(self, lane: int) -> int:
        """What this worker waits for where no sample saw it."""
        usual = int(self.usual[lane])
        return usual if usual != states.EMPTY else states.GIL if self._shared_gil else states.LOCK

    def taken_out(self, records: Records, still: Sequence[tuple[int, int]] = ()) -> tuple[Records, Sampled]:
        """Records without the time that samples have told already, so that only the rest of an op is left, and without
        the time in which the processes were stopped."""
        told = Sampled(NOTHING, [], [])
        if not len(records):
            return records, told
        records = records.copy()
        task, end = records["task"], records["end"].astype(np.int64)
        over = np.flatnonzero((end > self._since[task]) & (records["kind"] == ring.RUN))
        for place in over[np.unique(task[over], return_index=True)[1]]:
            told.moved.extend(self._end(records[place]))
            told.now.append((int(task[place]), states.EMPTY))
        for _, until in still:
            held = (records["start"] < until) & (end > until) & (records["kind"] == ring.RUN)
            records["start"][held] = until
        np.maximum.at(self._recorded, task, end)
        return records, told

    def _end(self, record: np.void) -> Moved:
        """End a watched op: correct what samples have told by the op's record, which is exact, and cut the record down
        to what is left."""
        lane, end = int(record["task"]), int(record["end"])
        one = self._watched.pop(lane)
        self._since[lane] = NEVER
        until = min(one.until, end)
        ran, waited = int(record["cpu"]), int(record["core_wait"])
        cpu = max(0, min(ran - one.ran.told, end - until))
        one.found_late(waited - one.waited.told - (end - until - cpu))
        moved = one.put_right()
        for state, too_much in ((states.RUN, one.ran.told - ran), (states.CORE, one.waited.told - waited)):
            moved.append((lane, state, max(0, too_much), self._usual(lane)))
        record["start"] = max(int(record["start"]), until)
        record["cpu"], record["core_wait"] = cpu, max(0, waited - one.waited.told)
        return moved

    def corrected(self, lane: Numbers, headers: Headers, frozen: int | None = None) -> Headers:
        """The workers' headers, corrected by samples for workers that are in the middle of an op."""
        if not self._watched and frozen is None:
            return headers
        headers = headers.copy()
        for place in np.flatnonzero(np.isin(lane, list(self._watched))):
            one, header = self._watched[int(lane[place])], headers[place]
            if header[ring.W_SINCE] == one.since and header[ring.W_STATE] == ring.RUN:
                header[ring.W_CPU] += np.uint64(max(0, one.cpu))
                header[ring.W_CORE] = one.core
                header[ring.W_STATE] = _KIND_OF.get(one.state, ring.RUN)
        if frozen is not None:
            alive = (headers[:, ring.W_STARTED] > 0) & (headers[:, ring.W_ENDED] == 0)
            alive &= headers[:, ring.W_STATE] != ring.PAUSED
            headers[alive, ring.W_STATE], headers[alive, ring.W_SINCE] = ring.PAUSED, frozen
        return headers


def as_seen(samples: Records, shared_gil: bool) -> tuple[Records, Records]:
    """The samples of threads that record their ops, and the others."""
    if not shared_gil:  # then a wait in a futex cannot be for a GIL
        samples = samples.copy()
        samples["state"][samples["state"] == thread_looks.UNSURE] = thread_looks.LOCK
    tells = (samples["flags"] & thread_looks.TELLS) != 0
    return samples[tells], samples[~tells]
