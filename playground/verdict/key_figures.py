"""Key figures: what stands under a verdict. A figure that means nothing for a run is not shown: how long a slice is
where nobody hands over, how much faster one worker is than one, what a thread takes where that is lost among pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground import catalogue
from playground.figures.reach import Machine, begun, disturbed
from playground.figures.records import RunStatistics
from playground.figures.wording import brief_time, duration, memory, milliseconds, whole
from playground.lab.recording.own_module import NAME as OWN
from playground.reading.lanes.store import MANY

LONGEST_ANSWER = 12
LEAST_HANDOFFS = 10  # of fewer a mean says nothing
LEAST_OF_LAB = 0.05  # cores
INTERVAL = "switch_interval"
MEANINGS = {  # of each label, what the figure says
    "Time": "How long the run took, from its first worker's begin to the end of the last one.",
    "Cores used": "CPU time of all processes of the run, for each second: 1.0 is as much as one core can do.",
    "Speed-up": "Work done per second, against one worker of the same recipe. As many times as workers would be ideal.",
    "GIL hand-offs": "How often the GIL went from one thread to another.",
    "Mean slice": "How long a thread kept the GIL on average before another got it.",
    "Switches": "How often the loop went on with another worker.",
    "Loop lateness": "How late the loop was: in 99 of 100 cases it came to what was due within this time.",
    "Memory per worker": "How much memory the run needs more for each worker, beside what all share.",
    "All started within": "The time from when the first worker was made until the last one had begun.",
    "Round trip": "How long a message takes to the partner and back; plain is the same without any recording.",
    "Answer": "What all workers came to together. Another model has to come to the same.",
    "99 % of frames": "How late pictures of this window were: 99 of 100 came in time, or later by this at most.",
}


@dataclass(frozen=True)
class Figure:
    label: str  # "Cores used"
    value: str  # "1.0"
    unit: str  # "of 8"
    filled: float | None = None  # pips to fill, for "cores used"
    of: int | None = None  # pips in all
    tip: str = ""  # what it means, and what it is made of
    whole: str = ""  # all of a value that is too long to be shown


def key_figures(run: RunStatistics, machine: Machine) -> tuple[Figure, ...]:
    """With what each means, and what it is made of."""
    return tuple(replace(figure, tip=_explained(figure)) for figure in _figures(run, machine))


def _explained(figure: Figure) -> str:
    return f"{MEANINGS[figure.label]} {figure.tip}".rstrip()


def _figures(run: RunStatistics, machine: Machine) -> tuple[Figure, ...]:
    if run.phase == "ended" and run.brief:
        return (Figure("Time", brief_time(run.seconds), ""), *_answer(run))
    if run.brief:
        return ()
    figures = [_cores(run, machine), *_speedup(run, machine), *_gil(run), *_loop(run), *_costs(run)]
    if run.trip_us is not None:
        plain = "median" if run.plain_trip_us is None else f"plain {duration(run.plain_trip_us / 1e6)}"
        figures.append(Figure("Round trip", duration(run.trip_us / 1e6), plain))
    return (*figures, *_answer(run), *_frames(run, machine))


def many(run: RunStatistics) -> bool:
    """Of so many, what one costs tells more than how fast they are together."""
    return run.recipe.workers > MANY


def _cores(run: RunStatistics, machine: Machine) -> Figure:
    lab = run.cores_lab if run.cores_lab is not None and run.cores_lab >= LEAST_OF_LAB else None
    unit = f"of {machine.cores}" if lab is None else f"of {machine.cores}; lab {lab:.1f}"
    if run.recording_cores is not None:  # the most of what a lab takes beside workers in a loop
        unit = f"of {machine.cores}; {run.recording_cores:.1f} to record"
    return Figure("Cores used", f"{run.cores_used:.1f}", unit, run.cores_used, machine.cores, _of_whom(run))


def _of_whom(run: RunStatistics) -> str:
    """Whose the cores were."""
    if run.cores_lab is None:
        return ""
    own = "start-up, loop, own threads"
    return f"{run.cores_workers:.2f} by the workers, {run.cores_lab:.2f} by what the run needs beside them: {own}"


def _speedup(run: RunStatistics, machine: Machine) -> list[Figure]:
    if run.speedup is None or begun(run) < 2 or many(run):
        return []
    unit = "vs 1 worker, disturbed" if disturbed(run, machine) else "vs 1 worker"
    return [Figure("Speed-up", f"{run.speedup:.2f} ×", unit)]


def _gil(run: RunStatistics) -> list[Figure]:
    """Only where there is another to hand the GIL to: in this app the window is one."""
    alone = run.recipe.workers == 1 and not run.recipe.place.shares_gil
    rate, mean = run.gil.handoffs_per_s, run.gil.mean_slice_ms
    if rate is None or alone or run.loop is not None or not catalogue.model(run.recipe.model).shared_gil:
        return []
    figures = [Figure("GIL hand-offs", whole(rate), "per second")]
    if mean is not None and not many(run) and rate * run.seconds >= LEAST_HANDOFFS:
        figures.append(Figure("Mean slice", duration(mean / 1000), _interval(run)))
    return figures


def intervals(run: RunStatistics) -> list[float]:
    """All switch intervals that it had, in seconds, the first one first."""
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
    late = Figure("Loop lateness", milliseconds(run.loop.late_p99_ms), "p99")
    return [Figure("Switches", whole(run.loop.switches_per_s), "per second"), late]


def _costs(run: RunStatistics) -> list[Figure]:
    figures = []
    if run.worker_mb and (many(run) or not catalogue.model(run.recipe.model).one_process):
        figures.append(Figure("Memory per worker", memory(run.worker_mb), ""))
    if many(run) and run.start_all_ms is not None:
        took = f"{run.start_all_ms:.0f} ms" if run.start_all_ms < 1000 else f"{run.start_all_ms / 1000:.1f} s"
        figures.append(Figure("All started within", took, ""))
    return figures


def _answer(run: RunStatistics) -> list[Figure]:
    if run.answer is None:
        return []
    words = whole(run.answer) if isinstance(run.answer, int) else str(run.answer)
    unit = "returned" if run.recipe.job == OWN else "checked"
    if len(words) <= LONGEST_ANSWER:
        return [Figure("Answer", words, unit)]
    return [Figure("Answer", f"{words[: LONGEST_ANSWER - 1]}…", unit, whole=words)]


def _frames(run: RunStatistics, machine: Machine) -> list[Figure]:
    if machine.lateness_p99_ms is None:
        return []
    when = "last 10 s" if run.phase != "ended" else "while it ran" if run.seconds < 10 else "its last 10 s"
    return [Figure("99 % of frames", f"≤ {milliseconds(machine.lateness_p99_ms)}", when)]
