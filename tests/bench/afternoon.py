"""What an afternoon of lectures leaves in memory: many short runs of all kinds in one window, one after the other.

    python -m tests.bench.afternoon [--runs 200] [--display]

Counted is what belongs to the app alone (private memory and its part of what is shared, PSS), and the files of this
user's runs in /dev/shm, which are memory too. The start is after the first ten runs, when all that is made once has
been made. Offscreen unless `--display` is given."""

from __future__ import annotations

import argparse
import gc
import json
import os
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from playground.recipe.recipe import Recipe
from playground.run import run_folder

FIRST, EACH_S = 10, 1.0
MB = 1e6
MIX = (
    Recipe(job="mix", workers=4, model="threads", seconds=EACH_S),
    Recipe(job="primes", workers=4, model="threads", seconds=EACH_S),
    Recipe(job="mix", workers=4, model="threads", seconds=EACH_S),
    Recipe(job="fetch", workers=20, model="asyncio", seconds=EACH_S),
    Recipe(job="primes", workers=2, model="processes", seconds=EACH_S),
    Recipe(job="primes", workers=8, model="thread-pool", amount=200, knobs={"pool_size": 2}),
    Recipe(job="mix", workers=64, model="threads", seconds=EACH_S),
    Recipe(job="sleep", workers=2000, model="asyncio", seconds=EACH_S),
    Recipe(job="ping-pong", workers=2, model="threads", seconds=EACH_S),
    Recipe(job="mandelbrot", workers=4, model="process-pool", amount=40, knobs={"pool_size": 2}),
)


def used_mb() -> tuple[float, float]:
    """Of this process, and of files in memory."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    own = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    home = run_folder.home()
    files = (path for path in home.rglob("*") if path.name) if home.is_dir() else iter(())
    mine = f"{os.getpid()}-"
    held = sum(_size(path) for path in files if any(part.startswith(mine) for part in path.parts))
    return own / MB, held / MB


def _size(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except OSError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--display", action="store_true", help="in a window that is seen")
    given = parser.parse_args()
    if not given.display:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.application import make_application, make_window, run_script
    from ui.dev.bench import SIZE
    from ui.loop.steps import Steps
    from ui.settings.settings_file import SettingsFile

    application = make_application()
    place = Path(tempfile.mkdtemp(prefix="concurrency-playground-"))
    window = make_window(application, SettingsFile(place), "dark")
    window.show_at(SIZE)

    def settled() -> Steps:
        """Until what has ended is cleared away, and the album has written what it was given."""
        yield 3.0
        yield lambda: window.past_runs.idle
        gc.collect()

    def steps() -> Steps:
        yield lambda: window.painted
        before, began = (0.0, 0.0), time.monotonic()
        for count, recipe in enumerate(islice(cycle(MIX), given.runs + FIRST)):
            if count == FIRST:
                yield from settled()
                before = used_mb()
            run = window.run(recipe)
            if run is None:
                raise RuntimeError(f"cannot start: {window.recipe_bar.problem()}")
            yield lambda run=run: run.ended
            del run
            if count % 20 == 9 and count >= FIRST:
                yield from settled()
                own, held = used_mb()
                told = {
                    "runs": count + 1 - FIRST,
                    "minutes": round((time.monotonic() - began) / 60, 1),
                    "growth_mb": round(own + held - sum(before), 1),
                    "app_mb": round(own, 1),
                    "files_in_memory_mb": round(held, 1),
                    "on_the_stage": len(window.stage.groups),
                    "listed": len(window.runs_panel.runs()),
                }
                print(json.dumps(told), flush=True)

    raise SystemExit(run_script(application, window, steps(), "no afternoon"))


if __name__ == "__main__":
    main()
