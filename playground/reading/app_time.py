"""A batch in the app's time. A place may have a clock of its own, and its records carry the time of that clock; here it
becomes the app's time. What the app itself knows of a run (`Control`) is in the app's time already."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from playground.hosts import Clock
from playground.lab.wire import ring
from playground.reading.batch import Batch

OF_HEADER = (ring.W_SINCE, ring.W_STARTED, ring.W_ENDED, ring.W_DUE)  # words that are moments; 0 is never
OF_CONTROL = (ring.C_BEGUN, ring.C_CALLED, ring.C_LOOP_DUE, ring.C_IDLE)


def in_app_time(batch: Batch, clock: Clock) -> Batch:
    ahead = clock.ahead_ns
    if not ahead:
        return batch
    began, cpu = batch.probe
    return msgspec.structs.replace(
        batch,
        records=_fields(batch.records, ahead, "start", "end"),
        headers=_words(batch.headers, ahead, OF_HEADER),
        threads=_fields(batch.threads, ahead, "t"),
        started=_fields(batch.started, ahead, "t"),
        holders=_fields(batch.holders, ahead, "t"),
        probe=(began - ahead if began else 0, cpu),
        words=_words(batch.words, ahead, OF_CONTROL),
    )


def _fields(records: npt.NDArray[np.void], ahead: int, *names: str) -> npt.NDArray[np.void]:
    moved = records.copy()
    for name in names:
        moved[name] = moved[name].astype(np.int64) - ahead
    return moved


def _words(words: npt.NDArray[Any], ahead: int, moments: tuple[int, ...]) -> npt.NDArray[np.uint64]:
    moved = words.astype(np.int64)
    for moment in moments:
        column = moved[..., moment]
        column[column != 0] -= ahead
    return moved.astype(np.uint64)
