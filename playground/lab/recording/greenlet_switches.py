"""Which greenlet leaves and which goes on, for workers whose own code switches where it seems to block. greenlet tells
of each switch; what the one that leaves waits for is told by the place in gevent at which it does."""

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
    """gevent's own innermost function in Python tells it; what is compiled has no frames. Locks, queues and events are
    the rest."""
    if frame is None:
        return ring.LOCK
    file = frame.f_code.co_filename.replace("\\", "/")
    if "/gevent/" in file:
        if frame.f_code.co_name in SLEEPS:
            return ring.SLEEP
        if file.rpartition("/")[2].startswith(WAITING_FOR_IO):
            return ring.IO
    return ring.LOCK
