"""The GIL probe: a process of its own that looks, from outside, at who holds each GIL of a run.

It learns from the worker rings where each GIL record is (see gil.py), reads it at a steady rate, without the watched
process noticing, and writes what it saw, with the time, into `gil.ring`. It also looks at threads that cannot report
themselves (thread_looks.py, started_threads.py). Nothing is injected into the lab, and no rights are needed but those
to read one's own processes. If it cannot read, it says why and ends.

    main([DIRECTORY, WORKERS, "--parent", PID, "--place", NUMBER])
        prints {"event": "sampling"} or {"event": "failed", "error": …}

A target is a GIL: all workers of a process share one, unless subinterpreters have their own. It has the number of the
first worker that was seen under it, so the ring of that worker tells its process. At most READS_PER_S reads are made:
each of N targets is read min(rate, READS_PER_S / N) times a second. The Windows part was tried under Wine."""

from __future__ import annotations

import _thread
import ctypes
import errno
import gc
import os
import signal
import struct
import sys
import time
from typing import Callable, NamedTuple, Tuple

from ..wire import ring
from . import gil, machine, started_threads, thread_looks

clock = time.perf_counter_ns

RATE_LOW, RATE_DEFAULT, RATE_HIGH = 100, 1000, 10_000  # Hz
READS_PER_S = 10_000
LOOK_NS = 50_000_000  # between looks at the control block, the parent and the rings
EAGER_NS = 5_000_000  # the same before the first target is there: the ribbon should begin with the lanes
EAGER_FOR_NS = 3_000_000_000
ORPHANED_S = 0.5
SLOW_READ_NS = 100_000  # the probe lost its core in the middle of a read: the sample would carry a wrong time

FAILED, UNSUPPORTED = 1, 2  # in the header's word W_FLAGS

YAMA = "/proc/sys/kernel/yama/ptrace_scope"

Sample = Tuple[int, int, int]  # holder, locked, switches
Key = Tuple[int, int]  # pid, address

# what is read: the record without its first word
PARTS = {gil.LP64: struct.Struct("=Qi4xQ"), gil.LLP64: struct.Struct("=QiI")}
SKIPPED_BYTES = 8


class Unreadable(Exception):
    """No process here can be read, and trying again will not help."""


# --- reading other memory


class Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


def linux_reader(pid: int, address: int, layout: int) -> Callable[[], Sample]:
    """A function that reads the record once, or raises OSError. All that can be made beforehand is made here."""
    parts = PARTS[layout]
    text = ctypes.create_string_buffer(parts.size)
    here = Piece(ctypes.addressof(text), parts.size)
    there = Piece(address + SKIPPED_BYTES, parts.size)
    read = ctypes.PyDLL(None, use_errno=True).process_vm_readv
    read.restype = ctypes.c_ssize_t
    one, none = ctypes.c_ulong(1), ctypes.c_ulong(0)
    arguments = (ctypes.c_int(pid), ctypes.byref(here), one, ctypes.byref(there), one, none)
    unpack, size = parts.unpack_from, parts.size

    def sample() -> Sample:
        if read(*arguments) != size:
            raise OSError(ctypes.get_errno() or errno.EFAULT, f"process {pid}")
        return unpack(text)

    return sample


def windows_reader(pid: int, address: int, layout: int) -> Callable[[], Sample]:
    kernel32 = ctypes.PyDLL("kernel32", use_last_error=True)
    kernel32.OpenProcess.restype = ctypes.c_void_p
    vm_read, access_denied = 0x10, 5
    process = kernel32.OpenProcess(vm_read, False, pid)
    if not process:
        denied = ctypes.get_last_error() == access_denied  # type: ignore[attr-defined,unused-ignore]
        raise OSError(errno.EPERM if denied else errno.ESRCH, f"process {pid}")
    parts = PARTS[layout]
    text = ctypes.create_string_buffer(parts.size)
    arguments = (
        ctypes.c_void_p(process),
        ctypes.c_void_p(address + SKIPPED_BYTES),
        ctypes.c_void_p(ctypes.addressof(text)),
        ctypes.c_size_t(parts.size),
        ctypes.c_void_p(),
    )
    read, unpack = kernel32.ReadProcessMemory, parts.unpack_from

    def sample() -> Sample:
        if not read(*arguments):
            raise OSError(errno.ESRCH, f"process {pid}")
        return unpack(text)

    from weakref import finalize  # not at the top: other systems need not load it

    finalize(sample, kernel32.CloseHandle, ctypes.c_void_p(process)).atexit = False
    return sample


def reader_here() -> Callable[[int, int, int], Callable[[], Sample]]:
    if gil.SYSTEM.startswith("linux"):
        return linux_reader
    if gil.SYSTEM == "win32":
        return windows_reader
    raise Unreadable("reading another process needs special rights on this system")


