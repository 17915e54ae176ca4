"""The thread that writes for the logbook: a disk may be slow or hang, and neither the window nor its end waits long
for it."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable

END_S = 1.0  # how long the end of the app waits for the disk

Act = Callable[[], object]


class Writer:
    def __init__(self) -> None:
        self._acts: queue.SimpleQueue[Act | None] = queue.SimpleQueue()
        # A daemon: a thread that hangs in the system would keep the app from ending.
        self._thread = threading.Thread(target=self._write, name="logbook", daemon=True)
        self._thread.start()

    def waiting(self) -> int:
        """How much has not been written yet."""
        return self._acts.qsize()

    def soon(self, act: Act) -> None:
        self._acts.put(act)

    def wait(self, seconds: float = END_S) -> bool:
        """Waits until all that was asked for is written, but not for ever. True: it is."""
        written = threading.Event()
        self._acts.put(written.set)
        return written.wait(seconds)

    def end(self) -> None:
        self._acts.put(None)
        self._thread.join(END_S)

    def _write(self) -> None:
        while (act := self._acts.get()) is not None:
            with contextlib.suppress(OSError, ValueError):  # what hinders it is noted by whoever asked
                act()
