"""`python3 -m tests`: brings .venv up to what the tests need and runs all of them, in rows beside each other
(rows.py). With arguments of pytest, it runs only what they name. Widgets in the test process are drawn offscreen; the
windows that tests/e2e drives get a virtual display of their own, so that no test takes anybody's mouse. Says beforehand
what cannot be run here, and why.

`--quick` alone: lint, contracts, and the tests that find most in two minutes. `--changed` first: the test files that
import what was changed since main. `--again` alone: all, and what fails is tried once more. `--row NAME` first: one
row. `--prepare` first: only makes the environment.
`--without-qt` first: runs in .venv-core, where no Qt is installed.
`mutants` first: changes the sources of the figures, one place at a time, and asks the tests (docs/testing.md).
`fuzz` first: tries random recipes, lines and files (docs/testing.md).
`truth` first: compares what the app tells of its runs with what independent observers see (docs/truth.md)."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
XVFB = "sudo apt install xvfb xdotool openbox"
FOR_MODELS = ("gevent", "greenlet", "monocle")


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        sys.exit("The tests need Python 3.11+; this is " + sys.version.split()[0] + ". Try: python3.11 -m tests")
    from playground.start import start_trouble

    try:
        return carried_out(arguments)
    except start_trouble.Trouble as problem:
        print(problem, file=sys.stderr)
        return 1


def carried_out(arguments: list[str]) -> int:
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if first in ("", "--again") and not rest:
        return whole(again=first == "--again")
    if first == "--quick" and not rest:
        return quick()
    if first == "--row" and rest:
        return row(rest[0], rest[1:])
    if first == "--without-qt":
        return without_qt_run(core_python(), rest)
    if first == "--changed":
        return changed(rest)
    python = test_python()
    if first == "--prepare":
        print(python)
        return 0
    if first == "mutants":
        return subprocess.call([str(python), "-m", "tests.mutation", *rest], cwd=ROOT)
    if first == "fuzz":
        return module(python, "tests.fuzz", rest, os.environ)
    if first == "truth":
        return module(python, "tests.truth", rest, os.environ)
    return run(python, arguments)


# --- environments -------------------------------------------------------------------------------------------------


def test_python() -> Path:
    """This interpreter where it has everything (`pip install -e .[test]`), otherwise .venv's."""
    from playground.start import bootstrap
    from playground.start.own_environment import APP, NEEDED, Environment

    needed = (*NEEDED, "pytest", "pytestqt", "hypothesis", "importlinter", *FOR_MODELS)
    if not bootstrap.missing_here(needed):
        return Path(sys.executable)
    return bootstrap.ready_python(Environment(APP.directory, ROOT / "requirements-test.lock", needed))


def core_python() -> Path:
    from playground.start import bootstrap
    from playground.start.own_environment import Environment

    needed = ("pytest", "hypothesis", "msgspec", "numpy", "psutil", "platformdirs", *FOR_MODELS)
    return bootstrap.ready_python(Environment(ROOT / ".venv-core", ROOT / "requirements-core.lock", needed))


# --- rows of tests ------------------------------------------------------------------------------------------------


def whole(again: bool) -> int:
    """Everything. `again`: many tests watch real programs, on a computer that others may share. So what fails is tried
    once more when nothing else runs, and has to pass then; both times stand in what is printed. A row that failed
    though none of its tests did (it crashed, or left a process behind) is run once more as a whole."""
    from tests import rows

    failed = rows.beside(rows.WHOLE)
    if again:
        failed = [name for name in failed if once_more(name) != 0]
    return told(failed)


def once_more(name: str) -> int:
    from tests import rows

    some = rows.has_failed_tests(name)
    print(f"--- {'what failed in ' if some else 'all of '}{name}, once more", flush=True)
    return row(name, ["--last-failed", "--last-failed-no-failures=none"] if some else [])


def quick() -> int:
    """The linter, the import contracts (tests/core/test_contracts.py), and the tests that find most for their time."""
    from tests import rows

    python = str(test_python())
    checks = [[python, "-m", "ruff", "check", "."], [python, "-m", "ruff", "format", "--check", "."]]
    unclean = [" ".join(check[2:]) for check in checks if subprocess.call(check, cwd=ROOT) != 0]
    return told(unclean + rows.beside(rows.QUICK))


