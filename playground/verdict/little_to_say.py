"""Rules for runs that leave little to say: runs in trouble, paused, only just begun, too short, or not observed."""

from __future__ import annotations

from playground.figures.reach import Machine
from playground.figures.records import CRASHED, FAILED, STOPPED, STUCK, TIME_UP, TROUBLE, RunStatistics
from playground.figures.wording import brief_time
from playground.run.raised import raised
from playground.verdict.said import Said
from playground.verdict.words import Words

WRONG = "ops.Wrong: "  # how a traceback names a result that a job found to be wrong
UNKNOWN = 0.25  # of the workers' time: if more is unknown, no rule can be sure
WAITS_TOLD = 4  # workers whose waits are listed in a run that is stuck


def trouble(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if run.outcome not in TROUBLE:
        return None
    lines = (run.error or "").strip().splitlines()
    if run.outcome == STUCK:
        return _stuck(lines or [f"{say.workers()} wait, and nobody can go on."])
    lines = lines or ["no reason was given"]
    first = lines[0][:1].upper() + lines[0][1:]
    if run.outcome == CRASHED:
        kept = "This window is not affected; data up to that moment is kept."
        return Said(CRASHED, "The run crashed.", f"{first}. {kept}")
    if WRONG in lines[-1]:
        who, found = "The worker" if say.one else "A worker", lines[-1].partition(WRONG)[2]
        return Said(FAILED, "A result is wrong.", f"{who} checked what it had computed: **{found}**")
    told = raised(run.error or "")
    if told is not None:
        return Said(FAILED, "The run failed.", told.sentence(bold=True))
    return Said(FAILED, "The run failed.", first if len(lines) == 1 else f"{first} **{lines[-1]}**")


def _stuck(lines: list[str]) -> Said:
    """The verdict of a run that is stuck. The error's first line says how many workers wait, and that nobody can let
    them go on; each other line says where a worker waits."""
    where = " ".join(f"{line.rstrip('.')}." for line in lines[1 : 1 + WAITS_TOLD])
    sentence = f"Stuck: {lines[0][:1].lower()}{lines[0][1:]}"
    return Said(STUCK, sentence, where or "Where each of them waits is not known.")


def not_yet(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    """The run is paused, or has only just begun."""
    if run.phase == "paused":
        return Said("paused", "Paused.", "Press P to continue.")
    if say.over or not run.brief:
        return None
    return Said("starting", "Starting…", f"{run.recipe.workers} × {say.job.title} as {say.model.title.lower()}.")


def too_short(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if not say.over:
        return None
    nothing = not run.throughput and (run.brief or run.share.total() <= 0)  # else workers were in the middle of an op
    if nothing and run.outcome in (STOPPED, TIME_UP):
        ended = "It was stopped" if run.outcome == STOPPED else "Time was up"
        return Said("short", f"{ended} before any work was done.", "No worker finished a single piece of work.")
    if not run.brief:
        return None
    what = "What happens in so short a time is mostly the start; shares and rates of it mean nothing."
    return Said("short", f"Too short to judge ({brief_time(run.seconds)}).", what)


def unseen(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    """Too much is unknown for any rule to be sure."""
    if run.share.total() <= 0:
        return Said("unknown", say.uses(), "What their time went into was not recorded.")
    if run.share.unknown <= UNKNOWN:
        return None
    return Said("unknown", say.uses(), f"{say.they} {say.spent(say.one)}, and so not what they wait for most.")
