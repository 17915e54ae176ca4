"""`python3 -m tests truth`: what the app tells of its runs, beside what independent observers see of them.

Each job runs as each model, alone and beside programs that keep all cores busy. Ends with 1 if a bar is missed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tests.truth import calls, table
from tests.truth.compare import Row, row_of
from tests.truth.runs import Case, listed, watched


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    why_not = calls.why_not()
    if why_not:
        print(f"Nothing can be observed here: {why_not}. Figures are then estimated.", file=sys.stderr)
        return 1
    rows = []
    if not options.json:
        print(table.heading(), flush=True)
    for case in cases(options):
        row = row_of(watched(case))
        rows.append(row)
        if not options.json:
            print(table.row_line(row), flush=True)
    print(json.dumps([as_data(row) for row in rows], indent=2) if options.json else "\n" + table.summary(rows))
    if options.write:
        table.write(rows)
    return int(any(row.missed for row in rows))


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tests truth", description=__doc__)
    parser.add_argument("--jobs", metavar="A,B", type=names, help="default: all")
    parser.add_argument("--models", metavar="A,B", type=names, help="default: all that can run here")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--alone", action="store_true", help="not beside a busy machine")
    which.add_argument("--busy", action="store_true", help="only beside a busy machine")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--on", metavar="PYTHON", default="", help="the lab's Python, as in a recipe: 3.8, pypy3.9")
    parser.add_argument("--json", action="store_true", help="each row as data, worker by worker")
    parser.add_argument("--write", action="store_true", help="put the table into docs/truth.md")
    return parser.parse_args(arguments)


def names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def cases(options: argparse.Namespace) -> Iterator[Case]:
    for job in options.jobs or listed("jobs"):
        for model in options.models or listed("models"):
            for busy in (False, True):
                if not (busy and options.alone) and not (options.busy and not busy):
                    yield Case(job, model, busy, options.workers, options.seconds, options.on)


def as_data(row: Row) -> dict[str, Any]:
    return {**asdict(row), "verdict": row.verdict}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
