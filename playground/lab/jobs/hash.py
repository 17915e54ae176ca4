"""Hash blocks with SHA-256: C code that lets go of the GIL while it works (hashlib does for blocks above 2047
bytes)."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from typing import Any, Callable

from ..ops import Call, Ops

NAME = "hash"
TITLE = "Hash blocks"
SUMMARY = "C code that lets go of the GIL while it works"
UNIT = "blocks"
WORK, WORK_EACH = "MB", 1e-6  # a block has `size` bytes
ORDER = 2

SMALLEST = 4096  # below 2048 bytes hashlib keeps the GIL


def hash_block(block: bytes) -> str:
    return sha256(block).hexdigest()


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"size": calibrate(lambda size: hash_block(bytes(size)), smallest=SMALLEST)}


def ops(worker: int, amount: int | None, size: int) -> Ops:
    block = (b"%08d" % worker) * (size // 8)
    digest = None
    for _ in count() if amount is None else range(amount):
        digest = yield Call(hash_block, block)
    return digest
