"""The jobs that wait, talk and allocate: their answer is the same under every model and Python that can run them, what
is wrong is seen, and what goes on beside a run ends with it, however that ends."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import psutil
import pytest

from playground import catalogue
from playground.lab.jobs import fetch
from playground.lab.wire import ring
from playground.lab.wire import trip_times as layout_of_trips
from playground.reading import round_trips
from playground.recipe import limits
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import (
    LINUX,
    finished,
    ops,
    read_again,
    running,
    step,
    to_the_end,
    until,
    wait_for,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="labs are tried on POSIX systems")

WORKERS, AMOUNT, LATENCY_MS = 4, 5, 5.0

# what to run → job, its knobs, how much each worker does, and the answer that has to come of it
JOBS: dict[str, tuple[str, dict[str, float | int | str], int, object]] = {
    "fetch": (
        "fetch",
        {"latency": LATENCY_MS, "jitter": 1.0, "page": 3},
        AMOUNT,
        sum(crc32(fetch.page_of(f"/{worker}/{n}", 3000)) for worker in range(WORKERS) for n in range(AMOUNT)),
    ),
    "read-files": ("read-files", {"files": 7, "file": 20}, AMOUNT, WORKERS * AMOUNT * 20_000),
    "write-log": ("write-log", {"line": 100, "sync": "yes"}, AMOUNT, WORKERS * AMOUNT),
    "say-number": ("say-number", {"pause": 0.001}, AMOUNT, WORKERS * AMOUNT),
    "ping-pong": ("ping-pong", {"channel": "queue"}, AMOUNT, WORKERS // 2 * AMOUNT),
    "ping-pong by pipe": ("ping-pong", {"channel": "pipe", "message": 70_000}, AMOUNT, WORKERS // 2 * AMOUNT),
    "ping-pong by memory": ("ping-pong", {"channel": "memory", "message": 1001}, AMOUNT, WORKERS // 2 * AMOUNT),
    "allocate": ("allocate", {"hold": 2}, 1, WORKERS * 2),
    "mix": ("mix", {"before": 0.4, "wait": 1.0, "after": 0.2}, AMOUNT, WORKERS * AMOUNT),
}
KINDS = {"fetch": ring.IO, "read-files": ring.IO, "write-log": ring.IO}  # of all ops of a job

ANY_MODEL = [entry.name for entry in catalogue.models() if "lab" in entry.hosts]


def kinds_of_ops(written: np.ndarray) -> set[int]:
    """Without waiting for a turn, and what workers of a loop do between two ops."""
    return {int(one["kind"]) for one in written if one["kind"] != ring.TURN and not one["flags"] & ring.BETWEEN}


def recipe_of(name: str, model: str, interpreter: str = "") -> Recipe | None:
    """None where the workers would wait for each other for ever: that is refused, and has tests of its own."""
    job, knobs, amount, _ = JOBS[name]
    recipe = Recipe(job=job, model=model, workers=WORKERS, amount=amount, knobs=knobs, interpreter=interpreter)
    loops = catalogue.model(model).one_loop
    if job == "ping-pong" and (model == "serial" or (loops and knobs["channel"] == "pipe")):
        return None
    return checked(recipe)


def all_finish_well(model: str, interpreter: str) -> None:
    """All jobs at once: they mostly wait."""
    recipes = {name: recipe for name in JOBS if (recipe := recipe_of(name, model, interpreter)) is not None}
    with contextlib.ExitStack() as stack:
        runs = {name: stack.enter_context(running(recipe)) for name, recipe in recipes.items()}

        def over() -> bool:
            for run in runs.values():
                step(run)
            return all(run.ended for run in runs.values())

        wait_for(over)
        for name, run in runs.items():
            finished_well(name, run)


def finished_well(name: str, run: Run) -> None:
    assert (run.engine.outcome, run.engine.error) == ("finished", None), name
    assert run.reading.answer == JOBS[name][3], name
    figures = run.statistics()
    assert figures.progress == 1, name
    totals = [(worker.ops, worker.total) for worker in figures.workers]
    if name == "ping-pong by memory":
        assert all(total is None for _, total in totals), "how often one has to look is not known"
    else:
        assert all(done == total for done, total in totals), f"{name}: {totals}"
    kinds = {kind for written in read_again(run) for kind in kinds_of_ops(written)}
    assert name not in KINDS or kinds == {KINDS[name]}, name
    if name.startswith("ping-pong"):
        made = round_trips.read(run.directory.path)
        medians = [result[1] for _, result in sorted(run.reading.results.items())]
        assert made is not None
        assert made.made == WORKERS // 2 * AMOUNT
        assert made.median_us == pytest.approx((medians[0] + medians[2]) / 2, abs=0.01), name
        assert figures.round_trip_us == made.median_us, name
        assert medians[1::2] == [None, None], name


# --- the same answer, whoever does the work


@pytest.mark.parametrize("model", ANY_MODEL)
def test_the_answers_are_right_under_every_model(model: str) -> None:
    home = pythons.that_can(model)
    if home is None:
        pytest.skip(f"no Python here can run {model}")
    all_finish_well(model, home)


@pytest.mark.parametrize(
    ("name", "model"),
    [(name, model) for name in ("3.8", "3.13t") for model in ("threads", "processes", "asyncio")]
    + [(pythons.PYPY, model) for model in ("threads", "asyncio")],
)
def test_the_answers_are_right_on_other_pythons(name: str, model: str) -> None:
    python = pythons.python(name)
    why = python.models.get(model, "it was not asked")
    if why is not None:
        pytest.skip(f"{python.title} cannot: {why}")
    all_finish_well(model, python.path)


def test_the_last_of_an_odd_number_has_no_partner_and_sits_out() -> None:
    with finished(checked(Recipe(job="ping-pong", workers=3, amount=4))) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert run.reading.answer == 4
        assert [result[0] for _, result in sorted(run.reading.results.items())] == [4, 0, 0]


def test_pairs_that_talk_without_end_rest_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever else wants a core may wait for minutes, as was seen with two pairs of processes on two cores."""
    rests: list[float] = []
    monkeypatch.setattr("playground.lab.wire.trip_times.time.sleep", rests.append)
    board = layout_of_trips.show_on(layout_of_trips.create(str(tmp_path), 1))
    for made in range(1, 1001):
        layout_of_trips.show_trips(board, 0, made, deque([20_000]))
    assert len(rests) == 25
    assert sum(rests) < 0.1 * 1000 * 20e-6, "of the time that the trips take"


