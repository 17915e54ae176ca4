"""Compress text with zlib: C code that lets go of the GIL while it works, and waits for it again after each block."""

from __future__ import annotations

from typing import Any, Callable
from zlib import compress, decompress

from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Call, Ops, expect, rounds

SMALLEST = 512


def log_lines(worker: int, size: int) -> bytes:
    """`size` bytes of text as servers write it."""
    count = size // 16 + 1
    lines = [b"%d GET /%d/%d %d ms\n" % (n * 7919, worker, n * n % 9973, n**3 % 997) for n in range(count)]
    return b"".join(lines)[:size]


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    level = int(knobs["level"])
    text = log_lines(0, 1 << 20)
    size = calibrate(lambda size: compress(text[:size], level), smallest=SMALLEST, largest=len(text))
    return {"size": size, "level": level}


def ops(worker: int, amount: int | None, size: int, level: int) -> Ops:
    block = log_lines(worker, size)
    known = compress(block, level)
    expect(decompress(known) == block, "what was compressed does not come back")
    packed = b""
    for _ in rounds(amount):
        packed = yield Call(compress, block, level)
        expect(packed == known, "the same block came out compressed otherwise than before")
    return len(packed)


JOB = Job(
    name="compress",
    title="Compress",
    summary="C code that lets go of the GIL while it works",
    claim="Code in C can get around the GIL",
    unit="blocks",
    work="MB",
    work_each=1e-6,  # a block has `size` bytes
    typical=12_000,
    order=7,
    knobs=(Knob("level", "Compression level", 6, 1, 9, text="1 is quick, 9 compresses most and takes longest"),),
    prepare=prepare,
    ops=ops,
    answer=sum,
)
