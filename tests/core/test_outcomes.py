"""How a run ended: what a limit cut, and what it did not; and in a serial run how much time each worker had."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import numpy as np
import pytest

from playground import catalogue
from playground.cli.commands import main
from playground.figures.records import CRASHED, FAILED, FINISHED, STOPPED, STUCK, TIME_UP, TROUBLE
from playground.lab.wire import ring
from playground.recipe.recipe import Recipe, checked
from playground.run import engine
from playground.run.engine import Engine
from playground.run.run import Run
from playground.run.run_folder import RunDirectory
from tests.core.labs import LINUX, finished, running, to_the_end, until, until_all_work

FOR_EVER = "def job(i, n):\n    while True: pass"
ASKING = "def job(i, n):\n    while True:\n        sum(range(1000))\n        checkpoint()"
AWAITING = "import asyncio\nasync def job(i, n):\n    while True: await asyncio.sleep(0.01)"
OPS_FOR_EVER = "def job(i, n):\n    while True: yield Sleep(0.01)"
AT_ONCE = "def job(i, n): return i"
ONE_IS_DONE = "def job(i, n):\n    while i: pass"
MUCH = 10**7


def recipe_of(**fields: object) -> Recipe:
    return checked(Recipe(**{"workers": 2, "seconds": 0.4, **fields}))


def own(code: str, **fields: object) -> Recipe:
    return recipe_of(job="own", code=code, **fields)


@pytest.mark.parametrize(
    ("recipe", "outcome"),
    [
        (recipe_of(model="threads"), FINISHED),  # without an end: it did what it was asked to
        (recipe_of(model="processes"), FINISHED),
        (recipe_of(model="asyncio"), FINISHED),
        (recipe_of(model="serial"), FINISHED),
        (recipe_of(model="threads", amount=MUCH), TIME_UP),
        (recipe_of(model="processes", amount=MUCH), TIME_UP),
        (recipe_of(model="asyncio", amount=MUCH), TIME_UP),
        (recipe_of(model="asyncio-to-thread", amount=MUCH), TIME_UP),
        (recipe_of(model="generators", amount=MUCH), TIME_UP),
        (recipe_of(model="serial", amount=MUCH), TIME_UP),
        (recipe_of(model="thread-pool", workers=3, amount=MUCH, knobs={"pool_size": 1}), TIME_UP),
        (recipe_of(model="threads", amount=2, seconds=60.0), FINISHED),
        (recipe_of(model="process-pool", amount=2, seconds=60.0), FINISHED),
        (recipe_of(model="asyncio", amount=2, seconds=60.0), FINISHED),
        (recipe_of(model="asyncio-to-thread", amount=2, seconds=60.0), FINISHED),
        (own(FOR_EVER), TIME_UP),
        (own(FOR_EVER, model="processes"), TIME_UP),
        (own(FOR_EVER, model="asyncio"), TIME_UP),
        (own(ASKING), TIME_UP),
        (own(AWAITING, model="asyncio"), TIME_UP),
        (own(OPS_FOR_EVER, model="asyncio"), TIME_UP),
        (own(OPS_FOR_EVER), TIME_UP),
        (own(ONE_IS_DONE), TIME_UP),
        (own(AT_ONCE, seconds=60.0), FINISHED),
        (own(AT_ONCE, model="asyncio", seconds=60.0), FINISHED),
        (own("1 / 0\n" + AT_ONCE), FAILED),
        (own("import os\ndef job(i, n): os._exit(3)"), CRASHED),
        (own("import os\ndef job(i, n): os.kill(os.getpid(), 11)", model="processes"), CRASHED),
    ],
)
def test_how_it_ended(recipe: Recipe, outcome: str) -> None:
    with finished(recipe) as run:
        assert run.engine.outcome == outcome, run.engine.error
        figures = run.statistics()
        assert figures.outcome == outcome
        if outcome in (FINISHED, TIME_UP):
            assert figures.progress == 1.0


@pytest.mark.parametrize("recipe", [recipe_of(seconds=None), own(ASKING, seconds=60.0)])
def test_stopped_by_the_user_before_its_time(recipe: Recipe) -> None:
    with running(recipe) as run:
        until_all_work(run)
        run.stop()
        to_the_end(run)
        assert run.engine.outcome == STOPPED


@pytest.mark.parametrize("model", ["threads", "asyncio", "process-pool"])
def test_a_limit_that_comes_when_all_is_done_leaves_no_work(model: str) -> None:
    """The workers are done, the lab still tidies up, and the limit comes: there was no work left."""
    with running(recipe_of(model=model, amount=3, seconds=60.0)) as run:
        until(run, run.directory.all_done)
        run.engine.ask()
        to_the_end(run)
        assert run.engine.outcome == FINISHED


def test_only_three_are_trouble() -> None:
    assert set(TROUBLE) == {FAILED, CRASHED, STUCK}


# --- the command line


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        (AT_ONCE, 0, FINISHED),
        (FOR_EVER, 0, TIME_UP),
        ("def job(i, n): 1 / 0", 1, FAILED),
        ("import os\ndef job(i, n): os._exit(3)", 1, CRASHED),
        pytest.param(
            "import threading\ndef job(i, n): threading.Event().wait()",
            1,
            STUCK,
            marks=pytest.mark.skipif(not LINUX, reason="only Linux tells what threads wait in"),
        ),
    ],
)
def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, status: int, outcome: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(code)
    seconds = "1" if outcome == TIME_UP else "30"
    assert main(["run", "2 x own as threads", "--seconds", seconds, "--code", str(file), "--json"]) == status
    told = capsys.readouterr()
    figures = json.loads(told.out)
    assert (figures["outcome"], figures["changes"]) == (outcome, [])
    if outcome == STUCK:
        assert "the run got stuck: Both threads wait" in told.err
        assert "B waits in line 2, “def job(i, n): threading.Event().wait()”" in told.err


def test_whose_turn_never_came_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Code that never asks cannot be cut when its share of the time is over."""
    file = tmp_path / "code.py"
    file.write_text("import time\ndef job(i, n): time.sleep(30)")
    for form in ([], ["--json"]):
        assert main(["run", "3 x own as serial for 0.6 s", "--code", str(file), *form]) == 0
    text, _, rest = capsys.readouterr().out.partition("{")
    assert ": time is up" in text
    assert "not started   B, C" in text
    assert json.loads("{" + rest)["begun"] == 1


