"""The computer that a run's figures come from, and when that was: what a figure needs to be compared with another one
on another day. Told by `run --json` and in exported runs."""

from __future__ import annotations

import functools
import os
import platform
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.start.own_environment import VERSION


@dataclass(frozen=True)
class Computer:
    cores: int
    cores_allowed: int  # that this app, and so its labs, may run on; fewer in a container or under taskset
    system: str  # "Linux 6.1.0 x86_64"
    app_version: str
    app_python: str  # that runs the app; that of a run is told with the run


def computer() -> Computer:
    cores = os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return Computer(cores, allowed, _system(), VERSION, platform.python_version())


@functools.lru_cache(1)  # on Windows it asks for a second
def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}".strip()


def moment(at_ns: int | None) -> str | None:
    """A moment of `time.perf_counter_ns` as date and time, with the zone: "2026-11-30T12:01:07+01:00"."""
    if at_ns is None:
        return None
    ago = timedelta(microseconds=(time.perf_counter_ns() - at_ns) / 1000)
    return (datetime.now().astimezone() - ago).isoformat(timespec="seconds")
