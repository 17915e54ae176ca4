"""Key figures: the figures that are shown under a verdict. A figure that means nothing for a run is left out: the
length of a slice where the GIL is never handed over, the speed-up of one worker, the memory of a thread where it is
too small to measure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from playground import catalogue
from playground.figures.finished import figures
from playground.figures.meaning import value_of
from playground.figures.reach import Machine, begun, disturbed
from playground.figures.records import RunStatistics
from playground.figures.wording import brief_time, duration, milliseconds, whole, worded
from playground.lab.recording.own_module import NAME as OWN
from playground.reading.lanes.store import MANY

LONGEST_ANSWER = 12
LEAST_HANDOFFS = 10  # the mean of fewer says nothing
LEAST_OF_LAB = 0.05  # cores
INTERVAL = "switch_interval"


class Figure(Struct, frozen=True):
    label: str  # "Cores used"
    value: str  # "1.0"
    unit: str  # "of 8"
    filled: float | None = None  # pips to fill, for "cores used"
    of: int | None = None  # pips in all
    tip: str = ""  # what the figure means, and what it is made of
    whole: str = ""  # the whole of a value that is too long to be shown
    name: str = ""  # the figure's name: "cores_used"


def figure(run: RunStatistics, name: str, value: str | None = None, unit: str | None = None, **more: Any) -> Figure:
    """A figure by its name, as people read it. `value` and `unit` replace the usual words if given."""
    about = figures()[name]
    words, of = worded(value_of(run, name), about.unit) if value is None else (value, about.unit)
    tip = f"{about.meaning} {more.pop('tip', '')}".rstrip()
    return Figure(about.title, words, of if unit is None else unit, tip=tip, name=name, **more)


def key_figures(run: RunStatistics, machine: Machine) -> tuple[Figure, ...]:
    """The figures to show under a run's verdict, each with its meaning as a tip."""
    if run.phase == "ended" and run.brief:
        return (figure(run, "seconds", brief_time(run.seconds), ""), *_answer(run))
    if run.brief:
        return ()
    shown = [_cores(run, machine), *_speedup(run, machine), *_gil(run), *_loop(run), *_costs(run)]
    if run.round_trip_us is not None:
        plain = run.plain_round_trip_us
        shown.append(figure(run, "round_trip_us", unit="median" if plain is None else f"plain {duration(plain / 1e6)}"))
    return (*shown, *_answer(run), *_frames(run, machine))


def many(run: RunStatistics) -> bool:
    """Are the workers so many that the cost of one says more than their speed together?"""
    return run.recipe.workers > MANY


def _cores(run: RunStatistics, machine: Machine) -> Figure:
    lab = run.cores_lab if run.cores_lab is not None and run.cores_lab >= LEAST_OF_LAB else None
    unit = f"of {machine.cores}" if lab is None else f"of {machine.cores}; lab {lab:.1f}"
    if run.recording_cores is not None:  # in a loop, recording is most of what the lab takes
        unit = f"of {machine.cores}; {run.recording_cores:.1f} to record"
    return figure(run, "cores_used", unit=unit, filled=run.cores_used, of=machine.cores, tip=_of_whom(run))


def _of_whom(run: RunStatistics) -> str:
    """How the cores were divided between the workers and the lab."""
    if run.cores_lab is None:
        return ""
    own = "start-up, loop, own threads"
    return f"{run.cores_workers:.2f} by the workers, {run.cores_lab:.2f} by what the run needs beside them: {own}"


def _speedup(run: RunStatistics, machine: Machine) -> list[Figure]:
    if run.speedup is None or begun(run) < 2 or many(run):
        return []
    return [figure(run, "speedup", unit="vs 1 worker, disturbed" if disturbed(run, machine) else "vs 1 worker")]


def _gil(run: RunStatistics) -> list[Figure]:
    """Figures of the GIL, only if there is another thread to hand it to. In this app, the window has one."""
    alone = run.recipe.workers == 1 and not run.recipe.place.shares_gil
    rate, mean = run.gil.handoffs_per_s, run.gil.mean_slice_ms
    if rate is None or alone or run.loop is not None or not catalogue.model(run.recipe.model).shared_gil:
        return []
    shown = [figure(run, "gil.handoffs_per_s")]
    if mean is not None and not many(run) and rate * run.seconds >= LEAST_HANDOFFS:
        shown.append(figure(run, "gil.mean_slice_ms", unit=_interval(run)))
    return shown


def intervals(run: RunStatistics) -> list[float]:
    """All switch intervals that the run had, in seconds, oldest first."""
    turned = [change for change in run.changes if change.knob == INTERVAL]
    first = [turned[0].before] if turned else [run.recipe.knob(INTERVAL)]
    return [float(value) for value in (*first, *(change.value for change in turned))]


def _interval(run: RunStatistics) -> str:
    words = f"interval {intervals(run)[-1] * 1000:g} ms"
    turned = [change.at_s for change in run.changes if change.knob == INTERVAL]
    return f"{words} since {turned[-1]:.1f} s" if turned else words


def _loop(run: RunStatistics) -> list[Figure]:
    if run.loop is None:
        return []
    late = figure(run, "loop.late_p99_ms", milliseconds(run.loop.late_p99_ms), "p99")
    return [figure(run, "loop.switches_per_s"), late]


def _costs(run: RunStatistics) -> list[Figure]:
    shown = []
    if run.memory.per_worker_mb and (many(run) or not catalogue.model(run.recipe.model).one_process):
        shown.append(figure(run, "memory.per_worker_mb"))
    if many(run) and run.start_all_ms is not None:
        took = f"{run.start_all_ms:.0f} ms" if run.start_all_ms < 1000 else f"{run.start_all_ms / 1000:.1f} s"
        shown.append(figure(run, "start_all_ms", took, ""))
    return shown


def _answer(run: RunStatistics) -> list[Figure]:
    if run.answer is None:
        return []
    words = whole(run.answer) if isinstance(run.answer, int) else str(run.answer)
    unit = "returned" if run.recipe.job == OWN else "checked"
    if len(words) <= LONGEST_ANSWER:
        return [figure(run, "answer", words, unit)]
    return [figure(run, "answer", f"{words[: LONGEST_ANSWER - 1]}…", unit, whole=words)]


def _frames(run: RunStatistics, machine: Machine) -> list[Figure]:
    if machine.lateness_p99_ms is None:
        return []
    when = "last 10 s" if run.phase != "ended" else "while it ran" if run.seconds < 10 else "its last 10 s"
    return [figure(run, "ui_p99_ms", f"≤ {milliseconds(machine.lateness_p99_ms)}", when)]
