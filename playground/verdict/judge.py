"""Verdict: figures → one plain sentence that says what is being seen, why, and the key figures behind it.

First come the rules for runs of which there is little to say: in trouble, paused, too short. Then those for what is
special in a job or a model. Else the biggest wait has the word, if it is big enough. Of the model a rule asks how its
workers are run (one loop, one at a time, one GIL) and what they are called; what happened it takes from the figures:
threads that turn out parallel are called parallel. Nothing is said of workers that have not begun, and nothing of
shares that nobody knows."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from playground import catalogue
from playground.figures.memory_use import LEAST_GROWN_MB
from playground.figures.reach import Machine, begun, could_use, disturbed, owed
from playground.figures.records import (
    CRASHED,
    FAILED,
    LEAST_SHARE,
    STOPPED,
    STUCK,
    TIME_UP,
    TROUBLE,
    RunStatistics,
    Shares,
)
from playground.figures.wording import (
    brief_time,
    cores,
    cores_there,
    duration,
    listed,
    memory,
    milliseconds,
    percent,
    then,
    workers,
)
from playground.run.raised import raised
from playground.verdict.key_figures import Figure, intervals, key_figures

FROZEN_MS = 100.0
HELD_UP_S = 1.0
NOTABLE_CORES = 0.1  # used by workers that only wait
WRONG = "ops.Wrong: "  # how a traceback names a result that a job found to be wrong
# from which part of their time on a rule speaks
UNKNOWN, WAITING, TALKING, GIL_BOUND, TURNS, FULL, PARALLEL = 0.25, 0.7, 0.25, 0.25, 0.25, 0.15, 0.75
WAITS_TOLD = 4  # of a run that is stuck
ALL_CORES = 0.9  # of a computer: busy, it is full

Said = tuple[str, str, str]  # kind, sentence, reason
Rule = Callable[[RunStatistics, Machine], Said | None]


class Verdict(Struct, frozen=True):
    kind: str  # which rule spoke: idle starting short gil_bound parallel waiting talking holding machine_full mixed …
    sentence: str
    reason: str  # plain text; **bold** marks the figure
    trouble: bool = False  # red border
    share: Shares | None = None
    figures: tuple[Figure, ...] = ()


def judge(run: RunStatistics | None, machine: Machine) -> Verdict:
    if run is None:
        return _idle(machine)
    kind, sentence, reason = _say(run, machine)
    return Verdict(
        kind=kind,
        sentence=sentence,
        reason=" ".join([reason, *_notes(kind, run, machine)]),
        trouble=kind == "ui_frozen" or run.outcome in TROUBLE,
        share=None if run.brief or run.share.total() <= 0 else run.share,
        figures=key_figures(run, machine),
    )


def _idle(machine: Machine) -> Verdict:
    late = machine.lateness_p99_ms
    arrive = "" if late is None else f": 99 of 100 frames come within **{milliseconds(late)}**"
    return Verdict(
        "idle",
        "Nothing is running.",
        f"The UI pulse always measures this window{arrive}. Start something and this card says, in one sentence, "
        "what happened.",
    )


def _say(run: RunStatistics, machine: Machine) -> Said:
    special: tuple[Rule, ...] = (_trouble, _not_yet, _frozen, _held_up, _holding, _unseen, _talking, _one_by_one)
    waits: tuple[tuple[float, Rule], ...] = (
        (_waited(run), _waiting),
        (run.share.wait_gil, _gil_bound),
        (run.share.wait_turn, _turns),
        (run.share.wait_core, _machine_full),
    )
    biggest = max(waits, key=lambda wait: wait[0])[1]
    for rule in (*special, biggest, _single, _parallel):
        said = rule(run, machine)
        if said is not None:
            return said
    return "mixed", _uses(run, machine), f"They {_spent(run)}."


def _uses(run: RunStatistics, machine: Machine) -> str:
    use = then(run, "uses" if run.recipe.workers == 1 else "use", "used")
    return f"{workers(run)} {use} {run.cores_workers:.1f} of {machine.cores} cores."


def _waited(run: RunStatistics) -> float:
    """… for what they asked for: a time, a device, each other."""
    return run.share.sleep + run.share.io + run.share.blocked


def _spent(run: RunStatistics, one: bool = False) -> str:
    """What their time went into, the most of it first."""
    share = run.share
    was, its = ("was", "its") if one else ("were", "their")
    waits = (
        (share.sleep, f"{was} asleep"),
        (share.io, f"{was} in I/O"),
        (share.blocked, f"{was} blocked"),
        (share.wait_turn, f"waited for {its} turn"),
        (share.wait_gil, "waited for the GIL"),
        (share.wait_core, "waited for a core"),
    )
    told = [f"{what} {percent(part)}" for part, what in sorted(waits, reverse=True) if part >= LEAST_SHARE]
    rest = f"; {percent(share.unknown)} is not known" if share.unknown >= LEAST_SHARE else ""
    return listed([f"ran **{percent(share.run)}** of {its} time", *told]) + rest


# -- what is said of any run, beside what its rule says


def _notes(kind: str, run: RunStatistics, machine: Machine) -> list[str]:
    if run.brief or run.outcome in TROUBLE or run.phase == "paused":
        return []
    notes = []
    if run.outcome == TIME_UP:
        notes.append("Time was up, and work was left.")
    if kind != "ui_frozen" and disturbed(run, machine):
        lower = f"; runs have lower priority (nice {run.nice})" if (run.nice or 0) > 0 else ""
        took = f"Other programs took **{cores(machine.busy_with_others)}**"
        figures = then(run, "Figures taken now", "These figures")
        notes.append(f"{took}{lower}. {figures} are not reliable.")
    several = len(set(intervals(run)))
    if several > 1 and any(figure.label == "Mean slice" for figure in key_figures(run, machine)):
        notes.append(f"The switch interval was turned while it ran: the mean slice is over {several} intervals.")
    if run.clock_step_ms is not None:
        step = milliseconds(run.clock_step_ms)
        notes.append(f"This system counts CPU time in steps of **{step}**, so the lanes are estimated.")
    return notes


# -- runs of which there is little to say


def _trouble(run: RunStatistics, machine: Machine) -> Said | None:
    if run.outcome not in TROUBLE:
        return None
    lines = (run.error or "").strip().splitlines()
    if run.outcome == STUCK:
        return _stuck(lines or [f"{workers(run)} wait, and nobody can go on."])
    lines = lines or ["no reason was given"]
    first = lines[0][:1].upper() + lines[0][1:]
    if run.outcome == CRASHED:
        return CRASHED, "The run crashed.", f"{first}. This window is not affected; data up to that moment is kept."
    if WRONG in lines[-1]:
        who = "A worker" if run.recipe.workers > 1 else "The worker"
        found = lines[-1].partition(WRONG)[2]
        return FAILED, "A result is wrong.", f"{who} checked what it had computed: **{found}**"
    told = raised(run.error or "")
    if told is not None:
        return FAILED, "The run failed.", told.sentence(bold=True)
    return FAILED, "The run failed.", first if len(lines) == 1 else f"{first} **{lines[-1]}**"


def _stuck(lines: list[str]) -> Said:
    """The first line says who waits, and that nobody can go on; the others who waits where."""
    where = " ".join(f"{line.rstrip('.')}." for line in lines[1 : 1 + WAITS_TOLD])
    return STUCK, f"Stuck: {lines[0][:1].lower()}{lines[0][1:]}", where or "Where each of them waits is not known."


def _not_yet(run: RunStatistics, machine: Machine) -> Said | None:
    if run.phase == "paused":
        return "paused", "Paused.", "Press P to continue."
    if run.phase != "ended":
        title = f"{run.recipe.workers} × {catalogue.job(run.recipe.job).title}"
        model = catalogue.model(run.recipe.model).title.lower()
        return ("starting", "Starting…", f"{title} as {model}.") if run.brief else None
    nothing = not run.throughput and (run.brief or run.share.total() <= 0)  # else they were in the middle of something
    if nothing and run.outcome in (STOPPED, TIME_UP):
        ended = "It was stopped" if run.outcome == STOPPED else "Time was up"
        return "short", f"{ended} before any work was done.", "No worker finished a single piece of work."
    if run.brief:
        what = "What happens in so short a time is mostly the start; shares and rates of it mean nothing."
        return "short", f"Too short to judge ({brief_time(run.seconds)}).", what
    return None


def _unseen(run: RunStatistics, machine: Machine) -> Said | None:
    """Too much is not known for any rule to be sure of what it says."""
    total = run.share.total()
    if total <= 0:
        return "unknown", _uses(run, machine), "What their time went into was not recorded."
    if run.share.unknown <= UNKNOWN:
        return None
    one = run.recipe.workers == 1
    known = f"{'It' if one else 'They'} {_spent(run, one)}"
    return "unknown", _uses(run, machine), f"{known}, and so not what they wait for most."


# -- what is special in a job, a model or a host


def _frozen(run: RunStatistics, machine: Machine) -> Said | None:
    worst = machine.lateness_max_ms
    if not run.recipe.place.freezes or worst is None or worst < FROZEN_MS:
        return None
    if run.recipe.place.stops_window:
        return (
            "ui_frozen",
            f"This window froze for {worst / 1000:.1f} s.",
            "The work ran on the UI thread, so nothing else could: no click, no key, no frame.",
        )
    return (
        "ui_frozen",
        f"{workers(run)} in this app froze its window for {milliseconds(worst)}.",
        (
            "They share one GIL with this window, which has to wait its turn like any of them: "
            f"**{percent(run.share.wait_gil)}** of their time went into waiting for it."
        ),
    )


def _held_up(run: RunStatistics, machine: Machine) -> Said | None:
    """Some have not even begun, as those before them never wait for anything."""
    model, over = catalogue.model(run.recipe.model), run.phase == "ended"
    waiting = run.recipe.workers - begun(run)
    if not model.one_loop or not waiting or run.seconds < HELD_UP_S or run.loop is None:
        return None
    if (run.share.run + run.share.wait_core) * run.recipe.workers < 0.5:
        return None  # nobody computes all the time: a hundred thousand are just being begun
    several = model.worker[1]
    give = "gave" if over else "gives" if begun(run) == 1 else "give"
    return (
        "held_up",
        f"{begun(run)} of {workers(run)} never {give} up the loop.",
        (
            f"They take turns in one thread, and each gives up its turn only when it waits. So {waiting} {several} "
            f"{'never began' if over else 'have not begun'}, and the loop {'was' if over else 'is'} "
            f"**{run.loop.late_max_ms / 1000:.1f} s** late."
        ),
    )


def _holding(run: RunStatistics, machine: Machine) -> Said | None:
    if catalogue.job(run.recipe.job).look != "memory" or run.memory.per_worker_mb is None:
        return None
    model, hold = catalogue.model(run.recipe.model), float(run.recipe.knob("hold"))
    if run.memory.per_worker_mb < 0.9 * hold:  # they have just begun, or not all of them hold it at once
        return None
    each, beside = model.worker[0], max(0.0, run.memory.per_worker_mb - hold)
    rest = f"The other **{memory(beside)}** is what one more {each} costs."
    if model.one_process:  # what all of them need together is a part of it, and cannot be told apart
        rest = f"The other **{memory(beside)}** is its part of what the model needs."
    if model.one_process and beside * (run.recipe.workers if model.at_once else 1) < LEAST_GROWN_MB:
        rest = "What it needs beside that is too little to be told from chance."
    left = "" if model.at_once else _left(run, run.recipe.workers - begun(run))
    return (
        "holding",
        f"Each {each} {then(run, 'takes', 'took')} {memory(run.memory.per_worker_mb)}.",
        f"It {then(run, 'holds', 'held')} {hold:g} MB, as the recipe asks. {rest}{left}",
    )


def _talking(run: RunStatistics, machine: Machine) -> Said | None:
    """Who waits for another's message gains nothing by being many, whatever they do meanwhile."""
    if not catalogue.job(run.recipe.job).together or _waited(run) < TALKING:
        return None
    spent = f"They spent {percent(_waited(run))} of their time waiting."
    reason = f"While one has the message, the other can only wait. {spent}{_trip(run)}"
    return "talking", f"{workers(run)} {then(run, 'wait', 'waited')} for each other.", reason


