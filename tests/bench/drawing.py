"""What drawing the stage costs: CPU time per frame with made-up runs, on a real display.

    python -m tests.bench.drawing [--lanes 4 64 200] [--cores 16] [--size 1120x660] [--frames 200]

Each frame is 1/30 s of made-up time; frames follow each other as fast as they can. `make` is what making up the data
takes and `pull` what the lane store takes to read it in: neither is drawing."""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from playground.figures.records import GilFigures, RunStatistics, Shares, WorkerStatistics
from playground.hosts import CoreSample
from playground.interpreters.facts import InterpreterFacts
from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading.holds.owners import Track
from playground.reading.lab_time import LabTime
from playground.reading.lanes.started_lanes import StartedThreads
from playground.reading.rings import RECORD
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe
from tests.core.recorded import RecordedLanes

FRAME_NS = 33_333_333
SLICE_NS, OP_NS = 5_000_000, 150_000


class MadeUpRun:
    """Threads that take turns of 5 ms on one GIL, in ops of 150 µs, as a lab with busy threads writes them."""

    ribbon_source = "measured"
    gil_note: str | None = None
    lab_cpu: LabTime | None = None
    started: StartedThreads | None = None
    pauses: Sequence[tuple[int, int]] = ()
    ended, ended_ns = False, None

    def __init__(self, number: int, workers: int, start: int, cores: int = 16, seed: int = 1) -> None:
        self.number, self.started_ns = number, start
        self.tracks: tuple[Track, ...] = (Track(0, range(workers)),)
        self.recipe = Recipe(workers=workers)
        self.lanes = RecordedLanes(workers, shared_gil=True)
        self._cores, self._random = cores, np.random.default_rng(seed)
        self._time, self._since = start, np.full(workers, start, np.int64)
        self._holder = 0
        self.holds: list[tuple[int, int, int]] = []

    def advance(self, now: int) -> list[tuple[int, ...]]:
        """Records of all that ended before `now`."""
        records: list[tuple[int, ...]] = []
        while self._time < now - SLICE_NS:
            lane = self._holder = (self._holder + 1 + int(self._random.integers(3))) % self.recipe.workers
            core = (lane * 2) % self._cores
            end = self._time + int(SLICE_NS * self._random.uniform(0.98, 1.05))
            records.append((int(self._since[lane]), self._time + OP_NS, OP_NS, 0, lane, core, ring.RUN, SLEPT, 0))
            starts = range(self._time + OP_NS, end - OP_NS, OP_NS)
            records += [(start, start + OP_NS, OP_NS, 0, lane, core, ring.RUN, 0, 0) for start in starts]
            ended = self._since[lane] = records[-1][1]
            self.holds.append((lane, self._time, ended))
            self._time = ended
        return records

    def pull(self, records: list[tuple[int, ...]]) -> None:
        self.lanes.write(np.array(records, RECORD))
        every = np.arange(self.recipe.workers)
        self.lanes.live.set_tails(every, np.full(len(every), ring.RUN), self._since)
        self.lanes.settled()

    def ribbon(self, edges: npt.NDArray[np.int64], track: Track | None = None) -> npt.NDArray[np.int32]:
        holds = np.array(self.holds[-200 - len(edges) * 8 :] or [(-1, 0, 1)], np.int64)
        place = np.minimum(np.searchsorted(holds[:, 2], edges[:-1]), len(holds) - 1)
        return holds[place, 0].astype(np.int32)

    def waited_for(self, lane: int, moment: int) -> None:
        """Its workers share nothing."""

    def stranger(self, moment: int) -> str:
        return "a thread that is no worker"

    def life(self, lane: int) -> tuple[int, int]:
        return self.started_ns, self.ended_ns or 0

    def hold_slices(self, first: int, last: int, track: Track | None = None) -> list[tuple[int, int, int]]:
        return [hold for hold in self.holds if hold[1] < last and hold[2] > first]

    def statistics(self) -> RunStatistics:
        count = self.recipe.workers
        workers = tuple(
            WorkerStatistics(
                worker_name(i), i, 4242, 4243 + i, "running", 2 * i % self._cores, 1 / count, 1.0, 9, None, Shares()
            )
            for i in range(count)
        )
        gil = GilFigures("measured", None, 180 + self._time // 10**8 % 9)
        facts = InterpreterFacts("", "3.11.7", "CPython")
        return RunStatistics(
            number=self.number, recipe=self.recipe, phase="running", outcome=None, error=None, interpreter=facts,
            pid=4242, seconds=9.0, progress=None, unit="chunks", throughput=37.0,
            throughput_recent=37.0 + self._time // 10**8 % 9, cores_used=1.0, speedup=None, speedup_basis=None,
            share=Shares(), workers=workers, gil=gil, start_ms=None, stop_ms=None,
            lost_records=0, probe_cost=None, recorder_cost=None, started_ns=self.started_ns, ended_ns=None,
        )  # fmt: skip


@dataclass
class Costs:
    """CPU seconds by part."""

    parts: dict[str, float] = field(default_factory=dict)
    longest_ms: float = 0.0

    def add(self, part: str, since: float) -> float:
        now = time.process_time()
        self.parts[part] = self.parts.get(part, 0.0) + now - since
        return now


class Scene:
    """A stage with one made-up run, moved on frame by frame."""

    def __init__(self, lanes: int, cores: int, size: tuple[int, int], lens: bool) -> None:
        from ui.kit.theme import DARK
        from ui.stage.stage import Stage

        self.now = 10**12
        self.stage = Stage(DARK)
        self.stage.resize(*size)
        self.stage.show()
        self.cores, self._random = cores, np.random.default_rng(2)
        self.run = MadeUpRun(1, lanes, self.now, cores) if lanes else None
        self.count = 0
        if self.run is not None:
            self.stage.add_run(self.run, 0)
        self.stage.show_lens(lens)

    def frame(self, costs: Costs) -> None:
        from PySide6.QtWidgets import QApplication

        self.now += FRAME_NS
        self.count += 1
        at = time.process_time()
        if self.run is not None:
            records = self.run.advance(self.now)
            at = costs.add("make", at)
            self.run.pull(records)
            at = costs.add("pull", at)
        begun = time.perf_counter()
        self._tell_of_the_computer()
        self.stage.tick(self.now)
        at = costs.add("tick", at)
        QApplication.processEvents()
        at = costs.add("paint", at)
        costs.longest_ms = max(costs.longest_ms, (time.perf_counter() - begun) * 1e3)
        if self.count % 15 == 0 and self.run is not None:
            figures = [self.run.statistics()]
            at = time.process_time()
            self.stage.show_statistics(figures)
            costs.add("words", at)

    def skip(self, frames: int) -> None:
        """Time goes on and nothing is drawn, so it is soon over: the next frame draws all of it."""
        for _ in range(frames):
            self.now += FRAME_NS
            self.count += 1
            if self.run is not None:
                self.run.pull(self.run.advance(self.now))
            self._tell_of_the_computer()

    def _tell_of_the_computer(self) -> None:
        for part in (1, 2):
            self.stage.add_beat(self.now - FRAME_NS // part, float(self._random.exponential(0.8)))
        if self.count % 3 == 0:
            usage = self._random.uniform(0, 1, self.cores).astype(np.float32)
            self.stage.add_core_sample(CoreSample(self.now - 20_000_000, 3 * FRAME_NS, usage))


def measure(lanes: int, cores: int, size: tuple[int, int], frames: int, lens: bool, profile: bool) -> dict[str, float]:
    scene = Scene(lanes, cores, size, lens)
    for _ in range(330):  # until the window is full
        scene.frame(Costs())
    costs, profiler = Costs(), cProfile.Profile()
    if profile:
        profiler.enable()
    for _ in range(frames):
        scene.frame(costs)
    if profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(28)
    at = time.process_time()
    scene.stage.rethemed()
    scene.stage.tick(scene.now)
    whole = (time.process_time() - at) * 1e3
    scene.stage.close()
    per_frame = {part: round(seconds / frames * 1e3, 3) for part, seconds in costs.parts.items()}
    drawing = sum(ms for part, ms in per_frame.items() if part not in ("make", "pull"))
    return {
        "lanes": lanes,
        **per_frame,
        "drawing_ms": round(drawing, 3),
        "core_at_30_fps": round(drawing * 0.03, 4),
        "longest_ms": round(costs.longest_ms, 1),
        "whole_picture_ms": round(whole, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lanes", type=int, nargs="*", default=[0, 4, 64, 200])
    parser.add_argument("--cores", type=int, default=16)
    parser.add_argument("--size", default="1120x660")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--lens", action="store_true")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    from PySide6.QtWidgets import QApplication

    from ui.kit.fonts import load_fonts

    app = QApplication([])
    load_fonts()
    width, height = map(int, given.size.split("x"))
    for lanes in given.lanes:
        result = measure(lanes, given.cores, (width, height), given.frames, given.lens, given.profile)
        print(json.dumps(result), flush=True)
    del app


if __name__ == "__main__":
    main()
