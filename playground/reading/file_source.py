"""A saved run: a stream of batches in a file, and the source that replays them, each at its time. A `Recording` stands
between a source and its reader, and writes down what passes.

What a batch does not hold is saved beside it: of a picture, the tiles that are new at each look; of printed text, the
lines that are new, looked at as often as the window does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt

from playground.lab.wire import ring
from playground.lab.wire.binary_format import Format, WrongFile
from playground.reading.batch import Batch, Beginning, Source
from playground.reading.picture_tiles import Picture, Shades
from playground.reading.printed import OutputReader, Printed

FORMAT = Format("a saved run", b"PCPBATCH", 1)
HEADER_BYTES, LENGTH_BYTES = 24, 4
LINES_EVERY_NS = 100_000_000


class Tiles(msgspec.Struct, frozen=True):
    """The tiles of a picture that were painted since the look before, and the picture's sizes and shades."""

    columns: int
    rows: int
    tile: int
    shades: Shades
    which: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint64]
    values: Shades


class Saved(msgspec.Struct, frozen=True):
    batch: Batch
    tiles: Tiles | None = None
    printed: Printed | None = None


class Recording:
    def __init__(self, path: Path, beginning: Beginning, source: Source) -> None:
        self._source, self.output = source, source.output
        self._seen: npt.NDArray[np.uint64] | None = None  # the words of the picture's tiles as last written
        self._lines, self._counts = 0, np.zeros(beginning.recipe.workers, np.int64)  # of printed lines, likewise
        self._look_at = 0  # when to look at printed lines again
        self._encode = msgspec.msgpack.Encoder(enc_hook=_plain).encode
        self._file: BinaryIO = open(path, "xb")  # noqa: SIM115 until `close`
        self._file.write(np.array([FORMAT.magic, FORMAT.version, ring.RINGS.version], "<u8").tobytes())
        self._write(beginning)

    @property
    def picture(self) -> Picture | None:
        return self._source.picture

    def pull(self, now: int) -> Sequence[Batch]:
        batches = self._source.pull(now)
        for batch in batches:
            self._write(Saved(batch, self._tiles(), self._printed(batch)))
        return batches

    def close(self) -> None:
        self._file.close()
        self._source.close()

    def _tiles(self) -> Tiles | None:
        picture = self._source.picture
        if picture is None:
            return None
        words = picture.tiles
        new = np.flatnonzero(words if self._seen is None else words != self._seen)
        self._seen = words
        size = picture.columns, picture.rows, picture.tile
        return Tiles(*size, picture.shades, new, words[new], picture.values_of(new))

    def _printed(self, batch: Batch) -> Printed | None:
        if batch.now < self._look_at and not batch.control.over:
            return None
        self._look_at = batch.now + LINES_EVERY_NS
        self.output.look()
        while batch.control.over and self.output.behind:
            self.output.look()
        new = self.output.new_since(self._lines, self._counts)
        self._lines, self._counts[new.which] = new.count, new.counts
        return new

    def _write(self, what: Beginning | Saved) -> None:
        told = self._encode(what)
        self._file.write(len(told).to_bytes(LENGTH_BYTES, "little") + told)


class FileSource:
    """A saved run as a source: `beginning` is the run's, and `pull` gives the batches up to a moment."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 until `close`
        try:
            self._check(path.name)
            self.beginning: Beginning = _decoded(self._next() or b"", Beginning)
        except BaseException:
            self._file.close()
            raise
        self.picture: Picture | None = None
        counts = [0] * self.beginning.recipe.workers
        self.output = OutputReader.of({"lines": [], "total": 0, "counts": counts, "missed": 0})
        self._ahead: Iterator[Saved] = (_decoded(told, Saved) for told in iter(self._next, None))
        self._due = next(self._ahead, None)

    def pull(self, now: int) -> list[Batch]:
        batches = []
        while self._due is not None and self._due.batch.now <= now:
            batches.append(self._due.batch)
            if self._due.tiles is not None:
                self._paint(self._due.tiles)
            if self._due.printed is not None:
                self.output.add(self._due.printed)
            self._due = next(self._ahead, None)
        return batches

    def close(self) -> None:
        self._file.close()

    def _check(self, name: str) -> None:
        words = memoryview(self._file.read(HEADER_BYTES).ljust(HEADER_BYTES, b"\0")).cast("Q")
        FORMAT.check(words, name)
        if words[2] != ring.RINGS.version:
            raise WrongFile(f"{name} has rings of version {words[2]}; version {ring.RINGS.version} can be read here")

    def _paint(self, new: Tiles) -> None:
        if self.picture is None:
            self.picture = Picture(new.columns, new.rows, new.tile, new.shades)
        self.picture.paint(new.which, new.words, new.values)

    def _next(self) -> bytes | None:
        """The next entry of the file; None at the end, or if a full disk has cut the last entry short."""
        length = int.from_bytes(self._file.read(LENGTH_BYTES), "little")
        told = self._file.read(length)
        return told if length and len(told) == length else None


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        kind = value.dtype.str if value.dtype.names is None else value.dtype.descr
        return kind, value.shape, value.tobytes()
    raise NotImplementedError(type(value))


def _array(_kind: Any, told: Any) -> npt.NDArray[Any]:
    kind, shape, values = told
    dtype = np.dtype(kind if isinstance(kind, str) else [tuple(field) for field in kind])
    return np.frombuffer(values, dtype).reshape(shape)


def _decoded(told: bytes, kind: Any) -> Any:
    return msgspec.msgpack.decode(told, type=kind, dec_hook=_array)
