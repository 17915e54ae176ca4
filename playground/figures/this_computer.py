"""The computer and the time that a run's figures come from, so that they can be compared with figures of another day.
They are in `run --json` and in exported runs."""

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
    cores_allowed: int  # cores that this app and its labs may run on; fewer in a container or under taskset
    system: str  # "Linux 6.1.0 x86_64"
    app_version: str
    app_python: str  # the Python that runs the app; a run's own Python is in its figures


def computer() -> Computer:
    cores = os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return Computer(cores, allowed, _system(), VERSION, platform.python_version())


@functools.lru_cache(1)  # on Windows it takes a second
def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}".strip()


def moment(at_ns: int | None) -> str | None:
    """A moment of `time.perf_counter_ns` as date and time, with the zone: "2026-11-30T12:01:07+01:00"."""
    if at_ns is None:
        return None
    ago = timedelta(microseconds=(time.perf_counter_ns() - at_ns) / 1000)
    return (datetime.now().astimezone() - ago).isoformat(timespec="seconds")