def test_many_whose_turn_never_came_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "code.py"
    file.write_text("import time\ndef job(i, n): time.sleep(30)")
    assert main(["run", "30 x own as serial for 0.6 s", "--code", str(file)]) == 0
    assert "not started   29 of 30" in capsys.readouterr().out


def test_without_such_workers_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "2 x sleep as serial for 0.6 s", "--no-baseline"]) == 0
    assert "not started" not in capsys.readouterr().out


# --- shares of the time


def spans(run: Run) -> tuple[list[float], float]:
    """How long each worker had, and all together, in s."""
    began, ended = (run.rings.column(word).astype(np.int64) / 1e9 for word in (ring.W_STARTED, ring.W_ENDED))
    return list(ended - began), float(ended.max() - began.min())


@pytest.mark.parametrize("recipe", [recipe_of(job="sleep"), own(ASKING), own(OPS_FOR_EVER)])
def test_each_worker_of_a_serial_run_has_its_share(recipe: Recipe) -> None:
    recipe = checked(Recipe(**{**{f: getattr(recipe, f) for f in recipe.__struct_fields__}, **SERIAL}))
    with finished(recipe) as run:
        each, whole = spans(run)
        assert all(0.2 * whole < one < 0.5 * whole for one in each), (each, whole)
        figures = run.statistics()
        assert figures.begun == 3
        assert all(worker.ops > 1 for worker in figures.workers)
        assert [worker.state for worker in figures.workers] == ["ended"] * 3
        assert not figures.error


SERIAL = {"model": "serial", "workers": 3, "seconds": 1.5}


def test_who_is_done_early_leaves_the_time_to_the_next() -> None:
    code = "def job(i, n):\n    while i:\n        yield Sleep(0.01)\n    yield Sleep(0)"
    with finished(own(code, model="serial", seconds=1.0)) as run:
        each, whole = spans(run)
        assert each[0] < 0.2 * whole
        assert each[1] > 0.8 * whole


def test_a_job_is_closed_and_what_it_holds_is_let_go() -> None:
    """Else the next one would wait for the lock for ever."""
    code = """
        SHARED = {"door": LOCK}
        def job(i, n):
            try:
                yield Acquire("door")
                while True: yield Sleep(0.01)
            finally:
                print("closed", i)
    """
    with finished(own(textwrap.dedent(code), model="serial", workers=3, seconds=0.9)) as run:
        assert run.engine.outcome == TIME_UP
        assert [line.text for line in run.output.pull()] == ["closed 0", "closed 1", "closed 2"]
        assert run.statistics().begun == 3


class Clocked(Engine):
    pid = None


def test_pauses_are_no_part_of_a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    now, recipe = [50.0], Recipe(model="serial", workers=4, seconds=8.0)
    monkeypatch.setattr(engine, "clock", lambda: now[0])
    directory = RunDirectory(4)
    try:
        made = Clocked(recipe, directory)
        directory._words[ring.C_BEGUN] = 1

        def after(seconds: float) -> tuple[int, bool]:
            now[0] += seconds
            made.ask_in_time()
            return directory.word(ring.C_OVER), made.asked_at is not None

        assert after(0) == (0, False)
        assert after(1.9) == (0, False)
        assert after(0.2) == (1, False)  # a quarter of the time is over
        made.pause(True)
        assert after(100) == (1, False)
        made.pause(False)
        assert after(1.8) == (1, False)
        assert after(0.2) == (2, False)
        assert after(2) == (3, False)
        assert after(1.8) == (3, False)
        assert after(0.2) == (3, True)
    finally:
        directory.remove()


@pytest.mark.parametrize("model", [entry.name for entry in catalogue.models() if entry.at_once])
def test_workers_that_run_at_once_share_nothing_out(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr(engine, "clock", lambda: now[0])
    directory = RunDirectory(2)
    try:
        made = Clocked(Recipe(model=model, workers=2, seconds=8.0), directory)
        directory._words[ring.C_BEGUN] = 1
        made.ask_in_time()
        now[0] += 6
        made.ask_in_time()
        assert directory.word(ring.C_OVER) == 0
    finally:
        directory.remove()