def _trip(run: RunStatistics) -> str:
    if run.round_trip_us is None:
        return ""
    words = f" A round trip takes **{duration(run.round_trip_us / 1e6)}**"
    plain = run.plain_round_trip_us
    if plain is None:
        return f"{words}."
    costs = ": watching each message costs the rest" if plain < run.round_trip_us else ""
    return f"{words}; the same in plain code {duration(plain / 1e6)}{costs}."


def _one_by_one(run: RunStatistics, machine: Machine) -> Said | None:
    if run.recipe.workers < 2 or catalogue.model(run.recipe.model).at_once:
        return None
    come, idle = begun(run), _waited(run)
    several, doing = come > 1, f"{_doing(run)} **{percent(idle)}** of its time"
    if idle >= WAITING:
        kind = "waiting"
        together = f"{then(run, 'wait', 'waited')}, one after the other"
        alone = then(run, "waits; no other runs meanwhile", "waited; no other ran meanwhile")
        sentence = f"{workers(run, come)} {together if several else alone}."
        reason = (
            f"Each was {doing}, and only then came the next: their waits add up." if several else f"It was {doing}."
        )
    else:
        kind, sentence = "single", f"{cores(run.cores_workers)} busy, one worker at a time."
        each = f"Each {then(run, 'starts when the one before has', 'started when the one before had')} ended."
        reason = each if several else f"The first {_spent(run, True)}."
        if several and run.share.wait_core >= FULL:
            reason += f" They waited {percent(run.share.wait_core)} of their time for a core."
    return kind, sentence, reason + _left(run, run.recipe.workers - come)


