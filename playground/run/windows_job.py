"""Windows: a job object that ends a lab, and all it starts, with the app, however the app ends.

Written from the API's documentation; it has not been run on a Windows machine yet. If a call fails, the lab still ends
by itself when its standard input closes."""

from __future__ import annotations

import ctypes
import logging
from ctypes import wintypes

KILL_ON_JOB_CLOSE = 0x2000
EXTENDED_LIMIT_INFORMATION = 9
SET_QUOTA_AND_TERMINATE = 0x0100 | 0x0001

log = logging.getLogger(__name__)


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("per_process_user_time_limit", ctypes.c_int64),
        ("per_job_user_time_limit", ctypes.c_int64),
        ("limit_flags", wintypes.DWORD),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority_class", wintypes.DWORD),
        ("scheduling_class", wintypes.DWORD),
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


class Job:
    """Holds the job's handle: when the last handle goes, the system ends everything in the job."""

    def __init__(self, kernel: ctypes.CDLL, handle: int) -> None:
        self._kernel = kernel
        self.handle = handle

    def close(self) -> None:
        if self.handle:
            self._kernel.CloseHandle(wintypes.HANDLE(self.handle))
            self.handle = 0


def leash(pid: int) -> Job | None:
    """Put a process that was just started into a job object of its own. None, with a line in the log, if that fails."""
    kernel: ctypes.CDLL = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.CreateJobObjectW(None, None)
    if not handle:
        return _failed("CreateJobObject")
    job = Job(kernel, handle)
    limits = _ExtendedLimits()
    limits.basic.limit_flags = KILL_ON_JOB_CLOSE
    size = ctypes.sizeof(limits)
    if not kernel.SetInformationJobObject(
        wintypes.HANDLE(handle), EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size
    ):
        return _failed("SetInformationJobObject", job)
    process = kernel.OpenProcess(SET_QUOTA_AND_TERMINATE, False, pid)
    if not process:
        return _failed("OpenProcess", job)
    assigned = kernel.AssignProcessToJobObject(wintypes.HANDLE(handle), wintypes.HANDLE(process))
    kernel.CloseHandle(wintypes.HANDLE(process))
    return job if assigned else _failed("AssignProcessToJobObject", job)


def _failed(call: str, job: Job | None = None) -> Job | None:
    log.warning("%s failed: error %d", call, ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]
    if job is not None:
        job.close()
    return None
