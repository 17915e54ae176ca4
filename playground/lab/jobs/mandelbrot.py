"""Mandelbrot: how soon does z = z² + c run away, for each c of a picture? Pure Python that computes all the time.

The workers divide one picture among them: each of n takes every n-th patch of a few tiles, frame after frame. Each
frame is a little closer to a place where points leave as soon as anywhere, so that a later frame costs what the first
one does."""

from __future__ import annotations

from math import isqrt
from typing import Any, Callable

from ..wire import picture_file
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Call, Ops, expect, rounds
from ..wire.picture_file import show_on, show_tile

LARGEST = 4096
SHADES = bytes([0]) + bytes(255 - round(215 * 0.955**step) for step in range(255))


def steps_to_leave(c: complex, depth: int) -> int:
    """After how many steps z is far away; 0 if not even after `depth`."""
    z = 0j
    for step in range(1, depth + 1):
        z = z * z + c
        if abs(z) > 2:
            return step
    return 0


def compute_tile(corner: complex, pixel: float, side: int, depth: int) -> bytes:
    span = range(side)
    return bytes([steps_to_leave(corner + complex(x, y) * pixel, depth) for y in span for x in span])


def steps_by_parts(c: complex, depth: int) -> int:
    """The same in another way: without complex numbers."""
    x = y = 0.0
    for step in range(1, depth + 1):
        x, y = x * x - y * y + c.real, 2 * x * y + c.imag
        if x * x + y * y > 4:
            return step
    return 0


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    depth = int(knobs["depth"])

    def points(size: int) -> None:  # one point in three or so never leaves; the others take little time beside it
        for _ in range(size // 3):
            steps_to_leave(0j, depth)

    side = isqrt(calibrate(points, smallest=16, largest=LARGEST))
    return {"size": side * side, "depth": depth, **picture_file.grid(int(knobs["width"]), side)}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    return picture_file.beside(lab, prepared, SHADES)


def ops(
    worker: int,
    amount: int | None,
    size: int,
    depth: int,
    columns: int,
    rows: int,
    patch: int,
    workers: int,
    shown: str,
) -> Ops:
    canvas = show_on(shown)
    side, total = int(size**0.5), 0
    for piece in rounds(amount):
        turn, part = divmod(piece, patch**2)
        frame, place = divmod(worker + turn * workers, columns * rows)
        x, y = place % columns * patch + part % patch, place // columns * patch + part // patch
        zoom = 0.94 ** (frame % 120)
        centre = (-0.1010963638 + 0.9562865108j) * (1 - zoom**1.5) - 0.65 * zoom**1.5
        tile = 3.2 * zoom / (columns * patch)
        corner = centre + complex(x - columns * patch / 2, y - rows * patch / 2) * tile
        steps = yield Call(compute_tile, corner, tile / side, side, depth)
        expect(steps[0] == steps_by_parts(corner, depth), "the first pixel of a tile is wrong")
        show_tile(canvas, x, y, frame, steps)
        total += sum(steps)
    return total


JOB = Job(
    name="mandelbrot",
    title="Mandelbrot",
    summary="A picture, tile by tile, in pure Python",
    claim="Lots of maths in Python gains nothing from threads, and everything from processes",
    unit="tiles",
    work="pixels",  # a tile has `size` of them
    typical=64,
    look="picture",
    order=2,
    solo=False,  # tiles differ: a few of them, timed alone, tell nothing of the others
    knobs=(
        Knob(
            "width",
            "Width of the picture",
            640,
            64,
            1920,
            unit="px",
            text="A larger picture is more work; each worker computes tiles of it",
        ),
        Knob(
            "depth",
            "Most steps for a point",
            100,
            16,
            255,
            text="After so many steps a point counts as inside: more of them is more work",
        ),
    ),
    prepare=prepare,
    beside=beside,
    ops=ops,
    answer=sum,
)
