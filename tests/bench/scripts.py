"""Is what is shown true? The throughput of scripts against that of labs with the same recipe, one after the other.

    python -m tests.bench.scripts [--rounds N] [--seconds S] [primes/threads …]

For each: the median of the labs, of the scripts, and of their ratios, pair by pair; and the same ratio by the CPU time
that each took, which means something on a machine that has other things to do, too."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec

from playground.cli.carrying_out import carry_out
from playground.figures.records import FINISHED
from playground.lab.watching.machine import give_way
from playground.recipe.recipe import Recipe, checked
from playground.script.making import script_for

PAIRS = [f"{job}/{model}" for job in ("primes", "hash") for model in ("serial", "threads", "processes", "asyncio")]
NICE = 5  # as a lab


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="*", default=PAIRS, metavar="JOB/MODEL")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long a lab takes, about")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(f"{'ops/s':20} {'lab':>10} {'script':>10}   script ÷ lab              … by CPU time")
    for pair in options.pairs:
        job, model = pair.split("/")
        recipe = checked(Recipe(job=job, model=model, workers=options.workers, amount=200))
        amount = max(50, round(of_lab(recipe)[0].by_clock * options.seconds / options.workers))
        rates = [measured(msgspec.structs.replace(recipe, amount=amount)) for _ in range(options.rounds)]
        labs, scripts = median(lab.by_clock for lab, _ in rates), median(script.by_clock for _, script in rates)
        by_clock = spread([script.by_clock / lab.by_clock for lab, script in rates])
        by_cpu = spread([script.by_cpu / lab.by_cpu for lab, script in rates])
        print(f"{pair:20} {labs:10.1f} {scripts:10.1f}   {by_clock}   {by_cpu}", flush=True)


def spread(ratios: list[float]) -> str:
    return f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


class Rate(NamedTuple):
    """Ops per second, as the clock on the wall counts them, and as the system counts CPU time."""

    by_clock: float
    by_cpu: float


def measured(recipe: Recipe) -> tuple[Rate, Rate]:
    """Of a lab, and of a script whose pieces have the size of that lab's."""
    lab, prepared = of_lab(recipe)
    _, start_s = of_script(script_for(recipe, prepared, amount=1))
    rate, cpu_s = of_script(script_for(recipe, prepared))
    return lab, Rate(rate, recipe.workers * (recipe.amount or 0) / (cpu_s - start_s))


def of_lab(recipe: Recipe) -> tuple[Rate, dict[str, Any]]:
    run, statistics = carry_out(recipe, quiet=True)
    if statistics.outcome != FINISHED:
        sys.exit(f"the lab {statistics.outcome}: {statistics.error}")
    ops, cpu_s = (sum(getattr(worker, name) for worker in statistics.workers) for name in ("ops", "cpu_s"))
    return Rate(statistics.throughput, ops / cpu_s), run.engine.prepared


def of_script(text: str) -> tuple[float, float]:
    """The ops per second that it tells, and the CPU time that it took, its start included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        before = os.times()
        done = subprocess.run(
            [sys.executable, str(path)], cwd=folder, capture_output=True, text=True, preexec_fn=lambda: give_way(NICE)
        )
        after = os.times()
    found = re.search(r"(\d+\.\d) \w+/s\n$", done.stdout)
    if found is None:
        sys.exit(f"{done.stdout}\n{done.stderr}\nthe script failed")
    cpu_s = after.children_user - before.children_user + after.children_system - before.children_system
    return float(found[1]), cpu_s


if __name__ == "__main__":
    main()
