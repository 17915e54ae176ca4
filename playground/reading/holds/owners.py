"""Whose a GIL sample is. The probe names a thread state; the workers' headers tell which lane has it. Where all workers
take turns in one thread, their records tell which of them it was running at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring as layout
from playground.reading.holds.holders import NOBODY, STRANGER
from playground.reading.rings import Headers, Records

Lanes = npt.NDArray[np.int32]
PROCESS = (layout.W_PLACE, layout.W_PID)  # what makes one


GIL = "GIL"  # a kind of track; others are those of what workers share: lock, semaphore, …


@dataclass(frozen=True)
class Track:
    """Something that one at a time holds, and the workers that may: who has it when is worth a ribbon."""

    target: int  # its number for who samples it; of a GIL the lane of the first worker that was seen with it
    lanes: Sequence[int]
    kind: str = GIL
    name: str = ""  # by which its job speaks of it; a GIL has none


def gils_of(headers: Headers, one_process: bool = True) -> tuple[Track, ...]:
    """The GILs of a run whose workers do not all share one, in the order of their first workers. Processes have one
    each; interpreters of one process are told apart by where their GILs lie, if that is known."""
    words = headers[:, (layout.W_PLACE, layout.W_PID, layout.W_GIL_ADDRESS)]
    known = np.flatnonzero(words[:, 2] if one_process else words[:, 1])
    _, first, which = np.unique(words[known], axis=0, return_index=True, return_inverse=True)
    gils = [Track(int(known[place]), tuple(map(int, known[which.ravel() == i]))) for i, place in enumerate(first)]
    return tuple(sorted(gils, key=lambda gil: gil.target))


KEPT_RUNS = 8192  # of a loop, besides what has just been read: as many as samples may still have to be held against
WAIT_NS = 500_000_000  # a call that takes longer is told from its worker's header: it has no record yet


class Owners:
    def __init__(self, workers: int, one_loop: bool, helpers: bool) -> None:
        """`helpers`: the loop hands calls to other threads; which of them had the GIL is then an estimate."""
        self._one_loop, self._helpers = one_loop, helpers
        # place, pid and thread state → lane: forked processes share addresses, and places may share pids
        self._lane_of: dict[tuple[int, ...], int] = {}
        self._unseen = np.arange(workers)  # lanes that are not in it yet
        self._runs = np.empty((0, 3), np.int64)  # of a loop: start, end, lane of each call, in order
        self._told_until = 0  # of a loop: every call that began before has its record by now, or will not get one
        self._held_back: Records | None = None  # samples that no record reaches yet

    def ran(self, records: Records) -> None:
        """New records of the workers, before the samples of the same time."""
        if not self._one_loop or not len(records):
            return
        called = records[(records["kind"] == layout.RUN) | (records["flags"] & layout.HELD_UP != 0)]
        # In one thread whatever is written tells that no call is under way; a helper's call may be.
        telling = called if self._helpers else records
        self._told_until = max(self._told_until, int(telling["end"].max(initial=0)))
        if len(called):
            new = np.stack([called[name].astype(np.int64) for name in ("start", "end", "task")], axis=1)
            runs = np.concatenate((self._runs[-KEPT_RUNS:], new))
            self._runs = runs[np.argsort(runs[:, 0], kind="stable")]

    def of(self, samples: Records, headers: Headers, over: bool) -> tuple[Records, Lanes]:
        """Samples, and the lane that each names. Some may be kept for later, when more is known of their time."""
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
        """A thread state is one lane's until another lane begins in it (serial workers share a thread)."""
        parts = []
        for started, lane in self._beginners(headers) if len(samples) else ():
            before = int(np.searchsorted(samples["t"], started))
            parts.append(self._looked_up(samples[:before], headers))
            samples = samples[before:]
            self._lane_of[tuple(headers[lane, (*PROCESS, layout.W_THREAD_STATE)].tolist())] = lane
        return np.concatenate((*parts, self._looked_up(samples, headers)))

    def _beginners(self, headers: Headers) -> list[tuple[int, int]]:
        """(start, lane) of each that has begun since we last looked."""
        started = headers[self._unseen, layout.W_STARTED]
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
        """STRANGER is the loop itself, or another thread of the lab."""
        if not len(samples):
            return np.empty(0, np.int32)
        loop = headers[0]
        held = samples["locked"] != 0
        if not self._helpers:
            held &= samples["holder"] == loop[layout.W_THREAD_STATE]
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
        """A call that has not ended yet has no record; its worker's header tells since when it runs."""
        running = np.flatnonzero(headers[:, layout.W_STATE] == layout.RUN)
        for lane in running[:1]:  # in one thread only one can
            lanes[unknown & (moment >= int(headers[lane, layout.W_SINCE]))] = lane
