"""The figures of all runs into words: which run the verdict is about, what it is judged by, what is told once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from playground.cores import CoreSample
from playground.figures import RunStatistics, Shares
from playground.verdict import Verdict
from tests.core.made_runs import made
from ui.readout import Readout


class Around:
    """What stands around a readout, each part only as far as it is asked."""

    def __init__(self) -> None:
        self.figures: list[RunStatistics] = []
        self.lateness: tuple[float, float, float] | None = (1.0, 2.0, 3.0)
        self.verdicts: list[Verdict] = []
        self.notices: list[str] = []
        nothing = lambda *_: None  # noqa: E731
        runs: Any = SimpleNamespace(statistics=lambda: self.figures)
        sampler: Any = SimpleNamespace(app_cpu=0.0)
        self.stage: Any = SimpleNamespace(
            lateness=lambda _: self.lateness, show_statistics=nothing, choose=nothing, told_at=0, busy_with_others=0.0
        )
        side: Any = SimpleNamespace(show_verdict=self.verdicts.append, show_tasks=nothing, choose=nothing)
        strip: Any = SimpleNamespace(show_verdict=nothing)
        status: Any = SimpleNamespace(show_costs=nothing, show_message=nothing)
        notices: Any = SimpleNamespace(add=self.notices.append)
        self.parent = QObject()
        self.readout = Readout(runs, sampler, self.stage, side, strip, status, notices, self.parent)

    def tell(self, *figures: RunStatistics) -> Verdict:
        self.figures = list(figures)
        self.readout.note_cores(CoreSample(0, 10**8, np.array([1.0, 1.0], np.float32)))
        self.readout.tell()
        return self.verdicts[-1]


@pytest.fixture
def around(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Around:
    monkeypatch.setattr("ui.readout.os.cpu_count", lambda: 2)
    return Around()


STARVED = {"workers": 2, "cores": 0.5, "share": Shares(run=0.25, wait_gil=0.6, wait_core=0.15)}


def test_who_loses_cores_to_others_is_told_once_of_what_it_could_have(around: Around) -> None:
    around.stage.busy_with_others = 1.3
    around.tell(made(**STARVED))
    around.tell(made(**STARVED, seconds=2.9))
    assert around.notices == []
    around.tell(made(**STARVED, seconds=3.0))
    around.tell(made(**STARVED, seconds=3.5))
    assert around.notices == ["Run 1 got 0.5 of the 1 core it can use; other programs took 1.3 cores."]


def test_a_run_that_has_ended_is_judged_by_what_there_was_then(around: Around) -> None:
    around.stage.busy_with_others = 1.3
    for _ in range(2):
        around.tell(made(**STARVED))
    ended = made(**STARVED, phase="ended", outcome="finished")
    around.readout.note_end(ended)
    around.stage.busy_with_others, around.lateness = 0.0, (1.0, 90.0, 95.0)
    verdict = around.tell(ended)
    assert "Other programs took **1.3 cores**" in verdict.reason
    assert around.readout.disturbed(ended)
    assert next(one.value for one in verdict.figures if one.label == "99 % of frames") == "≤ 2.0 ms"


def test_the_verdict_is_about_the_run_that_was_chosen_or_the_last(around: Around) -> None:
    first, second = made(number=1, workers=1), made(number=2, workers=4, share=Shares(run=0.25, wait_gil=0.75))
    assert around.tell().kind == "idle"
    assert around.tell(first, second).kind == "gil_bound"
    around.readout.choose(1)
    assert around.tell(first, second).kind == "single"
