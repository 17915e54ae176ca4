"""Write a log: all workers append lines to one file, without a lock. The system puts each line where the file ends at
that moment, so none is torn and none is lost, whoever else writes.

A log that has grown too long replaces the one that was put aside before, so that there are never more than two."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, Callable

from ..wire.appending import open
from ..wire.declaration import Job
from ..wire.knob import Knob
from ..wire.ops import Block, Call, Ops, expect, rounds

MOST_BYTES = 16_000_000


def append(path: str, line: bytes, sync: bool, most: int) -> bytes:
    """Append the line; gives what the file has in its place then."""
    with open(path, "a+b", buffering=0) as log:
        if log.write(line) < len(line):
            log.write(line)  # there was room for a part of it only: this raises the reason
        if sync:
            os.fsync(log.fileno())
        end = log.tell()
        log.seek(end - len(line))
        written = log.read(len(line))
    if end > most:
        with suppress(FileNotFoundError, PermissionError):  # another worker was quicker, or (Windows) has it open
            os.replace(path, path + ".1")
    return written


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {"length": int(knobs["line"]), "sync": knobs["sync"] == "yes"}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """Make the log, still empty; its two files must have room."""
    lab.need_room(2 * MOST_BYTES)
    lab.new_file("log").close()
    return {"log": os.path.join(lab.folder(), "log")}


def ops(worker: int, amount: int | None, length: int, sync: bool, log: str) -> Ops:
    lines = 0
    for number in rounds(amount):
        line = b"worker %d, line %d " % (worker, number)
        line = line.ljust(length - 1, b".") + b"\n"
        written = yield Block(append, log, line, sync, MOST_BYTES)
        expect(written == line, f"in place of {line!r} the log has {written!r}")
        lines += 1
    return lines


JOB = Job(
    name="write-log",
    title="Write log",
    summary="All append lines to one file",
    claim="A log that several write to needs a lock, or its lines get mixed up",
    unit="lines",
    order=10,
    uses=(Call, Block),
    solo=False,  # nobody is to write before the start
    knobs=(
        Knob("line", "Line", 80, 40, 4000, unit="bytes", text="How long each line of the log is"),
        Knob(
            "sync",
            "Wait until it is on disk",
            "no",
            choices=("no", "yes"),
            text="Yes waits after each line until the disk has it",
        ),
    ),
    prepare=prepare,
    beside=beside,
    ops=ops,
    answer=sum,
)
