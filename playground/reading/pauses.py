"""Pauses, taken out of the records of workers that waited meanwhile. Only the worker that comes upon a pause records
it. The other workers that it held up (in the same loop, or in a pool's queue) record one long wait, and the pause has
to be cut out of that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.lab.wire import ring as layout
from playground.reading.rings import Records


def taken_out(records: Records, pauses: Sequence[tuple[int, int]], one_loop: bool) -> Records:
    """The records, with each wait that a pause fell into split into three: before, paused, after. In a loop this goes
    for every wait, as no worker goes on; elsewhere only for the wait for a turn."""
    for since, until in pauses:
        kinds = records["kind"]
        waits = (kinds != layout.RUN) & (kinds != layout.PAUSED) if one_loop else kinds == layout.TURN
        held_up = waits & (records["start"] < until) & (records["end"] > since)
        if held_up.any():
            before, paused, after = (records[held_up].copy() for _ in range(3))
            paused["start"] = before["end"] = np.maximum(before["start"], since)
            paused["end"] = after["start"] = np.minimum(after["end"], until)
            paused["kind"] = layout.PAUSED
            parts = np.concatenate((before, paused, after))
            records = np.concatenate((records[~held_up], parts[parts["end"] > parts["start"]]))
            records = records[np.lexsort((records["start"], records["task"]))]
    return records