def changed(more: list[str]) -> int:
    from tests import changed

    asked = changed.tests_of(changed.files())
    print("\n".join(asked) or "No test imports what was changed.", flush=True)
    return run(test_python(), [*asked, *more]) if asked else 0


def told(failed: list[str]) -> int:
    from tests import rows

    print("failed: " + ", ".join(failed) if failed else "all passed")
    print("pictures of what failed, and how long each test took:", rows.KEPT, flush=True)
    return 1 if failed else 0


def row(name: str, more: list[str]) -> int:
    from tests import rows

    kept = rows.KEPT / name
    if "--last-failed" not in more:
        shutil.rmtree(kept, ignore_errors=True)
    os.environ["PLAYGROUND_TESTS_KEPT"] = str(kept)
    arguments = [*rows.arguments(name), *more]
    if rows.rows()[name].without_qt:
        return without_qt_run(core_python(), arguments)
    return run(test_python(), arguments)


# --- runs ---------------------------------------------------------------------------------------------------------


def without_qt_run(python: Path, arguments: list[str]) -> int:
    """pytest-qt's settings are unknown there, which pytest would take for a mistake in its configuration."""
    settings = [
        "-W",
        "ignore::pytest.PytestConfigWarning",
        "-o",
        "addopts=-ra --strict-markers --import-mode=importlib",
    ]
    named = any(not argument.startswith("-") for argument in arguments)
    return pytest(python, [*settings, *arguments, *([] if named else ["tests/core"])], os.environ)


def run(python: Path, arguments: list[str]) -> int:
    say_what_cannot_be_run()
    with display() as name:
        return pytest(python, arguments, os.environ | {"QT_QPA_PLATFORM": "offscreen"} | name)


def say_what_cannot_be_run() -> None:
    missing = [program for program in ("Xvfb", "xdotool", "openbox") if shutil.which(program) is None]
    if not sys.platform.startswith("linux"):
        print(
            "Not run: tests/e2e, which drive mouse and keyboard through Xvfb and xdotool, which Linux has.", flush=True
        )
    elif missing:
        print(f"Not run: tests/e2e: there is no {', '.join(missing)} ({XVFB}).", flush=True)


def pytest(python: Path, arguments: list[str], settings: os._Environ[str] | dict[str, str]) -> int:
    return module(python, "pytest", arguments, settings)


def module(python: Path, name: str, arguments: list[str], settings: os._Environ[str] | dict[str, str]) -> int:
    sys.stdout.flush()
    command = [str(python), "-m", name, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(settings))
    # Asked to end, we let pytest put its things away: what its tests have started would otherwise live on.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # it has been told too, and sums up what it did
            continue


# --- virtual displays ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def display() -> Iterator[dict[str, str]]:
    """Where no display is named: an Xvfb for the windows that tests start but do not drive; it ends with the tests."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux") or shutil.which("Xvfb") is None:
        yield {}
        return
    with xvfb() as name:
        yield {"DISPLAY": name}


@contextlib.contextmanager
def xvfb(screen: str = "1440x900x24", *options: str) -> Iterator[str]:
    """Xvfb picks a free display itself and writes its number once it answers, so nothing races and nothing waits."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-nolisten", "tcp", "-noreset", *options]
    server = subprocess.Popen(
        command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        os.close(writer)
        with os.fdopen(reader) as file:
            number = file.readline().strip()
        if not number:
            raise OSError(f"Xvfb did not start: {' '.join(command)}")
        yield ":" + number
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def window_manager(name: str) -> Iterator[None]:
    """Without one a window cannot be resized, minimised or given the focus as it is on a desktop."""
    environment, nothing = os.environ | {"DISPLAY": name}, subprocess.DEVNULL
    manager = subprocess.Popen(["openbox"], env=environment, start_new_session=True, stdout=nothing, stderr=nothing)
    try:
        yield
    finally:
        manager.terminate()
        manager.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
