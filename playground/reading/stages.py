"""Stages: what changes a batch on its way, in order. A stage makes a new batch of the one that it gets, never looks at
a clock, and leaves the old batch as it was. Some remember earlier batches: what such a stage makes is a function of the
batches so far. What keeps something (`Reading`) takes the batch that the last stage makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from playground import catalogue
from playground.lab.wire import ring as layout
from playground.reading.batch import Batch
from playground.reading.holds.owners import gils_of
from playground.reading.lanes.sampled_lanes import Samples
from playground.reading.pauses import Pauses
from playground.recipe.recipe import Recipe

Stage = Callable[[Batch], Batch]


def stages(recipe: Recipe, samples: Samples | None) -> tuple[Stage, ...]:
    """The stages of a run. Samples come before pauses: a pause is cut out of what samples have left of a record."""
    pauses = Pauses(catalogue.model(recipe.model).one_loop)
    return (GilSharing(recipe), pauses) if samples is None else (GilSharing(recipe), samples, pauses)


class GilSharing:
    """A stage: it says whether a worker can wait for a GIL that another thread has. The Python of the run tells whether
    it has a GIL. Once two workers were seen with one GIL, it stays so."""

    def __init__(self, recipe: Recipe) -> None:
        model = catalogue.model(recipe.model)
        # in the app even a single worker shares the GIL, with the window's own threads
        self._shared = model.shared_gil or recipe.place.shares_gil
        self._own_gils, self._one_process = model.own_gils, model.one_process
        self._headers = np.zeros((recipe.workers if self._own_gils else 0, layout.HEADER_WORDS), np.uint64)

    def __call__(self, batch: Batch) -> Batch:
        if not batch.control.interpreter.gil_enabled:
            return batch
        if self._own_gils and not self._shared:
            self._headers[batch.looked_at] = batch.headers
            self._shared = any(len(gil.lanes) > 1 for gil in gils_of(self._headers, self._one_process))
        return replace(batch, shared_gil=True) if self._shared else batch
