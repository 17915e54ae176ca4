"""A run that has left the stage: its last two minutes as plain arrays that can be written to a file, and the run that
the stage sees when they are read again. Its figures are in its statistics, which stay in memory."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from playground import catalogue
from playground.figures.records import RunStatistics
from playground.figures.worker_figures import Workers
from playground.lab.wire import ring
from playground.reading.batch import MOST_COPIED
from playground.reading.holds.holders import SAMPLE, HolderStore
from playground.reading.holds.lock_holds import LockHolds
from playground.reading.holds.owners import Track
from playground.reading.holds.ribbon import Ribbon
from playground.reading.lanes.segments import SEGMENT
from playground.reading.lanes.started_lanes import StartedThreads
from playground.reading.lanes.store import LaneStore
from playground.reading.objects import USE, SharedObject, SharedUse
from playground.reading.printed import OutputReader
from playground.reading.reading import Reading
from playground.run.run import Run

REACH_NS = 120 * 10**9
AFTER_NS = 10**9  # a lab that is ending still holds its GIL for a moment
NEAR_NS = 5_000_000  # a sample so near to a moment says who had the GIL then
Arrays = Mapping[str, npt.NDArray[Any]]


def arrays_of(run: Run) -> dict[str, npt.NDArray[Any]]:
    """The picture of a run that has ended and been let go. From any thread, as nothing in the run changes any more."""
    read = run.reading
    last = (read.ended_ns or 0) + AFTER_NS
    first = last - REACH_NS
    arrays = _packed("lanes", read.lanes.between(first, last), SEGMENT)
    arrays |= _packed("holds", read.holders.between(first, last), SAMPLE)
    arrays |= _packed("uses", read.objects.between(first, last), USE)
    arrays["life"] = read.headers[:, (ring.W_STARTED, ring.W_ENDED)].T.astype(np.int64)
    arrays["gil_lanes"] = np.array([lane for gil in read.gils for lane in gil.lanes], np.int32)
    strangers, names = _strangers(read)
    arrays["strangers"] = strangers
    told: dict[str, Any] = {
        "number": run.number,
        "latest": read.lanes.latest,
        "gils": [(gil.target, len(gil.lanes)) for gil in read.gils],
        "targets": list(read.holders.targets),
        "gil_note": read.gil_note,
        "ribbon_source": read.ribbon_source,
        "pauses": read.pauses,
        "asked_ns": run.asked_ns,
        "strangers": names,
        "output": run.output.kept,
        "errors": read.errors,
        "uses_known": read.locked.known,
    }
    if read.started is not None:
        arrays |= _packed("started", read.started.lanes.between(first, last), SEGMENT)
        told["started"] = [dataclasses.asdict(row) for row in read.started.rows]
        told["hidden"] = read.started.hidden
    workers = run.statistics().workers
    if isinstance(workers, Workers) and len(workers) > MOST_COPIED:
        arrays["headers"], arrays["spent"], _, told["results"] = workers.settled().arrays
    arrays["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    return arrays


class PastRun(Ribbon):
    """A past run for the stage, the output and the code. Its figures are the ones it ended with."""

    ended, phase = True, "ended"
    lab_cpu = None

    def __init__(self, statistics: RunStatistics, arrays: Arrays) -> None:
        told = json.loads(arrays["told"].tobytes()) if "told" in arrays else {}
        self.number, self.recipe = statistics.number, statistics.recipe
        self.model, self.job = catalogue.model(self.recipe.model), catalogue.job(self.recipe.job)
        self._statistics, self.ended_ns = statistics, statistics.ended_ns
        count = self.recipe.workers
        segments, latest = _unpacked("lanes", arrays, SEGMENT), int(told.get("latest", statistics.ended_ns or 0))
        self.lanes = LaneStore.of(count, segments, latest)
        self.holders = HolderStore.of(count, _unpacked("holds", arrays, SAMPLE), told.get("targets", ()))
        self.pauses = [(since, until) for since, until in told.get("pauses", ())]
        self.gil_note: str | None = told.get("gil_note")
        self.ribbon_source: str = told.get("ribbon_source", "none")
        self.asked_ns: int = told.get("asked_ns", statistics.started_ns or 0)
        self.output = OutputReader.of(told.get("output") or {"lines": [], "total": 0, "counts": [], "missed": 0})
        self.errors = {int(worker): str(error) for worker, error in told.get("errors", {}).items()}
        self._life = arrays.get("life", np.zeros((2, count), np.int64))
        uses = _unpacked("uses", arrays, USE)
        self.objects = SharedUse.of(self.recipe, uses)
        self.locked = LockHolds(self.objects.every)
        self.locked.add(uses)
        since, until = told.get("uses_known", (None, latest))
        self.locked.look(since and max(since, latest - REACH_NS), until, self._life[1])
        self._gils = _gils(told.get("gils", ()), arrays.get("gil_lanes", np.zeros(0, np.int32)))
        self._strangers = arrays.get("strangers", np.zeros((0, 2), np.int64))
        self._names: list[str] = told.get("strangers", [])
        self.started: StartedThreads | None = None
        if "started" in told:
            self.started = StartedThreads.of(told["started"], _unpacked("started", arrays, SEGMENT), told["hidden"])

    @property
    def gils(self) -> tuple[Track, ...]:
        return self._gils

    @property
    def started_ns(self) -> int | None:
        return self._statistics.started_ns

    def waited_for(self, lane: int, moment: int) -> SharedObject | None:
        return self.objects.waited_for(lane, moment)

    def life(self, lane: int) -> tuple[int, int]:
        return int(self._life[0, lane]), int(self._life[1, lane])

    def stranger(self, moment: int) -> str:
        away = np.abs(self._strangers[:, 0] - moment)
        if len(away) and away.min() < NEAR_NS:
            return self._names[int(self._strangers[away.argmin(), 1])]
        return self.recipe.place.stranger

    def statistics(self, now: int | None = None) -> RunStatistics:
        """The figures that the run ended with."""
        return self._statistics


def workers_in(arrays: Arrays) -> Workers | None:
    """What each worker did, if there were very many; else None, as the statistics have it."""
    if "headers" not in arrays:
        return None
    told = json.loads(arrays["told"].tobytes())
    errors, results = ({int(worker): one for worker, one in told[name].items()} for name in ("errors", "results"))
    return Workers.of(arrays["headers"], arrays["spent"], errors, results)


def _packed(name: str, values: npt.NDArray[np.void], kind: np.dtype[np.void]) -> dict[str, npt.NDArray[Any]]:
    """Records column by column, with times as steps from row to row: compressed, that is a tenth of the size."""
    arrays = {f"{name}_{field}": values[field] for field in kind.names or ()}
    moment = f"{name}_{(kind.names or ('',))[0]}"
    if f"{name}_end" in arrays:
        arrays[f"{name}_end"] = arrays[f"{name}_end"] - arrays[moment]
    arrays[moment] = np.diff(arrays[moment], prepend=0)
    return arrays


def _unpacked(name: str, arrays: Arrays, kind: np.dtype[np.void]) -> npt.NDArray[np.void]:
    first = (kind.names or ("",))[0]
    if f"{name}_{first}" not in arrays:
        return np.empty(0, kind)
    values = np.empty(len(arrays[f"{name}_{first}"]), kind)
    for field in kind.names or ():
        values[field] = arrays[f"{name}_{field}"]
    values[first] = np.cumsum(arrays[f"{name}_{first}"])
    if "end" in (kind.names or ()):
        values["end"] += values[first]
    return values


def _gils(told: Any, lanes: npt.NDArray[np.int32]) -> tuple[Track, ...]:
    parts = np.split(lanes, np.cumsum([count for _, count in told], dtype=int)[:-1])
    return tuple(Track(target, tuple(own.tolist())) for (target, _), own in zip(told, parts, strict=False))


def _strangers(run: Reading) -> tuple[npt.NDArray[np.int64], list[str]]:
    """(n, 2): when a thread that is no worker had a GIL, and the number of its name; and the names."""
    kept = run.strangers.kept
    if kept is None:
        return np.zeros((0, 2), np.int64), []
    kept = kept[np.argsort(kept["t"], kind="stable")]
    which, first, place = np.unique(kept[["target", "holder"]], return_index=True, return_inverse=True)
    names = [run.stranger(int(kept["t"][one])) for one in first[: len(which)]]
    return np.stack((kept["t"].astype(np.int64), place.ravel().astype(np.int64)), axis=1), names
