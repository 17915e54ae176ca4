"""Rules for what workers wait for. Only the rule for the biggest wait is asked; it speaks if the wait is big enough."""

from __future__ import annotations

from playground.figures.reach import Machine, could_use, disturbed, owed
from playground.figures.records import LEAST_SHARE, RunStatistics
from playground.figures.wording import cores, cores_there, milliseconds, percent
from playground.verdict.said import ALL_CORES, Said, waited
from playground.verdict.words import Words

NOTABLE_CORES = 0.1  # used by workers that only wait
WAITING, GIL_BOUND, TURNS, FULL = 0.7, 0.25, 0.25, 0.15  # the parts of the workers' time from which the rules speak


def waiting(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    idle = waited(run)
    if idle < WAITING:
        return None
    if not say.one and say.job.look == "order":
        decides = "the loop that resumes them" if say.model.one_loop else "the operating system"
        reason = f"Who is next when several wake up, **{decides}** decides; the Look tab shows whose order it was."
        speak = say.then("speak, and sleep", "spoke, and slept")
        return Said("waiting", f"{say.workers()} {speak} in between.", reason)
    if not say.one and run.share.blocked > run.share.sleep + run.share.io:
        blocked = f"They were blocked **{percent(run.share.blocked)}** of their time"
        sentence = f"{say.workers()} {say.then('wait', 'waited')} for a lock or a queue."
        return Said("waiting", sentence, f"{blocked}: each waits until another lets it go on.")
    was = f"{say.they} {say.were} {say.waiting()} **{percent(idle)}** of {say.their} time."
    if run.loop is not None and run.loop.cores >= ALL_CORES and not say.one:
        waits = say.then("wait, and the loop is full.", "waited, and the loop was full.")
        costs = f"to begin and end so many waits {say.then('takes', 'took')} **{cores(run.loop.cores)}**"
        reason = f"{was} To wait costs nothing, but {costs}, all that one thread has."
        return Said("waiting", f"{say.workers()} {waits}", reason)
    at_once = "" if say.one else ", all at once"
    sentence = f"{say.workers()} {say.then('waits' if say.one else 'wait', 'waited')}{at_once}."
    return Said("waiting", sentence, f"{was} Waiting takes neither a core nor the GIL{_needed(run, say)}.")


def _needed(run: RunStatistics, say: Words) -> str:
    if run.cores_used < NOTABLE_CORES:
        return "" if say.one else f": they needed {run.cores_used:.2f} cores"
    return f"; to begin and end waits took {run.cores_used:.2f} cores"


def gil_bound(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if say.one or run.share.wait_gil < GIL_BOUND:
        return None
    busy = f"but only {cores(run.cores_workers)}" if run.cores_workers >= 0.95 else "not even one core"
    reason = f"Each {say.each} spent **{percent(run.share.wait_gil)}** of its time waiting for the GIL."
    return Said("gil_bound", f"{say.workers()}, {busy} busy.", reason)


def turns(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if say.one or run.share.wait_turn < TURNS:
        return None
    waited = f"**{percent(run.share.wait_turn)}** of its time"
    if not say.model.one_loop:
        reason = f"On average a task waited {waited} in the queue of the pool; those that had a place used "
        sentence = f"{say.workers()} {say.then('queue', 'queued')} for a free place."
        return Said("queued", sentence, f"{reason}{cores(run.cores_workers)}.{say.why_one_core()}")
    late = run.loop.late_p99_ms if run.loop else None
    told = "" if late is None else f" In 99 % of cases the loop was less than {milliseconds(late)} late."
    if say.model.shared_gil:  # the loop hands its workers' calls to threads
        return _with_helpers(run, machine, say, waited, told)
    concurrent = f"they {say.then('are', 'were')} concurrent, but not parallel"
    reason = f"Each was ready, and waited for its turn, {waited}: {concurrent}.{told}"
    return Said("turns", f"{say.workers()} {say.then('take', 'took')} turns in one thread.", reason)


def _with_helpers(run: RunStatistics, machine: Machine, say: Words, waited: str, told: str) -> Said:
    """The verdict on workers of a loop that hand their work to threads."""
    used, leave = cores(run.cores_workers), f"{say.workers()} {say.then('leave', 'left')} their work to threads"
    if could_use(run, machine) > 1:
        reason = f"Each waited {waited} until the loop or a thread came to it; together they used {used}.{told}"
        return Said("turns", f"{leave}.", reason)
    reason = f"One thread at a time can run Python: together they used {used}, and each waited {waited} for its turn."
    return Said("turns", f"{leave} that {say.then('share', 'shared')} one GIL.", f"{reason}{told}")


def machine_full(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if run.share.wait_core < FULL:
        return None
    must, there, others = owed(run, machine), cores_there(machine.cores), disturbed(run, machine)
    waits = f"{'It' if say.one else 'Each'} waited **{percent(run.share.wait_core)}** of its time for a core"
    own = f": {say.workers()} on {there} must wait {percent(must)} at least" if must >= LEAST_SHARE else ""
    full = not others and machine.busy >= ALL_CORES * machine.cores
    is_full = f"The machine {say.then('is', 'was')} full. " if full else ""
    sentence = f"{say.workers()} {say.then('share', 'shared')} {there}."
    if others or not own:
        can = f"{say.they.lower()} {say.then('can', 'could')} use"
        sentence = f"{say.workers()} got {run.cores_workers:.1f} of the {say.could_use()} {can}."
    return Said("machine_full", sentence, f"{is_full}{waits}{own}.{say.why_one_core()}")
