"""The commands that need no window: `run`, `list`, `script` and `lesson`. Progress goes to stderr, figures to stdout.

Exit codes: 0 done (also if the time was up or the run was stopped); 1 the run failed, crashed or got stuck, or there
was no room for it (the reason is on stderr); 2 bad input (the field, and what is allowed); 130 Ctrl-C before a run."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec
from msgspec.structs import replace

from playground import catalogue, hosts
from playground.cli import consent
from playground.cli import options as recipe_options
from playground.cli.report import as_text
from playground.figures import speedup
from playground.figures.finished import FinishedRun, as_json, figures
from playground.figures.other_programs import Others
from playground.figures.reach import Machine, disturbed
from playground.figures.records import FINISHED, STOPPED, STUCK, TIME_UP, TROUBLE, RunStatistics
from playground.figures.this_computer import computer, moment
from playground.figures.wording import cores
from playground.files import json_text
from playground.files.visible import one_line, visible
from playground.interpreters import known
from playground.reading.batch import Baseline
from playground.reading.printed import OutputReader, readable
from playground.reading.worker_name import worker_name
from playground.recipe import limits
from playground.recipe.recipe import BadRecipe, Recipe, checked, sentence
from playground.run import run_folder
from playground.run.run import Run
from playground.run.run_folder import NoRoom

DEFAULT_SECONDS = 5.0
BASELINE_SECONDS = 2.0
POLL_S = 0.01
PULL_S = 0.1
TOLD = {outcome: outcome for outcome in TROUBLE} | {STUCK: "got stuck"}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(2)


def main(argv: Sequence[str]) -> int:
    options = _parser().parse_args(list(argv))
    try:
        status: int = options.act(options)
        return status
    except BadRecipe as problem:
        print(visible(bad_recipe(problem)), file=sys.stderr)
        return 2
    except NoRoom as problem:
        full = getattr(problem.__cause__, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        print(f"{problem}{'; free some space and try again' if full else ''}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before a run began, or during `list`; Ctrl-C within a run stops and reports the run
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def bad_recipe(problem: BadRecipe) -> str:
    """The message for a terminal: the sentence, and below it the allowed values unless the sentence has them."""
    more = problem.allowed if problem.allowed not in str(problem) else ""
    return f"bad recipe: {problem}" + (f"\nallowed: {more}" if more else "")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="main.py", description="See how Python runs things at once.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    run = commands.add_parser("run", help="one run without a window")
    recipe_options.add_to(run)
    consent.add_to(run)
    no_worker = "do not run one worker afterwards: a speed-up is over one op, timed alone before"
    run.add_argument("--no-baseline", action="store_true", help=no_worker)
    run.add_argument("--json", action="store_true")
    run.set_defaults(act=run_command)
    listing = commands.add_parser("list", help="what there is, and what is unavailable and why")
    listing.add_argument("what", choices=["models", "jobs", "hosts", "interpreters", "figures", "lessons"])
    listing.add_argument("--interpreter", metavar="PATH|NAME", default="", help="models: those that it can run")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(act=list_command)
    lesson = commands.add_parser("lesson", help="a lesson's checks, headless")
    lesson.add_argument("name")
    lesson.add_argument("--json", action="store_true")
    lesson.set_defaults(act=lesson_command)
    script = commands.add_parser("script", help="the recipe as one program that needs nothing of this project")
    recipe_options.add_to(script)
    script.set_defaults(act=script_command)
    return parser


# -- script


def script_command(options: argparse.Namespace) -> int:
    from playground.script.making import NoScript, script_for

    recipe = _checked_but_interpreter(recipe_options.recipe_of(options))
    try:
        print(script_for(recipe), end="")  # making a script starts no interpreter, so no consent is needed
    except NoScript as why:
        raise BadRecipe("script", f"No script can be made of this recipe: {why}") from None
    return 0


# -- list


def list_command(options: argparse.Namespace) -> int:
    if options.interpreter and options.what != "models":
        raise BadRecipe("--interpreter", f"--interpreter goes with models only, not with {options.what}.")
    entries = listed(options.what, options.interpreter)
    if options.json:
        print(json_text.written(entries))
        return 0
    width = 10 if options.what == "interpreters" else 18
    for entry in entries:
        print(_figure_line(entry) if options.what == "figures" else _line(entry, width))
    if not entries:
        print(f"there are no {options.what} yet", file=sys.stderr)
    return 0


def _line(entry: dict[str, Any], width: int) -> str:
    note = entry.get("summary", "") if entry["available"] else f"unavailable: {entry['why']}"
    path = entry["name"] if "short" in entry else ""
    return one_line(f"{entry.get('short', entry['name']):<{width}} {entry['title']:<28} {note:<28} {path}".rstrip())


def _figure_line(entry: dict[str, Any]) -> str:
    return f"{entry['name']:<26} {entry['unit']:<8} {entry['title']}: {entry['meaning']}"


def listed(what: str, interpreter: str = "") -> list[dict[str, Any]]:
    if what == "models":
        chosen = known.named(interpreter)
        return [catalogue.listed(entry._replace(why=known.why_not(chosen, entry.name))) for entry in catalogue.models()]
    if what == "jobs":
        return [catalogue.listed(entry) for entry in catalogue.jobs()]
    if what == "hosts":
        return [_host_entry(host) for host in hosts.every()]
    if what == "interpreters":
        found = known.find()
        names = known.short_names(found)
        return [_interpreter_entry(one, names.get(one.path) or "-") for one in found]
    if what == "figures":
        return [
            {"name": one.name, "title": one.title, "unit": one.unit, "meaning": one.meaning}
            for one in figures().values()
        ]
    return []


def _host_entry(host: hosts.Host) -> dict[str, Any]:
    return {
        "name": host.name,
        "title": host.title,
        "summary": host.note,
        "available": host.available,
        "why": host.why,
        "needs_window": host.needs_window,
        "models": [entry.name for entry in catalogue.models() if host.takes(entry.hosts)],
        "other_pythons": host.other_pythons,
        "own_processes": host.own_processes,
        "shares_gil": host.shares_gil,
        "freezes": host.freezes,
        "usual_s": host.usual_s,
        "longest_s": host.longest_s,
        "cores": host.hardware.cores,
        "clock_ahead_s": host.hardware.clock.ahead_ns / 1e9,
        "clock_error_s": host.hardware.clock.error_ns / 1e9,
    }


def _interpreter_entry(one: known.Interpreter, short: str) -> dict[str, Any]:
    return {
        "name": one.executable,
        "short": short if short != one.path else "-",
        "title": one.title,
        "available": one.available,
        "why": one.why,
        "summary": one.note,
        "this": one.path == "",
        "version": one.facts.version,
        "implementation": one.facts.implementation,
        "free_threaded": one.facts.free_threaded,
        "gil_enabled": one.facts.gil_enabled,
        "models": dict(one.models),
        "packages": dict(one.packages),
    }


def lesson_command(options: argparse.Namespace) -> int:
    print(f"lesson is {options.name!r}; there are no lessons yet", file=sys.stderr)
    return 2


# -- run


def run_command(options: argparse.Namespace) -> int:
    recipe = recipe_options.recipe_of(options)
    if recipe.seconds is None and recipe.amount is None and recipe.job != "own":  # the user's own code ends by itself
        recipe = msgspec.structs.replace(recipe, seconds=DEFAULT_SECONDS)
    recipe = _checked_but_interpreter(recipe)
    if recipe.place.needs_window:
        able = ", ".join(host.name for host in hosts.every() if not host.needs_window)
        raise BadRecipe("host", "Without the window only a lab process can run.", recipe.host, able)
    recipe, beside = consent.settled(recipe, options)
    recipe = _with_interpreter(recipe, beside)
    limits.check(recipe)
    run_folder.sweep()
    with _StopSignal() as stop:
        others = Others(recipe.place.hardware.meter()) if recipe.place.hardware.here else None
        _, statistics = carry_out(recipe, stop, 1)
        took = others.cores() if others is not None else None
        if not options.no_baseline:
            statistics = _compared(statistics, _baseline(recipe, statistics, stop))
    machine = Machine(recipe.place.hardware.cores, 0.0, took or 0.0, None)
    result = FinishedRun(
        statistics,
        disturbed=disturbed(statistics, machine),
        began=moment(statistics.started_ns),
        others_cores=took,
        computer=computer(),
    )
    if options.json:
        print(json_text.written(as_json(result)))
    else:
        print(visible(as_text(statistics)))
        if result.disturbed:
            print(f"  others        took {cores(machine.busy_with_others)}: these figures are not reliable")
    if statistics.outcome in TROUBLE:
        print(visible(f"the run {TOLD[statistics.outcome]}: {statistics.error}"), file=sys.stderr)
        return 1
    return 0


def _checked_but_interpreter(recipe: Recipe) -> Recipe:
    """The recipe, checked before anything starts. Whether its interpreter has the model is left to `_with_interpreter`,
    which asks the interpreter itself."""
    others = any(host.other_pythons for host in hosts.every() if host.name == recipe.host)
    elsewhere = recipe.interpreter or (sys.executable if others else "")
    found = checked(msgspec.structs.replace(recipe, interpreter=elsewhere))
    return msgspec.structs.replace(found, interpreter=recipe.interpreter)


def _with_interpreter(recipe: Recipe, beside: Sequence[str]) -> Recipe:
    """The recipe with the path of its interpreter, if that interpreter can run it. `beside`: environments next to the
    recipe's file that the user has allowed."""
    chosen = known.named(recipe.interpreter, beside)
    try:
        known.check(recipe, chosen)
    except BadRecipe:
        known.check(recipe, chosen, known.find(beside))  # names the interpreters that could; asking all takes a second
        raise
    return msgspec.structs.replace(recipe, interpreter=chosen.path)


