"""Lanes whose records a test hands in: a store and the producer of its segments, as a run puts them together."""

from __future__ import annotations

import numpy as np

from playground.reading.lanes.recorded_lanes import Recorded
from playground.reading.lanes.sampled_lanes import Samples, as_seen
from playground.reading.lanes.sightings import Sightings, of_samples
from playground.reading.lanes.store import LaneStore
from playground.reading.rings import Records
from playground.reading.states import EMPTY


class RecordedLanes(LaneStore):
    def __init__(self, lanes: int, shared_gil: bool, cores: int | None = None) -> None:
        super().__init__(lanes, shared_gil, cores)
        self.recorded = Recorded(lanes)
        self.usual_wait = np.full(lanes, EMPTY, np.uint8)

    @property
    def sightings(self) -> Sightings:
        return self.recorded.sightings

    def write(self, records: Records) -> None:
        if len(records):
            self.add(self.recorded.told(records, self.live.shared_gil, self.live.observed, self.usual_wait))

    def settled(self) -> None:
        self.settle(self.sightings.edge)

    def sampled(self, samples: Samples, new: Records) -> None:
        """What the probe saw."""
        telling, silent = as_seen(new, self.live.shared_gil)
        self.sightings.see(of_samples(telling))
        told = samples.take(silent, self.live.shared_gil)
        self.add_sampled(told)
