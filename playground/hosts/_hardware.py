"""The computer that a place runs on: its cores, its limits and its clock. Today all places run on this app's computer;
a place on another computer would bring a `Hardware` of its own."""

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
    """How far a place's clock is ahead of the app's. Records carry the place's time; their reader subtracts this once,
    and from there on every time is the app's."""

    ahead_ns: int = 0
    error_ns: int = 0  # by how much ahead_ns may be wrong

    @property
    def note(self) -> str:
        """The note that a picture of such times needs."""
        return f"times ± {self.error_ns / 1e6:g} ms" if self.error_ns else ""


SAME_CLOCK = Clock()


class Hardware:
    """This computer. Another computer is a subclass that overrides what differs, with a number of its own."""

    title = "This machine"
    number = ring.HERE  # in headers: processes of two computers may have the same pid

    @property
    def here(self) -> bool:
        """Is this the app's own computer, so that its processes and cores can be looked at?"""
        return self.number == ring.HERE

    @property
    def cores(self) -> int:
        return os.cpu_count() or 1

    @property
    def clock(self) -> Clock:
        """The clock, read when a run begins."""
        return SAME_CLOCK

    def meter(self) -> CoreMeter:
        """A meter of how busy the cores are."""
        return CoreMeter()

    def memory(self) -> list[Left]:
        """Bytes that a run may still take: the computer's, and what a container's limits leave."""
        return [Left(psutil.virtual_memory().available, ""), *System().memory()]

    def tasks(self) -> list[Left]:
        """How many more threads or processes may start, for each limit of the computer."""
        return System().tasks()

    def open_files(self) -> int | None:
        """How many files a process may open at most; None: any number."""
        with contextlib.suppress(ImportError):  # Windows has no such limit
            import resource

            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            return None if hard == resource.RLIM_INFINITY else hard
        return None


HERE = Hardware()
