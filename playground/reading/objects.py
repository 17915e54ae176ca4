"""The objects that the workers of a run share (locks, semaphores, events, queues), and which worker took, awaited or
gave one, when: from the records of the ops on them. A record names its object by a number; lab and app number the
objects by the same rule (`ops.numbers`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from playground import catalogue
from playground.lab.wire import ops, ring
from playground.reading.lanes.segments import KEEP_NS
from playground.reading.rings import Records
from playground.recipe import own_code
from playground.recipe.recipe import Recipe

USE = np.dtype([("start", "<i8"), ("end", "<i8"), ("lane", "<u4"), ("object", "<i4"), ("waited", "?"), ("failed", "?")])
MOST_USES = 1_000_000
Uses = npt.NDArray[np.void]


class SharedObject(NamedTuple):
    id: int
    kind: str  # lock, semaphore, event, queue
    name: str

    @property
    def words(self) -> str:
        return f"{self.kind} {self.name}"


@lru_cache(maxsize=8)
def _named(job: str, code: str, workers: int, knobs: tuple[tuple[str, Any], ...]) -> tuple[SharedObject, ...]:
    things: Mapping[str, ops.Shared] = {}
    if job == own_code.NAME:
        with suppress(ValueError, SyntaxError):  # if SHARED cannot be read, the objects have no names
            things = own_code.shared(code)
    else:
        things = catalogue.job(job).things(SimpleNamespace(knobs=dict(knobs), count=workers))
    return tuple(SharedObject(number, things[name].make.lower(), name) for name, number in ops.numbers(things).items())


def objects_of(recipe: Recipe) -> tuple[SharedObject, ...]:
    """All objects that the workers share. For the user's own code they are read from its text; it is not run here."""
    return _named(recipe.job, recipe.code, recipe.workers, tuple(recipe.all_knobs().items()))


class SharedUse:
    """The uses of shared objects: the last two minutes are kept, and all are counted."""

    def __init__(self, recipe: Recipe) -> None:
        self.every = objects_of(recipe)
        self._chunks: deque[Uses] = deque()
        self._count = 0
        self._taken = np.zeros(len(self.every) + 1, np.int64)  # by number: how often an object was taken
        self.complete = True  # is there a record of each use?

    @classmethod
    def of(cls, recipe: Recipe, uses: Uses) -> SharedUse:
        """The uses of a run that is over, from what `between` gave."""
        made = cls(recipe)
        made._chunks.append(uses)
        return made

    def add(self, records: Records) -> Uses:
        """Take over the uses that are among new records, and give them."""
        about = records[records["object"] != 0]
        uses = np.empty(len(about), USE)
        if not len(about):
            return uses
        for field in ("start", "end", "object"):
            uses[field] = about[field]
        uses["lane"], uses["waited"] = about["task"], about["kind"] == ring.LOCK
        uses["failed"] = about["flags"] & ring.FAILED != 0
        took = uses["object"][(uses["object"] > 0) & ~uses["failed"]]
        self._taken += np.bincount(took, minlength=len(self._taken))[: len(self._taken)]
        self._chunks.append(uses)
        self._count += len(uses)
        oldest = int(uses["end"].max()) - KEEP_NS
        while len(self._chunks) > 1 and (self._count > MOST_USES or int(self._chunks[0]["end"].max()) < oldest):
            self._count -= len(self._chunks.popleft())
        return uses

    def taken(self, number: int) -> int | None:
        """How often an object was taken; None: records are missing."""
        return int(self._taken[number]) if self.complete else None

    def between(self, first: int, last: int) -> Uses:
        """The uses that overlap the time between two moments."""
        chunks = [chunk[(chunk["end"] > first) & (chunk["start"] < last)] for chunk in self._chunks]
        return np.concatenate(chunks) if chunks else np.empty(0, USE)

    def named(self, number: int) -> SharedObject | None:
        """The object with a number from a record or a header."""
        return self.every[abs(number) - 1] if 0 < abs(number) <= len(self.every) else None

    def waited_for(self, lane: int, moment: int) -> SharedObject | None:
        """The object that a worker waited for at a moment. Only for waits that are over."""
        for chunk in reversed(self._chunks):
            at = (chunk["lane"] == lane) & (chunk["start"] <= moment) & (moment < chunk["end"]) & chunk["waited"]
            if at.any():
                return self.named(int(chunk["object"][at][-1]))
        return None
