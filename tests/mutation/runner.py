"""One forked process for each change, some at once, and what became of each: killed, survived, or timeout, which is as
good as killed. A change that runs on for ever is ended with all it started.

Changes within functions are tried in forks of the nursery. What survives there, and what is done while a module is
imported, is tried where the changed module is imported afresh: no value that was made before hides the change."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.mutation import inside
from tests.mutation.changes import AS_IT_IS, Change, changed
from tests.mutation.nursery import Known, Nursery, put_away
from tests.mutation.related import ROOT, test_files

PATIENCE = 5.0  # times what its tests take unchanged …
LEAST_S = 20.0  # … and this much for the start, on a machine that has much else to do
NOTHING_TO_RUN = 5  # pytest's exit code

Outcome = tuple[Change, str]
Begin = Callable[[Change, str, dict[str, float]], int]


class Unfit(Exception):
    """The sources as they are do not pass, so that nothing can be said of changes."""


class Runner:
    def __init__(self, modules: list[str], seed: int, jobs: int, until: float, quick: bool = False) -> None:
        self.quick = quick  # do not try survivors once more
        self.modules, self.seed, self.jobs, self.until = modules, seed, jobs, until
        self.sources = {module: (ROOT / module).read_text(encoding="utf-8") for module in modules}
        self.known = Known({}, {})

    def run(self, waiting: list[Change]) -> Iterator[Outcome]:
        """What became of each, in the order in which they end; none is begun any more once it is too late."""
        again = [change for change in waiting if not change.in_function]
        for change, outcome in self._in_nursery([change for change in waiting if change.in_function]):
            if outcome == "survived" and not self.quick and self.known.of(change, test_files(change.module)):
                again.append(change)
            else:
                yield change, outcome
        self._check(sorted({change.module for change in again}))
        yield from Loop(self, self._begin_afresh).run(again)

    # -- forks of the nursery

    def _in_nursery(self, waiting: list[Change]) -> Iterator[Outcome]:
        files = sorted({file for module in self.modules for file in test_files(module)})
        reader, writer = os.pipe()

        def work(nursery: Nursery) -> None:
            self.known = nursery.known
            with os.fdopen(writer, "wb") as pipe:
                tell(pipe, nursery.known)
                for one in Loop(self, nursery.begin).run([as_it_is(self.modules[0]), *waiting]):
                    tell(pipe, one)

        def does() -> int:
            os.close(reader)
            nursery = Nursery(self.modules, work)
            code = inside.run(files, self.seed, nursery)
            if nursery.failed:
                Path(troubles.name).write_text(" ".join(nursery.failed), encoding="utf-8")
            return code

        with tempfile.NamedTemporaryFile() as troubles:
            pid = inside.in_fork(does)
            os.close(writer)
            try:
                with os.fdopen(reader, "rb") as pipe:
                    yield from self._told(pipe)
            except EOFError:
                failed = Path(troubles.name).read_text(encoding="utf-8") or "pytest itself (MUTANTS_ALOUD=1 shows it)"
                raise Unfit(f"Unchanged, these fail already: {failed}") from None
            finally:
                put_away(pid)

    def _told(self, pipe: Any) -> Iterator[Outcome]:
        self.known = pickle.load(pipe)
        with contextlib.suppress(EOFError):
            while True:
                change, outcome = pickle.load(pipe)
                if change.place != AS_IT_IS:
                    yield change, outcome
                elif outcome != "survived":
                    raise Unfit(f"Unchanged, not all tests pass a second time ({outcome})")

    # -- where the module is imported afresh

    def _begin_afresh(self, change: Change, source: str, tests: dict[str, float]) -> int:
        files = sorted({name.partition("::")[0] for name in tests})

        def does() -> int:
            code = compile(changed(source, change.place), str(ROOT / change.module), "exec")
            sys.meta_path.insert(0, inside.Instead(change.module, code))
            return inside.run(files, self.seed, inside.Chosen(tests, set(self.known.lines)))

        return inside.in_fork(does)

    def _check(self, modules: list[str]) -> None:
        """The sources as they are, put in the place of themselves, must survive: else everything would be killed."""
        for change, outcome in Loop(self, self._begin_afresh).run([as_it_is(module) for module in modules]):
            if outcome != "survived":
                raise Unfit(f"{change.module} as it is does not survive ({outcome}); MUTANTS_ALOUD=1 shows why")


def as_it_is(module: str) -> Change:
    return Change(module, "", "", 0, range(0), "nothing", 0, AS_IT_IS, False)


def tell(pipe: Any, what: object) -> None:
    pickle.dump(what, pipe)
    pipe.flush()


class Loop:
    """Begins some at once, and waits for them."""

    def __init__(self, runner: Runner, begin: Begin) -> None:
        self.runner, self.begin = runner, begin
        self.children: dict[int, tuple[Change, float]] = {}  # by process: what it tries, until when

    def run(self, waiting: list[Change]) -> Iterator[Outcome]:
        queue, until = deque(waiting), self.runner.until
        try:
            while (queue and time.monotonic() < until) or self.children:
                while queue and len(self.children) < self.runner.jobs and time.monotonic() < until:
                    yield from self._begun(queue.popleft())
                yield from self._ended()
                time.sleep(0.002)
        finally:
            for pid in self.children:
                end(pid)

    def _begun(self, change: Change) -> Iterator[Outcome]:
        tests = self.runner.known.of(change, test_files(change.module))
        if not tests:
            yield change, "survived"  # nothing runs it
            return
        pid = self.begin(change, self.runner.sources[change.module], tests)
        self.children[pid] = change, time.monotonic() + LEAST_S + PATIENCE * sum(tests.values())

    def _ended(self) -> Iterator[Outcome]:
        for pid, (change, until) in list(self.children.items()):
            over, status = os.waitpid(pid, os.WNOHANG)
            if not over and time.monotonic() < until:
                continue
            del self.children[pid]
            end(pid, reaped=bool(over))
            yield change, outcome_of(status) if over else "timeout"


def outcome_of(status: int) -> str:
    """A change that breaks pytest itself, as its conftest imports the module, is noticed too."""
    return "survived" if os.waitstatus_to_exitcode(status) in (0, NOTHING_TO_RUN) else "killed"


def end(pid: int, reaped: bool = False) -> None:
    """With what its tests have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if not reaped:
        os.waitpid(pid, 0)
