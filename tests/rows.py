"""Which tests are run beside which. The whole is three rows: most of the core, where no Qt is installed; the window;
and the app as a person drives it, with the rest. They wait for programs most of the time, so two cores carry all three.
`--quick` is two rows, which compute: all files but those that take long, and a few tests chosen out of these.
docs/testing.md says what that leaves out."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "tests"  # a folder for each row
CRASH, LAST = "Fatal Python error", 300  # how a crash begins, and in which of a row's lines it is looked for

# Files of the core that go with the driven app: tests of all but own_runs use Qt, and so all rows take about as long.
WITH_QT = "bootstrap scripts own_runs wheel"

# They run labs and other programs, dozens of windows, or make environments.
LONG_CORE = """
answers asked_lines beside bootstrap claim clocks commands declarations detached doors endings faults gil heap
installing interpreter_cache interpreter_cli interpreters jobs jobs_io lab_cpu labs limit lock_holds logbook loops
memory_use models mutation objects outcomes output own_runs past_run pictures plain_messages probe properties raised
readme rings scripts stages started stuck subinterpreters truth way_out
"""
LONG_UI = """
afterwards age app code_page coding collector doors explained given_files help in_app_beside in_app_tracing kept
keyboard live_runs look_page newer offers one_fault output_page packages past_runs preferences races settings_shared
stage_end stage_replayed stage_started stage_unseen theme undoing ways window window_end window_layout window_place
zoom
"""

# Of the long ones: a lab of every model, a window of another size, and the app as a person drives it.
LABS = ["tests/core/test_models.py::test_every_worker_does_what_it_does_in_serial"]
ZOOMED = ["tests/ui/test_zoom.py::test_zoomed_it_is_as_if_it_had_begun_so"]
DRIVEN = [
    "tests/e2e/test_first_start.py::test_a_starter_starts_its_run[start_processes]",
    "tests/e2e/test_running.py::test_pause_resume_and_stop_by_mouse",
    "tests/e2e/test_command_line.py::test_a_screenshot_of_a_run",
]


@dataclass(frozen=True)
class Row:
    """What one pytest runs, and whether Qt is there."""

    tests: list[str]
    without_qt: bool = False


def files(part: str, but: str = "") -> list[str]:
    """Those of a folder, without the named ones."""
    left_out = {f"test_{name}.py" for name in but.split()}
    found = {path.name for path in (ROOT / "tests" / part).glob("test_*.py")}
    if unknown := left_out - found:
        raise LookupError(f"tests/{part} has no {', '.join(sorted(unknown))}")
    return [f"tests/{part}/{name}" for name in sorted(found - left_out)]


def rows() -> dict[str, Row]:
    with_qt = [f"tests/core/test_{name}.py" for name in WITH_QT.split()]
    return {
        "core": Row(files("core", WITH_QT), without_qt=True),
        "window": Row(files("ui")),
        "driven": Row(["tests/e2e", *with_qt]),
        "quick-core": Row([*files("core", LONG_CORE), *LABS]),
        "quick-window": Row([*files("ui", LONG_UI), *ZOOMED, *DRIVEN]),
    }


WHOLE, QUICK = ("core", "window", "driven"), ("quick-core", "quick-window")


def arguments(name: str) -> list[str]:
    """pytest's, for a row. What failed is kept for each, as rows are run at the same time; none keeps it for later."""
    kept = KEPT / name
    times = ["--durations=25", "--durations-min=1", f"--junitxml={kept / 'times.xml'}"]
    examples = ["--hypothesis-profile=quick"] if name in QUICK else []
    return ["-q", *times, *examples, "-o", f"cache_dir={kept / 'cache'}", *rows()[name].tests]


def beside(names: Sequence[str]) -> list[str]:
    """Runs rows at the same time; each line says which one it is of. Gives those that failed;
    where one crashed, that is said again at the end, as other rows have gone on meanwhile."""
    command = [sys.executable, "-u", "-m", "tests", "--row"]
    pipe = subprocess.PIPE
    begun = {
        name: subprocess.Popen([*command, name], cwd=ROOT, stdout=pipe, stderr=subprocess.STDOUT) for name in names
    }
    signal.signal(signal.SIGTERM, lambda *_: [process.terminate() for process in begun.values()])
    width = max(map(len, names))
    last: dict[str, deque[str]] = {name: deque(maxlen=LAST) for name in names}
    readers = [threading.Thread(target=repeat, args=(f"{name:{width}} | ", begun[name], last[name])) for name in names]
    for reader in readers:
        reader.start()
    for reader in readers:
        join(reader)
    failed = [name for name, process in begun.items() if process.wait() != 0]
    for name in failed:
        crash = [*dropwhile(lambda line: CRASH not in line, last[name])]
        print("".join(crash) + f"{name:{width}} | ended with exit code {begun[name].returncode}", flush=True)
    return failed


def has_failed_tests(name: str) -> bool:
    """Does pytest's own note of the row's last run name any? A run that crashed has none."""
    note = KEPT / name / "cache" / "v" / "cache" / "lastfailed"
    return note.exists() and bool(json.loads(note.read_text(encoding="utf-8")))


def repeat(before: str, process: subprocess.Popen[bytes], last: deque[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            last.append(before + line.decode(errors="replace"))
            print(last[-1], end="", flush=True)


def join(reader: threading.Thread) -> None:
    """Ctrl+C reaches the rows too, and they sum up what they did."""
    while reader.is_alive():
        with contextlib.suppress(KeyboardInterrupt):
            reader.join()