class _StopSignal:
    """Ctrl-C and SIGTERM stop the run politely; the work done so far is still reported."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> _StopSignal:
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *problem: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


def carry_out(
    recipe: Recipe, stop: _StopSignal | None = None, number: int = 1, quiet: bool = False, prints: bool = True
) -> tuple[Run, RunStatistics]:
    """One whole run, from start to the last record. Its files are gone afterwards, its figures stay. With `prints`, the
    output of its workers is shown on stderr."""
    run = Run(number, recipe)
    shown = _ProgressLine(recipe, quiet)
    try:
        run.start()
        next_pull = 0.0
        while not run.ended:
            run.poll()
            if stop is not None and stop.asked:
                run.stop()
            if run.engine.phase == "ended" or time.monotonic() >= next_pull:
                run.pull()
                next_pull = time.monotonic() + PULL_S
                shown.update(run)
                if prints:
                    shown.tell(run.output)
            if not run.ended:
                time.sleep(POLL_S)
        while prints and run.output.behind:
            shown.tell(run.output)
        return run, run.statistics()
    finally:
        shown.clear()
        run.abandon()


def _compared(statistics: RunStatistics, baseline: Baseline | None) -> RunStatistics:
    """The figures with the speed-up over the baseline; without one, the speed-up over an op timed alone stays."""
    if baseline is None:
        return statistics
    times, basis = speedup.over(statistics.work_per_s or 0.0, statistics.recipe.workers, baseline)
    return replace(statistics, speedup=times, speedup_basis=basis)


def _baseline(recipe: Recipe, statistics: RunStatistics, stop: _StopSignal) -> Baseline | None:
    """One worker of the same recipe, for the speed-up. None where the comparison would mean nothing."""
    if statistics.outcome not in (FINISHED, TIME_UP, STOPPED) or stop.asked or not statistics.throughput:
        return None
    if recipe.workers == 1:  # nothing to compare
        return None
    if recipe.job == "own":  # running it a second time may do something else
        return None
    if catalogue.job(recipe.job).together:  # its workers need each other
        return None
    seconds = min(recipe.seconds or BASELINE_SECONDS, BASELINE_SECONDS)
    alone = msgspec.structs.replace(recipe, workers=1, seconds=seconds)
    _, one = carry_out(alone, stop, 2, prints=False)
    if one.outcome not in (FINISHED, TIME_UP) or not one.work_per_s:
        return None
    return Baseline(one.work_per_s, speedup.AFTER)


class _ProgressLine:
    """One line on stderr, rewritten at most four times a second. Where stderr is no terminal, only the start of the run
    and the workers' output are printed; if `quiet`, nothing is."""

    def __init__(self, recipe: Recipe, quiet: bool) -> None:
        self._live = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._next = 0.0
        if not quiet:
            print(f"running {sentence(recipe)}", file=sys.stderr)

    def update(self, run: Run) -> None:
        if not self._live or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.25
        now = run.statistics()
        part = f"{now.progress * 100:3.0f} %  " if now.progress is not None else ""
        rate = f"{now.throughput:,.0f} {now.unit}/s  " if now.has_rate else ""
        line = f"{part}{now.seconds:5.1f} s  {rate}{now.cores_used:.1f} cores"
        print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)

    def tell(self, output: OutputReader) -> None:
        """Print the workers' output since the last call, each line with the name of its worker."""
        lines = output.pull()
        if self._quiet or not lines:
            return
        self.clear()
        for line in lines:
            if line.missed:
                print(f"({line.missed:,} lines are not shown)", file=sys.stderr)
            whose = f"{worker_name(line.worker)}: " if line.worker >= 0 else ""
            print(f"{whose}{readable(line.text)}", file=sys.stderr)

    def clear(self) -> None:
        if self._live:
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)
