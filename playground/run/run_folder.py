"""A run's directory: its control block and rings, in memory where the system has a memory file system.

The app makes it, and removes it at the end. A directory left behind by an app that was killed is removed at the next
start: its name carries the app's pid and start time, which show whether that app still lives."""

from __future__ import annotations

import contextlib
import errno
import getpass
import os
import shutil
import tempfile
import threading
from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground.files.own_folders import cache_folder
from playground.files.reachable import is_folder
from playground.lab import RECIPE
from playground.lab.watching import descendants
from playground.lab.wire import ring
from playground.reading.batch import Report
from playground.run import answers
from playground.start import app_mark

RECORDS_IN_ALL = 262_144  # shared among a run's streams: about 12 MB, some seconds of a busy 64-worker run
SEMAPHORES = Path("/dev/shm")  # where Linux keeps named semaphores
MOST_RECORDS, FEWEST_RECORDS = 32_768, 64
PROBE_RECORDS = 65_536  # 6 s at 10 kHz
SAMPLES = 32_768  # samples of threads: 16 s at 2 kHz

ATTEMPTS = 10
FILES = "concurrency-playground-files-{user}"

_numbers = count(1)


class NoRoom(OSError):
    """The rings cannot be made; the words say where and why."""


def home() -> Path:
    shared = Path("/dev/shm")
    base = shared if os.access(shared, os.W_OK | os.X_OK) else on_disk()
    return base / f"concurrency-playground-{_user()}"


def on_disk() -> Path:
    """The folder for temporary files. Python raises if it can write to none; then this gives a folder that may not
    exist: making a file there fails with the reason, and looking there finds nothing."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.sep, "tmp").absolute()


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()


def sweep() -> int:
    """Remove the directories of apps that are gone, and end what their labs left running. Gives the number of runs."""
    removed = 0
    files = on_disk() / FILES.format(user=_user())
    for path in (path for place in (home(), files, albums()) if is_folder(place) for path in place.glob("*-*-*")):
        if app_mark.left_behind(path.name):
            descendants.end_marked(path.name)
            shutil.rmtree(path, ignore_errors=True)
            forget_semaphores(path.name)
            removed += path.parent == home()
    for mark in descendants.marks():  # also processes without a directory: Pythons that were asked for their facts
        if app_mark.left_behind(mark):
            descendants.end_marked(mark)
    return removed


def forget_semaphores(name: str) -> None:
    """Remove the semaphores that the processes of a killed lab have left. They carry the name of its folder
    (lab/blocking/tied_process.py)."""
    for path in SEMAPHORES.glob(f"sem.mp-{name}-*"):
        with contextlib.suppress(OSError):  # another user's: anybody can choose such a name
            path.unlink(missing_ok=True)


def albums() -> Path:
    """The folder for pictures of runs (album.py): on disk, as there may be hundreds of megabytes."""
    return cache_folder() / "pictures"


def new_album(place: Path | None = None) -> Path:
    """The path of this app's own folder of pictures; nothing is made yet."""
    return (place or albums()) / f"{app_mark.mark()}{next(_numbers)}"


def make_private(path: Path) -> None:
    """Make a folder that only this user can read, if it is not there."""
    if not path.is_dir():
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        _make_private(path)


def _make_private(path: Path) -> None:
    """Make a folder in a home of our own, as anybody can write to /dev/shm. Another app that is ending may remove the
    home at the same moment."""
    for attempt in count(1):
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.mkdir(mode=0o700)
            break
        except (FileNotFoundError, FileExistsError):  # removed again; or removed while Python looked what it is
            if attempt == ATTEMPTS:
                raise
    if hasattr(os, "getuid") and path.parent.lstat().st_uid != os.getuid():
        path.rmdir()
        raise PermissionError(errno.EPERM, "it belongs to somebody else")


