"""All rules, in the order in which they are asked. The first rule with something to say ends the search.

First come the rules for runs that leave little to say and for what is special in a job, a model or a place. Then the
biggest wait decides, and if no wait is big, how busy the workers are."""

from __future__ import annotations

from playground.figures.reach import Machine
from playground.figures.records import LEAST_SHARE, RunStatistics
from playground.figures.wording import cores, percent
from playground.verdict import little_to_say, special, waits
from playground.verdict.said import Rule, Said, waited
from playground.verdict.words import Words

PARALLEL = 0.75  # of the cores that the workers could use


def biggest_wait(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    share = run.share
    parts = (waited(run), share.wait_gil, share.wait_turn, share.wait_core)
    return WAITS[parts.index(max(parts))](run, machine, say)


def single(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    if not say.one:
        return None
    alone = ", with nobody of its own to wait for" if run.share.run > 1 - LEAST_SHARE else ""
    sentence = f"{say.workers()} {say.then('keeps', 'kept')} {cores(run.cores_workers)} busy."
    return Said("single", sentence, f"It {say.spent(one=True)}{alone}.")


def parallel(run: RunStatistics, machine: Machine, say: Words) -> Said | None:
    reach = min(run.recipe.workers, machine.cores)
    if run.cores_workers < max(PARALLEL * reach, 1.05):
        return None
    gil = f", and waited for the GIL {percent(run.share.wait_gil)}" if run.share.wait_gil >= LEAST_SHARE else ""
    sentence = f"{say.workers()} {say.then('keep', 'kept')} {cores(run.cores_workers)} busy."
    return Said("parallel", sentence, f"Really at once: each ran **{percent(run.share.run)}** of its time{gil}.")


def mixed(run: RunStatistics, machine: Machine, say: Words) -> Said:
    return Said("mixed", say.uses(), f"They {say.spent(one=False)}.")


WAITS: tuple[Rule, ...] = (waits.waiting, waits.gil_bound, waits.turns, waits.machine_full)
RULES: tuple[Rule, ...] = (
    little_to_say.trouble,
    little_to_say.not_yet,
    little_to_say.too_short,
    special.frozen,
    special.held_up,
    special.holding,
    little_to_say.unseen,
    special.talking,
    special.one_by_one,
    biggest_wait,
    single,
    parallel,
    mixed,
)


def said_of(run: RunStatistics, machine: Machine, say: Words) -> Said:
    return next(said for rule in RULES if (said := rule(run, machine, say)) is not None)
