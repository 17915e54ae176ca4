"""The album: pictures of runs that have left the stage, in files on disk, so that they can be looked at again and take
no memory until then. One thread of its own writes and reads them; whoever wants one asks, and takes it later.

Its folder belongs to this app alone and carries its pid and start time, as that of a run does: what an app leaves that
was killed is swept away at the next start. Where the disk is full a run has no picture, and its figures stay."""

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

MOST_BYTES = 512 * 10**6  # of all pictures together; beyond it the oldest are given up
LEVEL = 1  # zlib's quickest: times as steps are small numbers, and pack well all the same
FULL = (errno.ENOSPC, errno.EDQUOT)
Arrays = Mapping[str, npt.NDArray[Any]]
Make = Callable[[], Arrays]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What was asked for; without arrays there is no such picture."""

    number: int
    arrays: Arrays


class Album:
    def __init__(self, home: Path | None = None) -> None:
        self._path = run_folder.new_album(home)
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[Found] = queue.SimpleQueue()
        self._sizes: dict[int, int] = {}  # of what is written, the oldest first
        self._given_up: dict[int, str] = {}
        self._thread: threading.Thread | None = None
        self._closing = False
        self._asked = self._done = 0  # jobs; each is counted by one thread

    # -- from the thread that owns it

    def put(self, number: int, make: Make) -> None:
        """Keep a picture; `make` is called in the album's thread."""
        self._do(lambda: self._write(number, make))

    def ask(self, number: int) -> None:
        self._do(lambda: self._found.put(Found(number, self._read(number))))

    def take(self) -> Found | None:
        """The next of what was asked for; None while there is none."""
        try:
            return self._found.get_nowait()
        except queue.Empty:
            return None

    @property
    def idle(self) -> bool:
        """Is all done that was asked for?"""
        return self._asked == self._done

    def has(self, number: int) -> bool:
        """Is it written?"""
        return number in self._sizes

    def read(self, number: int) -> Arrays:
        """At once, for what cannot wait; empty where there is none."""
        return self._read(number)

    @property
    def given_up(self) -> Mapping[int, str]:
        """Runs of which there is no picture, and why."""
        return dict(self._given_up)  # as it is now: more may come while somebody looks through it

    def forget(self, number: int) -> None:
        self._do(lambda: self._remove(number))

    def close(self) -> None:
        """All of it away; what waits to be written is not written any more."""
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
            if not self._closing:
                self._carry_out(job)
            del job  # it holds on to a run
            if self._jobs.empty():
                heap.give_back()
            self._done += 1

    def _carry_out(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:  # at the edge: without this thread nothing would be kept or found again
            log.exception("the album could not do what it was asked for")

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
        except Exception as problem:  # at the edge: a run without a picture is no reason for a window without runs
            log.exception("run %d has no picture", number)
            self._given_up[number] = str(problem) or type(problem).__name__
        self._make_room()

    def _make_room(self) -> None:
        while sum(self._sizes.values()) > MOST_BYTES and len(self._sizes) > 1:
            oldest = next(iter(self._sizes))
            self._remove(oldest)
            self._given_up[oldest] = "it made room for newer ones"

    def _read(self, number: int) -> Arrays:
        try:
            with self._file(number).open("rb") as file, np.load(file, allow_pickle=False) as pages:
                return {name: pages[name] for name in pages.files}
        except OSError:
            return {}
        except Exception as problem:  # at the edge: what else has written into the file can be anything
            log.info("the picture of run %d cannot be read (%r)", number, problem)
            return {}

    def _remove(self, number: int) -> None:
        self._sizes.pop(number, None)
        self._given_up.pop(number, None)
        self._file(number).unlink(missing_ok=True)
