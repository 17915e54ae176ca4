"""Windows: job objects, which end a process and all that it starts. The system ends what is in a job when the last
handle to it goes, however its holder ends.

A process begins suspended, is put into its job, and only then runs: so it cannot have started anything that is outside.
This app is in no job itself, as a browser or a file manager that it opens would be in there with it. If a call fails, a
line in the log says so; our processes then end by themselves when their standard input closes."""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import subprocess
from collections.abc import Sequence
from typing import Any

from playground.start import venv_launcher

KILL_ON_JOB_CLOSE = 0x2000
SILENT_BREAKAWAY_OK = 0x1000  # what a process in the job starts is outside
BASIC_ACCOUNTING, EXTENDED_LIMIT_INFORMATION = 1, 9
SUSPENDED = 0x0004
ENDED_BY_US = 1

# Without a console of its own, an app would open one for each process; and Ctrl+C in a terminal would reach them all
NO_CONSOLE: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)

log = logging.getLogger(__name__)


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("per_process_user_time_limit", ctypes.c_int64),
        ("per_job_user_time_limit", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory_used", ctypes.c_size_t),
        ("peak_job_memory_used", ctypes.c_size_t),
    )


class _Accounting(ctypes.Structure):
    _fields_ = (
        ("times", ctypes.c_int64 * 4),
        ("page_faults", ctypes.c_uint32),
        ("processes_ever", ctypes.c_uint32),
        ("active", ctypes.c_uint32),
        ("terminated", ctypes.c_uint32),
    )


class Job:
    """Holds a job's handle."""

    def __init__(self, flags: int = KILL_ON_JOB_CLOSE, system: Any = None) -> None:
        self._system = system or _system()
        self._handle = int(self._system.CreateJobObjectW(None, None) or 0)
        if not self._handle:
            self._failed("CreateJobObject")
            return
        limits = _ExtendedLimits()
        limits.basic.limit_flags = flags
        size = ctypes.sizeof(limits)
        if not self._call("SetInformationJobObject", EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size):
            self.close()

    def start(self, line: Any, flags: int | None = None, **options: Any) -> subprocess.Popen[Any]:
        """`subprocess.Popen`, for a process that is in this job from its first instruction."""
        flags = NO_CONSOLE if flags is None else flags
        if not self._handle:
            return subprocess.Popen(line, creationflags=flags, **options)
        process = subprocess.Popen(line, creationflags=flags | SUSPENDED, **options)
        handle = ctypes.c_void_p(int(getattr(process, "_handle")))  # noqa: B009 (Windows' alone)
        self._call("AssignProcessToJobObject", handle)
        if self._system.NtResumeProcess(handle):  # it would never run
            process.kill()
            raise OSError(f"{line[0]} does not begin to run")
        return process

    def end_all(self) -> bool:
        """End all processes in it. Was there any?"""
        some = self.active() > 0
        if some:
            self._call("TerminateJobObject", ENDED_BY_US)
        return some

    def active(self) -> int:
        """How many processes are in it."""
        if not self._handle:
            return 0
        told = _Accounting()
        size = ctypes.sizeof(told)
        self._call("QueryInformationJobObject", BASIC_ACCOUNTING, ctypes.byref(told), size, None)
        return int(told.active)

    def close(self) -> None:
        """Let go of it: what is still in it ends."""
        if self._handle:
            self._call("CloseHandle")
            self._handle = 0

    def _call(self, name: str, *arguments: Any) -> bool:
        done = bool(getattr(self._system, name)(ctypes.c_void_p(self._handle), *arguments))
        if not done:
            self._failed(name)
        return done

    def _failed(self, name: str) -> None:
        log.warning("%s failed: error %d", name, self._system.error())


@functools.cache
def of_this_app() -> Job:
    """The job of all that shall end with this app, and not sooner."""
    return Job()


def start(line: Any, job: Job | None = None, **options: Any) -> subprocess.Popen[Any]:
    """Start one of our processes. On Windows it has no console, and is in `job`: by default in that of this app."""
    if os.name != "nt":
        return subprocess.Popen(line, creationflags=NO_CONSOLE, **options)
    return (job or of_this_app()).start(line, **options)


def call_as_ours(line: Sequence[str]) -> int:
    """Run this app in another Python, in the same console, and give its exit code. It ends with this process; what it
    starts is its own affair."""
    variables = dict(os.environ)
    job = Job(KILL_ON_JOB_CLOSE | SILENT_BREAKAWAY_OK)
    python = venv_launcher.passed_by(line[0], variables)
    process = job.start([python, *line[1:]], flags=0, env=variables)
    while True:
        try:
            return int(process.wait())
        except KeyboardInterrupt:  # it reaches both: the app ends in its own way
            continue


class _System:
    """The calls of Windows that are used here."""

    def __init__(self) -> None:
        kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._kernel = kernel
        self.NtResumeProcess = ctypes.WinDLL("ntdll").NtResumeProcess  # type: ignore[attr-defined,unused-ignore]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kernel, name)

    def error(self) -> int:
        return int(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]


@functools.cache
def _system() -> Any:
    return _System()
