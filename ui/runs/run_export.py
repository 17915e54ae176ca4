"""Ended runs as text to save or paste: CSV with a row each, JSON with all that is known, or words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from playground.figures import meaning
from playground.figures.finished import FinishedRun, figures
from playground.figures.records import RunStatistics, Shares
from playground.figures.this_computer import computer
from playground.files import json_text
from playground.recipe.recipe import sentence
from ui.runs.change_words import changes_cell, knobs_cell

IN_FEW_LINES = (  # figures of a run as pasted into a mail
    "began",
    "outcome",
    "error",
    "seconds",
    "throughput",
    "work_per_s",
    "cores_used",
    "speedup",
    "speedup_basis",
    *(f"share.{name}" for name in Shares.__struct_fields__),
    "gil.source",
    "gil.handoffs_per_s",
    "gil.mean_slice_ms",
    "memory.lab_mb",
    "memory.per_worker_mb",
    "ui_p99_ms",
    "start_ms",
    "stop_ms",
    "lost_records",
    "lanes_source",
    "disturbed",
)


def exported(runs: Sequence[FinishedRun], kind: str) -> str:
    """All runs as text; `kind` is "csv" or "json"."""
    if kind == "json":
        return json_text.written([_whole(run) for run in runs])
    out = io.StringIO()
    rows = [_flat(run) for run in runs]
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["run"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_text(run: FinishedRun) -> str:
    """One run in a few lines, to paste into a mail."""
    statistics = run.statistics
    units = {"throughput": f"{statistics.unit}/s", "work_per_s": f"{statistics.work}/s"}
    lines = [f"Run {run.number}: {sentence(statistics.recipe)} on {statistics.interpreter.short}"]
    told = {**_told(statistics), **{name: _rounded(run.figure(name)) for name in IN_FEW_LINES}}
    for name, value in told.items():
        unit = units.get(name) or (figures()[name].unit if name in figures() else "").replace("part", "")
        lines += [f"{name}: {value} {unit}".rstrip()] if value not in ("", None) else []
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in asdict(computer()).items())])


def _whole(run: FinishedRun) -> dict[str, object]:
    """All that is known of a run: its figures, and how it ended."""
    every = {name: getattr(run.statistics, name) for name in run.statistics.__struct_fields__}
    return every | meaning.as_json(run)


def _told(run: RunStatistics) -> dict[str, str]:
    return {"knobs": knobs_cell(run.recipe), "changes": changes_cell(run.changes)}


def _flat(run: FinishedRun) -> dict[str, object]:
    """A run as one row of plain values: all figures that are single values, by name."""
    recipe, python = run.statistics.recipe, run.statistics.interpreter.short
    what = {"job": recipe.job, "workers": recipe.workers, "model": recipe.model, "host": recipe.host}
    values = {one.name: _rounded(run.figure(one.name)) for one in figures().values() if one.single}
    head = {"run": run.number, "began": run.began, **what, "interpreter": python, **_told(run.statistics)}
    return {**head, **values, **asdict(computer())}


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
