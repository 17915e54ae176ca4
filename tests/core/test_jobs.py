"""Jobs that compute: they compute what they should, seen in another way; the same under every model; and what is wrong
is noticed."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from math import isqrt
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from playground import catalogue
from playground.lab.beside.run_site import Site
from playground.lab.jobs import blur, compress, hash, hash_python, mandelbrot, primes, sort
from playground.lab.wire import ops as lab_ops
from playground.lab.wire.picture_file import create
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core import pythons
from tests.core.labs import finished, forget_added, made_of

JOBS = {job.JOB.name: job for job in (primes, hash, mandelbrot, sort, blur, hash_python, compress)}
KNOBS = {"width": 100, "depth": 60, "radius": 2, "level": 6}
AMOUNT, WORKERS = 12, 3

# The same jobs, with pieces of one size on every machine and in every Python.
FIXED = """
from playground.lab.jobs import {file} as real
from playground.lab.jobs.{file} import *

def prepare(calibrate, knobs):
    return real.prepare(lambda piece, **limits: real.JOB.typical, knobs)

JOB = real.JOB._replace(name="fixed-" + real.JOB.name, prepare=prepare)
"""
WRONG = (
    FIXED
    + """

def ops(worker, amount, size):
    real.merge_sort = lambda numbers: numbers
    return real.ops(worker, amount, size)

