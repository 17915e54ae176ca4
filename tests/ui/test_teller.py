"""The figures of all runs into words: which run the verdict is about, what it is judged by, what is told once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from playground.figures.records import RunStatistics, Shares, WorkerStatistics
from playground.hosts import CoreSample, Hardware
from playground.verdict.judge import Verdict
from tests.core.made_runs import made, one
from ui.shell.teller import Teller


class Around:
    """What stands around a teller, each part only as far as it is asked."""

    def __init__(self) -> None:
        self.figures: list[RunStatistics] = []
        self.lateness: tuple[float, float, float] | None = (1.0, 2.0, 3.0)
        self.verdicts: list[Verdict] = []
        self.disturbances: dict[int, tuple[str, str]] = {}
        self.tasks: list[list[RunStatistics]] = []
        self.begun: dict[int, int | None] = {}  # run → when it began, as the rings say
        nothing = lambda *_: None  # noqa: E731
        runs: Any = SimpleNamespace(
            statistics=lambda: self.figures, run=lambda number: SimpleNamespace(started_ns=self.begun.get(number))
        )
        sampler: Any = SimpleNamespace(app_cpu=0.0)
        self.stage: Any = SimpleNamespace(
            lateness=lambda _: self.lateness, show_statistics=nothing, choose=nothing, told_at=0, busy_with_others=0.0
        )
        self.stage.show_disturbance = lambda number, *words: self.disturbances.update({number: words})
        side: Any = SimpleNamespace(show_verdict=self.verdicts.append, show_tasks=self.tasks.append, choose=nothing)
        strip: Any = SimpleNamespace(show_verdict=nothing)
        status: Any = SimpleNamespace(show_costs=nothing, show_message=nothing)
        self.teller = Teller(runs, sampler, self.stage, side, strip, status)

    def tell(self, *figures: RunStatistics) -> Verdict:
        self.figures = list(figures)
        self.teller.note_cores(CoreSample(0, 10**8, np.array([1.0, 1.0], np.float32)))
        self.teller.tell()
        return self.verdicts[-1]


@pytest.fixture
def around(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Around:
    monkeypatch.setattr(Hardware, "cores", 2)
    return Around()


STARVED = {"workers": 2, "cores": 0.5, "share": Shares(run=0.25, wait_gil=0.6, wait_core=0.15)}


def test_who_loses_cores_to_others_is_told_in_its_header(around: Around) -> None:
    around.stage.busy_with_others = 1.3
    for _ in range(2):
        around.tell(made(**STARVED, seconds=2.9))
    assert around.disturbances == {}
    around.tell(made(**STARVED, seconds=3.0))
    assert around.disturbances == {
        1: (
            "others were busy: got 0.5 of the 1 core it can use",
            "Other programs took 1.3 cores. This run got 0.5 of the 1 core it can use.",
        )
    }
    around.stage.busy_with_others = 0.0
    for _ in range(40):
        around.tell(made(**STARVED, seconds=3.5))
    assert around.disturbances == {1: ("", "")}


def test_what_is_said_of_others_stays_as_it_was_at_the_end(around: Around) -> None:
    around.stage.busy_with_others = 1.3
    for _ in range(2):
        around.tell(made(**STARVED, seconds=3.0))
    ended = made(**STARVED, seconds=3.0, phase="ended", outcome="finished")
    around.tell(ended)
    assert around.disturbances[1][0] == "others were busy: got 0.5 of the 1 core it could use"
    around.teller.note_end(ended)
    around.tell(ended)
    assert around.disturbances[1][0]
    around.disturbances.clear()
    around.tell(ended)
    assert around.disturbances == {}  # nothing more is asked about it


def test_a_run_that_has_ended_is_judged_by_what_there_was_then(around: Around) -> None:
    around.stage.busy_with_others = 1.3
    for _ in range(2):
        around.tell(made(**STARVED))
    ended = made(**STARVED, phase="ended", outcome="finished")
    around.teller.note_end(ended)
    around.stage.busy_with_others, around.lateness = 0.0, (1.0, 90.0, 95.0)
    verdict = around.tell(ended)
    assert "Other programs took **1.3 cores**" in verdict.reason
    assert around.teller.disturbed(ended)
    assert next(one.value for one in verdict.figures if one.label == "99 % of frames") == "≤ 2.0 ms"


def test_the_verdict_is_about_the_run_that_was_chosen_or_the_last(around: Around) -> None:
    first, second = made(number=1, workers=1), made(number=2, workers=4, share=Shares(run=0.25, wait_gil=0.75))
    assert around.tell().kind == "idle"
    assert around.tell(first, second).kind == "gil_bound"
    around.teller.choose(1)
    assert around.tell(first, second).kind == "single"


def workers_that(*states: str) -> tuple[WorkerStatistics, ...]:
    return tuple(replace(one(index), state=state) for index, state in enumerate(states))


def test_the_table_of_tasks_hears_at_once_who_began_ended_or_was_paused(around: Around) -> None:
    told = []
    for states in (
        ("not started", "not started"),
        ("running", "not started"),
        ("wait_gil", "not started"),
        ("wait_gil", "running"),
        ("running", "wait_gil"),
        ("paused", "paused"),
        ("running", "running"),
        ("running", "ended"),
        ("io", "ended"),
    ):
        before = len(around.tasks)
        around.tell(replace(made(workers=2), workers=workers_that(*states)))
        told.append(len(around.tasks) > before)
    assert told == [True, True, False, True, False, True, True, True, False]
    assert around.tasks[-1][0].workers[1].state == "ended"


def test_of_very_many_it_hears_when_some_have_begun(around: Around) -> None:
    many = made(workers=1000, begun=5)
    around.tell(many)
    around.tell(many)
    assert len(around.tasks) == 1
    around.tell(replace(many, begun=6))
    assert len(around.tasks) == 2


def test_that_a_run_has_begun_is_told_without_waiting_for_the_next_half_second(around: Around) -> None:
    second, verdicts = 10**9, around.verdicts
    around.figures = [made(phase="starting", started_ns=None)]
    around.teller.tick(second)
    assert len(verdicts) == 1
    around.teller.tick(second + second // 10)
    assert len(verdicts) == 1, "there is nothing new"
    around.begun[1] = second
    around.figures = [made()]
    around.teller.tick(second + second // 5)
    assert len(verdicts) == 2
    around.teller.tick(second + second // 4)
    assert len(verdicts) == 2, "once is enough"
