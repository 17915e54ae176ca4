"""What the processes of a run say to the app, a JSON line each: a lab and a probe on their standard output, workers in
the file that takes their reports. Such lines are read here and nowhere else, into one type for each kind of answer.

A line that is no answer is somebody's print: a wrapper greets whoever starts it. One that claims to be an answer and is
not understood is Garbled, and that ends whatever waits for the answer."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from playground.interpreters.facts import InterpreterFacts
from playground.reading.batch import Report

SHOWN = 300  # characters of a line that is not understood
LONGEST = 4_000_000  # bytes of a line; what code and prepared jobs need is far less


class Answer(msgspec.Struct, forbid_unknown_fields=True, tag_field="event"):
    pass


class Ready(Answer, tag="ready"):
    """The lab is there, and has read its recipe."""

    pid: int
    nice: int | None
    python: InterpreterFacts


class Started(Answer, tag="started"):
    """Workers begin now; what was measured and made before."""

    stamp_ns: float
    cpu_step_ns: int
    watch_ns: float | None
    solo_ns: float | None
    base_mb: float | None
    op_work: float
    prepared: dict[str, Any]
    total: int


class GilBack(Answer, tag="gil_back"):
    """A package has turned the GIL on again."""

    by: str


class WorkerDied(Answer, tag="worker_died"):
    worker: int | None  # None: nobody knows whom the process was carrying out
    pid: int
    exit_code: int


class Failed(Answer, tag="failed"):
    error: str


class Ended(Answer, tag="ended"):
    """All workers have ended."""

    handoffs_per_s: float | None
    gil_enabled: bool | None = None  # None: it was refused before anything ran


class Sampling(Answer, tag="sampling"):
    """The probe has read its first sample."""


class Garbled(msgspec.Struct, frozen=True):
    words: str  # for people


OfLab = Ready | Started | GilBack | WorkerDied | Failed | Ended
OfProbe = Sampling | Failed


def of_lab(line: bytes) -> OfLab | Garbled | None:
    """None: it is no answer."""
    told = _told(line)
    try:
        return None if told is None else msgspec.convert(told, OfLab)
    except msgspec.ValidationError as problem:
        return _garbled("lab", line, problem)


def of_probe(line: bytes) -> OfProbe | Garbled | None:
    told = _told(line)
    try:
        return None if told is None else msgspec.convert(told, OfProbe)
    except msgspec.ValidationError as problem:
        return _garbled("probe", line, problem)


def of_worker(line: bytes) -> Report | None:
    """None: it is not whole, as a full disk cuts a line short."""
    try:
        return msgspec.convert(json.loads(line), Report)
    except (ValueError, msgspec.ValidationError):
        return None


def _told(line: bytes) -> dict[str, Any] | None:
    """By the standard library's reader: results may have numbers and signs that JSON itself does not know."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and "event" in told else None


def _garbled(who: str, line: bytes, problem: Exception) -> Garbled:
    text = line.decode("utf-8", "replace").strip()
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]} … {len(text) - SHOWN} more characters"
    return Garbled(f"the {who} says what cannot be understood ({problem}): {shown}")
