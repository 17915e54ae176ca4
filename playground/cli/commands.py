"""The commands that need no window: `run`, `list`, `script` and `lesson`. Progress goes to stderr, figures to stdout.

Exit codes: 0 done (also if the time was up or the run was stopped); 1 the run failed, crashed or got stuck, or there
was no room for it (the reason is on stderr); 2 bad input (the field, and what is allowed); 130 Ctrl-C before a run."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec

from playground import catalogue, hosts
from playground.cli import consent
from playground.cli import options as recipe_options
from playground.cli.carrying_out import StopSignal, baseline_of, carry_out, compared
from playground.cli.report import as_text
from playground.figures.finished import FinishedRun, as_json, figures
from playground.figures.other_programs import Others
from playground.figures.reach import Machine, disturbed
from playground.figures.records import STUCK, TROUBLE
from playground.figures.this_computer import computer, moment
from playground.figures.wording import cores
from playground.files import json_text
from playground.files.visible import one_line, visible
from playground.interpreters import known
from playground.recipe import limits
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.run import run_folder
from playground.run.run_folder import NoRoom

DEFAULT_SECONDS = 5.0
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
        return [fields(one, "name", "title", "unit", "meaning") for one in figures().values()]
    return []


def fields(record: object, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _host_entry(host: hosts.Host) -> dict[str, Any]:
    return {
        "name": host.name,
        "title": host.title,
        "summary": host.note,
        **fields(host, "available", "why", "needs_window"),
        "models": [entry.name for entry in catalogue.models() if host.takes(entry.hosts)],
        **fields(host, "other_pythons", "own_processes", "shares_gil", "freezes", "usual_s", "longest_s"),
        "cores": host.hardware.cores,
        "clock_ahead_s": host.hardware.clock.ahead_ns / 1e9,
        "clock_error_s": host.hardware.clock.error_ns / 1e9,
    }


def _interpreter_entry(one: known.Interpreter, short: str) -> dict[str, Any]:
    return {
        "name": one.executable,
        "short": short if short != one.path else "-",
        **fields(one, "title", "available", "why"),
        "summary": one.note,
        "this": one.path == "",
        **fields(one.facts, "version", "implementation", "free_threaded", "gil_enabled"),
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
    with StopSignal() as stop:
        others = Others(recipe.place.hardware.meter()) if recipe.place.hardware.here else None
        _, statistics = carry_out(recipe, stop, 1)
        took = others.cores() if others is not None else None
        if not options.no_baseline:
            statistics = compared(statistics, baseline_of(recipe, statistics, stop))
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
