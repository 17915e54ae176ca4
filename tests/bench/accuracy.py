"""How far the figures can be trusted, measured on this machine: prints, and never asserts.

    python -m tests.bench.accuracy [ribbon] [cpu] [cores] [recorder] [--seconds S]

ribbon    the GIL holder that the probe saw against what the workers stamped, 1 to 16 threads. An op's wait is drawn in
          its middle, so an edge may be off by half a piece; `near` allows for that.
cpu       cpu_s of each worker against what the system counts for its thread
cores     the cores figure against the system's counters over 10 s, idle and loaded
recorder  throughput with and without stamps, alternating within one run"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from playground.hosts import CoreMeter
from playground.lab.beside.calibrate import PIECE_NS
from playground.lab.wire import ring
from playground.reading.holds.who_held import NOBODY, STRANGER
from playground.reading.rings import Headers
from playground.reading.states import CORE, RUN
from playground.recipe.recipe import Recipe
from playground.run import stamp_cost
from playground.run.run import Run


def work(run: Run, seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        run.poll()
        run.pull()
        time.sleep(0.01)


def begin(recipe: Recipe) -> Run:
    run = Run(1, recipe)
    run.start()
    while not all(run.rings.column(ring.W_OPS).tolist()):
        run.poll()
        run.pull()
        time.sleep(0.005)
    return run


# --- ribbon


def ribbon(seconds: float) -> None:
    print("ribbon: part of the samples in which the lane of the holder was running")
    for workers in (1, 2, 4, 8, 16):
        run = begin(Recipe(workers=workers))
        work(run, seconds)
        run.stop()
        while not run.ended:
            run.poll()
            run.pull()
        figures = agreement(run)
        print(f"  {workers:2} threads  " + "  ".join(f"{name} {value}" for name, value in figures.items()))
        run.abandon()


def agreement(run: Run) -> dict[str, str]:
    first = max(run.rings.column(ring.W_STARTED).tolist())
    last = min(int(run.reading.lanes.between(0, 2**62)["end"].max()), run.reading.lanes.latest) - 50_000_000
    samples = run.reading.holders.between(first, last)
    held = samples[samples["lane"] >= 0]
    running = states_at(run, held, 0, (RUN,))
    on_its_way = running | states_at(run, held, 0, (CORE,))
    near = on_its_way.copy()
    for shift in np.linspace(-PIECE_NS / 2, PIECE_NS / 2, 7).astype(int):
        near |= states_at(run, held, int(shift), (RUN,))
    part = {
        "strict": running.mean(),
        "or waiting for a core": on_its_way.mean(),
        "near": near.mean(),
        "nobody": (samples["lane"] == NOBODY).mean(),
        "stranger": (samples["lane"] == STRANGER).mean(),
    }
    return {name: f"{value:7.2%}" for name, value in part.items()} | {"samples": str(len(samples))}


def states_at(run: Run, samples: np.ndarray, shift: int, states: tuple[int, ...]) -> np.ndarray:
    """Of each sample: was its lane in one of these states at that moment?"""
    pieces = run.reading.lanes.between(0, 2**62)
    found = np.zeros(len(samples), bool)
    for lane in range(run.recipe.workers):
        own = pieces[(pieces["lane"] == lane) & np.isin(pieces["state"], states)]
        own = own[np.argsort(own["start"])]
        of_lane = np.flatnonzero(samples["lane"] == lane)
        if not len(own):
            continue
        moment = samples["t"][of_lane] + shift
        place = np.searchsorted(own["start"], moment, side="right") - 1
        found[of_lane] = (place >= 0) & (moment < own["end"][np.maximum(place, 0)])
    return found


# --- CPU time


def cpu(seconds: float) -> None:
    print("cpu: seconds that the ring says, and that the system counts (in ticks of 10 ms)")
    for model, workers in (("threads", 2), ("threads", 8), ("processes", 2)):
        run = begin(Recipe(workers=workers, model=model))
        before = [spent(header) for header in run.rings.headers]
        work(run, seconds)
        after = [spent(header) for header in run.rings.headers]
        run.abandon()
        deltas = [(ours[0] - start[0], ours[1] - start[1]) for ours, start in zip(after, before, strict=True)]
        worst = max(abs(told - system) for told, system in deltas)
        told, system = sum(told for told, _ in deltas), sum(system for _, system in deltas)
        print(f"  {workers} {model:9}  ring {told:.3f}  system {system:.3f}  worst worker off by {worst * 1000:.0f} ms")


def spent(header: Headers) -> tuple[float, float]:
    text = Path(f"/proc/{header[ring.W_PID]}/task/{header[ring.W_TID]}/stat").read_text()
    fields = text.rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return int(header[ring.W_CPU]) / 1e9, (int(fields[11]) + int(fields[12])) / ticks


# --- cores


def cores(seconds: float) -> None:
    print("cores: mean usage of each core in percent, by the strips and by the system's counters over the whole time")
    for title, recipe in (("as it is", None), ("loaded", Recipe(workers=2, model="processes"))):
        run = begin(recipe) if recipe else None
        meter, before = CoreMeter(), counters()
        used, length = np.zeros(len(before)), 0
        until = time.perf_counter() + max(seconds, 10.0)
        while time.perf_counter() < until:
            time.sleep(0.1)
            sample = meter.sample()
            used += sample.usage * sample.dt_ns
            length += sample.dt_ns
        delta = counters() - before
        system = delta[:, 0] / delta[:, 1] * 100
        ours = used / length * 100
        worst = np.abs(ours - system).max()
        print(f"  {title:9} ours {ours.round(1)}  system {system.round(1)}  worst difference {worst:.2f} points")
        if run:
            run.abandon()


def counters() -> np.ndarray:
    """(cores, 2): busy and all ticks. Read here from the system itself, not through what is being measured."""
    lines = [line.split() for line in Path("/proc/stat").read_text().splitlines() if line.startswith("cpu")]
    ticks = np.array([[int(word) for word in line[1:9]] for line in lines[1:]])  # user … steal; guest is part of user
    return np.stack((ticks.sum(axis=1) - ticks[:, 3] - ticks[:, 4], ticks.sum(axis=1)), axis=1)


# --- recorder


def recording(seconds: float) -> None:
    print("recorder: part of the throughput that stamping takes")
    for model in ("threads", "processes"):
        pairs = max(8, int(seconds * 4))
        costs = [stamp_cost.measure(Recipe(workers=2, model=model), pairs) for _ in range(3)]
        print(f"  {model:9} " + "  ".join(f"{cost:6.2%}" for cost in costs))


PARTS = {"ribbon": ribbon, "cpu": cpu, "cores": cores, "recorder": recording}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    for name in options.parts or PARTS:
        PARTS[name](options.seconds)


if __name__ == "__main__":
    main()