def _left(run: RunStatistics, left: int) -> str:
    if not left:
        return ""
    verb = "never had its turn" if left == 1 else "never had their turn"
    if run.phase != "ended":
        verb = "has not had its turn yet" if left == 1 else "have not had their turn yet"
    return f" {workers(run, left)} {verb}."


# -- waits


def _doing(run: RunStatistics) -> str:
    ways = ((run.share.sleep, "asleep"), (run.share.io, "in I/O"), (run.share.blocked, "blocked"))
    return " or ".join(way for part, way in sorted(ways, reverse=True) if part >= LEAST_SHARE)


def _waiting(run: RunStatistics, machine: Machine) -> Said | None:
    idle, model, one = _waited(run), catalogue.model(run.recipe.model), run.recipe.workers == 1
    if idle < WAITING:
        return None
    if not one and catalogue.job(run.recipe.job).look == "order":
        decides = "the loop that resumes them" if model.one_loop else "the operating system"
        reason = f"Who is next when several wake up, **{decides}** decides; the Look tab shows whose order it was."
        return "waiting", f"{workers(run)} {then(run, 'speak, and sleep', 'spoke, and slept')} in between.", reason
    if not one and run.share.blocked > run.share.sleep + run.share.io:
        reason = (
            f"They were blocked **{percent(run.share.blocked)}** of their time: each waits until another lets it go on."
        )
        return "waiting", f"{workers(run)} {then(run, 'wait', 'waited')} for a lock or a queue.", reason
    was = f"{'It was' if one else 'They were'} {_doing(run)} **{percent(idle)}** of {'its' if one else 'their'} time."
    if run.loop is not None and run.loop.cores >= ALL_CORES and not one:
        waits = then(run, "wait, and the loop is full.", "waited, and the loop was full.")
        took = then(run, "takes", "took")
        costs = f"To wait costs nothing, but to begin and end so many waits {took} **{cores(run.loop.cores)}**"
        return "waiting", f"{workers(run)} {waits}", f"{was} {costs}, all that one thread has."
    needed = f"Waiting takes neither a core nor the GIL{_needed(run)}."
    wait = then(run, "waits" if one else "wait", "waited")
    return "waiting", f"{workers(run)} {wait}{'' if one else ', all at once'}.", f"{was} {needed}"


