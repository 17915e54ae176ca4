"""Can anybody in a run still go on? Linux says of each thread which system call it waits in and with which arguments
(`/proc/PID/task/TID/syscall`), and how often it has run (`…/schedstat`).

A thread cannot go on by itself if it waits for a lock without a time limit, reads or writes a pipe, or waits for a
process of this same run. Every other thread can: one that computes, sleeps, waits with a limit, waits for a socket, a
file or a terminal, or waits in a way that is not known here. If no thread can go on, and none has run in the meantime,
only somebody outside could wake them. So the last check is whether a process outside holds an end of their pipes, or
an alarm is set."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playground.lab.watching import stacks
from playground.run import proc

MOST_POLLED = 4096
FOREVER = 0xFFFFFFFF
ALARM = 14  # SIGALRM
# found in command lines of processes that only serve others of the run: only these count as blocked in epoll
SERVANTS = (b"multiprocessing.forkserver", b"playground.lab.server")


@dataclass(frozen=True)
class Calls:
    """System calls by number. A dict also gives the place of the time limit among the arguments; an argument of 0 there
    means no limit."""

    locks: dict[int, int]  # futex, futex_waitv, futex_wait
    pipes: tuple[int, ...]  # read, readv, write, writev
    polls: dict[int, int]  # poll, ppoll
    numbered: tuple[int, ...]  # calls in which the limit is a number: −1 for none
    epolls: dict[int, int]
    children: tuple[int, ...]  # wait4, waitid


CALLS = {
    "x86_64": Calls(
        {202: 3, 449: 3, 455: 4}, (0, 19, 1, 20), {7: 2, 271: 2}, (7, 232, 281), {232: 3, 281: 3, 441: 3}, (61, 247)
    ),
    "aarch64": Calls({98: 3, 449: 3, 455: 4}, (63, 65, 64, 66), {73: 2}, (22,), {22: 3, 441: 3}, (260, 95)),
}


class Family:
    """The processes of a run: the lab, and all that have been started by it or by its children."""

    def __init__(self, lab: int, calls: Calls) -> None:
        self.lab = lab
        self._calls = calls
        self._pids = [lab]
        self._of_lab: set[int] = set()  # processes that the lab itself has started
        self._free: tuple[int, int] | None = None  # pid and tid of a thread that could go on at the last look
        self.pipes: set[str] = set()  # pipes that its threads wait for, by the system's names

    def look(self, spared: int | None) -> frozenset[tuple[int, int, bytes, bytes]] | None:
        """The system call that each thread waits in, and how often it has run. None: a thread can go on. `spared`: a
        thread of the lab that is known by other means to be blocked."""
        free = self._free
        if free is not None and free != (self.lab, spared) and self._can_go_on(*free):
            return None
        self._free = None
        if self._look(self._pids, spared) is None and self._found_one():  # without one, a process has ended
            return None
        found = self._members()
        if any(one.state in "Tt" for one in found):  # stopped by a signal or a debugger, which can resume it
            return None
        self._pids = [one.pid for one in found if one.state != "Z"]
        self._of_lab = {one.pid for one in found if one.parent == self.lab}
        return self._look(self._pids, spared)

    def _look(self, pids: Iterable[int], spared: int | None) -> frozenset[tuple[int, int, bytes, bytes]] | None:
        self.pipes = set()
        seen = set()
        for pid in pids:
            threads = proc.threads(pid)
            if not threads:  # it has just ended, or may not be looked at
                return None
            for tid in threads:
                if pid == self.lab and tid == spared:
                    continue
                try:
                    waits_in = proc.read(pid, tid, "syscall")
                    if self._is_free(pid, tid, waits_in.split()):
                        self._free = pid, tid
                        return None
                    seen.add((pid, tid, waits_in, proc.read(pid, tid, "schedstat")))
                except OSError:  # the thread has just ended, or may not be looked at
                    return None
        return frozenset(seen)

    def _found_one(self) -> bool:
        return self._free is not None

    def _can_go_on(self, pid: int, tid: int) -> bool:
        try:
            return self._is_free(pid, tid, proc.read(pid, tid, "syscall").split())
        except OSError:
            return False

    def _is_free(self, pid: int, tid: int, words: list[bytes]) -> bool:
        """Can the thread go on without any other thread of the run?"""
        if len(words) < 7:  # it runs, or is in no system call
            return True
        number, given = int(words[0]), [int(word, 16) for word in words[1:7]]
        calls = self._calls
        if number in calls.locks:
            return given[calls.locks[number]] != 0
        if number in calls.children:
            return False
        if number in calls.pipes:
            return not self._is_pipe(pid, tid, given[0])
        if number in calls.polls:
            limited = given[calls.polls[number]] != 0
            if number in calls.numbered:
                limited = given[calls.polls[number]] & FOREVER != FOREVER
            return limited or not all(self._is_pipe(pid, tid, one) for one in _polled(pid, given[0], given[1]))
        if number in calls.epolls and pid == tid and pid in self._of_lab and _is_servant(pid):
            limit = given[calls.epolls[number]]
            return limit & FOREVER != FOREVER if number in calls.numbered else limit != 0
        return True

    def _is_pipe(self, pid: int, tid: int, descriptor: int) -> bool:
        name = proc.open_file(pid, descriptor)
        if not name.startswith("pipe:"):
            return False
        leash = pid == self.lab != tid and name == proc.open_file(pid, 0)  # it waits for the end of the app
        if not leash:
            self.pipes.add(name)
        return True

    def _members(self) -> list[proc.Process]:
        every = list(proc.processes())
        pids = {one.pid for one in every if self.lab in (one.pid, one.group, one.session)}
        while more := {one.pid for one in every if one.parent in pids} - pids:
            pids |= more
        return [one for one in every if one.pid in pids]

    # -- before a run is called stuck

    def woken_from_outside(self) -> bool:
        """Could a pipe held by another process, or an alarm, let a thread go on?"""
        own = set(self._pids)
        if any(proc.caught(pid) & (1 << (ALARM - 1)) for pid in own):
            return True
        return any(self.pipes & set(proc.open_files(one.pid)) for one in proc.processes() if one.pid not in own)

    def ask_for_stacks(self) -> list[int]:
        """Ask the processes that handle the signal (lab/watching/stacks.py) to write down where they are. Gives their
        pids."""
        asked = [pid for pid in self._pids if proc.caught(pid) & (1 << (stacks.SIGNAL - 1))]
        for pid in asked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, stacks.SIGNAL)
        return asked


def family(lab: int) -> Family | None:
    """The processes of a lab; None where the system does not show system calls."""
    calls = CALLS.get(os.uname().machine) if hasattr(os, "uname") else None
    return Family(lab, calls) if calls is not None and Path("/proc/self/syscall").exists() else None


def _polled(pid: int, address: int, count: int) -> list[int]:
    """The descriptors of a poll. If there are too many, [-1], which is no pipe."""
    if not 0 < count <= MOST_POLLED:
        return [-1]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        file.seek(address)
        block = file.read(8 * count) or b""
    return [descriptor for descriptor, _, _ in struct.iter_unpack("=ihh", block) if descriptor >= 0]


def _is_servant(pid: int) -> bool:
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        line = file.read(4000)
    return any(name in line for name in SERVANTS)
