"""What changes a batch on its way is a stage: it makes another batch, leaves the old one as it was, and looks at no
clock."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from playground.figures.measured import measured
from playground.reading.batch import Batch, Source
from playground.reading.file_source import FileSource, Recording
from playground.reading.lanes.sampled_lanes import Samples
from playground.reading.pauses import Pauses
from playground.reading.picture_tiles import Picture
from playground.reading.printed import OutputReader
from playground.reading.reading import Reading
from playground.reading.stages import GilSharing, Sampling, stages
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import LIMIT_S
from tests.core.test_file_source import RECIPES

CLOCKS = """
time perf_counter monotonic process_time thread_time clock_gettime localtime gmtime now utcnow today
time_ns perf_counter_ns monotonic_ns process_time_ns thread_time_ns clock_gettime_ns
"""


class LookedAtClock(Exception):
    pass


@contextmanager
def no_clock() -> Iterator[None]:
    """Nobody in here may look at a clock, under whatever name it is known. No garbage is collected meanwhile, as
    hypothesis times that once it has been used."""
    names, before, collects = CLOCKS.split(), sys.getprofile(), gc.isenabled()

    def look(_frame: Any, event: str, called: Any) -> None:
        if event == "c_call" and getattr(called, "__name__", "") in names:
            raise LookedAtClock(called.__name__)

    gc.disable()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()


def frozen(batch: Batch) -> Batch:
    for array in arrays(batch):
        array.flags.writeable = False
    return batch


def arrays(batch: Batch) -> list[np.ndarray]:
    return [value for value in msgspec.structs.astuple(batch) if isinstance(value, np.ndarray)]


class Frozen:
    """A source with batches that nobody can write to."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def picture(self) -> Picture | None:
        return self._source.picture

    @property
    def output(self) -> OutputReader:
        return self._source.output

    def pull(self, now: int) -> Sequence[Batch]:
        return [frozen(batch) for batch in self._source.pull(now)]

    def close(self) -> None:
        self._source.close()


class Watched(Reading):
    """A reading that takes its batches without a clock, and keeps them."""

    def take(self, batch: Batch) -> None:
        self.batches = [*getattr(self, "batches", []), batch]
        with no_clock():
            super().take(batch)


def carried_out(recipe: Recipe, path: Path, more: Callable[[Run], None] = lambda _run: None) -> Watched:
    run, until = Run(1, checked(recipe)), time.monotonic() + LIMIT_S
    recording = Recording(path, run.reading.beginning, run.source)
    read = run.reading = Watched(run.reading.beginning, Frozen(recording))
    try:
        run.start()
        while not read.ended:
            assert time.monotonic() < until
            run.poll()
            run.pull()
            assert run.fault is None, run.fault
            now = time.perf_counter_ns()
            more(run)
            with no_clock():
                measured(read, now)
            time.sleep(0.02)
    finally:
        recording.close()
        run.abandon()
    return read


@pytest.mark.parametrize("which", RECIPES)
def test_no_batch_is_written_to_and_nobody_looks_at_a_clock(which: str, tmp_path: Path) -> None:
    live = carried_out(RECIPES[which], tmp_path / "run")
    with closing(FileSource(tmp_path / "run")) as source:
        again = Watched(source.beginning, Frozen(source))
        for batch in live.batches:
            again.pull(batch.now)
            with no_clock():
                measured(again, batch.now)
        assert again.ended
    for read in (live, again):
        assert len(read.batches) > 2
        assert not any(array.flags.writeable for batch in read.batches for array in arrays(batch))


def test_so_it_is_with_pauses(tmp_path: Path) -> None:
    """Records are cut by them, and headers corrected."""
    looks = iter(range(10**6))

    def pause(run: Run) -> None:
        look = next(looks)
        if look % 10 == 5:
            run.pause(look % 20 == 5)

    read = carried_out(RECIPES["a loop"], tmp_path / "run", pause)
    assert read.pauses
    assert carried_out(Recipe(model="threads", workers=2, seconds=0.6), tmp_path / "other", pause).pauses


def test_the_clock_is_seen_whatever_its_name() -> None:
    clock = time.perf_counter_ns
    with pytest.raises(LookedAtClock), no_clock():
        clock()
    with pytest.raises(LookedAtClock), no_clock():
        time.strftime("%H") and time.localtime()
    clock()


@pytest.mark.parametrize("which", ["own code", "a loop", "processes with threads"])
def test_what_a_stage_makes_follows_from_the_batches_so_far_alone(which: str, tmp_path: Path) -> None:
    """Two rows of stages that get the same batches make the same of them, one look later or much later."""
    batches = carried_out(RECIPES[which], tmp_path / "run").batches
    first, again = (through(RECIPES[which], batches) for _ in range(2))
    for one, other, before in zip(first, again, batches, strict=True):
        for name in Batch.__struct_fields__:
            assert alike(getattr(one, name), getattr(other, name)), name
        assert one.records is before.records, "the records as they were written are there too"
        assert (one.now, one.holders is before.holders, one.words is before.words) == (before.now, True, True)
    assert any(one.shared_gil for one in first) == (which == "processes with threads" or which == "own code")
    assert any(one.for_lanes is not one.records for one in first) == (which != "a loop"), "nobody paused the loop"


def through(recipe: Recipe, batches: Sequence[Batch]) -> list[Batch]:
    recipe = checked(recipe)
    row, made = stages(recipe, Samples(recipe.workers) if recipe.model != "asyncio" else None), []
    for batch in batches:
        for stage in row:
            batch = stage(batch)
        made.append(batch)
    return made


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def test_pauses_come_after_samples_and_samples_after_the_gil() -> None:
    recipe, samples = checked(Recipe(model="threads", workers=2)), Samples(2)
    assert [type(stage) for stage in stages(recipe, samples)] == [GilSharing, Sampling, Pauses]
    assert [type(stage) for stage in stages(recipe, None)] == [GilSharing, Pauses]
