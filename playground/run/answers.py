"""The answers that the processes of a run give to the app, one JSON line each: a lab, a probe and a way out on their
standard output, workers in the file of reports. They are read here and nowhere else, into one type for each kind of
answer.

A line that is no answer was printed by something else, such as a wrapper that prints a greeting. A line that claims to
be an answer but cannot be understood is Garbled: a lab that sends one is killed, a probe counts as failed."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from playground.interpreters.facts import InterpreterFacts
from playground.reading.batch import Report

SHOWN = 300  # characters that are shown of a line that is not understood
LONGEST = 4_000_000  # bytes of a line; code and prepared jobs need far less


class Answer(msgspec.Struct, forbid_unknown_fields=True, tag_field="event"):
    pass


class Ready(Answer, tag="ready"):
    """The lab has started, and has read its recipe."""

    pid: int
    nice: int | None
    python: InterpreterFacts


class Started(Answer, tag="started"):
    """Workers begin now. The fields hold what was measured and made before."""

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
    worker: int | None  # None: it is not known which worker ran in the process
    pid: int
    exit_code: int


class Failed(Answer, tag="failed"):
    error: str


class Ended(Answer, tag="ended"):
    """All workers have ended."""

    handoffs_per_s: float | None
    gil_enabled: bool | None = None  # None: the run was refused before anything ran


class Sampling(Answer, tag="sampling"):
    """The probe has read its first sample."""


class Hearing(Answer, tag="hearing"):
    """The way out of a freeze hears Esc, and clicks on Stop where the system tells of them."""


class Garbled(msgspec.Struct, frozen=True):
    words: str  # the reason, for people


OfLab = Ready | Started | GilBack | WorkerDied | Failed | Ended
OfProbe = Sampling | Failed
OfWayOut = Hearing | Failed


def of_lab(line: bytes) -> OfLab | Garbled | None:
    """The answer of a lab; None if the line is no answer."""
    answer: OfLab | Garbled | None = _read("lab", OfLab, line)
    return answer


def of_probe(line: bytes) -> OfProbe | Garbled | None:
    answer: OfProbe | Garbled | None = _read("probe", OfProbe, line)
    return answer


def of_way_out(line: bytes) -> OfWayOut | Garbled | None:
    answer: OfWayOut | Garbled | None = _read("way out", OfWayOut, line)
    return answer


def of_worker(line: bytes) -> Report | None:
    """The report of a worker; None if the line is not whole, as when a full disk has cut it short."""
    try:
        return msgspec.convert(json.loads(line), Report)
    except (ValueError, msgspec.ValidationError):
        return None


def _read(who: str, kinds: Any, line: bytes) -> Any:
    """The answer in a line, of one of these kinds. Read by the standard library's json, as results may contain numbers
    and characters that strict JSON does not allow."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    try:
        return msgspec.convert(told, kinds) if isinstance(told, dict) and "event" in told else None
    except msgspec.ValidationError as problem:
        text = line.decode("utf-8", "replace").strip()
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]} … {len(text) - SHOWN} more characters"
        return Garbled(f"the {who} says what cannot be understood ({problem}): {shown}")