class RunDirectory:
    def __init__(
        self,
        workers: int,
        one_stream: bool = False,
        watched: bool = False,
        starts_threads: bool = False,
        place: int = ring.HERE,
    ) -> None:
        """`watched`: the probe looks at the workers' threads; `starts_threads`: and at threads that the code may start.
        `place`: the number of the computer that the run is on."""
        self.workers, self.watched, self.starts_threads = workers, watched, starts_threads
        self.streams, self.place = 1 if one_stream else workers, place
        self.path = home() / f"{app_mark.mark()}{next(_numbers)}"
        self.rings, self.samples, self._reports = (self.path / name for name in ("rings", "threads.ring", "reports"))
        try:
            _make_private(self.path)
            self._make()
        except OSError as problem:
            shutil.rmtree(self.path, ignore_errors=True)
            raise NoRoom(
                f"cannot make the run's rings in {self.path.parent}: {problem.strerror or problem}"
            ) from problem
        self._telling = threading.Lock()  # no word may be written while the files are removed
        self._block, self._words = ring.map_words(str(self.path / "control"), ring.CONTROL)

    def _make(self) -> None:
        most = MOST_RECORDS if self.streams == self.workers else RECORDS_IN_ALL
        capacity = max(FEWEST_RECORDS, min(most, RECORDS_IN_ALL // self.streams))
        ring.create_control(str(self.path / "control"))
        ring.create_probe(str(self.path / "gil.ring"), PROBE_RECORDS)
        if self.watched:
            ring.create_samples(str(self.samples), SAMPLES)
        if self.starts_threads:
            ring.create_samples(str(self.path / "started.ring"), SAMPLES)
            (self.path / "born").touch(mode=0o600)
        ring.create(str(self.rings), capacity, self.workers, self.streams, self.place)
        self._reports.touch(mode=0o600)

    @property
    def files(self) -> Path:
        """A folder on disk for jobs that read and write files; the lab makes it if it is needed."""
        return on_disk() / FILES.format(user=_user()) / self.path.name

    def reports(self) -> list[Report]:
        """The reports that workers left when they ended."""
        try:
            lines = self._reports.read_bytes().splitlines()
        except OSError:
            return []
        return [report for report in map(answers.of_worker, lines) if report is not None]

    def write_recipe(self, text: str) -> None:
        """Write the recipe for the lab, which reads it from the run's directory."""
        place = os.open(self.path / RECIPE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(place, "w", encoding="utf-8") as file:
            file.write(text)

    def word(self, index: int) -> int:
        """A word of the control block."""
        return self._words[index]

    def words(self) -> npt.NDArray[np.uint64]:
        """A copy of all words of the control block."""
        return np.frombuffer(self._words.tobytes(), "<u8")

    @property
    def stopped_by_way_out(self) -> bool:
        return bool(self._words[ring.C_STOP_OUT])

    @property
    def stopping(self) -> bool:
        return ring.stopping(self._words)

    def all_done(self) -> bool:
        """Has each worker done all the work of its job?"""
        block, words = ring.map_words(str(self.rings), ring.RINGS, writable=False)
        with block, words:
            done = words[ring.W_DONE : self.workers * ring.HEADER_WORDS : ring.HEADER_WORDS]
            with done:
                return all(done)

    def stop(self) -> None:
        """Ask all workers to stop. May be called again until they have heard it."""
        self._tell(ring.C_STOP, 1)

    def end_share(self, workers: int) -> None:
        """End the time of the first `workers` workers. They notice before their next op."""
        self._tell(ring.C_OVER, workers)

    def pause(self, on: bool) -> None:
        self._tell(ring.C_PAUSE, int(on))

    def set_knob(self, name: str, value: float | str) -> None:
        """Change a live knob; workers take the new value before their next op."""
        if name == "switch_interval":
            self._tell(ring.C_SWITCH_INTERVAL, round(float(value) * 1e9))
        elif name == "probe_rate":
            self._tell(ring.C_PROBE_RATE, round(float(value)))
        elif name == "stamps":
            self._tell(ring.C_UNSTAMPED, int(value == "off"))
        else:
            raise ValueError(f"knob {name!r} cannot change while a run is running")

    def _tell(self, word: int, value: int) -> None:
        """Write a word of the control block and wake those who wait for it. Once the files are gone, do nothing."""
        with self._telling:
            if not self._block.closed:
                self._words[word] = value
                ring.ring_bell(self._words, ring.APP)

    def remove(self) -> None:
        with self._telling:
            if not self._block.closed:
                words, self._words = self._words, memoryview(self._words.tobytes()).cast("Q")  # the last values stay
                words.release()
                self._block.close()
        for folder in (self.path, self.files):
            shutil.rmtree(folder, ignore_errors=True)
            with contextlib.suppress(OSError):  # other runs still have folders in it, or it was never made
                folder.parent.rmdir()
        forget_semaphores(self.path.name)
