"""Pauses: when any worker was paused, and records without that time. Only the worker that comes upon a pause records
it. The other workers that it held up (in the same loop, or in a pool's queue) record one long wait, and the pause has
to be cut out of that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from playground.lab.wire import ring
from playground.reading.batch import Batch
from playground.reading.rings import Records


class Pauses:
    """A stage: it takes pauses out of the records. It remembers all pauses, so its batch follows from all batches so
    far."""

    def __init__(self, one_loop: bool) -> None:
        self._one_loop = one_loop
        self.known: tuple[tuple[int, int], ...] = ()

    def __call__(self, batch: Batch) -> Batch:
        for span in batch.control.stood_still:
            self.note(*span)
        records = batch.records
        paused = records["kind"] == ring.PAUSED
        if np.count_nonzero(paused):
            for start, end in zip(records["start"][paused].tolist(), records["end"][paused].tolist(), strict=True):
                self.note(start, end)
        rest = taken_out(batch.for_lanes, self.known, self._one_loop)
        self._note_present(batch)
        return replace(batch, rest=rest, pauses=self.known) if self.known else batch

    def _note_present(self, batch: Batch) -> None:
        """Note the pause that goes on. No record is cut by it yet, since it may be longer than what is known of it."""
        headers, paused = batch.headers, batch.headers[:, ring.W_STATE] == ring.PAUSED
        if np.count_nonzero(paused):
            since = headers[paused & (headers[:, ring.W_ENDED] == 0), ring.W_SINCE].tolist()
            if since:
                self.note(min(since), max(batch.now, *since))

    def note(self, start: int, end: int) -> None:
        apart = [pause for pause in self.known if pause[1] < start or end < pause[0]]
        touching = [pause for pause in self.known if pause[0] <= end and start <= pause[1]]
        for since, until in touching:
            start, end = min(start, since), max(end, until)
        self.known = (*apart, (start, end))


def taken_out(records: Records, pauses: Sequence[tuple[int, int]], one_loop: bool) -> Records:
    """The records, with each wait that a pause fell into split into three: before, paused, after. In a loop this goes
    for every wait, as no worker goes on; elsewhere only for the wait for a turn."""
    for since, until in pauses:
        kinds = records["kind"]
        waits = (kinds != ring.RUN) & (kinds != ring.PAUSED) if one_loop else kinds == ring.TURN
        held_up = waits & (records["start"] < until) & (records["end"] > since)
        if held_up.any():
            before, paused, after = (records[held_up].copy() for _ in range(3))
            paused["start"] = before["end"] = np.maximum(before["start"], since)
            paused["end"] = after["start"] = np.minimum(after["end"], until)
            paused["kind"] = ring.PAUSED
            parts = np.concatenate((before, paused, after))
            records = np.concatenate((records[~held_up], parts[parts["end"] > parts["start"]]))
            records = records[np.lexsort((records["start"], records["task"]))]
    return records
