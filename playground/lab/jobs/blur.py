"""Blur an image: each pixel becomes the mean of the square around it. Pure Python, as it is taught.

The workers divide one image among them: each of n takes every n-th patch of a few tiles, frame after frame, and with
each frame the scene moves on a little. The image is drawn here, so that there is no file to carry about."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import Any, Callable

from ..wire import picture_file
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Call, Ops, expect, rounds
from ..wire.picture_file import show_on, show_tile

LARGEST_SIDE = 64  # of a tile


@lru_cache(maxsize=4)
def scene(width: int, height: int) -> bytes:
    """The picture in the bits of `art`, on a sky that darkens downwards; three times side by side, as it goes round."""
    art, image = (0, 0x0000C, 0x7A81E, 0x4281E, 0x5A80C, 0x4A800, 0x7AE00, 0, 0xAAAAA, 0xAAAAA), b""
    for number, bits in enumerate(art):
        shades = [255 if bits >> place & 1 else 130 - 9 * number for place in range(19, -1, -1)]
        image += bytes(shades[x * 20 // width] for x in range(width)) * 3 * (height // 10 + 1)
    return image


def blur_tile(image: bytes, width: int, corner: int, side: int, radius: int) -> bytes:
    """`width`: of the image; `corner`: where the n × n square around the tile's first pixel begins."""
    n = 2 * radius + 1
    rows = range(0, n * width, width)
    places = [line + x for line in range(corner, corner + side * width, width) for x in range(side)]
    return bytes([sum(sum(image[at + row : at + row + n]) for row in rows) // n**2 for at in places])


def mean_by_columns(image: bytes, width: int, corner: int, radius: int) -> int:
    """The first pixel of a tile in another way: column by column."""
    square = 2 * radius + 1
    last = corner + square * width
    return sum([sum(image[column:last:width]) for column in range(corner, corner + square)]) // square**2


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    radius = int(knobs["radius"])
    width, largest = LARGEST_SIDE + 2 * radius, LARGEST_SIDE**2
    image = b"\x80" * width**2  # not zeros: their sums are quicker
    size = calibrate(lambda size: blur_tile(image, width, 0, isqrt(size), radius), smallest=16, largest=largest)
    return {"size": isqrt(size) ** 2, "radius": radius, **picture_file.grid(int(knobs["width"]), isqrt(size))}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """Make the picture: what is not blurred yet shows the scene as it is."""
    columns, rows, radius = prepared["columns"], prepared["rows"], prepared["radius"]
    side = isqrt(prepared["size"]) * prepared["patch"]
    width = columns * side
    image = scene(width, rows * side + 2 * radius)
    firsts = (row * 3 * width + radius for row in range(radius, radius + rows * side))
    return picture_file.beside(lab, prepared, pixels=b"".join(image[first : first + width] for first in firsts))


def ops(
    worker: int,
    amount: int | None,
    size: int,
    radius: int,
    columns: int,
    rows: int,
    patch: int,
    workers: int,
    shown: str,
) -> Ops:
    canvas = show_on(shown)
    side, total = int(size**0.5), 0
    width = columns * patch * side
    image = scene(width, rows * patch * side + 2 * radius)
    for piece in rounds(amount):
        turn, part = divmod(piece, patch**2)
        frame, place = divmod(worker + turn * workers, columns * rows)
        x, y = place % columns * patch + part % patch, place // columns * patch + part // patch
        corner = y * side * 3 * width + x * side + frame * 8 % width
        blurred = yield Call(blur_tile, image, 3 * width, corner, side, radius)
        expect(blurred[0] == mean_by_columns(image, 3 * width, corner, radius), "the first pixel of a tile is wrong")
        show_tile(canvas, x, y, frame, blurred)
        total += sum(blurred)
    return total


JOB = Job(
    name="blur",
    title="Blur image",
    summary="An image, tile by tile, in pure Python",
    claim="Image processing in Python gains nothing from threads, and everything from processes",
    unit="tiles",
    work="pixels",  # a tile has `size` of them
    typical=81,
    look="picture",
    order=4,
    knobs=(
        Knob(
            "width",
            "Width of the image",
            640,
            64,
            1920,
            unit="px",
            text="A larger image is more work; each worker blurs rows of it",
        ),
        Knob(
            "radius",
            "Radius of the blur",
            4,
            1,
            16,
            unit="px",
            text="How many pixels around each one are averaged: more of them is more work",
        ),
    ),
    prepare=prepare,
    beside=beside,
    ops=ops,
    answer=sum,
)
