"""The reader's side of a run's picture (lab/wire/picture_file.py): numpy views of the mapped file, and from them the
brightness of each pixel and the worker that painted each tile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground.lab.wire import picture_file as layout
from playground.lab.wire import ring

Shades = npt.NDArray[np.uint8]


class Picture:
    """What has been painted so far."""

    def __init__(self, columns: int, rows: int, tile: int, shades: Shades) -> None:
        """`tile`: the side of a tile in pixels; `shades`: the brightness for each value of a pixel."""
        self.columns, self.rows, self.tile, self.shades = columns, rows, tile, shades
        self._tiles: npt.NDArray[np.uint64] = np.zeros(columns * rows, np.uint64)
        self._pixels: Shades = np.zeros(columns * rows * tile**2, np.uint8)

    @property
    def width(self) -> int:
        return self.columns * self.tile

    @property
    def height(self) -> int:
        return self.rows * self.tile

    @property
    def tiles(self) -> npt.NDArray[np.uint64]:
        """A word for each tile. It changes whenever the tile is painted again."""
        return self._tiles.copy()

    @property
    def frame(self) -> int:
        """The number of the newest frame that has been begun, from 1 on; 0 before the first."""
        return int((self._tiles >> np.uint64(layout.FRAME_SHIFT)).max())

    @staticmethod
    def owners_of(tiles: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
        """From the words of tiles, the worker that painted each last, plus 1; 0: nobody yet."""
        return tiles.astype(np.uint16)

    def pixels_of(self, tiles: npt.NDArray[np.int64]) -> Shades:
        """The brightness of some tiles' pixels, each tile a square."""
        return self.shades[self.values_of(tiles)]

    def values_of(self, tiles: npt.NDArray[np.int64]) -> Shades:
        """The values of some tiles' pixels, each tile a square."""
        return self._pixels.reshape(-1, self.tile, self.tile)[tiles]

    def paint(self, tiles: npt.NDArray[np.int64], words: npt.NDArray[np.uint64], values: Shades) -> None:
        """Give some tiles new words and new values."""
        self._tiles[tiles] = words
        self._pixels.reshape(-1, self.tile, self.tile)[tiles] = values


class PictureReader(Picture):
    """A live picture over the mapped file. Once closed, it stays as it was."""

    def __init__(self, path: Path) -> None:
        self._block, words = ring.map_words(str(path), layout.FORMAT, writable=False)
        self.columns, self.rows, self.tile = words[layout.W_COLUMNS], words[layout.W_ROWS], words[layout.W_TILE]
        words.release()
        tiles = self.columns * self.rows
        self.shades = np.frombuffer(self._block, np.uint8, layout.SHADES, layout.SHADES_AT).copy()
        self._tiles = np.frombuffer(self._block, "<u8", tiles, layout.TILES_AT)
        self._pixels = np.frombuffer(self._block, np.uint8, tiles * self.tile**2, layout.pixels_at(tiles))

    def close(self) -> None:
        """Let go of the file; the picture stays as it was."""
        if not self._block.closed:
            self._tiles, self._pixels = self._tiles.copy(), self._pixels.copy()
            self._block.close()
