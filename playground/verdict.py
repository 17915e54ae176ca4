"""Verdict: figures → one plain sentence that says what is being seen, why, and the key figures behind it.

The rules are tried in order; the first that fits speaks. A rule looks only at figures, never at which model ran,
except to name it: threads that turn out parallel are called parallel."""

from __future__ import annotations

from dataclasses import dataclass

from playground import catalogue
from playground.figures import RunStatistics, Shares
from playground.lab.own import NAME as OWN
from playground.lanes import MANY

FROZEN_MS = 100.0
HELD_UP_S = 1.0
LONGEST_ANSWER = 12
LEAST_TOLD = 0.02  # of their time
NOTABLE_CORES = 0.1  # used by workers that only wait
WRONG = "ops.Wrong: "  # how a traceback names a result that a job found to be wrong
SETTLED_S = 0.4  # before that the shares are those of the start


@dataclass(frozen=True)
class Figure:
    label: str  # "Cores used"
    value: str  # "1.0"
    unit: str  # "of 8"
    filled: float | None = None  # pips to fill, for "cores used"
    of: int | None = None  # pips in all


@dataclass(frozen=True)
class Verdict:
    kind: str  # which rule spoke: idle starting gil_bound parallel waiting talking holding machine_full mixed …
    sentence: str
    reason: str  # plain text; **bold** marks the figure
    trouble: bool = False  # red border
    share: Shares | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Machine:
    """What the verdict has to know of the computer and the window."""

    cores: int
    busy: float  # cores busy with anything
    busy_with_others: float  # cores busy with programs that are not of this app
    lateness_p99_ms: float | None  # of the UI, last 10 s; None without a window
    lateness_max_ms: float | None = None


def judge(run: RunStatistics | None, machine: Machine) -> Verdict:
    if run is None:
        return _idle(machine)
    kind, sentence, reason = _say(run, machine)
    return Verdict(
        kind=kind,
        sentence=sentence,
        reason=reason,
        trouble=kind in ("crashed", "failed", "ui_frozen"),
        share=run.share if run.share.total() > 0 else None,
        figures=key_figures(run, machine),
    )


def _idle(machine: Machine) -> Verdict:
    on_time = machine.lateness_p99_ms is None or machine.lateness_p99_ms < 16
    arrive = "its frames arrive **on time**" if on_time else f"its frames are **{machine.lateness_p99_ms:.0f} ms late**"
    return Verdict(
        "idle",
        "Nothing is running yet.",
        f"The UI pulse already measures this window: {arrive}. Start something and this card says, in one sentence, "
        "what happened.",
    )


def _say(run: RunStatistics, machine: Machine) -> tuple[str, str, str]:
    for rule in (
        _trouble,
        _not_yet,
        _frozen,
        _held_up,
        _talking,
        _holding,
        _waiting,
        _gil_bound,
        _turns,
        _machine_full,
        _single,
        _parallel,
    ):
        said = rule(run, machine)
        if said is not None:
            return said
    return "mixed", f"{_workers(run)} use {run.cores_used:.1f} of {machine.cores} cores.", f"They {_spent(run)}."


def _spent(run: RunStatistics) -> str:
    """What their time went into, the most of it first."""
    share, one = run.share, run.recipe.workers == 1
    was, its = ("was", "its") if one else ("were", "their")
    waits = (
        (share.sleep, f"{was} asleep"),
        (share.io, f"{was} in I/O"),
        (share.blocked, f"{was} blocked"),
        (share.wait_turn, f"waited for {its} turn"),
        (share.wait_gil, "waited for the GIL"),
        (share.wait_core, "waited for a core"),
    )
    told = [f"{what} {_percent(part)}" for part, what in sorted(waits, reverse=True) if part >= LEAST_TOLD]
    ran = f"ran **{_percent(share.run)}** of {its} time"
    return f"{', '.join([ran, *told[:-1]])} and {told[-1]}" if told else ran


