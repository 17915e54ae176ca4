"""What a million printed lines cost the window: lateness, frames and memory, with the output tab in front.

    python -m tests.bench.prints [--lines 1000000] [threads …]

Four workers of one's own code print as fast as they can; for comparison, four work as long without printing. Memory: of
the app before and after, of all processes of the lab at most (the file of lines counts in each process that writes)."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import tempfile
from pathlib import Path

import psutil

from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.application import make_application, make_window, run_script
from ui.code.trusted_code import CodeTrust
from ui.dev.bench import SIZE, BeatCount
from ui.loop.steps import Steps
from ui.settings.settings_file import SettingsFile
from ui.window import Window

WORKERS = 4
MODELS = ("threads", "processes")
SETTLE_S, BEGIN_S, WATCH_S = 2.0, 0.25, 0.25
PRINTS = """
def job(i, n):
    for number in range({each}):
        print("worker", i, "of", n, "prints line", number)
"""
COMPUTES = """
from time import perf_counter

def job(i, n):
    until = perf_counter() + {seconds}
    while perf_counter() < until:
        " ".join(map(str, range(10)))
"""


class Prints:
    def __init__(self, window: Window, models: list[str], lines: int) -> None:
        self._window, self._models, self._lines = window, models, lines
        self._beats = BeatCount(window)
        self._lab_mb = 0.0

    def steps(self) -> Steps:
        yield lambda: self._window.painted
        self._window.settings.change(frame_rate=60)
        for model in self._models:
            prints = Recipe(job="own", workers=WORKERS, model=model, code=PRINTS.format(each=self._lines // WORKERS))
            yield from self._load(f"{model}, printing", prints)
            seconds = self._window.runs.all[-1].statistics().seconds if self._window.runs.all else 5.0
            computes = Recipe(job="own", workers=WORKERS, model=model, code=COMPUTES.format(seconds=seconds))
            self._window.actions_by_name["clear_stage"].trigger()
            yield from self._load(f"{model}, silent", computes)
            self._window.actions_by_name["clear_stage"].trigger()

    def _load(self, name: str, recipe: Recipe) -> Steps:
        app = psutil.Process()
        CodeTrust(self._window.settings).grant(recipe.code)
        before, self._lab_mb = app.memory_info().rss, 0.0
        run = self._window.run(recipe)
        if run is None:
            raise RuntimeError(f"cannot start: {self._window.recipe_bar.problem()}")
        yield lambda: bool(run.output.total) or run.phase == "running"
        if run.output.total:
            self._window.side.tabs.choose("output")
        yield BEGIN_S  # opening the tab is not what is measured
        self._beats.clear()
        while not run.ended:
            self._watch(run)
            yield WATCH_S
        figures = self._beats.figures()
        yield SETTLE_S
        told = {
            "seconds": round(run.statistics().seconds, 2),
            "printed": run.output.total,
            "shown": run.output.count,
            "missed": run.output.missed,
            "app_mb_before": round(before / 1e6, 1),
            "app_mb_after": round(app.memory_info().rss / 1e6, 1),
            "lab_mb_at_most": round(self._lab_mb, 1),
        }
        print(json.dumps({"load": name, **figures, **told}), flush=True)

    def _watch(self, run: Run) -> None:
        with contextlib.suppress(psutil.Error):  # it has ended
            pids = {run.engine.pid, *run.rings.pids_here()}
            self._lab_mb = max(self._lab_mb, sum(psutil.Process(pid).memory_info().rss for pid in pids) / 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(MODELS), metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    application = make_application()
    window = make_window(application, SettingsFile(Path(tempfile.mkdtemp(prefix="concurrency-playground-"))), "dark")
    window.show_at(SIZE)
    gc.collect()
    gc.freeze()  # as the app does it
    raise SystemExit(run_script(application, window, Prints(window, given.models, given.lines).steps(), "prints"))


if __name__ == "__main__":
    main()
