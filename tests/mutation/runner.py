"""One forked process for each change, some at once, and what became of each: killed, survived, or timeout, which is as
good as killed. A change that runs on for ever is ended with all it started."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import inside
from tests.mutation.changes import AS_IT_IS, Change, changed
from tests.mutation.related import ROOT, test_files

PATIENCE = 5.0  # times what its tests take unchanged …
LEAST_S = 10.0  # … and this much for the start
NOTHING_TO_RUN = 5  # pytest's exit code


@dataclass(frozen=True)
class Known:
    """What was seen of the tests while nothing was changed."""

    lines: dict[str, set[tuple[str, int]]]
    seconds: dict[str, float]

    def of(self, change: Change, files: list[str]) -> dict[str, float]:
        """Tests that run the change: what is done while a module is imported, all run."""
        tests = [name for name in self.lines if name.partition("::")[0] in files]
        wanted = {(change.module, number) for number in change.lines}
        run = [name for name in tests if not change.function or self.lines[name] & wanted]
        return {name: self.seconds[name] for name in (run or (tests if is_of_class(change) else []))}


def is_of_class(change: Change) -> bool:
    """The body of a class is run by an import too."""
    return not any(part[:1].islower() or part[:1] == "_" and not part[1:2].isupper() for part in change.function.split("."))


def look(modules: list[str], seed: int) -> Known:
    """One run of all test files, in a process of its own."""
    files = sorted({file for module in modules for file in test_files(module)})
    watch = inside.Watch(modules)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "known"

        def does() -> int:
            code = inside.run(files, seed, watch)
            place.write_bytes(pickle.dumps((watch.lines, watch.seconds, watch.failed)))
            return code

        _, status = os.waitpid(inside.in_fork(does), 0)
        if not place.exists():
            raise SystemExit(f"The tests could not be run: {' '.join(files)}")
        lines, seconds, failed = pickle.loads(place.read_bytes())
    if status:
        raise SystemExit(f"Unchanged, these fail already: {' '.join(failed) or 'pytest ' + str(status >> 8)}")
    return Known(lines, seconds)


@dataclass
class Child:
    change: Change
    pid: int
    until: float


class Runner:
    def __init__(self, known: Known, seed: int, jobs: int) -> None:
        self.known, self.seed, self.jobs = known, seed, jobs
        self.sources: dict[str, str] = {}
        self.children: list[Child] = []

    def check(self, modules: list[str]) -> None:
        """The sources as they are, put in the place of themselves, must survive: else everything would be killed."""
        asis = [Change(module, "", "", 0, range(0), "nothing", 0, AS_IT_IS) for module in modules]
        for change, outcome in self.run(asis, float("inf")):
            if outcome != "survived":
                raise SystemExit(f"{change.module} as it is does not survive ({outcome}); MUTANTS_ALOUD=1 shows why")

    def run(self, waiting: list[Change], until: float) -> Iterator[tuple[Change, str]]:
        """What became of each, in the order in which they end; none is begun any more once it is too late."""
        queue = deque(waiting)
        try:
            while (queue and time.monotonic() < until) or self.children:
                while queue and len(self.children) < self.jobs and time.monotonic() < until:
                    change = queue.popleft()
                    tests = self.known.of(change, test_files(change.module))
                    if tests:
                        self._begin(change, tests)
                    else:
                        yield change, "survived"  # nothing runs it
                yield from self._ended()
                time.sleep(0.005)
        finally:
            for child in self.children:
                end(child.pid)

    def _begin(self, change: Change, tests: dict[str, float]) -> None:
        source = self.sources.setdefault(change.module, (ROOT / change.module).read_text(encoding="utf-8"))
        files = sorted({name.partition("::")[0] for name in tests})

        def does() -> int:
            import sys

            code = compile(changed(source, change.place), str(ROOT / change.module), "exec")
            sys.meta_path.insert(0, inside.Instead(change.module, code))
            return inside.run(files, self.seed, inside.Chosen(tests, set(self.known.lines)))

        patience = LEAST_S + PATIENCE * sum(tests.values())
        self.children.append(Child(change, inside.in_fork(does), time.monotonic() + patience))

    def _ended(self) -> Iterator[tuple[Change, str]]:
        for child in list(self.children):
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            late = time.monotonic() > child.until
            if not pid and not late:
                continue
            self.children.remove(child)
            end(child.pid, reaped=bool(pid))
            yield child.change, outcome(status) if pid else "timeout"


def outcome(status: int) -> str:
    """A change that breaks pytest itself, as its conftest imports the module, is noticed too."""
    return "survived" if os.waitstatus_to_exitcode(status) in (0, NOTHING_TO_RUN) else "killed"


def end(pid: int, reaped: bool = False) -> None:
    """With what its tests have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if not reaped:
        os.waitpid(pid, 0)
