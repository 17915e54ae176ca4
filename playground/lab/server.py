"""The pages that *Fetch pages* fetches, from a process of their own: `server PARENT LATENCY JITTER SIZE`, times in
seconds. It prints its port on standard output, and ends when its standard input closes.

A page takes LATENCY to come, give or take JITTER, as from a server far away; any number of visitors can wait at once.
The content of a page follows from its path, so that whoever fetched it can check it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
from typing import Any, Callable, List, Optional

from .jobs.fetch import page_of
from .watching import machine

BACKLOG = 4096  # a client that finds the queue full tries again a second later; a few hundred may come at once
REQUEST_BYTES = 8192


class Visit(asyncio.Protocol):
    """One connection: a request, then after a while the page, then the end."""

    def __init__(self, size: int, delay: Callable[[], float]) -> None:
        self._size, self._delay = size, delay
        self._asked = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        if b"\r\n\r\n" in self._asked:
            first, self._asked = self._asked.split(b"\r\n", 1)[0].split(), b""
            path = first[1].decode("latin-1") if len(first) > 1 else "/"
            asyncio.get_running_loop().call_later(self._delay(), self._answer, path)
        elif len(self._asked) > REQUEST_BYTES:
            self._transport.abort()

    def _answer(self, path: str) -> None:
        page = page_of(path, self._size)
        head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(page)
        self._transport.write(head.encode("ascii") + page)
        self._transport.close()


async def serve(latency: float, jitter: float, size: int) -> None:
    def delay() -> float:
        return max(0.0, latency + random.uniform(-jitter, jitter))

    server = await asyncio.get_running_loop().create_server(lambda: Visit(size, delay), "127.0.0.1", 0, backlog=BACKLOG)
    say(server.sockets[0].getsockname()[1])
    await asyncio.get_running_loop().create_future()  # for ever


def say(port: int) -> None:
    """Print the port, and nothing after that: a visitor's mistake is no news of the run."""
    sys.stdout.write("%d\n" % port)
    sys.stdout.flush()
    silence = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(silence, descriptor)
    os.close(silence)


def allow_open_files() -> None:
    """Raise the limit of open files, as each connection is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main(argv: Optional[List[str]] = None) -> int:
    parent, latency, jitter, size = sys.argv[1:] if argv is None else argv
    machine.die_with_parent(int(parent))
    machine.when_closed(0, lambda: os._exit(0))
    allow_open_files()
    asyncio.run(serve(float(latency), float(jitter), int(size)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
