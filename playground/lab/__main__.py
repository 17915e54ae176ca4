"""A lab: the process in which one run lives. Its parent hands it a run directory that holds the recipe; the lab answers
with JSON lines: ready, started, gil_back, worker_died, ended or failed. When its standard input closes the app is gone,
and the lab ends with all that it started."""

from __future__ import annotations

import atexit
import faulthandler
import gc
import json
import os
import signal
import sys
import time
import warnings
from typing import Any

from . import RECIPE
from .asked import who_am_i
from .beside import calibrate
from .lab import Lab
from .loops import watch_cost
from .recording import noted_lines, own_module, stamps
from .recording.control import apply_switch_interval
from .watching import descendants, gil, machine, stacks
from .wire import clocks, output_rings, ring, shelf
from .wire.cannot_prepare import CannotPrepare
from .wire.declaration import Job, Model

NICE = 5


def say(event: str, **fields: Any) -> None:
    _answers.write(json.dumps(dict(fields, event=event), default=repr) + "\n")
    _answers.flush()


_answers = sys.stdout


def main(argv: list[str]) -> int:
    global _answers
    directory, parent = argv[0], int(argv[1])
    if os.getppid() != parent and sys.platform != "win32":
        print("this interpreter is started by another program, a wrapper; give its own path", file=sys.stderr)
    machine.die_with_parent(parent)
    descendants.adopt()
    atexit.register(end_rest, os.getpid())  # registered first, so called last
    faulthandler.enable()
    descriptor = os.dup(0)
    _answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    stacks.tell(directory)
    os.dup2(2, 1)  # what a job prints must not be taken for an answer
    with open(os.path.join(directory, RECIPE), encoding="utf-8") as file:
        recipe = json.load(file)
    sys.stdin = open(os.devnull)  # noqa: SIM115 (stays open as long as the lab)
    if gil.gil_state() == "off":
        tell_when_it_is_back()
    machine.when_closed(descriptor, end_everything)
    try:
        outcome = run(directory, recipe, parent)
    except BaseException as problem:  # the user's module may raise anything
        say("failed", error=own_module.error_text(problem))
        end_everything()  # workers that have begun would keep this process alive for ever
    say("ended", **outcome)
    return 0


def tell_when_it_is_back() -> None:
    """Tell the app when CPython turns its GIL back on. It does so, and warns once, for an extension module that has not
    declared that it works without the GIL."""
    show = warnings.showwarning

    def showwarning(message: Any, *rest: Any, **more: Any) -> None:
        if "(GIL) has been enabled" in str(message):
            module = str(message).partition("'")[2].partition("'")[0]
            say("gil_back", by=module.partition(".")[0])
        show(message, *rest, **more)

    warnings.showwarning = showwarning


def end_rest(lab: int) -> None:
    """End what the lab has started; for atexit, which a forked child of the user's code reaches as well.
    multiprocessing's tracker is spared: it ends by itself when it has tidied up."""
    if os.getpid() == lab:
        tracker = getattr(sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None)
        descendants.end_below([getattr(tracker, "_pid", None) or 0])


def end_everything() -> None:
    """Kill this process and all that it started. They share a process group that the lab leads; those that have left it
    are found among the lab's descendants."""
    if descendants.ABLE:
        descendants.kill(descendants.below(os.getpid()))
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def run(directory: str, recipe: dict[str, Any], parent: int) -> dict[str, Any]:
    niceness = machine.give_way(NICE)
    lab = Lab(directory, recipe, say, parent)
    model = shelf.load(Model, recipe["model"])
    job = shelf.load(Job, recipe["job"])
    python = dict(who_am_i.facts(), gil_enabled=gil.gil_state() == "on")
    say("ready", pid=os.getpid(), nice=niceness, python=python)
    refusal = refused(lab, model, job) or prepare(lab, model, job)
    if refusal:
        say("failed", error=refusal)
        return {"handoffs_per_s": None}
    if recipe["job"] == own_module.NAME:
        noted_lines.listen()
    stamp_ns = stamps.measure_stamp_ns(directory)
    watch_ns = watch_cost.cost_ns(directory, model, lab.control.words[ring.C_UNSTAMPED], lab.count, lab.knobs)
    with output_rings.aside():
        solo_ns = calibrate.solo_ns(job.ops(0, None, **lab.order.prepared)) if job.solo else None
    op_work = calibrate.op_work(job, lab.order.prepared)
    apply_switch_interval(lab.control.words[ring.C_SWITCH_INTERVAL])
    if hasattr(gc, "freeze"):  # PyPy has none
        gc.freeze()
    say(
        "started",
        stamp_ns=stamp_ns,
        cpu_step_ns=clocks.step_ns,
        watch_ns=watch_ns,
        solo_ns=solo_ns,
        base_mb=machine.own_memory_mb(),
        op_work=op_work,
        prepared=lab.order.prepared,
        total=lab.order.total,
    )
    if not model.one_process:
        # From here on this process only starts others and waits, so its leash thread notices the app's end at once and
        # kills the whole group. If the kernel killed the lab instead, workers that have not tied their lives to it yet
        # would be left: with 64 that were just starting, the last of them was gone only two seconds later.
        machine.outlive_parent()
    begun, before = time.perf_counter_ns(), lab.handoffs()
    lab.control.words[ring.C_CALLED] = begun
    model.run(lab)
    gil.allow_tracing(gil.NOBODY)
    output_rings.give_back()
    lab.clear()
    taken, after = time.perf_counter_ns() - begun, lab.handoffs()
    rate = None
    if model.one_process and before is not None and after is not None:
        rate = (after - before) / taken * 1e9
    return {"handoffs_per_s": rate, "gil_enabled": gil.gil_state() == "on"}


def refused(lab: Lab, model: Model, job: Job) -> str | None:
    """Why this Python cannot run that model with that job, if so."""
    unfit = model.unfit_for(job, lab.count, lab.knobs)
    unavailable = [declared.unavailable() for declared in (model, job) if declared.unavailable]
    return next(filter(None, [model.lacks(job.title, job.uses), *unavailable, unfit and unfit[1]]), None)


def prepare(lab: Lab, model: Model, job: Job) -> str | None:
    """Make what the job needs; gives the reason if that cannot be done."""
    try:
        take_output(lab, model)
        if model.patch:
            model.patch(lab)
        lab.prepare(job)
    except CannotPrepare as problem:
        return str(problem)
    return None


def take_output(lab: Lab, model: Model) -> None:
    """Send what is printed to a file of the run. It is made now, so that a full disk is an error before workers
    start."""
    path = os.path.join(lab.directory, "output")
    one_interpreter = model.one_process and not model.own_gils
    try:
        output_rings.create(path, lab.count, one_interpreter, model.one_loop)
    except OSError as problem:
        words = "cannot make the run's output in %s: %s" % (lab.directory, problem.strerror or problem)
        raise CannotPrepare(words) from problem
    output_rings.take(path, home=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
