"""The picture that workers make together: what they paint is what is read, tile by tile; by whom; and when."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from math import isqrt
from pathlib import Path

import numpy as np
import pytest

from playground.lab.jobs import mandelbrot
from playground.lab.wire import current_worker, output_rings
from playground.lab.wire import picture_file as layout
from playground.reading.picture_tiles import PictureReader
from playground.recipe.recipe import Recipe, checked
from playground.run import run_folder
from playground.run.run import Run
from tests.core import pythons, seen_picture
from tests.core.labs import finished, forget_added, made_of, ops, running, to_the_end, until

COLUMNS, ROWS, TILE = 5, 3, 4


@pytest.fixture
def path(tmp_path: Path) -> Iterator[str]:
    """Of an empty picture; what is painted is worker 2's."""
    layout.create(str(tmp_path / "picture"), COLUMNS, ROWS, TILE)
    token = current_worker.worker.set(2)
    yield str(tmp_path / "picture")
    current_worker.worker.reset(token)


def tile(first: int) -> bytes:
    return bytes(range(first, first + TILE * TILE))


def test_an_empty_picture_is_dark_and_nobodys(path: str) -> None:
    reader = PictureReader(Path(path))
    assert (reader.width, reader.height, reader.tile) == (COLUMNS * TILE, ROWS * TILE, TILE)
    assert not seen_picture.pixels(reader).any()
    assert not seen_picture.owner(reader).any()
    assert (seen_picture.painted(reader), reader.frame) == (0, 0)
    reader.close()


def test_what_is_painted_is_read_at_once(path: str) -> None:
    reader, canvas = PictureReader(Path(path)), layout.show_on(path)
    layout.show_tile(canvas, 1, 1, 0, tile(100))
    corner = seen_picture.pixels(reader)[TILE : 2 * TILE, TILE : 2 * TILE]
    assert corner.tobytes() == tile(100)
    assert seen_picture.pixels(reader).sum() == corner.sum()
    assert seen_picture.owner(reader).tolist() == [[0] * 5, [0, 3, 0, 0, 0], [0] * 5]
    assert (seen_picture.painted(reader), reader.frame) == (1, 1)
    reader.close()


