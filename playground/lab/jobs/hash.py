"""Hash blocks with SHA-256: C code that lets go of the GIL while it works (hashlib does for blocks above 2047
bytes)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Callable, List

from ..wire.declaration import Job
from ..wire.ops import Call, Ops, expect, rounds

SMALLEST = 4096  # below 2048 bytes hashlib keeps the GIL


def hash_block(block: bytes) -> str:
    return sha256(block).hexdigest()


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"size": calibrate(lambda size: hash_block(bytes(size)), smallest=SMALLEST)}


def ops(worker: int, amount: int | None, size: int) -> Ops:
    block = (b"%08d" % worker) * (size // 8)
    halves = sha256(block[: len(block) // 2])  # the same in another way
    halves.update(block[len(block) // 2 :])
    known = halves.hexdigest()
    digest = ""
    for _ in rounds(amount):
        digest = yield Call(hash_block, block)
        expect(digest == known, f"the hash {digest} is not {known}")
    return digest


def answer(digests: List[str]) -> str:
    return sha256("".join(sorted(digests)).encode()).hexdigest()


JOB = Job(
    name="hash",
    title="Hash blocks",
    summary="C code that lets go of the GIL while it works",
    claim="Code in C can get around the GIL",
    unit="blocks",
    work="MB",
    work_each=1e-6,  # a block has `size` bytes
    typical=220_000,
    order=6,
    prepare=prepare,
    ops=ops,
    answer=answer,
)