def test_a_log_has_all_lines_and_all_whole() -> None:
    with finished(checked(Recipe(job="write-log", model="processes", workers=4, amount=300))) as run:
        lines = (run.directory.files / "log").read_bytes().splitlines()
        assert {len(line) for line in lines} == {79}
        heads = [line.partition(b" .")[0] for line in lines]
        for worker in range(4):
            own = [head for head in heads if head.startswith(b"worker %d," % worker)]
            assert own == [b"worker %d, line %d" % (worker, number) for number in range(300)]
        files = run.directory.files
    assert not files.exists()


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system cannot be asked to forget a file")
def test_files_that_come_from_disk_are_the_same() -> None:
    knobs: dict[str, float | int | str] = {"files": 3, "file": 20, "source": "disk"}
    with finished(checked(Recipe(job="read-files", workers=2, amount=5, knobs=knobs))) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert run.reading.answer == 2 * 5 * 20_000


@pytest.mark.skipif(not LINUX, reason="only Linux tells for free what a process alone has of memory")
@pytest.mark.parametrize("model", ["threads", "processes", "asyncio"])
def test_what_workers_hold_is_seen_as_their_memory(model: str) -> None:
    with running(checked(Recipe(job="allocate", model=model, workers=3, knobs={"hold": 60}))) as run:
        until(run, lambda: (run.statistics().memory.per_worker_mb or 0) > 58)
        worker_mb = run.statistics().memory.per_worker_mb
        assert worker_mb is not None
        assert worker_mb < 60 + limits.PROCESS_MB + 10


def test_waiting_for_a_file_holds_the_whole_loop(changed_lab: Callable[..., None]) -> None:
    changed_lab(
        slow="""
import time
from playground.lab.wire.ops import Block
uses = (Block,)

def ops(worker, amount):
    for _ in range(2):
        yield Block(time.sleep, 0.3)
"""
    )
    with finished(checked(Recipe(job="slow", model="asyncio", workers=2))) as run:
        figures = run.statistics()
        assert figures.loop is not None
        assert figures.loop.late_max_ms > 250
        assert figures.share.io > 0.4
        assert [kinds_of_ops(written) for written in read_again(run)] == [{ring.IO}] * 2


# --- what is wrong is seen

