"""Fetch pages from a small HTTP server of the lab's own. Each page takes a while to come, and the lab has nothing to do
meanwhile: so many waiting workers cost hardly more than one."""

from __future__ import annotations

from typing import Any, Callable
from zlib import crc32

from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Fetch, Ops, expect, rounds


def page_of(path: str, size: int) -> bytes:
    """The page at a path: the path itself, again and again."""
    line = path.encode("latin-1") + b"\n"
    return (line * (size // len(line) + 1))[:size]


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"size": int(knobs["page"]) * 1000}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """Start the server, and give its address. It is a process of its own, so that it takes nothing of the workers'
    GIL."""
    seconds = (float(lab.knobs[name]) / 1000 for name in ("latency", "jitter"))
    port = lab.start_beside("server", *seconds, prepared["size"])
    return {"address": "http://127.0.0.1:" + port}


def ops(worker: int, amount: int | None, size: int, address: str) -> Ops:
    checksum = 0
    for number in rounds(amount):
        path = "/%d/%d" % (worker, number)
        page = yield Fetch(address + path)
        expect(page == page_of(path, size), f"the page at {path} is not what the server has there")
        checksum += crc32(page)
    return checksum


JOB = Job(
    name="fetch",
    title="Fetch pages",
    summary="Waits for a server, over real sockets",
    claim="For waiting on the network threads are good, and asyncio and gevent are too",
    unit="pages",
    look="rate",
    order=8,
    uses=(Fetch,),
    knobs=(
        Knob("latency", "Latency", 50.0, 0.0, 5000.0, unit="ms", text="How long the server waits before it answers"),
        Knob("jitter", "Jitter", 0.0, 0.0, 5000.0, unit="ms", text="By how much that varies, at random"),
        Knob("page", "Page", 4, 1, 4096, unit="KB", text="The size of each page"),
    ),
    prepare=prepare,
    beside=beside,
    ops=ops,
    answer=sum,
)
