"""The command line as scripts use it: what `run --json` and `list --json` promise, and the exit codes."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.cli import carrying_out, commands, report
from playground.figures import speedup
from playground.figures.records import Shares
from playground.interpreters import known
from playground.recipe import limits
from playground.run import run_folder
from playground.run.run_folder import NoRoom
from tests.core.labs import LINUX, ROOT, WAYS, own_directories
from tests.core.made_runs import made

pytestmark = pytest.mark.skipif(os.name != "posix", reason="seen only on systems with process groups")

CLI = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from playground.cli import commands; sys.exit(commands.main(sys.argv[1:]))"
)
NUMBER = (int, float)
MAYBE = (int, float, type(None))
SHARES = ("run", "wait_gil", "wait_core", "blocked", "io", "sleep")

PROMISED: dict[str, Any] = {
    "recipe": {"job": str, "workers": int, "model": str, "host": str, "interpreter": str, "knobs": dict},
    "interpreter": {"path": str, "version": str, "implementation": str, "free_threaded": bool, "gil_enabled": bool},
    "seconds": NUMBER,
    "started_ns": (int, type(None)),  # of a run that never began
    "ended_ns": int,
    "outcome": str,
    "error": (str, type(None)),
    "throughput": NUMBER,
    "cores_used": NUMBER,
    "cores_workers": NUMBER,
    "cores_lab": NUMBER,
    "speedup": MAYBE,
    "speedup_basis": (str, type(None)),
    "workers": list,
    "gil": {"source": str, "handoffs_per_s": MAYBE, "mean_slice_ms": MAYBE, "held": dict},
    "memory": {"lab_mb": MAYBE, "per_worker_mb": MAYBE},
    "start_ms": MAYBE,
    "stop_ms": MAYBE,
    "lost_records": int,
    "probe_cost": MAYBE,
    "recorder_cost": MAYBE,
    "others_cores": MAYBE,
    "disturbed": bool,
    "lanes_source": str,
    "began": (str, type(None)),
    "computer": {"cores": int, "cores_allowed": int, "system": str, "app_version": str, "app_python": str},
}
WORKER = {
    "name": str,
    "ops": int,
    "cpu_s": NUMBER,
    "pid": int,
    "tid": int,
    "started_ns": (int, type(None)),  # of a run that never began
    "ended_ns": int,
    "share": dict.fromkeys(SHARES, NUMBER),
}


def check(promised: dict[str, Any], given: dict[str, Any], path: str = "") -> None:
    for name, kind in promised.items():
        assert name in given, f"{path}{name} is missing"
        if isinstance(kind, dict):
            check(kind, given[name], f"{path}{name}.")
        else:
            assert isinstance(given[name], kind), f"{path}{name} is {given[name]!r}"
            assert kind is int or bool in (kind if isinstance(kind, tuple) else (kind,)) or given[name] is not True


def shell(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", CLI, str(ROOT), *words], capture_output=True, text=True, timeout=60, check=False, **more
    )


def run(*words: str, code: int = 0) -> dict[str, Any]:
    done = shell("run", *words, "--json")
    assert done.returncode == code, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


@pytest.mark.parametrize("way", WAYS)
def test_run_tells_everything_that_is_promised(way: str) -> None:
    model, knobs = WAYS[way]
    words = [word for name, value in knobs.items() for word in ("--set", f"{name}={value}")]
    figures = run("--model", model, "--workers", "2", "--amount", "600", *words)
    check(PROMISED, figures)
    assert figures["outcome"] == "finished"
    assert figures["error"] is None
    assert figures["recipe"]["knobs"] == knobs
    assert figures["interpreter"]["version"] == ".".join(map(str, sys.version_info[:3]))
    assert len(figures["workers"]) == 2
    for worker in figures["workers"]:
        check(WORKER, worker)
        assert worker["ops"] == 600
        assert worker["pid"] > 0
        assert worker["tid"] > 0
        assert figures["started_ns"] <= worker["started_ns"] < worker["ended_ns"] <= figures["ended_ns"]
        lived = (worker["ended_ns"] - worker["started_ns"]) / 1e9
        assert worker["cpu_s"] <= lived + 0.001  # the clocks are read one after the other
        assert sum(worker["share"].values()) == pytest.approx(1, abs=1e-6)
        assert all(0 <= share <= 1 for share in worker["share"].values())
    assert [worker["name"] for worker in figures["workers"]] == ["A", "B"]
    assert figures["seconds"] == pytest.approx((figures["ended_ns"] - figures["started_ns"]) / 1e9)
    assert figures["throughput"] == pytest.approx(1200 / figures["seconds"])
    told = sum(w["cpu_s"] for w in figures["workers"]) / figures["seconds"]
    assert figures["cores_workers"] == pytest.approx(told)
    assert figures["cores_used"] == pytest.approx(figures["cores_workers"] + figures["cores_lab"])
    assert figures["speedup"] > 0.1  # how fast the one worker was, for itself, depends on what else the computer did
    assert 0 < figures["recorder_cost"] < 0.1
    assert figures["stop_ms"] is None
    assert figures["lost_records"] == 0
    gil = figures["gil"]
    # A run this short may be over before the probe has begun; then only workers that share a GIL tell something of it.
    assert gil["source"] in ("measured", "none" if model == "processes" else "estimated")
    assert (gil["samples"] > 0) == (gil["source"] == "measured")
    assert set(gil["held"]) == (set() if gil["source"] == "none" else {"A", "B"})
    if gil["source"] == "measured":
        assert set(figures["gil"]["held"]) == {"A", "B"}
        assert all(0 <= share <= 1 for share in figures["gil"]["held"].values())
        assert figures["probe_cost"] > 0
    if way == "threads":
        assert len({worker["pid"] for worker in figures["workers"]}) == 1
        assert len({worker["tid"] for worker in figures["workers"]}) == 2
        busy, rate = 1 - (gil["free"] or 0.0), gil["handoffs_per_s"]
        assert gil["mean_slice_ms"] == (pytest.approx(busy / rate * 1000) if rate else None)
    if model == "processes":
        assert len({worker["pid"] for worker in figures["workers"]}) == 2


def test_a_timed_run_ends_with_its_stop_time() -> None:
    figures = run("--seconds", "0.3", "--workers", "2", "--no-baseline")
    check(PROMISED, figures)
    assert figures["outcome"] == "finished"
    assert figures["seconds"] >= 0.3
    assert figures["stop_ms"] > 0
    assert figures["speedup"] > 0
    assert figures["speedup_basis"] == speedup.SOLO


def test_sleepers_sleep() -> None:
    figures = run("--job", "sleep", "--set", "nap=10", "--seconds", "0.3", "--workers", "3", "--no-baseline")
    assert [worker["share"]["sleep"] for worker in figures["workers"]] == pytest.approx([1, 1, 1], abs=0.01)
    assert figures["start_ms"] is not None
    assert figures["start_ms"] < 10_000, "the first nap is no part of the start"


def test_the_speed_up_says_how_many_times_as_much_as_one_worker_they_do() -> None:
    """Who sleeps needs no core: four do four times as much, however busy the machine is."""
    figures = run("--job", "sleep", "--set", "nap=0.02", "--seconds", "0.5", "--workers", "4")
    assert figures["speedup"] == pytest.approx(4, rel=0.15)
    assert figures["speedup_basis"] == speedup.AFTER


def test_one_worker_is_not_compared_with_one() -> None:
    assert run("--workers", "1", "--amount", "50")["speedup"] is None


def test_of_a_run_that_was_too_short_no_figures_are_told() -> None:
    told = report.as_text(made(workers=2, seconds=0.004, phase="ended", outcome="finished", speedup=0.5))
    assert told == "2 × Count primes as threads: finished\n  too short to judge: 4 ms"


@pytest.mark.parametrize(("number", "helps"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EROFS, False)])
def test_to_free_space_is_said_where_that_helps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, helps: bool
) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise NoRoom("cannot make the run's rings") from OSError(number, "")

    monkeypatch.setattr(commands, "carry_out", no_room)
    assert commands.main(["run", "1 x sleep as threads", "--seconds", "0.1"]) == 1
    assert capsys.readouterr().err.endswith("rings; free some space and try again\n") == helps


def test_what_nobody_saw_is_told_in_text_too() -> None:
    assert "not known" not in report.as_text(made())
    assert report.as_text(made(share=Shares(run=0.75, unknown=0.25))).count("sleep 0%, not known 25%") == 1


def test_other_programs_that_were_busy_are_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker that waited for a core for half of its time, while others took one and a half."""
    kept_waiting = made(workers=1, phase="ended", outcome="finished", cores=0.5, share=Shares(run=0.5, wait_core=0.5))
    monkeypatch.setattr(commands, "carry_out", lambda *_: (None, kept_waiting))
    monkeypatch.setattr(commands.Others, "cores", lambda _: 1.5)  # type: ignore[attr-defined]
    assert commands.main(["run", "1 x primes as threads", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["others_cores"], told["disturbed"]) == (1.5, True)
    assert commands.main(["run", "1 x primes as threads"]) == 0
    assert "others        took 1.5 cores: these figures are not reliable" in capsys.readouterr().out
    for took in (0.3, None):
        monkeypatch.setattr(commands.Others, "cores", lambda _, took=took: took)  # type: ignore[attr-defined]
        assert commands.main(["run", "1 x primes as threads"]) == 0
        assert "others" not in capsys.readouterr().out


def test_progress_goes_to_stderr_and_figures_to_stdout() -> None:
    done = shell("run", "--seconds", "0.5", "--workers", "2", "--no-baseline")
    assert done.returncode == 0
    assert done.stderr == "running 2 × Count primes as threads\n"
    assert done.stdout.startswith("2 × Count primes as threads on CPython")
    for word in ("throughput", "cores used", "lost records"):
        assert word in done.stdout


def test_a_recipe_file_is_run_and_options_go_before_it(tmp_path: Path) -> None:
    file = tmp_path / "naps.toml"
    file.write_text('job = "sleep"\nworkers = 3\namount = 2\n[knobs]\nnap = 0.001\n')
    figures = run(str(file), "--workers", "2", "--set", "nap=0.002", "--no-baseline")
    assert figures["recipe"]["job"] == "sleep"
    assert figures["recipe"]["workers"] == len(figures["workers"]) == 2
    assert figures["recipe"]["knobs"] == {"nap": 0.002}
    assert figures["recipe"]["seconds"] is None


# --- exit codes

BAD_INPUT = [
    (["--job", "prime"], "There is no job “prime”. Did you mean primes?\nallowed: primes, "),
    (["--model", "fibers"], "There is no model “fibers”. There are: serial"),
    (["--workers", "0"], "The number of workers must be 1 to 100 000, not 0."),
    (["--workers", "many"], "--workers"),
    (["--workers", "1" + "0" * 400], "not a number of 401 digits."),
    (["--seconds", "nan"], "The length of a run must be 0.05 to 86 400 s, not nan s."),
    (["--host", "moon"], "There is no place “moon”. There are: lab"),
    (["--host", "app", "--seconds", "2"], "Without the window only a lab process can run."),
    (["--set", "switch_interval"], "takes KNOB=VALUE, not “switch_interval”."),
    (["--set", "switch_interval=2"], "(switch_interval) must be 0.00001 to 1 s, not 2."),
    (["--set", "colour=red"], "There is no knob “colour”. There are: gil, probe_rate"),
    (["--model", "processes", "--set", "start_method=thread"], "(start_method) must be one of "),
    (["none.toml"], "none.toml"),
    (["--interpreter", "/nonexistent/python"], "“/nonexistent/python” cannot be used: No such file or directory"),
    (["--interpreter", "/bin/true"], "“/bin/true” cannot be used: is not a Python"),
    (["--nonsense"], "--nonsense"),
]


@pytest.mark.parametrize(("words", "says"), BAD_INPUT, ids=lambda value: " ".join(value)[:40] if value else "")
def test_bad_input_is_named_and_nothing_is_started(
    words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "carry_out", lambda *_: pytest.fail("something was started"))
    try:
        code = commands.main(["run", *words])
    except SystemExit as refusal:
        code = refusal.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert says in err
    assert "Traceback" not in err
    assert len(err) < 600


def test_a_broken_recipe_file_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("workers = \n")
    assert commands.main(["run", str(file)]) == 2
    assert "is not TOML" in capsys.readouterr().err


def test_more_workers_than_fit_are_refused_with_the_largest_count_that_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PROCESS_MB", 1e6)
    monkeypatch.setattr(commands, "carry_out", lambda *_: pytest.fail("something was started"))
    assert commands.main(["run", "--model", "processes", "--workers", "9000"]) == 2
    message = capsys.readouterr().err
    assert "This machine can hold 0 workers as processes, not 9 000 (about 1 000 000 MB each" in message


def test_rings_that_find_no_room_are_a_failure_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_folder, "home", lambda: Path("/proc/none"))
    assert commands.main(["run", "--amount", "1"]) == 1
    assert "cannot make the run's rings in /proc/none" in capsys.readouterr().err