def why_refused(error: OSError) -> str:
    """What stands in the way, and what to do about it."""
    if error.errno == errno.ENOSYS:
        return "this kernel has no process_vm_readv"
    if error.errno != errno.EPERM:
        return f"reading the lab failed: {os.strerror(error.errno or 0)}"
    if not gil.SYSTEM.startswith("linux"):
        return "the system does not permit reading the lab; does it run with other rights than this app?"
    try:
        with open(YAMA) as setting:
            scope = int(setting.read())
    except (OSError, ValueError):
        scope = 0
    if scope == 3:
        return "this system forbids reading other processes until it is restarted (kernel.yama.ptrace_scope is 3)"
    if scope == 2:
        return (
            "only an administrator may read other processes here (kernel.yama.ptrace_scope is 2); "
            "'sudo sysctl kernel.yama.ptrace_scope=1' permits it"
        )
    return (
        f"the system does not permit reading the lab (kernel.yama.ptrace_scope is {scope}); "
        "in a container, start it with --cap-add=SYS_PTRACE"
    )


# --- one target


class Target(NamedTuple):
    """One GIL that is watched."""

    number: int
    key: Key
    sample: Callable[[], Sample]


class Targets:
    """The GILs of the run, as the worker rings tell of them: they come late, end, and may be replaced."""

    def __init__(self, directory: str, workers: int, place: int = ring.HERE) -> None:
        words = ring.map_words(os.path.join(directory, "rings"), ring.RINGS, writable=False)[1]
        self._in_turns = words[ring.W_STREAMS] < workers  # they share a thread: the first one's header goes for all
        self._workers = ring.headers_at(words, words[ring.W_STREAMS], place)
        self._reader = reader_here()
        self._gone: set[Key] = set()
        self.live: list[Target] = []

    def look(self) -> None:
        seen: dict[Key, int] = {}
        for index, words in enumerate(self._workers):
            there = words[ring.W_GIL_ADDRESS] and words[ring.W_GIL_LAYOUT] and words[ring.W_PID]
            if there and (self._in_turns or not words[ring.W_ENDED]):
                seen.setdefault((words[ring.W_PID], words[ring.W_GIL_ADDRESS]), index)
        known = {target.key for target in self.live}
        new = seen.keys() - known - self._gone
        if new or known - seen.keys():
            kept = [target for target in self.live if target.key in seen]
            self.live = kept + [
                target for key in sorted(new, key=seen.__getitem__) for target in self._open(seen[key], key)
            ]

    def _open(self, index: int, key: Key) -> list[Target]:
        try:
            return [Target(index, key, self._reader(key[0], key[1], self._workers[index][ring.W_GIL_LAYOUT]))]
        except OSError as error:
            if error.errno == errno.EPERM:
                raise Unreadable(why_refused(error)) from error
            self._gone.add(key)  # ended between its sign and our look
            return []

    def drop(self, target: Target) -> None:
        self._gone.add(target.key)
        self.live = [other for other in self.live if other is not target]


# --- the probe


