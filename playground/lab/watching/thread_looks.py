"""What threads do, seen from outside, where they cannot report it themselves. Linux shows for each thread the system
call in which it waits, with the call's arguments (`/proc/PID/task/TID/syscall`), and how long it ran and waited for a
core (`…/schedstat`); both are read without stopping the thread. From that follows what it waits for:

a timer only → it sleeps; a futex that lies in the GIL (its mutex and condition follow the GIL record) → the GIL;
another futex, or the end of a process → a lock; any other call, or a page that has to be read → I/O. A thread in no
call has a core, or waits for one: its times tell which. Where the GIL is not known, a futex may be anything.

Samples go to a ring of their own, `threads.ring`. Code that does not report itself (`ring.WATCHED`) gets its lane from
them when its op is long. Of ops, and of all that is short, they tell only what a record cannot: what the worker waited
for, and what is going on before there is a record."""

from __future__ import annotations

import errno
import os
import time
from typing import Dict, List, Optional, Tuple, Type, TypeVar

from ..wire import ring

clock = time.perf_counter_ns

PERIOD_NS = 5_000_000
SAMPLES_PER_TICK = 10  # for all workers together, in turn: 2000 a second cost a fiftieth of a core
THOUGHT_OF_PER_TICK = 64  # workers, in turn: to read their headers takes time too
WAITING = (ring.IO, ring.LOCK)  # what an op of these kinds really waits for is not known to its worker
MOST_WORKERS = 256  # those after them are not looked at
CORE_EVERY, CORE_FIELD = 4, 36  # reading the core costs as much as all the rest; its field in `stat`
LONG_NS = 20_000_000

# what a sample says; BEGINS: the op began then, and no more is known; UNSURE: a lock, or the GIL
BEGINS, RUNS, SLEEPS, IO, LOCK, GIL, UNSURE = range(7)
LONG, TELLS = 1, 2  # flags: the op has been going on for long; its worker reports itself

NOWHERE = (0, 0)  # the place of a GIL's futexes, where the GIL was not found
GIL_BYTES = 256  # the record, a condition and a mutex for it, and the same for forced switching: 208 of them

# system calls by number, where a wait is no I/O: sleeping, locks, and those that sleep when they have nothing to watch
SLEEPING = {"x86_64": (35, 230), "aarch64": (101, 115)}  # nanosleep, clock_nanosleep
# futex, futex_waitv, futex_wait, semop, semtimedop, wait4, waitid, flock
LOCKING = {"x86_64": (202, 449, 455, 65, 220, 61, 247, 73), "aarch64": (98, 449, 455, 193, 192, 260, 95, 32)}
WATCHING_FIRST = {"x86_64": (23, 270), "aarch64": (72,)}  # select, pselect6: the number of files comes first
WATCHING_SECOND = {"x86_64": (7, 271), "aarch64": (73,)}  # poll, ppoll: it comes second


class Calls:
    """System calls of this kind of machine, as they are written in /proc."""

    def __init__(self, machine: str) -> None:
        self.known = machine in SLEEPING
        tables = (SLEEPING, LOCKING, WATCHING_FIRST, WATCHING_SECOND)
        numbers = [tuple(b"%d" % number for number in table.get(machine, ())) for table in tables]
        self._sleeping, self._locking, self._first, self._second = numbers

    def state(self, text: bytes, static: Tuple[int, int]) -> int:
        """What a thread does, from its line in /proc. `static`: the place of its GIL's futexes."""
        words = text.split(None, 3)
        number = words[0] if words else b""
        if number == b"running":
            return RUNS
        if number in self._locking:
            if static == NOWHERE:
                return UNSURE
            return GIL if static[0] <= int(words[1], 16) < static[1] else LOCK
        nothing = (number in self._first and words[1] == b"0x0") or (number in self._second and words[2] == b"0x0")
        return SLEEPS if nothing or number in self._sleeping else IO


class Thread:
    """A thread that is looked at, with its files in /proc open."""

    __slots__ = ("_call", "_calls", "_gil", "_looks", "_stat", "_times", "core", "key", "since")

    def __init__(self, pid: int, tid: int, address: int, calls: Calls) -> None:
        self.key = (pid, tid, address)
        self.since = 0  # the beginning of the op that was sampled last
        self.core, self._looks = ring.CORE_UNKNOWN, 0
        self._calls = calls
        self._gil = (address, address + GIL_BYTES) if address else gil_of_pypy(pid)
        place = "/proc/%d/task/%d/" % (pid, tid)
        opened: List[int] = []
        try:
            opened.extend(os.open(place + name, os.O_RDONLY) for name in ("syscall", "schedstat", "stat"))
        except OSError:
            for descriptor in opened:
                os.close(descriptor)
            raise
        self._call, self._times, self._stat = opened

    def look(self, core: bool) -> Tuple[int, int, int]:
        """State, CPU time and core wait. `core`: note the core too, now and then."""
        state = self._calls.state(os.pread(self._call, 200, 0), self._gil)
        times = os.pread(self._times, 100, 0).split()
        if len(times) < 2:
            raise ProcessLookupError(errno.ESRCH, "it has just ended")
        if core and state == RUNS:
            if self._looks % CORE_EVERY == 0:
                self.core = int(os.pread(self._stat, 1000, 0).rpartition(b")")[2].split()[CORE_FIELD])
            self._looks += 1
        return state, int(times[0]), int(times[1])

    def close(self) -> None:
        for descriptor in (self._call, self._times, self._stat):
            os.close(descriptor)


