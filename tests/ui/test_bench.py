"""The parts of the bench that only calculate. The bench itself measures this machine, which no test should judge."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from ui.dev import bench


class Clock(QObject):
    beat = Signal(object, float)
    frame = Signal(object)
    frames_per_s = 60


@pytest.fixture
def beats(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> tuple[bench.BeatCount, Clock, SimpleNamespace]:
    now = SimpleNamespace(wall=100.0, cpu=10.0)
    monkeypatch.setattr(bench.time, "perf_counter", lambda: now.wall)  # type: ignore[attr-defined]
    monkeypatch.setattr(bench.BeatCount, "_cpu_s", lambda _: now.cpu)
    clock = Clock()
    made = bench.BeatCount(SimpleNamespace(clock=clock))
    return made, clock, now


def test_the_figures_of_a_load(beats: tuple[bench.BeatCount, Clock, SimpleNamespace]) -> None:
    measured, clock, now = beats
    for late in range(1, 101):
        clock.beat.emit(0, late / 10)  # none so late that another was due meanwhile
    for _ in range(118):
        clock.frame.emit(0)
    now.wall, now.cpu = 102.0, 10.5
    assert measured.figures() == {
        "lateness_p50_ms": 5.05,
        "lateness_p99_ms": 9.901,
        "lateness_max_ms": 10.0,
        "fps": 59.0,
        "fps_target": 60.0,
        "app_cpu": 0.25,
    }


def test_each_load_is_measured_from_its_own_start(beats: tuple[bench.BeatCount, Clock, SimpleNamespace]) -> None:
    measured, clock, now = beats
    clock.beat.emit(0, 500.0)
    clock.frame.emit(0)
    now.wall, now.cpu = 200.0, 90.0
    measured.clear()
    clock.beat.emit(0, 1.0)
    now.wall, now.cpu = 201.0, 90.1
    figures = measured.figures()
    assert (figures["lateness_max_ms"], figures["fps"], figures["app_cpu"]) == (1.0, 0.0, 0.1)


def test_no_beat_at_all_is_not_a_good_figure(beats: tuple[bench.BeatCount, Clock, SimpleNamespace]) -> None:
    measured, _, now = beats
    now.wall += 1
    assert np.isnan(measured.figures()["lateness_p99_ms"])


def test_a_run_is_drawn_one_frame_after_its_first_record(monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(wall=1.0)
    monkeypatch.setattr(bench.time, "perf_counter", lambda: now.wall)  # type: ignore[attr-defined]
    run = SimpleNamespace(reading=SimpleNamespace(lanes=SimpleNamespace(latest=0)))
    drawn = bench.drawn(run)
    assert not drawn()
    now.wall = 2.0
    assert not drawn()
    run.reading.lanes.latest = 12345
    assert not drawn()  # read, but not painted yet
    now.wall += 1 / 120
    assert not drawn()
    now.wall += 1 / 60
    assert drawn()


def test_the_figures_as_text_name_every_load(beats: tuple[bench.BeatCount, Clock, SimpleNamespace]) -> None:
    measured, clock, now = beats
    clock.beat.emit(0, 1.5)
    now.wall += 1
    load = measured.figures()
    text = bench.as_text({"loads": {"idle": load, "lab_threads_64": load}, "stop_ms": 33.0})
    assert len(text.splitlines()) == 4
    assert "lab_threads_64" in text
    assert "stop_ms: 33.0" in text
    json.dumps(load)


def test_the_bench_starts_this_app() -> None:
    line = bench.own_command("--first-paint")
    assert line[-1] == "--first-paint"
    assert line[1].endswith("main.py")
