"""Stages: what changes a batch on its way, in order. A stage makes a new batch of the one that it gets, never looks at
a clock, and leaves the old batch as it was. Some remember earlier batches: what such a stage makes is a function of the
batches so far. What keeps something (`Reading`) takes the batch that the last stage makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from playground import catalogue
from playground.lab.wire import ring
from playground.reading.batch import Batch
from playground.reading.holds.owners import gils_of
from playground.reading.lanes.sampled_lanes import NO_SAMPLES, Samples, as_seen
from playground.reading.lanes.segments import Sampled
from playground.reading.pauses import Pauses
from playground.recipe.recipe import Recipe

Stage = Callable[[Batch], Batch]


def stages(recipe: Recipe, samples: Samples | None) -> tuple[Stage, ...]:
    """The stages of a run. Samples come before pauses: a pause is cut out of what samples have left of a record."""
    pauses = Pauses(catalogue.model(recipe.model).one_loop)
    return (GilSharing(recipe), pauses) if samples is None else (GilSharing(recipe), Sampling(samples), pauses)


class GilSharing:
    """A stage: it says whether a worker can wait for a GIL that another thread has. The Python of the run tells whether
    it has a GIL. Once two workers were seen with one GIL, it stays so."""

    def __init__(self, recipe: Recipe) -> None:
        model = catalogue.model(recipe.model)
        # in the app even a single worker shares the GIL, with the window's own threads
        self._shared = model.shared_gil or recipe.place.shares_gil
        self._own_gils, self._one_process = model.own_gils, model.one_process
        self._headers = np.zeros((recipe.workers if self._own_gils else 0, ring.HEADER_WORDS), np.uint64)

    def __call__(self, batch: Batch) -> Batch:
        if not batch.control.interpreter.gil_enabled:
            return batch
        if self._own_gils and not self._shared:
            self._headers[batch.looked_at] = batch.headers
            self._shared = any(len(gil.lanes) > 1 for gil in gils_of(self._headers, self._one_process))
        return replace(batch, shared_gil=True) if self._shared else batch


class Sampling:
    """A stage: it takes the samples of threads that record nothing out of a batch, and what these have told out of the
    records, and puts into the headers what they say about ops that go on. It remembers these ops."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def __call__(self, batch: Batch) -> Batch:
        still, threads, told = batch.control.stood_still, batch.threads, NO_SAMPLES
        if len(threads):  # they come before the records of the same time, because what they tell is taken out of these
            threads, silent = as_seen(threads, batch.shared_gil)
            told = self._samples.take(silent, batch.shared_gil, still)
        rest, ended = self._samples.taken_out(batch.for_lanes, still)
        headers = self._samples.corrected(batch.looked_at, batch.headers, batch.control.frozen_since)
        said = Sampled(told.segments, told.moved + ended.moved, told.now + ended.now)
        return replace(batch, threads=threads, rest=rest, headers=headers, sampled=said)
