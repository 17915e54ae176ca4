"""Which greenlet leaves and which goes on, for workers whose own code switches where it seems to block. greenlet
reports each switch; the place in gevent at which a greenlet leaves tells what it waits for."""

from __future__ import annotations

from typing import Any

from ..wire import current_worker, ring
from .stretch import of

SLEEPS = ("sleep", "idle")
WAITING_FOR_IO = ("_socket", "_ssl", "socket.py", "ssl.py", "select.py", "selectors.py", "os.py", "subprocess.py")


def switched(origin: Any, target: Any) -> None:
    """Called by greenlet, in the context of the one that goes on."""
    context = origin.gr_context
    left = of(context.get(current_worker.worker, current_worker.NOBODY)) if context is not None else None
    if left is not None and left.running:
        left.leave(waits_for(origin.gr_frame))
    here = of(current_worker.worker.get())
    if here is not None and not here.running:
        here.enter()


def waits_for(frame: Any) -> int:
    """What a greenlet waits for, by gevent's innermost function in Python; compiled code has no frames. All but sleep
    and I/O are locks, queues and events."""
    if frame is None:
        return ring.LOCK
    file = frame.f_code.co_filename.replace("\\", "/")
    if "/gevent/" in file:
        if frame.f_code.co_name in SLEEPS:
            return ring.SLEEP
        if file.rpartition("/")[2].startswith(WAITING_FOR_IO):
            return ring.IO
    return ring.LOCK
