"""What `run --json` has, and what `list figures` tells of: the same, under the same names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from playground.figures.finished import FinishedRun, as_json, figures
from playground.figures.records import Change, GilFigures, Memory, ObjectFigures
from playground.figures.this_computer import computer
from playground.files import json_text
from tests.core.made_runs import LOOP, made

# scripts rely on all of these
TOP = """recipe interpreter seconds began started_ns ended_ns outcome error throughput cores_used cores_workers
    cores_lab work_per_s work speedup speedup_basis answer round_trip_us plain_round_trip_us begun changes
    objects workers gil memory loop start_ms start_all_ms stop_ms lost_records printed probe_cost recorder_cost nice
    lanes_source clock_step_ms computer others_cores disturbed"""
WITHIN = {
    "interpreter": "path version implementation free_threaded gil_enabled gil_enabled_at_end",
    "gil": "source why handoffs_per_s mean_slice_ms held free samples",
    "memory": "lab_mb per_worker_mb",
    "loop": "late_p50_ms late_p99_ms late_max_ms beats cores switches_per_s switches_source watch_cores",
    "share": "run wait_gil wait_core wait_turn blocked io sleep unknown",
    "computer": "cores cores_allowed system app_version app_python",
}
EACH = {
    "workers": "name ops cpu_s pid tid share error result started_ns ended_ns",
    "changes": "knob value before at_s",
    "objects": "kind name taken",
}
RECORDS = ("recipe", "interpreter", "computer", "gil.held", "answer", "workers.result")  # whose parts are no figures


def written(run: FinishedRun) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json_text.written(as_json(run)))
    return told


def whole() -> FinishedRun:
    gil = GilFigures("measured", held={"A": 0.5})
    changes, objects = (Change("stamps", "off", "on", 1.0),), (ObjectFigures("lock", "door", 7),)
    run = made(loop=LOOP, gil=gil, changes=changes, objects=objects)
    return FinishedRun(run, others_cores=0.5, computer=computer())


def names(value: Any, prefix: str = "") -> Iterator[str]:
    for name, one in value.items():
        yield prefix + name
        one = one[0] if isinstance(one, list) and one else one
        if isinstance(one, dict) and prefix + name not in RECORDS:
            yield from names(one, f"{prefix}{name}.")


def test_the_keys_are_those_that_are_promised() -> None:
    told = written(whole())
    assert set(TOP.split()) <= set(told)
    for name, keys in WITHIN.items():
        assert set(keys.split()) <= set(told[name]), name
    for name, keys in EACH.items():
        assert set(told[name][0]) == set(keys.split()), name


def test_what_is_written_is_listed_and_what_is_listed_is_written() -> None:
    assert set(names(written(whole()))) == set(figures()) - {"ui_p99_ms"}
    assert "ui_p99_ms" in written(replace(whole(), ui_p99_ms=4.0)), "in the window it is asked how late that was"


def test_a_figure_of_several_is_no_single_one() -> None:
    single = {name for name, one in figures().items() if one.single}
    assert {"seconds", "outcome", "gil.mean_slice_ms", "loop.cores", "share.run", "ui_p99_ms", "disturbed"} <= single
    assert not single & {"recipe", "gil", "gil.held", "workers", "changes", "answer", "computer"}
    assert not [name for name in single if name.startswith(("workers.", "changes."))]


def test_no_figure_is_a_number_that_is_none() -> None:
    nan = float("nan")
    told = written(FinishedRun(made(speedup=nan, memory=Memory(nan, nan), loop=replace(LOOP, cores=nan))))
    assert (told["speedup"], told["memory"], told["loop"]["cores"]) == (
        None,
        {"lab_mb": None, "per_worker_mb": None},
        None,
    )


def test_a_figure_is_found_by_its_name() -> None:
    run = whole()
    assert run.figure("gil.source") == "measured"
    assert run.figure("workers.ops") == [100, 100, 100, 100]
    assert run.figure("changes.knob") == ["stamps"]
    assert (run.figure("others_cores"), run.figure("ui_p99_ms")) == (0.5, None)
    assert FinishedRun(made()).figure("loop.cores") is None
