"""Waiting for many pages at once: 200 pages that take 50 ms each, one after the other, and then by threads, asyncio and
gevent. Each is a run of the command line, timed from when its first worker begins to when the last one ends.

    python -m tests.bench.fetch [--pages 200] [--latency 50] [--rounds 3]

Prints pages per second, and how many times that of serial it is (the median of the rounds)."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
THREADS = 32
LEAST = 20  # times serial: what each of these is to reach

# title → model, pages at once, knobs. A pool takes the pages one by one; threads of their own share them out evenly.
WAYS = {
    "threads (32)": ("threads", THREADS, {}),
    "thread pool (32)": ("thread-pool", None, {"pool_size": THREADS}),
    "asyncio": ("asyncio", None, {}),
    "gevent": ("gevent", None, {}),
}


def pages_per_s(model: str, at_once: int, pages: int, latency: float, knobs: dict[str, object]) -> float:
    """Of at least so many pages: every worker fetches as many as the others."""
    each = -(-pages // at_once)
    given = {"latency": latency, **knobs}
    words = ["--job", "fetch", "--model", model, "--workers", str(at_once), "--amount", str(each), "--json"]
    words += [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
    line = [sys.executable, "main.py", "run", "--no-baseline", *words]
    result = json.loads(subprocess.run(line, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    assert sum(worker["ops"] for worker in result["workers"]) == each * at_once, "a page is missing"
    return each * at_once / result["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--latency", type=float, default=50.0, metavar="MS")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    serial = pages_per_s("serial", 1, options.pages, options.latency, {})
    print(f"{'serial':18} {serial:8,.1f} pages/s")
    for title, (model, at_once, knobs) in WAYS.items():
        rates = [
            pages_per_s(model, at_once or options.pages, options.pages, options.latency, dict(knobs))
            for _ in range(options.rounds)
        ]
        times = median(rates) / serial
        verdict = "" if times >= LEAST else f", less than {LEAST}"
        print(f"{title:18} {median(rates):8,.1f} pages/s   {times:5.1f} × serial{verdict}")


if __name__ == "__main__":
    main()
