"""Hash blocks with SHA-256 in pure Python: the very work of *hash blocks*, here with the GIL held all the time.

The MB/s of both jobs tell how much faster C is, and their speed-ups what each gains from threads."""

from __future__ import annotations

import hashlib
from struct import iter_unpack
from typing import Any, Callable, List, Tuple

from ..wire.declaration import Job
from ..wire.ops import Call, Ops, expect, rounds

BITS, ENDING = 0xFFFFFFFF, 16  # of the last 64 bytes, 16 are for the end mark and the length
PRIMES = [number for number in range(2, 312) if all(number % n for n in range(2, number))]
START = tuple(int(prime ** (1 / 2) % 1 * 2**32) for prime in PRIMES[:8])
KEYS = tuple(int(prime ** (1 / 3) % 1 * 2**32) for prime in PRIMES)


def mix_in(state: Tuple[int, ...], words: List[int]) -> Tuple[int, ...]:
    """Mix 16 words into the state. A word is turned right by cutting it out of the word written twice."""
    for n in range(16, 64):
        x, y = words[n - 15], words[n - 2]
        xx, yy = x << 32 | x, y << 32 | y
        s0, s1 = (xx >> 7 ^ xx >> 18) & BITS ^ x >> 3, (yy >> 17 ^ yy >> 19) & BITS ^ y >> 10
        words.append(words[n - 16] + s0 + words[n - 7] + s1 & BITS)
    a, b, c, d, e, f, g, h = state
    for key, word in zip(KEYS, words):
        aa, ee = a << 32 | a, e << 32 | e
        h += key + word + ((ee >> 6 ^ ee >> 11 ^ ee >> 25) & BITS) + (g ^ e & (f ^ g))
        top = h + ((aa >> 2 ^ aa >> 13 ^ aa >> 22) & BITS) + (a & b | c & (a | b)) & BITS
        a, b, c, d, e, f, g, h = top, a, b, c, d + h & BITS, e, f, g
    return tuple(old + new & BITS for old, new in zip(state, (a, b, c, d, e, f, g, h)))


def hash_in_python(block: bytes) -> str:
    zeros, length = bytes(-(len(block) + 9) % 64), (8 * len(block)).to_bytes(8, "big")
    state = START
    for words in iter_unpack(">16I", block + b"\x80" + zeros + length):
        state = mix_in(state, list(words))
    return "".join("%08x" % word for word in state)


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    size = calibrate(lambda size: hash_in_python(bytes(size)), smallest=64 - ENDING)
    return {"size": max(1, round((size + ENDING) / 64)) * 64 - ENDING}


def ops(worker: int, amount: int | None, size: int) -> Ops:
    block = (b"%08d" % worker) * (size // 8)
    known = hashlib.sha256(block).hexdigest()  # the same in another way
    digest = ""
    for _ in rounds(amount):
        digest = yield Call(hash_in_python, block)
        expect(digest == known, f"the hash {digest} is not {known}")
    return digest


def answer(digests: List[str]) -> str:
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


JOB = Job(
    name="hash-python",
    title="Hash in Python",
    summary="The same hash in pure Python, which keeps the GIL",
    claim="The same work gains from threads where it is C, and gains nothing where it is Python",
    unit="blocks",
    work="MB",
    work_each=1e-6,  # a block has `size` bytes
    typical=112,
    order=5,
    prepare=prepare,
    ops=ops,
    answer=answer,
)
