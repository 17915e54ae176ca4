"""The least of HTTP that fetching a page takes: a request to write, an answer to read to its end. The sockets are the
model's own, so the same few lines serve threads, gevent, asyncio and the hubs that wait for sockets themselves."""

from __future__ import annotations

import errno
import os
import selectors
import socket
from typing import Any, Callable, Generator, List, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

LIMIT_S = 30.0
PIECE_BYTES = 65536
UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)  # what connect returns for a socket that does not block

Waits = Generator[Tuple[socket.socket, int], None, bytes]


class Failed(Exception):
    """The server's answer is no page."""


class Address(NamedTuple):
    host: str
    port: int
    path: str


def address(url: str) -> Address:
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError("%r is no http:// address" % (url,))
    return Address(parts.hostname, parts.port or 80, (parts.path or "/") + ("?" + parts.query if parts.query else ""))


def request(to: Address) -> bytes:
    return ("GET %s HTTP/1.0\r\nHost: %s:%d\r\nConnection: close\r\n\r\n" % (to.path, to.host, to.port)).encode("ascii")


def body(answer: bytes) -> bytes:
    """What came after the headers of a whole answer."""
    head, blank, rest = answer.partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].split(b" ", 2)
    if not blank or len(status) < 2:
        raise Failed("no HTTP answer: %r" % (answer[:60],))
    if status[1] != b"200":
        raise Failed("the server said %s" % (b" ".join(status[1:]).decode("latin-1"),))
    return rest


def fetch(url: str, connect: Callable[..., Any]) -> bytes:
    """Fetch a page over a socket that blocks (or only seems to, where `connect` is gevent's): it waits by itself."""
    waits = fetching(url, connect)
    while True:
        try:
            next(waits)
        except StopIteration as done:
            page: bytes = done.value
            return page


def fetching(url: str, connect: Optional[Callable[..., Any]] = None) -> Waits:
    """Fetch a page over a socket that never blocks, unless `connect` makes one that does: yields the socket, and what
    it has to be ready for, at each wait. Only the look-up of the server's name makes everybody wait."""
    to = address(url)
    sock = (yield from connecting(to)) if connect is None else connect((to.host, to.port), LIMIT_S)
    try:
        rest = request(to)
        while rest:
            yield sock, selectors.EVENT_WRITE
            rest = rest[sock.send(rest) :]
        pieces: List[bytes] = []
        while True:
            yield sock, selectors.EVENT_READ
            piece = sock.recv(PIECE_BYTES)
            if not piece:
                return body(b"".join(pieces))
            pieces.append(piece)
    finally:
        sock.close()


def connecting(to: Address) -> Generator[Tuple[socket.socket, int], None, socket.socket]:
    """A socket that is connected to the first of the server's addresses that answers."""
    error = 0
    for family, kind, protocol, _, place in socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        error = sock.connect_ex(place)
        try:
            if error in UNDER_WAY:
                yield sock, selectors.EVENT_WRITE
                error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not error:
                return sock
        finally:
            if error:  # also where a connect under way is given up
                sock.close()
    raise OSError(error, os.strerror(error))
