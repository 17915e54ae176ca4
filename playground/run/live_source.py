"""The batches of a live run, read from the files that its workers, its lab and the probe write.

Samples of threads are read before the records of the same time, and headers last: so a header is never older than the
records in its batch, and every worker that began before a sample of the GIL's holder is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from playground import catalogue
from playground.figures.lab_cpu import LabCpu
from playground.lab.watching import born_threads
from playground.lab.wire import ring
from playground.reading import round_trips
from playground.reading.app_time import in_app_time
from playground.reading.batch import MOST_COPIED, Batch, Beginning, Control
from playground.reading.picture_tiles import PictureReader
from playground.reading.printed import OutputReader
from playground.reading.rings import SAMPLE, Records, RingReader, RingsReader, SampleReader, in_turn
from playground.reading.round_trips import Trips
from playground.run.run_folder import RunDirectory

NONE = np.empty(0, SAMPLE)
SELDOM_NS = 100_000_000


class LiveSource:
    def __init__(
        self,
        beginning: Beginning,
        directory: RunDirectory,
        output: OutputReader,
        lab_cpu: LabCpu | None,
        control: Callable[[int], Control],
    ) -> None:
        """`control` gives what the app knows of the run; it is called at each pull."""
        self._clock = beginning.recipe.place.hardware.clock
        self._directory, self.output, self._lab_cpu, self._control = directory, output, lab_cpu, control
        self.rings = RingsReader(directory.rings)
        self.holders = RingReader(directory.path / "gil.ring")
        self.threads = SampleReader(directory.samples) if beginning.watched else None
        self.started = SampleReader(directory.path / "started.ring") if beginning.starts_threads else None
        self._born = WholeLines(directory.path / born_threads.FILE)
        self._unbegun = np.arange(len(self.rings))
        self._looks = 0
        self._look = catalogue.job(beginning.recipe.job).look
        self._trips, self._printed = Trips(), 0
        self._seldom_at = 0
        self._picture: PictureReader | None = None

    def pull(self, now: int) -> tuple[Batch]:
        """One batch: all that has come since the last pull. Cheap when there is nothing new."""
        control = self._control(now)
        self._look_at_files(now, control.over)
        threads = NONE if self.threads is None else self.threads.pull()
        records = self.rings.pull(now + self._clock.ahead_ns)
        started = NONE if self.started is None else self.started.pull()
        holders = self.holders.pull()
        looked_at = self._to_look_at(records, control.over, bool(len(holders)))
        headers = self.rings.headers
        batch = Batch(
            now=now,
            control=control,
            records=records,
            looked_at=looked_at,
            headers=headers.copy() if len(looked_at) == len(headers) else headers[looked_at],
            threads=threads,
            started=started,
            born=self._born.new() if len(started) else b"",
            holders=holders,
            probe=(self.holders.word(ring.W_STARTED), self.holders.word(ring.W_CPU)),
            lost=self.rings.lost + self.holders.lost,
            words=self._directory.words(),
            cpu=() if self._lab_cpu is None else self._lab_cpu.taken(),
            trips=self._trips,
            printed=self._printed,
        )
        return (in_app_time(batch, self._clock),)

    def _to_look_at(self, records: Records, over: bool, held: bool) -> npt.NDArray[np.int64]:
        """The workers whose headers go into the batch: all of them. Of very many, only those that wrote, some of the
        rest in turn, and, if there are samples of a GIL's holder, those that have begun meanwhile."""
        count = len(self.rings)
        self._looks += 1
        if over or count <= MOST_COPIED:
            return np.arange(count)
        every = max(4, count // MOST_COPIED)
        looked_at = in_turn(count, self._looks, every, records)
        if held:
            begun = self.rings.headers[self._unbegun, ring.W_STARTED] > 0
            looked_at = np.union1d(looked_at, self._unbegun[begun])
            self._unbegun = self._unbegun[~begun]
        return looked_at

    def _look_at_files(self, now: int, over: bool) -> None:
        """Look ten times a second at files that are not mapped, or may not be there yet."""
        if over or now >= self._seldom_at:
            self._seldom_at = now + SELDOM_NS
            self._printed = self.output.total
            if self._look == "trips":
                self._trips = round_trips.read(self._directory.path) or self._trips

    @property
    def picture(self) -> PictureReader | None:
        """The picture that the workers make together. Its file is made before they start."""
        path = self._directory.path / "picture"
        if self._picture is None and self._look == "picture" and path.exists():
            self._picture = PictureReader(path)
        return self._picture

    def close(self) -> None:
        """Let go of the files."""
        for part in (self.rings, self.holders, self.threads, self.started, self.picture):
            if part is not None:
                part.close()


class WholeLines:
    """The whole lines of a file that grows."""

    def __init__(self, path: Path) -> None:
        self._path, self._place = path, 0

    def new(self) -> bytes:
        """The lines that came since the last call."""
        with open(self._path, "rb") as file:
            file.seek(self._place)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._place += len(whole)
        return whole