class Probe:
    def __init__(self, directory: str, workers: int, parent: int, place: int = ring.HERE) -> None:
        self.parent = parent
        self.control_path = os.path.join(directory, "control")
        self.control = ring.map_words(self.control_path, ring.CONTROL, writable=False)[1]
        self.block, self.words = ring.map_words(os.path.join(directory, "gil.ring"), ring.PROBED)
        self.words[ring.W_PID] = os.getpid()
        self.words[ring.W_TID] = _thread.get_native_id()
        self.words[ring.W_STARTED] = clock()
        self.sampled = False
        self.directory, self.workers, self.place = directory, workers, place

    def run(self) -> int:
        """Watch until there is nothing more to watch, or nobody to watch for. Gives the exit code."""
        try:
            self._watch(Targets(self.directory, self.workers, self.place))
        except Unreadable as refusal:
            self.words[ring.W_FLAGS] = FAILED if gil.SYSTEM in ("linux", "win32") else UNSUPPORTED
            say_failed(str(refusal))
            return 1
        finally:
            self._sign_off()
        return 0

    def _watch(self, targets: Targets) -> None:
        """The rhythm. Deadlines lie on a fixed grid, so that it cannot drift; missed ones are left out."""
        begun = now = clock()
        deadline = look_at = now
        period = LOOK_NS
        kinds = (thread_looks.Threads, started_threads.Started)
        lookers = [one for kind in kinds if (one := thread_looks.looker(kind, self.directory, self.place))]
        while True:
            if now >= look_at:
                targets.look()
                if self._over(targets):
                    return
                self.words[ring.W_CPU] = time.process_time_ns()
                period = self._period(targets)
                eager = not self.sampled and now - begun < EAGER_FOR_NS
                look_at = now + (EAGER_NS if eager else LOOK_NS)
            if targets.live and now >= deadline:
                self._sample_all(targets)
                now = clock()
                deadline += (now - deadline) // period * period + period
            if not targets.live:  # also where the last one has just ended
                deadline = look_at
            until = deadline
            for looker in lookers:
                if now >= looker.due:
                    looker.sample(now)
                    now = clock()
                if not looker.refused:
                    until = min(until, looker.due)
            if now < until:
                time.sleep((until - now) * 1e-9)
            now = clock()

    def _period(self, targets: Targets) -> int:
        rate = self.control[ring.C_PROBE_RATE] or RATE_DEFAULT
        rate = min(max(rate, RATE_LOW), RATE_HIGH, READS_PER_S // (len(targets.live) or 1) or 1)
        return 1_000_000_000 // rate

    def _sample_all(self, targets: Targets) -> None:
        words, block, pack, size = self.words, self.block, ring.PROBE_RECORD.pack_into, ring.PROBE_RECORD.size
        head, capacity = words[ring.W_HEAD], words[ring.W_CAPACITY]
        for target in targets.live:
            before = clock()
            try:
                holder, locked, switches = target.sample()
            except OSError as error:
                self._lost(targets, target, error)
                continue
            after = clock()
            if after - before < SLOW_READ_NS:
                place = ring.HEADER_BYTES + head % capacity * size
                pack(block, place, (before + after) >> 1, holder, switches, target.number, locked & 0xFFFFFFFF)
                head += 1
        words[ring.W_HEAD] = head
        if head and not self.sampled:
            self.sampled = True
            say('{"event": "sampling"}')

    def _lost(self, targets: Targets, target: Target, error: OSError) -> None:
        """A target that has ended is dropped; one that may not be read ends the probe, unless others could be read."""
        targets.drop(target)
        if error.errno not in (errno.ESRCH, errno.EFAULT) and not self.sampled:
            raise Unreadable(why_refused(error)) from error

    def _over(self, targets: Targets) -> bool:
        """Is there nobody to watch for, or nothing to watch?"""
        if gil.SYSTEM != "win32" and os.getppid() != self.parent:
            return True
        if not os.path.exists(self.control_path):
            return True
        return ring.stopping(self.control) and not targets.live

    def watch_stdin(self) -> None:
        """End with the parent, which keeps our stdin open while it lives. To be rid of us at once it writes to stdin,
        and closes it. This runs in a thread of its own: a read that blocks costs nothing, and works on every system."""
        asked = b""
        try:
            while piece := os.read(0, 64):
                asked = piece
        except OSError:  # there is no stdin
            return
        self._sign_off()
        if not asked:
            see_off(self.parent, self.directory)
        os._exit(0)

    def _sign_off(self) -> None:
        self.words[ring.W_CPU] = time.process_time_ns()
        self.words[ring.W_ENDED] = clock()


# --- start


def say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def say_failed(reason: str) -> None:
    import json  # 5 ms that only a failure pays

    say(json.dumps({"event": "failed", "error": reason}))


def keep_rhythm() -> None:
    """Wake on time on a full machine, without rights and without more CPU. Beside 4 busy threads on 2 cores 99 % of
    samples were at most 0.3 ms late instead of 3.5 ms. Failure of any of it costs only punctuality."""
    gc.disable()
    gc.freeze()
    if gil.SYSTEM == "win32":
        ctypes.PyDLL("winmm").timeBeginPeriod(1)
    machine.wake_on_time()


def see_off(parent: int, directory: str) -> None:
    """If the app was killed, end what the user's code has detached from its lab: nobody else could see to that. The
    first sign of it comes while the app is still ending, thread by thread."""
    if gil.SYSTEM != "linux":
        return
    until = time.monotonic() + ORPHANED_S
    while os.getppid() == parent and time.monotonic() < until:
        time.sleep(0.001)
    if os.getppid() != parent:
        from . import descendants

        descendants.end_marked(os.path.basename(directory))


def leave(parent: int, directory: str) -> None:
    """Somebody has asked us to end: the system, when the app was killed, or somebody else. The parent must hear of the
    signal, so die of it after all."""
    see_off(parent, directory)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)


def main(argv: list[str]) -> int:
    directory, workers = argv[0], int(argv[1])
    parent = int(argv[argv.index("--parent") + 1]) if "--parent" in argv else os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: leave(parent, directory))
    machine.die_with_parent(parent, int(signal.SIGTERM))
    place = int(argv[argv.index("--place") + 1]) if "--place" in argv else ring.HERE
    probe = Probe(directory, workers, parent, place)
    _thread.start_new_thread(probe.watch_stdin, ())
    keep_rhythm()
    try:
        code = probe.run()
        if os.getppid() != parent:
            see_off(parent, directory)
        return code
    except (KeyboardInterrupt, BrokenPipeError):  # Ctrl-C in the terminal, or the app is gone: either way we are done
        return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
