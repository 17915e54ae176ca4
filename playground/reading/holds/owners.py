"""The owners of GIL samples: which lane each sample means. The probe names a thread state; the workers' headers tell
which lane has it. If all workers take turns in one thread, their records tell which worker ran at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.reading.holds.who_held import NOBODY, STRANGER
from playground.reading.rings import Headers, Records

Lanes = npt.NDArray[np.int32]
PROCESS = (ring.W_PLACE, ring.W_PID)  # header words that identify a process


GIL = "GIL"  # a kind of track; another is the lock (lock_holds.py)


@dataclass(frozen=True)
class Track:
    """Something that only one worker at a time holds, and the workers that may hold it; its holders make a ribbon."""

    target: int  # of a GIL, the lane of the first worker that was seen with it; of a lock, its number in records
    lanes: Sequence[int]
    kind: str = GIL
    name: str = ""  # its name in the job; a GIL has none


def gils_of(headers: Headers, one_process: bool = True) -> tuple[Track, ...]:
    """The GILs of a run whose workers do not all share one, in the order of their first workers. Each process has one;
    interpreters within a process are told apart by the addresses of their GILs, if these are known."""
    words = headers[:, (ring.W_PLACE, ring.W_PID, ring.W_GIL_ADDRESS)]
    known = np.flatnonzero(words[:, 2] if one_process else words[:, 1])
    _, first, which = np.unique(words[known], axis=0, return_index=True, return_inverse=True)
    gils = [Track(int(known[place]), tuple(map(int, known[which.ravel() == i]))) for i, place in enumerate(first)]
    return tuple(sorted(gils, key=lambda gil: gil.target))


KEPT_RUNS = 8192  # calls of a loop, besides those just read, that later samples may still fall into
WAIT_NS = 500_000_000  # a sample waits so long for its call's record; then the worker's header has to tell


class Owners:
    def __init__(self, workers: int, one_loop: bool, helpers: bool) -> None:
        """`helpers`: does the loop hand calls to other threads? Then the thread that had the GIL is an estimate."""
        self._one_loop, self._helpers = one_loop, helpers
        # place, pid and thread state → lane: forked processes share addresses, and places may share pids
        self._lane_of: dict[tuple[int, ...], int] = {}
        self._unseen = np.arange(workers)  # lanes that are not in `_lane_of` yet
        self._runs = np.empty((0, 3), np.int64)  # of a loop: start, end, lane of each call, in order
        self._told_until = 0  # of a loop: each call that began before this has its record by now, or will get none
        self._held_back: Records | None = None  # samples later than any record

    def ran(self, records: Records) -> None:
        """Take over new records of the workers; to be called before `of` gets the samples of the same time."""
        if not self._one_loop or not len(records):
            return
        called = records[(records["kind"] == ring.RUN) | (records["flags"] & ring.HELD_UP != 0)]
        # In a single thread, any record shows that no call was under way at its end. Helpers' calls may be.
        telling = called if self._helpers else records
        self._told_until = max(self._told_until, int(telling["end"].max(initial=0)))
        if len(called):
            new = np.stack([called[name].astype(np.int64) for name in ("start", "end", "task")], axis=1)
            runs = np.concatenate((self._runs[-KEPT_RUNS:], new))
            self._runs = runs[np.argsort(runs[:, 0], kind="stable")]

    def of(self, samples: Records, headers: Headers, over: bool) -> tuple[Records, Lanes]:
        """Samples, and the lane that each means. Some are held back until more is known about their time."""
        if not self._one_loop:
            return samples, self._by_thread(samples, headers)
        if self._held_back is not None:
            samples = np.concatenate((self._held_back, samples))
            self._held_back = None
        if not over and len(samples):
            known = max(self._told_until, int(samples["t"][-1]) - WAIT_NS)
            ready = int(np.searchsorted(samples["t"], known))
            self._held_back, samples = samples[ready:], samples[:ready]
        return samples, self._by_turn(samples, headers)

    def _by_thread(self, samples: Records, headers: Headers) -> Lanes:
        """The lanes by thread state, which belongs to a lane until another begins with it (serial workers share a
        thread)."""
        parts = []
        for started, lane in self._beginners(headers) if len(samples) else ():
            before = int(np.searchsorted(samples["t"], started))
            parts.append(self._looked_up(samples[:before], headers))
            samples = samples[before:]
            self._lane_of[tuple(headers[lane, (*PROCESS, ring.W_THREAD_STATE)].tolist())] = lane
        return np.concatenate((*parts, self._looked_up(samples, headers)))

    def _beginners(self, headers: Headers) -> list[tuple[int, int]]:
        """(start, lane) of each worker that has begun since the last call."""
        started = headers[self._unseen, ring.W_STARTED]
        begun = self._unseen[started > 0]
        self._unseen = self._unseen[started == 0]
        return sorted((int(start), int(lane)) for start, lane in zip(started[started > 0], begun, strict=True))

    def _looked_up(self, samples: Records, headers: Headers) -> Lanes:
        lanes = np.full(len(samples), STRANGER, np.int32)
        for target in np.unique(samples["target"]):
            of_target = samples["target"] == target
            holders, inverse = np.unique(samples["holder"][of_target], return_inverse=True)
            process = headers[int(target), PROCESS].tolist()
            found = np.array([self._lane_of.get((*process, int(holder)), STRANGER) for holder in holders], np.int32)
            lanes[of_target] = found[inverse]
        return np.where(samples["locked"] == 0, NOBODY, lanes).astype(np.int32)

    def _by_turn(self, samples: Records, headers: Headers) -> Lanes:
        """The lanes by a loop's records; STRANGER is the loop itself, or another thread of the lab."""
        if not len(samples):
            return np.empty(0, np.int32)
        loop = headers[0]
        held = samples["locked"] != 0
        if not self._helpers:
            held &= samples["holder"] == loop[ring.W_THREAD_STATE]
        moment = samples["t"].astype(np.int64)
        lanes = np.full(len(samples), STRANGER, np.int32)
        if len(self._runs):
            place = np.maximum(np.searchsorted(self._runs[:, 0], moment, side="right") - 1, 0)
            start, end, lane = self._runs[place].T
            running = held & (start <= moment) & (moment < end)
            lanes = np.where(running, lane, lanes).astype(np.int32)
        unknown = held & (lanes == STRANGER) & (moment > self._told_until)
        if unknown.any():
            self._still_running(lanes, unknown, moment, headers)
        return np.where(samples["locked"] == 0, NOBODY, lanes).astype(np.int32)

    def _still_running(self, lanes: Lanes, unknown: Any, moment: Any, headers: Headers) -> None:
        """Fill in the lane of a call that has not ended and so has no record: the header says since when it runs."""
        running = np.flatnonzero(headers[:, ring.W_STATE] == ring.RUN)
        for lane in running[:1]:  # in one thread only one can run
            lanes[unknown & (moment >= int(headers[lane, ring.W_SINCE]))] = lane
