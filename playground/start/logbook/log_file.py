"""The log of one start of the app: a file that is begun anew when it has grown too large, with the one before kept.

Each start has files of its own, named by the mark of the app, so that two apps never write to the same one. A folder
that cannot be written, or a full disk, is no error: the log is then not kept, and `hindrance` says why."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import BinaryIO

from playground.start.logbook.writer import Writer

MOST_BYTES = 500_000
MOST_WAITING = 1_000  # records; what comes faster than the disk takes it is counted and left out
FORM = "%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"


class LogFile(logging.Handler):
    def __init__(self, path: Path, writer: Writer, most_bytes: int = MOST_BYTES) -> None:
        super().__init__()
        self.path = path
        self.hindrance = ""
        self._writer, self._most = writer, most_bytes
        self._file: BinaryIO | None = None
        self._size = self._left_out = 0
        self.setFormatter(logging.Formatter(FORM))

    def emit(self, record: logging.LogRecord) -> None:
        if self._writer.waiting() >= MOST_WAITING:
            self._left_out += 1
            return
        try:
            words = self.format(record)
        except Exception as problem:  # a record with arguments that do not fit must not take its caller along
            words = f"{record.levelname} {record.name}: {record.msg!r} ({problem!r})"
        self._writer.soon(lambda: self._write(words))

    def before(self) -> Path:
        """The file that was full."""
        return self.path.with_name(self.path.name.replace("app.", "before-app."))

    def close(self) -> None:
        self._writer.soon(self._close)
        super().close()

    # -- in the thread of the writer

    def _write(self, words: str) -> None:
        if self._left_out:
            words, self._left_out = f"({self._left_out} records left out)\n{words}", 0
        line = f"{words}\n".encode(errors="backslashreplace")
        try:
            self._opened(len(line)).write(line)
        except OSError as problem:
            self.hindrance = f"The log cannot be kept in {self.path.parent}: {problem.strerror or problem}."
            self._close()
        else:
            self._size += len(line)
            self.hindrance = ""

    def _opened(self, more: int) -> BinaryIO:
        if self._file is not None and self._size + more > self._most:
            self._close()
            self.path.replace(self.before())
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what was written is there after a crash, and nothing waits for a disk that was full.
            self._file = self.path.open("ab", buffering=0)
            self._size = self.path.stat().st_size
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