def _needed(run: RunStatistics) -> str:
    if run.cores_used < NOTABLE_CORES:
        return f": they needed {run.cores_used:.2f} cores" if run.recipe.workers > 1 else ""
    return f"; to begin and end waits took {run.cores_used:.2f} cores"


def _gil_bound(run: RunStatistics, machine: Machine) -> Said | None:
    if run.recipe.workers < 2 or run.share.wait_gil < GIL_BOUND:
        return None
    busy = f"but only {cores(run.cores_workers)}" if run.cores_workers >= 0.95 else "not even one core"
    each = catalogue.model(run.recipe.model).worker[0]
    reason = f"Each {each} spent **{percent(run.share.wait_gil)}** of its time waiting for the GIL."
    return "gil_bound", f"{workers(run)}, {busy} busy.", reason


def _turns(run: RunStatistics, machine: Machine) -> Said | None:
    if run.recipe.workers < 2 or run.share.wait_turn < TURNS:
        return None
    model = catalogue.model(run.recipe.model)
    waited = f"**{percent(run.share.wait_turn)}** of its time"
    if not model.one_loop:
        reason = f"On average a task waited {waited} in the queue of the pool; those that had a place used "
        sentence = f"{workers(run)} {then(run, 'queue', 'queued')} for a free place."
        return "queued", sentence, f"{reason}{cores(run.cores_workers)}.{_why_one(run, machine)}"
    late = run.loop.late_p99_ms if run.loop else None
    told = "" if late is None else f" In 99 % of cases the loop was less than {milliseconds(late)} late."
    if model.shared_gil:  # with threads that help
        return "turns", *_with_helpers(run, machine, waited, told)
    concurrent = f"they {then(run, 'are', 'were')} concurrent, but not parallel"
    reason = f"Each was ready, and waited for its turn, {waited}: {concurrent}.{told}"
    return "turns", f"{workers(run)} {then(run, 'take', 'took')} turns in one thread.", reason


