"""What a frame costs late in a run beside early in it: reading its records and drawing, in CPU time.

    python -m tests.bench.age [--lanes 200] [--ages 10 600] [--frames 60] [--rounds 7]

Runs of each age are made up beside each other, and their frames are measured in turn, so that whatever else the
computer does affects all of them. In each frame some ops end, a task begins that reports its time in the queue since
the run began, and threads that wait in one long op are seen waiting."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading.lanes.segments import KEEP_NS
from playground.reading.lanes.sightings import SIGHTING
from playground.reading.rings import RECORD
from playground.reading.states import LOCK
from tests.bench.drawing import FRAME_NS, MadeUpRun

SECOND, NOW = 10**9, 10**13
OPS_PER_S = 20  # of each lane
LOOKS_PER_S = 2000
WAITING = 4  # every so manieth lane waits in one op from the begin on


class Aged:
    """A run that has gone on for so long, and the stage that shows it."""

    def __init__(self, lanes: int, age_s: float) -> None:
        from ui.kit.theme import DARK
        from ui.stage.stage import Stage

        self.begun, self.now = NOW - round(age_s * SECOND), NOW
        self.run = MadeUpRun(1, lanes, self.begun)
        self.run.lanes.live.observed = True
        self.every = np.arange(lanes)
        self._waits = self.every % WAITING == 0
        self._random = np.random.default_rng(3)
        self._kind = np.where(self._waits, ring.LOCK, ring.SLEEP)
        self._since = np.where(self._waits, self.begun, self.begun + 1)
        self._looks = 0
        self.stage = Stage(DARK)
        self.stage.resize(1120, 660)
        self.stage.show()
        self.stage.add_run(self.run, 0)
        first = max(self.begun, NOW - KEEP_NS)
        for moment in np.arange(first, NOW, SECOND // 4)[1:].tolist():
            self._pull(moment)
        for number in range(40):
            self._draw(NOW + number)

    def frame(self) -> float:
        """One more; its CPU time in seconds."""
        self.now += FRAME_NS
        records, looks = self._records(self.now), self._sightings(self.now)
        begun = time.process_time()
        self._take(records, looks)
        self._draw(self.now)
        return time.process_time() - begun

    def _pull(self, moment: int) -> None:
        self._last = moment
        self._take(self._records(moment), self._sightings(moment))

    def _take(self, records: npt.NDArray[np.void], looks: npt.NDArray[np.void]) -> None:
        store = self.run.lanes
        store.sightings.see(looks)
        store.write(records)
        store.live.set_tails(self.every, self._kind, self._since)
        store.settled()

    def _draw(self, now: int) -> None:
        from PySide6.QtWidgets import QApplication

        self.stage.tick(now)
        QApplication.processEvents()

    def _records(self, moment: int) -> npt.NDArray[np.void]:
        """Of the lanes that do something, all that ended since the last time; of one the time in the queue before."""
        busy = self.every[~self._waits]
        done = busy[self._random.random(len(busy)) < min(1.0, OPS_PER_S * (moment - self._since[busy[0]]) / SECOND)]
        records = np.zeros(len(done) + 1, RECORD)
        own = records[:-1]
        own["task"], own["start"], own["end"] = done, self._since[done], moment - self._random.integers(0, 10**6)
        own["kind"] = np.where(done % 3, ring.SLEEP, ring.RUN)
        own["cpu"], own["flags"] = np.where(done % 3, 0, (own["end"] - own["start"]) // 2), SLEPT
        self._since[done] = own["end"]
        records[-1]["task"], records[-1]["kind"] = busy[0], ring.TURN
        records[-1]["start"], records[-1]["end"], records[-1]["flags"] = self.begun, moment, SLEPT
        return records

    def _sightings(self, moment: int) -> npt.NDArray[np.void]:
        since = self._seen if hasattr(self, "_seen") else max(self.begun, moment - SECOND // 4)  # type: ignore[has-type]
        self._seen = moment
        count = max(0, round((moment - since) * LOOKS_PER_S / SECOND))
        looks = np.zeros(count, SIGHTING)
        waiting = self.every[self._waits]
        looks["t"] = np.linspace(since + 1, moment, count).astype(np.int64)
        looks["lane"] = waiting[(self._looks + np.arange(count)) % len(waiting)]
        looks["state"] = LOCK
        self._looks += count
        return looks


def measure(lanes: int, ages: Sequence[float], frames: int, rounds: int) -> dict[float, float]:
    """ms of a frame by age: the median over rounds, in which the ages take turns."""
    runs = {age: Aged(lanes, age) for age in ages}
    costs: dict[float, list[float]] = {age: [] for age in ages}
    for _ in range(rounds):
        for age, run in runs.items():
            costs[age].append(median(run.frame() for _ in range(frames)) * 1e3)
    for run in runs.values():
        run.stage.close()
    return {age: median(costs[age]) for age in ages}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lanes", type=int, default=200)
    parser.add_argument("--ages", type=float, nargs="*", default=[10.0, 600.0])
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from ui.kit.fonts import load_fonts

    app = QApplication([])
    load_fonts()
    found = measure(given.lanes, given.ages, given.frames, given.rounds)
    first = found[given.ages[0]]
    for age, ms in found.items():
        print(json.dumps({"age_s": age, "frame_ms": round(ms, 3), "times": round(ms / first, 3)}))
    del app


if __name__ == "__main__":
    main()
