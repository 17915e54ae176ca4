"""A picture that workers make together, tile by tile: a mapped file in the run's directory, which works from threads,
processes and subinterpreters alike. Whoever wants to see it maps the same file, and never asks.

After a header of 8 words and the table of shades come a word for each tile (its frame from 1 on, and who painted it)
and then the pixels. The pixels of a tile lie together, so that painting one is a single copy. A tile's word is written
last."""

from __future__ import annotations

import os
from math import isqrt
from typing import Any, Dict
from weakref import WeakValueDictionary

from . import current_worker, ring
from .binary_format import Format
from .cannot_prepare import CannotPrepare

FORMAT = Format("a picture", b"PCPICTUR", 2)
W_COLUMNS, W_ROWS, W_TILE = range(2, 5)  # after the two that sign it
HEADER_WORDS = 8
SHADES_AT, SHADES = HEADER_WORDS * 8, 256  # bytes: what each value of a pixel looks like, from dark to bright
TILES_AT = SHADES_AT + SHADES
FRAME_SHIFT = 16
OWNERS = 65_528  # owner numbers come round after so many workers; colours come round every eight, so they stay right

PLAIN = bytes(range(256))
HEIGHT_PART = 0.75  # of the width
PATCHES, MOST_IN_PATCH = 12, 4  # in a row


def grid(width: int, tile: int) -> Dict[str, int]:
    """Columns and rows of the patches that workers take, and the tiles in a row of each patch. A patch is large enough
    to be seen and small enough to be shared out; a row has an odd number of them, so that few workers do not get
    columns of their own."""
    patch = max(1, min(MOST_IN_PATCH, width // (tile * PATCHES)))
    columns = round(width / (tile * patch)) | 1
    return {"columns": columns, "rows": max(1, round(columns * HEIGHT_PART)), "patch": patch}


def pixels_at(tiles: int) -> int:
    """Where the pixels begin."""
    return TILES_AT + 8 * tiles


def create(path: str, columns: int, rows: int, tile: int, shades: bytes = PLAIN, pixels: bytes = b"") -> None:
    """Make the file. `pixels`, row by row, are what there is before anything is painted."""
    first = pixels_at(columns * rows)
    size = first + columns * rows * tile * tile
    with ring.made(path, size + -size % 8, FORMAT) as (block, words):  # it is also mapped as words of 8 bytes
        words[W_COLUMNS], words[W_ROWS], words[W_TILE] = columns, rows, tile
        block[SHADES_AT:TILES_AT] = shades
        if pixels:
            block[first:size] = tile_by_tile(pixels, columns, rows, tile)


def tile_by_tile(pixels: bytes, columns: int, rows: int, tile: int) -> bytes:
    width = columns * tile
    corners = (row * tile * width + column * tile for row in range(rows) for column in range(columns))
    return b"".join(pixels[start + y * width :][:tile] for start in corners for y in range(tile))


def beside(lab: Any, prepared: Dict[str, Any], shades: bytes = PLAIN, pixels: bytes = b"") -> Dict[str, Any]:
    """For a job's own `beside`: make the picture for the workers of this run; gives its file, and how many workers
    there are."""
    path, tile = os.path.join(lab.directory, "picture"), isqrt(prepared["size"])
    columns, rows = (prepared[name] * prepared["patch"] for name in ("columns", "rows"))
    try:
        create(path, columns, rows, tile, shades, pixels)
    except OSError as problem:
        raise CannotPrepare("the picture cannot be made in %s: %s" % (lab.directory, problem.strerror)) from problem
    return {"workers": lab.count, "shown": path}


class Canvas:
    """The writer's side."""

    def __init__(self, path: str) -> None:
        self.block, self.words = ring.map_words(path, FORMAT)
        self.columns, self.tile_bytes = self.words[W_COLUMNS], self.words[W_TILE] ** 2
        self.first = pixels_at(self.columns * self.words[W_ROWS])


_canvases: WeakValueDictionary[str, Canvas] = WeakValueDictionary()


def show_on(path: str) -> Canvas:
    """The canvas of a file, mapped once for all workers of a process, for as long as one of them has it."""
    canvas = _canvases.get(path)
    if canvas is None:
        canvas = _canvases[path] = Canvas(path)
    return canvas


def show_tile(canvas: Canvas, x: int, y: int, frame: int, pixels: bytes) -> None:
    """Show the tile in that column and row, unless a quicker worker was there with a later frame. Tiles of no worker
    are not shown: they are those of the op that is timed alone before the workers start."""
    worker, tile = current_worker.worker.get(), y * canvas.columns + x
    word = TILES_AT // 8 + tile
    if worker >= 0 and canvas.words[word] >> FRAME_SHIFT <= frame:
        start = canvas.first + tile * canvas.tile_bytes
        canvas.block[start : start + canvas.tile_bytes] = pixels
        canvas.words[word] = frame + 1 << FRAME_SHIFT | worker % OWNERS + 1
