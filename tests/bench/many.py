"""What a window is worth beside very many workers: lateness, frames and the app's CPU time, in a real window.

    python -m tests.bench.many [--profile] [asyncio_10k …]

Every part that runs on the UI thread while a run of that size is shown and read takes part: rings, figures, heat band,
tasks, verdict. With `--profile`, what the UI thread spent its time on."""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import pstats
import tempfile
from pathlib import Path

from playground.recipe.recipe import Recipe
from ui.application import make_application, make_window, run_script
from ui.dev.bench import SIZE, BeatCount
from ui.loop.steps import Steps
from ui.settings.settings_file import SettingsFile
from ui.window import Window

SETTLE_S, MEASURE_S = 6.0, 12.0
LOADS = {
    "asyncio_10k": Recipe(job="sleep", workers=10_000, model="asyncio", knobs={"nap": 0.2}),
    "asyncio_100k": Recipe(job="sleep", workers=100_000, model="asyncio", knobs={"nap": 2.0}),
    "threads_2k": Recipe(job="sleep", workers=2_000, model="threads", knobs={"nap": 0.2}),
    "gevent_10k": Recipe(job="sleep", workers=10_000, model="gevent", knobs={"nap": 0.2}),
}


class Many:
    def __init__(self, window: Window, names: list[str], profile: bool, opened: bool) -> None:
        self._window, self._names, self._opened = window, names, opened
        self._beats = BeatCount(window)
        self._profiler = cProfile.Profile() if profile else None

    def steps(self) -> Steps:
        yield lambda: self._window.painted
        self._window.settings.change(frame_rate=60)
        for name in self._names:
            yield from self._load(name, LOADS[name])

    def _load(self, name: str, recipe: Recipe) -> Steps:
        run = self._window.run(recipe)
        if run is None:
            raise RuntimeError(f"cannot start: {self._window.recipe_bar.problem()}")
        yield lambda: run.phase != "starting"
        if self._opened:
            self._window.stage.open_worker(run.number, recipe.workers // 2)
        yield SETTLE_S
        self._beats.clear()
        if self._profiler:
            self._profiler.enable()
        yield MEASURE_S
        if self._profiler:
            self._profiler.disable()
        figures, said = self._beats.figures(), run.statistics()
        told = {
            "start_all_ms": said.start_all_ms,
            "lost": said.lost_records,
            "ops_per_s": round(said.throughput_recent),
        }
        print(json.dumps({"load": name, **figures, **told}), flush=True)
        self._window.runs.stop(run.number)
        yield lambda: run.ended
        self._window.actions_by_name["clear_stage"].trigger()
        yield 0.5
        if self._profiler:
            pstats.Stats(self._profiler).sort_stats("tottime").print_stats(40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loads", nargs="*", default=list(LOADS), metavar="LOAD", help=", ".join(LOADS))
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--opened", action="store_true", help="with lanes around one worker")
    given = parser.parse_args()
    application = make_application()
    window = make_window(application, SettingsFile(Path(tempfile.mkdtemp(prefix="concurrency-playground-"))), "dark")
    window.show_at(SIZE)
    gc.collect()
    gc.freeze()  # as the app does it
    raise SystemExit(
        run_script(application, window, Many(window, given.loads, given.profile, given.opened).steps(), "many")
    )


if __name__ == "__main__":
    main()
