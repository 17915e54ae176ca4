"""`python3 -m tests mutants`: what is changed, what the tests say to it, and a table."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from fractions import Fraction

from tests.mutation import inside, verdicts
from tests.mutation.changes import Change, changes
from tests.mutation.related import RELATED, ROOT, modules
from tests.mutation.runner import Runner, Unfit

UNFIT = 3  # exit code: the tests fail before anything is changed, so nothing was found out


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python3 -m tests mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(RELATED)}; all if none is named")
    parser.add_argument("--sample", type=Fraction, default=Fraction(1), metavar="1/20", help="only that part of them")
    parser.add_argument("--seed", type=int, default=None, help="of the sample and of made examples; else a new one")
    parser.add_argument("--match", default="", metavar="WORDS", help="only changes with these words in their key")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--limit", type=float, default=float("inf"), metavar="S", help="begin none after so long")
    parser.add_argument("--quick", action="store_true", help="functions only, and survivors are not tried once more")
    parser.add_argument("--list", action="store_true", help="name the changes, run nothing")
    parser.add_argument("--json", action="store_true", help="print one object for each")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    given = arguments(words)
    seed = random.randrange(10**6) if given.seed is None else given.seed
    paths = modules(given.modules)
    every = [change for path in paths for change in changes(path, (ROOT / path).read_text(encoding="utf-8"))]
    exempt = verdicts.exempt()
    wanted = [one for one in every if given.match in one.key and (one.in_function or not given.quick)]
    chosen = sample(wanted, given.sample, seed)
    if given.list:
        print("\n".join(change.key for change in chosen))
        return 0
    whole = len(chosen) == len(every)
    told = not given.json
    if told:
        again = f"python3 -m tests mutants {' '.join(given.modules)} --sample {given.sample} --seed {seed}"
        print(f"{len(chosen)} of {len(every)} changes; to repeat: {' '.join(again.split())}", flush=True)
    try:
        results = run(chosen, paths, seed, given, exempt)
    except Unfit as reason:
        print(reason, file=sys.stderr)
        return UNFIT
    if told:
        print(table(results))
        stale(every, paths, exempt)
    return judge(results, whole, told)


def sample(every: list[Change], part: Fraction, seed: int) -> list[Change]:
    """In an order of its own, so that what was done when time is up is a sample as well."""
    if part >= 1:
        return every
    return random.Random(seed).sample(every, max(1, round(len(every) * part)))


def run(
    chosen: list[Change], paths: list[str], seed: int, given: argparse.Namespace, exempt: dict[str, str]
) -> dict[Change, str]:
    results = {change: "equivalent" for change in chosen if change.key in exempt}
    began = time.monotonic()
    with inside.warm():
        runner = Runner(paths, seed, given.jobs, began + given.limit, quick=given.quick)
        for change, outcome in runner.run([one for one in chosen if one not in results]):
            results[change] = outcome
            if given.json:
                print(json.dumps({"outcome": outcome, "key": change.key, "line": change.number}), flush=True)
            elif outcome == "survived":
                print(f"survived  {change.key}  (line {change.number})", flush=True)
    if not given.json:
        print(f"{len(results)} changes in {time.monotonic() - began:.0f} s, {given.jobs} at once")
    return results


def table(results: dict[Change, str]) -> str:
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for change, outcome in results.items():
        by_module[change.module][outcome] += 1
        by_module["all"][outcome] += 1
    rows = ["| module | changes | killed | survived | no test can notice | killed |", "|---|---:|---:|---:|---:|---:|"]
    for module in sorted(by_module, key=lambda name: (name == "all", name)):
        of = by_module[module]
        killed, survived = of["killed"] + of["timeout"], of["survived"]
        part = f"{100 * killed / (killed + survived):.1f} %" if killed + survived else "–"
        rows.append(f"| {module} | {of.total()} | {killed} | {survived} | {of['equivalent']} | {part} |")
    return "\n".join(rows)


def stale(every: list[Change], paths: list[str], exempt: dict[str, str]) -> None:
    keys = {change.key for change in every}
    for key in exempt:
        if key.partition(" · ")[0] in paths and key not in keys:
            print(f"equivalent.toml lists what is not there any more: {key}")


def judge(results: dict[Change, str], whole: bool, told: bool) -> int:
    of = sum(outcome != "equivalent" for outcome in results.values())
    survived = sum(outcome == "survived" for outcome in results.values())
    good = verdicts.enough(of - survived, of, whole)
    if told and whole:
        print(f"{'Enough' if good else 'Too few'} are noticed: the bar is {verdicts.BAR:.0%}.")
    elif told:
        print(
            f"{survived} of {of} survived. Where {verdicts.BAR:.0%} are noticed, more than "
            f"{verdicts.most_survivors(of)} happen less than once in {verdicts.ONCE_IN} samples: "
            f"{'well' if good else 'too many'}."
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