WRONG = {
    # name → job, knobs, in which file what is put in place of what, and what is said then
    "a page": (
        "fetch",
        {"latency": 0.0},
        "server.py",
        ("page = page_of(path, self._size)", 'page = page_of(path, self._size)[:-1] + b"?"'),
        "the page at /0/0 is not what the server has there",
    ),
    "the length of a page": (
        "fetch",
        {"latency": 0.0},
        "server.py",
        ("page = page_of(path, self._size)", "page = page_of(path, self._size - 1)"),
        "the page at /0/0 is not what the server has there",
    ),
    "a file": (
        "read-files",
        {},
        "jobs/read_files.py",
        ("file.write(text[number : number + size])", "file.write(text[number + 1 : number + 1 + size])"),
        "what was read is not what is in file",
    ),
    "a line": (
        "write-log",
        {},
        "jobs/write_log.py",
        ("if log.write(line) < len(line):", "if log.write(line.swapcase()) < len(line):"),
        "in place of b'worker",
    ),
    "a message by queue": (
        "ping-pong",
        {"channel": "queue"},
        "jobs/ping_pong.py",
        ("yield say(message)\n            continue", "yield say(message[1:])\n            continue"),
        "message 0 came back as",
    ),
    "a message by pipe": (
        "ping-pong",
        {"channel": "pipe"},
        "jobs/ping_pong.py",
        ("yield say(message)\n            continue", 'yield say(b"?" * size)\n            continue'),
        "message 0 came back as",
    ),
    "a message by memory": (
        "ping-pong",
        {"channel": "memory"},
        "jobs/ping_pong.py",
        ("yield say(message)\n            continue", "yield say(message[:-1] + b'?')\n            continue"),
        "message 0 came back as",
    ),
    "what was held": (
        "allocate",
        {"hold": 1},
        "jobs/allocate.py",
        ('bytearray(b"\\1")', 'bytearray(b"\\2")'),
        "is not the sum of what was written",
    ),
    "a sum": ("mix", {}, "jobs/mix.py", ("range(size):", "range(size - 1):"), "do not add up to"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_ends_the_run_and_is_told(name: str, changed_lab: Callable[..., None]) -> None:
    job, knobs, file, instead, told = WRONG[name]
    changed_lab(file, instead)
    with running(checked(Recipe(job=job, workers=2, knobs=knobs))) as run:

        def over() -> bool:
            step(run)
            if any(report.error for report in run.directory.reports()):
                run.stop()  # of a pair the other one waits for ever
            return run.ended

        wait_for(over)
        assert run.engine.outcome == "failed"
        assert told in (run.engine.error or "")


def test_a_file_that_changes_under_the_workers_is_seen() -> None:
    with running(checked(Recipe(job="read-files", workers=2))) as run:
        until(run, lambda: ops(run) > 100)
        (run.directory.files / "file-3").write_bytes(b"something else")
        to_the_end(run)
        assert run.engine.outcome == "failed"
        assert "what was read is not what is in file 3" in (run.engine.error or "")


# --- what cannot be is refused before the start

REFUSED = [
    ({"model": "serial"}, "model", "serial runs one after the other."),
    ({"workers": 1}, "workers", "takes two workers or more"),
    ({"model": "thread-pool", "workers": 5}, "knobs.pool_size", "5 or more"),
    ({"model": "process-pool", "workers": 9, "knobs": {"pool_size": 8}}, "knobs.pool_size", "9 or more"),
    (
        {"model": "asyncio", "knobs": {"channel": "pipe"}},
        "knobs.channel",
        "channel must be queue or memory, not pipe: ",
    ),
    ({"model": "asyncio-to-thread", "knobs": {"channel": "pipe"}}, "knobs.channel", "holds up all others"),
    ({"host": "app", "seconds": 1.0}, "host", "could not be ended"),
]


@pytest.mark.parametrize(("fields", "field", "words"), REFUSED)
def test_a_game_that_would_hang_for_ever_is_refused(fields: dict[str, object], field: str, words: str) -> None:
    recipe = Recipe(**{"job": "ping-pong", **fields})
    with pytest.raises(BadRecipe) as refused:
        checked(recipe)
    assert refused.value.field == field
    assert words in str(refused.value)
    if recipe.host == "lab":  # which may have been given a recipe that was not checked
        with finished(recipe) as run:
            assert run.engine.outcome == "failed"
            assert words in (run.engine.error or "")
            assert not run.rings.column(ring.W_STARTED).any()


def test_what_workers_hold_counts_for_how_many_the_machine_can_hold() -> None:
    def room(model: str, **fields: object) -> int:
        return limits.room(Recipe(job="allocate", model=model, knobs={"hold": 1000}, **fields)).workers

    free_mb = psutil.virtual_memory().available / 1e6
    assert room("threads") <= free_mb / 1000
    assert room("processes") <= free_mb / 1000
    assert room("processes-threads") <= free_mb / 1000
    assert room("asyncio") <= free_mb / 1000
    assert room("thread-pool") > free_mb / 1000, "of those only as many as the pool has hold it at once"
    with pytest.raises(BadRecipe, match="This machine can hold"):
        limits.check(Recipe(job="allocate", workers=100_000, knobs={"hold": 1000}))