def test_each_tile_changes_the_count_in_each_frame(path: str) -> None:
    reader, canvas = PictureReader(Path(path)), layout.show_on(path)
    counts = []
    for piece in range(2 * COLUMNS * ROWS):
        frame, number = divmod(piece, COLUMNS * ROWS)
        layout.show_tile(canvas, number % COLUMNS, number // COLUMNS, frame, tile(piece))
        counts.append(seen_picture.painted(reader))
    assert counts == list(range(1, 2 * COLUMNS * ROWS + 1))
    assert reader.frame == 2
    reader.close()


def test_a_later_frame_is_not_painted_over_by_one_who_lags_behind(path: str) -> None:
    reader, canvas = PictureReader(Path(path)), layout.show_on(path)
    layout.show_tile(canvas, 0, 0, 4, tile(100))
    current_worker.worker.set(7)
    layout.show_tile(canvas, 0, 0, 3, tile(50))
    assert seen_picture.pixels(reader)[:TILE, :TILE].tobytes() == tile(100)
    assert (seen_picture.painted(reader), reader.frame, int(seen_picture.owner(reader)[0, 0])) == (5, 5, 3)
    reader.close()


def test_values_are_shown_by_their_shades(tmp_path: Path, path: str) -> None:
    layout.create(str(tmp_path / "shaded"), 1, 1, TILE, shades=bytes(range(255, -1, -1)))
    reader = PictureReader(tmp_path / "shaded")
    layout.show_tile(layout.show_on(str(tmp_path / "shaded")), 0, 0, 0, tile(10))
    assert seen_picture.pixels(reader).tobytes() == bytes(255 - value for value in tile(10))
    reader.close()


def test_there_may_be_something_before_anyone_painted(tmp_path: Path) -> None:
    pixels = np.arange(2 * 3 * TILE * TILE, dtype=np.uint8).reshape(3 * TILE, 2 * TILE)
    layout.create(str(tmp_path / "picture"), 2, 3, TILE, pixels=pixels.tobytes())
    reader = PictureReader(tmp_path / "picture")
    assert (seen_picture.pixels(reader) == pixels).all()
    assert seen_picture.painted(reader) == 0
    reader.close()


def test_a_picture_of_any_size_can_be_mapped(tmp_path: Path) -> None:
    for number, (columns, rows, side) in enumerate(((1, 1, 1), (3, 1, 3), (7, 5, 9), (65, 48, 10))):
        layout.create(str(tmp_path / str(number)), columns, rows, side, pixels=bytes(columns * rows * side * side))
        reader = PictureReader(tmp_path / str(number))
        assert seen_picture.pixels(reader).shape == (rows * side, columns * side)
        reader.close()


def test_of_very_many_workers_numbers_come_round_and_colours_stay_right(path: str) -> None:
    reader, canvas = PictureReader(Path(path)), layout.show_on(path)
    for number, worker in enumerate((0, layout.OWNERS - 1, layout.OWNERS, 99_999)):
        current_worker.worker.set(worker)
        layout.show_tile(canvas, number, 0, 0, tile(0))
    owners = seen_picture.owner(reader).ravel()[:4].tolist()
    assert owners == [1, layout.OWNERS, 1, 99_999 - layout.OWNERS + 1]
    assert [(owner - 1) % 8 for owner in owners] == [0, 7, 0, 7]
    assert seen_picture.painted(reader) == 4
    reader.close()


def test_what_nobody_paints_is_not_shown(path: str) -> None:
    """The op that is timed alone before the start is no part of the run."""
    current_worker.worker.set(current_worker.NOBODY)
    layout.show_tile(layout.show_on(path), 0, 0, 0, tile(100))
    reader = PictureReader(Path(path))
    assert (seen_picture.painted(reader), seen_picture.pixels(reader).any()) == (0, False)
    reader.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no file that somebody has mapped")
def test_what_was_read_stays_when_the_file_is_gone(path: str) -> None:
    canvas = layout.show_on(path)
    layout.show_tile(canvas, 0, 0, 0, tile(100))
    reader = PictureReader(Path(path))
    before = seen_picture.pixels(reader)
    reader.close()
    reader.close()
    layout.show_tile(canvas, 1, 0, 0, tile(50))
    Path(path).unlink()
    assert (seen_picture.pixels(reader) == before).all()
    assert (seen_picture.painted(reader), reader.frame, int(seen_picture.owner(reader)[0, 0])) == (1, 1, 3)


def test_a_process_maps_a_picture_once_and_lets_go_of_it(path: str) -> None:
    first = layout.show_on(path)
    assert layout.show_on(path) is first
    del first
    assert path not in layout._canvases


def test_another_file_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(bytes(1000))
    with pytest.raises(ValueError, match="other is no file of a picture"):
        PictureReader(tmp_path / "other")


# --- of a run

SIZED = """
from playground.lab.jobs import mandelbrot as real
from playground.lab.jobs.mandelbrot import *

def prepare(calibrate, knobs):
    return real.prepare(lambda piece, **limits: 36, knobs)

JOB = real.JOB._replace(name="sized", prepare=prepare)
"""
KNOBS = {"width": 144, "depth": 30}
WIDE, HIGH, SIDE, PATCH = 26, 20, 6, 2  # tiles, tiles, pixels, tiles
MODELS = ("serial", "threads", "processes", "asyncio", "subinterpreters")


@pytest.fixture(scope="module", autouse=True)
def sized_job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made_of(tmp_path_factory.mktemp("lab"), monkeypatch, sized=SIZED)
        yield
    forget_added()


def recipe_of(**fields: object) -> Recipe:
    return checked(Recipe(**{"job": "sized", "workers": 4, "knobs": KNOBS, **fields}))


def expected() -> np.ndarray:
    """The first frame, painted here."""
    values = np.zeros((HIGH * SIDE, WIDE * SIDE), np.uint8)
    pixel = 3.2 / (WIDE * SIDE)
    for row, column in np.ndindex(HIGH, WIDE):
        corner = -0.65 + complex(column - WIDE / 2, row - HIGH / 2) * (3.2 / WIDE)
        steps = np.frombuffer(mandelbrot.compute_tile(corner, pixel, SIDE, KNOBS["depth"]), np.uint8)
        values[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE] = steps.reshape(SIDE, SIDE)
    return np.frombuffer(mandelbrot.SHADES, np.uint8)[values]


@pytest.mark.skipif(os.name != "posix", reason="seen only on systems with process groups")
@pytest.mark.parametrize("model", MODELS)
def test_workers_of_every_kind_paint_the_same_picture(model: str) -> None:
    home = pythons.that_can(model)
    if home is None:
        pytest.skip(f"no Python here can run {model}")
    with finished(recipe_of(model=model, workers=5, amount=WIDE * HIGH // 5, interpreter=home)) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        assert run.reading.picture is not None
        assert seen_picture.painted(run.reading.picture) == WIDE * HIGH
        patches = np.arange(WIDE * HIGH // PATCH**2).reshape(HIGH // PATCH, WIDE // PATCH) % 5 + 1
        assert (seen_picture.owner(run.reading.picture) == np.kron(patches, np.ones((PATCH, PATCH), int))).all()
        assert (seen_picture.pixels(run.reading.picture) == expected()).all()


def test_an_endless_run_paints_frame_after_frame_and_its_last_picture_stays() -> None:
    with running(recipe_of()) as run:
        until(run, lambda: run.reading.picture is not None and run.reading.picture.frame >= 3)
        run.stop()
        to_the_end(run)
        run.let_go()
        assert run.reading.picture is not None
        painted, pixels = seen_picture.painted(run.reading.picture), seen_picture.pixels(run.reading.picture)
        run.close()
        assert not run.directory.path.exists()
        assert painted == seen_picture.painted(run.reading.picture) >= 3
        assert (pixels == seen_picture.pixels(run.reading.picture)).all()


def test_a_picture_that_nobody_looked_at_is_kept_too() -> None:
    with finished(recipe_of(amount=5)) as run:
        run.close()
        assert run.reading.picture is not None
        assert seen_picture.painted(run.reading.picture) == 20


def test_other_jobs_have_no_picture() -> None:
    with finished(Recipe(workers=1, amount=1)) as run:
        assert run.reading.picture is None


def test_what_is_timed_before_the_start_paints_nothing() -> None:
    with finished(checked(Recipe(job="blur", amount=3, workers=2, knobs={"width": 320}))) as run:
        assert run.engine.solo_ns
        assert run.reading.picture is not None
        assert seen_picture.painted(run.reading.picture) == ops(run) == 6


# --- a full disk


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("only root can mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip(f"cannot mount here: {made.stderr.decode().strip()}")
    monkeypatch.setattr(run_folder, "home", lambda: place / "home")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_before_anyone_starts(small_disk: Path) -> None:
    run = Run(1, recipe_of(knobs={**KNOBS, "width": 1920}))
    try:
        output_rings.create(str(small_disk / "as large"), run.recipe.workers)  # as the lab makes before
        left = (small_disk / "as large").stat().st_size + 1_000_000
        (small_disk / "as large").unlink()
        free = os.statvfs(small_disk)
        with open(small_disk / "filler", "wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, free.f_bavail * free.f_frsize - left)
        run.start()
        to_the_end(run)
        assert run.engine.outcome == "failed"
        words = f"the picture cannot be made in {run.directory.path}: No space left on device"
        assert run.engine.error == words
        assert ops(run) == 0
        assert run.reading.picture is None
    finally:
        run.abandon()


@pytest.fixture
def run_of_two() -> Iterator[Run]:
    with finished(recipe_of(workers=2, amount=10)) as run:
        yield run


def test_a_picture_is_as_large_as_its_tiles(run_of_two: Run) -> None:
    assert run_of_two.reading.picture is not None
    assert (run_of_two.reading.picture.width, run_of_two.reading.picture.height) == (WIDE * SIDE, HIGH * SIDE)
    assert isqrt(run_of_two.engine.prepared["size"]) == SIDE
