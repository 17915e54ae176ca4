"""A run that is replayed from its saved batches tells at each moment what it told when it went on."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.figures.measured import measured
from playground.figures.records import RunStatistics
from playground.lab.wire.binary_format import WrongFile
from playground.reading.file_source import HEADER_BYTES, FileSource, Recording
from playground.reading.reading import Reading
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core import seen_picture
from tests.core.labs import LIMIT_S

PLAIN = """
import threading, time

def job(index, count):
    helper = threading.Thread(target=sum, args=(range(2_000_000),))
    helper.start()
    while time.perf_counter() % 1 > 0.01:
        sum(range(20_000))
    helper.join()
    time.sleep(0.05)
    return index
"""
LOCKS = """
SHARED = {"door": LOCK, "desk": LOCK}

def job(index, count):
    for turn in range(20):
        name = ("door", "desk")[(turn + index) % 2]
        yield Acquire(name)
        print(index, "has", name)
        yield Sleep(0.005)
        yield Release(name)
"""
PRINTS = """
import os, time

def job(index, count):
    for line in range(9000):
        print("worker", index, "line", line)
        if line % 1000 == 0:
            os.write(1, b"from elsewhere\\n")
            time.sleep(0.02)
"""
RECIPES = {
    "threads": Recipe(model="threads", workers=4, seconds=0.8),
    "processes": Recipe(model="processes", workers=3, seconds=0.6),
    "processes with threads": Recipe(model="processes-threads", workers=4, seconds=0.6),
    "a loop": Recipe(model="asyncio", job="sleep", workers=20, seconds=0.6),
    "a loop's helpers": Recipe(model="asyncio-to-thread", workers=3, seconds=0.6),
    "own code": Recipe(job="own", model="threads", workers=2, amount=1, code=PLAIN),
    "locks": Recipe(job="own", model="threads", workers=3, amount=1, code=LOCKS),
    "a picture": Recipe(job="mandelbrot", workers=2, seconds=0.6),
    "round trips": Recipe(job="ping-pong", workers=2, seconds=0.3),
}


def drawn(read: Reading, now: int) -> list[Any]:
    """All that is drawn of it, and its figures."""
    edges = now - 10**9 + 7_000_000 * np.arange(144, dtype=np.int64)
    told: list[Any] = [read.lanes.shares(edges, now), read.lanes.counts(edges, now), read.lanes.states_now(now)]
    for track in (*read.gils, *read.locks):
        told += [read.ribbon(edges, track), read.hold_slices(now - 10**9, now, track)]
    told += [read.lanes.slices(now - 10**9, now, now), read.lanes.spent_by_all(now), list(read.pauses)]
    told += [read.ribbon_source, read.gil_note, read.started_ns, read.ended_ns, read.ended, read.errors]
    told += [read.life(lane) for lane in range(read.recipe.workers)]
    if read.started is not None:
        told += [read.started.lanes.shares(edges, now), [row.born.label for row in read.started.rows]]
    if read.lab_cpu is not None:
        told += [read.lab_cpu.parts(now - 10**9, now)]
    told += [read.output.since(0), read.output.count, read.output.missed]
    if read.picture is not None:
        told += [read.picture.tiles.tolist() and read.picture.frame]
    return told


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one == other)


def recorded(recipe: Recipe, path: Path) -> list[tuple[int, list[Any], RunStatistics]]:
    """What it told each time that somebody looked."""
    run, told = Run(1, checked(recipe)), []
    run.reading.source = Recording(path, run.reading.beginning, run.source)
    until = time.monotonic() + LIMIT_S
    try:
        run.start()
        while not run.ended:
            assert time.monotonic() < until
            run.poll()
            now = time.perf_counter_ns()
            run.pull(now)
            assert run.fault is None
            if run.started_ns is not None:
                told.append((now, drawn(run.reading, now), measured(run.reading, now)))
            time.sleep(0.04)
    finally:
        run.reading.source.close()
        run.abandon()
    return told


@pytest.mark.parametrize("which", RECIPES)
def test_at_each_moment_it_tells_what_it_told(which: str, tmp_path: Path) -> None:
    told = recorded(RECIPES[which], tmp_path / "run")
    assert len(told) > 2
    with closing(FileSource(tmp_path / "run")) as source:
        again = Reading(source.beginning, source)
        for now, lanes, figures in told:
            again.pull(now)
            found = measured(again, now)
            for name in RunStatistics.__struct_fields__:
                assert getattr(found, name) == getattr(figures, name), name
            assert [alike(*pair) for pair in zip(lanes, drawn(again, now), strict=True)] == [True] * len(lanes)
    assert again.ended
    assert figures.throughput > 0 or which == "own code"


def test_who_looks_less_often_sees_the_same(tmp_path: Path) -> None:
    told = recorded(RECIPES["threads"], tmp_path / "run")
    with closing(FileSource(tmp_path / "run")) as source:
        again = Reading(source.beginning, source)
        for now, lanes, figures in told[::4]:
            again.pull(now)
            assert all(alike(*pair) for pair in zip(lanes, drawn(again, now), strict=True))
            assert measured(again, now) == figures


def test_of_a_picture_every_tile_is_there_again(tmp_path: Path) -> None:
    run = Run(1, checked(RECIPES["a picture"]))
    recording = run.reading.source = Recording(tmp_path / "run", run.reading.beginning, run.source)
    try:
        run.start()
        while not run.ended:
            run.poll()
            run.pull()
            time.sleep(0.02)
        live = run.reading.picture
        assert live is not None
        recording.close()
        with closing(FileSource(tmp_path / "run")) as source:
            Reading(source.beginning, source).pull(time.perf_counter_ns())
            assert source.picture is not None
            assert seen_picture.painted(source.picture) == seen_picture.painted(live) > 0
            np.testing.assert_array_equal(seen_picture.pixels(source.picture), seen_picture.pixels(live))
            np.testing.assert_array_equal(seen_picture.owner(source.picture), seen_picture.owner(live))
    finally:
        run.abandon()


@pytest.mark.parametrize("model", ["threads", "processes"])
def test_what_was_printed_is_there_again(model: str, tmp_path: Path) -> None:
    """More lines than are kept, as they came to who looked; and how many each worker printed, once the run is over."""
    recipe = checked(Recipe(job="own", model=model, workers=2, amount=1, code=PRINTS))
    run, told = Run(1, recipe), []
    recording = run.reading.source = Recording(tmp_path / "run", run.reading.beginning, run.source)
    output = run.output
    try:
        run.start()
        while not run.ended:
            run.poll()
            now = time.perf_counter_ns()
            run.pull(now)
            told.append((now, output.since(0), output.count, output.missed))
            time.sleep(0.02)
        recording.close()
        with closing(FileSource(tmp_path / "run")) as source:
            again = Reading(source.beginning, source)
            for now, lines, count, missed in told:
                again.pull(now)
                assert (again.output.since(0), again.output.count, again.output.missed) == (lines, count, missed)
            assert again.output.total == output.total == 18_018
            assert [again.output.lines_of(worker) for worker in (0, 1, -1)] == [9000, 9000, 18]
            assert again.output.count + again.output.missed == again.output.total
            assert not again.output.behind
        with closing(FileSource(tmp_path / "run")) as source:
            saved = [line for one in source._ahead if one.printed is not None for line in one.printed.lines]
            assert len(saved) == len(set(saved)) > 0, "each line is saved once"
    finally:
        run.abandon()
    assert len({count for _, _, count, _ in told}) > 2


@pytest.mark.parametrize("place", [0, 8, 16])
def test_what_is_no_such_file_or_of_another_version_is_refused(place: int, tmp_path: Path) -> None:
    path = tmp_path / "run"
    run = Run(1, checked(Recipe()))
    Recording(path, run.reading.beginning, run.source).close()
    run.abandon()
    with closing(FileSource(path)) as source:
        assert source.beginning == run.reading.beginning
    whole = bytearray(path.read_bytes())
    whole[place] += 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match=r"run (is no file|is of version|has rings of version)"):
        FileSource(path)
    path.write_bytes(whole[: HEADER_BYTES // 2])
    with pytest.raises(WrongFile):
        FileSource(path)


def test_a_batch_that_a_full_disk_has_cut_short_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run"
    recorded(RECIPES["threads"], path)
    with closing(FileSource(path)) as source:
        whole = len(source.pull(2**62))
    path.write_bytes(path.read_bytes()[:-5])
    with closing(FileSource(path)) as source:
        assert len(source.pull(2**62)) == whole - 1
