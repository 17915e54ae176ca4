"""A run's picture as a whole: what tests ask of it, and the window, which looks only at new tiles, does not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.lab.wire import picture_file as layout
from playground.reading.picture_tiles import Picture


def painted(picture: Picture) -> int:
    """The sum of the tiles' frame numbers: it grows with every tile that is painted."""
    return int((picture.tiles >> np.uint64(layout.FRAME_SHIFT)).sum())


def owner(picture: Picture) -> npt.NDArray[np.uint16]:
    """For each tile, the worker that painted it last, plus 1; 0: nobody yet."""
    return picture.owners_of(picture.tiles).reshape(picture.rows, picture.columns)


def pixels(picture: Picture) -> npt.NDArray[np.uint8]:
    """The brightness of each pixel, row by row."""
    tiles = picture.pixels_of(np.arange(picture.rows * picture.columns))
    squares = tiles.reshape(picture.rows, picture.columns, picture.tile, picture.tile)
    return squares.swapaxes(1, 2).reshape(picture.height, picture.width)
