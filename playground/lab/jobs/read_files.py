"""Read files: a few that were written before the start, again and again.

The system keeps in memory what was read lately. A file that is there comes without any wait: reading it is mere
copying, which needs a core. A file that has to come from the disk is waited for."""

from __future__ import annotations

import os
from typing import Any, Callable

from ..wire.cannot_prepare import CannotPrepare
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Block, Call, Ops, expect, rounds

LINES = b"".join(b"%07d\n" % number for number in range(1000))


def text_of(size: int) -> bytes:
    return (LINES * (size // len(LINES) + 1))[:size]


def read_file(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


def read_from_disk(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # drop what memory holds of it
        return file.read()


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    cached = knobs["source"] == "memory"
    if not cached and not hasattr(os, "posix_fadvise"):
        raise CannotPrepare("this system cannot be asked to forget a file, so it would come from memory")
    return {"size": int(knobs["file"]) * 1000, "files": int(knobs["files"]), "cached": cached}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """Write the files. Each begins a byte later in the same text, so that none is taken for another."""
    size = prepared["size"]
    lab.need_room(prepared["files"] * size)
    text = text_of(size + prepared["files"])
    for number in range(prepared["files"]):
        with lab.new_file("file-%d" % number) as file:
            file.write(text[number : number + size])
            if not prepared["cached"]:
                file.flush()
                os.fsync(file.fileno())  # what is not on the disk yet cannot be forgotten
    return {"folder": lab.folder()}


def ops(worker: int, amount: int | None, size: int, files: int, cached: bool, folder: str) -> Ops:
    read = read_file if cached else read_from_disk
    known = text_of(size + files)
    bytes_read = 0
    for number in rounds(amount):
        which = (worker + number) % files
        text = yield Block(read, "%s/file-%d" % (folder, which))
        expect(text == known[which : which + size], f"what was read is not what is in file {which}")
        bytes_read += len(text)
    return bytes_read


JOB = Job(
    name="read-files",
    title="Read files",
    summary="From memory, where the system keeps them, or from disk",
    claim="Reading files is waiting, so threads make it faster, and asyncio does too",
    unit="files",
    work="MB",
    work_each=1e-6,  # a file has `size` bytes
    order=9,
    uses=(Call, Block),
    knobs=(
        Knob("files", "Files", 64, 1, 256, text="How many files there are to read, one after the other and over again"),
        Knob("file", "Each", 64, 1, 1024, unit="KB", text="The size of each file"),
        Knob(
            "source",
            "Read from",
            "memory",
            choices=("memory", "disk"),
            text="From memory nothing is waited for; from disk a worker may wait",
        ),
    ),
    prepare=prepare,
    beside=beside,
    ops=ops,
    answer=sum,
)