def _with_helpers(run: RunStatistics, machine: Machine, waited: str, told: str) -> tuple[str, str]:
    """Workers of a loop that hand what they do to threads."""
    used = cores(run.cores_workers)
    if could_use(run, machine) > 1:
        sentence = f"{workers(run)} {then(run, 'leave', 'left')} their work to threads."
        return sentence, f"Each waited {waited} until the loop or a thread came to it; together they used {used}.{told}"
    share = then(run, "share", "shared")
    sentence = f"{workers(run)} {then(run, 'leave', 'left')} their work to threads that {share} one GIL."
    reason = f"One thread at a time can run Python: together they used {used}, and each waited {waited} for its turn."
    return sentence, f"{reason}{told}"


def _machine_full(run: RunStatistics, machine: Machine) -> Said | None:
    if run.share.wait_core < FULL:
        return None
    one, must, there = run.recipe.workers == 1, owed(run, machine), cores_there(machine.cores)
    reason = f"{'It' if one else 'Each'} waited **{percent(run.share.wait_core)}** of its time for a core"
    own = f": {workers(run)} on {there} must wait {percent(must)} at least" if must >= LEAST_SHARE else ""
    others = disturbed(run, machine)
    full = not others and machine.busy >= ALL_CORES * machine.cores
    is_full = f"The machine {then(run, 'is', 'was')} full. " if full else ""
    reason = f"{is_full}{reason}{own}.{_why_one(run, machine)}"
    if others or not own:
        could = cores_there(could_use(run, machine))
        got = f"{run.cores_workers:.1f} of the {could} {'it' if one else 'they'} {then(run, 'can', 'could')} use"
        return "machine_full", f"{workers(run)} got {got}.", reason
    return "machine_full", f"{workers(run)} {then(run, 'share', 'shared')} {there}.", reason


def _why_one(run: RunStatistics, machine: Machine) -> str:
    """What keeps several workers to one core, on a computer that has more."""
    model = catalogue.model(run.recipe.model)
    if could_use(run, machine) > 1 or min(run.recipe.workers, machine.cores) < 2:
        return ""
    if model.shared_gil or not model.one_loop:
        return f" They {then(run, 'share', 'shared')} one GIL."
    return f" They {then(run, 'take', 'took')} turns in one thread."


# -- those that do not wait


def _single(run: RunStatistics, machine: Machine) -> Said | None:
    if run.recipe.workers > 1:
        return None
    alone = ", with nobody of its own to wait for" if run.share.run > 1 - LEAST_SHARE else ""
    return (
        "single",
        f"{workers(run)} {then(run, 'keeps', 'kept')} {cores(run.cores_workers)} busy.",
        f"It {_spent(run, True)}{alone}.",
    )


def _parallel(run: RunStatistics, machine: Machine) -> Said | None:
    reach = min(run.recipe.workers, machine.cores)
    if run.cores_workers < max(PARALLEL * reach, 1.05):
        return None
    gil = f", and waited for the GIL {percent(run.share.wait_gil)}" if run.share.wait_gil >= LEAST_SHARE else ""
    reason = f"Really at once: each ran **{percent(run.share.run)}** of its time{gil}."
    return "parallel", f"{workers(run)} {then(run, 'keep', 'kept')} {cores(run.cores_workers)} busy.", reason
