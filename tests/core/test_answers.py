"""What a run answers: made of what all workers returned, right, the same whoever did what; and where a worker is."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from playground.lab.jobs import primes
from playground.lab.wire import ring
from playground.lab.wire.ops import Wrong, expect, rounds
from playground.recipe.recipe import Recipe
from playground.run import run_folder
from playground.run.run import Run
from tests.core.labs import LIMIT_S, ROOT, running, to_the_end, until, until_all_work

CHUNKS = 30


def ended(recipe: Recipe) -> Run:
    with running(recipe) as run:
        to_the_end(run)
        return run


def counted(size: int, chunks: int) -> int:
    return sum(primes.is_prime(number) for number in range(primes.FIRST, primes.FIRST + size * chunks))


@pytest.mark.parametrize("model", ["serial", "threads", "processes", "asyncio", "generators"])
def test_primes_are_right_under_every_kind_of_model(model: str) -> None:
    run = ended(Recipe(model=model, workers=2, amount=CHUNKS))
    assert run.reading.answer == 2 * counted(run.engine.prepared["size"], CHUNKS)
    figures = run.statistics()
    assert figures.answer == run.reading.answer
    assert [worker.result for worker in figures.workers] == [run.reading.answer // 2] * 2


def test_the_answer_does_not_depend_on_the_model() -> None:
    answers = [
        ended(Recipe(job="sleep", model=model, workers=3, amount=4)).reading.answer for model in ("threads", "asyncio")
    ]
    assert answers == [12, 12]


def test_a_run_that_was_stopped_has_no_answer() -> None:
    with running(Recipe(workers=2)) as run:
        until(run, lambda: run.reading.totals.ops > 0)
        run.stop()
        to_the_end(run)
        assert run.reading.answer is None
        assert run.statistics().answer is None


def test_a_sieve_and_trial_division_find_the_same() -> None:
    counts = primes.known_counts(500)
    assert counts == [primes.count_primes(first, 500) for first in range(primes.FIRST, primes.FIRST + 200_000, 500)]


def test_a_wrong_result_ends_the_worker_with_what_was_wrong() -> None:
    ops = primes.ops(0, 2, 100, [10_000])
    call = next(ops)
    with pytest.raises(Wrong, match=f"7 primes from {primes.FIRST} on"):
        ops.send(7)
    assert call.fn is primes.count_primes  # type: ignore[attr-defined]
    expect(True, "is right")


def test_rounds_are_so_many_or_without_end() -> None:
    assert list(rounds(3)) == [0, 1, 2]
    endless = iter(rounds(None))
    assert [next(endless) for _ in range(5)] == list(range(5))


@pytest.mark.parametrize("model", ["threads", "processes", "asyncio"])
def test_a_worker_tells_the_line_it_is_at(model: str) -> None:
    lines, first = inspect.getsourcelines(primes.ops)
    knobs = {"yields": "after each call"} if model == "asyncio" else {}
    at = first + next(number for number, line in enumerate(lines) if "yield Call" in line)
    with running(Recipe(model=model, workers=2, knobs=knobs)) as run:
        until_all_work(run)
        assert {int(line) for line in run.rings.column(ring.W_LINE)} == {at}


def test_a_folder_for_files_goes_with_its_run() -> None:
    run = Run(1, Recipe(workers=1))
    run.directory.files.mkdir(parents=True)
    (run.directory.files / "log").write_text("words")
    run.close()
    assert not run.directory.files.exists()


KILLED = """
import sys
from playground.run import run_folder as directory
made = directory.RunDirectory(1)
made.files.mkdir(parents=True)
print(made.files, flush=True)
sys.stdin.read()
"""


def test_a_folder_for_files_that_a_killed_app_left_is_swept_away() -> None:
    app = subprocess.Popen(
        [sys.executable, "-c", KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with app:
        assert app.stdout is not None
        left = Path(app.stdout.readline().strip())
        assert left.is_dir()
        run_folder.sweep()
        assert left.is_dir()  # its app lives
        app.kill()
        app.wait(LIMIT_S)
        run_folder.sweep()
        assert not left.exists()


def test_the_command_line_tells_answer_and_results() -> None:
    line = [sys.executable, "main.py", "run", "--workers", "2", "--amount", str(CHUNKS), "--no-baseline", "--json"]
    said = json.loads(subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert said["answer"] == sum(worker["result"] for worker in said["workers"]) > 0