@pytest.mark.skipif(not LINUX, reason="kills through /proc")
def test_a_run_that_crashes_is_a_failure_with_its_figures(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    lines = f'case "$*" in *"-m playground.lab "*) echo out of order >&2; exit 7;; *) exec {sys.executable} "$@";; esac'
    python.write_text(f"#!/bin/sh\n{lines}\n")
    python.chmod(0o755)
    done = shell("run", "--json", "--amount", "5", "--interpreter", str(python))
    assert done.returncode == 1
    figures = json.loads(done.stdout)
    check(PROMISED, figures)
    assert figures["outcome"] == "failed"
    assert "out of order" in figures["error"]
    assert "the run failed" in done.stderr


def test_signals_are_ours_only_while_a_run_is_running(capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    assert commands.main(["run", "--job", "sleep", "--amount", "1", "--workers", "1"]) == 0
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert not own_directories()


# --- list


@pytest.fixture
def few_pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    broken = tmp_path / "python3.9"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(known, "candidates", lambda *_: [str(broken)])
    return broken


@pytest.mark.parametrize("what", ["models", "jobs", "interpreters"])
@pytest.mark.usefixtures("few_pythons")
def test_a_list_is_of_objects_with_these_names(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["list", what, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert entries
    for entry in entries:
        assert isinstance(entry["name"], str)
        assert entry["name"]
        assert isinstance(entry["title"], str)
        assert isinstance(entry["available"], bool)
        assert (entry["why"] is None) == entry["available"]
    assert commands.main(["list", what]) == 0
    shown = capsys.readouterr().out
    for entry in entries:
        assert entry["name"] in shown


def test_there_are_no_lessons_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["list", "lessons", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.usefixtures("few_pythons")
def test_what_is_unavailable_is_listed_with_the_reason(capsys: pytest.CaptureFixture[str], few_pythons: Path) -> None:
    assert commands.main(["list", "interpreters", "--json"]) == 0
    own, broken = json.loads(capsys.readouterr().out)
    assert own["this"]
    assert own["available"]
    assert broken["name"] == str(few_pythons)
    assert "not a Python" in broken["why"]


MODELS = """serial threads thread-pool processes process-pool processes-threads asyncio asyncio-to-thread gevent
    greenlet generators monocle stackless subinterpreters interpreter-pool qthread qthreadpool"""
JOBS = """primes hash sleep mandelbrot sort blur hash-python compress fetch read-files write-log say-number ping-pong
    allocate mix own"""


def test_the_names_are_those_that_are_promised(capsys: pytest.CaptureFixture[str]) -> None:
    listed = {}
    for what in ("models", "jobs"):
        commands.main(["list", what, "--json"])
        listed[what] = [entry["name"] for entry in json.loads(capsys.readouterr().out)]
    assert sorted(listed["models"]) == sorted(MODELS.split())
    assert sorted(listed["jobs"]) == sorted(JOBS.split())


@pytest.mark.parametrize("words", [[], ["fly"], ["list"], ["list", "birds"], ["run", "a.toml", "b.toml"]])
def test_a_wrong_command_is_bad_input(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        commands.main(words)
    assert refusal.value.code == 2
    assert capsys.readouterr().err


def test_lost_records_are_part_of_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that comes late reads what is left, and says what it has missed."""
    monkeypatch.setattr(run_folder, "MOST_RECORDS", 100)
    monkeypatch.setattr(carrying_out, "PULL_S", 60.0)
    from playground.recipe.recipe import Recipe

    _, figures = carrying_out.carry_out(Recipe(workers=1, amount=1000), quiet=True)
    assert figures.workers[0].ops == 1000
    assert 800 <= figures.lost_records <= 1000
    assert figures.workers[0].share.total() == pytest.approx(1)
