"""One run carried out from the command line, with a line of progress on stderr, and the run of one worker that it is
compared with."""

from __future__ import annotations

import signal
import sys
import time

from msgspec.structs import replace

from playground import catalogue
from playground.figures import speedup
from playground.figures.records import FINISHED, STOPPED, TIME_UP, RunStatistics
from playground.reading.batch import Baseline
from playground.reading.printed import OutputReader, readable
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe, sentence
from playground.run.run import Run

BASELINE_SECONDS = 2.0
POLL_S = 0.01
PULL_S = 0.1


class StopSignal:
    """Ctrl-C and SIGTERM stop the run politely; the work done so far is still reported."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> StopSignal:
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *problem: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


def carry_out(
    recipe: Recipe, stop: StopSignal | None = None, number: int = 1, quiet: bool = False, prints: bool = True
) -> tuple[Run, RunStatistics]:
    """One whole run, from start to the last record. Its files are gone afterwards, its figures stay. With `prints`, the
    output of its workers is shown on stderr."""
    run = Run(number, recipe)
    shown = _ProgressLine(recipe, quiet)
    try:
        run.start()
        next_pull = 0.0
        while not run.ended:
            run.poll()
            if stop is not None and stop.asked:
                run.stop()
            if run.engine.phase == "ended" or time.monotonic() >= next_pull:
                run.pull()
                next_pull = time.monotonic() + PULL_S
                shown.update(run)
                if prints:
                    shown.tell(run.output)
            if not run.ended:
                time.sleep(POLL_S)
        while prints and run.output.behind:
            shown.tell(run.output)
        return run, run.statistics()
    finally:
        shown.clear()
        run.abandon()


def compared(statistics: RunStatistics, baseline: Baseline | None) -> RunStatistics:
    """The figures with the speed-up over the baseline; without one, the speed-up over an op timed alone stays."""
    if baseline is None:
        return statistics
    times, basis = speedup.over(statistics.work_per_s or 0.0, statistics.recipe.workers, baseline)
    return replace(statistics, speedup=times, speedup_basis=basis)


def baseline_of(recipe: Recipe, statistics: RunStatistics, stop: StopSignal) -> Baseline | None:
    """One worker of the same recipe, for the speed-up. None where the comparison would mean nothing."""
    if statistics.outcome not in (FINISHED, TIME_UP, STOPPED) or stop.asked or not statistics.throughput:
        return None
    # A single worker has nothing to compare with. The user's own code may do something else when it is run a second
    # time, and the workers of some jobs need each other.
    if recipe.workers == 1 or recipe.job == "own" or catalogue.job(recipe.job).together:
        return None
    seconds = min(recipe.seconds or BASELINE_SECONDS, BASELINE_SECONDS)
    alone = replace(recipe, workers=1, seconds=seconds)
    _, one = carry_out(alone, stop, 2, prints=False)
    if one.outcome not in (FINISHED, TIME_UP) or not one.work_per_s:
        return None
    return Baseline(one.work_per_s, speedup.AFTER)


class _ProgressLine:
    """One line on stderr, rewritten at most four times a second. Where stderr is no terminal, only the start of the run
    and the workers' output are printed; if `quiet`, nothing is."""

    def __init__(self, recipe: Recipe, quiet: bool) -> None:
        self._live = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._next = 0.0
        if not quiet:
            print(f"running {sentence(recipe)}", file=sys.stderr)

    def update(self, run: Run) -> None:
        if not self._live or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.25
        now = run.statistics()
        part = f"{now.progress * 100:3.0f} %  " if now.progress is not None else ""
        rate = f"{now.throughput:,.0f} {now.unit}/s  " if now.has_rate else ""
        line = f"{part}{now.seconds:5.1f} s  {rate}{now.cores_used:.1f} cores"
        print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)

    def tell(self, output: OutputReader) -> None:
        """Print the workers' output since the last call, each line with the name of its worker."""
        lines = output.pull()
        if self._quiet or not lines:
            return
        self.clear()
        for line in lines:
            if line.missed:
                print(f"({line.missed:,} lines are not shown)", file=sys.stderr)
            whose = f"{worker_name(line.worker)}: " if line.worker >= 0 else ""
            print(f"{whose}{readable(line.text)}", file=sys.stderr)

    def clear(self) -> None:
        if self._live:
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)