def _trouble(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    if run.outcome not in ("crashed", "failed"):
        return None
    lines = (run.error or "").strip().splitlines() or ["no reason was given"]
    first = lines[0][:1].upper() + lines[0][1:]
    if run.outcome == "crashed":
        return "crashed", "The run crashed.", f"{first}. This window is not affected; data up to that moment is kept."
    if WRONG in lines[-1]:
        who = "A worker" if run.recipe.workers > 1 else "The worker"
        found = lines[-1].partition(WRONG)[2]
        return "failed", "A result is wrong.", f"{who} checked what it had computed: **{found}**"
    reason = first if len(lines) == 1 else f"{first} **{lines[-1]}**"
    return "failed", "The run failed.", reason


def _not_yet(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    title = f"{run.recipe.workers} × {catalogue.job(run.recipe.job).title}"
    if run.phase == "paused":
        return "paused", "Paused.", f"{title} goes on where it stopped as soon as you resume it."
    if run.phase != "ended" and run.seconds < SETTLED_S:
        return "starting", "Starting…", f"{title} as {catalogue.model(run.recipe.model).title.lower()}."
    brief = run.seconds < SETTLED_S or run.share.total() <= 0  # else they were at it, and stopped in the middle
    if run.phase == "ended" and brief and not any(worker.ops for worker in run.workers):
        return "waiting", "It ended before it began.", "No worker finished a single piece of work."
    return None


def _frozen(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    worst = machine.lateness_max_ms or 0.0
    if run.recipe.host == "lab" or worst < FROZEN_MS:
        return None
    if run.recipe.host == "ui":
        froze = max(worst / 1000, 0.1)
        return (
            "ui_frozen",
            f"This window froze for {froze:.1f} s.",
            "The work ran on the UI thread, so nothing else could: no click, no key, no frame.",
        )
    late = f"{worst:,.0f} ms" if worst < 1000 else f"{worst / 1000:.1f} s"
    return (
        "ui_frozen",
        f"{_workers(run)} in this app make it late by {late}.",
        (
            f"They share one GIL with this window, which must wait for its turn like each of them: "
            f"**{_percent(run.share.wait_gil)}** of their time went into waiting for it."
        ),
    )


def _waited(run: RunStatistics) -> float:
    return run.share.sleep + run.share.io + run.share.blocked


def _talking(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    """Who waits for another's message gains nothing by being many, whatever they do meanwhile."""
    if not catalogue.job(run.recipe.job).together or _waited(run) < 0.25:
        return None
    trip = "" if run.trip_us is None else f" A message takes **{_micro(run.trip_us)}** to go there and back."
    return (
        "talking",
        f"{_workers(run)} wait for each other.",
        f"While one has the message, its partner can only wait: {_percent(_waited(run))} of their time.{trip}",
    )


def _holding(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    if catalogue.job(run.recipe.job).look != "memory" or run.worker_mb is None:
        return None
    hold = float(run.recipe.knob("hold"))
    if run.worker_mb < 0.9 * hold:  # they have just begun, or not all of them hold it at once
        return None
    each, beside = catalogue.model(run.recipe.model).worker[0], _memory(max(0.0, run.worker_mb - hold))
    return (
        "holding",
        f"Each {each} takes {_memory(run.worker_mb)}.",
        f"It holds {hold:g} MB, as it was told to; **{beside}** beside that is its part of what the model needs.",
    )


def _waiting(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    idle, model = _waited(run), catalogue.model(run.recipe.model)
    if idle < 0.7:
        return None
    ways = ((run.share.sleep, "asleep"), (run.share.io, "in I/O"), (run.share.blocked, "blocked"))
    doing = " or ".join(way for part, way in sorted(ways, reverse=True) if part >= LEAST_TOLD)
    one = run.recipe.workers == 1
    if not one and not model.at_once:
        return (
            "waiting",
            f"{_workers(run)} wait, one after the other.",
            f"Each was {doing} **{_percent(idle)}** of its time, and only then came the next: their waits add up.",
        )
    if not one and catalogue.job(run.recipe.job).look == "order":
        decides = "the loop that resumes them" if model.one_loop else "the operating system"
        reason = f"Who is next when several wake up, **{decides}** decides; the Look tab shows whose order it was."
        return "waiting", f"{_workers(run)} speak, and sleep in between.", reason
    if not one and run.share.blocked > run.share.sleep + run.share.io:
        reason = f"They were blocked **{_percent(run.share.blocked)}** of their time, until another let them go on."
        return "waiting", f"{_workers(run)} wait for a lock or a queue.", reason
    who = f"{_workers(run)} waits" if one else f"{_workers(run)} wait, all at once"
    begun = "" if run.cores_used < NOTABLE_CORES else "; beginning and ending each wait does"
    return (
        "waiting",
        f"{who}.",
        (
            f"{'It was' if one else 'They were'} {doing} **{_percent(idle)}** of {'its' if one else 'their'} time and "
            f"needed {run.cores_used:.2f} cores: waiting takes neither a core nor the GIL{begun}."
        ),
    )


def _gil_bound(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    share = run.share
    if run.recipe.workers < 2 or share.wait_gil < 0.25 or share.wait_gil < share.wait_core:
        return None
    used = f"{run.cores_used:.1f} core{'' if run.cores_used < 1.05 else 's'}"
    each = catalogue.model(run.recipe.model).worker[0]
    return (
        "gil_bound",
        f"{_workers(run)}, but only {used} busy.",
        f"Each {each} spent **{_percent(run.share.wait_gil)}** of its time waiting for the GIL.",
    )


def _held_up(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    """Some have not even begun, as those before them never wait for anything."""
    model = catalogue.model(run.recipe.model)
    waiting = run.recipe.workers - (run.begun if run.begun is not None else run.recipe.workers)
    if not model.one_loop or not waiting or run.seconds < HELD_UP_S or run.loop is None:
        return None
    if (run.share.run + run.share.wait_core) * run.recipe.workers < 0.5:
        return None  # nobody computes all the time: a hundred thousand are just being begun
    several = model.worker[1]
    return (
        "held_up",
        f"{run.begun} of {_workers(run)} {'does' if run.begun == 1 else 'do'} not let the others go on.",
        (
            f"They take turns in one thread, and each gives up its turn only when it waits. So {waiting} {several} "
            f"have not begun, and the loop is **{run.loop.late_max_ms / 1000:.1f} s** late."
        ),
    )


def _turns(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    if run.recipe.workers < 2 or run.share.wait_turn < 0.25:
        return None
    model = catalogue.model(run.recipe.model)
    waited = f"**{_percent(run.share.wait_turn)}** of its time"
    if model.one_loop:
        late = f" The loop was at most {_late(run.loop.late_p99_ms)} late for 99 % of the time." if run.loop else ""
        if model.shared_gil:  # with threads that help
            return (
                "turns",
                f"{_workers(run)} leave their work to threads.",
                (
                    f"Each waited {waited} until the loop or a thread came to it; together they used "
                    f"{run.cores_used:.1f} cores.{late}"
                ),
            )
        return (
            "turns",
            f"{_workers(run)} take turns in one thread.",
            f"Each was ready, and waited for its turn, {waited}: at once they are, parallel they are not.{late}",
        )
    return (
        "queued",
        f"{_workers(run)} queue for a free place.",
        (
            f"On average a task waited {waited} in the queue of the pool; those that had a place used "
            f"{run.cores_used:.1f} cores."
        ),
    )


def _machine_full(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    if run.share.wait_core < 0.15:
        return None
    one = run.recipe.workers == 1
    waited = f"waited **{_percent(run.share.wait_core)}** of {'its' if one else 'their'} time"
    if disturbed(run, machine):
        return (
            "machine_full",
            f"The machine is full: {_workers(run)} got {run.cores_used:.1f} of {machine.cores} cores.",
            f"{'It' if one else 'They'} {waited} for a core as other programs were busy. Figures taken now say little.",
        )
    return (
        "machine_full",
        f"{_workers(run)} {'has to share' if one else 'share'} {machine.cores} cores.",
        f"The machine is full: {'it' if one else 'they'} {waited} for a core.",
    )


def disturbed(run: RunStatistics, machine: Machine) -> bool:
    """Did the workers want for cores because of other programs, and not because there are more of them than cores?"""
    if run.share.wait_core < 0.15 or run.seconds < SETTLED_S:
        return False
    model = catalogue.model(run.recipe.model)
    at_once = 1 if model.shared_gil or model.one_loop else run.recipe.workers
    return run.cores_used < 0.8 * min(at_once, machine.cores) and machine.busy_with_others > 0.3


def _single(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    if run.recipe.workers > 1:
        if catalogue.model(run.recipe.model).at_once:
            return None
        return (
            "single",
            f"{run.cores_used:.1f} core busy, one worker at a time.",
            "Each starts when the one before has ended.",
        )
    alone = ", with nobody of its own to wait for" if run.share.run > 1 - LEAST_TOLD else ""
    return "single", f"1 worker keeps {run.cores_used:.1f} core busy.", f"It {_spent(run)}{alone}."


def _parallel(run: RunStatistics, machine: Machine) -> tuple[str, str, str] | None:
    reach = min(run.recipe.workers, machine.cores)
    if run.cores_used < 0.75 * reach:
        return None
    return (
        "parallel",
        f"{_workers(run)} keep {run.cores_used:.1f} cores busy.",
        (
            f"Really at once: each ran **{_percent(run.share.run)}** of its time, and waited for the GIL "
            f"{_percent(run.share.wait_gil)}."
        ),
    )


def key_figures(run: RunStatistics, machine: Machine) -> tuple[Figure, ...]:
    recording = "" if run.recording_cores is None else f", {run.recording_cores:.1f} to record"
    of_cores = f"of {machine.cores}{recording}"
    figures = [Figure("Cores used", f"{run.cores_used:.1f}", of_cores, run.cores_used, machine.cores)]
    many = run.recipe.workers > MANY  # of so many, what one costs tells more than how fast they are together
    if run.speedup is not None and not many:
        figures.append(Figure("Speed-up", f"{run.speedup:.2f} ×", "vs 1 worker"))
    if run.gil.handoffs_per_s is not None and catalogue.model(run.recipe.model).shared_gil and run.loop is None:
        figures.append(Figure("GIL hand-offs", f"{run.gil.handoffs_per_s:,.0f}".replace(",", " "), "per second"))
    if run.gil.mean_slice_ms is not None and run.loop is None and not many:
        interval = float(run.recipe.knob("switch_interval")) * 1000
        figures.append(Figure("Mean slice", f"{run.gil.mean_slice_ms:.1f} ms", f"interval {interval:g} ms"))
    if run.loop is not None:
        switches = f"{run.loop.switches_per_s:,.0f}".replace(",", " ")
        figures.append(Figure("Switches", switches, "per second"))
        figures.append(Figure("Loop lateness", _late(run.loop.late_p99_ms), "p99"))
    if (many or not catalogue.model(run.recipe.model).one_process) and run.worker_mb:
        figures.append(Figure("Memory per worker", _memory(run.worker_mb), ""))
    if many and run.start_all_ms is not None:
        took = f"{run.start_all_ms:.0f} ms" if run.start_all_ms < 1000 else f"{run.start_all_ms / 1000:.1f} s"
        figures.append(Figure("All begun within", took, ""))
    if run.trip_us is not None:
        plain = "median" if run.plain_trip_us is None else f"plain {_micro(run.plain_trip_us)}"
        figures.append(Figure("Round trip", _micro(run.trip_us), plain))
    if run.answer is not None:
        figures.append(Figure("Answer", _short(run.answer), "as returned" if run.recipe.job == OWN else "checked"))
    if machine.lateness_p99_ms is not None:
        when = "last 10 s" if run.phase != "ended" else "while it ran" if run.seconds < 10 else "its last 10 s"
        figures.append(Figure("UI p99", _late(machine.lateness_p99_ms), when))
    return tuple(figures)


def _short(answer: object) -> str:
    words = f"{answer:,}".replace(",", " ") if isinstance(answer, int) else str(answer)
    return words if len(words) <= LONGEST_ANSWER else f"{words[: LONGEST_ANSWER - 1]}…"


def _workers(run: RunStatistics) -> str:
    one, several = catalogue.model(run.recipe.model).worker
    return f"{run.recipe.workers:,} {one if run.recipe.workers == 1 else several}".replace(",", " ")


def _late(ms: float) -> str:
    return f"{ms:.1f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def _micro(us: float) -> str:
    return f"{us:.1f} µs" if us < 100 else f"{us:.0f} µs" if us < 1000 else f"{us / 1000:.1f} ms"


def _memory(mb: float) -> str:
    return f"{mb * 1000:.1f} KB" if mb < 0.1 else f"{mb:.1f} MB"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
