"""Made-up records of runs, for tests of what is said of them: three seconds of threads that compute all the time,
unless a test says otherwise."""

from __future__ import annotations

from typing import Any

from playground.figures.reach import Machine
from playground.figures.records import GilFigures, LoopFigures, Memory, RunStatistics, Shares, WorkerStatistics
from playground.interpreters.facts import InterpreterFacts
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe

MACHINE = Machine(cores=8, busy=1.0, busy_with_others=0.2, lateness_p99_ms=2.0)
LOOP = LoopFigures(2.0, 4.0, 3000.0, beats=9, cores=1.0, switches_per_s=7.0, switches_source="counted")


def made(recipe: Recipe | None = None, **fields: Any) -> RunStatistics:
    """`workers`, `model`, `job`, `host`, `knobs` are of its recipe; `cores` is what its workers used, and the whole."""
    own = {name: fields.pop(name) for name in ("workers", "model", "job", "host", "knobs") if name in fields}
    recipe = recipe or Recipe(**own)
    cores = fields.pop("cores", 1.0)
    known: dict[str, Any] = {
        "number": 1,
        "recipe": recipe,
        "phase": "running",
        "outcome": None,
        "error": None,
        "interpreter": InterpreterFacts(),
        "pid": 1,
        "seconds": 3.0,
        "progress": None,
        "unit": "chunks",
        "throughput": 1000.0,
        "throughput_recent": 1000.0,
        "cores_used": cores,
        "cores_workers": cores,
        "speedup": None,
        "speedup_basis": None,
        "share": Shares(run=1),
        "workers": tuple(one(index) for index in range(min(recipe.workers, 64))),
        "gil": GilFigures(),
        "memory": Memory(None, fields.pop("worker_mb", None)),
        "start_ms": 50.0,
        "stop_ms": None,
        "lost_records": 0,
        "probe_cost": None,
        "recorder_cost": None,
        "started_ns": 1,
        "ended_ns": None,
    }
    return RunStatistics(**{**known, **fields})


def one(index: int) -> WorkerStatistics:
    return WorkerStatistics(worker_name(index), index, 1, 1, "running", 0, 1.0, 1.0, 100, None, Shares(run=1))