JOB = JOB._replace(name="wrong-sort", ops=ops)
"""
)

every_job = pytest.mark.parametrize("job", JOBS.values(), ids=list(JOBS))


def file_of(job: ModuleType) -> str:
    return job.__name__.rpartition(".")[2]


@pytest.fixture(scope="module", autouse=True)
def fixed_jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        fixed = {f"fixed_{file_of(job)}": FIXED.format(file=file_of(job)) for job in JOBS.values()}
        made_of(tmp_path_factory.mktemp("lab"), monkeypatch, **fixed, wrong_sort=WRONG.format(file="sort"))
        yield
    forget_added()


def sized(job: ModuleType) -> dict[str, Any]:
    prepared: dict[str, Any] = job.prepare(lambda piece, **limits: job.JOB.typical, KNOBS)
    return prepared


def results(job: ModuleType, place: Path, workers: int = WORKERS, amount: int = AMOUNT) -> list[Any]:
    """Of all workers, one after the other, in this process."""
    prepared = sized(job)
    if hasattr(job, "beside"):
        prepared.update(job.beside(Site(str(place), str(place), KNOBS, workers), prepared))
    return [carried_out(job.ops(worker, amount, **prepared)) for worker in range(workers)]


def carried_out(ops: lab_ops.Ops) -> Any:
    result = None
    try:
        while True:
            op = ops.send(result)
            assert isinstance(op, lab_ops.Call)
            result = op.fn(*op.args)
    except StopIteration as done:
        return done.value


# --- what they compute


def test_the_hash_in_python_is_the_hash() -> None:
    for size in (*range(130), 1000):
        block = random.Random(size).randbytes(size)
        assert hash_python.hash_in_python(block) == hashlib.sha256(block).hexdigest(), size


def test_both_hashes_do_the_same_work() -> None:
    """So their throughputs compare, byte by byte."""
    size = sized(hash_python)["size"]
    assert (size + 9 + 7) % 64 == 0, "the last chunk would be half empty, and computed all the same"
    answers = {
        job.JOB.answer([carried_out(job.ops(worker, 2, size)) for worker in range(WORKERS)])
        for job in (hash, hash_python)
    }
    assert len(answers) == 1
    assert (hash.JOB.work, hash.JOB.work_each) == (hash_python.JOB.work, hash_python.JOB.work_each)


def test_merge_sort_sorts() -> None:
    for size in (0, 1, 2, 3, 17, 200):
        numbers = sort.shuffled(7, size)
        assert sort.merge_sort(numbers) == sorted(numbers)
    assert sort.shuffled(1, 3) == [134364, 847433, 763774], "the same numbers in every Python"


def test_the_numbers_to_sort_are_in_no_order() -> None:
    numbers = sort.shuffled(0, 200)
    assert numbers != sorted(numbers)
    assert numbers != sort.shuffled(1, 200)


def test_what_is_compressed_comes_back_smaller_and_whole() -> None:
    text = compress.log_lines(3, 30_000)
    assert len(text) == 30_000
    assert zlib.decompress(compress.compress(text, 6)) == text  # type: ignore[attr-defined]
    assert len(compress.compress(text, 9)) < len(compress.compress(text, 1)) < len(text) / 2  # type: ignore[attr-defined]


def calls_of(ops: lab_ops.Ops) -> Iterator[tuple[Any, ...]]:
    """The arguments of each call."""
    result = None
    while True:
        op = ops.send(result)
        assert isinstance(op, lab_ops.Call)
        yield op.args
        result = op.fn(*op.args)


def mandelbrot_alone(place: Path, **grid: int) -> lab_ops.Ops:
    """Endless, by one worker."""
    prepared = {"size": 81, "depth": 60, "columns": 5, "rows": 4, "patch": 2, **grid}
    site = Site(str(place), str(place), KNOBS, 1)
    return mandelbrot.ops(0, None, **prepared, **mandelbrot.beside(site, prepared))


def test_a_tile_of_mandelbrot_is_right_at_every_pixel(tmp_path: Path) -> None:
    for corner, pixel, side, depth in islice(calls_of(mandelbrot_alone(tmp_path)), 0, 400, 7):
        steps = mandelbrot.compute_tile(corner, pixel, side, depth)
        points = (corner + complex(column, row) * pixel for row in range(side) for column in range(side))
        assert list(steps) == [mandelbrot.steps_by_parts(point, depth) for point in points]


def test_tiles_lie_beside_each_other(tmp_path: Path) -> None:
    """A picture of one patch and one frame: its corners are as far apart as a tile is wide."""
    calls = list(islice(calls_of(mandelbrot_alone(tmp_path, columns=1, rows=1, patch=3)), 9))
    first, pixel, side, _ = calls[0]
    for number, (corner, *_) in enumerate(calls):
        assert corner == pytest.approx(first + complex(number % 3, number // 3) * pixel * side)
    assert first == pytest.approx(-0.65 - complex(1.6, 1.6)), "the whole, its middle in the middle"
    assert pixel * side * 3 == pytest.approx(3.2)


def test_mandelbrot_comes_closer_and_begins_anew(tmp_path: Path) -> None:
    tiles = 5 * 4
    calls = calls_of(mandelbrot_alone(tmp_path, size=1, patch=1))
    pixels = [pixel for _, pixel, _, _ in islice(calls, 0, 122 * tiles, tiles)]
    assert all(after < before for before, after in pairwise(pixels[:120]))
    assert pixels[120:] == pixels[:2]


def test_in_the_middle_nothing_ever_leaves() -> None:
    assert set(mandelbrot.compute_tile(-0.1 + 0j, 0.001, 8, 60)) == {0}


def test_blurring_is_the_mean_of_a_square() -> None:
    width, height, radius, side = 60, 46, 3, 10
    across = 3 * width
    image = np.frombuffer(blur.scene(width, height), np.uint8)
    for corner in (0, 17, 12 * across + 50):
        tile = np.frombuffer(blur.blur_tile(image.tobytes(), across, corner, side, radius), np.uint8)
        top, left = divmod(corner, across)
        rows = image.reshape(-1, across)
        for y, x in np.ndindex(side, side):
            square = rows[top + y : top + y + 2 * radius + 1, left + x : left + x + 2 * radius + 1]
            assert tile[y * side + x] == square.sum(dtype=int) // square.size


def test_the_scene_goes_round() -> None:
    width, height = 48, 36
    image = np.frombuffer(blur.scene(width, height), np.uint8).reshape(-1, 3 * width)
    assert len(image) >= height
    assert (image[:, :width] == image[:, width : 2 * width]).all()
    assert (image[:, :width] == image[:, 2 * width :]).all()
    assert image.max() == 255, "the word stands out"


@pytest.mark.parametrize("width", [64, 333, 1920])
def test_no_square_of_any_frame_goes_over_the_edge(width: int, tmp_path: Path) -> None:
    """The last tile, in the frame that has moved on the most."""
    for radius, size in ((1, 16), (16, 4096)):
        prepared = blur.prepare(lambda piece, **limits: size, {"width": width, "radius": radius})  # noqa: B023
        side, across = isqrt(prepared["size"]), prepared["columns"] * prepared["patch"]
        down, wide = prepared["rows"] * prepared["patch"], across * isqrt(prepared["size"])
        image = blur.scene(wide, down * side + 2 * radius)
        corner = (down - 1) * side * 3 * wide + (across - 1) * side + wide - 1
        assert len(blur.blur_tile(image, 3 * wide, corner, side, radius)) == prepared["size"]
        last = corner + (side + 2 * radius) * 3 * wide + side + 2 * radius
        assert corner % (3 * wide) + side + 2 * radius <= 3 * wide
        assert last <= len(image) + 3 * wide


# --- in a picture


@pytest.mark.parametrize("job", [mandelbrot, blur])
@pytest.mark.parametrize("workers", [1, 4, 300])
def test_workers_share_out_the_patches_of_frame_after_frame(job: ModuleType, workers: int, tmp_path: Path) -> None:
    """Each of the first patches of all frames once, tile by tile, whoever it was."""
    side, patch = 4, 3
    prepared = {**sized(job), "size": side * side, "columns": 3, "rows": 2, "patch": patch, "workers": workers}
    create(str(tmp_path / "picture"), 3 * patch, 2 * patch, side)
    seen: list[tuple[int, int, int]] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(job, "show_tile", lambda canvas, x, y, frame, pixels: seen.append((frame, x, y)))
        for worker in range(workers):
            carried_out(job.ops(worker, 2 * patch**2, **prepared, shown=str(tmp_path / "picture")))
    patches = [(piece // 6, piece % 3 * patch, piece % 6 // 3 * patch) for piece in range(2 * workers)]
    assert sorted(seen) == sorted(
        (frame, x + tile % patch, y + tile // patch) for frame, x, y in patches for tile in range(patch**2)
    )


@pytest.mark.parametrize("job", [mandelbrot, blur])
def test_a_picture_is_as_wide_as_was_asked_whatever_the_tile(job: ModuleType) -> None:
    for width, size in ((64, job.JOB.typical), (64, 600), (640, job.JOB.typical), (640, 600), (1920, 16), (1920, 4096)):
        prepared = job.prepare(lambda piece, size=size, **limits: size, {**KNOBS, "width": width})
        side, patch = isqrt(prepared["size"]), prepared["patch"]
        assert side * side == prepared["size"]
        assert abs(prepared["columns"] * side * patch - width) <= 1.5 * side * patch
        assert prepared["columns"] % 2, "an even number would give two workers a column each"
        assert patch == 1 or prepared["columns"] >= 11, "too few to share out"


# --- what is wrong is noticed


def pages_of_zeros(*given: Any) -> bytes:
    return bytes(200)


def compress_one_right(block: bytes, level: int, before: list[bytes] = []) -> bytes:  # noqa: B006 (what came before)
    """The first time as it should."""
    before.append(block)
    return zlib.compress(block if len(before) == 1 else block[1:], level)


WRONG_WAYS: dict[str, tuple[str, Callable[..., Any]]] = {
    "primes": ("count_primes", lambda first, size: 0),
    "hash": ("hash_block", lambda block: "0" * 64),
    "mandelbrot": ("steps_to_leave", lambda c, depth: 7),
    "sort": ("merge_sort", lambda numbers: numbers),
    "blur": ("blur_tile", pages_of_zeros),
    "hash-python": ("mix_in", lambda state, chunk: state),
    "compress": ("compress", compress_one_right),
}


@every_job
def test_a_wrong_result_ends_the_worker(job: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(results(job, tmp_path)) == WORKERS
    (tmp_path / "again").mkdir()
    monkeypatch.setattr(job, *WRONG_WAYS[job.JOB.name])
    with pytest.raises(lab_ops.Wrong):
        results(job, tmp_path / "again", workers=1)


def test_a_wrong_result_fails_the_run() -> None:
    with finished(checked(Recipe(job="wrong-sort", workers=2, amount=5))) as run:
        assert run.engine.outcome == "failed"
        assert "the numbers are not in order, or not the same as before" in (run.engine.error or "")
        assert run.reading.answer is None


# --- the same under every model

MODELS = ("serial", "threads", "processes", "asyncio", "generators", "subinterpreters")


def recipe_of(job: ModuleType, model: str) -> Recipe:
    home = pythons.that_can(model)
    if home is None:
        pytest.skip(f"no Python here can run {model}")
    own = {knob.name for knob in job.JOB.knobs}
    knobs = {name: value for name, value in KNOBS.items() if name in own}
    name = f"fixed-{job.JOB.name}"
    return checked(Recipe(job=name, workers=WORKERS, amount=AMOUNT, model=model, interpreter=home, knobs=knobs))


def finished_well(run: Run) -> Run:
    assert (run.engine.outcome, run.engine.error) == ("finished", None)
    assert [worker.ops for worker in run.statistics().workers] == [AMOUNT] * WORKERS
    return run


@pytest.mark.parametrize("model", MODELS)
@every_job
def test_the_answer_is_the_same_under_every_model(job: ModuleType, model: str, tmp_path: Path) -> None:
    expected = job.JOB.answer(results(job, tmp_path))
    with finished(recipe_of(job, model)) as run:
        assert finished_well(run).reading.answer == expected


@pytest.mark.parametrize("python", ["3.8", "3.13t", "pypy"])
@every_job
def test_other_pythons_compute_the_same(job: ModuleType, python: str, tmp_path: Path) -> None:
    expected = job.JOB.answer(results(job, tmp_path))
    name, knobs = f"fixed-{job.JOB.name}", recipe_of(job, "threads").knobs
    interpreter = pythons.python(python).path
    with finished(
        checked(Recipe(job=name, workers=WORKERS, amount=AMOUNT, interpreter=interpreter, knobs=knobs))
    ) as run:
        answer = finished_well(run).reading.answer
        assert answer > 0 if job is compress else answer == expected  # its zlib may be another


# --- sizes


@every_job
def test_a_piece_is_sized_to_the_machine(job: ModuleType) -> None:
    """Half as fast a machine, half as large a piece: what is asked of `calibrate` is what one piece does."""
    asked: list[int] = []

    def calibrate(piece: Callable[[int], Any], **limits: int) -> int:
        piece(limits.get("smallest", 1))
        asked.append(limits.get("smallest", 1))
        return int(job.JOB.typical)

    prepared = job.prepare(calibrate, KNOBS)
    assert len(asked) == 1
    assert prepared["size"] == pytest.approx(job.JOB.typical, rel=0.25)


@every_job
def test_everyone_can_read_what_a_job_is_for(job: ModuleType) -> None:
    entry = catalogue.job(job.JOB.name)
    assert entry.claim
    assert not entry.summary.endswith(".")
    assert entry.work
    assert entry.look == ("picture" if job in (mandelbrot, blur) else "")
    for knob in job.JOB.knobs:
        assert knob.problem(knob.default) is None
        assert knob.problem(knob.high + 1)
