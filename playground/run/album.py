"""The album: pictures of runs that have left the stage, kept in files on disk, so that they can be looked at again and
take no memory until then. A thread of the album writes and reads them: a picture is asked for (`ask`) and taken later
(`take`), or read at once where nobody can wait (`read`).

The album's folder belongs to this app alone. Its name carries the app's pid and start time, like a run's folder, so the
pictures of an app that was killed are removed at the next start. If the disk is full, a run has no picture, but keeps
its figures."""

from __future__ import annotations

import errno
import logging
import queue
import shutil
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.files.whole_file import OURS, written_whole
from playground.run import run_folder
from playground.start import heap

MOST_BYTES = 512 * 10**6  # for all pictures together; beyond it the oldest are given up
LEVEL = 1  # zlib's quickest: times are written as steps, which are small numbers and compress well even so
FULL = (errno.ENOSPC, errno.EDQUOT)
Arrays = Mapping[str, npt.NDArray[Any]]
Make = Callable[[], Arrays]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """The picture that was asked for; empty arrays mean that there is none."""

    number: int
    arrays: Arrays


class Album:
    def __init__(self, home: Path | None = None) -> None:
        self._path = run_folder.new_album(home)
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[Found] = queue.SimpleQueue()
        self._sizes: dict[int, int] = {}  # run → bytes of its file, the oldest first
        self._given_up: dict[int, str] = {}
        self._thread: threading.Thread | None = None
        self._closing = False
        self._asked = self._done = 0  # numbers of jobs; each is counted by one thread only

    # -- from the thread that owns it

    def put(self, number: int, make: Make) -> None:
        """Keep a picture; `make` is called in the album's thread."""
        self._do(lambda: self._write(number, make))

    def ask(self, number: int) -> None:
        self._do(lambda: self._found.put(Found(number, self.read(number))))

    def take(self) -> Found | None:
        """The next picture that was asked for; None while none is ready."""
        try:
            return self._found.get_nowait()
        except queue.Empty:
            return None

    @property
    def idle(self) -> bool:
        """Is every job done?"""
        return self._asked == self._done

    def has(self, number: int) -> bool:
        """Is the run's picture written?"""
        return number in self._sizes

    @property
    def given_up(self) -> Mapping[int, str]:
        """Runs without a picture, and why."""
        return dict(self._given_up)  # a copy: the album's thread may add to it while the caller iterates

    def forget(self, number: int) -> None:
        self._do(lambda: self._remove(number))

    def close(self) -> None:
        """Remove all pictures. Pictures that wait to be written are dropped."""
        self._closing = True
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
        shutil.rmtree(self._path, ignore_errors=True)

    def _do(self, job: Callable[[], None]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="album")
            self._thread.start()
        self._asked += 1
        self._jobs.put(job)

    # -- in its own thread

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                if not self._closing:
                    job()
            except Exception:  # at the edge: without this thread no picture would be written or read again
                log.exception("the album could not do what it was asked for")
            del job  # it keeps a run in memory
            if self._jobs.empty():
                heap.give_back()
            self._done += 1

    def _file(self, number: int) -> Path:
        return self._path / f"{number}.npz"

    def _write(self, number: int, make: Make) -> None:
        place = self._file(number)
        try:
            run_folder.make_private(self._path)
            with (
                written_whole(place, OURS, durable=False) as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as pages,
            ):
                for name, values in make().items():
                    if self._closing:
                        raise InterruptedError("the album is closed")
                    with pages.open(f"{name}.npy", "w", force_zip64=True) as page:
                        np.lib.format.write_array(page, np.ascontiguousarray(values), allow_pickle=False)
            self._sizes[number] = place.stat().st_size
        except OSError as problem:
            why = "the disk is full" if problem.errno in FULL else problem.strerror or str(problem)
            self._given_up[number] = why
        except Exception as problem:  # at the edge: a missing picture must not end the window
            log.exception("run %d has no picture", number)
            self._given_up[number] = str(problem) or type(problem).__name__
        self._make_room()

    def _make_room(self) -> None:
        while sum(self._sizes.values()) > MOST_BYTES and len(self._sizes) > 1:
            oldest = next(iter(self._sizes))
            self._remove(oldest)
            self._given_up[oldest] = "it made room for newer ones"

    def read(self, number: int) -> Arrays:
        """The picture; empty if there is none. From any thread: a caller that cannot wait reads it at once."""
        try:
            with self._file(number).open("rb") as file, np.load(file, allow_pickle=False) as pages:
                return {name: pages[name] for name in pages.files}
        except OSError:
            return {}
        except Exception as problem:  # at the edge: another program may have written anything into the file
            log.info("the picture of run %d cannot be read (%r)", number, problem)
            return {}

    def _remove(self, number: int) -> None:
        self._sizes.pop(number, None)
        self._given_up.pop(number, None)
        self._file(number).unlink(missing_ok=True)
