"""All processes that a lab has started, however far they have gone from it: a child in a session of its own, a daemon
without parents. Nothing of a run may outlive it, and nobody else may be killed for it.

Only Linux shows all that is needed. A process belongs to a lab if it has the lab's session or group, if one of its
parents belongs to the lab, if it was seen to belong once (the same number, started at the same moment), or if it has
the lab's mark in its environment. A lab adopts descendants that lose their parents (`adopt`), so while it lives their
parents are known too.

Used by the app, by the probe when the app was killed, and by the lab itself at its end."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import Dict, Iterable, List, NamedTuple, Optional, Set

ABLE = sys.platform.startswith("linux")
MARK = "CONCURRENCY_PLAYGROUND_RUN"  # in the environment of a lab, and of all that it starts: the name of its folder
PROC = "/proc"
PR_SET_CHILD_SUBREAPER = 36
GONE = b"ZX"

NOBODY = -1
END_S = 1.0

Seen = Dict[int, int]  # process → when it started, in ticks since boot


class Process(NamedTuple):
    pid: int
    parent: int
    group: int
    session: int
    started: int
    gone: bool  # it has ended, and its parent has not noticed yet


def adopt() -> None:
    """A descendant that loses its parent becomes a child of the calling process, and not of init."""
    if ABLE:
        import ctypes  # not at the top: a subinterpreter of Python 3.12 cannot import it, and never calls this

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def process(pid: int) -> Optional[Process]:
    try:
        with open("%s/%d/stat" % (PROC, pid), "rb", buffering=0) as file:
            fields = file.read(1000).rpartition(b")")[2].split()
        parent, group, session = map(int, fields[1:4])
        return Process(pid, parent, group, session, int(fields[19]), fields[0] in GONE)
    except (OSError, IndexError, ValueError):
        return None


def started(pid: int) -> int:
    """When a process started; 0: there is none, or it cannot be known."""
    found = process(pid) if ABLE else None
    return found.started if found is not None else 0


def of(lab: int, mark: str, since: int = 0, known: Optional[Seen] = None) -> Seen:
    """The living processes of a lab, the lab too. `since`: when the lab was started; what is older is not its own. If
    the lab's number is another process's by now, the group of that number is not the lab's either."""
    there = [one for one in _there() if one.started >= since]
    if any(one.pid == lab and one.started != since for one in there):
        lab = NOBODY
    known, own = known or {}, {}
    for one in there:
        if lab in (one.pid, one.group, one.session) or known.get(one.pid) == one.started or mark in _marks_of(one.pid):
            own[one.pid] = one.started
    return _with_children(own, there)


def below(pid: int) -> Seen:
    """The descendants of a process that lives."""
    found = _with_children({pid: 0}, _there())
    del found[pid]
    return found


def kill(seen: Seen) -> None:
    """Kill each process that is still the one that was seen."""
    for pid, since in seen.items():
        _kill(pid, since)


def end_marked(mark: str) -> None:
    """End all processes of a run whose app was killed."""
    until = time.monotonic() + END_S
    while ABLE and time.monotonic() < until:
        seen = of(NOBODY, mark)
        if not seen:
            return
        kill(seen)
        time.sleep(0.005)


def marks() -> Set[str]:
    """The marks of all living processes."""
    return {mark for one in _there() for mark in _marks_of(one.pid)} if ABLE else set()


def end_below(spared: Iterable[int] = ()) -> None:
    """End all that this process, a lab, has started, and what those have left behind. It waits for them itself."""
    until = time.monotonic() + END_S
    while ABLE and _has_children() and time.monotonic() < until:
        seen = {pid: since for pid, since in below(os.getpid()).items() if pid not in spared}
        if not seen:
            return
        kill(seen)
        time.sleep(0.002)


def _has_children() -> bool:
    """Has this process any children left? Those that have ended are reaped."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
        return True
    except ChildProcessError:
        return False


def _there() -> List[Process]:
    """All processes that live."""
    every = (process(int(name)) for name in os.listdir(PROC) if name.isdigit())
    return [one for one in every if one is not None and not one.gone]


def _with_children(own: Seen, there: Iterable[Process]) -> Seen:
    children: Dict[int, List[Process]] = {}
    for one in there:
        children.setdefault(one.parent, []).append(one)
    left = list(own)
    while left:
        for one in children.get(left.pop(), ()):
            if one.pid not in own:
                own[one.pid] = one.started
                left.append(one.pid)
    return own


def _marks_of(pid: int) -> List[str]:
    try:
        with open("%s/%d/environ" % (PROC, pid), "rb", buffering=0) as file:
            text = file.read(1 << 17)
    except OSError:  # somebody else's, or gone
        return []
    begin = ("%s=" % MARK).encode()
    return [word[len(begin) :].decode("ascii", "replace") for word in text.split(b"\0") if word.startswith(begin)]


def _kill(pid: int, since: int) -> None:
    """Kill the process that started at `since`. Its number may pass to another process between look and signal: so a
    handle is taken first, and the look comes second."""
    with suppress(OSError):  # it has just ended, or is somebody else's
        if not hasattr(os, "pidfd_open"):  # Python before 3.9, and PyPy
            if started(pid) == since:
                os.kill(pid, signal.SIGKILL)
            return
        handle = os.pidfd_open(pid)
        try:
            if started(pid) == since:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
