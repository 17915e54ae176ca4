"""bench: how well the window does on this machine, measured in a real window while labs load the machine.

Each load settles first, then every heartbeat of the UI is noted for some seconds. First paint is measured from
outside, in fresh processes that alternate with a bare pyqtgraph window. Nothing here asserts; it prints figures."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from playground.files import json_text
from playground.hosts import HERE, CoreSample
from playground.recipe.recipe import Recipe
from playground.run import run_folder, stamp_cost
from playground.run.agreement import agreement
from playground.run.run import Run
from playground.start import command
from ui.application import make_window, run_script
from ui.loop.lateness import with_missed
from ui.loop.steps import Steps
from ui.settings.settings_file import SettingsFile
from ui.window import Window

SIZE = QSize(1440, 900)
SETTLE_S = 2.0
MEASURE_S = 10.0
IN_APP_S = 8.0
STARTS = 5
PAINTS = 3
SYNTHETIC_CORES = 16
DRAWING_FRAMES = 30

BARE = """
import os, time
import psutil
import pyqtgraph as pg
from pyqtgraph.Qt import QtCore
app = pg.mkQApp()
class Bare(pg.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QtCore.QTimer.singleShot(0, done)
def done():
    print(round((time.time() - psutil.Process().create_time()) * 1000, 1), flush=True)
    os._exit(0)
bare = Bare()
bare.plot([0, 1, 2], [0, 1, 0])
bare.resize(1440, 900)
bare.show()
app.exec()
"""


class BeatCount:
    """Listens to the frame clock: every beat's lateness, every frame, and the CPU time they took."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._own = psutil.Process()
        self.clear()
        window.clock.beat.connect(self._on_beat)
        window.clock.frame.connect(self._on_frame)

    def clear(self) -> None:
        self.lateness: list[float] = []
        self.frames = 0
        self._begun, self._cpu = time.perf_counter(), self._cpu_s()

    def figures(self) -> dict[str, float]:
        seconds = time.perf_counter() - self._begun
        late = with_missed(np.array(self.lateness)) if self.lateness else np.array([np.nan])
        return {
            "lateness_p50_ms": round(float(np.percentile(late, 50)), 3),
            "lateness_p99_ms": round(float(np.percentile(late, 99)), 3),
            "lateness_max_ms": round(float(late.max()), 3),
            "fps": round(self.frames / seconds, 2),
            "fps_target": float(self._window.clock.frames_per_s),
            "app_cpu": round((self._cpu_s() - self._cpu) / seconds, 4),
        }

    def _cpu_s(self) -> float:
        times = self._own.cpu_times()
        return float(times.user + times.system)

    def _on_beat(self, _when: int, late_ms: float) -> None:
        self.lateness.append(late_ms)

    def _on_frame(self, _now: int) -> None:
        self.frames += 1


class Bench:
    def __init__(self, window: Window) -> None:
        self.window = window
        self.beats = BeatCount(window)
        self.result: dict[str, Any] = {"loads": {}}
        self._run: Run | None = None

    def steps(self) -> Steps:
        yield lambda: self.window.painted
        self.window.settings.change(frame_rate=60, freeze_allowed=True)
        cores = HERE.cores
        yield from self._load("idle", None)
        yield from self._load("lab_threads_64", Recipe(workers=64))
        yield from self._agreement()
        yield from self._load("lab_processes_2x", Recipe(workers=2 * cores, model="processes"))
        for threads in (1, 4):
            recipe = Recipe(workers=threads, model="qthread", host="app", seconds=IN_APP_S)
            yield from self._load_in_app(f"app_qthreads_{threads}", recipe)
        yield from self._drawing()
        yield from self._start_and_stop()

    def _load(self, name: str, recipe: Recipe | None) -> Steps:
        tell(name)
        if recipe is not None:
            yield from self._start(recipe)
        yield SETTLE_S
        self.beats.clear()
        yield MEASURE_S
        self.result["loads"][name] = self.beats.figures()
        yield from self._end()

    def _load_in_app(self, name: str, recipe: Recipe) -> Steps:
        """Measures from the start of the run to its end, whenever that is noticed. With a starved event loop, a wait of
        some seconds may last until long after the run, and then only the peace after it would be measured."""
        tell(name)
        self.beats.clear()
        run = self._begin(recipe)
        yield lambda: run.ended
        self.result["loads"][name] = self.beats.figures()
        yield from self._end()

    def _begin(self, recipe: Recipe) -> Run:
        self._run = run = self.window.run(recipe)
        if run is None:
            raise RuntimeError(f"cannot start: {self.window.recipe_bar.problem()}")
        return run

    def _start(self, recipe: Recipe) -> Steps:
        run = self._begin(recipe)
        yield lambda: run.phase != "starting"

    def _end(self) -> Steps:
        run = self._run
        if run is not None:
            self.result.setdefault("probe_cost", None)
            cost, recipe = run.statistics().probe_cost, run.recipe
            if cost is not None and recipe.model == "threads" and recipe.place.own_processes:
                self.result["probe_cost"] = round(cost, 4)
            self.window.runs.stop(run.number)
            yield lambda: run.ended
            self.window.actions_by_name["clear_stage"].trigger()
            self._run = None
        yield 0.5

    def _agreement(self) -> Steps:
        tell("ribbon against stamps")
        yield from self._start(Recipe(workers=4))
        yield 4.0
        assert self._run is not None
        self.result["ribbon_agreement"] = agreement(self._run)
        yield from self._end()

    def _drawing(self) -> Steps:
        """Draws 64 lanes and 16 core strips at 30 frames per second; the cores are made up, as this machine may have
        fewer."""
        tell("drawing")
        window = self.window
        window.settings.change(frame_rate=DRAWING_FRAMES)
        yield from self._start(Recipe(workers=64))
        generator = np.random.default_rng(1)
        real = window.sampler.take

        def synthetic() -> list[CoreSample]:
            return [CoreSample(one.t_ns, one.dt_ns, generator.random(SYNTHETIC_CORES, np.float32)) for one in real()]

        window.sampler.take = synthetic  # type: ignore[method-assign]
        yield SETTLE_S
        self.beats.clear()
        yield MEASURE_S
        figures = self.beats.figures()
        self.result["drawing"] = {
            "lanes": 64,
            "cores": SYNTHETIC_CORES,
            "fps": figures["fps"],
            "app_cpu": figures["app_cpu"],
        }
        window.sampler.take = real  # type: ignore[method-assign]
        yield from self._end()
        window.settings.change(frame_rate=60)

    def _start_and_stop(self) -> Steps:
        tell("start and stop")
        starts: list[float] = []
        stops: list[float] = []
        for model in ("threads", "processes"):
            for _ in range(STARTS):
                pressed = time.perf_counter()
                self.window.show_recipe(Recipe(workers=4, model=model))
                self.window.recipe_bar.run.click()
                run = self.window.runs.all[-1]
                self._run = run
                yield drawn(run)
                starts.append((time.perf_counter() - pressed) * 1000)
                yield 1.0
                yield from self._end()
                if run.engine.stop_ms is not None:
                    stops.append(run.engine.stop_ms)
        self.result["start_to_lane_ms"] = round(statistics.median(starts), 1)
        self.result["stop_ms"] = round(max(stops), 1)


def drawn(run: Run) -> Callable[[], bool]:
    """A condition: the first record has been read, and there was time to draw it."""
    seen: list[float] = []

    def look() -> bool:
        if run.reading.lanes.latest:
            seen.append(time.perf_counter())
        return bool(seen) and time.perf_counter() - seen[0] > 1 / 60

    return look


def tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


def main(application: QApplication, as_json: bool) -> int:
    run_folder.sweep()
    first, bare = first_paints()
    settings = SettingsFile(kept=False)
    window = make_window(application, settings, "dark")
    window.show_at(SIZE)
    bench = Bench(window)
    status = run_script(application, window, bench.steps(), "bench")
    if status:
        return status
    result = bench.result
    result["first_paint_ms"], result["bare_first_paint_ms"] = first, bare
    tell("recorder cost")
    result["recorder_cost"] = {
        model: round(stamp_cost.measure(Recipe(workers=2, model=model)), 4) for model in ("threads", "processes")
    }
    print(json_text.written(result) if as_json else as_text(result))
    return 0


def first_paints() -> tuple[float, float]:
    """From process start to first paint, this app and a bare pyqtgraph window in turns: the medians, in ms."""
    tell("first paint")
    ours, bares = [], []
    for _ in range(PAINTS):
        ours.append(_printed(own_command("--first-paint")))
        bares.append(_printed([sys.executable, "-c", BARE]))
    return statistics.median(ours), statistics.median(bares)


def own_command(*arguments: str) -> list[str]:
    main = Path(__file__).resolve().parents[2] / "main.py"
    return [sys.executable, str(main), *arguments] if main.exists() else [sys.executable, "-m", "main", *arguments]


def _printed(line: list[str]) -> float:
    # As on a user's machine, Python keeps what it has compiled, as the packages already are.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    folder = str(command.source_root())
    answer = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True, env=environment, cwd=folder)
    return float(answer.stdout.split()[-1])


def as_text(result: dict[str, Any]) -> str:
    lines = [f"{'load':<20}{'p50':>8}{'p99':>8}{'max':>9}  ms late {'fps':>7} {'of':>4} {'app CPU':>9}"]
    for name, load in result["loads"].items():
        lines.append(
            f"{name:<20}{load['lateness_p50_ms']:>8.2f}{load['lateness_p99_ms']:>8.2f}{load['lateness_max_ms']:>9.2f}"
            f"          {load['fps']:>7.1f} {load['fps_target']:>4.0f} {load['app_cpu'] * 100:>7.1f} %"
        )
    rest = {name: value for name, value in result.items() if name != "loads"}
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in rest.items())])