def gil_of_pypy(pid: int) -> Tuple[int, int]:
    """The place of PyPy's GIL: its mutexes are variables of the library, while all other locks lie in the heap."""
    try:
        with open("/proc/%d/maps" % pid) as file:
            lines = file.read().splitlines()
    except OSError:
        return NOWHERE
    for number, line in enumerate(lines):
        if "libpypy" in line and " rw-p " in line:
            low, high = line.split(None, 1)[0].split("-")
            following = lines[number + 1].split() if number + 1 < len(lines) else []
            if len(following) == 5 and following[0].startswith(high):  # the part that is zero at the start has no file
                high = following[0].split("-")[1]
            return int(low, 16), int(high, 16)
    return NOWHERE


class Looker:
    """Looks at threads of a run, in turn, and writes what it saw to a ring of samples."""

    SAMPLES = ""  # the ring's file

    def __init__(self, directory: str, calls: Calls, place: int = ring.HERE) -> None:
        self.due = 0
        self.refused = False  # the system shows nothing of another process's threads
        self._calls = calls
        words = ring.map_words(os.path.join(directory, "rings"), ring.RINGS, writable=False)[1]
        self._workers = ring.headers_at(words, min(words[ring.W_LANES], MOST_WORKERS), place)
        self._put = ring.Stream(os.path.join(directory, self.SAMPLES), ring.SAMPLE, ring.SAMPLED).put

    def sample(self, now: int) -> None:
        """Look at those whose turn it is, and say when it is `due` again."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=Looker)


def looker(kind: Type[Kind], directory: str, place: int) -> Optional[Kind]:
    """None where there are no such threads to look at, or where that cannot be done."""
    calls = Calls(os.uname().machine if hasattr(os, "uname") else "")
    there = calls.known and os.path.exists(os.path.join(directory, kind.SAMPLES))
    return kind(directory, calls, place) if there else None


class Threads(Looker):
    """Looks at the workers that leave in doubt what they do."""

    SAMPLES = "threads.ring"

    def __init__(self, directory: str, calls: Calls, place: int = ring.HERE) -> None:
        super().__init__(directory, calls, place)
        self._known: Dict[int, Thread] = {}
        self._heads = [-1] * len(self._workers)  # records that each had written when its header was last read
        self._next = 0

    def sample(self, now: int) -> None:
        self.due = now + PERIOD_NS
        looked, workers = 0, self._workers
        for _ in range(min(len(workers), THOUGHT_OF_PER_TICK)):
            index = self._next % len(workers)
            if self._in_doubt(index, workers[index], now):
                if looked == SAMPLES_PER_TICK:
                    break
                looked += 1
                self._look_at(index, workers[index])
            self._next = index + 1

    def _in_doubt(self, index: int, words: memoryview, now: int) -> bool:
        """Does its ring leave open what the worker does now? One that writes record after record runs."""
        head, before, state = words[ring.W_HEAD], self._heads[index], words[ring.W_STATE]
        self._heads[index] = head
        if words[ring.W_FLAGS] & ring.WATCHED:
            return True
        if state == ring.NONE and index in self._known:
            self._known.pop(index).close()
        if state == ring.SLEEP:
            return bool(0 < words[ring.W_DUE] < now)
        return state in WAITING or (state == ring.RUN and head == before)

    def _look_at(self, index: int, words: memoryview) -> None:
        key = (words[ring.W_PID], words[ring.W_TID], words[ring.W_GIL_ADDRESS])
        watched = words[ring.W_FLAGS] & ring.WATCHED
        since, cpu_base = words[ring.W_SINCE], words[ring.W_BASE_CPU]
        wait_base = words[ring.W_BASE_CORE_WAIT]
        try:
            thread = self._thread(index, key)
            if thread is None:
                return
            before = clock()
            state, cpu, core_wait = thread.look(bool(watched))
            now = clock()
        except OSError as problem:
            self._lost(index, problem)
            return
        if now - before > PERIOD_NS:
            return  # the probe lost its core, and the time would be wrong
        if not watched:
            self._put((before + now) >> 1, cpu, core_wait, index, ring.CORE_UNKNOWN, state, TELLS)
            return
        if words[ring.W_SINCE] != since or not words[ring.W_FLAGS] & ring.WATCHED:
            return  # the op ended meanwhile
        long = now - since > LONG_NS
        if long and thread.since != since:
            thread.since = since
            self._put(since, cpu_base, wait_base, index, thread.core, BEGINS, LONG)
        self._put((before + now) >> 1, cpu, core_wait, index, thread.core, state, LONG if long else 0)

    def _thread(self, index: int, key: Tuple[int, int, int]) -> Optional[Thread]:
        known = self._known.get(index)
        if known is not None and known.key != key:
            self._known.pop(index).close()
            known = None
        if known is None and all(key[:2]):
            known = self._known[index] = Thread(*key, self._calls)
        return known

    def _lost(self, index: int, problem: OSError) -> None:
        """The thread has ended; or the system has no such files, or shows them to nobody."""
        gone = self._known.pop(index, None)
        if gone is not None:
            gone.close()
        if problem.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS) or not os.path.exists("/proc/self/syscall"):
            self.refused = True
