"""What a place runs on: its cores, what it lets a run have, and its clock. All places of today run on the computer that
this app runs on; one elsewhere brings a `Hardware` of its own."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

import psutil

from playground.hosts._core_meter import CoreMeter
from playground.hosts._task_limits import Left, System
from playground.lab.wire import ring


@dataclass(frozen=True)
class Clock:
    """How a place's clock stands to the app's. Records carry the time of the place; whoever reads them takes this away,
    once, and from there on all is in the app's time."""

    ahead_ns: int = 0
    error_ns: int = 0  # by how much that may be wrong

    @property
    def note(self) -> str:
        """What a picture of such times has to say of them."""
        return f"times ± {self.error_ns / 1e6:g} ms" if self.error_ns else ""


SAME_CLOCK = Clock()


class Hardware:
    """This computer. One elsewhere says otherwise what is not as here, and has a number of its own."""

    title = "This machine"
    number = ring.HERE  # in headers: processes of two computers may have the same pid

    @property
    def here(self) -> bool:
        """Do its processes and cores stand among those of this app's computer?"""
        return self.number == ring.HERE

    @property
    def cores(self) -> int:
        return os.cpu_count() or 1

    @property
    def clock(self) -> Clock:
        """As it stands when a run begins."""
        return SAME_CLOCK

    def meter(self) -> CoreMeter:
        """Tells how busy its cores are."""
        return CoreMeter()

    def memory(self) -> list[Left]:
        """Bytes that may still be taken: of the computer, and of what a container may have."""
        return [Left(psutil.virtual_memory().available, ""), *System().memory()]

    def tasks(self) -> list[Left]:
        """How many more threads or processes it will start, for each limit that it has."""
        return System().tasks()

    def open_files(self) -> int | None:
        """How many files a process may open at most; None: any number."""
        with contextlib.suppress(ImportError):  # Windows has no such limit
            import resource

            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            return None if hard == resource.RLIM_INFINITY else hard
        return None


HERE = Hardware()
