"""Knobs that are turned while a run goes on: what is kept of that, and from when it holds."""

from __future__ import annotations

import pytest
from msgspec.structs import astuple

from playground.figures.records import Change
from playground.recipe.recipe import Recipe
from playground.run import run as run_module
from playground.run.knob_changes import SAME_TURN_S, Changes
from tests.core.test_run import HOUR_MS, MS, NOW, Scene, place, scene_of, scenes, two  # noqa: F401

SET = Recipe(knobs={"switch_interval": 0.01})


@pytest.mark.parametrize(
    ("turns", "kept"),
    [
        ([], []),
        ([("switch_interval", 0.21, 3.2)], [Change("switch_interval", 0.21, 0.01, 3.2)]),
        ([("switch_interval", 0.01, 3.2)], []),  # as it is already
        ([("stamps", "off", 1.0)], [Change("stamps", "off", "on", 1.0)]),
        (
            [("switch_interval", 0.05, 1.0), ("switch_interval", 0.1, 1.4), ("switch_interval", 0.21, 1.8)],
            [Change("switch_interval", 0.21, 0.01, 1.8)],  # one turn: a slider passed by
        ),
        ([("switch_interval", 0.05, 1.0), ("switch_interval", 0.01, 1.4)], []),  # and back
        (
            [("switch_interval", 0.05, 1.0), ("switch_interval", 0.01, 1.6)],
            [Change("switch_interval", 0.05, 0.01, 1.0), Change("switch_interval", 0.01, 0.05, 1.6)],
        ),
        (
            [("switch_interval", 0.05, 1.0), ("probe_rate", 100, 1.1), ("switch_interval", 0.2, 1.2)],
            [
                Change("switch_interval", 0.05, 0.01, 1.0),
                Change("probe_rate", 100, 1000, 1.1),
                Change("switch_interval", 0.2, 0.05, 1.2),
            ],
        ),
    ],
)
def test_what_is_kept(turns: list[tuple[str, float | str, float]], kept: list[Change]) -> None:
    changes = Changes(SET)
    for turn in turns:
        changes.note(*turn)
    assert changes.plain == tuple(map(astuple, kept))


def test_turns_that_are_just_as_far_apart_are_two() -> None:
    changes = Changes(SET)
    changes.note("switch_interval", 0.05, 1.0)
    changes.note("switch_interval", 0.21, 1.0 + SAME_TURN_S + 0.01)
    assert [before for _, _, before, _ in changes.plain] == [0.01, 0.05]


def test_from_when_is_told_without_pauses(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """It began an hour ago, and was paused for the half of that."""
    run, worker = two.run, two.worker(0)
    worker.does(10)
    run.pull()
    begun = NOW - HOUR_MS * MS
    run.reading.pauses = [(begun + 1000 * MS, begun + 3000 * MS)]
    for at, value in ((500, 0.02), (2000, 0.03), (5500, 0.04)):
        monkeypatch.setattr(run_module, "clock", lambda at=at: begun + at * MS)
        run.set_knob("switch_interval", value)
    run.pull()
    told = [(one.value, one.before, round(one.at_s, 3)) for one in run.statistics().changes]
    assert told == [(0.03, 0.005, 1.0), (0.04, 0.03, 3.5)]


def test_once_it_has_ended_nothing_is_changed(two: Scene) -> None:  # noqa: F811
    two.worker(0).does(10)
    two.run.pull()
    two.engine.end("finished")  # type: ignore[call-arg]
    two.run.set_knob("switch_interval", 0.5)
    assert two.run.statistics().changes == ()
