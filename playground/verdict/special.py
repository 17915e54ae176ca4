"""Rules for what is special in a job, a model or a place."""

from __future__ import annotations

from playground.figures.memory_use import LEAST_GROWN_MB
from playground.figures.reach import Machine, begun
from playground.figures.records import RunStatistics
from playground.figures.wording import cores, duration, memory, milliseconds, percent
from playground.verdict.said import Said, waited
from playground.verdict.waits import FULL, WAITING
from playground.verdict.words import Words

FROZEN_MS = 100.0
HELD_UP_S = 1.0
TALKING = 0.25  # of the workers' time


def frozen(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    worst = machine.lateness_max_ms
    if not run.recipe.place.freezes or worst is None or worst < FROZEN_MS:
        return None
    if run.recipe.place.stops_window:
        reason = "The work ran on the UI thread, so nothing else could: no click, no key, no frame."
        return Said("ui_frozen", f"This window froze for {worst / 1000:.1f} s.", reason)
    went = f"**{percent(run.share.wait_gil)}** of their time went into waiting for it."
    return Said(
        "ui_frozen",
        f"{say.workers()} in this app froze its window for {milliseconds(worst)}.",
        f"They share one GIL with this window, which has to wait its turn like any of them: {went}",
    )


def held_up(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    """Some workers of a loop have not even begun, because those before them never wait for anything."""
    waiting = run.recipe.workers - begun(run)
    if not say.model.one_loop or not waiting or run.seconds < HELD_UP_S or run.loop is None:
        return None
    if (run.share.run + run.share.wait_core) * run.recipe.workers < 0.5:
        return None  # no worker computes all the time: a hundred thousand are just being started
    give = say.then("gives" if begun(run) == 1 else "give", "gave")
    late = f"the loop {say.then('is', 'was')} **{run.loop.late_max_ms / 1000:.1f} s** late."
    never = say.then("have not begun", "never began")
    return Said(
        "held_up",
        f"{begun(run)} of {say.workers()} never {give} up the loop.",
        "They take turns in one thread, and each gives up its turn only when it waits. "
        f"So {waiting} {say.several} {never}, and {late}",
    )


def holding(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    takes = run.memory.per_worker_mb
    if say.job.look != "memory" or takes is None:
        return None
    hold = float(run.recipe.knob("hold"))
    if takes < 0.9 * hold:  # the workers have just begun, or do not all hold their memory at once
        return None
    beside = max(0.0, takes - hold)
    rest = f"The other **{memory(beside)}** is what one more {say.each} costs."
    if say.model.one_process:  # it includes a part of what all workers need together, which cannot be told apart
        rest = f"The other **{memory(beside)}** is its part of what the model needs."
    if say.model.one_process and beside * (run.recipe.workers if say.model.at_once else 1) < LEAST_GROWN_MB:
        rest = "What it needs beside that is too little to be told from chance."
    left = "" if say.model.at_once else say.left(run.recipe.workers - begun(run))
    return Said(
        "holding",
        f"Each {say.each} {say.then('takes', 'took')} {memory(takes)}.",
        f"It {say.then('holds', 'held')} {hold:g} MB, as the recipe asks. {rest}{left}",
    )


def talking(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    """Workers that wait for each other's messages gain nothing from being many, however else they spend their time."""
    if not say.job.together or waited(run) < TALKING:
        return None
    spent = f"They spent {percent(waited(run))} of their time waiting."
    reason = f"While one has the message, the other can only wait. {spent}{_trip(run)}"
    return Said("talking", f"{say.workers()} {say.then('wait', 'waited')} for each other.", reason)


def _trip(run: RunStatistics) -> str:
    if run.round_trip_us is None:
        return ""
    words = f" A round trip takes **{duration(run.round_trip_us / 1e6)}**"
    plain = run.plain_round_trip_us
    if plain is None:
        return f"{words}."
    costs = ": watching each message costs the rest" if plain < run.round_trip_us else ""
    return f"{words}; the same in plain code {duration(plain / 1e6)}{costs}."


def one_by_one(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if say.one or say.model.at_once:
        return None
    come = begun(run)
    said = _waiting_in_turn if waited(run) >= WAITING else _busy_in_turn
    kind, sentence, reason = said(run, say, come)
    return Said(kind, sentence, reason + say.left(run.recipe.workers - come))


def _waiting_in_turn(run: RunStatistics, say: Words, come: int) -> Said:
    doing = f"{say.waiting()} **{percent(waited(run))}** of its time"
    if come > 1:
        sentence = f"{say.workers(come)} {say.then('wait', 'waited')}, one after the other."
        return Said("waiting", sentence, f"Each was {doing}, and only then came the next: their waits add up.")
    alone = say.then("waits; no other runs meanwhile", "waited; no other ran meanwhile")
    return Said("waiting", f"{say.workers(come)} {alone}.", f"It was {doing}.")


def _busy_in_turn(run: RunStatistics, say: Words, come: int) -> Said:
    sentence = f"{cores(run.cores_workers)} busy, one worker at a time."
    if come <= 1:
        return Said("single", sentence, f"The first {say.spent(one=True)}.")
    reason = f"Each {say.then('starts when the one before has', 'started when the one before had')} ended."
    if run.share.wait_core >= FULL:
        reason += f" They waited {percent(run.share.wait_core)} of their time for a core."
    return Said("single", sentence, reason)
