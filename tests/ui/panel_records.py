"""Made-up records for the tests of the panels."""

from __future__ import annotations

from typing import Any

from playground.figures.records import GilFigures, Memory, RunStatistics, Shares, WorkerStatistics
from playground.interpreters.facts import InterpreterFacts
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe

SHARES = Shares(run=0.24, wait_gil=0.75, wait_core=0.01)


def worker(index: int, **fields: Any) -> WorkerStatistics:
    known: dict[str, Any] = {
        "name": worker_name(index),
        "index": index,
        "pid": 4242,
        "tid": 5000 + index,
        "state": "running",
        "core": index % 4,
        "cpu_recent": 0.24,
        "cpu_s": 1.2,
        "ops": 100 * index,
        "total": 1000,
        "share": SHARES,
    }
    return WorkerStatistics(**{**known, **fields})


def run(number: int, recipe: Recipe | None = None, **fields: Any) -> RunStatistics:
    recipe = recipe or Recipe()
    known: dict[str, Any] = {
        "number": number,
        "recipe": recipe,
        "phase": "ended",
        "outcome": "finished",
        "error": None,
        "interpreter": InterpreterFacts("/usr/bin/python3", "3.11.7", "CPython"),
        "pid": 4242,
        "seconds": 20.0,
        "progress": None,
        "unit": "chunks",
        "throughput": 37.1,
        "throughput_recent": 37.2,
        "cores_used": 1.0,
        "speedup": None,
        "speedup_basis": None,
        "share": SHARES,
        "workers": tuple(worker(index) for index in range(recipe.workers)),
        "gil": GilFigures(),
        "memory": Memory(12.0, fields.pop("worker_mb", 0.2)),
        "start_ms": 80.0,
        "start_all_ms": None,
        "stop_ms": 20.0,
        "lost_records": 0,
        "probe_cost": 0.02,
        "recorder_cost": 0.004,
        "started_ns": 1,
        "ended_ns": 2,
    }
    return RunStatistics(**{**known, **fields})
