"""`python3 -m tests fuzz`: tries random recipes, lines and files, and runs a few of those that were accepted. Prints
what was refused how often, by field, and each failure with the number that repeats it."""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter

import psutil
from msgspec.structs import replace

from playground.cli.carrying_out import carry_out
from playground.figures.records import FINISHED, STOPPED, TIME_UP
from playground.recipe import own_code
from playground.recipe.recipe import Recipe
from playground.run import run_folder
from playground.start import app_mark
from tests.fuzz.doors import DOORS, Wrong

SLOW_S = 2.0  # of CPU time
RUN_S = 0.2
MOST_WORKERS = 16


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser("python3 -m tests fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="the first number; else a new one")
    parser.add_argument("--count", type=int, default=2000, help="tries at each door")
    parser.add_argument("--runs", type=int, default=40, help="accepted recipes that are run for a moment")
    parser.add_argument("--door", choices=[*DOORS], help="only this one")
    given = parser.parse_args(words)
    seed = random.randrange(10**9) if given.seed is None else given.seed
    print(f"to repeat: python3 -m tests fuzz --seed {seed} --count {given.count} --runs {given.runs}", flush=True)
    failed, accepted = 0, []
    for door in [given.door] if given.door else DOORS:
        tally: Counter[str] = Counter()
        for number in range(seed, seed + given.count):
            failure, recipe = tried(door, number)
            if failure:
                failed += 1
                print(f"{door} {number}: {failure}", flush=True)
            if recipe is not None:
                accepted.append(recipe)
            tally[(failure and "failed") or ("accepted" if recipe is not None else "refused")] += 1
        print(f"{door}: " + ", ".join(f"{count} {what}" for what, count in tally.most_common()), flush=True)
    failed += sum(map(run_wrong, chosen(accepted, seed, given.runs)))
    print(f"{failed} failures")
    return 1 if failed else 0


def chosen(accepted: list[Recipe], seed: int, count: int) -> list[Recipe]:
    able = [recipe for recipe in accepted if may_be_run(recipe)]
    return random.Random(seed).sample(able, min(count, len(able)))


def tried(door: str, number: int) -> tuple[str, Recipe | None]:
    """The failure of one try in words, and the recipe that was accepted."""
    began = time.process_time()
    try:
        found = DOORS[door](random.Random(f"{door} {number}"))
    except Wrong as wrong:
        return str(wrong), None
    except Exception:
        return traceback.format_exc(), None
    if time.process_time() - began > SLOW_S:
        return f"took {time.process_time() - began:.1f} s", None
    return "", found.recipe


def may_be_run(recipe: Recipe) -> bool:
    """In a lab of this Python. Code of one's own may do anything on purpose: there are examples that fail."""
    return recipe.host == "lab" and not recipe.interpreter and recipe.job != own_code.NAME


def run_wrong(recipe: Recipe) -> bool:
    """Is it run for a moment, but does not end as it should, or something is left of it?"""
    short = replace(recipe, workers=min(recipe.workers, MOST_WORKERS), seconds=RUN_S, amount=None)
    before = left_by_runs()
    try:
        _, figures = carry_out(short, quiet=True, prints=False)
    except Exception:
        traceback.print_exc()
        return True
    left = left_by_runs() - before
    if figures.outcome not in (FINISHED, TIME_UP, STOPPED) or left:
        print(f"{short}\n  {figures.outcome}, left: {left}", flush=True)
        return True
    return False


def left_by_runs() -> set[object]:
    """Processes and folders that are there now."""
    return {*psutil.Process().children(recursive=True), *run_folder.home().glob(f"{app_mark.mark()}*")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
